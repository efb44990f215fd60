"""The tables of a coating in a scenario: what was weighed, and how much of it is there."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from typing import Annotated, Any, Literal

from annotated_types import Gt
from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from electrosim.base.errors import InputError
from electrosim.base.quantities import Density, Diffusivity, Loading
from electrosim.base.scenario import Table, refuse
from electrosim.base.units import Fraction, FractionOrWhole, Length, Quantity
from electrosim.materials import library
from electrosim.materials.electrochemical import ActiveMaterial
from electrosim.materials.property import constant
from electrosim.materials.tables import Bruggeman, MaterialName, SpecificSurface
from electrosim.recipe.amounts import SharesOf, coat
from electrosim.recipe.coating import Coating, LayerRecipe, Of
from electrosim.recipe.profile import Exponential, Linear, PiecewiseLinear, Profile, Uniform
from electrosim.recipe.solids import Ingredients

Tortuosity = Annotated[float, Field(strict=True, ge=1, le=1000)]
SpecificCapacity = Annotated[float, Gt(0), Quantity("C/kg", "specific capacity", "175 mA*h/g", 1.0, 1e9)]

FILM = 13e-9  # m, of the electrodes of Yari et al. 2020
_BRUGGEMAN = 1.5


class ActiveTable(Table):
    """An active material, with what is different from its file."""

    material: MaterialName
    share: FractionOrWhole = Field(1.0, description="of the mass of all active materials")
    radius: Length | None = None
    diffusivity: Diffusivity | None = None
    density: Density | None = None
    specific_surface: SpecificSurface | None = None

    def resolved_material(self) -> ActiveMaterial:
        """Return the material as it is used here."""
        found = library.active_material(self.material)
        changed: dict[str, Any] = {
            name: value
            for name in ("radius", "density", "specific_surface")
            if (value := getattr(self, name)) is not None
        }
        if self.diffusivity is not None:
            changed["diffusivity"] = constant(self.diffusivity, "the scenario")
        return replace(found, **changed) if changed else found


def _one_or_more(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return "several tables"
    return "a table" if isinstance(value, (dict, ActiveTable)) else "a name"


Active = Annotated[
    Annotated[MaterialName, Tag("a name")]
    | Annotated[ActiveTable, Tag("a table")]
    | Annotated[tuple[ActiveTable, ...], Field(min_length=1, max_length=8), Tag("several tables")],
    Discriminator(_one_or_more),
]


class PointTable(Table):
    """Carbon at a place."""

    at: FractionOrWhole = Field(description="0 at the collector side, 1 at the separator side")
    carbon: FractionOrWhole


class ProfileTable(Table):
    """Weight fraction of carbon through the thickness, from the collector side (bottom) to the separator side (top)."""

    profile: Literal["linear", "exponential", "step", "points"]
    bottom: FractionOrWhole | None = None
    top: FractionOrWhole | None = None
    at: Fraction | None = Field(None, description="place of a step; halfway by default")
    points: tuple[PointTable, ...] | None = Field(None, min_length=2, max_length=1000)

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> ProfileTable:
        by_points = self.profile == "points"
        if by_points == (self.points is None) or by_points == (self.bottom is not None or self.top is not None):
            needs = "points and neither bottom nor top" if by_points else "bottom and top and no points"
            raise refuse(f'needs {needs} for the profile "{self.profile}"')
        if not by_points and (self.bottom is None or self.top is None):
            raise refuse(f'needs bottom and top for the profile "{self.profile}"')
        if self.at is not None and self.profile != "step":
            raise refuse('has "at", which only a step has')
        if self.profile == "exponential" and not (self.bottom and self.top):
            raise refuse("needs bottom and top above 0 % for an exponential profile")
        if self.points is not None:
            places = [point.at for point in self.points]
            if places[0] != 0 or places[-1] != 1 or any(b <= a for a, b in itertools.pairwise(places)):
                raise refuse("needs points whose places rise from 0 to 1")
        return self

    def smooth(self) -> Profile:
        """Return the profile, which is no step."""
        if self.points is not None:
            return PiecewiseLinear(
                tuple(point.at for point in self.points), tuple(point.carbon for point in self.points)
            )
        ends = (self.bottom or 0.0, self.top or 0.0)
        return Exponential(*ends) if self.profile == "exponential" else Linear(*ends)


def _number_or_profile(value: Any) -> str:
    return "a profile" if isinstance(value, (dict, ProfileTable)) else "a number"


Carbon = Annotated[
    Annotated[FractionOrWhole, Tag("a number")] | Annotated[ProfileTable, Tag("a profile")],
    Discriminator(_number_or_profile),
]


class LayerTable(Table):
    """A layer of a coating; what it leaves out it shares with the others."""

    carbon: Carbon = Field(description="weight fraction of the solids, or a profile through the layer")
    share: Annotated[FractionOrWhole, Field(gt=0)] | None = Field(
        None, description="of the loading; without it all layers have the same solids"
    )
    binder: FractionOrWhole | None = Field(None, description="weight fraction of the solids")
    porosity: Fraction | None = None
    tortuosity: Tortuosity | None = None
    bruggeman: Bruggeman | None = None

    @field_validator("carbon")
    @classmethod
    def _has_no_step(cls, value: float | ProfileTable) -> float | ProfileTable:
        if isinstance(value, ProfileTable) and value.profile == "step":
            raise refuse("has a step, which is two layers; write them")
        return value


class IngredientsTable(Table):
    """What is mixed."""

    active: Active = Field(description="an active material, or several with their shares")
    carbon_powder: MaterialName = "c45"
    binder_powder: MaterialName = "pvdf"

    @functools.cached_property
    def ingredients(self) -> Ingredients:
        """The materials."""
        given = self.active
        tables = (ActiveTable(material=given),) if isinstance(given, str) else given
        tables = (tables,) if isinstance(tables, ActiveTable) else tables
        return Ingredients(
            tuple((table.resolved_material(), table.share) for table in tables),
            library.powder(self.carbon_powder),
            library.powder(self.binder_powder),
        )

    def citations(self) -> list[str]:
        """Return where the numbers of the materials are from, one line each."""
        names = [self.active] if isinstance(self.active, str) else []
        if not names:
            tables = (self.active,) if isinstance(self.active, ActiveTable) else self.active
            names = [table.material for table in tables if isinstance(table, ActiveTable)]
        lines = [library.source("active", name) for name in names]
        return [*lines, *(library.source("powders", name) for name in (self.carbon_powder, self.binder_powder))]


class CoatingTable(IngredientsTable):
    """A coating by what was weighed: active material, carbon, binder, and two of loading, porosity and thickness."""

    carbon: Carbon | None = Field(None, description="weight fraction of the solids, or a profile; or give layers")
    layers: tuple[LayerTable, ...] | None = Field(
        None, min_length=1, max_length=100, description="bottom (at the collector) first"
    )
    binder: FractionOrWhole | None = Field(None, description="weight fraction of the solids; or give binder_film")
    binder_film: Length | None = Field(None, description="thickness on active material and carbon; 13 nm by default")
    loading: Loading | None = Field(None, description="mass per area")
    loading_of: Of = Field("active", description="what the loading counts")
    shares_of: SharesOf | None = Field(None, description="what the shares of layers are of; as loading_of by default")
    porosity: Fraction | None = None
    thickness: Length | None = None
    tortuosity: Tortuosity | None = Field(None, description="porosity/tortuosity is the pores' transport efficiency")
    bruggeman: Bruggeman | None = Field(None, description="instead: it is porosity^bruggeman; 1.5 by default")

    @model_validator(mode="after")
    def _fits(self) -> CoatingTable:
        if (self.carbon is None) == (self.layers is None):
            raise refuse("needs either carbon or layers")
        if self.binder is not None and self.binder_film is not None:
            raise refuse("gives binder and binder_film; one follows from the other")
        tables: tuple[CoatingTable | LayerTable, ...] = (self, *(self.layers or ()))
        for table in tables:
            if table.tortuosity is not None and table.bruggeman is not None:
                raise refuse("gives tortuosity and bruggeman for the same pores; leave one out")
        try:
            _ = self.coating
        except InputError as error:
            raise refuse(f"does not fit: {error}") from None
        return self

    @functools.cached_property
    def coating(self) -> Coating:
        """The coating."""
        return coat(
            self.ingredients,
            self.recipes(),
            loading=self.loading,
            porosity=self.porosity,
            thickness=self.thickness,
            loading_of=self.loading_of,
            shares_of="volume" if self._is_step else self.shares_of,
        )

    def recipes(self) -> list[LayerRecipe]:
        """Return what each layer is made of, bottom first."""
        if self.layers is None:
            return [self._recipe(profile, share) for profile, share in self._pieces()]
        return [self._recipe(_profile(layer.carbon), layer.share, layer) for layer in self.layers]

    @property
    def _is_step(self) -> bool:
        return isinstance(self.carbon, ProfileTable) and self.carbon.profile == "step"

    def _pieces(self) -> list[tuple[Profile, float | None]]:
        """Return the profiles between steps, each with its share of the thickness."""
        carbon = self.carbon
        if isinstance(carbon, ProfileTable) and carbon.profile == "step":
            place = 0.5 if carbon.at is None else carbon.at
            return [(Uniform(carbon.bottom or 0.0), place), (Uniform(carbon.top or 0.0), 1 - place)]
        return [(_profile(0.0 if carbon is None else carbon), None)]

    def _recipe(self, profile: Profile, share: float | None, layer: LayerTable | None = None) -> LayerRecipe:
        """Return the recipe of a layer, from what it says itself and else from what all share."""
        binder = self.binder if layer is None or layer.binder is None else layer.binder
        own = layer is not None and (layer.tortuosity is not None or layer.bruggeman is not None)
        transport = layer if layer is not None and own else self
        return LayerRecipe(
            carbon=profile,
            film=(self.binder_film or FILM) if binder is None else None,
            binder=binder,
            share=share,
            porosity=layer.porosity if layer else None,
            tortuosity=transport.tortuosity,
            bruggeman=transport.bruggeman or _BRUGGEMAN,
        )


def _profile(carbon: float | ProfileTable) -> Profile:
    return carbon.smooth() if isinstance(carbon, ProfileTable) else Uniform(carbon)
