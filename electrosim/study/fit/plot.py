"""Pictures of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from electrosim.base import plot_style
from electrosim.correlations import WEIGHTS, plot
from electrosim.study.fit.plot_conductivity import conductivity, tortuosity
from electrosim.study.fit.plot_rates import along_rates, rate_capability, rate_label
from electrosim.study.fit.shown import shown_fits, unit_and_scale

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_PER_ROW = 3
_INTERVALS = {"profile": (plot.LAW, -0.12), "bootstrap": (plot.OTHERS[0], 0.12)}


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a fit.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.study.fit.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `conductivity` and `tortuosity` (points, the best law with its prediction band, the other laws, the
        literature), or `rate_capability` (points, all laws and the band of the best); `residuals` and `parameters`
        (values with both intervals).
    """
    if "porosity" in dataset:
        own = {"conductivity": conductivity(dataset), "tortuosity": tortuosity(dataset)}
    else:
        own = {"rate_capability": rate_capability(dataset)}
    return {**own, "residuals": residuals(dataset), "parameters": parameters(dataset)}


def residuals(dataset: xr.Dataset) -> Figure:
    """Draw the weighted residuals of every fit over porosity or rate; a fit should leave no trend."""
    names = shown_fits(dataset)
    columns = min(_PER_ROW, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(3.9 * columns + 0.4, 2.9 * rows + 0.5), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True)
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(panels.flat, names, strict=False):
        _draw_residuals(axes, dataset, name)
    for axes in panels.flat[max(len(names) - columns, 0) :]:
        axes.tick_params(labelbottom=True)
    figure.supxlabel("porosity" if "porosity" in dataset else rate_label(dataset), fontsize=10)
    figure.suptitle("Residuals; shaded: one standard deviation")
    return figure


def _draw_residuals(axes: Axes, dataset: xr.Dataset, name: str) -> None:
    """Draw the residuals of one fit."""
    one = dataset.sel(fit=name)
    abscissa, ordinate = ("porosity", "s") if "porosity" in dataset else ("rate", "capacity")
    weights = str(one["weights"].values)
    unit, scale = unit_and_scale(dataset, "capacity") if weights == "equal" else ("", 1.0)
    spread = float(one["residual_spread"]) / scale
    axes.axhspan(-spread, spread, color=plot.LAW, alpha=0.12, linewidth=0)
    axes.axhline(0, color="black", lw=0.8)
    where = dataset[abscissa].values / unit_and_scale(dataset, abscissa)[1]
    axes.plot(where, one["residual"].values / scale, "o", ms=3.5, color=plot.POINTS, alpha=0.75)
    axes.set_title(str(name), fontsize=10)
    axes.set_ylabel(_residual_words(weights, ordinate) + (f", {unit}" if unit else ""), fontsize=9)
    if abscissa == "porosity":
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    else:
        along_rates(axes)
    plot_style.tidy(axes)


def parameters(dataset: xr.Dataset) -> Figure:
    """Draw every parameter with its two intervals, a panel per parameter and a line per fit."""
    shown = dataset.sel(fit=shown_fits(dataset))
    names = [str(name) for name in shown["parameter"].values if np.isfinite(shown["value"].sel(parameter=name)).any()]
    columns = min(_PER_ROW, len(names))
    rows = -(-len(names) // columns)
    most = max(int(np.isfinite(shown["value"].sel(parameter=name)).sum()) for name in names)
    figure = Figure(figsize=(4.4 * columns, rows * (0.36 * most + 1.2) + 0.6), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False)
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(panels.flat, names, strict=False):
        _draw_parameter(axes, shown.sel(parameter=name), name)
    handles, labels = panels.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, ncols=2, loc="outside upper right", fontsize=9)
    figure.suptitle(f"Parameters with {float(dataset['confidence']):.0%} intervals", x=0.01, ha="left")
    return figure


def _draw_parameter(axes: Axes, one: xr.Dataset, name: str) -> None:
    """Draw one parameter of all fits that have it."""
    held = np.flatnonzero(np.isfinite(one["value"].values))
    scale = float(one["shown_scale"])
    for kind, (color, offset) in _INTERVALS.items():
        value = one["value"].values[held] / scale
        ends = np.stack([one[f"{kind}_lower"].values[held], one[f"{kind}_upper"].values[held]]) / scale
        place = np.arange(held.size) + offset
        known = np.isfinite(ends).all(axis=0)
        axes.hlines(place[known], *ends[:, known], color=color, lw=2.2, label=kind)
        axes.plot(value, place, "o", ms=3.5, color=color)
    axes.set_yticks(range(held.size), [str(fit) for fit in one["fit"].values[held]], fontsize=8)
    axes.set_ylim(held.size - 0.5, -0.5)
    unit = str(one["shown_unit"].values)
    axes.set_title(f"{name}, {unit}" if unit else name, fontsize=10)
    plot_style.tidy(axes, "x")


def _residual_words(weights: str, ordinate: str) -> str:
    """Return what the residuals of a choice of weights are, in letters."""
    if WEIGHTS[weights].divisor is None:
        return f"ln {ordinate} - ln law"
    of = {"equal": "", "relative": f"/{ordinate}", "root": f"/root of {ordinate}"}.get(weights, "/deviation")
    return f"({ordinate} - law){of}" if of else f"{ordinate} - law"
