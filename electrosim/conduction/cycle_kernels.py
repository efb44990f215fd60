"""The K-cycle over coarse networks, compiled as one loop.

Legend. The rows of all levels lie behind one another: level l has the nodes from node[l] to node[l + 1], and its
nodes, rows and aggregates are numbered from 0 within the level; see `kernels` for start, middle, neighbour,
conductance and inverse. parent is the aggregate on the next level. dense is the inverse of the last level.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction import kernels

SECOND_STEP = 0.25  # residual left by the first step above which a level takes a second


@njit(cache=True, nogil=True)
def correct(network, node, entry, inverse, dense, vectors, once):
    """Solve the first level for the right-hand side vectors[0] by a K-cycle; the solution is written to vectors[1].

    If `once`, the first level is only swept over, corrected and swept back over.

    Each level takes up to two steps of flexible conjugate gradients, each preconditioned by a sweep, the cycle of the
    next level and a sweep back. The loop keeps what recursion would: which step each level is at.
    """
    last = node.size - 2
    step = np.zeros(node.size, np.int8)
    first_work, first_curvature = np.zeros(node.size), np.zeros(node.size)
    level = 0
    down = True
    while level >= 0:
        here = slice(node[level], node[level + 1])
        b, x, below, first, image = _of_level(vectors, here)
        if level == last:
            if dense.size > 0:
                kernels.multiply(dense, b, x)
            else:
                for n in range(x.size):
                    x[n] = b[n] * inverse[node[level] + n]
            level, down = level - 1, False
            continue
        rows = _rows(network, node, entry, inverse, level)
        parent = network[4][here]
        coarse = slice(node[level + 1], node[level + 2])
        if down:
            kernels.descend(rows[0], rows[1], rows[2], rows[3], rows[4], b, x, parent, vectors[0, coarse])
            level += 1
            continue
        kernels.ascend(rows[0], rows[1], rows[2], rows[3], rows[4], b, x, parent, vectors[1, coarse], below)
        if once and level == 0:
            return
        if step[level] == 0:
            work, curvature = kernels.image_after_sweep(rows[0], rows[1], rows[2], rows[3], rows[4], b, x, below, image)
            length = np.float32(work / curvature) if curvature > 0 else np.float32(1)
            for n in range(x.size):
                first[n] = x[n]
            first_work[level], first_curvature[level] = work, curvature
            if curvature > 0 and _shrink(b, image, length) > SECOND_STEP**2:
                step[level], down = 1, True
                continue
            for n in range(x.size):
                x[n] = length * first[n]
        else:
            _combine(rows, b, x, below, first, image, first_work[level], first_curvature[level])
        step[level] = 0
        level -= 1


@njit(cache=True, nogil=True, inline="always")
def _of_level(vectors, here):
    """Return the five vectors of a level."""
    return vectors[0, here], vectors[1, here], vectors[2, here], vectors[3, here], vectors[4, here]


@njit(cache=True, nogil=True, inline="always")
def _rows(network, node, entry, inverse, level):
    """Return the rows of a level as the loops of `kernels` take them."""
    start, middle, neighbour, conductance, _ = network
    here, there = slice(node[level], node[level + 1]), slice(entry[level], entry[level + 1])
    beginning = start[node[level] + level : node[level + 1] + level + 1]
    return beginning, middle[here], neighbour[there], conductance[there], inverse[here]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"}, inline="always")
def _shrink(b, image, length):
    """Take a step's image from the right-hand side; return the square of the share that is left."""
    before = after = 0.0
    for n in range(b.size):
        before += np.float64(b[n]) * b[n]
        b[n] -= length * image[n]
        after += np.float64(b[n]) * b[n]
    return after / before if before > 0 else 0.0


@njit(cache=True, nogil=True, inline="always")
def _combine(rows, b, x, below, first, image, work, curvature):
    """Set x to the best combination of the first step and the second, whose result is x."""
    mixed = kernels.dot(x, image)
    image_work, own = kernels.image_after_sweep(rows[0], rows[1], rows[2], rows[3], rows[4], b, x, below, below)
    own -= mixed**2 / curvature
    length = image_work / own if own > 0 else 0.0
    first_length, second_length = np.float32((work - length * mixed) / curvature), np.float32(length)
    for n in range(x.size):
        x[n] = first_length * first[n] + second_length * x[n]
