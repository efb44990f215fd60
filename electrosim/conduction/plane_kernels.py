"""Compiled loops over one plane of voxels sorted by colour, and the room in which planes are made one after the other.

Legend. Voxel (i, j, k) is red if i + j + k is even, else black; a red voxel has black neighbours only. Each colour is
kept in an array of its own, of `planes` (i) and rows (j), voxel k at place k // 2 of its row, with one voxel of margin
all around; so the neighbours of a whole plane lie at fixed distances and are read without gaps. The neighbours below
and above along k share the row: the one of the same place, and the one before or after it, by the parity of i + j.
Values are zero where nothing conducts; diagonal is the sum of all conductances of a voxel, 0 where nothing conducts.

The conductance between voxels of phases p and q along axis a is the sum over parts of weights[part, a] times
table[part, p - 1, q - 1]: one part if every phase conducts alike along all axes, else one part per axis. With one
phase the table is None, and what several phases need is not even compiled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

_REORDER = {"reassoc", "contract", "nsz"}  # of sums, so that they run in wide registers
fast: Any = njit(cache=True, nogil=True, fastmath=_REORDER, error_model="numpy")
part: Any = njit(cache=True, nogil=True, fastmath=_REORDER, error_model="numpy", inline="always")  # compiled in place


@part
def _neighbours(below, here, above, row, upper):
    """Return the six neighbours, which are of the other colour, of each voxel of a plane, and which is an upper one.

    Neighbours along x come first, then those along y; along z there are the one at the same place and, for a lower or
    for an upper voxel of its pair, the one before or the one after it.
    """
    inside = here.size - 2 * row
    x_low, x_high = below[row : row + inside], above[row : row + inside]
    y_low, y_high = here[:inside], here[2 * row : 2 * row + inside]
    z_low, z_high = here[row - 1 : row - 1 + inside], here[row + 1 : row + 1 + inside]
    return x_low, x_high, y_low, y_high, here[row : row + inside], z_low, z_high, upper[row : row + inside]


@fast
def _sum_of(weight, x_low, x_high, y_low, y_high, same, z_low, z_high, is_upper):
    """Return the weighted sum of six values."""
    along_z = same + z_low + is_upper * (z_high - z_low)
    return weight[0] * (x_low + x_high) + weight[1] * (y_low + y_high) + weight[2] * along_z


@fast
def _neighbour_sums(below, here, above, row, upper, weight, out):
    """Set out to the weighted sum over the neighbours of each voxel of a plane."""
    a, b, c, d, e, f, g, h = _neighbours(below, here, above, row, upper)
    total, weight = out[row : out.size - row], (weight[0], weight[1], weight[2])
    for n in range(total.size):
        total[n] = _sum_of(weight, a[n], b[n], c[n], d[n], e[n], f[n], g[n], h[n])


@fast
def _neighbour_means(below, here, above, row, upper, weight, diagonal, out):
    """Set out to that sum over the diagonal, 0 where that is 0."""
    a, b, c, d, e, f, g, h = _neighbours(below, here, above, row, upper)
    mean, weight = out[row : out.size - row], (weight[0], weight[1], weight[2])
    inside, zero = diagonal[row : out.size - row], out.dtype.type(0)
    for n in range(mean.size):
        total = _sum_of(weight, a[n], b[n], c[n], d[n], e[n], f[n], g[n], h[n])
        mean[n] = total / inside[n] if inside[n] > 0 else zero


@fast
def conducted(below, here, above, phase, row, upper, weights, table, sums, out):
    """Set out to conductance times value, summed over the neighbours; values are given phase by phase."""
    if table is None:
        _neighbour_sums(below[0], here[0], above[0], row, upper, weights[0], out)
        return
    parts, phases, _ = table.shape
    for n in range(out.size):
        out[n] = 0
    for part in range(parts):
        for other in range(phases):
            _neighbour_sums(below[other], here[other], above[other], row, upper, weights[part], sums)
            for own in range(phases):
                g = table[part, own, other]
                if g > 0:
                    zero = out.dtype.type(0)
                    for n in range(out.size):
                        out[n] += g * sums[n] if phase[n] == own + 1 else zero


@fast
def by_phase(values, phase, out):
    """Write the values of each phase to a plane of its own."""
    zero = values.dtype.type(0)
    for p in range(out.shape[0]):
        for n in range(values.size):
            out[p, n] = values[n] if phase[n] == p + 1 else zero


@fast
def wrap_plane(plane, shape, wrap):
    """Repeat a plane beyond its periodic sides."""
    _, rows, half = shape
    row = half + 2
    if wrap[1]:
        for k in range(row):
            plane[k], plane[(rows + 1) * row + k] = plane[rows * row + k], plane[row + k]
    if wrap[2]:
        for j in range(rows + 2):
            plane[j * row], plane[j * row + half + 1] = plane[j * row + half], plane[j * row + 1]


@part
def make_room(shape, table, like):
    """Return what the loops over planes work in.

    That is: 1 in even and in odd rows, 0 elsewhere; three red and three black planes, phase by phase; two planes more.
    """
    _, rows, half = shape
    size = (rows + 2) * (half + 2)
    phases = 1 if table is None else table.shape[1]
    planes = np.zeros((6 * phases + 4) * size, like.dtype)  # in one piece: every kind of array takes time to compile
    parity = planes[: 2 * size].reshape(2, size)
    for j in range(1, rows + 1):
        for k in range(j * (half + 2), (j + 1) * (half + 2)):
            parity[(j - 1) & 1, k] = 1
    red = planes[4 * size : (3 * phases + 4) * size].reshape(3, phases, size)
    black = planes[(3 * phases + 4) * size :].reshape(3, phases, size)
    return parity, red, black, planes[2 * size : 3 * size], planes[3 * size : 4 * size]


@part
def source_of(i, shape, wrap):
    """Return the plane whose values plane i has: itself, its image if it lies beyond a periodic end, else 0."""
    if 1 <= i <= shape[0]:
        return i
    return (i + shape[0] - 1) % shape[0] + 1 if wrap[0] else 0


@part
def place_for(i, planes, room, table):
    """Return where to write plane i: at its place in the room, or if that is kept phase by phase, beside it."""
    if table is None:
        return planes[i % 3, 0]
    return room[4]


@part
def finish(i, planes, room, phase, shape, wrap, table):
    """Repeat the values of plane i beyond its sides and put them into the room phase by phase."""
    values = place_for(i, planes, room, table)
    wrap_plane(values, shape, wrap)
    if table is not None:
        by_phase(values, phase, planes[i % 3])


@part
def read(x, i, phase, shape, wrap, room, table):
    """Read red plane i of x."""
    red, size = room[1], room[3].size
    source, values = source_of(i, shape, wrap), place_for(i, red, room, table)
    _copy(x[source * size : (source + 1) * size], values)
    finish(i, red, room, red_plane(phase, source, shape, size), shape, wrap, table)


@part
def _copy(values, out):
    for n in range(out.size):
        out[n] = values[n]


@part
def red_plane(x, i, shape, size):
    """Return red plane i of an array that has both colours."""
    return x.reshape(2, shape[0] + 2, size)[0, i]


@fast
def make_black(i, phase, diagonal, shape, wrap, weights, table, room):
    """Make black plane i of the room from the red ones around it; beyond closed ends it is 0."""
    parity, red, black, sums, values = room
    source, size = source_of(i, shape, wrap), sums.size
    if source == 0:
        black[i % 3] = 0
        return
    here = phase.reshape(2, shape[0] + 2, size)[1, source]
    d = diagonal.reshape(2, shape[0] + 2, size)[1, source]
    below, middle, above = red[(i - 1) % 3], red[i % 3], red[(i + 1) % 3]
    row, upper = shape[2] + 2, parity[(source - 1) & 1]
    if table is None:
        _neighbour_means(below[0], middle[0], above[0], row, upper, weights[0], d, black[i % 3, 0])
    else:
        conducted(below, middle, above, here, row, upper, weights, table, values, sums)
        divide(sums, d, values)
    finish(i, black, room, here, shape, wrap, table)


@part
def conducted_to_red(i, phase, shape, weights, table, room):
    """Return what the black planes around it conduct to red plane i."""
    parity, _, black, sums, values = room
    here = phase.reshape(2, shape[0] + 2, values.size)[0, i]
    below, middle, above = black[(i - 1) % 3], black[i % 3], black[(i + 1) % 3]
    conducted(below, middle, above, here, shape[2] + 2, parity[i & 1], weights, table, sums, values)
    return values


@fast
def divide(values, d, out):
    """Set out to the values over the diagonal, 0 where that is 0."""
    zero = out.dtype.type(0)
    for n in range(out.size):
        out[n] = values[n] / d[n] if d[n] > 0 else zero
