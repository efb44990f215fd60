"""The growth of cracks, as an animated picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from electrosim.base.gif import gif
from electrosim.crack_pattern.plot import draw_cracks

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

_MILLISECONDS = 250  # that each snapshot is shown


def animations(dataset: xr.Dataset) -> dict[str, bytes]:
    """Return `growth` as a GIF if the scenario asks for it: a picture for each snapshot from the last whole one on.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.crack_pattern.solve`.
    """
    if not json.loads(dataset.attrs["scenario"]).get("output", {}).get("animation"):
        return {}
    strain = dataset["strain"].values
    first = max(int((strain < float(dataset["onset_strain"])).sum()) - 1, 0)
    return {"growth": gif([_frame(dataset, number) for number in range(first, strain.size)], _MILLISECONDS)}


def _frame(dataset: xr.Dataset, number: int) -> NDArray[np.uint8]:
    figure = Figure(figsize=(6, 6.2), dpi=80)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0.12, 0.09, 0.85, 0.85))
    strain = float(dataset["strain"][number])
    draw_cracks(axes, dataset, strain)
    axes.set_title(f"strain {100 * strain:.3f} %, cracks {100 * float(dataset['crack_intensity'][number]):.3f} %")
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()  # type: ignore[no-untyped-call]
