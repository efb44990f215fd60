"""Pictures of capacity over rate, with the laws fitted to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from electrosim.base import plot_style
from electrosim.correlations import plot
from electrosim.study.fit.shown import first_weights, shown_fits, unit_and_scale

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def rate_capability(dataset: xr.Dataset) -> Figure:
    """Draw capacity over rate: on a linear scale, and on two logarithmic ones, where laws end in straight lines."""
    figure = Figure(figsize=(12.6, 5.0), layout="constrained")
    linear, logarithmic = figure.subplots(1, 2)
    unit, scale = unit_and_scale(dataset, "capacity")
    capacity = dataset["capacity"].values / scale
    for axes in (linear, logarithmic):
        _draw(axes, dataset)
        along_rates(axes)
        axes.set_xlabel(rate_label(dataset))
        axes.set_xlim(*(float(dataset["curve_rate"][end]) / unit_and_scale(dataset, "rate")[1] for end in (0, -1)))
        plot_style.tidy(axes)
    linear.set_ylim(0, 1.15 * capacity.max())
    linear.set_ylabel(f"capacity, {unit}" if unit else "capacity")
    logarithmic.set_yscale("log")
    logarithmic.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    logarithmic.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    logarithmic.yaxis.set_minor_formatter(NullFormatter())
    logarithmic.set_ylim(capacity[capacity > 0].min() / 4, 1.3 * capacity.max())
    logarithmic.legend(frameon=False, fontsize=9, loc="lower left")
    figure.suptitle(f"Capacity against rate, {first_weights(dataset)} weights; dotted where no point lies")
    return figure


def along_rates(axes: Axes) -> None:
    """Make an axis of rates logarithmic, with plain numbers."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))


def rate_label(dataset: xr.Dataset) -> str:
    """Return what stands along an axis of rates."""
    return f"rate, {unit_and_scale(dataset, 'rate')[0] or 'C'}"


def _draw(axes: Axes, dataset: xr.Dataset) -> None:
    """Draw the points and the laws of the first choice of weights, the best with both of its bands."""
    scale, rate_scale = (unit_and_scale(dataset, name)[1] for name in ("capacity", "rate"))
    rate, deviation = dataset["curve_rate"].values / rate_scale, dataset["standard_deviation"].values / scale
    first = dataset.isel(fit=np.flatnonzero(dataset["weights"].values == first_weights(dataset)))
    for number, name in enumerate(sorted(shown_fits(first), key=lambda name: float(first["aic"].sel(fit=name)))):
        one = first.sel(fit=name)
        law = str(one["correlation"].values)
        color = plot.LAW if number == 0 else plot.OTHERS[(number - 1) % len(plot.OTHERS)]
        inside = ~one["curve_outside_range"].values
        if number == 0:
            for kind, shade, words in (("", 0.14, "prediction band"), ("_law", 0.3, "confidence band")):
                ends = (one[f"curve{kind}_{end}"].values[inside] / scale for end in ("lower", "upper"))
                axes.fill_between(
                    rate[inside], *ends, color=color, alpha=shade, linewidth=0, label=f"{law}, {words}"
                )  # fmt: skip
        curve = one["curve"].values / scale
        axes.plot(rate, np.where(inside, curve, np.nan), color=color, lw=2.0 if number == 0 else 1.3, label=law)
        axes.plot(rate, curve, color=color, lw=0.9, ls=":")
    axes.errorbar(
        dataset["rate"].values / rate_scale, dataset["capacity"].values / scale,
        None if np.isnan(deviation).all() else deviation,
        fmt="o", ms=4, color=plot.POINTS, elinewidth=0.8, alpha=0.8, label="points",
    )  # fmt: skip
