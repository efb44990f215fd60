"""The axes of a sweep: what is varied, and through which values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, shortened
from electrosim.base.units import base_unit, registry, split

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Value:
    """A value of an axis as a scenario writes it and as results give it.

    Parameters
    ----------
    written : tuple
        For each key of the axis, what stands in the scenario; one entry if the axis has no key.
    number : float
        In SI units; NaN for words.
    label : str
        For people.
    """

    written: tuple[Any, ...]
    number: float
    label: str


@dataclass(frozen=True)
class Axis:
    """A direction in which scenarios differ.

    Parameters
    ----------
    name : str
        What results call it.
    keys : tuple of str
        Keys of the scenario that move together; none for a parameter that only formulas use.
    values : tuple of Value
        Of a grid or list; empty if the axis is a range to draw from.
    lower, upper : float
        Ends of a range, in `unit`.
    unit : str
        What the ends are written in.
    logarithmic : bool
        Whether the range is divided in ratios.
    """

    name: str
    keys: tuple[str, ...]
    values: tuple[Value, ...] = ()
    lower: float = 0.0
    upper: float = 1.0
    unit: str = ""
    logarithmic: bool = False

    def at(self, share: float) -> Value:
        """Return the value at a share of the range, from 0 to 1."""
        if self.logarithmic:
            number = self.lower * (self.upper / self.lower) ** share
        else:
            number = self.lower + (self.upper - self.lower) * share
        number = _rounded(number)
        return value_of(f"{number!r} {self.unit}" if self.unit else number, max(len(self.keys), 1))

    @property
    def written_unit(self) -> str:
        """The unit in which people write the numbers, that of the first one."""
        return self.unit or next((_split(value.written[0])[1] for value in self.values), "")

    @property
    def base_unit(self) -> str:
        """The SI unit of the numbers, "1" for pure numbers and words."""
        return base_unit(self.written_unit)


def value_of(written: Any, count: int) -> Value:
    """Return a value; a list gives one entry for each of several keys."""
    parts = tuple(written) if isinstance(written, list) and count > 1 else (written,) * count
    if len(parts) != count:
        raise InputError(f"{shortened(str(written))} has {len(parts)} entries for {count} keys that move together")
    return Value(parts, _number(parts[0]), ", ".join(dict.fromkeys(map(_shown, parts))))


def spaced(lower: Any, upper: Any, count: int, *, logarithmic: bool) -> list[Any]:
    """Return evenly spaced values between two numbers or quantities of one unit."""
    first, last, unit = ends(lower, upper, logarithmic=logarithmic)
    if count == 1:
        return [lower]
    numbers = np.geomspace(first, last, count) if logarithmic else np.linspace(first, last, count)
    if not unit and isinstance(lower, int) and isinstance(upper, int) and (numbers == numbers.round()).all():
        return [int(number) for number in numbers]
    return [f"{_rounded(number)!r} {unit}" if unit else _rounded(number) for number in numbers]


def ends(lower: Any, upper: Any, *, logarithmic: bool) -> tuple[float, float, str]:
    """Return both ends of a range as numbers in the unit of the first."""
    (first, unit), (last, other) = _split(lower), _split(upper)
    if unit != other:
        try:
            last = float(registry().Quantity(last, other or "dimensionless").to(unit or "dimensionless").magnitude)
        except Exception:  # noqa: BLE001  pint raises what it likes
            raise InputError(f'from = "{lower}" and to = "{upper}" are not of one dimension') from None
    if not (np.isfinite(first) and np.isfinite(last)):
        raise InputError(f"from = {_shown(lower)} and to = {_shown(upper)} must be numbers or quantities")
    if first == last:
        raise InputError(f"from and to are both {_shown(lower)}; a range has two ends")
    if logarithmic and not (first > 0 and last > 0):
        raise InputError(f"a logarithmic range from {_shown(lower)} to {_shown(upper)} must be positive")
    return first, last, unit


def _rounded(number: float) -> float:
    return float(f"{number:.12g}")


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}" if isinstance(value, float) else str(value)


def _split(value: Any) -> tuple[float, str]:
    """Return number and unit as written; NaN for what is neither a number nor a quantity."""
    if isinstance(value, bool):
        return np.nan, ""
    if isinstance(value, (int, float)):
        return float(value), ""
    parts = split(value) if isinstance(value, str) else None
    if parts is None or (parts[1] and not _is_unit(parts[1])):
        return np.nan, ""
    return parts


def _is_unit(text: str) -> bool:
    try:
        base_unit(text)
    except InputError:
        return False
    return True


def quantity(text: str) -> tuple[float, str] | None:
    """Return number and unit of a quantity; None for a text that is none."""
    number, unit = _split(text)
    return (number, unit) if np.isfinite(number) else None


def _number(value: Any) -> float:
    number, unit = _split(value)
    if not unit:
        return number
    if unit == "%":
        return number / 100
    return float(registry().Quantity(number, unit).to_base_units().magnitude)


def numbers(values: Sequence[Value]) -> Floats | None:
    """Return the numbers of values if all have one and differ."""
    found = np.array([value.number for value in values])
    return found if np.isfinite(found).all() and len(set(found.tolist())) == len(found) else None
