"""A mask at a lower resolution."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def coarsened(mask: NDArray[np.bool_], factor: int) -> NDArray[np.bool_]:
    """Return a mask of larger voxels: each block of factor^3 voxels becomes what most of them are.

    Of blocks that are half and half, every other one (as on a chessboard) becomes True, so that neither side gains by
    ties. An axis that the factor does not divide is first lengthened by its last layer.

    Parameters
    ----------
    mask : ndarray of bool, shape (nx, ny, nz)
        What is inside.
    factor : int
        Edge of a block [voxels], at most 6; 1 returns the mask itself.

    Returns
    -------
    ndarray of bool
        Shape divided by the factor, rounded up.
    """
    if factor == 1:
        return mask
    whole = np.pad(mask, [(0, -size % factor) for size in mask.shape], mode="edge")
    inside = np.zeros([size // factor for size in whole.shape], np.uint8)
    for corner in np.ndindex(*(factor,) * mask.ndim):
        inside += whole[tuple(slice(start, None, factor) for start in corner)]
    twice, block = 2, factor**mask.ndim
    half = np.flatnonzero(inside * np.uint16(twice) == block)
    result: NDArray[np.bool_] = inside > block // 2
    result.ravel()[half] = np.sum(np.unravel_index(half, result.shape), axis=0) % 2 == 1
    return result
