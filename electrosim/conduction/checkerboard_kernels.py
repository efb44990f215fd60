"""Compiled loops over a voxel image whose voxels are sorted by colour, as on a chessboard.

Legend. Voxel (i, j, k) is red if i + j + k is even, else black; a red voxel has black neighbours only. Each colour is
kept in an array of its own, of `planes` (i) and rows (j), voxel k at place k // 2 of its row, with one voxel of margin
all around; so the neighbours of a whole plane lie at fixed distances and are read without gaps. The neighbours below
and above along k share the row: the one of the same place, and the one before or after it, by the parity of i + j.
Values are zero where nothing conducts; diagonal is the sum of all conductances of a voxel, 0 where nothing conducts.

The conductance between voxels of phases p and q along axis a is the sum over parts of weights[part, a] times
table[part, p - 1, q - 1]: one part if every phase conducts alike along all axes, else one part per axis. With one
phase the table is 1.

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


@_fast
def _neighbour_sums(below, here, above, row, before, after, weight, out):
    """Set out to the weighted sum over the six neighbours, which are of the other colour, of each voxel of a plane."""
    inside = here.size - 2 * row
    x_low, x_high = below[row : row + inside], above[row : row + inside]
    y_low, y_high = here[:inside], here[2 * row : 2 * row + inside]
    same = here[row : row + inside]
    z_low, z_high = here[row - 1 : row - 1 + inside], here[row + 1 : row + 1 + inside]
    has_low, has_high = before[row : row + inside], after[row : row + inside]
    total = out[row : row + inside]
    wx, wy, wz = weight
    for n in range(inside):
        along_z = same[n] + has_low[n] * z_low[n] + has_high[n] * z_high[n]
        total[n] = wx * (x_low[n] + x_high[n]) + wy * (y_low[n] + y_high[n]) + wz * along_z


@_fast
def _conducted(below, here, above, phase, row, before, after, weights, table, sums, out):
    """Set out to conductance times value, summed over the neighbours; values are given phase by phase."""
    parts, phases, _ = table.shape
    if phases == 1:
        _neighbour_sums(below[0], here[0], above[0], row, before, after, weights[0], out)
        return
    out[:] = 0
    for part in range(parts):
        for other in range(phases):
            _neighbour_sums(below[other], here[other], above[other], row, before, after, weights[part], sums)
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
    table = plane.reshape(rows + 2, half + 2)
    if wrap[1]:
        table[0], table[rows + 1] = table[rows], table[1]
    if wrap[2]:
        table[:, 0], table[:, half + 1] = table[:, half], table[:, 1]


@_fast
def _wrap_sides(x, shape, wrap):
    """Repeat an array beyond its periodic sides."""
    box = x.reshape(shape[0] + 2, (shape[1] + 2) * (shape[2] + 2))
    if wrap[1] or wrap[2]:
        for plane in range(1, shape[0] + 1):
            _wrap_plane(box[plane], shape, wrap)
    if wrap[0]:
        box[0], box[shape[0] + 1] = box[shape[0]], box[1]


@_fast
def _room(shape, phases, like):
    """Return what the loops over planes work in.

    That is: 1 in even and in odd rows, 0 elsewhere; three red and three black planes, phase by phase; two planes more.
    """
    _, rows, half = shape
    parity = np.zeros((2, rows + 2, half + 2), like.dtype)
    for j in range(rows):
        parity[j & 1, j + 1] = 1
    size = (rows + 2) * (half + 2)
    red, black = np.zeros((3, phases, size), like.dtype), np.zeros((3, phases, size), like.dtype)
    return parity.reshape(2, size), red, black, np.zeros(size, like.dtype), np.zeros(size, like.dtype)


@_fast
def _load(x, i, phase, shape, room):
    """Write red plane i to its place in the room, phase by phase."""
    size = room[3].size
    out, values = room[1][i % 3], x[i * size : (i + 1) * size]
    if out.shape[0] == 1:
        for n in range(size):
            out[0, n] = values[n]
    else:
        _by_phase(values, phase.reshape(2, shape[0] + 2, size)[0, i], out)


@_fast
def _black_plane(x, i, phase, diagonal, shape, wrap, weights, table, room):
    """Make black plane i of the room from red x, phase by phase; planes 0 and beyond the last one are the margin.

    Planes are asked for one after the other, so two of the three red planes have been loaded before.
    """
    parity, red, black, sums, values = room
    planes, _, half = shape
    out = black[i % 3]
    outside = i == 0 or i > planes
    if outside:
        if not wrap[0]:
            out[:] = 0
            return
        i = planes if i == 0 else 1
    for plane in range(i - 1 if outside or i == 1 else i + 1, i + 2):
        _load(x, plane, phase, shape, room)
    here = phase.reshape(2, planes + 2, values.size)[1, i]
    before, after = parity[i & 1], parity[(i - 1) & 1]
    below, middle, above = red[(i - 1) % 3], red[i % 3], red[(i + 1) % 3]
    _conducted(below, middle, above, here, half + 2, before, after, weights, table, sums, values)
    d = diagonal.reshape(2, planes + 2, values.size)[1, i]
    if table.shape[1] == 1:
        _divide(values, d, out[0])
        _wrap_plane(out[0], shape, wrap)
    else:
        _divide(values, d, values)
        _wrap_plane(values, shape, wrap)
        _by_phase(values, here, out)


@_fast
def _conducted_to_red(i, phase, shape, weights, table, room):
    """Return what the black planes around it conduct to red plane i."""
    parity, _, black, sums, values = room
    before, after = parity[(i - 1) & 1], parity[i & 1]
    here = phase.reshape(2, shape[0] + 2, values.size)[0, i]
    below, middle, above = black[(i - 1) % 3], black[i % 3], black[(i + 1) % 3]
    _conducted(below, middle, above, here, shape[2] + 2, before, after, weights, table, sums, values)
    return values


@_fast
def apply(x, y, phase, diagonal, shape, wrap, weights, table):
    """Set y = S x; return (x, y)."""
    room = _room(shape, table.shape[1], weights)
    size = room[3].size
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    _wrap_sides(x, shape, wrap)
    product = 0.0
    for i in range(shape[0] + 2):
        _black_plane(x, i, phase, diagonal, shape, wrap, weights, table, room)
        if i >= 2:
            conducted = _conducted_to_red(i - 1, phase, shape, weights, table, room)
            at = (i - 1) * size
            product += _subtract(d[i - 1], x[at : at + size], conducted, y[at : at + size])
    return product


@_fast
def _subtract(d, x, conducted, y):
    """Set y = D x - what is conducted, return (x, y)."""
    product = zero = conducted.dtype.type(0)
    for n in range(y.size):
        y[n] = d[n] * x[n] - conducted[n] if d[n] > 0 else zero
        product += x[n] * y[n]
    return product


@_fast
def descend(b, x, phase, diagonal, shape, wrap, weights, table, node, split, coarse):
    """Sweep over red, then black voxels from zero, and add up the residual, which only red ones have, by aggregates."""
    room = _room(shape, table.shape[1], weights)
    size = room[3].size
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    for i in range(1, shape[0] + 1):
        _divide(b[i * size : (i + 1) * size], d[i], x[i * size : (i + 1) * size])
    _wrap_sides(x, shape, wrap)
    coarse[:] = 0
    blocks = np.zeros((shape[1] // 2, shape[2] + 2), x.dtype)
    for i in range(shape[0] + 2):
        _black_plane(x, i, phase, diagonal, shape, wrap, weights, table, room)
        if i >= 2:
            conducted = _conducted_to_red(i - 1, phase, shape, weights, table, room)
            _gather(i - 1, conducted, d[i - 1], shape, node, split, blocks, coarse)


@_fast
def _add_open(values, d, out):
    """Add the values of a row where something conducts."""
    zero = out.dtype.type(0)
    for k in range(out.size):
        out[k] += values[k] if d[k] > 0 else zero


@_fast
def _gather(i, values, d, shape, node, split, blocks, coarse):
    """Add the values of red plane i to their aggregates; blocks keeps sums until the second plane of the blocks."""
    row, a = shape[2] + 2, (i - 1) & 1
    for j in range(shape[1]):
        there = slice((j + 1) * row, (j + 2) * row)
        _add_open(values[there], d[there], blocks[j // 2])
    of_block = node[(i - 1) // 2]
    for j in range(shape[1] // 2):
        for k in range(shape[2]):
            owner = of_block[j, k]
            if owner < -1:
                for b in range(2):
                    part = split[-2 - owner, 4 * a + 2 * b + (a ^ b)]
                    if part >= 0:
                        coarse[part] += values[(2 * j + b + 1) * row + k + 1]
            elif a == 1 and owner >= 0:
                coarse[owner] += blocks[j, k + 1]
    if a == 1:
        blocks[:] = 0


@_fast
def _scatter(i, coarse, d, shape, node, split, blocks, values):
    """Add the corrections of their aggregates to red plane i; blocks keeps them for the second plane of the blocks."""
    row, a = shape[2] + 2, (i - 1) & 1
    of_block = node[(i - 1) // 2]
    for j in range(shape[1] // 2):
        for k in range(shape[2]):
            owner = of_block[j, k]
            if owner < -1:
                for b in range(2):
                    part = split[-2 - owner, 4 * a + 2 * b + (a ^ b)]
                    if part >= 0:
                        values[(2 * j + b + 1) * row + k + 1] += coarse[part]
            if a == 0:
                blocks[j, k + 1] = coarse[owner] if owner >= 0 else 0
    for j in range(shape[1]):
        there = slice((j + 1) * row, (j + 2) * row)
        _add_open(blocks[j // 2], d[there], values[there])


@_fast
def _divide(values, d, out):
    """Set out to the values over the diagonal, 0 where that is 0."""
    zero = out.dtype.type(0)
    for n in range(out.size):
        out[n] = values[n] / d[n] if d[n] > 0 else zero


@_fast
def ascend(b, x, phase, diagonal, shape, wrap, weights, table, node, split, coarse, image):
    """Add the correction of the aggregates and sweep over black, then red voxels; return (x, b) and (x, image)."""
    room = _room(shape, table.shape[1], weights)
    size, black = room[3].size, room[2]
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    blocks = np.zeros((shape[1] // 2, shape[2] + 2), x.dtype)
    for i in range(1, shape[0] + 1):
        _scatter(i, coarse, d[i], shape, node, split, blocks, x[i * size : (i + 1) * size])
    _wrap_sides(x, shape, wrap)
    first = black[0].copy()
    work = overlap = 0.0
    for i in range(shape[0] + 2):
        if i <= shape[0] or not wrap[0]:
            _black_plane(x, i, phase, diagonal, shape, wrap, weights, table, room)
        else:
            black[i % 3] = first  # red plane 1, which it follows from, has been changed by now
        if i == 1:
            first[:] = black[1]
        if i >= 2:
            conducted = _conducted_to_red(i - 1, phase, shape, weights, table, room)
            there = slice((i - 1) * size, i * size)
            products = _relax(conducted, b[there], d[i - 1], image[there], x[there])
            work += products[0]
            overlap += products[1]
    return work, overlap


@_fast
def _relax(conducted, b, d, image, x):
    """Set red voxels to balance their currents; return (x, b) and (x, image)."""
    work = overlap = zero = x.dtype.type(0)
    for n in range(x.size):
        value = (b[n] + conducted[n]) / d[n] if d[n] > 0 else zero
        x[n] = value
        work += value * b[n]
        overlap += value * image[n]
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
        _wrap_sides(coloured[colour].reshape(coloured[colour].size), shape, wrap)


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
    parity, red, _, sums, values = _room(shape, table.shape[1], weights)
    size = values.size
    phases = phase.reshape(2, shape[0] + 2, size)
    out = diagonal.reshape(2, shape[0] + 2, size)
    ones = np.ones(size, weights.dtype)
    for colour in range(2):
        for i in range(1, shape[0] + 1):
            for step in range(3):
                _by_phase(ones, phases[1 - colour, i - 1 + step], red[step])
            before, after = parity[(i - 1 + colour) & 1], parity[(i + colour) & 1]
            here = phases[colour, i]
            _conducted(red[0], red[1], red[2], here, shape[2] + 2, before, after, weights, table, sums, values)
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
    room = _room(shape, table.shape[1], weights)
    size, row = room[3].size, shape[2] + 2
    phases = phase.reshape(2, shape[0] + 2, size)
    red = x.reshape(shape[0] + 2, size)
    _wrap_sides(x, shape, wrap)
    nx, ny, nz = potential.shape
    for i in range(nx):
        _black_plane(x, i + 1, phase, diagonal, shape, wrap, weights, table, room)
        black = room[2][(i + 1) % 3]
        for p in range(1, table.shape[1]):
            black[0] += black[p]
        for j in range(ny):
            for k in range(nz):
                at = (j + 1) * row + k // 2 + 1
                colour = (i + j + k) & 1
                if phases[colour, i + 1, at] > 0:
                    potential[i, j, k] = black[0, at] if colour else red[i + 1, at]
