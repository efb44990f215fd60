"""Profiles through the thickness over time, as an animated picture."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from electrosim.discharge.plot_profiles import TITLES, draw_moment, mark_layers
from electrosim.discharge.plot_style import capacity_scale, tidy

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
    from PIL import Image

    frames = [Image.fromarray(frame) for frame in _frames(dataset.sel(rate=dataset["rate"].max()))]
    content = io.BytesIO()
    frames[0].save(
        content, "GIF", save_all=True, append_images=frames[1:], duration=_MILLISECONDS, loop=0, optimize=True
    )
    return {"profiles": content.getvalue()}


def _frames(run: xr.Dataset) -> list[NDArray[np.uint8]]:
    """Return pictures, evenly spread over the charge, all with the same axes."""
    inside = np.flatnonzero(np.isfinite(run["discharged"].values))
    charge = run["discharged"].values[inside]
    wanted = np.linspace(charge[0], charge[-1], _FRAMES)
    moments = inside[np.unique(np.searchsorted(charge, wanted).clip(0, inside.size - 1))]
    figure = Figure(figsize=(15.5, 3.6), layout="constrained", dpi=80)
    canvas = FigureCanvasAgg(figure)
    panels = figure.subplots(1, 1 + len(TITLES))
    x = 1e6 * run["x"].values
    scale, label = capacity_scale(run)
    for moment in inside[:: max(1, inside.size // _FRAMES)]:
        draw_moment(panels[1:], x, run.isel(time=moment), "", "white", "")
    limits = [(axes.get_xlim(), axes.get_ylim()) for axes in panels]
    pictures = []
    for moment in moments:
        for axes, (horizontal, vertical), title in zip(panels, limits, ("voltage / V", *TITLES), strict=True):
            axes.clear()
            axes.set(xlim=horizontal, ylim=vertical, xlabel="distance from the collector / µm")
            axes.set_title(title, fontsize=10)
            tidy(axes)
        panels[0].set(xlim=(0, None), xlabel=label)
        panels[0].autoscale()
        panels[0].plot(scale * charge, run["voltage"].values[inside], color="grey")
        panels[0].plot(scale * run["discharged"].values[moment], run["voltage"].values[moment], "o", color="#d1701c")
        for axes in panels[1:]:
            mark_layers(axes, run)
        draw_moment(panels[1:], x, run.isel(time=moment), "", "#1b6ca8", "")
        canvas.draw()  # type: ignore[no-untyped-call]
        pictures.append(np.asarray(canvas.buffer_rgba())[..., :3].copy())  # type: ignore[no-untyped-call]
    return pictures
