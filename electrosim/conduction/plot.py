"""Pictures of a conduction result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from electrosim.base.palette import DIRECTION, SOLID
from electrosim.base.plot_style import tidy
from electrosim.conduction import plot_cuts, plot_surface
from electrosim.conduction.plot_certainty import error_budget, representative_volume

if TYPE_CHECKING:
    import xarray as xr


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.conduction.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `potential` and `current` (cuts through the middle, one panel per direction), `profiles` and, if the result
        holds them, the guaranteed `interval`, the three-dimensional `surface`, the parts of the `error_budget` and the
        `representative_volume`.
    """
    drawn = {
        "potential": plot_cuts.potential(dataset),
        "current": plot_cuts.current(dataset),
        "profiles": profiles(dataset),
    }
    if "relative_conductivity_lower" in dataset:
        drawn["interval"] = interval(dataset)
    if any(str(name).startswith("surface_potential") for name in dataset):
        drawn["surface"] = plot_surface.surfaces(dataset)
    if {"error_discretisation", "error_cutout", "error_segmentation", "rev_standard_error"} & set(dataset):
        drawn["error_budget"] = error_budget(dataset)
    if "rev_status" in dataset:
        drawn["representative_volume"] = representative_volume(dataset)
    return drawn


def profiles(dataset: xr.Dataset) -> Figure:
    """Draw mean potential, conductivity, percolating fraction and current balance along each direction."""
    figure = Figure(figsize=(10.4, 7.4), layout="constrained")
    (potential, conductivity), (fraction, balance) = figure.subplots(2, 2)
    for direction in map(str, dataset["direction"].values):
        place = (np.arange(dataset.sizes[direction]) + 0.5) / dataset.sizes[direction]
        style: dict[str, Any] = {"color": DIRECTION[direction], "label": direction}
        potential.plot(place, dataset[f"layer_potential_{direction}"], **style)
        conductivity.plot(place, dataset[f"layer_conductivity_{direction}"], **style)
        fraction.plot(place, dataset[f"layer_fraction_{direction}"], **style)
        current = dataset[f"layer_current_{direction}"].values
        balance.plot(np.linspace(0, 1, current.size), 100 * (current - 1), **style)
    potential.plot([0, 1], [1, 0], color="grey", linestyle=":", label="uniform block")
    potential.set(title="Mean potential of a layer", ylabel="potential / V")
    conductivity.set(title="Effective conductivity of a layer", ylabel="conductivity / (S/m)")
    conductivity.set_ylim(bottom=0)
    fraction.set(title="Percolating fraction of a layer", ylabel="volume fraction")
    fraction.yaxis.set_major_formatter(PercentFormatter(1.0))
    balance.set(title="Balance of layer currents", ylabel="deviation from the mean / %")
    for axes in (potential, conductivity, fraction, balance):
        axes.set_xlabel("position along the direction / length")
        tidy(axes)
    potential.legend(frameon=False)
    return figure


def interval(dataset: xr.Dataset) -> Figure:
    """Draw the guaranteed interval of each direction, its middle and the finite-volume value."""
    directions = [str(direction) for direction in dataset["direction"].values]
    value, lower, upper, best = (
        dataset[f"relative_conductivity{end}"].values for end in ("", "_lower", "_upper", "_best")
    )
    figure = Figure(figsize=(1.6 * len(directions) + 3.4, 4.2), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(directions))
    for at, direction in enumerate(directions):
        colour = DIRECTION[direction]
        reach = max((upper[at] - lower[at]) / 2, 0.0)  # rounding may turn a zero negative
        axes.errorbar(at, best[at], reach, color=colour, marker="o", markersize=7, capsize=9, linewidth=2)
        words = f"± {reach / best[at]:.2%}" if best[at] > 0 else "no path"
        axes.annotate(words, (at, best[at]), (12, 0), textcoords="offset points", va="center")
    axes.scatter(place, value, s=45, facecolor="white", edgecolor=SOLID, marker="D", zorder=4, label="finite volumes")
    axes.errorbar([], [], [], color=SOLID, marker="o", capsize=5, label="guaranteed interval, middle")
    axes.set_xticks(place, directions)
    axes.set_xlim(-0.5, len(directions) - 0.1)
    axes.set(title="Conductivity of the voxel geometry", xlabel="direction", ylabel="conductivity / reference")
    tidy(axes, "y")
    axes.legend(frameon=False, loc="best")
    return figure
