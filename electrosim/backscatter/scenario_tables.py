"""Tables of ``kind = "backscatter"`` scenarios: beam, layers, film, detector."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from electrosim.backscatter.criteria import Criterion
from electrosim.backscatter.elastic import ElasticModel
from electrosim.backscatter.infer import GreyLevel, Infer, Unseen
from electrosim.backscatter.method import MonteCarlo, Plain, Reuse
from electrosim.backscatter.plan import Plan
from electrosim.backscatter.problem import Detector, Filter, Layer
from electrosim.backscatter.stopping import StoppingModel
from electrosim.backscatter.trajectories import Trajectories
from electrosim.base import scenario as base
from electrosim.base.errors import InputError
from electrosim.base.quantities import Angle, Density
from electrosim.base.units import FractionOrWhole, Length, Quantity
from electrosim.materials import Compound, compound, material, mixture
from electrosim.materials.compounds import named_materials

Energy = Annotated[float, Field(gt=0), Quantity("J", "energy", "2 keV", 1e-21, 1e-9)]
BeamDiameter = Annotated[float, Field(ge=0), Quantity("m", "length", "5 nm", 1e-15, 1e-2)]


def _refused(error: InputError) -> PydanticCustomError:
    return PydanticCustomError("material", "{reason}", {"reason": str(error)})


class MaterialTable(base.Table):
    """What a layer is made of: a name, a formula with its density, or parts by weight."""

    material: str | dict[str, float] = Field(
        description='a name such as "graphite", a formula such as "SiO2", or weight fractions of those', max_length=200
    )
    density: Density | None = Field(None, description="needed for a formula, and by name if another is wanted")

    @model_validator(mode="after")
    def _is_a_material(self) -> MaterialTable:
        try:
            self.compound()
        except InputError as error:
            raise _refused(error) from None
        return self

    def compound(self) -> Compound:
        """Return the material."""
        if isinstance(self.material, dict):
            parts = [(_named(name, None), share) for name, share in self.material.items()]
            return mixture(" + ".join(self.material), parts, self.density)
        return _named(self.material, self.density)


def _named(text: str, density: float | None) -> Compound:
    """Return a material by name, or by formula and density."""
    if density is None:
        return material(text)
    if text in named_materials():
        known = named_materials()[text]
        return Compound(known.name, known.composition, density)
    return compound(text, density)


class LayerTable(MaterialTable):
    """A layer of one thickness."""

    thickness: Length

    def layer(self) -> Layer:
        """Return the layer."""
        return Layer(self.compound(), self.thickness)


class SubstrateTable(MaterialTable):
    """What lies below everything; without a thickness it has no lower face."""

    thickness: Length | None = None

    def layer(self) -> Layer:
        """Return the layer."""
        return Layer(self.compound(), math.inf if self.thickness is None else self.thickness)


class FilmTable(MaterialTable):
    """The film whose thickness is in question."""

    thicknesses: tuple[Length, ...] = Field(min_length=1, description="thicknesses to look at, ascending")


class BeamTable(base.Table):
    """The beam."""

    energies: tuple[Energy, ...] = Field(min_length=1)
    tilt: Angle = Field("0 deg", description="angle to the normal of the surface")  # type: ignore[assignment]
    diameter: BeamDiameter = Field(  # type: ignore[assignment]
        "0 nm", description="of the circle that holds 68.27 % of the electrons of a Gaussian beam"
    )


class DetectorTable(base.Table):
    """Which electrons are counted."""

    cut_off: Energy = Field("50 eV", description="least energy")  # type: ignore[assignment]
    filter: Filter = Field(
        "energy", description="retarding-grid: E cos^2 of the angle to the axis must reach the cut-off"
    )
    angles: tuple[Angle, Angle] = Field(  # type: ignore[assignment]
        ("0 deg", "90 deg"), description="least and greatest angle to the axis of the beam"
    )

    def detector(self) -> Detector:
        """Return the detector."""
        return Detector(self.cut_off, self.filter, self.angles)


class ModelTable(base.Table):
    """Models of the collisions."""

    elastic: ElasticModel = "mott"
    stopping: StoppingModel = "joy-luo"


class MethodTable(base.Table):
    """How the electrons are followed."""

    walk: Literal["fast", "plain"] = Field("fast", description="plain is the twin on one page of NumPy, much slower")
    reuse: Reuse = Field("auto", description="how one run serves all thicknesses; auto is exact up to 12 of them")
    standard_error: float | None = Field(
        None, strict=True, gt=0, lt=1, description="of the backscatter coefficient, at which to stop"
    )
    workers: int | None = Field(None, strict=True, ge=1, le=1024, description="threads; the answer does not change")

    def method(self, electrons: int, seed: int) -> MonteCarlo | Plain:
        """Return the method."""
        if self.walk == "plain":
            return Plain(electrons, seed)
        return MonteCarlo(electrons, seed, self.reuse, self.standard_error, self.workers)


class TrajectoriesTable(base.Table):
    """Paths to keep and to draw; left out, none are."""

    number: int = Field(200, strict=True, ge=1, le=1_000_000, description="electrons per energy")
    thickness: Length | None = Field(None, description="of the film; the thinnest one by default")

    def trajectories(self) -> Trajectories:
        """Return what is asked for."""
        return Trajectories(self.number, self.thickness)


class GreyLevelTable(base.Table):
    """A measured grey level."""

    energy: Energy
    ratio: float = Field(gt=0, description="grey level of the film over that of the bare substrate")
    error: float = Field(gt=0, description="its standard error")


class InferTable(base.Table):
    """What was seen of the film; left out, nothing is inferred."""

    seen: tuple[Energy, ...] = Field((), description="energies at which the film shows")
    unseen: tuple[Energy, ...] = Field((), description="energies at which it does not")
    grey_levels: tuple[GreyLevelTable, ...] = Field((), description="in place of both")
    criterion: Criterion = Field("film-share", description="what must reach the threshold for a film to show")
    threshold: float = Field(0.5, gt=0, le=1e6)
    unseen_is: Unseen = Field("below", description='what a film is that does not show; "about" for "similar or lower"')
    level: float = Field(0.95, gt=0, lt=1, description="probability of the interval")
    density_error: FractionOrWhole = Field(0.05, description="relative standard error of the film's density")
    elastic_error: FractionOrWhole = Field(0.02, description="relative standard error of the elastic cross-sections")

    def infer(self) -> Infer:
        """Return what is asked."""
        levels = [GreyLevel(item.energy, item.ratio, item.error) for item in self.grey_levels]
        return Infer(**(dict(self) | {"grey_levels": levels}))


class PlanTable(base.Table):
    """Two thicknesses to tell apart; left out, none are."""

    thicknesses: tuple[Length, Length]
    deviations: float = Field(3.0, gt=0, lt=100, description="standard deviations between the counts")

    def plan(self) -> Plan:
        """Return what is asked."""
        return Plan(self.thicknesses, self.deviations)
