"""Compiled loops for the charging of pore walls: what an electrode reaches, and the walls of every voxel.

Legend. phase[i, j, k] phase number, 0 insulates; face[a, p, q] conductance of the face between phases p and q along
axis a; area[a] area of a face across axis a; entry[j, k] whether a voxel of the first layer meets the electrode; wrap
and the ways of a voxel as in `adjacent_kernels`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction.adjacent_kernels import WAYS, adjacent


@njit(cache=True, nogil=True)
def reached(phase, face, wrap, entry):
    """Return 1 for every voxel that is joined with the electrode at the first layer, else 0."""
    flat, at_entry = phase.ravel(), entry.ravel()
    mark = np.zeros(flat.size, np.int32)
    waiting = np.empty(np.count_nonzero(flat), np.int32)
    count = 0
    for voxel in range(at_entry.size):
        if at_entry[voxel]:
            mark[voxel] = 1
            waiting[count] = voxel
            count += 1
    while count > 0:
        count -= 1
        voxel = waiting[count]
        for way in range(WAYS):
            other, _ = adjacent(voxel, way, phase.shape, wrap)
            if other >= 0 and mark[other] == 0 and face[2 - way // 2, flat[voxel], flat[other]] > 0:
                mark[other] = 1
                waiting[count] = other
                count += 1
    return mark


@njit(cache=True, nogil=True)
def walls(phase, face, wrap, area, voxel_of):
    """Return the area of the walls of every node, and the power that a unit current density loses on the way there.

    A wall is a face towards an insulating voxel, half a voxel from the centre; what lies outside the image is none,
    nor is a face across which its voxel cannot conduct.
    """
    flat = phase.ravel()
    total = np.zeros(voxel_of.size)
    lost = 0.0
    for node in range(voxel_of.size):
        voxel = voxel_of[node]
        for way in range(WAYS):
            axis = 2 - way // 2
            other, _ = adjacent(voxel, way, phase.shape, wrap)
            along = face[axis, flat[voxel], flat[voxel]]
            if other >= 0 and flat[other] == 0 and along > 0:
                total[node] += area[axis]
                lost += area[axis] ** 2 / (2 * along)
    return total, lost
