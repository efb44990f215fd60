"""The [cracking] table of drying scenarios."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from electrosim.base import scenario as base
from electrosim.base.errors import InputError
from electrosim.base.quantities import Modulus, SurfaceTension, Toughness
from electrosim.base.result import read
from electrosim.base.scenario import ScenarioPath
from electrosim.base.uncertainty import Interval
from electrosim.base.units import Fraction, FractionOrWhole, Length
from electrosim.drying import quantities as unit
from electrosim.drying.coating import Coating
from electrosim.drying.cracking import UNCERTAIN, Cracking
from electrosim.drying.film import Film

Positive = Annotated[float, Field(strict=True, gt=0, le=1e6)]


def _rising(pair: tuple[float, float]) -> tuple[float, float]:
    if not pair[0] < pair[1]:
        raise PydanticCustomError("interval", "must be a lower and a higher limit")
    return pair


class IntervalsTable(base.Table):
    """Limits of uncertain inputs, [lower, higher]; anything between is equally likely."""

    surface_tension: Annotated[tuple[SurfaceTension, SurfaceTension], AfterValidator(_rising)] | None = None
    fraction: Annotated[tuple[Fraction, Fraction], AfterValidator(_rising)] | None = None
    diameter: Annotated[tuple[Length, Length], AfterValidator(_rising)] | None = None
    toughness: Annotated[tuple[Toughness, Toughness], AfterValidator(_rising)] | None = None
    shear_modulus: Annotated[tuple[Modulus, Modulus], AfterValidator(_rising)] | None = None
    coordination: Annotated[tuple[Positive, Positive], AfterValidator(_rising)] | None = None
    throat_radius: Annotated[tuple[Length, Length], AfterValidator(_rising)] | None = None
    logarithmic: tuple[Literal[UNCERTAIN], ...] = Field(  # type: ignore[valid-type]
        (), max_length=20, description="inputs whose logarithm is what is equally likely"
    )

    def intervals(self) -> dict[str, Interval]:
        """Return the intervals by the names of the inputs."""
        given = {name: getattr(self, name) for name in UNCERTAIN}
        return {
            name: Interval(pair[0], pair[1], name in self.logarithmic)
            for name, pair in given.items()
            if pair is not None
        }


class PrefactorsTable(base.Table):
    """Prefactors of the laws, in place of those published; the laws disagree by them."""

    capillary: Positive | None = Field(None, description="2 in the paper's eq. 1")
    white: Positive | None = Field(None, description="3 in White's bound")
    griffith: Positive | None = Field(None, description="1.4 in the paper's eq. 2")
    tirumkudulu_russel: Positive | None = Field(None, alias="tirumkudulu-russel", description="0.1877")
    singh_tirumkudulu: Positive | None = Field(None, alias="singh-tirumkudulu", description="0.64")
    film_over_pressure: Positive | None = Field(None, alias="film-over-pressure", description="0.8")


class CrackingTable(base.Table):
    """What stress and cracking depend on."""

    toughness: Toughness | None = Field(None, description="of the consolidated wet film")
    toughness_diameter: Length | None = Field(None, description="for which it holds; then it scales with d^-0.8")
    shear_modulus: Modulus | None = Field(None, description="of the particles")
    coordination: Positive = Field(6.0, description="contacts of a particle")
    surface_tension: SurfaceTension | None = Field(None, description="that of the solvent by default")
    contact_angle: unit.Angle = "0 deg"  # type: ignore[assignment]
    fraction: Fraction | None = Field(None, description="of the particles in the laws; film.packing by default")
    diameter: Length | None = Field(None, description="effective one in the laws; diameter_of by default")
    diameter_of: Literal["surface-mean", "active"] = Field("surface-mean", description="whose diameter the laws take")
    throat_radius: Length | None = Field(None, description="of the throats between pores")
    throat_from: ScenarioPath | None = Field(None, description="a structure result with intrusion, for that radius")
    residual: FractionOrWhole = Field(0.0, description="share of the highest stress that the dry film keeps")
    intervals: IntervalsTable = IntervalsTable()
    prefactors: PrefactorsTable = PrefactorsTable()
    samples: int = Field(100_000, strict=True, ge=1000, le=10_000_000, description="Monte Carlo trials")
    level: Fraction = Field(0.95, description="coverage probability of the intervals")
    seed: int = Field(0, strict=True, ge=0, description="of the trials")

    @model_validator(mode="after")
    def _has_one_throat(self) -> CrackingTable:
        if self.throat_radius is not None and self.throat_from is not None:
            reason = "has throat_radius and throat_from; give one of them"
            raise PydanticCustomError("cracking", "{reason}", {"reason": reason})
        return self

    def cracking(self, coating: Coating, film: Film) -> Cracking:
        """Return what the laws take, for a film of a coating.

        Raises
        ------
        InputError
            If no diameter is known, or the structure result holds no intrusion.
        """
        roles = ("active",) if self.diameter_of == "active" else ("active", "carbon")
        diameter = self.diameter or coating.mean_diameter(*roles)
        if diameter is None:
            raise InputError(
                "cracking.diameter is missing; add it, or the diameter of every particle in coating.components",
                ("cracking", "diameter"),
            )
        prefactors = self.prefactors.model_dump(by_alias=True, exclude_none=True)
        same = ("toughness", "toughness_diameter", "shear_modulus", "coordination", "surface_tension", "contact_angle")
        return Cracking(
            fraction=self.fraction or film.packing,
            diameter=diameter,
            throat_radius=self._throat(),
            residual=self.residual,
            prefactors=prefactors,
            intervals=self.intervals.intervals(),
            samples=self.samples,
            level=self.level,
            **{name: getattr(self, name) for name in same},
        )

    def _throat(self) -> float | None:
        if self.throat_from is None:
            return self.throat_radius
        result = read(self.throat_from)
        if "intrusion_diameter_median" not in result:
            raise InputError(
                f"{self.throat_from}: the result holds no mercury intrusion; run a structure scenario with "
                "[porosimetry]",
                ("cracking", "throat_from"),
            )
        return float(result["intrusion_diameter_median"]) / 2
