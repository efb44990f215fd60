"""Recipes of Zankowski et al. 2026 by the balances of `recipe`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from electrosim.base.observer import Observer
from electrosim.materials.electrochemical import Powder
from electrosim.materials.library import active_material
from electrosim.recipe import Coating, Ingredients, LayerRecipe, Weights, coat
from electrosim.recipe.profile import Uniform
from electrosim.study.validation.metrics import Row

GRAPHITE, SBR, CMC, C45 = (part / 99.99 for part in (95.21, 2.22, 1.51, 1.05))
CARBON = Powder("C45", 1900.0, 45_000.0)
FLAKES = replace(active_material("graphite"), density=2260.0, specific_surface=1470.0)


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("balances", 0.0)
    return [*coatings(), *films()]


def ingredients(sbr_density: float = 950.0) -> Ingredients:
    """Return the materials, SBR and CMC as one binder."""
    density = (SBR + CMC) / (SBR / sbr_density + CMC / 1500.0)
    return Ingredients(((FLAKES, 1.0),), CARBON, Powder("SBR and CMC", density))


def coating(sbr_density: float = 950.0, **amounts: float) -> Coating:
    recipe = [LayerRecipe(Uniform(C45), binder=SBR + CMC)]
    return coat(ingredients(sbr_density), recipe, loading_of="solids", **amounts)


def coatings() -> Iterator[Row]:
    eis = coating(loading=0.14, porosity=0.3)
    yield Row(
        "printed", "thickness of the EIS electrodes against the scan / um", 1e6 * eis.thickness, 87, "published", 8
    )
    yield Row("recomputed", "thickness of the EIS electrodes / um", 1e6 * eis.thickness, 92, "recomputed", 0.5)
    four_point = coating(thickness=228e-6, porosity=0.32)
    yield Row("recomputed", "solids at 228 um and 32 % / mg per cm2", 100 * four_point.solids, 33.7, "recomputed", 0.05)
    for sbr_density, expected in ((950.0, 5.1), (1000.0, 4.9)):
        share = 100 * coating(sbr_density, loading=0.14, porosity=0.3).layers[0].mean_fraction("binder")
        label = f"binder at 30 % porosity, SBR {sbr_density / 1000:g} g/cm3 / %"
        yield Row("recomputed", label, share, expected, "recomputed", 0.05)
        yield Row("printed", f"{label}, '< 5 %'", share, 5.0, "published", 0.5)
    share = 100 * coating(loading=0.14, porosity=0.5).layers[0].mean_fraction("binder")
    yield Row("recomputed", "binder at 50 % porosity / %", share, 3.6, "recomputed", 0.05)


def films() -> Iterator[Row]:
    cmc = Ingredients(((FLAKES, 1.0),), CARBON, Powder("CMC", 1500.0))
    carbon = 100 * C45 * CARBON.specific_surface / float(cmc.surface(Weights(GRAPHITE, C45, CMC)))
    yield Row("printed", "carbon in the surface, 'about 25 %'", carbon, 25.0, "published", 2.0)
    with_carbon = 1e9 * float(cmc.film_thickness(Weights(GRAPHITE, C45, CMC)))
    yield Row("recomputed", "film of CMC on graphite and carbon / nm", with_carbon, 5.4, "recomputed", 0.05)
    without = 1e9 * float(cmc.film_thickness(Weights(GRAPHITE, 0.0, CMC)))
    yield Row("recomputed", "film of CMC on graphite / nm", without, 7.2, "recomputed", 0.05)
    for film, expected in ((10e-9, 2.1), (15e-9, 3.1)):
        needed = 100 * film * 1500.0 * float(cmc.surface(Weights(GRAPHITE, 0.0, CMC)))
        label = f"CMC for a film of {1e9 * film:g} nm on graphite / wt.%"
        yield Row("recomputed", label, needed, expected, "recomputed", 0.06)
