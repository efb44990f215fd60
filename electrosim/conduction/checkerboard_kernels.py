"""Compiled loops over a voxel image whose voxels are sorted by colour, as on a chessboard.

Legend. Voxel (i, j, k) is red if i + j + k is even, else black; a red voxel has black neighbours only. Each colour is
kept in an array of its own, of `planes` (i) and rows (j), voxel k at place k // 2 of its row, with one voxel of margin
all around; so the neighbours of a whole plane lie at fixed distances and are read without gaps. The neighbours below
and above along k share the row: the one of the same place, and the one before or after it, by the parity of i + j.
Values are zero where nothing conducts; diagonal is the sum of all conductances of a voxel, 0 where nothing conducts.

The conductance between voxels of phases p and q along axis a is the sum over parts of weights[part, a] times
table[part, p - 1, q - 1]: one part if every phase conducts alike along all axes, else one part per axis. With one
phase the table is None, and what several phases need is not even compiled.

Black is eliminated throughout: x stands for red voxels, and the value of a black one is the mean of its neighbours,
weighted by conductance. The matrix of red alone is S = D_red - A D_black^-1 A. Black planes are made as they are needed
and never written to memory.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from electrosim.conduction.block_kernels import beside

_REORDER = {"reassoc", "contract", "nsz"}  # of sums, so that they run in wide registers
_fast: Any = njit(cache=True, nogil=True, fastmath=_REORDER, error_model="numpy")
_part: Any = njit(cache=True, nogil=True, fastmath=_REORDER, error_model="numpy", inline="always")  # compiled in place


@_part
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


@_fast
def _sum_of(weight, x_low, x_high, y_low, y_high, same, z_low, z_high, is_upper):
    """Return the weighted sum of six values."""
    along_z = same + z_low + is_upper * (z_high - z_low)
    return weight[0] * (x_low + x_high) + weight[1] * (y_low + y_high) + weight[2] * along_z


@_fast
def _neighbour_sums(below, here, above, row, upper, weight, out):
    """Set out to the weighted sum over the neighbours of each voxel of a plane."""
    a, b, c, d, e, f, g, h = _neighbours(below, here, above, row, upper)
    total, weight = out[row : out.size - row], (weight[0], weight[1], weight[2])
    for n in range(total.size):
        total[n] = _sum_of(weight, a[n], b[n], c[n], d[n], e[n], f[n], g[n], h[n])


@_fast
def _neighbour_means(below, here, above, row, upper, weight, diagonal, out):
    """Set out to that sum over the diagonal, 0 where that is 0."""
    a, b, c, d, e, f, g, h = _neighbours(below, here, above, row, upper)
    mean, weight = out[row : out.size - row], (weight[0], weight[1], weight[2])
    inside, zero = diagonal[row : out.size - row], out.dtype.type(0)
    for n in range(mean.size):
        total = _sum_of(weight, a[n], b[n], c[n], d[n], e[n], f[n], g[n], h[n])
        mean[n] = total / inside[n] if inside[n] > 0 else zero


@_fast
def _conducted(below, here, above, phase, row, upper, weights, table, sums, out):
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


@_fast
def _by_phase(values, phase, out):
    """Write the values of each phase to a plane of its own."""
    zero = values.dtype.type(0)
    for p in range(out.shape[0]):
        for n in range(values.size):
            out[p, n] = values[n] if phase[n] == p + 1 else zero


@_fast
def _wrap_plane(plane, shape, wrap):
    """Repeat a plane beyond its periodic sides."""
    _, rows, half = shape
    row = half + 2
    if wrap[1]:
        for k in range(row):
            plane[k], plane[(rows + 1) * row + k] = plane[rows * row + k], plane[row + k]
    if wrap[2]:
        for j in range(rows + 2):
            plane[j * row], plane[j * row + half + 1] = plane[j * row + half], plane[j * row + 1]


@_part
def _room(shape, table, like):
    """Return what the loops over planes work in.

    That is: 1 in even and in odd rows, 0 elsewhere; three red and three black planes, phase by phase; two planes more.
    """
    _, rows, half = shape
    parity = np.zeros((2, rows + 2, half + 2), like.dtype)
    for j in range(rows):
        parity[j & 1, j + 1] = 1
    size = (rows + 2) * (half + 2)
    phases = 1 if table is None else table.shape[1]
    red, black = np.zeros((3, phases, size), like.dtype), np.zeros((3, phases, size), like.dtype)
    return parity.reshape(2, size), red, black, np.zeros(size, like.dtype), np.zeros(size, like.dtype)


@_part
def _source(i, shape, wrap):
    """Return the plane whose values plane i has: itself, its image if it lies beyond a periodic end, else 0."""
    if 1 <= i <= shape[0]:
        return i
    return (i + shape[0] - 1) % shape[0] + 1 if wrap[0] else 0


@_part
def _plane(i, planes, room, table):
    """Return where to write plane i: at its place in the room, or if that is kept phase by phase, beside it."""
    if table is None:
        return planes[i % 3, 0]
    return room[4]


@_part
def _finish(i, planes, room, phase, shape, wrap, table):
    """Repeat the values of plane i beyond its sides and put them into the room phase by phase."""
    values = _plane(i, planes, room, table)
    _wrap_plane(values, shape, wrap)
    if table is not None:
        _by_phase(values, phase, planes[i % 3])


@_part
def _read(x, i, phase, shape, wrap, room, table):
    """Read red plane i of x."""
    red, size = room[1], room[3].size
    source, values = _source(i, shape, wrap), _plane(i, red, room, table)
    _copy(x[source * size : (source + 1) * size], values)
    _finish(i, red, room, _red(phase, source, shape, size), shape, wrap, table)


@_part
def _copy(values, out):
    for n in range(out.size):
        out[n] = values[n]


@_part
def _red(x, i, shape, size):
    """Return red plane i of an array that has both colours."""
    return x.reshape(2, shape[0] + 2, size)[0, i]


@_fast
def _black_plane(i, phase, diagonal, shape, wrap, weights, table, room):
    """Make black plane i of the room from the red ones around it; beyond closed ends it is 0."""
    parity, red, black, sums, values = room
    source, size = _source(i, shape, wrap), sums.size
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
        _conducted(below, middle, above, here, row, upper, weights, table, values, sums)
        _divide(sums, d, values)
    _finish(i, black, room, here, shape, wrap, table)


@_part
def _conducted_to_red(i, phase, shape, weights, table, room):
    """Return what the black planes around it conduct to red plane i."""
    parity, _, black, sums, values = room
    here = phase.reshape(2, shape[0] + 2, values.size)[0, i]
    below, middle, above = black[(i - 1) % 3], black[i % 3], black[(i + 1) % 3]
    _conducted(below, middle, above, here, shape[2] + 2, parity[i & 1], weights, table, sums, values)
    return values


@_fast
def apply(x, y, phase, diagonal, shape, wrap, weights, table):
    """Set y = S x; return (x, y)."""
    room = _room(shape, table, weights)
    size = room[3].size
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    product = 0.0
    for i in range(-2, shape[0] + 2):
        _read(x, i + 1, phase, shape, wrap, room, table)
        if i >= 0:
            _black_plane(i, phase, diagonal, shape, wrap, weights, table, room)
        if i >= 2:
            conducted = _conducted_to_red(i - 1, phase, shape, weights, table, room)
            there = slice((i - 1) * size, i * size)
            product += _subtract(d[i - 1], x[there], conducted, y[there])
    return product


@_part
def _subtract(d, x, conducted, y):
    """Set y = D x - what is conducted, return (x, y)."""
    product = zero = conducted.dtype.type(0)
    for n in range(y.size):
        y[n] = d[n] * x[n] - conducted[n] if d[n] > 0 else zero
        product += x[n] * y[n]
    return product


@_fast
def descend(b, phase, diagonal, shape, wrap, weights, table, node, split, coarse):
    """Sweep over red, then black voxels from zero, and add up the residual, which only red ones have, by aggregates."""
    room = _room(shape, table, weights)
    red, size = room[1], room[3].size
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    coarse[:] = 0
    kept = np.zeros(size, b.dtype)
    for i in range(-2, shape[0] + 2):
        source, values = _source(i + 1, shape, wrap), _plane(i + 1, red, room, table)
        _divide(b[source * size : (source + 1) * size], d[source], values)
        _finish(i + 1, red, room, _red(phase, source, shape, size), shape, wrap, table)
        if i >= 0:
            _black_plane(i, phase, diagonal, shape, wrap, weights, table, room)
        if i >= 2:
            conducted = _conducted_to_red(i - 1, phase, shape, weights, table, room)
            _gather(i - 1, conducted, d[i - 1], shape, node, split, kept, coarse)


@_part
def _add_open(values, d, out):
    """Add values where something conducts."""
    zero = out.dtype.type(0)
    for n in range(out.size):
        out[n] += values[n] if d[n] > 0 else zero


@_part
def _gather(i, values, d, shape, node, split, kept, coarse):
    """Add the values of red plane i to their aggregates; kept sums up the two planes of the blocks."""
    row, a = shape[2] + 2, (i - 1) & 1
    _add_open(values, d, kept)
    of_block = node[(i - 1) // 2]
    for j in range(shape[1] // 2):
        for k in range(shape[2]):
            owner, here = of_block[j, k], (2 * j + 1) * row + k + 1
            if owner < -1:
                for b in range(2):
                    part = split[-2 - owner, 4 * a + 2 * b + (a ^ b)]
                    if part >= 0:
                        coarse[part] += values[here + b * row]
            elif a == 1 and owner >= 0:
                coarse[owner] += kept[here] + kept[here + row]
    if a == 1:
        kept[:] = 0


@_part
def _scatter(i, coarse, d, shape, node, split, kept, values):
    """Add the corrections of their aggregates to red plane i; kept holds those of whole blocks."""
    row, a = shape[2] + 2, (i - 1) & 1
    of_block = node[(i - 1) // 2]
    for j in range(shape[1] // 2):
        for k in range(shape[2]):
            owner, here = of_block[j, k], (2 * j + 1) * row + k + 1
            if owner < -1:
                for b in range(2):
                    part = split[-2 - owner, 4 * a + 2 * b + (a ^ b)]
                    if part >= 0:
                        values[here + b * row] += coarse[part]
            kept[here] = kept[here + row] = coarse[owner] if owner >= 0 else 0
    _add_open(kept, d, values)


@_fast
def _divide(values, d, out):
    """Set out to the values over the diagonal, 0 where that is 0."""
    zero = out.dtype.type(0)
    for n in range(out.size):
        out[n] = values[n] / d[n] if d[n] > 0 else zero


@_fast
def ascend(b, phase, diagonal, shape, wrap, weights, table, node, split, coarse, image):
    """Add the correction of the aggregates to the sweep down and sweep over black, then red voxels.

    The result x takes the place of the image; returns (x, b) and (x, image).
    """
    room = _room(shape, table, weights)
    red, size = room[1], room[3].size
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    kept = np.zeros(size, b.dtype)
    work = overlap = 0.0
    for i in range(-2, shape[0] + 2):
        source, values = _source(i + 1, shape, wrap), _plane(i + 1, red, room, table)
        _divide(b[source * size : (source + 1) * size], d[source], values)
        if source > 0:
            _scatter(source, coarse, d[source], shape, node, split, kept, values)
        _finish(i + 1, red, room, _red(phase, source, shape, size), shape, wrap, table)
        if i >= 0:
            _black_plane(i, phase, diagonal, shape, wrap, weights, table, room)
        if i >= 2:
            conducted = _conducted_to_red(i - 1, phase, shape, weights, table, room)
            there = slice((i - 1) * size, i * size)
            products = _relax(conducted, b[there], d[i - 1], image[there])
            work += products[0]
            overlap += products[1]
    return work, overlap


@_part
def _relax(conducted, b, d, image):
    """Set red voxels to balance their currents, in the place of the image; return (x, b) and (x, image)."""
    work = overlap = zero = image.dtype.type(0)
    for n in range(image.size):
        value = (b[n] + conducted[n]) / d[n] if d[n] > 0 else zero
        work += value * b[n]
        overlap += value * image[n]
        image[n] = value
    return work, overlap


@_fast
def sort(image, coloured, wrap):
    """Sort the voxels of an image by colour, periodic margins included."""
    nx, ny, nz = image.shape
    for i in range(nx):
        for j in range(ny):
            even, odd = coloured[(i + j) & 1, i + 1, j + 1], coloured[(i + j + 1) & 1, i + 1, j + 1]
            for k in range(0, nz - 1, 2):
                even[k // 2 + 1] = image[i, j, k]
                odd[k // 2 + 1] = image[i, j, k + 1]
            if nz % 2:
                even[nz // 2 + 1] = image[i, j, nz - 1]
    shape = coloured.shape[1] - 2, coloured.shape[2] - 2, coloured.shape[3] - 2
    for colour in range(2):
        planes = coloured[colour].reshape(coloured.shape[1], coloured.shape[2] * coloured.shape[3])
        for plane in range(1, shape[0] + 1):
            _wrap_plane(planes[plane], shape, wrap)
        if wrap[0]:
            for n in range(planes.shape[1]):
                planes[0, n], planes[shape[0] + 1, n] = planes[shape[0], n], planes[1, n]


@_fast
def uniform_field(x, phase, axis, length):
    """Set red voxels to the potential of a uniform block that is `length` voxels long along an axis."""
    _, planes, rows, places = phase.shape
    red = x.reshape(planes, rows, places)
    for i in range(1, planes - 1):
        for j in range(1, rows - 1):
            for k in range(1, places - 1):
                along_z = 2 * (k - 1) + ((i + j) & 1)
                layer = i - 1 if axis == 0 else j - 1 if axis == 1 else along_z
                red[i, j, k] = 1 - (layer + 0.5) / length if phase[0, i, j, k] > 0 else 0.0


@_fast
def add_up(phase, diagonal, weights, table):
    """Set the diagonal: what every voxel conducts to all of its neighbours."""
    shape = phase.shape[1] - 2, phase.shape[2] - 2, phase.shape[3] - 2
    parity, red, _, sums, values = _room(shape, table, weights)
    size = values.size
    phases = phase.reshape(2, shape[0] + 2, size)
    out = diagonal.reshape(2, shape[0] + 2, size)
    ones = np.ones(size, weights.dtype)
    for colour in range(2):
        for i in range(1, shape[0] + 1):
            for step in range(3):
                _by_phase(ones, phases[1 - colour, i - 1 + step], red[step])
            here, upper = phases[colour, i], parity[(i + colour) & 1]
            _conducted(red[0], red[1], red[2], here, shape[2] + 2, upper, weights, table, sums, values)
            for n in range(size):
                out[colour, i, n] = values[n] if here[n] > 0 else 0
    diagonal[:, :, 0] = 0
    diagonal[:, :, -1] = 0
    diagonal[:, :, :, 0] = 0
    diagonal[:, :, :, -1] = 0


@_fast
def tie(diagonal, colour, plane, row, place, ground):
    """Add what ties voxels to fixed potentials to the diagonal."""
    for n in range(ground.size):
        diagonal[colour[n], plane[n], row[n], place[n]] += ground[n]


@_fast
def drive(out, phase, diagonal, face, colour, plane, row, place, source):
    """Add the source of the red system to out; return the work of the currents into black voxels.

    A current into a black voxel raises its potential by source / diagonal, which drives a current into its neighbours.
    """
    _, planes, rows, places = phase.shape
    red = out.reshape(planes, rows, places)
    work = 0.0
    for n in range(source.size):
        here = colour[n], plane[n], row[n], place[n]
        if colour[n] == 0:
            red[plane[n], row[n], place[n]] += source[n]
            continue
        potential = source[n] / diagonal[here]
        work += source[n] * potential
        for axis in range(3):
            for step in (-1, 1):
                _, i, j, k = beside(here, axis, step)
                g = face[axis, phase[here], phase[0, i, j, k]]
                if g > 0:
                    i, j, k = (i - 1) % (planes - 2) + 1, (j - 1) % (rows - 2) + 1, (k - 1) % (places - 2) + 1
                    red[i, j, k] += g * potential
    return work


@_fast
def recover(x, phase, diagonal, shape, wrap, weights, table, potential):
    """Write the potentials of both colours to an image where something conducts."""
    room = _room(shape, table, weights)
    size, row = room[3].size, shape[2] + 2
    phases = phase.reshape(2, shape[0] + 2, size)
    red = x.reshape(shape[0] + 2, size)
    nx, ny, nz = potential.shape
    for i in range(-1, nx + 1):
        _read(x, i + 1, phase, shape, wrap, room, table)
        if i < 1:
            continue
        _black_plane(i, phase, diagonal, shape, wrap, weights, table, room)
        black = room[2][i % 3]
        if table is not None:
            for p in range(1, table.shape[1]):
                for n in range(size):
                    black[0, n] += black[p, n]
        for j in range(ny):
            for k in range(nz):
                at = (j + 1) * row + k // 2 + 1
                colour = (i - 1 + j + k) & 1
                if phases[colour, i, at] > 0:
                    potential[i - 1, j, k] = black[0, at] if colour else red[i, at]
