"""What the pictures of backscatter share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib import colormaps
from matplotlib.figure import Figure

from electrosim.backscatter.problem import in_words

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

MOST_PANELS = 6


def colours(number: int) -> list[Any]:
    """Return colours from dark to bright; the brightest are left out, for they are hard to see on white."""
    return list(colormaps["viridis"](np.linspace(0, 0.88, max(number - 1, 1))))


def energy_name(dataset: xr.Dataset, row: int) -> str:
    """Return the energy of a row in words."""
    return in_words(float(dataset["energy"].values[row]))


def panels(dataset: xr.Dataset, size: tuple[float, float] = (4.2, 3.6)) -> tuple[Figure, dict[int, Axes]]:
    """Return a figure with one panel for each of the first energies, by row of the dataset."""
    number = min(dataset.sizes["energy"], MOST_PANELS)
    columns = min(number, 3)
    rows = math.ceil(number / columns)
    figure = Figure(figsize=(size[0] * columns + 0.6, size[1] * rows + 0.4), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for empty in axes[number:]:
        empty.set_axis_off()
    return figure, dict(enumerate(axes[:number]))
