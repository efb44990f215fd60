"""Pictures of the best value of an axis, and of what it gains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from electrosim.base.plot_style import tidy
from electrosim.study.sweep.kept import BEST_OF, hatched_name
from electrosim.study.sweep.plot_style import COLOURS, axis_label, for_a_talk, ticks
from electrosim.study.sweep.shown import held_at, held_words, name_of, values_of

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_STYLES = ((COLOURS[0], "o-"), (COLOURS[4], "s--"))


def best(dataset: xr.Dataset, name: str, over: str) -> Figure | None:
    """Draw the best value of an axis over a further dimension or another axis, and what it gains; None if of one."""
    whole = dataset[f"best_{over}"]
    several = [str(dim) for dim in whole.dims if dataset.sizes[dim] > 1]
    several.sort(key=lambda dim: dim in dataset["case_solved"].dims)  # a further dimension first
    if not several or whole.dtype.kind != "f":
        return None
    along = several[0]
    held = held_at(dataset, [str(dim) for dim in whole.dims if dim != along])
    gains = "best_gain" in dataset
    with for_a_talk():
        figure = Figure(figsize=(13 if gains else 7.5, 5.8), layout="constrained")
        panels = figure.subplots(1, 2 if gains else 1, squeeze=False)[0]
        for axes in panels:
            tidy(axes)
            axes.set_xlabel(axis_label(dataset, along))
        _values(panels[0], dataset.isel(held), name, over, along)
        if gains:
            _gains(panels[1], dataset.isel(held), name, along)
        hatched = hatched_name(dataset)
        words = None if hatched is None else f"hatched: {dataset[hatched].attrs['hatched']}"
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, title=words)
        where = held_words(dataset, held)
        figure.suptitle(f"Best {over}" + (f", {where}" if where else ""))
    return figure


def _values(axes: Axes, dataset: xr.Dataset, name: str, over: str, along: str) -> None:
    x = ticks(axes, dataset, along)
    low, high = (values_of(dataset[f"best_{over}_{end}"], dataset[over]) for end in ("lower", "upper"))
    words = f"{name} within 1 % of the best"
    axes.fill_between(x, low, high, color=_STYLES[0][0], alpha=0.18, linewidth=0, label=words)
    for (prefix, words), (colour, style) in zip(BEST_OF.items(), _STYLES, strict=True):
        if f"{prefix}_{over}" in dataset:
            y = values_of(dataset[f"{prefix}_{over}"], dataset[over])
            axes.plot(x, y, style, color=colour, linewidth=3, markersize=8, label=f"best{words}")
    axes.set_ylabel(f"best {name_of(dataset[over])}")


def _gains(axes: Axes, dataset: xr.Dataset, name: str, along: str) -> None:
    x = ticks(axes, dataset, along)
    for prefix, (colour, style) in zip(BEST_OF, _STYLES, strict=True):
        if f"{prefix}_gain" in dataset:
            y = 100 * dataset[f"{prefix}_gain"].values
            axes.plot(x, y, style, color=colour, linewidth=3, markersize=8)
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylabel(f"change of {name} from {dataset['best_gain'].attrs['beside']} / %")
