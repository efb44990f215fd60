"""Pore sizes, mercury intrusion and network of a structure result."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, PercentFormatter

from electrosim.base.palette import DIRECTION, ISOLATED, SOLID
from electrosim.base.plot_style import tidy

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from numpy.typing import NDArray

_SIZES, _INTRUSION = DIRECTION["x"], DIRECTION["y"]


def pore_sizes(dataset: xr.Dataset) -> Figure:
    """Draw the continuous pore-size distribution: share per decade of diameter, and cumulative."""
    figure = Figure(figsize=(10.4, 4.4), layout="constrained")
    density, cumulative = figure.subplots(1, 2)
    ends = _ends(dataset)
    density.stairs(dataset["pore_size_per_decade"], ends, fill=True, color=_SIZES, alpha=0.35)
    density.stairs(dataset["pore_size_per_decade"], ends, color=_SIZES)
    cumulative.plot(ends, _to_the_end(dataset["pore_size_cumulative"]), color=_SIZES)
    for per_cent in (10, 50, 90):
        diameter = 1e6 * float(dataset[f"pore_diameter_{per_cent}"])
        share = 1 - per_cent / 100
        cumulative.plot(diameter, share, "o", color=_SIZES)
        words = f"d{per_cent} = {diameter:.3g} µm"
        cumulative.annotate(words, (diameter, share), (-7, 0), textcoords="offset points", ha="right", va="top")
    density.set(title="Share of the pore space per decade", ylabel="share per decade")
    cumulative.set(title="Share of the pore space at least as wide", ylabel="share")
    cumulative.yaxis.set_major_formatter(PercentFormatter(1.0))
    for axes in (density, cumulative):
        _diameters(axes, ends)
    figure.suptitle("Pore sizes: the largest ball that covers a place")
    return figure


def intrusion(dataset: xr.Dataset) -> Figure:
    """Draw the intrusion curve over pressure, and its log-differential over diameter beside the pore sizes."""
    figure = Figure(figsize=(10.4, 4.6), layout="constrained")
    curve, differential = figure.subplots(1, 2)
    ends = _ends(dataset)
    pressure = 1e-6 * dataset["intrusion_pressure"].values
    curve.plot(pressure, dataset["intruded_share"], color=_INTRUSION, marker="o", markersize=3.5)
    factor = pressure[0] * ends[0]
    curve.set_xscale("log")
    curve.set(title="Cumulative intrusion", xlabel="pressure / MPa", ylabel="share of the pore space filled")
    curve.yaxis.set_major_formatter(PercentFormatter(1.0))
    curve.set_ylim(0, 1.03)
    accessible = float(dataset["accessible_share"])
    if accessible < 0.995:
        curve.axhline(accessible, color="grey", linestyle=":")
        curve.annotate("within reach", (pressure.min(), accessible), (0, 3), textcoords="offset points", color="grey")
    above = curve.secondary_xaxis("top", functions=(lambda p: factor / np.maximum(p, 1e-300),) * 2)
    above.set_xlabel("Washburn diameter / µm")
    _plain_ticks(curve.xaxis)
    _plain_ticks(above.xaxis)
    if "pore_size_per_decade" in dataset:
        differential.stairs(
            dataset["pore_size_per_decade"], ends, fill=True, color=_SIZES, alpha=0.25, label="pore sizes"
        )
    differential.stairs(dataset["intrusion_per_decade"], ends, color=_INTRUSION, linewidth=2, label="intrusion")
    differential.set(title="Log-differential intrusion", ylabel="share per decade of diameter")
    differential.legend(frameon=False)
    _diameters(differential, ends)
    tidy(curve)
    return figure


def network(dataset: xr.Dataset) -> Figure:
    """Draw how many throats pores have, how wide pores and throats are, and their number over width."""
    figure = Figure(figsize=(13.4, 4.3), layout="constrained")
    neighbours, widths, scatter = figure.subplots(1, 3)
    count = np.bincount(dataset["coordination"].values)
    neighbours.bar(np.arange(count.size), count / count.sum(), color=_SIZES, alpha=0.8, width=0.85)
    mean = float(dataset["mean_coordination"])
    neighbours.axvline(mean, color=SOLID, linestyle=":", label=f"mean {mean:.3g}")
    neighbours.set(title=f"{int(dataset['pores'])} pores", xlabel="throats of a pore", ylabel="share of the pores")
    pore = 1e6 * dataset["pore_inscribed_diameter"].values
    throat = 1e6 * dataset["throat_inscribed_diameter"].values
    largest = max(float(pore.max(initial=0.0)), 1e-9)
    bins = np.linspace(0, largest, 31)
    for values, colour, label in ((pore, _SIZES, "pores"), (throat, _INTRUSION, "throats")):
        if values.size:
            share = np.histogram(values, bins)[0] / values.size
            widths.stairs(share, bins, color=colour, fill=True, alpha=0.3)
            widths.stairs(share, bins, color=colour, label=label)
    widths.set(title=f"{throat.size} throats", xlabel="inscribed diameter / µm", ylabel="share by number")
    scatter.scatter(pore, dataset["coordination"], s=9, color=ISOLATED, edgecolor=SOLID, linewidth=0.3)
    scatter.set(title="Neighbours over width", xlabel="inscribed diameter / µm", ylabel="throats of a pore")
    for axes in (neighbours, widths, scatter):
        axes.set_xlim(left=0 if axes is not neighbours else None)
        axes.set_ylim(bottom=0)
        tidy(axes)
    for axes in (neighbours, widths):
        axes.legend(frameon=False)
    return figure


def _ends(dataset: xr.Dataset) -> NDArray[np.float64]:
    """Return the ends of the size classes [um]."""
    return 1e6 * np.append(dataset["diameter_lower"], dataset["diameter_upper"][-1])


def _to_the_end(cumulative: xr.DataArray) -> NDArray[np.float64]:
    """Return a cumulative share at all ends of the classes: nothing is wider than the last."""
    return np.append(cumulative, 0.0)


def _diameters(axes: Axes, ends: NDArray[np.float64]) -> None:
    """Make the diameter the logarithmic abscissa."""
    axes.set_xscale("log")
    axes.set_xlim(ends[0], ends[-1])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("diameter / µm")
    _plain_ticks(axes.xaxis)
    tidy(axes)


def _plain_ticks(axis: Axis) -> None:
    """Write plain numbers at 1, 2 and 5 of each decade of a logarithmic axis."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())
