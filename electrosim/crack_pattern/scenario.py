"""The tables of ``kind = "crack-pattern"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from electrosim.base import scenario as base
from electrosim.base.errors import InputError, concerning
from electrosim.base.quantities import Modulus, Toughness
from electrosim.base.scenario import ScenarioPath
from electrosim.base.units import Fraction, FractionOfOne, Length, Quantity
from electrosim.crack_pattern.direct import Direct
from electrosim.crack_pattern.drying_record import Driver, DryingRecord, History, read_drying
from electrosim.crack_pattern.problem import Bubble, Edges, Film, Problem, Shape
from electrosim.crack_pattern.relaxation import Relaxation
from electrosim.crack_pattern.solve import REFERENCES
from electrosim.crack_pattern.updated import Updated

Stress = Annotated[float, Field(gt=0), Quantity("Pa", "stress", "0.1 MPa", 1e-6, 1e13)]
InterfaceStiffness = Annotated[float, Field(gt=0), Quantity("Pa/m", "stiffness per area", "1 GPa/m", 1e-6, 1e30)]
Place = Annotated[float, Quantity("m", "length", "0.5 mm", 1e-15, 1e3)]
Time = Annotated[float, Field(ge=0), Quantity("s", "time", "39 min", 1e-12, 1e12)]
Strain = Annotated[float, Field(ge=0, lt=1), FractionOfOne(example="2 %")]


def _refuse(reason: str) -> PydanticCustomError:
    return PydanticCustomError("shrinkage", "{reason}", {"reason": reason})


class FilmTable(base.Table):
    """The film and its bond to the substrate."""

    thickness: Length | None = Field(None, description="that of shrinkage.drying if left out")
    modulus: Modulus = Field(description="Young's modulus while it cracks")
    poisson_ratio: float = Field(0.3, ge=0, lt=0.5)
    toughness: Toughness | None = Field(None, description="breaks at toughness / (1.4 sqrt(thickness))")
    strength: Stress | None = Field(None, description="mean stress at which it breaks, instead of toughness")
    weibull_modulus: float = Field(10.0, ge=1, le=1000, description="how equal the strengths are")
    adhesion: Stress | None = Field(None, description="shear stress that parts film and substrate; left out, none does")
    slip: Fraction = Field(0.05, description="stiffness of a parted place relative to a bonded one")
    interface_stiffness: InterfaceStiffness | None = Field(None, description="of a compliant interface")

    def film(self, record: DryingRecord | None) -> Film:
        """Return the film, as thick as a drying result has it unless that is given."""
        thickness = self.thickness or (record.thickness if record is not None else None)
        if thickness is None:
            raise InputError("film.thickness is missing; give it, or shrinkage.drying", ("film", "thickness"))
        return Film(**dict(self) | {"thickness": thickness})


class SampleTable(base.Table):
    """What piece of film is looked at."""

    shape: Shape = "square"
    size: Length = Field(description="edge of the square, diameter of the disc")
    edges: Edges = "periodic"
    nodes_per_lag: float = Field(5.0, ge=2, le=50, description="nodes over the length that a crack relieves")
    seed: int = Field(0, strict=True, ge=0, lt=2**32)


class BubbleTable(base.Table):
    """A round hole through the film, its centre from the middle of the sample."""

    x: Place
    y: Place
    radius: Length


class ShrinkageTable(base.Table):
    """By how much the film would shrink if it were loose."""

    strain: Fraction | None = Field(None, description="at the end")
    snapshots: int = Field(20, strict=True, ge=1, le=1000, description="equal steps at which the pattern is kept")
    times: tuple[Time, ...] | None = Field(None, description="of a history, with strains")
    strains: tuple[Strain, ...] | None = Field(None, description="at those times, up to the final one")
    drying: ScenarioPath | None = Field(None, description="results of a drying scenario, for a history")
    follows: Driver = Field("solvent", description="what of the drying the strain is in proportion to")
    stress_model: str | None = Field(None, max_length=40, description="by which stress, if it follows the stress")

    @model_validator(mode="after")
    def _says_how_it_rises(self) -> ShrinkageTable:
        if self.drying is not None and (self.times is not None or self.strains is not None):
            raise _refuse("has drying as well as times and strains; keep one of the two histories")
        by_stress = self.follows == "stress"
        if by_stress and self.drying is None:
            raise _refuse('has follows = "stress" without drying; give the results of a drying scenario')
        if by_stress and self.strain is not None:
            raise _refuse("has strain, but it follows the stress over the modulus; leave strain out")
        if not by_stress and self.strain is None:
            raise _refuse("needs strain, the final one; only one that follows the stress of a drying result does not")
        if by_stress and self.stress_model is None:
            raise _refuse('needs stress_model, the law whose stress it follows, such as "capillary"')
        if not by_stress and self.stress_model is not None:
            raise _refuse('has stress_model, but does not follow the stress; set follows = "stress" or leave it out')
        return self

    def history(self, record: DryingRecord | None, film: Film) -> History | None:
        """Return times [s] and the free strains reached at them, if there are any."""
        if record is not None:
            if self.stress_model is not None:
                return record.by_stress(self.stress_model, film.biaxial_modulus)
            assert self.strain is not None  # noqa: S101  as `_says_how_it_rises` has seen
            return record.by_solvent(self.strain)
        if self.times is None and self.strains is None:
            return None
        return np.array(self.times or ()), np.array(self.strains or ())


class MethodTable(base.Table):
    """How the breaks are followed."""

    solver: Literal["relaxation", "updated", "direct"] = Field(
        "relaxation", description="updated: quicker where a break disturbs the whole sample"
    )
    tolerance: float = Field(0.05, gt=0, le=1, description="residual force times squared lag length")


class OutputTable(base.Output):
    """What is written beside the numbers."""

    animation: bool = Field(False, strict=True, description="draw the growth of the cracks as figures/growth.gif")


class Scenario(base.Scenario):
    """Which cracks a film that shrinks on its substrate breaks into."""

    kind: Literal["crack-pattern"]
    film: FilmTable
    sample: SampleTable
    bubbles: tuple[BubbleTable, ...] = Field((), max_length=1000)
    shrinkage: ShrinkageTable
    method_table: MethodTable = Field(MethodTable(), alias="method")
    output: OutputTable = OutputTable()

    @functools.cached_property
    def problem(self) -> Problem:
        """The film, the sample and the strain."""
        shrinkage = self.shrinkage
        record = read_drying(shrinkage.drying) if shrinkage.drying is not None else None
        with concerning("film"):
            film = self.film.film(record)
        history = shrinkage.history(record, film)
        strain = float(history[1][-1]) if history is not None and shrinkage.strain is None else shrinkage.strain
        assert strain is not None  # noqa: S101  as `ShrinkageTable` has seen
        with concerning("sample"):
            return Problem(
                film=film,
                strain=strain,
                **dict(self.sample),
                bubbles=tuple(Bubble(**dict(bubble)) for bubble in self.bubbles),
                snapshots=shrinkage.snapshots,
                history=history,
            )

    @property
    def method(self) -> Relaxation | Updated | Direct:
        """How the breaks are followed."""
        solver = self.method_table.solver
        if solver == "relaxation":
            return Relaxation(self.method_table.tolerance)
        return Updated() if solver == "updated" else Direct()

    @property
    def seed(self) -> int:
        """Of nodes and strengths."""
        return self.sample.seed

    def citations(self) -> Sequence[str]:
        """Return the references behind the model."""
        return REFERENCES
