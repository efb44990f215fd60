"""Compiled union-find over runs of voxels: which clusters carry current along axis 0.

Legend. phase[i, j, k] phase number, 0 insulates; face[a, p, q] conductance of the face between phases p and q along
axis a; half[p] conductance from a voxel's centre to its outer face along axis 0, the direction of transport.
A run is a stretch of voxels of one row (i, j) joined through their faces; there are about ten times fewer runs than
voxels, and only runs are united.
"""

from __future__ import annotations

import numpy as np
from numba import njit

INSULATING = -1
ISOLATED = 0


@njit(cache=True, nogil=True)
def _find(parent, shift, node):
    """Return the root of a node and the node's shift against it, flattening the path."""
    root, total = node, 0
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
def _join(parent, shift, winds, first, second, step):
    """Join two nodes, the second lying `step` periods further along axis 0; a closed loop with a net shift winds."""
    root, here = _find(parent, shift, first)
    other, there = _find(parent, shift, second)
    difference = here + step - there
    if root == other:
        if difference != 0:
            winds[root] = True
        return
    if other < root:
        root, other, difference = other, root, -difference
    parent[other] = root
    shift[other] = difference
    winds[root] = winds[root] or winds[other]


@njit(cache=True, nogil=True)
def _list_runs(rows, face):
    """Return first and last voxel of every run, and where the runs of each row begin."""
    count_of_rows, nz = rows.shape
    row_start = np.zeros(count_of_rows + 1, np.int64)
    first = np.empty(0, np.int32)
    last = np.empty(0, np.int32)
    for fill in range(2):
        count = 0
        for row in range(count_of_rows):
            before = 0
            for k in range(nz):
                p = rows[row, k]
                if p != 0:
                    if before == 0 or face[before, p] == 0:
                        if fill == 1:
                            first[count] = k
                        count += 1
                    if fill == 1:
                        last[count - 1] = k
                before = p
            row_start[row + 1] = count
        if fill == 0:
            first = np.empty(count, np.int32)
            last = np.empty(count, np.int32)
    return first, last, row_start


@njit(cache=True, nogil=True)
def _join_rows(parent, shift, winds, runs, rows, one, other, face, step):
    """Join the runs of two neighbouring rows wherever a face between them conducts."""
    first, last, row_start = runs
    a, b = row_start[one], row_start[other]
    while a < row_start[one + 1] and b < row_start[other + 1]:
        for k in range(max(first[a], first[b]), min(last[a], last[b]) + 1):
            if face[rows[one, k], rows[other, k]] > 0:
                _join(parent, shift, winds, a, b, step)
                break
        if last[a] < last[b]:
            a += 1
        else:
            b += 1


@njit(cache=True, nogil=True)
def label_clusters(phase, face, half, wrap):
    """Label what conducts: -1 insulating, 0 isolated, 1, 2, ... clusters that carry current along axis 0.

    A cluster carries current if it touches both end planes or, where axis 0 is periodic, if it winds around it.
    Returns the labels, the number of carrying clusters and the number of isolated ones.
    """
    nx, ny, nz = phase.shape
    rows = phase.reshape(nx * ny, nz)
    runs = _list_runs(rows, face[2])
    first, last, row_start = runs
    parent = np.arange(first.size).astype(np.int32)
    shift = np.zeros(first.size, np.int32)
    winds = np.zeros(first.size, np.bool_)
    for i in range(nx):
        for j in range(ny):
            row = i * ny + j
            if i + 1 < nx or wrap[0]:
                step = 1 if i + 1 == nx else 0
                _join_rows(parent, shift, winds, runs, rows, row, ((i + 1) % nx) * ny + j, face[0], step)
            if j + 1 < ny or wrap[1]:
                _join_rows(parent, shift, winds, runs, rows, row, i * ny + (j + 1) % ny, face[1], 0)
            if wrap[2] and face[2, rows[row, nz - 1], rows[row, 0]] > 0:
                _join(parent, shift, winds, row_start[row], row_start[row + 1] - 1, 0)
    touches = _touched_ends(rows, half, runs, parent, shift, ny)
    name, carrying, isolated = _name_runs(wrap[0], parent, shift, winds, touches)
    cluster = np.full(rows.shape, INSULATING, np.int32)
    for row in range(nx * ny):
        for run in range(row_start[row], row_start[row + 1]):
            cluster[row, first[run] : last[run] + 1] = name[run]
    return cluster.reshape(phase.size), carrying, isolated


@njit(cache=True, nogil=True)
def _touched_ends(rows, half, runs, parent, shift, ny):
    """Return for every root which end planes its cluster meets: 1 the first, 2 the last, 3 both."""
    first, last, row_start = runs
    touches = np.zeros(parent.size, np.uint8)
    for end, begin in ((1, 0), (2, row_start.size - 1 - ny)):
        for row in range(begin, begin + ny):
            for run in range(row_start[row], row_start[row + 1]):
                for k in range(first[run], last[run] + 1):
                    if half[rows[row, k]] > 0:
                        root, _ = _find(parent, shift, run)
                        touches[root] |= end
                        break
    return touches


@njit(cache=True, nogil=True)
def _name_runs(periodic, parent, shift, winds, touches):
    """Return the label of every run and how many clusters carry and do not carry current."""
    name = np.empty(parent.size, np.int32)
    carrying = isolated = 0
    for run in range(parent.size):  # a root is the first run of its cluster, so it is named before its members
        root, _ = _find(parent, shift, run)
        if root != run:
            name[run] = name[root]
        elif winds[root] if periodic else touches[root] == 3:
            carrying += 1
            name[run] = carrying
        else:
            isolated += 1
            name[run] = ISOLATED
    return name, carrying, isolated
