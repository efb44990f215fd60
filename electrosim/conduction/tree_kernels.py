"""Compiled loops that lay a spanning tree through everything that carries current, along which surpluses leave.

Legend. Axis 0 is the direction of transport; wrap[a] whether axis a repeats. phase[i, j, k] phase number of a voxel
that carries current, else 0; face[a, p, q] conductance of the face between phases p and q along axis a; half[p]
conductance from a voxel's centre to its outer face along axis 0. `ends` is what holds at the end planes: FIXED
potentials 1 and 0, IMPOSED currents, or a JUMP of 1 between periodic ones.
A run is a stretch of voxels of one phase in a row (i, j); there are some ten times fewer runs than voxels. Run r is
voxels first[r] to last[r] of its row, of phase kind[r]; row_start[row] is the first run of row i * ny + j.
Sides of a run: 2a faces down axis a, 2a + 1 up; side ^ 1 is the opposite one. A run's surplus leaves through the side
exit_side[r] into the run parent[r], or into an electrode if that is negative; across the row at voxel exit_place[r].
"""

from __future__ import annotations

import numpy as np
from numba import njit

FIXED, IMPOSED, JUMP = 0, 1, 2
_NOWHERE = 255


@njit(cache=True, nogil=True)
def list_runs(phase, joins):
    """Return first, last, kind and row_start of all runs; runs of phases that do not join are single voxels."""
    rows = phase.reshape(phase.shape[0] * phase.shape[1], phase.shape[2])
    row_start = np.zeros(rows.shape[0] + 1, np.int64)
    for row in range(rows.shape[0]):
        row_start[row + 1] = row_start[row] + _count_runs(rows[row], joins)
    count = row_start[rows.shape[0]]
    first, last, kind = np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, phase.dtype)
    for row in range(rows.shape[0]):
        run, before = row_start[row] - 1, 0
        for k in range(rows.shape[1]):
            p = rows[row, k]
            if p > 0:
                if p != before or not joins[p]:
                    run += 1
                    first[run], kind[run] = k, p
                last[run] = k
            before = p
    return first, last, kind, row_start


@njit(cache=True, nogil=True)
def _count_runs(row, joins):
    """Return the number of runs of a row."""
    count, before = 0, 0
    for p in row:
        count += p > 0 and (p != before or not joins[p])
        before = p
    return count


@njit(cache=True, nogil=True)
def neighbour_row(row, side, shape, wrap):
    """Return the row at a side, or -1 beyond the image."""
    i, j = row // shape[1], row % shape[1]
    if side < 2:
        i += 2 * side - 1
    else:
        j += 2 * side - 5
    if (wrap[0] or 0 <= i < shape[0]) and (wrap[1] or 0 <= j < shape[1]):
        return i % shape[0] * shape[1] + j % shape[1]
    return -1


@njit(cache=True, nogil=True)
def next_run(runs, row, run, end, wraps):
    """Return the run that touches another one's upper end along the row, or -1; `end` is the length of the row."""
    first, last, _, row_start = runs
    if run + 1 < row_start[row + 1]:
        return run + 1 if first[run + 1] == last[run] + 1 else -1
    other = row_start[row]
    return other if wraps and last[run] == end - 1 and first[other] == 0 else -1


@njit(cache=True, nogil=True)
def spanning_tree(shape, face, half, wrap, thresholds, runs, ends):
    """Return a way out for every run: all runs from the roots outwards, sides, places, parents, and clusters.

    With fixed potentials the roots are runs at the electrodes, and all clusters count as one. Otherwise each cluster
    has one root, which has no way out: it is balanced when all others have passed on their surplus.
    The tree takes the strongest face that leads on, in classes between the falling thresholds, so that weak faces are
    crossed only where nothing else leads out (Prim's algorithm); within a class it grows breadth first.
    """
    first, _, _, row_start = runs
    count = first.size
    row_of = np.empty(count, np.int32)
    for row in range(row_start.size - 1):
        row_of[row_start[row] : row_start[row + 1]] = row
    tree = (
        np.empty(count, np.int32),
        np.full(count, _NOWHERE, np.uint8),
        np.zeros(count, np.int32),
        np.full(count, -1, np.int32),
        np.full(count, -1, np.int32),
    )
    order, exit_side, exit_place, _, cluster = tree
    scanned = np.zeros(thresholds.size, np.int64)  # how many of `order` have been left through faces of each class
    rooted = np.zeros(thresholds.size, np.bool_)
    found, clusters = 0, 0
    candidate = row_start[shape[0] // 2 * shape[1]]  # a root in the middle has the shortest ways to it
    for _ in range(count):
        while cluster[candidate % count] >= 0:
            candidate += 1
        if ends != FIXED:
            order[found], cluster[candidate % count] = candidate % count, clusters
            found, clusters = found + 1, clusters + 1
        level = 0
        while level < thresholds.size:
            before = found
            if ends == FIXED and not rooted[level]:
                rooted[level] = True
                found = _leave_electrodes(shape, half, thresholds[level], runs, tree, found)
            elif scanned[level] < found:
                run = order[scanned[level]]
                scanned[level] += 1
                found = _leave_run(shape, face, wrap, thresholds[level], runs, tree, run, row_of[run], found)
            else:
                level += 1
            if found > before:
                level = 0
        if found == count or ends == FIXED:
            break
    return order[:found], exit_side, exit_place, tree[3], cluster


@njit(cache=True, nogil=True)
def _leave_electrodes(shape, half, threshold, runs, tree, found):
    """Add the runs that touch an electrode through strong faces; returns how many runs the tree holds."""
    first, last, kind, row_start = runs
    order, exit_side, exit_place, _, cluster = tree
    for side in range(2):
        begin = side * (shape[0] - 1) * shape[1]
        for run in range(row_start[begin], row_start[begin + shape[1]]):
            if cluster[run] < 0 and half[kind[run]] >= threshold:
                exit_side[run], exit_place[run], cluster[run] = side, (first[run] + last[run]) // 2, 0
                order[found] = run
                found += 1
    return found


@njit(cache=True, nogil=True)
def _leave_run(shape, face, wrap, threshold, runs, tree, run, row, found):
    """Add the runs that a run touches through strong faces; returns how many runs the tree holds."""
    first, last, kind, row_start = runs
    order, exit_side, exit_place, parent, cluster = tree
    for side in range(6):
        if side < 4:
            row_beside = neighbour_row(row, side, shape, wrap)
            begin, end = (row_start[row_beside], row_start[row_beside + 1]) if row_beside >= 0 else (0, 0)
        else:
            begin, end = _touching(runs, row, run, side, shape[2], wrap[2])
        for other in range(begin, end):
            if side < 4 and first[other] > last[run]:
                break
            if cluster[other] >= 0 or (side < 4 and last[other] < first[run]):
                continue
            if face[side // 2, kind[run], kind[other]] < threshold:
                continue
            exit_side[other], parent[other], cluster[other] = side ^ 1, run, cluster[run]
            exit_place[other] = (max(first[run], first[other]) + min(last[run], last[other])) // 2
            order[found] = other
            found += 1
    return found


@njit(cache=True, nogil=True)
def _touching(runs, row, run, side, length, wraps):
    """Return the range, of one run or none, that touches a run along its row."""
    first, last, _, row_start = runs
    if side == 5:
        other = next_run(runs, row, run, length, wraps)
        return (other, other + 1) if other >= 0 else (0, 0)
    if run > row_start[row]:
        return (run - 1, run) if last[run - 1] == first[run] - 1 else (0, 0)
    other = row_start[row + 1] - 1
    return (other, other + 1) if wraps and first[run] == 0 and last[other] == length - 1 else (0, 0)
