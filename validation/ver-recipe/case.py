"""Exact properties of recipes: there and back, closure, layers that approach a profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.materials.library import active_material, powder
from electrosim.recipe import Ingredients, LayerRecipe, Slurry, coat
from electrosim.recipe.profile import Exponential, Linear, Profile, Uniform
from electrosim.study.validation.metrics import Row

INGREDIENTS = Ingredients(((active_material("nmc622"), 1.0),), powder("c45"), powder("pvdf"))
PROFILES: dict[str, Profile] = {"linear": Linear(0.01, 0.04), "exponential": Exponential(0.04, 0.01)}
FILM, LOADING, POROSITY = 13e-9, 0.11, 0.3


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("there and back", 0.0)
    rows = [*round_trip(), *closure()]
    observer("profiles", 0.5)
    return [*rows, *towards_a_profile()]


def round_trip() -> Iterator[Row]:
    for film in (1e-9, 13e-9, 40e-9):
        for carbon in (0.0, 0.025, 0.2):
            for shell in (1e-8, 6.4e-7, 1e-5):
                weights = INGREDIENTS.with_film(carbon, film)
                ratio = Slurry.from_shell(INGREDIENTS, weights, shell).solvent_ratio
                slurry = Slurry(INGREDIENTS, weights, ratio)
                again = Slurry.from_solid_fraction(INGREDIENTS, weights, slurry.solid_fraction)
                label = f"t_b {1e9 * film:.0f} nm, f_c {100 * carbon:.1f} %, t_s {1e6 * shell:.3g} um"
                yield Row("round trip", f"{label}: t_b", slurry.film_thickness, film)
                yield Row("round trip", f"{label}: t_s", slurry.shell_thickness, shell)
                yield Row("round trip", f"{label}: ss by way of phi", again.solvent_ratio, ratio)
                yield Row("closure", f"{label}: volumes of the slurry", sum(slurry.volume_fractions), 1.0)


def closure() -> Iterator[Row]:
    for name, profile in PROFILES.items():
        coating = coat(INGREDIENTS, [LayerRecipe(profile, film=FILM)], loading=LOADING, porosity=POROSITY)
        (layer,) = coating.layers
        volumes = {part: layer.mean_fraction(part) for part in ("active", "carbon", "binder")}
        yield Row("closure", f"{name}: volumes of the coating", sum(volumes.values()) + layer.porosity, 1.0)
        mass = layer.thickness * volumes["active"] / INGREDIENTS.active_volume
        yield Row("closure", f"{name}: loading from volumes", mass, LOADING)
        densities = {"carbon": INGREDIENTS.carbon.density, "binder": INGREDIENTS.binder.density}
        rest = sum(layer.thickness * volumes[part] * density for part, density in densities.items())
        yield Row("closure", f"{name}: solids from volumes", mass + rest, coating.solids)
        thickness = coat(INGREDIENTS, [LayerRecipe(profile, film=FILM)], loading=LOADING, thickness=coating.thickness)
        yield Row("closure", f"{name}: porosity from thickness", thickness.porosity, POROSITY)


def towards_a_profile() -> Iterator[Row]:
    for name, profile in PROFILES.items():
        smooth = coat(INGREDIENTS, [LayerRecipe(profile, film=FILM)], loading=LOADING, porosity=POROSITY)
        for count in (4, 8, 16, 32, 64):
            middles = (np.arange(count) + 0.5) / count
            layers = [LayerRecipe(Uniform(float(value)), film=FILM, share=1 / count) for value in profile(middles)]
            found = coat(INGREDIENTS, layers, loading=LOADING, porosity=POROSITY, shares_of="volume")
            series = f"layers towards {name}"
            yield Row(f"{series}: thickness", f"{count} layers", found.thickness, smooth.thickness, resolution=count)
            yield Row(f"{series}: carbon", f"{count} layers", found.carbon, smooth.carbon, resolution=count)
