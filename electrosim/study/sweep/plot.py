"""Pictures of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from electrosim.base.plot_style import BLUE, GREY, ORANGE
from electrosim.study.sweep.kept import best_of, collected_numbers, hatched_name
from electrosim.study.sweep.plot_best import best
from electrosim.study.sweep.plot_lines import lines
from electrosim.study.sweep.plot_maps import map_over, maps
from electrosim.study.sweep.plot_style import axis_label, ticks
from electrosim.study.sweep.shown import entry_of, held_words, mean_of, name_of, panels_of, values_of

if TYPE_CHECKING:
    import xarray as xr

_MOST = 12  # pictures of each sort
_FEWEST_FOR_A_MAP = 3  # entries of a further dimension


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a sweep.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.study.sweep.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        If the best value of an axis is asked for, the map of the number over the axis and its further dimension, `best`
        and what it gains, and the number over the axis. For each collected number of a grid, curves over one axis or
        maps over two, and the main effects of all axes; of other designs, scatter over each axis; the sensitivity of a
        drawn design, and the Pareto front.
    """
    dims = tuple(map(str, dataset["case_solved"].dims))
    drawn: dict[str, Figure] = _of_the_best(dataset)
    found = [name for name in collected_numbers(dataset, further=1) if np.isfinite(dataset[name]).any()]
    found = [name for name in found if name != hatched_name(dataset)][:_MOST]
    varied = _varied(dataset)
    for name in found:
        if dims == ("case",):
            drawn[name] = scatter(dataset, name)
        else:
            drawn[name] = maps(dataset, name, varied) if len(varied) > 1 else lines(dataset, name, (*varied, *dims)[0])
    if len(varied) > 1:
        drawn |= {f"{name}_effects": effects(dataset, name, varied) for name in found}
    if "total_order" in dataset or "mean_effect" in dataset:
        drawn["sensitivity"] = sensitivity(dataset)
    if "pareto" in dataset:
        drawn["pareto"] = pareto(dataset)
    return drawn


def _varied(dataset: xr.Dataset) -> list[str]:
    """Return the axes that have several values."""
    dims = map(str, dataset["case_solved"].dims)
    return [dim for dim in dims if dataset.sizes[dim] > 1 and dim != "repeat"]


def _of_the_best(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw the best value of an axis, the number that it is best for over it, and the map of both."""
    asked = best_of(dataset)
    if asked is None:
        return {}
    over, name = asked
    further = [str(dim) for dim in dataset[name].dims if dim not in dataset["case_solved"].dims]
    drawn = {}
    if further and dataset.sizes[further[0]] >= _FEWEST_FOR_A_MAP:
        drawn[f"{name}_over_{over}_and_{further[0]}"] = map_over(dataset, name, over, further[0])
    figure = best(dataset, name, over)
    if figure is not None:
        drawn["best"] = figure
    if len(_varied(dataset)) > 1:  # over the only axis it is drawn anyway
        drawn[f"{name}_over_{over}"] = lines(dataset, name, over)
    return drawn


def effects(dataset: xr.Dataset, name: str, varied: list[str]) -> Figure:
    """Draw the main effect of each axis, the mean over all others, and how the curves of its neighbour differ."""
    item = mean_of(dataset[name])
    extra = [dim for dim in item.dims if dim not in dataset["case_solved"].dims]
    shown = {str(dim): panels_of(dataset, str(dim))[len(panels_of(dataset, str(dim))) // 2] for dim in extra}
    item = item.isel(shown)
    figure = Figure(figsize=(5 * len(varied), 4.6), layout="constrained")
    panels = figure.subplots(1, len(varied), sharey=True, squeeze=False)[0]
    for number, (axes, dim) in enumerate(zip(panels, varied, strict=True)):
        others = [other for other in item.dims if other != dim]
        places = ticks(axes, dataset, dim)
        neighbour = varied[(number + 1) % len(varied)]
        rest = [other for other in others if other != neighbour]
        for entry in (0, item.sizes[neighbour] - 1):
            one = item.isel({neighbour: entry}).mean(rest)
            label = f"{neighbour} {entry_of(dataset, neighbour, entry)}"
            axes.plot(places, values_of(one, dataset[name]), "--", linewidth=1, label=label)
        mean = values_of(item.mean(others), dataset[name])
        axes.plot(places, mean, color=GREY, linewidth=2.5, label="mean over the others")
        axes.set_xlabel(axis_label(dataset, dim))
        axes.legend(frameon=False, fontsize="small")
    panels[0].set_ylabel(name_of(dataset[name]))
    where = held_words(dataset, shown)
    words = f"Main effects, and where curves are not parallel, interactions{', ' if where else ''}{where}"
    figure.suptitle(words)
    return figure


def scatter(dataset: xr.Dataset, name: str) -> Figure:
    """Draw a number over each axis, a point for each case."""
    item = dataset[name]
    item = item.isel({dim: 0 for dim in item.dims if dim != "case"})
    axes_of = [str(key) for key, coord in dataset.coords.items() if coord.dims == ("case",)]
    figure = Figure(figsize=(3.6 * len(axes_of), 3.4), layout="constrained")
    panels = figure.subplots(1, len(axes_of), sharey=True, squeeze=False)[0]
    for axes, along in zip(panels, axes_of, strict=True):
        axes.plot(values_of(dataset[along]), values_of(item), ".", color=BLUE, markersize=3)
        for number in range(dataset.sizes.get("mark", 0)):
            own = dataset[f"mark_{name}"].isel(mark=number)
            own = own.isel(dict.fromkeys(own.dims, 0))
            at = (values_of(dataset[f"mark_{along}"][number], dataset[along]), values_of(own, item))
            axes.plot(*at, "o", color=ORANGE, markeredgecolor="black")
            axes.annotate(str(dataset["mark"].values[number]), at, (5, 5), textcoords="offset points", fontsize="small")
        axes.set_xlabel(axis_label(dataset, along))
    panels[0].set_ylabel(name_of(dataset[name]))
    return figure


def sensitivity(dataset: xr.Dataset) -> Figure:
    """Draw how much each axis matters for each collected number."""
    first, second = ("first_order", "total_order") if "total_order" in dataset else ("mean_effect", "effect_deviation")
    names = list(dataset["collected"].values)
    figure = Figure(figsize=(max(4.0, 1.2 * dataset.sizes["axis"]) * len(names), 3.6), layout="constrained")
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        places = np.arange(dataset.sizes["axis"])
        for shift, key, colour in ((-0.2, first, BLUE), (0.2, second, ORANGE)):
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
    x, y = (values_of(dataset[name]).ravel() for name in names[:2])
    front = dataset["pareto"].values.ravel()
    figure = Figure(layout="constrained")
    axes = figure.subplots()
    axes.plot(x[~front], y[~front], ".", color=GREY, markersize=4, label="all cases")
    order = np.argsort(x[front])
    axes.plot(x[front][order], y[front][order], "o-", color=ORANGE, label="no other case is better in both")
    axes.set(xlabel=name_of(dataset[names[0]]), ylabel=name_of(dataset[names[1]]))
    axes.legend(frameon=False)
    return figure
