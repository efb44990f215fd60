"""The [conductivity] and [contact] tables: electronic resistance of the coating and at its collector."""

from __future__ import annotations

import itertools
import math
from typing import Annotated, Literal, TypeVar

from annotated_types import Gt
from pydantic import AfterValidator, Field, model_validator

from electrosim.base.errors import InputError, nearest
from electrosim.base.quantities import AreaResistance
from electrosim.base.result import read
from electrosim.base.scenario import ScenarioPath, Table, entries, refuse
from electrosim.base.units import Conductivity, FractionOfOne, FractionOrWhole
from electrosim.discharge.conductivity import Law, Percolation, Same, Tabulated
from electrosim.materials.electrochemical import ActiveMaterial
from electrosim.materials.property import Property, constant

PositiveConductivity = Annotated[Conductivity, Gt(0)]
Threshold = Annotated[float, FractionOfOne()]


class _Point(Table):
    carbon: FractionOrWhole = Field(description="weight fraction of the solids")


def _rising(points: tuple[AnyPoint, ...]) -> tuple[AnyPoint, ...]:
    """Refuse a table that is empty, too long, or whose carbon does not rise."""
    entries(1, 1000)(points)
    if any(after.carbon <= before.carbon for before, after in itertools.pairwise(points)):
        raise refuse("has carbon that does not rise from line to line; sort it")
    return points


AnyPoint = TypeVar("AnyPoint", bound=_Point)


class ConductivityPoint(_Point):
    """Conductivity of a coating with some carbon."""

    sigma: PositiveConductivity


class ContactPoint(_Point):
    """Contact resistance of a layer with some carbon."""

    resistance: Annotated[AreaResistance, Gt(0)]


class WiredPoint(_Point):
    """Share of particles that electrons reach in a layer with some carbon."""

    share: Annotated[FractionOrWhole, Gt(0)]


class ConductivityTable(Table):
    """Effective electronic conductivity through the thickness: a value, a percolation law, a table, or a result."""

    value: PositiveConductivity | None = Field(None, description="the same in all layers")
    sigma_0: PositiveConductivity | None = Field(
        None, description="of sigma_0 ((phi_c - phi_crit)/(1 - phi_crit))^t, phi_c the volume fraction of carbon"
    )
    phi_crit: Threshold = Field(0.0, lt=1, ge=-1, description="volume fraction of carbon below which it gives nothing")
    t: float = Field(2.0, strict=True, gt=0, le=10, description="exponent of the law")
    table: Annotated[tuple[ConductivityPoint, ...], AfterValidator(_rising)] | None = None
    below: Literal["constant", "power-law"] = Field(
        "constant",
        description="below the first line of the table its value stays, or falls as a power of the carbon through the "
        "first two lines; above the last one it stays",
    )
    result: ScenarioPath | None = Field(None, description="results of a conduction scenario, a folder or a result.nc")
    direction: Literal["x", "y", "z"] | None = Field(None, description="of the result; its only one by default")
    background: Conductivity | None = Field(None, description="added everywhere")
    background_factor: float | None = Field(
        None, strict=True, gt=0, le=1, description="share of the active material's own conductivity that is added"
    )

    wired: Annotated[tuple[WiredPoint, ...], AfterValidator(_rising)] | None = Field(
        None, description="share of particles that electrons reach; all by default"
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> ConductivityTable:
        chosen = [name for name in ("value", "sigma_0", "table", "result") if getattr(self, name) is not None]
        if len(chosen) != 1:
            said = " and ".join(chosen) or "nothing"
            raise refuse(f"gives {said}; give one of value, sigma_0 (with phi_crit and t), table, result")
        if self.background is not None and self.background_factor is not None:
            raise refuse("has background and background_factor; keep one")
        if self.below == "power-law" and not self._can_fall:
            raise refuse('has below = "power-law", which needs a table of two lines that rise from some carbon')
        return self

    @property
    def _can_fall(self) -> bool:
        first = (self.table or ())[:2]
        return len(first) == 2 and first[0].carbon > 0 and first[1].sigma > first[0].sigma

    @property
    def law(self) -> Law:
        """The conductivity without its background, from the carbon."""
        if self.sigma_0 is not None:
            return Percolation(self.sigma_0, self.phi_crit, self.t)
        if self.table is not None:
            carbon, values = tuple(p.carbon for p in self.table), tuple(p.sigma for p in self.table)
            return Tabulated(carbon, values, self._exponent if self.below == "power-law" else 0.0)
        return Same(self.value if self.value is not None else self._from_result())

    @property
    def _exponent(self) -> float:
        """Of the power of the carbon that goes through the first two lines of the table."""
        assert self.table is not None  # noqa: S101  as `_says_one_thing` has seen
        one, two = self.table[:2]
        return math.log(two.sigma / one.sigma) / math.log(two.carbon / one.carbon)

    def _from_result(self) -> float:
        """Read an effective conductivity from a conduction result [S m-1]."""
        assert self.result is not None  # noqa: S101  as `_says_one_thing` has seen
        dataset, key = read(self.result), ("conductivity", "result")
        if "effective_conductivity" not in dataset:
            raise InputError(f"{self.result}: this result holds no effective_conductivity; give one of conduction", key)
        found = dataset["effective_conductivity"]
        known = [str(name) for name in found["direction"].values]
        if self.direction is None and len(known) > 1:
            raise InputError(f"{self.result}: choose conductivity.direction: {', '.join(known)}", key)
        direction = known[0] if self.direction is None else self.direction
        if direction not in known:
            raise InputError(f"{self.result}: there is no direction {direction}; {nearest(direction, known)}", key)
        value = float(found.sel(direction=direction))
        if not value > 0:
            raise InputError(f"{self.result}: along {direction} the conductivity is {value:g} S/m", key)
        return value

    @property
    def wired_law(self) -> Law:
        """The share of particles that electrons reach, from the carbon."""
        if self.wired is None:
            return Same(1.0)
        return Tabulated(tuple(p.carbon for p in self.wired), tuple(p.share for p in self.wired))

    def background_of(self, material: ActiveMaterial) -> Property | None:
        """Return what is added to the law, of the stoichiometry of the active material.

        Raises
        ------
        InputError
            If it is a share of a conductivity that the material's file does not give.
        """
        if self.background is not None:
            return constant(self.background, "conductivity.background")
        if self.background_factor is None:
            return None
        own, factor = material.electronic_conductivity, self.background_factor
        if own is None:
            raise InputError(
                f"{material.name} comes without an electronic conductivity; give conductivity.background",
                ("conductivity", "background_factor"),
            )
        return Property(lambda x: factor * own(x), own.lower, own.upper, own.source)


class ContactTable(Table):
    """Resistances outside the coating."""

    resistance: AreaResistance | None = Field(None, description="between collector and bottom layer")
    table: Annotated[tuple[ContactPoint, ...], AfterValidator(_rising)] | None = Field(
        None, description="instead, by the carbon at the collector"
    )
    series: AreaResistance = Field("0 ohm*m^2", description="of leads and collectors", validate_default=True)

    @model_validator(mode="after")
    def _says_one_thing(self) -> ContactTable:
        if self.resistance is not None and self.table is not None:
            raise refuse("has resistance and table; keep one")
        return self

    @property
    def law(self) -> Law:
        """Contact resistance [ohm m2] from the carbon at the collector."""
        if self.table is not None:
            return Tabulated(tuple(p.carbon for p in self.table), tuple(p.resistance for p in self.table))
        return Same(self.resistance or 0.0)
