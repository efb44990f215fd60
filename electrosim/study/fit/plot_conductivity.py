"""Pictures of conductivity and tortuosity over porosity, with the laws fitted to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from electrosim.correlations import plot
from electrosim.study.fit.shown import first_weights, shown_fits

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_OUTSIDE: dict[str, Any] = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)}


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
    figure.suptitle(f"Conductivity against porosity, {first_weights(dataset)} weights")
    return figure


def tortuosity(dataset: xr.Dataset) -> Figure:
    """Draw tortuosity over porosity on a logarithmic scale."""
    figure = Figure(figsize=(9.0, 5.2), layout="constrained")
    axes = figure.subplots()
    _draw(axes, dataset, "tortuosity")
    s = dataset["relative_conductivity"].values
    highest = float((dataset["porosity"].values[s > 0] / s[s > 0]).max())
    plot.tidy(axes, f"Tortuosity against porosity, {first_weights(dataset)} weights", "tortuosity", logarithmic=True)
    axes.set_ylim(0.9, 1.6 * highest)
    axes.set_xlim(_lowest(dataset), 1)
    axes.axhline(1, color="black", lw=0.8)
    axes.legend(frameon=False, fontsize=8, **_OUTSIDE)
    return figure


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
    first = dataset.isel(fit=np.flatnonzero(dataset["weights"].values == first_weights(dataset)))
    for number, name in enumerate(sorted(shown_fits(first), key=lambda name: float(first["aic"].sel(fit=name)))):
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


def _lowest(dataset: xr.Dataset) -> float:
    return float(dataset["curve_porosity"].values[0])
