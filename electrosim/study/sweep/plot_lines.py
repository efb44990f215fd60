"""Curves of a collected number over one axis, with the reference designs that stand on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from electrosim.base.plot_style import GREY, tidy
from electrosim.study.sweep.kept import hatched_name
from electrosim.study.sweep.plot_style import (
    COLOURS,
    above_axes,
    axis_label,
    for_a_talk,
    hatched_share,
    make_logarithmic,
    mark_place,
    marks_at,
    ticks,
)
from electrosim.study.sweep.shown import held_at, held_words, mean_of, name_of, panels_of, values_of, words_of

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_FEW = 25  # cases that have a point each
_FAR = 30.0  # times as large, from where on a scale is logarithmic


def lines(dataset: xr.Dataset, name: str, over: str) -> Figure:
    """Draw a number over an axis, the others held: a line for each shown entry of a further dimension.

    Repeats are a band, what would be hatched on a map is dotted, and reference designs are points.
    """
    held = held_at(dataset, [str(dim) for dim in dataset["case_solved"].dims if dim not in (over, "repeat")])
    further = [str(dim) for dim in dataset[name].dims if dim not in (over, "repeat", *held)]
    entries = [{further[0]: number} for number in panels_of(dataset, further[0])] if further else [{}]
    with for_a_talk():
        figure = Figure(figsize=(10.5, 7.2), layout="constrained")
        axes = figure.subplots()
        tidy(axes)
        for count, entry in enumerate(entries):
            _line(axes, dataset, name, over, held | entry, COLOURS[count % len(COLOURS)], held_words(dataset, entry))
        for number in marks_at(dataset, held):
            x = mark_place(dataset, over, number)
            axes.axvline(x, color=GREY, linewidth=0.8, alpha=0.6, zorder=0)
            above_axes(axes, str(dataset["mark"].values[number]), x)
        axes.set(xlabel=axis_label(dataset, over), ylabel=name_of(dataset[name]))
        if _spans_decades(values_of(dataset[name])):
            make_logarithmic(axes, "y")
        where = held_words(dataset, held)
        figure.suptitle(words_of(dataset[name]) + (f", {where}" if where else ""))
        _legend(figure, axes, dataset)
    return figure


def _line(
    axes: Axes, dataset: xr.Dataset, name: str, over: str, fixed: Mapping[str, int], colour: str, label: str
) -> None:
    """Draw one line with its band, and the reference designs that stand on it."""
    one = dataset[name].isel({dim: number for dim, number in fixed.items() if dim in dataset[name].dims})
    x, y = ticks(axes, dataset, over), values_of(mean_of(one), dataset[name])
    share = hatched_share(dataset, fixed)
    if share is not None and float(share.max()) > 0:
        axes.plot(x, y, ":", color=colour, linewidth=2)
        y = np.where((share <= 0).broadcast_like(mean_of(one)).values, y, np.nan)
    marker = "o" if y.size < _FEW else ""
    axes.plot(x, y, "-", color=colour, linewidth=3, marker=marker, label=label or None)
    if "repeat" in one.dims:
        low, high = (values_of(end, dataset[name]) for end in (one.min("repeat"), one.max("repeat")))
        axes.fill_between(x, low, high, color=colour, alpha=0.2, linewidth=0)
    for number in marks_at(dataset, fixed):
        own = dataset[f"mark_{name}"].isel(mark=number)
        own = own.isel({dim: place for dim, place in fixed.items() if dim in own.dims})
        at = mark_place(dataset, over, number), values_of(own, dataset[name])
        axes.plot(*at, "o", color=colour, markeredgecolor="black", markersize=9, zorder=5)


def _spans_decades(numbers: NDArray[Any]) -> bool:
    """Tell whether positive numbers are too far apart for a linear scale."""
    given = numbers[np.isfinite(numbers)]
    return bool(given.size and given.min() > 0 and given.max() > _FAR * given.min())


def _legend(figure: Figure, axes: Axes, dataset: xr.Dataset) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)
    below, hatched = [], hatched_name(dataset)
    if "mark" in dataset.dims:
        style: dict[str, Any] = {"marker": "o", "linestyle": "", "color": "white", "markeredgecolor": "black"}
        below.append(Line2D([], [], markersize=9, label="reference designs", **style))
    if hatched is not None:
        words = str(dataset[hatched].attrs["hatched"])
        below.append(Line2D([], [], color="black", linestyle=":", linewidth=2, label=words))
    if below:
        figure.legend(handles=below, loc="outside lower center", frameon=False)
