"""Profiles through the thickness over time, as an animated picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from electrosim.base.gif import gif
from electrosim.base.plot_style import tidy
from electrosim.discharge.plot_profiles import TITLES, draw_moment, mark_layers
from electrosim.discharge.plot_style import capacity_scale

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

_FRAMES = 40
_MILLISECONDS = 120  # that each is shown


def animations(dataset: xr.Dataset) -> dict[str, bytes]:
    """Return `profiles` as a GIF if the scenario asks for it: the fastest rate, with the voltage beside.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.discharge.solve` with all fields.
    """
    output = json.loads(dataset.attrs["scenario"]).get("output", {})
    if not output.get("animation") or "electrolyte_concentration" not in dataset:
        return {}
    return {"profiles": gif(_frames(dataset.sel(rate=dataset["rate"].max())), _MILLISECONDS)}


def _frames(run: xr.Dataset) -> list[NDArray[np.uint8]]:
    """Return pictures, evenly spread over the charge, all with the same axes."""
    inside = np.flatnonzero(np.isfinite(run["discharged"].values))
    charge, voltage = run["discharged"].values[inside], run["voltage"].values[inside]
    wanted = np.linspace(charge[0], charge[-1], _FRAMES)
    moments = np.unique(np.searchsorted(charge, wanted).clip(0, inside.size - 1))
    figure = Figure(figsize=(15.5, 3.6), layout="constrained", dpi=70)
    canvas = FigureCanvasAgg(figure)
    panels = figure.subplots(1, 1 + len(TITLES))
    scale, label = capacity_scale(run)
    panels[0].plot(scale * charge, voltage, color="grey")
    for axes, title in zip(panels, ("voltage / V", *TITLES), strict=True):
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("distance from the collector / µm")
        tidy(axes)
    panels[0].set_xlabel(label)
    for axes in panels[1:]:
        mark_layers(axes, run)
    x = 1e6 * run["x"].values
    kept = [len(axes.lines) for axes in panels]
    for moment in moments:
        draw_moment(panels[1:], x, run.isel(time=inside[moment]), "", "black", "")
    canvas.draw()  # type: ignore[no-untyped-call]
    figure.set_layout_engine("none")  # everything has its place now, and the axes hold all moments
    for axes in panels:
        axes.autoscale(enable=False)
    _clear(panels, kept)
    canvas.draw()  # type: ignore[no-untyped-call]
    background = canvas.copy_from_bbox(figure.bbox)  # type: ignore[no-untyped-call]
    pictures = []
    for moment in moments:
        canvas.restore_region(background)  # type: ignore[no-untyped-call]
        now = run.isel(time=inside[moment])
        panels[0].plot(scale * now["discharged"], now["voltage"], "o", color="#d1701c")
        draw_moment(panels[1:], x, now, "", "#1b6ca8", "")
        for axes, count in zip(panels, kept, strict=True):
            for line in axes.lines[count:]:
                axes.draw_artist(line)
        _clear(panels, kept)
        pictures.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())  # type: ignore[no-untyped-call]
    return pictures


def _clear(panels: NDArray[np.object_], kept: list[int]) -> None:
    """Remove all lines but the first ones from axes."""
    for axes, count in zip(panels, kept, strict=True):
        for line in list(axes.lines[count:]):
            line.remove()
