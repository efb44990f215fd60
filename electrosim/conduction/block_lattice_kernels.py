"""Compiled loops over the lattice of blocks, the first coarse level of a resolved structure.

Legend. Blocks are sorted by colour and laid out as voxels are, see `checkerboard_kernels`, each colour in a flat array.
faces[d, n] is what joins red block n to its neighbour: d = 0, 1 below and above along x, 2, 3 along y, 4 the black
block at the same place, 5, 6 the black blocks before and after it; times weight[a] along axis a it is a conductance.
With one phase it is how many faces conduct, in one byte. inverse is one over the sum of all conductances of a block,
0 where nothing conducts. parent is the aggregate of every block on the next level, -1 for none.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from electrosim.conduction.block_kernels import part_with
from electrosim.conduction.kernels import gather_entry, members, write_row

_STRETCH = 4096  # blocks worked on at a time; products of so many are summed in single precision

_options: Any = {"cache": True, "nogil": True, "fastmath": {"reassoc", "contract", "nsz"}, "error_model": "numpy"}
_fast: Any = njit(**_options)
_part: Any = njit(**_options, inline="always")  # compiled in place


@_part
def _sums(faces, weight, values, black, begin, end, row, plane, total):
    """Set total to what the neighbours of the blocks from begin to end, black ones or red ones, conduct to them.

    One neighbour after the other, or the loop is not run in wide registers; by stretches that stay in the cache.
    """
    for n in range(end - begin):
        total[n] = 0
    for direction, step in enumerate((-plane, plane, -row, row, 0, -1, 1)):
        share = weight[min(direction // 2, 2)]
        shift = -step if black else step
        of = shift if black else 0  # faces are kept with the red block of the two
        joint, there = faces[direction, begin + of : end + of], values[begin + shift : end + shift]
        for n in range(joint.size):
            total[n] += share * np.float32(joint[n]) * there[n]


@_fast
def add_up(faces, weight, row, plane, ones, diagonal):
    """Set the diagonal: what every block conducts to all of its neighbours, whose potentials are ones."""
    size = faces.shape[1] - plane
    for colour in range(2):
        for begin in range(plane, size, _STRETCH):
            end = min(begin + _STRETCH, size)
            _sums(faces, weight, ones, colour == 1, begin, end, row, plane, diagonal[colour, begin:end])


@njit(cache=True, nogil=True)
def survey(phase, chosen, parts_of, filled):
    """Set which blocks conduct; return in how many of them the cells of some choice of phases fall into parts.

    chosen[c, p] tells whether phase p is among choice c; the last choice is all that conducts. parts_of[m] is into how
    many parts the cells m fall, see `block_kernels`.
    """
    bx, by, bz = phase.shape[1] // 2 - 1, phase.shape[2] // 2 - 1, phase.shape[3] - 2
    mask, apart = np.zeros(bz, np.uint8), np.zeros(bz, np.uint8)
    split = 0
    for i in range(bx):
        for j in range(by):
            apart[:] = 0
            for choice in range(len(chosen)):
                mask[:] = 0
                for cell in range(8):
                    a, b = cell >> 2, cell >> 1 & 1
                    cells = phase[(a + b + cell) & 1, 2 * i + a + 1, 2 * j + b + 1]
                    for k in range(bz):
                        mask[k] |= chosen[choice, cells[k + 1]] << cell
                for k in range(bz):
                    apart[k] |= parts_of[mask[k]] > 1
            for k in range(bz):
                filled[i, j, k] = mask[k] > 0
                split += apart[k]
    return split


@njit(cache=True, nogil=True)
def number_blocks(filled, row, plane, node):
    """Set node to the place of every block that conducts, -1 elsewhere; black ones are counted behind all red ones."""
    size = (node.shape[0] + 2) * plane
    for i in range(node.shape[0]):
        for j in range(node.shape[1]):
            for k in range(node.shape[2]):
                place = ((i + j + k) & 1) * size + (i + 1) * plane + (j + 1) * row + k // 2 + 1
                node[i, j, k] = place if filled[i, j, k] else -1


@njit(cache=True, nogil=True)
def join_blocks(phase, share, faces, row, plane):
    """Add up share[a, p, q] over the faces along axis a between two blocks, p and q the phases of the voxels there."""
    bx, by, bz = phase.shape[1] // 2 - 1, phase.shape[2] // 2 - 1, phase.shape[3] - 2
    total = np.empty(bz, faces.dtype)
    for axis in range(3):
        for i in range(bx - (axis == 0)):
            for j in range(by - (axis == 1)):
                total[:] = 0
                for face in range(4):
                    one, two = face >> 1, face & 1
                    a, b = 1 if axis == 0 else one, 1 if axis == 1 else two if axis == 2 else one
                    colour = (a + b + 1) & 1 if axis == 2 else two
                    here = phase[colour, 2 * i + a + 1, 2 * j + b + 1]
                    beyond = phase[1 - colour, 2 * i + a + 1 + (axis == 0), 2 * j + b + 1 + (axis == 1)]
                    for k in range(bz - (axis == 2)):
                        total[k] += share[axis, here[k + 1], beyond[k + 1 + (axis == 2)]]
                for k in range(bz - (axis == 2)):  # kept with the red block of the two
                    red = (i + j + k) & 1 == 0
                    at = (i, j, k) if red else (i + (axis == 0), j + (axis == 1), k + (axis == 2))
                    faces[_direction(axis, red, at[2]), _place(at[0], at[1], at[2], row, plane)] = total[k]


@njit(cache=True, nogil=True, inline="always")
def _place(i, j, k, row, plane):
    """Return the place of a block among those of its colour."""
    return (i + 1) * plane + (j + 1) * row + k // 2 + 1


@njit(cache=True, nogil=True, inline="always")
def _direction(axis, high, k):
    """Return where a red block at k finds its lower or higher neighbour along an axis, without a branch.

    Of its two neighbours along z, the upper one of an even k and the lower one of an odd k stand at the same place.
    """
    return 2 * axis + (axis < 2) * high + (axis == 2) * (high == k & 1) * (1 + high)


@njit(cache=True, nogil=True)
def _conductance(faces, weight, row, plane, i, j, k, side):
    """Return what joins a block to its neighbour on one of six sides."""
    axis, high = side >> 1, side & 1
    black = (i + j + k) & 1
    step = (2 * high - 1) * black  # what joins a black one is kept with its neighbour
    i, j, k, high = i + step * (axis == 0), j + step * (axis == 1), k + step * (axis == 2), high ^ black
    return weight[axis] * faces[_direction(axis, high, k), _place(i, j, k, row, plane)]


@njit(cache=True, nogil=True)
def aggregate_blocks(faces, weight, diagonal, filled, row, plane, threshold):
    """Join the blocks of every 2 x 2 x 2 that are connected; a conductance up to threshold diagonals does not connect.

    A block with weak conductances only follows the one it is best joined to, wherever that lies. Returns the aggregate
    of every place of the lattice, -1 for none, and where aggregates lie among the 2 x 2 x 2; even ones come first.
    """
    shape = filled.shape
    parent = np.full(diagonal.shape, -1, np.int32)
    where = np.empty((3, filled.size), np.int32)  # pages that stay unused take no memory
    alone = np.empty((filled.size, 3), np.int32)
    joined = np.empty(8, np.uint8)
    count = lone = 0
    for shade in range(2):
        for i in range((shape[0] + 1) // 2):
            for j in range((shape[1] + 1) // 2):
                for k in range((i + j + shade) & 1, (shape[2] + 1) // 2, 2):
                    alone_here = _join_cells(faces, weight, diagonal, filled, row, plane, threshold, i, j, k, joined)
                    seen = 0
                    for cell in range(8):
                        x, y, z = 2 * i + (cell >> 2), 2 * j + (cell >> 1 & 1), 2 * k + (cell & 1)
                        if alone_here >> cell & 1:
                            alone[lone, 0], alone[lone, 1], alone[lone, 2] = x, y, z
                            lone += 1
                        elif joined[cell] > 0 and not seen >> cell & 1:
                            members = part_with(cell, joined)
                            for other in range(8):
                                if members >> other & 1:
                                    x, y, z = 2 * i + (other >> 2), 2 * j + (other >> 1 & 1), 2 * k + (other & 1)
                                    parent[(x + y + z) & 1, _place(x, y, z, row, plane)] = count
                            seen |= members
                            where[0, count], where[1, count], where[2, count] = i, j, k
                            count += 1
    count = _follow(faces, weight, row, plane, alone[:lone], parent, where, count)
    return parent, where[:, :count].copy()


@njit(cache=True, nogil=True, inline="always")
def _join_cells(faces, weight, diagonal, filled, row, plane, threshold, i, j, k, joined):
    """Find which blocks of a 2 x 2 x 2 are joined to which; return those without any strong conductance, a bit each."""
    shape = filled.shape
    joined[:] = 0
    alone = 0
    for cell in range(8):
        x, y, z = 2 * i + (cell >> 2), 2 * j + (cell >> 1 & 1), 2 * k + (cell & 1)
        if x >= shape[0] or y >= shape[1] or z >= shape[2] or not filled[x, y, z]:
            continue
        joined[cell] |= 1 << cell
        d = diagonal[(x + y + z) & 1, _place(x, y, z, row, plane)]
        strong = False
        for side in range(6):
            axis, step = side >> 1, 2 * (side & 1) - 1
            g = _conductance(faces, weight, row, plane, x, y, z, side)
            if g > threshold * d:
                a, b, c = x + step * (axis == 0), y + step * (axis == 1), z + step * (axis == 2)
                if g > threshold * diagonal[(a + b + c) & 1, _place(a, b, c, row, plane)]:
                    strong = True
                    other = cell ^ (4 >> axis)
                    if (other > cell) == (step > 0):
                        joined[cell] |= 1 << other
        if not strong:
            alone |= 1 << cell
    return alone


@njit(cache=True, nogil=True, inline="always")
def _follow(faces, weight, row, plane, alone, parent, where, count):
    """Let blocks follow the neighbour they are best joined to; those that lead to one another only stay alone."""
    joined = -1
    while joined != 0:
        joined = 0
        for n in range(len(alone)):
            x, y, z = alone[n]
            here = (x + y + z) & 1, _place(x, y, z, row, plane)
            if parent[here] >= 0:
                continue
            best, chosen = np.float32(0), -1
            for side in range(6):
                axis, step = side >> 1, 2 * (side & 1) - 1
                g = _conductance(faces, weight, row, plane, x, y, z, side)
                if g > best:
                    a, b, c = x + step * (axis == 0), y + step * (axis == 1), z + step * (axis == 2)
                    best, chosen = g, parent[(a + b + c) & 1, _place(a, b, c, row, plane)]
            if chosen >= 0:
                parent[here] = chosen
                joined += 1
    for n in range(len(alone)):
        x, y, z = alone[n]
        here = (x + y + z) & 1, _place(x, y, z, row, plane)
        if parent[here] < 0:
            parent[here] = count
            where[0, count], where[1, count], where[2, count] = x // 2, y // 2, z // 2
            count += 1
    return count


@njit(cache=True, nogil=True)
def join_aggregates(faces, weight, parent, row, plane, count):
    """Return the network of the aggregates: start, middle, neighbour and conductance, see `kernels`."""
    size, parent = parent.shape[1], parent.reshape(parent.size)
    member, first = members(parent, count)
    seen, near, total = np.full(count, -1, np.int32), np.empty(count, np.int32), np.zeros(count, np.float32)
    start, middle = np.zeros(count + 1, np.int32), np.empty(count, np.int32)
    most = 6 * member.size  # pages that stay unused take no memory
    neighbour, conductance = np.empty(most, np.uint32), np.empty(most, np.float32)
    steps = np.array([-plane, plane, -row, row, 0, -1, 1])
    end = 0
    for part in range(count):
        met = 0
        for index in range(first[part], first[part + 1]):
            black = member[index] >= size
            here = member[index] - size if black else member[index]
            for direction in range(7):
                there = here - steps[direction] if black else here + steps[direction]
                joint, other = faces[direction, there if black else here], parent[there if black else size + there]
                if (joint > 0) & (other != part):
                    met = gather_entry(seen, near, total, met, other, weight[min(direction >> 1, 2)] * joint)
        middle[part], end = write_row(seen, near, total, met, part, neighbour, conductance, end)
        start[part + 1] = end
    return start, middle, neighbour[:end].copy(), conductance[:end].copy()


@_fast
def gather(faces, weight, parent, row, plane, x, coarse):
    """Add up by aggregates the residual behind a sweep that ended on black, which only red blocks have."""
    size = faces.shape[1] - plane
    total = np.empty(_STRETCH, np.float32)
    for n in range(coarse.size):
        coarse[n] = 0
    for begin in range(plane, size, _STRETCH):
        end = min(begin + _STRETCH, size)
        _sums(faces, weight, x[1], False, begin, end, row, plane, total)
        for n in range(begin, end):
            if parent[0, n] >= 0:
                coarse[parent[0, n]] += total[n - begin]


@_fast
def scatter(parent, coarse, x):
    """Add the corrections of their aggregates to red blocks; black ones follow from them."""
    for n in range(x.shape[1]):
        if parent[0, n] >= 0:
            x[0, n] += coarse[parent[0, n]]


@_fast
def relax(faces, weight, inverse, row, plane, b, x, colour):
    """Set blocks of one colour to balance their currents."""
    size = faces.shape[1] - plane
    total = np.empty(_STRETCH, np.float32)
    for begin in range(plane, size, _STRETCH):
        end = min(begin + _STRETCH, size)
        _sums(faces, weight, x[1 - colour], colour == 1, begin, end, row, plane, total)
        given, own, out = b[colour, begin:end], inverse[colour, begin:end], x[colour, begin:end]
        for n in range(out.size):
            out[n] = (given[n] + total[n]) * own[n]


@_fast
def image(faces, weight, inverse, row, plane, b, x, image):
    """Set image = A x behind a sweep that ended on red, so that there it is b; return (x, b) and (x, A x)."""
    size = faces.shape[1] - plane
    total = np.empty(_STRETCH, np.float32)
    for n in range(b.shape[1]):
        image[0, n] = b[0, n]
    for begin in range(plane, size, _STRETCH):
        end = min(begin + _STRETCH, size)
        _sums(faces, weight, x[0], True, begin, end, row, plane, total)
        own, reciprocal, out = x[1, begin:end], inverse[1, begin:end], image[1, begin:end]
        for n in range(out.size):
            out[n] = own[n] / reciprocal[n] - total[n] if reciprocal[n] > 0 else np.float32(0)
    return dot(x, b), dot(x, image)


@_fast
def dot(x, y):
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
def shrink(b, image, length):
    """Take a step's image from the right-hand side; return the square of the share that is left."""
    before = dot(b, b)
    mix(-length, image, np.float32(1), b)
    return dot(b, b) / before if before > 0 else 0.0


@_fast
def mix(first_length, first, second_length, x):
    """Set x to a combination of a first vector and a second, which is x."""
    for colour in range(2):
        one, other = first[colour], x[colour]
        for n in range(one.size):
            other[n] = first_length * one[n] + second_length * other[n]
