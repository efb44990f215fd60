"""Profiles through the thickness of a cell at chosen depths of discharge."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from electrosim.base.plot_style import tidy
from electrosim.discharge.plot_style import shade

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

TITLES = ("salt / (mol/l)", "reaction / mean", "stoichiometry", "potential of the electrode / mV")


def profiles(dataset: xr.Dataset) -> Figure:
    """Draw salt, reaction, stoichiometry and potential at the slowest and the fastest rate, with steps of layers."""
    rates = np.unique([dataset["rate"].values.min(), dataset["rate"].values.max()])
    figure = Figure(figsize=(15.5, 3.6 * rates.size + 0.4), layout="constrained")
    panels = figure.subplots(rates.size, len(TITLES), squeeze=False, sharex=True)
    x = 1e6 * dataset["x"].values
    depths = dataset["depth_of_discharge"].values
    for row, rate in zip(panels, rates, strict=True):
        run = dataset.sel(rate=rate)
        for number, depth in enumerate(depths):
            moment = run.sel(depth_of_discharge=depth)
            draw_moment(row, x, moment, "profile_", shade(number, depths.size), f"{depth:.0%} of its charge")
        for axes, title in zip(row, TITLES, strict=True):
            mark_layers(axes, dataset)
            axes.set_title(f"{rate:g}C: {title}", fontsize=10)
            tidy(axes)
        row[0].legend(frameon=False, fontsize=8)
    for axes in panels[-1]:
        axes.set_xlabel("distance from the collector / µm")
    return figure


def draw_moment(row: np.ndarray, x: np.ndarray, moment: xr.Dataset, prefix: str, colour: object, label: str) -> None:
    """Draw salt, reaction, stoichiometry (dashed at the surface) and potential at one moment into four axes."""
    electrode = moment["electrode_at"].values
    row[0].plot(x, 1e-3 * moment[prefix + "electrolyte_concentration"], color=colour, label=label)
    reaction, potential = (moment[prefix + name].values for name in ("reaction_current", "electrode_potential"))
    surface, mean = (moment[prefix + name].values for name in ("surface_stoichiometry", "mean_stoichiometry"))
    for side in ("positive", "negative"):
        inside = electrode == side
        if not inside.any():
            continue
        collector = potential[inside][0 if side == "positive" else -1]
        row[3].plot(x[inside], 1000 * (potential[inside] - collector), color=colour)
        for name in np.unique(moment["layer_at"].values[inside]):
            layer = moment["layer_at"].values == name  # a line for each: these fields may jump between layers
            row[1].plot(x[layer], reaction[layer] / reaction[inside].mean(), color=colour)
            for population in range(mean.shape[0]):
                row[2].plot(x[layer], mean[population, layer], color=colour)
                row[2].plot(x[layer], surface[population, layer], color=colour, ls="--", lw=0.9)


def mark_layers(axes: Axes, dataset: xr.Dataset) -> None:
    """Draw a line at each step between layers and shade the separator."""
    x, layer = 1e6 * dataset["x"].values, dataset["layer_at"].values
    edges = np.concatenate([[0.0], 0.5 * (x[1:] + x[:-1]), [1.5 * x[-1] - 0.5 * x[-2]]])
    for number in np.flatnonzero(layer[1:] != layer[:-1]):
        axes.axvline(edges[number + 1], color="grey", lw=0.8, ls=":")
    inside = np.flatnonzero(layer == "separator")
    axes.axvspan(edges[inside[0]], edges[inside[-1] + 1], color="#dfe9ee", alpha=0.5, lw=0)
