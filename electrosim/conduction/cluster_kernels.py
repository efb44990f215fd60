"""Compiled union-find over runs of voxels.

Legend. phase[i, j, k] phase number, 0 insulates; sigma[a, p] conductivity of phase p along axis a; a face conducts if
both its voxels do. A run is a stretch of voxels of one row (i, j) joined through their faces; there are about ten times
fewer runs than voxels, and only runs are united. In a periodic image every run knows by how many periods it is shifted
against the root of its cluster; the shifts along the three axes are kept in one number, PERIODS of which is one along
each axis.
"""

from __future__ import annotations

import numpy as np
from numba import njit

PERIODS = np.array([1, 1 << 20, 1 << 40])
JOINED, SINGLE = 1, 2  # voxels that conduct along their row, and those that do not


@njit(cache=True, nogil=True)
def _find(parent, shift, node):
    """Return the root of a node and the node's shift against it, flattening the path."""
    root, total = node, np.int64(0)
    while parent[root] != root:
        total += shift[root]
        root = parent[root]
    result = total
    while parent[node] != root:
        above, step = parent[node], shift[node]
        parent[node], shift[node] = root, total
        node, total = above, total - step
    return root, result


@njit(cache=True, nogil=True)
def _wound(loop):
    """Return along which axes a closed path with this net shift winds, one bit each."""
    axes = 0
    for axis in range(3):
        along = ((loop + (1 << 19)) & ((1 << 20) - 1)) - (1 << 19)
        axes |= (along != 0) << axis
        loop = (loop - along) >> 20
    return axes


@njit(cache=True, nogil=True)
def _join(parent, shift, winds, first, second, step):
    """Join two nodes, the second lying `step` further; a closed path with a net shift winds."""
    root, here = _find(parent, shift, first)
    other, there = _find(parent, shift, second)
    difference = here + step - there
    if root == other:
        winds[root] |= _wound(difference)
        return
    if other < root:
        root, other, difference = other, root, -difference
    parent[other] = root
    shift[other] = difference
    winds[root] |= winds[other]


@njit(cache=True, nogil=True)
def list_runs(rows, kind, first, last, row_start):
    """Write first and last voxel of every run, and where the runs of each row begin; return how many runs there are.

    kind[p] is JOINED for a phase that conducts along the rows, SINGLE for one that does not, 0 where p insulates.
    """
    count_of_rows, nz = rows.shape
    row_start[0] = 0
    count = 0
    for row in range(count_of_rows):
        before = np.uint8(0)
        for k in range(nz):
            here = kind[rows[row, k]]
            if here != before or here == SINGLE:
                if before > 0:
                    last[count - 1] = k - 1
                if here > 0:
                    first[count] = k
                    count += 1
                before = here
        if before > 0:
            last[count - 1] = nz - 1
        row_start[row + 1] = count
    return count


@njit(cache=True, nogil=True)
def _join_rows(parent, shift, winds, runs, rows, one, other, sigma, step):
    """Join the runs of two neighbouring rows wherever a face between them conducts."""
    first, last, row_start = runs
    a, b = row_start[one], row_start[other]
    while a < row_start[one + 1] and b < row_start[other + 1]:
        for k in range(max(first[a], first[b]), min(last[a], last[b]) + 1):
            if sigma[rows[one, k]] > 0 and sigma[rows[other, k]] > 0:
                if parent[a] != parent[b] or shift[a] + step != shift[b]:  # or they are joined already
                    _join(parent, shift, winds, a, b, step)
                break
        if last[a] < last[b]:
            a += 1
        else:
            b += 1


@njit(cache=True, nogil=True)
def join_runs(phase, sigma, wrap, runs, parent, shift, winds):
    """Give numbers to the clusters of runs and return how many there are.

    parent[run], at first the run itself, becomes its cluster; winds[cluster], at first 0, the axes along which it
    winds, one bit each. shift, at first 0, is room for work.
    """
    nx, ny, nz = phase.shape
    rows = phase.reshape(nx * ny, nz)
    row_start = runs[2]
    for i in range(nx):
        for j in range(ny):
            row = i * ny + j
            if i + 1 < nx or wrap[0]:
                step = PERIODS[0] if i + 1 == nx else 0
                _join_rows(parent, shift, winds, runs, rows, row, ((i + 1) % nx) * ny + j, sigma[0], step)
            if j + 1 < ny or wrap[1]:
                step = PERIODS[1] if j + 1 == ny else 0
                _join_rows(parent, shift, winds, runs, rows, row, i * ny + (j + 1) % ny, sigma[1], step)
            if wrap[2] and sigma[2, rows[row, nz - 1]] > 0 and sigma[2, rows[row, 0]] > 0:
                _join(parent, shift, winds, row_start[row + 1] - 1, row_start[row], PERIODS[2])
    count = 0
    for run in range(parent.size):  # a root is the first run of its cluster, so it is named before its members
        parent[run] = parent[parent[run]]
        if parent[run] == run:
            winds[count] = winds[run]
            shift[run] = count
            count += 1
    for run in range(parent.size):
        parent[run] = shift[parent[run]]
    return count


@njit(cache=True, nogil=True)
def touched_sides(phase, sigma, runs, cluster, count):
    """Return which outer faces each cluster meets: bit 2a the first layer along axis a, bit 2a + 1 the last one."""
    nx, ny, nz = phase.shape
    rows = phase.reshape(nx * ny, nz)
    first, last, row_start = runs
    touches = np.zeros(count, np.uint8)
    for i in range(nx):
        for j in range(ny):
            row = i * ny + j
            sides = (i == 0) | (i == nx - 1) << 1 | (j == 0) << 2 | (j == ny - 1) << 3
            for run in range(row_start[row], row_start[row + 1]):
                low, high = rows[row, first[run]], rows[row, last[run]]
                touches[cluster[run]] |= (first[run] == 0 and sigma[2, low] > 0) << 4
                touches[cluster[run]] |= (last[run] == nz - 1 and sigma[2, high] > 0) << 5
                if sides:
                    for k in range(first[run], last[run] + 1):
                        p = rows[row, k]
                        open_sides = 3 * (sigma[0, p] > 0) | 12 * (sigma[1, p] > 0)
                        touches[cluster[run]] |= sides & open_sides
    return touches


@njit(cache=True, nogil=True)
def select(phase, runs, cluster, chosen, selected):
    """Write the phases of the chosen clusters."""
    nx, ny, nz = phase.shape
    rows = phase.reshape(nx * ny, nz)
    first, last, row_start = runs
    out = selected.reshape(nx * ny, nz)
    for row in range(nx * ny):
        for run in range(row_start[row], row_start[row + 1]):
            if chosen[cluster[run]]:
                for k in range(first[run], last[run] + 1):
                    out[row, k] = rows[row, k]


@njit(cache=True, nogil=True)
def spread(shape, runs, value):
    """Return an image with the value of its run at every voxel, -1 where there is no run."""
    first, last, row_start = runs
    image = np.full((shape[0] * shape[1], shape[2]), -1, np.int32)
    for row in range(shape[0] * shape[1]):
        for run in range(row_start[row], row_start[row + 1]):
            image[row, first[run] : last[run] + 1] = value[run]
    return image.reshape(shape)
