"""Compiled loops over the lattice of blocks, the first coarse level where one phase conducts.

Legend. Blocks are sorted by colour and laid out as voxels are, see `checkerboard_kernels`, each colour in a flat array.
faces[d, n] is how many faces join red block n to its neighbour: d = 0, 1 below and above along x, 2, 3 along y, 4 the
black block at the same place, 5, 6 the black blocks before and after it. weight[a] is the conductance of a face along
axis a. inverse is one over the sum of all conductances of a block, 0 where nothing conducts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from electrosim.conduction.cycle_kernels import SECOND_STEP, correct

_STRETCH = 4096  # numbers whose products are summed in single precision

_fast: Any = njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"}, error_model="numpy")


@_fast
def _sums_on_red(faces, weight, black, row, plane, out):
    """Set out to what the black neighbours of every red block conduct to it."""
    here, inside = plane, out.size - 2 * plane
    out[:] = 0
    total = out[here : here + inside]
    for direction, step in enumerate((-plane, plane, -row, row, 0, -1, 1)):
        share = weight[min(direction // 2, 2)]
        _add(share, faces[direction, here : here + inside], black[here + step : here + step + inside], total)


@_fast
def _sums_on_black(faces, weight, red, row, plane, out):
    """Set out to what the red neighbours of every black block conduct to it; the faces are kept with those."""
    here, inside = plane, out.size - 2 * plane
    out[:] = 0
    total = out[here : here + inside]
    for direction, step in enumerate((-plane, plane, -row, row, 0, -1, 1)):
        share = weight[min(direction // 2, 2)]
        there = slice(here - step, here - step + inside)
        _add(share, faces[direction, there], red[there], total)


@_fast
def _add(share, faces, values, total):
    """Add what one neighbour conducts; few arrays at a time, or the loop is not run in wide registers."""
    for n in range(total.size):
        total[n] += share * np.float32(faces[n]) * values[n]


@_fast
def add_up(faces, weight, row, plane, diagonal):
    """Set the diagonal: what every block conducts to all of its neighbours."""
    ones = np.ones(faces.shape[1], np.float32)
    _sums_on_red(faces, weight, ones, row, plane, diagonal[0])
    _sums_on_black(faces, weight, ones, row, plane, diagonal[1])


@_fast
def count_faces(mask, bits, sides, faces, row, plane):
    """Count the faces between blocks from the cells that conduct in each; sides[a] are the low and high cells."""
    shape = mask.shape
    for i in range(shape[0]):
        for j in range(shape[1]):
            for k in range((i + j) & 1, shape[2], 2):
                here = (i + 1) * plane + (j + 1) * row + k // 2 + 1
                for side in range(6):
                    axis, high = side >> 1, side & 1
                    step = 2 * high - 1
                    a, b, c = i + step * (axis == 0), j + step * (axis == 1), k + step * (axis == 2)
                    if not (0 <= a < shape[0] and 0 <= b < shape[1] and 0 <= c < shape[2]):
                        continue
                    across = mask[a, b, c] << (4 >> axis) if high else mask[a, b, c] >> (4 >> axis)
                    direction = side
                    if axis == 2:  # of the two, the upper neighbour of an even place stands at the same place
                        direction = 4 if high != k & 1 else 5 + high
                    faces[direction, here] = bits[mask[i, j, k] & across & sides[axis, high]]


@_fast
def correct_blocks(faces, weight, inverse, parent, row, plane, vectors, network, node, entry, tied, dense, coarse):
    """Solve the lattice for the right-hand side vectors[0] by a K-cycle as in `cycle_kernels`, into vectors[1].

    tied and dense are what `cycle_kernels.correct` takes for the coarser networks, coarse its vectors.
    """
    b, x, first, image, room = vectors[0], vectors[1], vectors[2], vectors[3], vectors[4]
    _sweep_down(faces, weight, inverse, parent, row, plane, b, x, room, coarse[0])
    correct(network, node, entry, tied, dense, coarse, False)
    _sweep_up(faces, weight, inverse, parent, row, plane, b, x, room, coarse[1])
    work, curvature = _image(faces, weight, inverse, row, plane, b, x, image)
    length = np.float32(work / curvature) if curvature > 0 else np.float32(1)
    if curvature > 0 and _shrink(b, image, length) > SECOND_STEP**2:
        first[:] = x
        _sweep_down(faces, weight, inverse, parent, row, plane, b, x, room, coarse[0])
        correct(network, node, entry, tied, dense, coarse, False)
        _sweep_up(faces, weight, inverse, parent, row, plane, b, x, room, coarse[1])
        mixed = _dot(x, image)
        second_work, own = _image(faces, weight, inverse, row, plane, b, x, image)
        own -= mixed**2 / curvature
        second = np.float32(second_work / own) if own > 0 else np.float32(0)
        _mix(np.float32((work - second * mixed) / curvature), first, second, x)
    else:
        _mix(length, x, np.float32(0), x)


@_fast
def _sweep_down(faces, weight, inverse, parent, row, plane, b, x, room, coarse):
    """Sweep over red, then black blocks from zero, and add up the residual, which only red ones have, by aggregates."""
    room[0] = 0
    _relax(b[0], room[0], inverse[0], x[0])
    _sums_on_black(faces, weight, x[0], row, plane, room[1])
    _relax(b[1], room[1], inverse[1], x[1])
    _sums_on_red(faces, weight, x[1], row, plane, room[0])
    coarse[:] = 0
    for n in range(b.shape[1]):
        if parent[0, n] >= 0:
            coarse[parent[0, n]] += room[0, n]


@_fast
def _sweep_up(faces, weight, inverse, parent, row, plane, b, x, room, coarse):
    """Add the correction of the aggregates and sweep over black, then red blocks."""
    for n in range(b.shape[1]):
        if parent[0, n] >= 0:
            x[0, n] += coarse[parent[0, n]]
    _sums_on_black(faces, weight, x[0], row, plane, room[1])
    _relax(b[1], room[1], inverse[1], x[1])
    _sums_on_red(faces, weight, x[1], row, plane, room[0])
    _relax(b[0], room[0], inverse[0], x[0])


@_fast
def _relax(b, sums, inverse, x):
    """Set blocks of one colour to balance their currents."""
    for n in range(x.size):
        x[n] = (b[n] + sums[n]) * inverse[n]


@_fast
def _image(faces, weight, inverse, row, plane, b, x, image):
    """Set image = A x behind a sweep that ended on red, so that there it is b; return (x, b) and (x, A x)."""
    _sums_on_black(faces, weight, x[0], row, plane, image[1])
    image[0] = b[0]
    own, reciprocal, out = x[1], inverse[1], image[1]
    for n in range(out.size):
        out[n] = own[n] / reciprocal[n] - out[n] if reciprocal[n] > 0 else np.float32(0)
    return _dot(x, b), _dot(x, image)


@_fast
def _dot(x, y):
    """Return the scalar product, in single precision row by row of the memory."""
    total = 0.0
    for colour in range(2):
        for begin in range(0, x.shape[1], _STRETCH):
            one, other = x[colour, begin : begin + _STRETCH], y[colour, begin : begin + _STRETCH]
            part = np.float32(0)
            for n in range(one.size):
                part += one[n] * other[n]
            total += part
    return total


@_fast
def _shrink(b, image, length):
    """Take a step's image from the right-hand side; return the square of the share that is left."""
    before = _dot(b, b)
    _mix(-length, image, np.float32(1), b)
    return _dot(b, b) / before if before > 0 else 0.0


@_fast
def _mix(first_length, first, second_length, x):
    """Set x to a combination of a first vector and a second, which is x."""
    for colour in range(2):
        one, other = first[colour], x[colour]
        for n in range(one.size):
            other[n] = first_length * one[n] + second_length * other[n]
