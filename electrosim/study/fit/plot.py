"""Pictures of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from electrosim.correlations import LAWS, WEIGHTS, plot

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_OUTSIDE: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}
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
        literature), `residuals` and `parameters` (values with both intervals).
    """
    return {
        "conductivity": conductivity(dataset),
        "tortuosity": tortuosity(dataset),
        "residuals": residuals(dataset),
        "parameters": parameters(dataset),
    }


def conductivity(dataset: xr.Dataset) -> Figure:
    """Draw relative conductivity over porosity, on a linear and on a logarithmic scale."""
    figure = Figure(figsize=(12.6, 5.2), layout="constrained")
    linear, logarithmic = figure.subplots(1, 2)
    lowest = _lowest(dataset)
    s = dataset["relative_conductivity"].values
    for axes in (linear, logarithmic):
        _draw(axes, dataset, "relative_conductivity")
    plot.tidy(linear, "", "conductivity / that of the bulk", logarithmic=False).set_ylim(0, 1)
    plot.tidy(logarithmic, "", "", logarithmic=True).set_ylim(max(s[s > 0].min() / 3, 1e-5), 1.2)
    for axes in (linear, logarithmic):
        axes.set_xlim(lowest, 1)
    logarithmic.legend(frameon=False, fontsize=8, **_OUTSIDE)
    figure.suptitle(f"Conductivity against porosity, {_weights(dataset)} weights")
    return figure


def tortuosity(dataset: xr.Dataset) -> Figure:
    """Draw tortuosity over porosity on a logarithmic scale."""
    figure = Figure(figsize=(9.0, 5.2), layout="constrained")
    axes = figure.subplots()
    _draw(axes, dataset, "tortuosity")
    s = dataset["relative_conductivity"].values
    highest = float((dataset["porosity"].values[s > 0] / s[s > 0]).max())
    plot.tidy(axes, f"Tortuosity against porosity, {_weights(dataset)} weights", "tortuosity", logarithmic=True)
    axes.set_ylim(0.9, 1.6 * highest)
    axes.set_xlim(_lowest(dataset), 1)
    axes.axhline(1, color="black", lw=0.8)
    axes.legend(frameon=False, fontsize=8, **_OUTSIDE)
    return figure


def residuals(dataset: xr.Dataset) -> Figure:
    """Draw the weighted residuals of every fit over porosity; a fit should leave no trend."""
    names = [name for name in dataset["fit"].values if _is_own_curve(dataset, name)]
    columns = min(_PER_ROW, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(3.9 * columns + 0.4, 2.9 * rows + 0.5), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True)
    for axes in panels.flat[len(names) :]:
        axes.set_visible(False)
    for axes, name in zip(panels.flat, names, strict=False):
        one = dataset.sel(fit=name)
        spread = float(one["residual_spread"])
        axes.axhspan(-spread, spread, color=plot.LAW, alpha=0.12, linewidth=0)
        axes.axhline(0, color="black", lw=0.8)
        axes.plot(dataset["porosity"], one["residual"], "o", ms=3.5, color=plot.POINTS, alpha=0.75)
        axes.set_title(str(name), fontsize=10)
        axes.set_ylabel(_residual_words(str(one["weights"].values)), fontsize=9)
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    figure.supxlabel("porosity", fontsize=10)
    figure.suptitle("Residuals; shaded: one standard deviation")
    return figure


def parameters(dataset: xr.Dataset) -> Figure:
    """Draw every parameter with its two intervals, a panel per parameter and a line per fit."""
    shown = dataset.sel(fit=[name for name in dataset["fit"].values if _is_own_curve(dataset, name)])
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
    figure.suptitle(f"Parameters with {_confidence(dataset)} intervals", x=0.01, ha="left")
    return figure


def _draw_parameter(axes: Axes, one: xr.Dataset, name: str) -> None:
    """Draw one parameter of all fits that have it."""
    held = np.flatnonzero(np.isfinite(one["value"].values))
    for kind, (color, offset) in _INTERVALS.items():
        value = one["value"].values[held]
        ends = np.stack([one[f"{kind}_lower"].values[held], one[f"{kind}_upper"].values[held]])
        place = np.arange(held.size) + offset
        known = np.isfinite(ends).all(axis=0)
        axes.hlines(place[known], *ends[:, known], color=color, lw=2.2, label=kind)
        axes.plot(value, place, "o", ms=3.5, color=color)
    axes.set_yticks(range(held.size), [str(fit) for fit in one["fit"].values[held]], fontsize=8)
    axes.set_ylim(held.size - 0.5, -0.5)
    axes.set_title(name, fontsize=10)
    axes.grid(axis="x", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)


def _draw(axes: Axes, dataset: xr.Dataset, quantity: plot.Quantity) -> None:
    """Draw the points, the laws of the first choice of weights and the literature."""
    lowest = _lowest(dataset)
    plot.bound(axes, quantity=quantity, lowest=lowest)
    plot.published(axes, quantity=quantity, lowest=lowest)
    deviation = dataset["standard_deviation"].values
    plot.points(
        axes,
        dataset["porosity"].values,
        dataset["relative_conductivity"].values,
        None if np.isnan(deviation).all() else deviation,
        quantity=quantity,
    )
    first = dataset.isel(fit=np.flatnonzero(dataset["weights"].values == _weights(dataset)))
    names = [name for name in first["fit"].values if _is_own_curve(first, name)]
    names.sort(key=lambda name: float(first["aic"].sel(fit=name)))
    for number, name in enumerate(names):
        one = first.sel(fit=name)
        law = str(one["correlation"].values)
        eps, s = one["curve_porosity"].values, one["curve"].values
        inside = ~one["curve_outside_range"].values
        color = plot.LAW if number == 0 else plot.OTHERS[(number - 1) % len(plot.OTHERS)]
        fitted, lower, upper = (
            np.where(inside, values, np.nan) for values in (s, one["curve_lower"].values, one["curve_upper"].values)
        )
        band, width = ((lower, upper), 2.0) if number == 0 else (None, 1.1)
        plot.law(axes, eps, fitted, band=band, quantity=quantity, label=f"fit: {law}", color=color, lw=width)
        plot.law(axes, eps, s, quantity=quantity, color=color, lw=0.8, ls=":")


def _is_own_curve(dataset: xr.Dataset, name: str) -> bool:
    """Tell whether a fit is not the same curve as another one that is there."""
    one = dataset.sel(fit=name)
    same = LAWS[str(one["correlation"].values)].same_as
    twins = (dataset["correlation"].values == same) & (dataset["weights"].values == str(one["weights"].values))
    return not bool(twins.any())


def _residual_words(weights: str) -> str:
    if WEIGHTS[weights].divisor is None:
        return "ln s - ln law"
    return {"equal": "s - law", "relative": "(s - law)/s", "root": "(s - law)/root of s"}.get(
        weights, "(s - law)/deviation"
    )


def _weights(dataset: xr.Dataset) -> str:
    """Return the first choice of weights, the one that is drawn."""
    return str(dataset["weights"].values[0])


def _confidence(dataset: xr.Dataset) -> str:
    return f"{float(dataset['confidence']):.0%}"


def _lowest(dataset: xr.Dataset) -> float:
    return float(dataset["curve_porosity"].values[0])
