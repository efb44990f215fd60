"""Quantities with a unit at the edge of the program, plain SI floats inside.

A scenario writes ``"10 nm"``; the annotated types below turn it into ``1e-8`` and refuse a bare number, an unknown
unit and a unit of another dimension. Writing a scenario back gives the SI value with its unit.
"""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from electrosim.base.errors import InputError, shortened

if TYPE_CHECKING:
    import pint

# One number, then units: names joined by * / or blanks, each with at most a small whole or half power. Nothing else may
# reach pint, whose parser would also evaluate arithmetic such as 9**9**9.
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*(.*?)\s*", re.DOTALL)
_NAME = r"[A-Za-zµμΩ°%]{1,24}(?:(?:\^|\*\*)-?\d(?:\.5)?)?"
_UNIT = re.compile(rf"{_NAME}(?:\s*[*/ ·()]\s*{_NAME}\)?){{0,8}}")


@functools.cache
def registry() -> pint.UnitRegistry[float]:
    """Return the one pint registry of the program (made at first use: it takes half a second)."""
    import pint

    units: pint.UnitRegistry[float] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    return units


def split(text: str) -> tuple[float, str] | None:
    """Return number and unit of a quantity as they are written, or None if it does not begin with a number."""
    match = _NUMBER.fullmatch(text)
    return None if match is None else (float(match[1]), match[2])


def to_si(text: str, unit: str) -> float:
    """Convert a quantity such as ``"10 nm"`` to a float in an SI unit.

    Parameters
    ----------
    text : str
        Number and unit.
    unit : str
        The SI unit wanted, for instance ``"m"`` or ``"S/m"``.

    Returns
    -------
    float
        The value in `unit`.

    Raises
    ------
    ValueError
        If there is no unit, it is unknown, it has another dimension, or the value is not finite.

    Examples
    --------
    >>> to_si("2.5 mm", "m")
    0.0025
    """
    import pint

    parts = split(text)
    if parts is None:
        raise ValueError("is not a number followed by a unit")
    number, name = parts
    if not name and unit:
        raise ValueError("has no unit")
    if name and _UNIT.fullmatch(name) is None:
        raise ValueError(f'has a unit that cannot be read, "{name[:40]}"')
    try:
        value = _convert(number, name.replace("·", "*"), unit or "dimensionless")
    except pint.DimensionalityError:
        raise ValueError("has a unit of another dimension") from None
    except Exception:  # noqa: BLE001 pint lets through what Python's tokenizer and its own assertions raise
        raise ValueError(f'has the unknown unit "{name}"') from None
    if not math.isfinite(value):
        raise ValueError("is not finite")
    return float(f"{value:.15g}")  # 60 nm is 6e-08 m, not 6.000000000000001e-08 m


def _convert(number: float, name: str, unit: str) -> float:
    factor = _factor(name, unit)
    return float(registry().Quantity(number, name).to(unit).magnitude) if factor is None else number * factor


@functools.lru_cache(maxsize=1024)
def _factor(name: str, unit: str) -> float | None:
    """Return what to multiply by, as pint does; None between units whose zeros differ, such as degrees Celsius."""
    one, zero = (registry().Quantity(number, name).to(unit).magnitude for number in (1.0, 0.0))
    return float(one) if zero == 0 else None


@functools.lru_cache(maxsize=256)
def base_unit(unit: str) -> str:
    """Return the SI unit of a unit, "1" for a pure number."""
    if not unit or unit == "%":
        return "1"
    try:
        units = registry().Quantity(1, unit).to_base_units().units
        to_si(f"1 {unit}", f"{units:D}")
        return f"{units:~C}" or "1"
    except Exception:  # noqa: BLE001  pint raises what it likes
        raise InputError(f'"{shortened(unit)}" is not a unit') from None


def scale_of(unit: str) -> float:
    """Return the size of a unit in SI units; 1 for a pure number."""
    if unit == "%":
        return 0.01
    base_unit(unit if unit != "1" else "")
    return float(registry().Quantity(1.0, unit).to_base_units().magnitude) - zero_of(unit)


def zero_of(unit: str) -> float:
    """Return what zero of a unit is in SI units: 273.15 for degrees Celsius, else mostly nothing."""
    return 0.0 if unit == "%" else float(registry().Quantity(0.0, unit).to_base_units().magnitude)


@dataclass(frozen=True)
class Quantity:
    """Marks a float that scenarios write as a string with a unit.

    Parameters
    ----------
    unit : str
        SI unit of the float.
    what : str
        Name of the dimension, used in messages.
    example : str
        A valid value, used in messages and in the JSON schema.
    least, most : float
        Magnitudes beyond which nothing is computed (but zero is); they keep products of a few from overflowing.
    """

    unit: str
    what: str
    example: str
    least: float = 1e-30
    most: float = 1e30

    def parse(self, value: Any) -> float:
        """Turn what a scenario holds into the SI float."""
        article = "an" if self.what[0] in "aeiou" else "a"
        hint = f'write {article} {self.what} with its unit, such as "{self.example}"'
        if not isinstance(value, str):
            raise PydanticCustomError("quantity", "{reason}; {hint}", {"reason": "is not a quantity", "hint": hint})
        try:
            number = to_si(value, self.unit)
            if number != 0 and not self.least <= abs(number) <= self.most:
                raise ValueError(f"is not between {self.least:g} and {self.most:g} {self.unit}".rstrip())
        except ValueError as error:
            raise PydanticCustomError("quantity", "{reason}; {hint}", {"reason": str(error), "hint": hint}) from None
        return number

    def format(self, value: float) -> str:
        """Write the SI float as a scenario holds it."""
        return f"{value!r} {self.unit}"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Parse before, format after."""
        return core_schema.no_info_before_validator_function(
            self.parse,
            handler(source),
            serialization=core_schema.plain_serializer_function_ser_schema(self.format, when_used="json"),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the string."""
        del schema, handler
        return {"type": "string", "description": f"{self.what} [{self.unit}]", "examples": [self.example]}


@dataclass(frozen=True)
class FractionOfOne(Quantity):
    """Marks a dimensionless float that may be written ``"33.7 %"`` or ``0.337``."""

    unit: str = ""
    what: str = "fraction"
    example: str = "33.7 %"

    def parse(self, value: Any) -> float:
        """Take a number as it is and a string with its per cent sign."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        return super().parse(value)

    def format(self, value: float) -> float:  # type: ignore[override]
        """Write the bare number."""
        return value

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Describe the two spellings."""
        return {"anyOf": [super().__get_pydantic_json_schema__(schema, handler), {"type": "number"}]}


Length = Annotated[float, Gt(0), Quantity("m", "length", "10 nm", 1e-15, 1e3)]
Conductivity = Annotated[float, Ge(0), Quantity("S/m", "conductivity", "1 S/m", 1e-20, 1e12)]
Fraction = Annotated[float, Gt(0), Lt(1), FractionOfOne()]
FractionOrWhole = Annotated[float, Ge(0), Le(1), FractionOfOne()]


def one_or_several(value: Any) -> str:
    """Tell a single value from one per axis: the discriminator of unions; no key looks like its tags."""
    return "several values" if isinstance(value, (list, tuple)) else "one value"
