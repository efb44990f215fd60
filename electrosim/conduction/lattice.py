"""Compiled loops for images with one conducting phase: neighbours follow from the place, no list of them is needed.

Legend. A field is a flat array over the image with one voxel of margin all around, zero wherever no node lies;
position[n] is the place of node n in it, strides the distance to the next voxel along each axis, weight[a] the
conductance of every face along axis a. Nodes before `evens` lie on even voxels, the others on odd ones: two nodes of
one colour never meet. Along a periodic axis the size is even, and the margin repeats the opposite layer.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def place_nodes(voxel_of, shape):
    """Return the position of every node and how many nodes lie on even voxels."""
    _, ny, nz = shape
    position = np.empty(voxel_of.size, np.uint32)  # unsigned, so that no index is checked for its sign
    evens = 0
    for node in range(voxel_of.size):
        row = voxel_of[node] // nz
        k = voxel_of[node] - row * nz
        i = row // ny
        j = row - i * ny
        position[node] = ((i + 1) * (ny + 2) + j + 1) * (nz + 2) + k + 1
        evens += (i + j + k) % 2 == 0
    return position, evens


@njit(cache=True, nogil=True)
def _repeat(field, shape, wrap):
    """Fill the margin along periodic axes with the opposite layer."""
    nx, ny, nz = shape
    box = field.reshape(nx + 2, ny + 2, nz + 2)
    if wrap[0]:
        box[0], box[nx + 1] = box[nx], box[1]
    if wrap[1]:
        box[:, 0], box[:, ny + 1] = box[:, ny], box[:, 1]
    if wrap[2]:
        box[:, :, 0], box[:, :, nz + 1] = box[:, :, nz], box[:, :, 1]


@njit(cache=True, nogil=True, inline="always")
def _around(field, at, strides, weight):
    """Return the weighted sum over the six neighbours, in the precision of the weights."""
    total = weight[0] * field[at - strides[0]] + weight[0] * field[at + strides[0]]
    total += weight[1] * field[at - strides[1]] + weight[1] * field[at + strides[1]]
    return total + weight[2] * field[at - strides[2]] + weight[2] * field[at + strides[2]]


@njit(cache=True, nogil=True)
def apply(field, position, bounds, shape, wrap, strides, weight, diagonal, x, y, exact):
    """Set y = A x and return (x, y), layer by layer: bounds[c, i] is the first node of colour c in layer i.

    The field is in single precision, which halves what must be read; if it is to be exact, the neighbours are taken
    in two parts, the rounded value and what rounding lost.
    """
    for part in range(2 if exact else 1):
        for layer in range(shape[0]):
            for colour in range(2):
                for node in range(bounds[colour, layer], bounds[colour, layer + 1]):
                    rounded = np.float32(x[node])
                    field[position[node]] = rounded if part == 0 else np.float32(x[node] - rounded)
        _repeat(field, shape, wrap)
        for layer in range(shape[0]):
            for colour in range(2):
                for node in range(bounds[colour, layer], bounds[colour, layer + 1]):
                    known = diagonal[node] * x[node] if part == 0 else y[node]
                    y[node] = known - _around(field, position[node], strides, weight)
    product = 0.0
    for node in range(x.size):
        product += x[node] * y[node]
    return product


@njit(cache=True, nogil=True)
def descend(field, position, evens, shape, wrap, strides, weight, inverse, b, parent, coarse):
    """Sweep over even, then odd nodes from zero and add up the residual, which only even nodes have, by aggregates."""
    for node in range(evens):
        field[position[node]] = b[node] * inverse[node]
    _repeat(field, shape, wrap)
    for node in range(evens, b.size):
        at = position[node]
        field[at] = (b[node] + _around(field, at, strides, weight)) * inverse[node]
    _repeat(field, shape, wrap)
    coarse[:] = 0
    for node in range(evens):
        coarse[parent[node]] += _around(field, position[node], strides, weight)


@njit(cache=True, nogil=True)
def ascend(field, position, evens, shape, wrap, strides, weight, inverse, b, parent, coarse, x):
    """Add the correction of the aggregates and sweep over odd, then even nodes; x is the result."""
    for node in range(evens):  # odd nodes are set from even ones alone
        field[position[node]] += coarse[parent[node]]
    _repeat(field, shape, wrap)
    for node in range(evens, b.size):
        at = position[node]
        x[node] = (b[node] + _around(field, at, strides, weight)) * inverse[node]
        field[at] = x[node]
    _repeat(field, shape, wrap)
    for node in range(evens):
        x[node] = (b[node] + _around(field, position[node], strides, weight)) * inverse[node]


@njit(cache=True, nogil=True)
def _parts_of_blocks():
    """Return for each of the 256 ways to fill a block of eight voxels the part of every voxel and how many parts."""
    part = np.full((256, 8), -1, np.int8)
    count = np.zeros(256, np.int8)
    for mask in range(256):
        for seed in range(8):
            if mask >> seed & 1 and part[mask, seed] < 0:
                part[mask, seed] = count[mask]
                for _ in range(8):
                    for cell in range(8):
                        for axis in range(3):
                            other = cell ^ (1 << axis)
                            if mask >> other & 1 and part[mask, cell] == count[mask]:
                                part[mask, other] = count[mask]
                count[mask] += 1
    return part, count


@njit(cache=True, nogil=True)
def aggregate_blocks(number, shape, size):
    """Split every block of 2 x 2 x 2 voxels into its connected parts, even blocks first.

    Returns the part of every node and the block of every part.
    """
    nx, ny, nz = shape
    bx, by, bz = (nx + 1) // 2, (ny + 1) // 2, (nz + 1) // 2
    part, parts = _parts_of_blocks()
    parent = np.empty(size, np.int32)
    block_of = np.empty(size, np.int32)  # pages that stay unused take no memory
    count = 0
    for colour in range(2):
        for i in range(bx):
            for j in range(by):
                for k in range((i + j + colour) & 1, bz, 2):
                    mask = 0
                    for cell in range(8):
                        ii, jj, kk = 2 * i + (cell >> 2), 2 * j + (cell >> 1 & 1), 2 * k + (cell & 1)
                        if ii < nx and jj < ny and kk < nz and number[(ii * ny + jj) * nz + kk] >= 0:
                            mask |= 1 << cell
                    for cell in range(8):
                        if mask >> cell & 1:
                            ii, jj, kk = 2 * i + (cell >> 2), 2 * j + (cell >> 1 & 1), 2 * k + (cell & 1)
                            parent[number[(ii * ny + jj) * nz + kk]] = count + part[mask, cell]
                    for _ in range(parts[mask]):
                        block_of[count] = (i * by + j) * bz + k
                        count += 1
    return parent, block_of[:count].copy()


@njit(cache=True, nogil=True)
def join_blocks(number, shape, wrap, weight, parent, block_of):
    """Return the network of the parts, see `kernels.coarsen`: every voxel has one face out of its block per axis."""
    nx, ny, nz = shape
    by, bz = (ny + 1) // 2, (nz + 1) // 2
    size = block_of.size
    start = np.zeros(size + 1, np.int32)
    middle = np.empty(size, np.int32)
    neighbour = np.empty(24 * size, np.uint32)  # pages that stay unused take no memory
    conductance = np.empty(24 * size, np.float32)
    place = np.empty(3, np.int64)
    length = np.array([nx, ny, nz])
    stride = np.array([ny * nz, nz, 1])
    end = 0
    for node in range(size):
        row = centre = end
        block = block_of[node]
        i, j, k = block // bz // by, block // bz % by, block % bz
        for cell in range(8):
            place[0], place[1], place[2] = 2 * i + (cell >> 2), 2 * j + (cell >> 1 & 1), 2 * k + (cell & 1)
            if place[0] >= nx or place[1] >= ny or place[2] >= nz:
                continue
            voxel = (place[0] * ny + place[1]) * nz + place[2]
            if number[voxel] < 0 or parent[number[voxel]] != node:
                continue
            for axis in range(3):
                step = 2 * (place[axis] & 1) - 1
                at = voxel + step * stride[axis]
                if not 0 <= place[axis] + step < length[axis]:
                    if not wrap[axis]:
                        continue
                    at -= step * length[axis] * stride[axis]
                if number[at] < 0:
                    continue
                other = parent[number[at]]
                if other == node:
                    continue
                entry = row
                while entry < end and neighbour[entry] != other:
                    entry += 1
                if entry < end:
                    conductance[entry] += weight[axis]
                    continue
                if other < node:
                    neighbour[end], conductance[end] = neighbour[centre], conductance[centre]
                    neighbour[centre], conductance[centre] = other, weight[axis]
                    centre += 1
                else:
                    neighbour[end], conductance[end] = other, weight[axis]
                end += 1
        middle[node] = centre
        start[node + 1] = end
    return start, middle, neighbour[:end].copy(), conductance[:end].copy()
