"""Compiled loops over a voxel image whose voxels are sorted by colour, as on a chessboard.

The layout of the colours, phases, weights and table are those of `plane_kernels`.

Black is eliminated throughout: x stands for red voxels, and the value of a black one is the mean of its neighbours,
weighted by conductance. The matrix of red alone is S = D_red - A D_black^-1 A. Black planes are made as they are needed
and never written to memory.
"""

from __future__ import annotations

import numpy as np

from electrosim.conduction.block_kernels import beside
from electrosim.conduction.plane_kernels import (
    by_phase,
    conducted,
    conducted_to_red,
    divide,
    fast,
    finish,
    make_black,
    make_room,
    part,
    place_for,
    read,
    red_plane,
    source_of,
    wrap_plane,
)


@fast
def apply(x, y, phase, diagonal, shape, wrap, weights, table):
    """Set y = S x; return (x, y)."""
    room = make_room(shape, table, weights)
    size = room[3].size
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    product = 0.0
    for i in range(-2, shape[0] + 2):
        read(x, i + 1, phase, shape, wrap, room, table)
        if i >= 0:
            make_black(i, phase, diagonal, shape, wrap, weights, table, room)
        if i >= 2:
            conducted = conducted_to_red(i - 1, phase, shape, weights, table, room)
            there = slice((i - 1) * size, i * size)
            product += _subtract(d[i - 1], x[there], conducted, y[there])
    return product


@part
def _subtract(d, x, conducted, y):
    """Set y = D x - what is conducted, return (x, y)."""
    product = zero = conducted.dtype.type(0)
    for n in range(y.size):
        y[n] = d[n] * x[n] - conducted[n] if d[n] > 0 else zero
        product += x[n] * y[n]
    return product


@fast
def descend(b, phase, diagonal, shape, wrap, weights, table, node, split, coarse):
    """Sweep over red, then black voxels from zero, and add up the residual, which only red ones have, by aggregates."""
    room = make_room(shape, table, weights)
    red, size = room[1], room[3].size
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    coarse[:] = 0
    kept = np.zeros(size, b.dtype)
    for i in range(-2, shape[0] + 2):
        source, values = source_of(i + 1, shape, wrap), place_for(i + 1, red, room, table)
        divide(b[source * size : (source + 1) * size], d[source], values)
        finish(i + 1, red, room, red_plane(phase, source, shape, size), shape, wrap, table)
        if i >= 0:
            make_black(i, phase, diagonal, shape, wrap, weights, table, room)
        if i >= 2:
            conducted = conducted_to_red(i - 1, phase, shape, weights, table, room)
            _gather(i - 1, conducted, d[i - 1], shape, node, split, kept, coarse)


@part
def _add_open(values, d, out):
    """Add values where something conducts."""
    zero = out.dtype.type(0)
    for n in range(out.size):
        out[n] += values[n] if d[n] > 0 else zero


@part
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


@part
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


@fast
def ascend(b, phase, diagonal, shape, wrap, weights, table, node, split, coarse, image):
    """Add the correction of the aggregates to the sweep down and sweep over black, then red voxels.

    The result x takes the place of the image; returns (x, b) and (x, image).
    """
    room = make_room(shape, table, weights)
    red, size = room[1], room[3].size
    d = diagonal.reshape(2, shape[0] + 2, size)[0]
    kept = np.zeros(size, b.dtype)
    work = overlap = 0.0
    for i in range(-2, shape[0] + 2):
        source, values = source_of(i + 1, shape, wrap), place_for(i + 1, red, room, table)
        divide(b[source * size : (source + 1) * size], d[source], values)
        if source > 0:
            _scatter(source, coarse, d[source], shape, node, split, kept, values)
        finish(i + 1, red, room, red_plane(phase, source, shape, size), shape, wrap, table)
        if i >= 0:
            make_black(i, phase, diagonal, shape, wrap, weights, table, room)
        if i >= 2:
            conducted = conducted_to_red(i - 1, phase, shape, weights, table, room)
            there = slice((i - 1) * size, i * size)
            products = _relax(conducted, b[there], d[i - 1], image[there])
            work += products[0]
            overlap += products[1]
    return work, overlap


@part
def _relax(conducted, b, d, image):
    """Set red voxels to balance their currents, in the place of the image; return (x, b) and (x, image)."""
    work = overlap = zero = image.dtype.type(0)
    for n in range(image.size):
        value = (b[n] + conducted[n]) / d[n] if d[n] > 0 else zero
        work += value * b[n]
        overlap += value * image[n]
        image[n] = value
    return work, overlap


@fast
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
            wrap_plane(planes[plane], shape, wrap)
        if wrap[0]:
            for n in range(planes.shape[1]):
                planes[0, n], planes[shape[0] + 1, n] = planes[shape[0], n], planes[1, n]


@fast
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


@fast
def add_up(phase, diagonal, weights, table):
    """Set the diagonal: what every voxel conducts to all of its neighbours."""
    shape = phase.shape[1] - 2, phase.shape[2] - 2, phase.shape[3] - 2
    parity, red, _, sums, values = make_room(shape, table, weights)
    size = values.size
    phases = phase.reshape(2, shape[0] + 2, size)
    out = diagonal.reshape(2, shape[0] + 2, size)
    ones = np.ones(size, weights.dtype)
    for colour in range(2):
        for i in range(1, shape[0] + 1):
            for step in range(3):
                by_phase(ones, phases[1 - colour, i - 1 + step], red[step])
            here, upper = phases[colour, i], parity[(i + colour) & 1]
            conducted(red[0], red[1], red[2], here, shape[2] + 2, upper, weights, table, sums, values)
            for n in range(size):
                out[colour, i, n] = values[n] if here[n] > 0 else 0
    diagonal[:, :, 0] = 0
    diagonal[:, :, -1] = 0
    diagonal[:, :, :, 0] = 0
    diagonal[:, :, :, -1] = 0


@fast
def tie(diagonal, colour, plane, row, place, ground):
    """Add what ties voxels to fixed potentials to the diagonal."""
    for n in range(ground.size):
        diagonal[colour[n], plane[n], row[n], place[n]] += ground[n]


@fast
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


@fast
def recover(x, phase, diagonal, shape, wrap, weights, table, potential):
    """Write the potentials of both colours to an image where something conducts."""
    room = make_room(shape, table, weights)
    size, row = room[3].size, shape[2] + 2
    phases = phase.reshape(2, shape[0] + 2, size)
    red = x.reshape(shape[0] + 2, size)
    nx, ny, nz = potential.shape
    for i in range(-1, nx + 1):
        read(x, i + 1, phase, shape, wrap, room, table)
        if i < 1:
            continue
        make_black(i, phase, diagonal, shape, wrap, weights, table, room)
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
