"""Compiled loop over the walls that charge.

Legend. phase[i, j, k] phase number, 0 insulates; sigma[a, p] conductivity of phase p along axis a; area[a]
area of a face across axis a; wrap and the ways of a voxel as in `adjacent_kernels`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction.adjacent_kernels import WAYS, adjacent


@njit(cache=True, nogil=True)
def walls(phase, sigma, wrap, area, voxels):
    """Return the area of the walls of each given voxel, and the power that a unit current density loses on the way.

    A wall is a face towards an insulating voxel, half a voxel from the centre; what lies outside the image is none,
    nor is a face across which its voxel cannot conduct.
    """
    flat = phase.ravel()
    total = np.zeros(voxels.size)
    lost = 0.0
    for n in range(voxels.size):
        voxel = voxels[n]
        for way in range(WAYS):
            axis = 2 - way // 2
            other, _ = adjacent(voxel, way, phase.shape, wrap)
            along = sigma[axis, flat[voxel]]
            if other >= 0 and flat[other] == 0 and along > 0:
                total[n] += area[axis]
                lost += area[axis] ** 2 / (2 * along)
    return total, lost
