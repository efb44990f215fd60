"""The [binder] and [migrating] tables of drying scenarios."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from electrosim.base import scenario as base
from electrosim.base.quantities import Diffusivity
from electrosim.base.units import FractionOrWhole, Length
from electrosim.drying.problem import ROOM
from electrosim.drying.species import Species, stokes_einstein

Positive = Annotated[float, Field(strict=True, gt=0, le=1e12)]


class LayerTable(base.Table):
    """A layer of a film that is not even at the start."""

    share: FractionOrWhole = Field(description="of the height")
    amount: Annotated[float, Field(strict=True, ge=0, le=1e12)] = Field(description="relative to other layers")


class SpeciesTable(base.Table):
    """What the liquid carries; one of diffusivity, hydrodynamic_radius and initial_peclet is needed."""

    diffusivity: Diffusivity | None = None
    hydrodynamic_radius: Length | None = Field(None, description="of a sphere, by Stokes and Einstein")
    initial_peclet: Positive | None = Field(None, description="q h0/(phi_l0 D_eff) at the start")
    bruggeman: float = Field(1.0, ge=0, le=10, description="D_eff = D phi_l^(bruggeman - 1); 1 for no hindrance")
    adsorption: float = Field(0.0, ge=0, le=1e12, description="held by a volume of particles over that of liquid")
    frozen: FractionOrWhole = Field(0.0, description="share that is bound from the start")
    gelation: Positive | None = Field(None, description="concentration over the first mean at which the liquid gels")
    moves_until: Literal["shrinkage", "constant rate"] = Field(
        "shrinkage", description="end of the stage at which all of it is bound"
    )
    layers: tuple[LayerTable, ...] = Field((), max_length=100, description="at the start, bottom first")

    @model_validator(mode="after")
    def _has_one_mobility(self) -> SpeciesTable:
        given = (self.diffusivity, self.hydrodynamic_radius, self.initial_peclet)
        if sum(value is not None for value in given) != 1:
            reason = "needs one of diffusivity, hydrodynamic_radius and initial_peclet"
            raise PydanticCustomError("species", "{reason}", {"reason": reason})
        return self

    def species(self, name: str, viscosity: float) -> Species:
        """Return the species, in a liquid of a viscosity at room temperature [Pa s]."""
        diffusivity = self.diffusivity
        if self.hydrodynamic_radius is not None:
            diffusivity = stokes_einstein(self.hydrodynamic_radius, viscosity, ROOM)
        others = ("initial_peclet", "bruggeman", "adsorption", "frozen", "gelation", "moves_until")
        layers = tuple((item.share, item.amount) for item in self.layers)
        return Species(name, diffusivity, layers=layers, **{key: getattr(self, key) for key in others})
