"""Pictures of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from electrosim.study.sweep.kept import collected_numbers

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_MOST = 12  # pictures of each sort
_BLUE, _ORANGE, _GREY = "#1b6ca8", "#d1701c", "#5b6470"


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a sweep.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.study.sweep.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        For each collected number of a grid a curve over one axis or maps over two, and the main effects of all axes; of
        other designs, scatter over each axis; the sensitivity of a drawn design, and the Pareto front.
    """
    dims = tuple(map(str, dataset["case_solved"].dims))
    drawn: dict[str, Figure] = {}
    found = [name for name in collected_numbers(dataset, further=1) if np.isfinite(dataset[name]).any()]
    for name in found[:_MOST]:
        if dims == ("case",):
            drawn[name] = scatter(dataset, name)
            continue
        varied = [dim for dim in dims if dataset.sizes[dim] > 1 and dim != "repeat"]
        drawn[name] = curves(dataset, name, varied) if len(varied) == 1 else maps(dataset, name, varied)
        if len(varied) > 1:
            drawn[f"{name}_effects"] = effects(dataset, name, varied)
    if "total_order" in dataset or "mean_effect" in dataset:
        drawn["sensitivity"] = sensitivity(dataset)
    if "pareto" in dataset:
        drawn["pareto"] = pareto(dataset)
    return drawn


def _mean(item: xr.DataArray) -> xr.DataArray:
    return item.mean("repeat", keep_attrs=True) if "repeat" in item.dims else item


def _label(item: xr.DataArray) -> str:
    unit = str(item.attrs.get("units", "1"))
    return str(item.name) if unit == "1" else f"{item.name} / {unit}"


def _ticks(axes: Axes, item: xr.DataArray, dim: str) -> np.ndarray:
    """Return the places of a dimension's entries: their numbers, or 0, 1, 2 with the words as labels."""
    if dim in item.coords and item[dim].dtype.kind in "fiu":
        return item[dim].values
    places = np.arange(item.sizes[dim])
    labels = item[dim].values if dim in item.coords else places
    axes.set_xticks(places, [str(label) for label in labels])
    return places


def curves(dataset: xr.Dataset, name: str, varied: list[str]) -> Figure:
    """Draw a number over the only axis, a curve for each entry of a further dimension; repeats as a band."""
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    item = dataset[name]
    (dim,) = varied or [str(dataset["case_solved"].dims[0])]
    others = [str(other) for other in item.dims if other not in (dim, "repeat") and item.sizes[other] > 1]
    item = item.squeeze([d for d in item.dims if item.sizes[d] == 1 and d != dim], drop=True)
    mean = _mean(item)
    places = _ticks(axes, mean, dim)
    for entry in range(mean.sizes[others[0]]) if others else (None,):
        one = mean if entry is None else mean.isel({others[0]: entry})
        label = None if entry is None else _entry(one, others[0])
        (line,) = axes.plot(places, one.values, marker="o", markersize=3, label=label)
        if "repeat" in item.dims:
            spread = item if entry is None else item.isel({others[0]: entry})
            lower, upper = spread.min("repeat").values, spread.max("repeat").values
            axes.fill_between(places, lower, upper, color=line.get_color(), alpha=0.2, linewidth=0)
    if others:
        axes.legend(frameon=False, title=others[0])
    axes.set(xlabel=_label(dataset[dim]) if dim in dataset.coords else dim, ylabel=_label(dataset[name]))
    return figure


def _entry(item: xr.DataArray, dim: str) -> str:
    if dim not in item.coords:
        return ""
    value = item[dim].item()
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def maps(dataset: xr.Dataset, name: str, varied: list[str]) -> Figure:
    """Draw a number over two axes, a panel for each entry of a third one; the best place is marked."""
    item = _mean(dataset[name])
    item = item.squeeze([d for d in item.dims if item.sizes[d] == 1 and d not in varied[:2]], drop=True)
    others = [str(dim) for dim in item.dims if dim not in varied[:2]]
    item = item.isel(dict.fromkeys(others[1:], 0)).transpose(varied[1], varied[0], ...)
    panels = min(item.sizes[others[0]], 6) if others else 1
    columns = min(panels, 3)
    rows = -(-panels // columns)
    figure = Figure(figsize=(4.6 * columns, 3.8 * rows), layout="constrained")
    for number, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
        if number >= panels:
            axes.remove()
            continue
        one = item.isel({others[0]: number}) if others else item
        _map(figure, axes, one, varied)
        if others:
            axes.set_title(f"{others[0]} {_entry(one, others[0])}")
    figure.suptitle(_label(dataset[name]))
    return figure


def _map(figure: Figure, axes: Axes, one: xr.DataArray, varied: list[str]) -> None:
    x = _ticks(axes, one, varied[0])
    y = one[varied[1]].values if varied[1] in one.coords else np.arange(one.sizes[varied[1]])
    if y.dtype.kind not in "fiu":
        axes.set_yticks(np.arange(y.size), [str(label) for label in y])
        y = np.arange(y.size)
    shown = axes.pcolormesh(x, y, one.values, shading="nearest", cmap="viridis")
    figure.colorbar(shown, ax=axes)
    best = np.nanargmax(one.values) if np.isfinite(one.values).any() else None
    if best is not None:
        row, column = np.unravel_index(int(best), one.shape)
        axes.plot(x[column], y[row], "o", markerfacecolor="none", markeredgecolor="white", markersize=9)
    axes.set(xlabel=_axis_label(one, varied[0]), ylabel=_axis_label(one, varied[1]))


def _axis_label(item: xr.DataArray, dim: str) -> str:
    unit = str(item[dim].attrs.get("units", "1")) if dim in item.coords else "1"
    return dim if unit == "1" else f"{dim} / {unit}"


def effects(dataset: xr.Dataset, name: str, varied: list[str]) -> Figure:
    """Draw the main effect of each axis, the mean over all others, and how the curves of its neighbour differ."""
    item = _mean(dataset[name])
    extra = [dim for dim in item.dims if dim not in dataset["case_solved"].dims]
    item = item.isel(dict.fromkeys(extra, 0))
    figure = Figure(figsize=(4 * len(varied), 3.6), layout="constrained")
    panels = figure.subplots(1, len(varied), sharey=True, squeeze=False)[0]
    for number, (axes, dim) in enumerate(zip(panels, varied, strict=True)):
        others = [other for other in item.dims if other != dim]
        places = _ticks(axes, item, dim)
        neighbour = varied[(number + 1) % len(varied)]
        rest = [other for other in others if other != neighbour]
        for entry in (0, item.sizes[neighbour] - 1):
            one = item.isel({neighbour: entry}).mean(rest)
            axes.plot(places, one.values, "--", linewidth=1, label=f"{neighbour} {_entry(one, neighbour)}")
        axes.plot(places, item.mean(others).values, color=_GREY, linewidth=2.5, label="mean over the others")
        axes.set_xlabel(_axis_label(item, dim))
        axes.legend(frameon=False, fontsize="small")
    panels[0].set_ylabel(_label(dataset[name]))
    figure.suptitle("Main effects, and where curves are not parallel, interactions")
    return figure


def scatter(dataset: xr.Dataset, name: str) -> Figure:
    """Draw a number over each axis, a point for each case."""
    item = dataset[name]
    item = item.isel({dim: 0 for dim in item.dims if dim != "case"})
    axes_of = [str(key) for key, coord in dataset.coords.items() if coord.dims == ("case",)]
    figure = Figure(figsize=(3.6 * len(axes_of), 3.4), layout="constrained")
    panels = figure.subplots(1, len(axes_of), sharey=True, squeeze=False)[0]
    for axes, along in zip(panels, axes_of, strict=True):
        axes.plot(dataset[along].values, item.values, ".", color=_BLUE, markersize=3)
        axes.set_xlabel(_axis_label(item, along))
    panels[0].set_ylabel(_label(dataset[name]))
    return figure


def sensitivity(dataset: xr.Dataset) -> Figure:
    """Draw how much each axis matters for each collected number."""
    first, second = ("first_order", "total_order") if "total_order" in dataset else ("mean_effect", "effect_deviation")
    names = list(dataset["collected"].values)
    figure = Figure(figsize=(max(4.0, 1.2 * dataset.sizes["axis"]) * len(names), 3.6), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        places = np.arange(dataset.sizes["axis"])
        for shift, key, colour in ((-0.2, first, _BLUE), (0.2, second, _ORANGE)):
            bar = dataset[key].sel(collected=name)
            error = dataset.get(f"{key}_confidence")
            axes.bar(
                places + shift,
                bar.values,
                0.38,
                color=colour,
                label=key.replace("_", " "),
                yerr=None if error is None else error.sel(collected=name).values,
            )
        axes.set_xticks(places, [str(axis) for axis in dataset["axis"].values])
        axes.set_title(name)
    figure.axes[0].legend(frameon=False)
    return figure


def pareto(dataset: xr.Dataset) -> Figure:
    """Draw the first two competing numbers, and the cases that no other beats."""
    names = str(dataset["pareto"].attrs["long_name"]).rpartition(" in ")[2].split(", ")
    x, y = (dataset[name].values.ravel() for name in names[:2])
    front = dataset["pareto"].values.ravel()
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot(x[~front], y[~front], ".", color=_GREY, markersize=4, label="all cases")
    order = np.argsort(x[front])
    axes.plot(x[front][order], y[front][order], "o-", color=_ORANGE, label="no other case is better in both")
    axes.set(xlabel=_label(dataset[names[0]]), ylabel=_label(dataset[names[1]]))
    axes.legend(frameon=False)
    return figure
