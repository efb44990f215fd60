"""Maps of a collected number over two axes, or over an axis and a further dimension such as the rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from electrosim.study.sweep.kept import BEST_OF, best_of, hatched_name
from electrosim.study.sweep.plot_style import (
    above_axes,
    axis_label,
    for_a_talk,
    hatched_share,
    mark_place,
    marks_at,
    outlined,
    ticks,
)
from electrosim.study.sweep.shown import held_at, held_words, mean_of, panels_of, values_of, words_of

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_FEWEST_FOR_CONTOURS = 4  # entries along either side
_COLOURS, _LINES = 28, 6  # between the ends of the scale
_CLIFF = 20  # per cent of the cases that the scale may leave out below, where hatching does not say it
_DASHES: tuple[Any, ...] = ("-", (0, (3, 1.5)))  # of the lines of the best
_HATCH = "//"
_SAME = 1e-9  # what differs by less is one number


@dataclass(frozen=True)
class _Map:
    """One number of a sweep over two of its dimensions, the others at fixed places.

    Parameters
    ----------
    dataset : xarray.Dataset
        The sweep.
    name : str
        The number.
    across, up : str
        The dimensions of the map.
    fixed : mapping of str to int
        Places along the others.
    """

    dataset: xr.Dataset
    name: str
    across: str
    up: str
    fixed: Mapping[str, int] = field(default_factory=dict)

    def flat(self, item: xr.DataArray) -> xr.DataArray:
        """Return something over both sides of the map."""
        one = item.isel({dim: number for dim, number in self.fixed.items() if dim in item.dims})
        one = one.squeeze([dim for dim in one.dims if dim not in (self.across, self.up)], drop=True)
        return one.broadcast_like(self.dataset[self.across] * 0 + self.dataset[self.up] * 0 if one.ndim < 2 else one)

    def of(self, item: xr.DataArray) -> NDArray[Any]:
        """Return something as an array of (up, across)."""
        return self.flat(item).transpose(self.up, self.across).values

    @property
    def values(self) -> NDArray[Any]:
        """The number in the unit in which people read it."""
        item = self.dataset[self.name]
        return self.of(mean_of(item).copy(data=values_of(mean_of(item), item)))

    @property
    def hatched(self) -> NDArray[np.float64] | None:
        """The number above zero of which the map is hatched."""
        share = hatched_share(self.dataset, self.fixed)
        return None if share is None else np.asarray(self.of(share), np.float64)

    @property
    def scale(self) -> tuple[float, float]:
        """Ends of what the colours stand for: all that is not hatched; without hatching, all but a cliff."""
        values, hatched = self.values, self.hatched
        there = np.isfinite(values)
        if not there.any():
            return 0.0, 1.0
        low, high = float(values[there].min()), float(values[there].max())
        plain = there if hatched is None else there & (hatched <= 0)
        if plain.any() and not plain[there].all():
            low = float(values[plain].min())
        elif low < (shelf := float(np.percentile(values[there], _CLIFF))) - 0.5 * (high - shelf):
            low = shelf
        return low, high if high - low > _SAME * abs(high) else low + (abs(low) or 1.0)


def maps(dataset: xr.Dataset, name: str, varied: list[str]) -> Figure:
    """Draw a number over two axes, a panel for each shown entry of a third one or of a further dimension."""
    across, up = varied[:2]
    others = [str(dim) for dim in dataset[name].dims if dim not in (across, up, "repeat")]
    others.sort(key=lambda dim: dataset.sizes[dim] == 1)
    held = held_at(dataset, [dim for dim in others[1:] if dim in dataset["case_solved"].dims])
    held |= {dim: panels_of(dataset, dim)[0] for dim in others[1:] if dim not in held}
    panels = [{others[0]: number} for number in panels_of(dataset, others[0])] if others else [{}]
    columns = len(panels) if len(panels) < 3 else 2 if len(panels) == 4 else 3
    rows = -(-len(panels) // columns)
    with for_a_talk():
        figure = Figure(figsize=(6.6 * columns, 5.4 * rows + 0.6), layout="constrained")
        every = figure.subplots(rows, columns, squeeze=False).ravel()
        for axes, panel in zip(every, panels, strict=False):
            _draw(figure, axes, _Map(dataset, name, across, up, held | panel))
            axes.set_title(held_words(dataset, panel))
        for axes in every[len(panels) :]:
            axes.remove()
        _head(figure, dataset, name, held, (across, up))
    return figure


def map_over(dataset: xr.Dataset, name: str, across: str, up: str) -> Figure:
    """Draw a number over an axis and a further dimension, the other axes held."""
    held = held_at(dataset, [str(dim) for dim in dataset["case_solved"].dims if dim not in (across, "repeat")])
    with for_a_talk():
        figure = Figure(figsize=(10.5, 7.4), layout="constrained")
        _draw(figure, figure.subplots(), _Map(dataset, name, across, up, held), is_alone=True)
        _head(figure, dataset, name, held, (across, up))
    return figure


def _draw(figure: Figure, axes: Axes, one: _Map, *, is_alone: bool = False) -> None:
    """Draw one map with all that lies on it."""
    dataset, values, (low, high) = one.dataset, one.values, one.scale
    scale = Normalize(low, high)
    x, y = ticks(axes, dataset, one.across), ticks(axes, dataset, one.up, "y")
    extend = "min" if np.isfinite(values).any() and np.nanmin(values) < low else "neither"
    if min(values.shape) >= _FEWEST_FOR_CONTOURS:
        levels = np.linspace(low, high, _COLOURS)
        ground: Any = axes.contourf(x, y, values, levels, cmap="viridis", norm=scale, extend=extend)
        ground.set_edgecolor("face")
        levels = np.linspace(low, high, _LINES + 2)[1:-1]
        lines = axes.contour(x, y, values, levels, colors="white", linewidths=0.8)
        if is_alone:
            axes.clabel(lines, fmt="%.3g", fontsize="small")
    else:
        ground = axes.pcolormesh(x, y, values, shading="nearest", cmap="viridis", norm=scale)
    figure.colorbar(ground, ax=axes, extend=extend, format="%g", ticks=_round_ticks(low, high))
    _hatch(axes, x, y, one.hatched)
    _best(axes, one)
    _marks(axes, one, scale, is_alone=is_alone)
    axes.set(xlabel=axis_label(dataset, one.across), ylabel=axis_label(dataset, one.up))
    for line, dim in ((axes.xaxis, one.across), (axes.yaxis, one.up)):
        if line.get_scale() == "linear" and dim in dataset.coords and dataset[dim].dtype.kind in "fiu":
            line.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))


def _round_ticks(low: float, high: float) -> list[float]:
    """Return round numbers between the ends of a scale; those of a bar of filled contours are not round."""
    return [float(tick) for tick in MaxNLocator(7).tick_values(low, high) if low <= tick <= high]


def _hatch(axes: Axes, x: NDArray[Any], y: NDArray[Any], share: NDArray[np.float64] | None) -> None:
    if share is None or min(share.shape) < 2 or not share.max() > 0:
        return
    over = axes.contourf(x, y, share, [1e-6 * share.max(), share.max() * 2], colors="none", hatches=[_HATCH])
    over.set(edgecolor="white", linewidth=0)
    axes.contour(x, y, share, [1e-6 * share.max()], colors="white", linewidths=1.5, linestyles="--")


def _best(axes: Axes, one: _Map) -> None:
    """Draw the best value of one side for each entry of the other one."""
    dataset, found = one.dataset, best_of(one.dataset)
    sides = (one.across, one.up)
    if found is None or found[1] != one.name or found[0] not in sides:
        return
    over, along = found[0], sides[1 - sides.index(found[0])]
    for (prefix, _), dashes in zip(BEST_OF.items(), _DASHES, strict=True):
        best = dataset.get(f"{prefix}_{over}")
        if best is None or best.dtype.kind != "f":
            continue
        best = best.isel({dim: number for dim, number in one.fixed.items() if dim in best.dims})
        places = ticks(axes, dataset, along, "y" if along == one.up else "x")
        line = (values_of(best, dataset[over]), places)
        line = line if over == one.across else line[::-1]
        axes.plot(*line, color="black", linestyle=dashes, linewidth=2.5, path_effects=outlined(), zorder=4)


def _marks(axes: Axes, one: _Map, scale: Normalize, *, is_alone: bool) -> None:
    """Draw the reference designs that lie on the map, filled in the colour of their own number."""
    dataset, sides = one.dataset, (one.across, one.up)
    for number in marks_at(dataset, one.fixed):
        own = dataset[f"mark_{one.name}"].isel(mark=number)
        own = own.isel({dim: place for dim, place in one.fixed.items() if dim in own.dims})
        places = [mark_place(dataset, dim, number) for dim in sides]
        if own.ndim:
            places[sides.index(str(own.dims[0]))] = values_of(dataset[own.dims[0]])
        x, y, values = (np.ravel(part) for part in np.broadcast_arrays(*places, values_of(own, dataset[one.name])))
        axes.scatter(
            x, y, 110, c=values, cmap="viridis", norm=scale, edgecolors="white", linewidths=1.8, zorder=5, clip_on=False
        )
        axes.scatter(x, y, 150, facecolors="none", edgecolors="black", linewidths=0.9, zorder=5, clip_on=False)
        label = str(dataset["mark"].values[number])
        if is_alone:
            above_axes(axes, label, x[-1])
        else:
            style: dict[str, Any] = {"rotation": 60, "ha": "left", "va": "bottom", "fontsize": "small", "zorder": 6}
            ground = {"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.5}
            axes.annotate(label, (x[-1], y[-1]), (-3, 10), textcoords="offset points", bbox=ground, **style)


def _head(figure: Figure, dataset: xr.Dataset, name: str, held: Mapping[str, int], sides: tuple[str, str]) -> None:
    """Write the title, and what is drawn on the maps below them."""
    where = held_words(dataset, held)
    figure.suptitle(words_of(dataset[name]) + (f", {where}" if where else ""))
    handles: list[Any] = []
    best = best_of(dataset)
    if best is not None and best[1] == name and best[0] in sides:
        for (prefix, words), dashes in zip(BEST_OF.items(), _DASHES, strict=True):
            line = dataset.get(f"{prefix}_{best[0]}")
            if line is not None and line.dtype.kind == "f":  # words have no place between others
                label = f"best {best[0]}{words}"
                handles.append(Line2D([], [], color="black", linestyle=dashes, linewidth=2.5, label=label))
    if "mark" in dataset.dims:
        words = "reference designs, in the colour of their own number"
        handles.append(Line2D([], [], marker="o", linestyle="", color="white", markeredgecolor="black", label=words))
    hatched = hatched_name(dataset)
    if hatched is not None and float(dataset[hatched].max()) > 0:
        words = str(dataset[hatched].attrs["hatched"])
        handles.append(Patch(facecolor="#b8bcc2", edgecolor="white", hatch=_HATCH, label=words))
    if handles:
        figure.legend(handles=handles, loc="outside lower center", frameon=False)
