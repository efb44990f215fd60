"""Recipes, slurries and bilayers of Yari et al. 2020 beside what the paper prints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.materials.electrochemical import Powder
from electrosim.materials.library import active_material, powder
from electrosim.recipe import Ingredients, LayerRecipe, Slurry, coat, heterogeneity
from electrosim.recipe.profile import Uniform
from electrosim.recipe.solids import Weights
from electrosim.study.validation.metrics import Row

FILM = 13e-9
INGREDIENTS = Ingredients(((active_material("nmc622"), 1.0),), powder("c45"), powder("pvdf"))
SHELLS = (0.36e-6, 0.64e-6, 1.35e-6)
CARBON = (0.01, 0.025, 0.04)
GAP = 235e-6

TABLE_1 = {  # (bottom, top): delta, share of active material at the bottom, at the top
    (0.02, 0.03): (0.2, 0.505, 0.495),
    (0.015, 0.035): (0.4, 0.511, 0.489),
    (0.01, 0.04): (0.6, 0.516, 0.484),
    (0.03, 0.02): (0.2, 0.495, 0.505),
    (0.035, 0.015): (0.4, 0.489, 0.511),
    (0.04, 0.01): (0.6, 0.484, 0.516),
}


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("bilayers", 0.0)
    rows = [*table_1(), *power_of_table_1(), *range_of_delta(), *recipes(), *coatings()]
    observer("slurries", 0.5)
    return [*rows, *solid_fractions(), *equation_1(), *signs(), *sensitivities()]


def bilayer(bottom: float, top: float, ingredients: Ingredients = INGREDIENTS):
    recipes = [LayerRecipe(Uniform(carbon), film=FILM) for carbon in (bottom, top)]
    return coat(ingredients, recipes, loading=0.11, porosity=0.3)


def slurry(carbon: float, shell: float) -> Slurry:
    return Slurry.from_shell(INGREDIENTS, INGREDIENTS.with_film(carbon, FILM), shell)


def table_1() -> Iterator[Row]:
    for (bottom, top), (delta, below, above) in TABLE_1.items():
        found = bilayer(bottom, top)
        label = f"{{{100 * bottom:g},{100 * top:g}}}"
        yield Row("Table 1", f"{label}, delta", found.heterogeneity, delta, "published", 0.05)
        for place, share, printed in zip(("bottom", "top"), found.active_shares, (below, above), strict=True):
            yield Row("Table 1", f"{label}, active material, {place}", share, printed, "published", 5e-4)
        yield Row("mean carbon", label, found.carbon, 0.025, "published")


def with_film_area(factor: float) -> Ingredients:
    """Return ingredients with another rho_b t_b S_c, the reference recipe kept at a film of 13 nm."""
    area = factor / (INGREDIENTS.binder.density * FILM)
    reference = 0.035 / (INGREDIENTS.binder.density * FILM)  # m2 of film per kg of solids
    active = replace(INGREDIENTS.active[0][0], specific_surface=(reference - 0.025 * area) / 0.94)
    return Ingredients(((active, 1.0),), Powder("carbon", 1900.0, area), INGREDIENTS.binder)


def rounds_right(factor: float) -> bool:
    ingredients = with_film_area(factor)
    return all(
        abs(bilayer(*carbon, ingredients).active_shares[0] - below) <= 5e-4
        for carbon, (_, below, _) in list(TABLE_1.items())[:3]
    )


def power_of_table_1() -> Iterator[Row]:
    """What Table 1 can tell: only a narrow range of rho_b t_b S_c, and neither of two simpler rules."""
    step = 0.001
    right = [factor for factor in np.arange(0.95, 1.13, step) if rounds_right(float(factor))]
    lowest, highest = 0.021 / 0.010525 - 1, 0.011 / 0.005275 - 1  # where {1.5,3.5} is 0.5105 and {2,3} is 0.5055
    yield Row("power of Table 1", "lowest rho_b t_b S_c that rounds right", min(right), lowest, "exact", step)
    yield Row("power of Table 1", "highest", max(right), highest, "exact", step)
    fixed = [LayerRecipe(Uniform(carbon), binder=0.035) for carbon in (0.01, 0.04)]
    shares = coat(INGREDIENTS, fixed, loading=0.11, porosity=0.3).active_shares
    yield Row("power of Table 1", "{1,4} with 3.5 % binder in both", shares[0], 0.508, "recomputed", 5e-4)
    equal = [LayerRecipe(Uniform(carbon), film=FILM, share=0.5) for carbon in (0.01, 0.04)]
    shares = coat(INGREDIENTS, equal, loading=0.11, porosity=0.3).active_shares
    yield Row("power of Table 1", "{1,4} with equal active material", shares[0], 0.5, "recomputed", 5e-4)


def range_of_delta() -> Iterator[Row]:
    for share in (0.5, 0.25, 0.01):
        found = heterogeneity([0.025 / share, 0.0], [share, 1 - share])
        yield Row("range of delta", f"all carbon in {100 * share:g} % of the solids", found, 2 * (1 - share))


def recipes() -> Iterator[Row]:
    expected = {
        0.01: (97.03, 1.97, 1.97),
        0.015: (96.02, 2.48, 1.65),
        0.02: (95.01, 2.99, 1.49),
        0.025: (94.00, 3.50, 1.40),
        0.03: (92.99, 4.01, 1.34),
        0.035: (91.98, 4.52, 1.29),
        0.04: (90.97, 5.03, 1.26),
    }
    for carbon, (active, binder, ratio) in expected.items():
        weights = INGREDIENTS.with_film(carbon, FILM)
        label = f"{100 * carbon:g} % carbon"
        yield Row("recipes", f"{label}, active material / %", 100 * weights.active, active, "recomputed", 0.005)
        yield Row("recipes", f"{label}, binder / %", 100 * weights.binder, binder, "recomputed", 0.005)
        yield Row("recipes", f"{label}, binder to carbon", weights.binder / carbon, ratio, "recomputed", 0.005)
    reference = Weights(0.94, 0.025, 0.035)
    film = INGREDIENTS.film_thickness(reference)
    yield Row("recipes", "film of 94 : 2.5 : 3.5 / nm", 1e9 * film, 13.0, "published", 0.5)
    surface = INGREDIENTS.surface(reference)
    yield Row("recipes", "film area / m2 per g", surface / 1000, 1.5125, "recomputed", 5e-4)
    carbon_share = 0.025 * INGREDIENTS.carbon.specific_surface / surface
    yield Row("recipes", "share of carbon in the area", carbon_share, 0.744, "recomputed", 5e-4)


def coatings() -> Iterator[Row]:
    """Thicknesses and shares that the text does not print; spans are those of the densities."""
    spans = {0.025: (38.6, 40.4), 0.01: (35.7, 37.6), 0.04: (41.6, 43.4)}
    for carbon, (lowest, highest) in spans.items():
        recipe = [LayerRecipe(Uniform(carbon), film=FILM)]
        found = coat(INGREDIENTS, recipe, loading=0.11, porosity=0.3)
        label = f"{100 * carbon:g} % carbon, thickness / um"
        middle, half = (lowest + highest) / 2, (highest - lowest) / 2
        yield Row("recomputed", label, 1e6 * found.thickness, middle, "recomputed", half)
    whole = bilayer(0.01, 0.04)
    for layer, lowest, highest in zip(whole.layers, (18.4, 20.1), (19.4, 21.0), strict=True):
        middle, half = (lowest + highest) / 2, (highest - lowest) / 2
        yield Row("recomputed", f"{{1,4}}, {layer.name} / um", 1e6 * layer.thickness, middle, "recomputed", half)
    for carbon, expected in (((0.02, 0.03), 0.02495), ((0.015, 0.035), 0.02478), ((0.01, 0.04), 0.02452)):
        found = bilayer(*carbon)
        mean = float(np.average(carbon, weights=found.active_shares))
        label = f"{{{100 * carbon[0]:g},{100 * carbon[1]:g}}}, carbon with weights of the active material"
        yield Row("recomputed", label, mean, expected, "recomputed", 5e-6)
    yield Row("recomputed", "capacity / mAh per cm2", whole.capacity(175 * 3600) / 3.6e4, 1.925, "recomputed", 5e-4)


def solid_fractions() -> Iterator[Row]:
    """Three slurries of the grid as the printed iso-phi values, and the cross-section electrode of Fig. 2."""
    for shell, carbon, printed in zip(reversed(SHELLS), CARBON, (0.17, 0.20, 0.24), strict=True):
        found = slurry(carbon, shell)
        label = f"t_s {1e6 * shell:.2f} um, {100 * carbon:g} % carbon"
        yield Row("solid fraction", label, found.solid_fraction, printed, "published", 0.005)
        yield Row("solid fraction by eq. 1", label, found.approximate_solid_fraction, printed, "published", 0.005)
    weights = INGREDIENTS.with_film(0.04, FILM)
    shell = Slurry.from_solid_fraction(INGREDIENTS, weights, 0.152).shell_thickness
    yield Row("solid fraction", "t_s of the electrode of Fig. 2 / um", 1e6 * shell, 0.64, "published", 0.005)
    for phi, thickness in ((0.17, 40), (0.20, 47), (0.24, 56)):
        yield Row("recomputed", f"solids in the gap at phi {phi} / um", 1e6 * GAP * phi, thickness, "recomputed", 0.5)


def equation_1() -> Iterator[Row]:
    bands = {0.01: (-0.06, -0.04), 0.025: (-0.115, -0.085), 0.04: (-0.165, -0.13)}
    for shell in SHELLS:
        for carbon in CARBON:
            found = slurry(carbon, shell)
            error = found.approximate_solid_fraction / found.solid_fraction - 1
            lowest, highest = bands[carbon]
            label = f"t_s {1e6 * shell:.2f} um, {100 * carbon:g} % carbon"
            yield Row("eq. 1", label, error, (lowest + highest) / 2, "recomputed", (highest - lowest) / 2)
    reference = slurry(0.025, 0.64e-6)
    yield Row("recomputed", "reference, phi", reference.solid_fraction, 0.196, "recomputed", 0.004)
    yield Row("recomputed", "reference, eq. 1", reference.approximate_solid_fraction, 0.1765, "recomputed", 0.0035)
    yield Row("recomputed", "reference, solids / wt.%", 100 * reference.weight_solids, 50.0, "recomputed", 0.5)
    inside = sum(0.15 < slurry(carbon, shell).solid_fraction < 0.25 for shell in SHELLS for carbon in CARBON)
    yield Row("recomputed", "iso-t_s slurries inside 0.15 < phi < 0.25", inside, 3.5, "recomputed", 0.5)


def signs() -> Iterator[Row]:
    carbon = np.linspace(0.005, 0.05, 46)
    for shell in SHELLS:
        phi = np.array([slurry(float(value), shell).solid_fraction for value in carbon])
        label = f"t_s {1e6 * shell:.2f} um"
        yield Row("signs", f"{label}, highest slope of phi in f_c", float(np.diff(phi).max()), 0.0, "bound")
        others = max(slurry(value, shell).solid_fraction for value in CARBON[1:])
        yield Row(
            "signs",
            f"{label}, phi of others less that of 1 %",
            others - slurry(0.01, shell).solid_fraction,
            0.0,
            "bound",
        )


def sensitivities() -> Iterator[Row]:
    """How phi answers to carbon and shell: logarithmic derivatives and differences, by eq. 1 and by the balance."""
    shell, step = 0.64e-6, 1e-4

    def ratio(carbon: float, way: str) -> float:
        of_carbon = [getattr(slurry(carbon * (1 + sign * step), shell), way) for sign in (1, -1)]
        of_shell = [getattr(slurry(carbon, shell * (1 + sign * step)), way) for sign in (1, -1)]
        return float(np.log(of_carbon[0] / of_carbon[1]) / np.log(of_shell[0] / of_shell[1]))

    ways = {"recomputed": "approximate_solid_fraction", "by the mass balance": "solid_fraction"}
    for series, way in ways.items():
        for carbon, expected in ((0.01, 0.53), (0.025, 0.76), (0.04, 0.86)):
            label = f"{100 * carbon:g} % carbon, sensitivity to f_c over that to t_s"
            yield Row(series, label, ratio(carbon, way), expected, "recomputed", 0.005)
        per_carbon = getattr(slurry(0.02, shell), way) - getattr(slurry(0.03, shell), way)
        yield Row(series, "phi per 1 wt.% of carbon", per_carbon, 0.043, "recomputed", 0.0015)
        per_shell = getattr(slurry(0.025, 0.59e-6), way) - getattr(slurry(0.025, 0.69e-6), way)
        yield Row(series, "phi per 0.1 um of t_s", per_shell, 0.022, "recomputed", 0.0015)
    einstein = [1 + 2.5 * phi + 7.6 * phi**2 for phi in (slurry(c, shell).solid_fraction for c in (0.01, 0.04))]
    yield Row(
        "by the mass balance", "viscosity by phi alone, 1 % over 4 %", einstein[0] / einstein[1], 1.6, "recomputed"
    )
