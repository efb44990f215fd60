"""Recipes as a dataset: states of slurries, layers of a coating."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.base.graded import at
from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.base.status import Status
from electrosim.recipe.coating import Coating, Constituent
from electrosim.recipe.problem import Problem
from electrosim.recipe.slurry import Slurry

if TYPE_CHECKING:
    import xarray as xr

DONE = Status("All balances close.", solved=True)

_PLACES = 101  # per layer, at which what varies through the thickness is kept
_CONSTITUENTS: tuple[Constituent, ...] = ("active", "carbon", "binder")


def solve(
    problem: Problem,
    *,
    method: None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
) -> xr.Dataset:
    """Compute what follows from the weights.

    Parameters
    ----------
    problem : Problem
        Slurries and a coating.
    method, rng, observer, throw
        Accepted because every physics' `solve` takes them; these are balances, which need no method and cannot fail.

    Returns
    -------
    xarray.Dataset
        Dimension `slurry`: weight fractions `active_weight`, `carbon_weight`, `binder_weight`; `binder_to_carbon`,
        `film_thickness` and `shell_thickness` [m], `solvent_ratio`, `weight_solids`, `slurry_density` [kg m-3],
        `solid_fraction` by the mass balance, `approximate_solid_fraction` by eq. 1 of Yari et al. 2020 and its
        relative error `approximation_error`. Dimension `layer` (bottom first): `layer_thickness` [m],
        `layer_porosity`, `transport_efficiency`, `layer_carbon` (mean weight fraction), `active_share`, `layer_solids`
        and `layer_loading` [kg m-2]. Dimension `x`, from the collector [m]: volume fractions `active_fraction`,
        `carbon_fraction`, `binder_fraction`, `pore_fraction`. Of the whole coating: `thickness`, `loading`, `solids`,
        `porosity`, `carbon`, `heterogeneity` (eq. 3), `particle_surface` [m2 m-2], `capacity` [C m-2] if a specific one
        is given. Further `status`, `solved`, `wall_time`.
    """
    del method, rng, throw
    import xarray as xr

    began = time.perf_counter()
    observer("balances", 0.0)
    found: dict[str, Any] = {}
    along: dict[str, Any] = {}
    if problem.slurries:
        found |= _slurry_variables([slurry for _, slurry in problem.slurries])
        found["series"] = variable("slurry", [series for series, _ in problem.slurries], "1", "what a slurry shares")
        along["slurry"] = [_label(series, slurry) for series, slurry in problem.slurries]
    if problem.coating is not None:
        found |= _layer_variables(problem.coating) | _coating_variables(problem.coating, problem.specific_capacity)
        along["layer"] = [layer.name for layer in problem.coating.layers]
        place, through = _through_thickness(problem.coating)
        found |= through
        along["x"] = variable("x", place, "m", "distance from the collector")
    found |= {
        "status": variable((), DONE.sentence, "1", "how it ended"),
        "solved": variable((), DONE.solved, "1", "whether the numbers can be used"),
        "wall_time": variable((), time.perf_counter() - began, "s", "time it took"),
    }
    dataset = xr.Dataset(found, coords=along)
    dataset.attrs = provenance({"kind": "recipe"}, title="recipe", seed=None, references=())
    return dataset


def _label(series: str, slurry: Slurry) -> str:
    return f"{series}, {100 * float(slurry.weights.carbon):.3g} % carbon"


def _slurry_variables(slurries: list[Slurry]) -> dict[str, Any]:
    def over(values: list[Any], units: str, name: str) -> tuple[Any, ...]:
        return variable("slurry", np.array(values, np.float64), units, name)

    weights = [slurry.weights for slurry in slurries]
    exact = np.array([slurry.solid_fraction for slurry in slurries])
    approximate = np.array([slurry.approximate_solid_fraction for slurry in slurries])
    carbon = np.array([float(item.carbon) for item in weights])
    binder = np.array([float(item.binder) for item in weights])
    ratio = np.divide(binder, carbon, out=np.full_like(carbon, np.nan), where=carbon > 0)
    return {
        "active_weight": over([item.active for item in weights], "1", "weight fraction of active material"),
        "carbon_weight": over(list(carbon), "1", "weight fraction of carbon"),
        "binder_weight": over(list(binder), "1", "weight fraction of binder"),
        "binder_to_carbon": over(list(ratio), "1", "mass of binder per mass of carbon"),
        "film_thickness": over([slurry.film_thickness for slurry in slurries], "m", "thickness of the binder film"),
        "shell_thickness": over([slurry.shell_thickness for slurry in slurries], "m", "thickness of the solvent shell"),
        "solvent_ratio": over([slurry.solvent_ratio for slurry in slurries], "1", "mass of solvent per mass of solids"),
        "weight_solids": over([slurry.weight_solids for slurry in slurries], "1", "weight fraction of solids"),
        "slurry_density": over([slurry.density for slurry in slurries], "kg m-3", "density of the slurry"),
        "solid_fraction": over(list(exact), "1", "volume fraction of solids by the mass balance"),
        "approximate_solid_fraction": over(list(approximate), "1", "volume fraction of solids by eq. 1 of Yari 2020"),
        "approximation_error": over(list(approximate / exact - 1), "1", "relative error of eq. 1 of Yari 2020"),
    }


def _layer_variables(coating: Coating) -> dict[str, Any]:
    layers = coating.layers

    def over(values: list[float], units: str, name: str) -> tuple[Any, ...]:
        return variable("layer", np.array(values, np.float64), units, name)

    return {
        "layer_thickness": over([layer.thickness for layer in layers], "m", "thickness of the layer"),
        "layer_porosity": over([layer.porosity for layer in layers], "1", "porosity of the layer"),
        "transport_efficiency": over(
            [layer.transport_efficiency for layer in layers], "1", "effective over bulk conductivity of the electrolyte"
        ),
        "layer_carbon": over([layer.carbon for layer in layers], "1", "weight fraction of carbon in the layer"),
        "active_share": over(list(coating.active_shares), "1", "share of the active material in the layer"),
        "layer_solids": over([layer.solids for layer in layers], "kg m-2", "mass of the layer per area"),
        "layer_loading": over([layer.loading for layer in layers], "kg m-2", "active material of the layer per area"),
    }


def _coating_variables(coating: Coating, specific_capacity: float | None) -> dict[str, Any]:
    found = {
        "thickness": variable((), coating.thickness, "m", "thickness of the coating"),
        "loading": variable((), coating.loading, "kg m-2", "active material per area"),
        "solids": variable((), coating.solids, "kg m-2", "mass of the coating per area"),
        "porosity": variable((), coating.porosity, "1", "mean porosity"),
        "carbon": variable((), coating.carbon, "1", "mean weight fraction of carbon"),
        "particle_surface": variable((), coating.particle_surface, "m2 m-2", "surface of active particles per area"),
    }
    if coating.carbon > 0:
        found["heterogeneity"] = variable((), coating.heterogeneity, "1", "heterogeneity factor delta of the layers")
    if specific_capacity is not None:
        found["capacity"] = variable((), coating.capacity(specific_capacity), "C m-2", "nominal capacity per area")
    return found


def _through_thickness(coating: Coating) -> tuple[Any, dict[str, Any]]:
    """Return places through the thickness, the step between layers twice, and the volume fractions there."""
    place = np.linspace(0.0, 1.0, _PLACES)
    starts = np.cumsum([0.0, *(layer.thickness for layer in coating.layers[:-1])])
    x = np.concatenate([start + place * layer.thickness for start, layer in zip(starts, coating.layers, strict=True)])
    found = {}
    for name in _CONSTITUENTS:
        values = np.concatenate([at(layer.fraction(name), place) for layer in coating.layers])
        found[f"{name}_fraction"] = variable("x", values, "1", f"volume fraction of {name} in the coating")
    pores = np.concatenate([np.full(_PLACES, layer.porosity) for layer in coating.layers])
    found["pore_fraction"] = variable("x", pores, "1", "volume fraction of pores in the coating")
    return x, found
