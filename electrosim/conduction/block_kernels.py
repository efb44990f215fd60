"""Compiled set-up of the first coarse level: blocks of 2 x 2 x 2 voxels, split into their connected parts.

Legend. phase[colour, i, j, k] and diagonal[colour, i, j, k] are kept as in `checkerboard_kernels`; block (i, j, k) has
the voxels from (2i, 2j, 2k) on, cell 4a + 2b + c of it is voxel (2i + a, 2j + b, 2k + c). face[a, p, q] is the
conductance of the face between phases p and q along axis a.

A block of one part has the number of its aggregate in node[i, j, k]; -1 means that nothing conducts there, and -2 - s
that the aggregates of its eight cells stand in split[s]. mask[i, j, k] has one bit per conducting cell, kind[i, j, k]
is the phase of them all, 0 if there is none, or MIXED.

Numbers are given by colour, as on a chessboard: first all even blocks, then all odd ones. Two nodes of one colour
hardly ever meet, so a sweep in the order of numbers waits for no result of the step before.
"""

from __future__ import annotations

import functools

import numpy as np
from numba import njit

MIXED = 255
_ALONE = -2  # a voxel all of whose faces are weak
SIDES = np.array([[0b00001111, 0b11110000], [0b00110011, 0b11001100], [0b01010101, 0b10101010]])  # cells of low, high


@functools.cache
def ways_to_fill():
    """Return for each way to fill a block how many cells conduct, into how many parts they fall and which is whose."""
    bits, count, part = np.zeros(256, np.int8), np.zeros(256, np.int8), np.full((256, 8), -1, np.int8)
    for mask in range(256):
        bits[mask] = mask.bit_count()
        for seed in range(8):
            if mask >> seed & 1 and part[mask, seed] < 0:
                grown, members = [seed], {seed}
                while grown:
                    cell = grown.pop()
                    beside = {cell ^ 1, cell ^ 2, cell ^ 4} - members
                    new = {other for other in beside if mask >> other & 1}
                    members |= new
                    grown += new
                part[mask, list(members)] = count[mask]
                count[mask] += 1
    return bits, count, part


@njit(cache=True, nogil=True)
def survey(phase):
    """Return mask and kind of every block."""
    bx, by, bz = phase.shape[1] // 2 - 1, phase.shape[2] // 2 - 1, phase.shape[3] - 2
    mask, kind = np.zeros((bx, by, bz), np.uint8), np.zeros((bx, by, bz), np.uint8)
    for i in range(bx):
        for cell in range(8):
            a, b, c = cell >> 2, cell >> 1 & 1, cell & 1
            for j in range(by):
                row = phase[(a + b + c) & 1, 2 * i + a + 1, 2 * j + b + 1]
                for k in range(bz):
                    p = row[k + 1]
                    mask[i, j, k] |= (p > 0) << cell
                    before = kind[i, j, k]
                    kind[i, j, k] = before if p == 0 or p == before else p if before == 0 else MIXED
    return mask, kind


@njit(cache=True, nogil=True, inline="always")
def part_with(cell, joined):
    """Return the cells that one of eight is connected with, itself among them; joined[c] are those that c meets."""
    members, grown = 0, 1 << cell
    while grown != members:
        members = grown
        for other in range(8):
            if members >> other & 1:
                grown |= joined[other]
    return members


@njit(cache=True, nogil=True)
def _strong_parts(phase, diagonal, face, weak, i, j, k, part):
    """Write the part of every cell of a block, joined by strong faces; _ALONE if none of its faces is strong.

    Returns the number of parts.
    """
    joined = np.zeros(8, np.uint8)  # which cells each cell is joined to
    for cell in range(8):
        here = _place_of(i, j, k, cell)
        p, d = phase[here], diagonal[here]
        if p > 0:
            joined[cell] |= 1 << cell
            for axis in range(3):
                other = cell | 4 >> axis
                there = _place_of(i, j, k, other)
                if other != cell and face[axis, p, phase[there]] > weak * max(d, diagonal[there]):
                    joined[cell] |= 1 << other
                    joined[other] |= 1 << cell
    seen = count = 0
    for cell in range(8):
        if joined[cell] == 0:
            part[cell] = -1
        elif joined[cell] == 1 << cell and not _strong_outside(phase, diagonal, face, weak, i, j, k, cell):
            part[cell] = _ALONE
        elif not seen >> cell & 1:
            members = part_with(cell, joined)
            for other in range(8):
                if members >> other & 1:
                    part[other] = count
            seen |= members
            count += 1
    return count


@njit(cache=True, nogil=True, inline="always")
def _place_of(i, j, k, cell):
    """Return colour and place of a cell of a block."""
    a, b = cell >> 2, cell >> 1 & 1
    return (a + b + cell) & 1, 2 * i + a + 1, 2 * j + b + 1, k + 1


@njit(cache=True, nogil=True)
def _strong_outside(phase, diagonal, face, weak, i, j, k, cell):
    """Return whether a face between a cell and another block is strong."""
    here = _place_of(i, j, k, cell)
    for axis in range(3):
        there = beside(here, axis, 1 if cell & 4 >> axis else -1)
        if face[axis, phase[here], phase[there]] > weak * max(diagonal[here], diagonal[there]):
            return True
    return False


@njit(cache=True, nogil=True, inline="always")
def beside(here, axis, step):
    """Return the place of a neighbour, which is of the other colour."""
    colour, i, j, k = here
    if axis == 0:
        return 1 - colour, i + step, j, k
    if axis == 1:
        return 1 - colour, i, j + step, k
    upper = (i + j + colour) & 1  # whether this is the upper voxel of the two at place k
    return 1 - colour, i, j, k + (step if upper == (step > 0) else 0)


@njit(cache=True, nogil=True)
def _amid_its_own(mask, kind, i, j, k):
    """Return whether a block and all around it are of one phase, so that all its faces are alike."""
    bx, by, bz = mask.shape
    if mask[i, j, k] != 255 or min(i, j, k) == 0 or i == bx - 1 or j == by - 1 or k == bz - 1:
        return False
    p = kind[i, j, k]
    same = kind[i - 1, j, k] == p and kind[i + 1, j, k] == p and kind[i, j - 1, k] == p
    return same and kind[i, j + 1, k] == p and kind[i, j, k - 1] == p and kind[i, j, k + 1] == p


@njit(cache=True, nogil=True)
def number_parts(phase, diagonal, face, weak, mask, kind, strong, parts_of, part_of):
    """Give numbers to the connected parts of all blocks, even blocks first.

    A face is strong if its conductance exceeds `weak` times the larger diagonal; strong[0, p] tells that all faces
    inside phase p are if it has no other neighbours, strong[1, p] that they are anyway. Returns node, split and the
    blocks of all parts.
    """
    bx, by, bz = mask.shape
    node = np.full(mask.shape, -1, np.int32)
    split = np.empty((mask.size, 8), np.int32)  # pages that stay unused take no memory
    place = np.empty((3, 8 * mask.size), np.int32)
    part = np.empty(8, np.int8)
    count = splits = 0
    for colour in range(2):
        for i in range(bx):
            for j in range(by):
                for k in range((i + j + colour) & 1, bz, 2):
                    pattern = mask[i, j, k]
                    if pattern == 0:
                        continue
                    p = kind[i, j, k]
                    if p != MIXED and (strong[1, p] or (strong[0, p] and _amid_its_own(mask, kind, i, j, k))):
                        parts = parts_of[pattern]
                        part[:] = part_of[pattern]
                    else:
                        parts = _strong_parts(phase, diagonal, face, weak, i, j, k, part)
                    if parts == 1 and part.min() > _ALONE:
                        node[i, j, k] = count
                    else:
                        node[i, j, k] = -2 - splits
                        for cell in range(8):
                            split[splits, cell] = count + part[cell] if part[cell] >= 0 else part[cell]
                        splits += 1
                    for _ in range(parts):
                        place[0, count], place[1, count], place[2, count] = i, j, k
                        count += 1
    return node, split[:splits].copy(), place[:, :count].copy()


@njit(cache=True, nogil=True, inline="always")
def _owner(node, split, here):
    """Return the aggregate of a conducting voxel; places beyond a side are those of the next period."""
    i, j, k = (here[1] - 1) % (2 * node.shape[0]), (here[2] - 1) % (2 * node.shape[1]), (here[3] - 1) % node.shape[2]
    owner = node[i >> 1, j >> 1, k]
    if owner >= -1:
        return owner
    a, b = i & 1, j & 1
    return split[-2 - owner, 4 * a + 2 * b + (here[0] ^ a ^ b)]


@njit(cache=True, nogil=True)
def follow(phase, face, node, split, count):
    """Let every voxel without a strong face follow the neighbour it is best joined to, in whatever block.

    Left alone, such voxels would end the coarsening early. Those that only lead to one another become aggregates of
    their own, numbered from `count` on. Returns the places of all followers, their aggregates and the blocks of the new
    ones.
    """
    alone = (split == _ALONE).sum()
    place, owner = np.empty((alone, 4), np.int32), np.empty(alone, np.int32)
    found = 0
    for i in range(node.shape[0]):
        for j in range(node.shape[1]):
            for k in range(node.shape[2]):
                if node[i, j, k] < -1:
                    for cell in range(8):
                        if split[-2 - node[i, j, k], cell] == _ALONE:
                            place[found] = _place_of(i, j, k, cell)
                            found += 1
    joined = -1
    while joined != 0:
        joined = 0
        for n in range(alone):
            here = place[n, 0], place[n, 1], place[n, 2], place[n, 3]
            if _owner(node, split, here) == _ALONE:
                best, chosen = 0.0, _ALONE
                for axis in range(3):
                    for step in (-1, 1):
                        there = beside(here, axis, step)
                        g = face[axis, phase[here], phase[there]]
                        if g > best:
                            best, chosen = g, _owner(node, split, there)
                if chosen >= 0:
                    _adopt(node, split, here, chosen)
                    joined += 1
    extra = 0
    more = np.empty((3, alone), np.int32)
    for n in range(alone):
        here = place[n, 0], place[n, 1], place[n, 2], place[n, 3]
        if _owner(node, split, here) == _ALONE:
            _adopt(node, split, here, count + extra)
            more[0, extra], more[1, extra], more[2, extra] = (here[1] - 1) >> 1, (here[2] - 1) >> 1, here[3] - 1
            extra += 1
        owner[n] = _owner(node, split, here)
    return place, owner, more[:, :extra]


@njit(cache=True, nogil=True)
def _adopt(node, split, here, owner):
    """Give a voxel of a split block to an aggregate."""
    i, j, k = here[1] - 1, here[2] - 1, here[3] - 1
    a, b = i & 1, j & 1
    split[-2 - node[i >> 1, j >> 1, k], 4 * a + 2 * b + (here[0] ^ a ^ b)] = owner


@njit(cache=True, nogil=True)
def _add(rows, row, centre, end, own, other, g):
    """Add a conductance to the row of a node that begins at `row`; return its new middle and end."""
    neighbour, conductance = rows
    for entry in range(row, end):
        if neighbour[entry] == other:
            conductance[entry] += g
            return centre, end
    if other > own:
        neighbour[end], conductance[end] = other, g
        return centre, end + 1
    neighbour[end], conductance[end] = neighbour[centre], conductance[centre]
    neighbour[centre], conductance[centre] = other, g
    return centre + 1, end + 1


@njit(cache=True, nogil=True)
def _add_voxel(rows, row, centre, end, own, here, phase, face, node, split, axis, step):
    """Add the face of a voxel towards one side, unless it lies inside the aggregate."""
    there = beside(here, axis, step)
    g = face[axis, phase[here], phase[there]]
    if g > 0:
        other = _owner(node, split, there)
        if other != own and other >= 0:
            return _add(rows, row, centre, end, own, other, g)
    return centre, end


@njit(cache=True, nogil=True)
def join_parts(phase, face, mask, kind, node, split, place, wrap, followers, first, bits):
    """Return the network of the aggregates: start, middle, neighbour and conductance, see `kernels`.

    place[:, n] is the block of aggregate n; the places of the voxels that follow it are
    followers[first[n]:first[n + 1]].
    """
    size = place.shape[1]
    start, middle = np.zeros(size + 1, np.int32), np.empty(size, np.int32)
    most = 24 * size + 6 * len(followers)  # pages that stay unused take no memory
    rows = np.empty(most, np.uint32), np.empty(most, np.float32)
    end = 0
    for own in range(size):
        row = centre = end
        i, j, k = place[0, own], place[1, own], place[2, own]
        pattern, p = mask[i, j, k], kind[i, j, k]
        whole = node[i, j, k] == own
        for side in range(6):
            axis, high = side >> 1, side & 1
            a, b, c = _next_block(i, j, k, axis, 2 * high - 1, mask.shape, wrap)
            other = node[a, b, c] if a >= 0 else -1
            if whole and other == -1:
                continue
            if whole and other >= 0 and p != MIXED and kind[a, b, c] != MIXED:
                shift = 4 >> axis
                across = mask[a, b, c] << shift if high else mask[a, b, c] >> shift
                g = face[axis, p, kind[a, b, c]] * bits[pattern & across & SIDES[axis, high]]
                if g > 0 and other != own:
                    centre, end = _add(rows, row, centre, end, own, other, g)
                continue
            outer = SIDES[axis, high]
            together = 0.0  # what joins two whole blocks
            for cell in range(8):
                if not pattern >> cell & 1 or (whole and not outer >> cell & 1):
                    continue
                if not whole and split[-2 - node[i, j, k], cell] != own:
                    continue
                here = _place_of(i, j, k, cell)
                g = face[axis, phase[here], phase[beside(here, axis, 2 * high - 1)]]
                if g > 0:
                    to = other if outer >> cell & 1 else node[i, j, k]
                    if whole and to >= 0:
                        together += g
                        continue
                    to = to if to >= -1 else split[-2 - to, cell ^ 4 >> axis]
                    if to != own and to >= 0:
                        centre, end = _add(rows, row, centre, end, own, to, g)
            if together > 0 and other != own:
                centre, end = _add(rows, row, centre, end, own, other, together)
        if len(followers):
            for n in range(first[own], first[own + 1]):
                here = followers[n, 0], followers[n, 1], followers[n, 2], followers[n, 3]
                if here[1] - 1 >> 1 == i and here[2] - 1 >> 1 == j and here[3] - 1 == k:
                    continue  # met among the cells
                for side in range(6):
                    centre, end = _add_voxel(
                        rows, row, centre, end, own, here, phase, face, node, split, side >> 1, 2 * (side & 1) - 1
                    )
        middle[own] = centre
        start[own + 1] = end
    return start, middle, rows[0][:end].copy(), rows[1][:end].copy()


@njit(cache=True, nogil=True, inline="always")
def _next_block(i, j, k, axis, step, shape, wrap):
    """Return the block beside a block, or -1 for its first index if there is none."""
    a, b, c = i + step * (axis == 0), j + step * (axis == 1), k + step * (axis == 2)
    if not (0 <= a < shape[0] and 0 <= b < shape[1] and 0 <= c < shape[2]):
        if not wrap[axis]:
            return -1, b, c
        return a % shape[0], b % shape[1], c % shape[2]
    return a, b, c


@njit(cache=True, nogil=True)
def owners(node, split, colour, plane, row, place):
    """Return the aggregates of voxels."""
    owner = np.empty(place.size, np.int32)
    for n in range(place.size):
        owner[n] = _owner(node, split, (colour[n], plane[n], row[n], place[n]))
    return owner
