"""What the pictures of a discharge share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np

if TYPE_CHECKING:
    import xarray as xr

CONTRIBUTION = {
    "electronic": "#3b3b40",
    "ionic": "#1b6ca8",
    "concentration": "#7fb2d6",
    "kinetic": "#d1701c",
    "diffusion": "#4a8f3c",
    "distribution": "#c9b7a0",
    "contact": "#7a4f8f",
}


def rate_colours(dataset: xr.Dataset) -> dict[float, tuple[float, ...]]:
    """Return a colour for each rate, darker for the slower."""
    rates = sorted(float(rate) for rate in dataset["rate"].values)
    return dict(zip(rates, mpl.colormaps["viridis"](np.linspace(0.05, 0.85, len(rates))), strict=True))


def shade(number: int, count: int) -> tuple[float, ...]:
    """Return the colour of a layer or a moment among several."""
    return mpl.colormaps["cividis"](0.1 + 0.75 * number / max(count - 1, 1))


def capacity_scale(dataset: xr.Dataset) -> tuple[float, str]:
    """Return the factor from C m-2 to what an axis shows, per mass if it is known, and the label."""
    mass = float(dataset["active_mass"])
    if np.isfinite(mass) and mass > 0:
        return 1 / (3600 * mass), "capacity / (mAh/g)"
    return 1 / 36000, "capacity / (mAh/cm²)"
