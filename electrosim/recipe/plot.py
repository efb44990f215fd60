"""Pictures of a recipe result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

if TYPE_CHECKING:
    import xarray as xr

_SERIES = ("#1b6ca8", "#d1701c", "#4a8f3c", "#7a4f8f", "#b5523b", "#4f9d8f")
_FILLS = {"active": "#5b6470", "carbon": "#e0a33b", "binder": "#b5523b", "pore": "#dfe9ee"}


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.recipe.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `slurries` and `coating`, as far as the result holds them.
    """
    drawn = {}
    if "slurry" in dataset.dims:
        drawn["slurries"] = slurries(dataset)
    if "x" in dataset.dims:
        drawn["coating"] = coating(dataset)
    return drawn


def slurries(dataset: xr.Dataset) -> Figure:
    """Draw the solid volume fraction over the carbon: by the mass balance, and dashed by eq. 1 of Yari et al. 2020."""
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    for number, series in enumerate(dict.fromkeys(map(str, dataset["series"].values))):
        chosen = dataset.isel(slurry=np.flatnonzero(dataset["series"].values == series))
        carbon, colour = 100 * chosen["carbon_weight"].values, _SERIES[number % len(_SERIES)]
        axes.plot(carbon, 100 * chosen["solid_fraction"].values, "o-", color=colour, label=series)
        axes.plot(carbon, 100 * chosen["approximate_solid_fraction"].values, "--", color=colour, linewidth=1)
    axes.plot([], [], "--", color="grey", linewidth=1, label="eq. 1 of Yari et al.")
    axes.set(xlabel="carbon in the solids / wt.%", ylabel="solids in the slurry / vol.%")
    axes.legend(frameon=False)
    return figure


def coating(dataset: xr.Dataset) -> Figure:
    """Draw the volume fractions through the thickness as stacked areas, steps between layers marked."""
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.subplots()
    x = 1e6 * dataset["x"].values
    parts = {name: 100 * dataset[f"{name}_fraction"].values for name in _FILLS}
    axes.stackplot(x, *parts.values(), labels=["active material", "carbon", "binder", "pores"], colors=_FILLS.values())
    for edge in 1e6 * np.cumsum(dataset["layer_thickness"].values)[:-1]:
        axes.axvline(edge, color="black", linestyle=":", linewidth=1)
    axes.set(xlabel="distance from the collector / µm", ylabel="share of volume / %", xlim=(0, x[-1]), ylim=(0, 100))
    figure.legend(loc="outside upper center", ncols=len(_FILLS), frameon=False)
    return figure
