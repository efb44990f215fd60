"""Compiled search for the backbone: the voxels on simple paths between the electrodes, or around a periodic image.

Legend. phase[i, j, k] phase number, 0 where nothing is searched; sigma[a, p] conductivity of phase
p along axis a; entry[j, k] and leave[j, k] whether a voxel of the first and last layer meets its electrode; wrap
and the ways of a voxel as in `adjacent_kernels`.

Depth-first search after Hopcroft and Tarjan (1973). Voxels are numbered as they are found, from 1; 0 stands for both
electrodes, taken as one node, so that a path from one to the other becomes a loop. low[n] is the lowest number that an
edge from n, or from what was found behind n, leads back to. Where low[n] does not lie below the number that n was
found from, a block (biconnected component) begins: nothing behind n has another way out. A block carries current if
one of its loops winds: passes through both electrodes or, where axis 0 is periodic, goes around it. The search goes
back the way by which it came, came[n], so it needs no stack.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction.adjacent_kernels import WAYS, adjacent


@njit(cache=True, nogil=True)
def backbone(phase, sigma, wrap, entry, leave):
    """Return which voxels lie on a simple path between the electrodes or on a loop around a periodic axis 0."""
    shape, flat, at_entry, at_exit = phase.shape, phase.ravel(), entry.ravel(), leave.ravel()
    count = np.count_nonzero(flat)
    number = np.zeros(flat.size, np.int32)
    found = np.empty(count + 1, np.int32)
    low = np.empty(count + 1, np.int32)
    came = np.full(count + 1, WAYS, np.uint8)
    tried = np.zeros(count + 1, np.uint8)
    winds = np.zeros(count + 1, np.bool_)
    periods = np.zeros(count + 1 if wrap[0] else 1, np.int32)
    last = 0
    for start in range(flat.size if wrap[0] else at_entry.size):
        if flat[start] == 0 or number[start] > 0 or not (wrap[0] or at_entry[start]):
            continue
        voxel = start
        while True:
            here = number[voxel]
            if here == 0:
                last += 1
                here = last
                number[voxel], found[here], low[here] = here, voxel, here
                if not wrap[0]:
                    low[here], winds[here] = _meet_electrodes(here, voxel, flat.size, at_entry, at_exit)
            way = tried[here]
            tried[here] += 1
            if way == WAYS:  # nothing is left to try here
                if came[here] == WAYS:
                    break
                voxel, _ = adjacent(voxel, came[here], shape, wrap)
                low[number[voxel]] = min(low[number[voxel]], low[here])
            else:
                other, crossed = adjacent(voxel, way, shape, wrap)
                along = sigma[2 - way // 2]
                if other < 0 or other == voxel or along[flat[voxel]] == 0 or along[flat[other]] == 0:
                    continue
                seen = number[other]
                if seen > 0:  # the edge closes a loop
                    low[here] = min(low[here], seen)
                    if wrap[0] and periods[here] + crossed != periods[seen]:
                        winds[max(here, seen)] = True
                else:
                    came[last + 1] = way ^ 1
                    if wrap[0]:
                        periods[last + 1] = periods[here] + crossed
                    voxel = other
    return _in_winding_blocks(flat, sigma[0], shape, wrap, number, found[: last + 1], low, came, winds)


@njit(cache=True, nogil=True)
def _meet_electrodes(here, voxel, size, at_entry, at_exit):
    """Return low of a voxel just found, and whether its edge to the far electrode closes a loop that winds."""
    plane = at_entry.size
    leaves = voxel >= size - plane and at_exit[voxel - size + plane]
    enters = voxel < plane and at_entry[voxel]
    return 0 if enters or leaves else here, leaves


@njit(cache=True, nogil=True)
def _in_winding_blocks(flat, along, shape, wrap, number, found, low, came, winds):
    """Gather the blocks in the order of numbers, from low, which they overwrite; return the voxels of winding ones."""
    block = low
    for n in range(1, found.size):
        before = _found_from(n, found, came, shape, wrap, number)
        block[n] = n if low[n] >= before else block[before]
        winds[block[n]] |= winds[n]
    carries = np.zeros(flat.size, np.bool_)
    for n in range(1, found.size):
        if winds[block[n]]:
            carries[found[n]] = True
            before = _found_from(n, found, came, shape, wrap, number)
            if before > 0:
                carries[found[before]] = True
        elif wrap[0] and shape[0] == 1 and along[flat[found[n]]] > 0:
            carries[found[n]] = True  # a voxel that meets itself across the period
    return carries.reshape(shape)


@njit(cache=True, nogil=True)
def _found_from(n, found, came, shape, wrap, number):
    """Return the number from which n was found, 0 for none."""
    if came[n] == WAYS:
        return 0
    voxel, _ = adjacent(found[n], came[n], shape, wrap)
    return number[voxel]
