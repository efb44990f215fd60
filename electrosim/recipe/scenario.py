"""The tables of ``kind = "recipe"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Literal

from pydantic import Field, model_validator

from electrosim.base import scenario as base
from electrosim.base.errors import InputError
from electrosim.base.quantities import Density
from electrosim.base.scenario import refuse
from electrosim.base.units import Fraction, FractionOrWhole, Length
from electrosim.recipe.problem import Problem
from electrosim.recipe.slurry import Slurry
from electrosim.recipe.solids import Weights
from electrosim.recipe.tables import FILM, CoatingTable, IngredientsTable, SpecificCapacity

Carbons = tuple[FractionOrWhole, ...]


class SlurryTable(IngredientsTable):
    """Slurries: every carbon content with every amount of solvent."""

    carbon: Carbons = Field(min_length=1, max_length=100, description="weight fractions of the solids")
    binder: FractionOrWhole | None = Field(None, description="weight fraction of the solids; or give binder_film")
    binder_film: Length | None = Field(None, description="thickness on active material and carbon; 13 nm by default")
    shells: tuple[Length, ...] = Field((), max_length=100, description="thicknesses of the solvent shell")
    solid_fractions: tuple[Fraction, ...] = Field((), max_length=100, description="volume fractions of the solids")
    weight_solids: tuple[Fraction, ...] = Field((), max_length=100, description="weight fractions of the solids")
    solvent_density: Density = Field("1.028 g/cm^3", validate_default=True)

    @model_validator(mode="after")
    def _fits(self) -> SlurryTable:
        if self.binder is not None and self.binder_film is not None:
            raise refuse("gives binder and binder_film; one follows from the other")
        if not (self.shells or self.solid_fractions or self.weight_solids):
            raise refuse("needs an amount of solvent: shells, solid_fractions or weight_solids")
        try:
            _ = self.slurries
        except InputError as error:
            raise refuse(f"does not fit: {error}") from None
        return self

    @functools.cached_property
    def slurries(self) -> tuple[tuple[str, Slurry], ...]:
        """Slurries with the series to which they belong."""
        common = self.ingredients, self.solvent_density
        found = [
            (f"t_s {1e6 * shell:.3g} µm", Slurry.from_shell(common[0], weights, shell, common[1]))
            for shell in self.shells
            for weights in self._weights
        ]
        found += [
            (f"phi {fraction:.3g}", Slurry.from_solid_fraction(common[0], weights, fraction, common[1]))
            for fraction in self.solid_fractions
            for weights in self._weights
        ]
        found += [
            (f"{100 * share:.3g} wt.% solids", Slurry(common[0], weights, 1 / share - 1, common[1]))
            for share in self.weight_solids
            for weights in self._weights
        ]
        return tuple(found)

    @functools.cached_property
    def _weights(self) -> list[Weights]:
        if self.binder is not None:
            return [self.ingredients.with_binder(carbon, self.binder) for carbon in self.carbon]
        return [self.ingredients.with_film(carbon, self.binder_film or FILM) for carbon in self.carbon]


class ElectrodeTable(CoatingTable):
    """A dry coating."""

    specific_capacity: SpecificCapacity | None = Field(None, description="nominal, of the active material")


class Scenario(base.Scenario):
    """Slurries and a dry coating from what was weighed."""

    kind: Literal["recipe"]
    slurry: SlurryTable | None = None
    electrode: ElectrodeTable | None = None

    @model_validator(mode="after")
    def _has_something(self) -> Scenario:
        if self.slurry is None and self.electrode is None:
            raise refuse("a recipe needs a table [slurry] or [electrode]")
        return self

    @functools.cached_property
    def problem(self) -> Problem:
        """Slurries and coating."""
        return Problem(
            self.slurry.slurries if self.slurry else (),
            self.electrode.coating if self.electrode else None,
            self.electrode.specific_capacity if self.electrode else None,
        )

    @property
    def method(self) -> None:
        """Balances need none."""
        return

    def citations(self) -> Sequence[str]:
        """Return the references behind the slurry state and the materials."""
        tables: list[IngredientsTable] = [table for table in (self.slurry, self.electrode) if table is not None]
        lines = ["S. Yari et al., ACS Appl. Energy Mater. 3 (2020) 11820, doi 10.1021/acsaem.0c01966 (film and shell)"]
        for table in tables:
            lines += table.citations()
        return tuple(dict.fromkeys(lines))
