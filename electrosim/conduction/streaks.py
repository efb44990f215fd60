"""Streaks that show which way a current flows in a plane: noise smeared along the current (line integral convolution).

Reference: Cabral and Leedom, Proc. SIGGRAPH 1993, 263, doi:10.1145/166117.166151.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

Array = NDArray[np.floating[Any]]

_PIXELS = 480  # along the longer edge of the picture, unless the cut has more voxels
_MOST_PIXELS = 8  # per voxel: more would show nothing new of a small image
_REACH = 20  # pixels that noise is smeared to each side


def magnification(shape: tuple[int, ...]) -> int:
    """Return how many pixels of the picture go into a voxel of the cut."""
    return min(_MOST_PIXELS, max(1, round(_PIXELS / max(shape))))


def streaks(along: Array, across: Array, pixels: int) -> Array:
    """Return the mean of noise along the streamline through each pixel.

    Parameters
    ----------
    along, across : ndarray, shape (n, m)
        Components of the current density on axes 0 and 1; zero where none flows.
    pixels : int
        Per voxel.

    Returns
    -------
    ndarray, shape (n pixels, m pixels)
        From 0 to 1, spread over that range within the current; always the same for the same current.
    """
    speed = np.hypot(along, across)
    unit = [np.divide(part, speed, out=np.zeros(speed.shape), where=speed > 0) for part in (along, across)]
    shape = tuple(size * pixels for size in speed.shape)
    noise = np.random.default_rng(0).random(shape)
    centres = np.stack(np.meshgrid(*(np.arange(size) for size in shape), indexing="ij")).astype(float)
    total = noise.copy()
    for sense in (1.0, -1.0):
        place = centres.copy()
        for _ in range(_REACH):
            voxel = (place + 0.5) / pixels - 0.5
            place += sense * np.stack([map_coordinates(part, voxel, order=1, mode="nearest") for part in unit])
            total += map_coordinates(noise, place, order=0, mode="nearest")
    flows = np.kron(speed, np.ones((pixels, pixels))) > 0
    if not flows.any():
        return np.zeros(shape)
    least, most = np.percentile(total[flows], (2, 98))
    spread: Array = np.clip((total - least) / max(most - least, 1e-12), 0.0, 1.0)
    return spread
