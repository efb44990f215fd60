"""Pictures of an optimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from electrosim.base.plot_style import BLUE, tidy
from electrosim.study.optimise.summary import objective, settings

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw an optimum.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.study.optimise.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `sensitivity` (the objective along each parameter), and with several settings `best` (the best parameters and
        the gain over the start, over the settings).
    """
    drawn = {"sensitivity": sensitivity(dataset)}
    if dataset["solved"].ndim:
        drawn["best"] = best(dataset)
    return drawn


def _row(count: int) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(4.4 * count + 0.6, 4.0), layout="constrained")
    panels = list(figure.subplots(1, count, squeeze=False)[0])
    for axes in panels:
        tidy(axes)
    return figure, panels


def _label(dataset: xr.Dataset, name: str) -> str:
    unit = str(dataset["shown_unit"].sel(parameter=name).values)
    return f"{name} / {unit}" if unit else name


def sensitivity(dataset: xr.Dataset) -> Figure:
    """Draw the objective along each parameter; dotted where a constraint is not kept."""
    names = [str(name) for name in dataset["parameter"].values]
    unit, scale = objective(dataset)
    relative = dataset["solved"].ndim > 0
    figure, panels = _row(len(names))
    for axes, name in zip(panels, names, strict=True):
        for words, whole in settings(dataset):
            one = whole.sel(parameter=name)
            at = float(one["objective"])
            x = one["curve_value"].values / float(one["shown_scale"])
            y = one["curve_objective"].values / at if relative else one["curve_objective"].values / scale
            (line,) = axes.plot(x, np.where(one["curve_is_kept"].values, y, np.nan), "-", label=words or None)
            axes.plot(x, y, ":", lw=1, color=line.get_color())
            axes.plot(
                float(one["value"]) / float(one["shown_scale"]),
                1 if relative else at / scale,
                "o",
                color=line.get_color(),
            )
        axes.set_xlabel(_label(dataset, name))
    panels[0].set_ylabel(
        "objective over its best" if relative else f"objective / {unit}" if unit != "1" else "objective"
    )
    if relative:
        panels[-1].legend(frameon=False, fontsize="small")
    figure.suptitle(str(dataset["objective"].attrs["long_name"]))
    return figure


def best(dataset: xr.Dataset) -> Figure:
    """Draw the best value of each parameter over the settings, with where the objective is within 1 %; and the gain."""
    names = [str(name) for name in dataset["parameter"].values]
    (dim,) = map(str, dataset["solved"].dims)
    entries = dataset[dim].values
    places = entries if entries.dtype.kind in "fiu" else np.arange(entries.size)
    figure, panels = _row(len(names) + 1)
    for axes, name in zip(panels, names, strict=False):
        one = dataset.sel(parameter=name)
        scale = float(one["shown_scale"])
        axes.fill_between(places, one["near_lower"] / scale, one["near_upper"] / scale, color=BLUE, alpha=0.15, lw=0)
        axes.plot(places, one["value"] / scale, "o-", color=BLUE)
        axes.axhline(float(one["lower_bound"]) / scale, color="black", lw=0.6)
        axes.axhline(float(one["upper_bound"]) / scale, color="black", lw=0.6)
        axes.set_ylabel(_label(dataset, name))
        axes.set_title("best; shaded: within 1 %")
    panels[-1].plot(places, 100 * dataset["gain"].values, "o-", color=BLUE)
    panels[-1].axhline(0, color="black", lw=0.6)
    panels[-1].set_ylabel("gain over the start / %")
    for axes in panels:
        axes.set_xlabel(dim)
        if entries.dtype.kind not in "fiu":
            axes.set_xticks(places, [str(entry) for entry in entries])
    return figure
