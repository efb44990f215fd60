"""Compiled loops that give the corners of voxels their nodes: voxels share a node only where they are joined.

Legend. As in `tree_kernels`. Place 4a + 2b + c of a corner (i, j, k) is the voxel (i - 1 + a, j - 1 + b, k - 1 + c);
corner 4a + 2b + c of a voxel (i, j, k) is (i + a, j + b, k + c): the voxel at place p has the corner as its 7 - p.
Nodes are numbered flat: corner (i, j, k) of the (nx + 1, ny + 1, nz + 1) corners first, then the extra nodes of corners
at which parts of the structure meet that are not joined there. Voxels that use an extra node are split voxels.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def _voxel(shape, wrap, corner, place):
    """Return the flat index of the voxel at a place of a corner, or -1 beyond the image."""
    index = 0
    for axis in range(3):
        at = corner[axis] - 1 + (place >> (2 - axis) & 1)
        if wrap[axis]:
            at %= shape[axis]
        elif not 0 <= at < shape[axis]:
            return -1
        index = index * shape[axis] + at
    return index


@njit(cache=True, nogil=True)
def _parts(around, face, part):
    """Find the parts that the eight voxels around a corner form, joined by faces there; -1 where nothing is carried.

    Returns how many there are; they are numbered from 0.
    """
    for place in range(8):
        part[place] = place if around[place] > 0 else -1
    changed = True
    while changed:
        changed = False
        for place in range(8):
            for axis in range(3):
                other = place | 4 >> axis
                joined = other != place and face[axis, around[place], around[other]] > 0
                if joined and part[place] != part[other]:
                    part[place] = part[other] = min(part[place], part[other])
                    changed = True
    count = 0
    for place in range(8):
        if part[place] == place:
            for other in range(8):
                if part[other] == place and other != place:
                    part[other] = count
            part[place] = count
            count += 1
    return count


@njit(cache=True, nogil=True)
def _parts_of_corner(phase, face, wrap, corner, part):
    """Find the parts around a corner of the image."""
    around = np.zeros(8, np.int64)
    for place in range(8):
        voxel = _voxel(phase.shape, wrap, corner, place)
        if voxel >= 0:
            around[place] = phase.reshape(phase.size)[voxel]
    return _parts(around, face, part)


@njit(cache=True, nogil=True)
def _patterns_that_may_split(face):
    """Return for each pattern of eight voxels, see `_crowded_corners`, whether it may be of several parts."""
    all_join = face[:, 1:, 1:].min() > 0
    joined = np.ones((3, 2, 2))
    joined[:, 0, :] = joined[:, :, 0] = 0.0
    around, part = np.empty(8, np.int64), np.empty(8, np.int64)
    result = np.zeros(256, np.bool_)
    for pattern in range(256):
        carrying = 0
        for bit in range(8):
            around[bit % 4 * 2 + bit // 4] = pattern >> bit & 1
            carrying += pattern >> bit & 1
        if all_join or face.shape[1] == 2:
            result[pattern] = _parts(around, joined if all_join else face, part) > 1
        else:
            result[pattern] = carrying > 1
    return result


@njit(cache=True, nogil=True)
def _crowded_corners(phase, face, wrap):
    """Return the corners whose voxels that carry form a pattern that may be of several parts."""
    nx, ny, nz = phase.shape
    rows = phase.reshape(nx * ny, nz)
    may_split = _patterns_that_may_split(face)
    columns = np.zeros(nz + 2, np.uint8)  # of the four voxels around a line of corners, those that carry
    found = np.empty((0, 3), np.int32)
    for fill in range(2):
        count = 0
        for i in range(nx if wrap[0] else nx + 1):
            for j in range(ny if wrap[1] else ny + 1):
                columns[:] = 0
                for quarter in range(4):
                    a, b = i - 1 + quarter // 2, j - 1 + quarter % 2
                    if (wrap[0] or 0 <= a < nx) and (wrap[1] or 0 <= b < ny):
                        row = rows[a % nx * ny + b % ny]
                        for k in range(nz):
                            columns[k + 1] |= np.uint8(row[k] > 0) << quarter
                if wrap[2]:
                    columns[0] = columns[nz]
                for k in range(nz if wrap[2] else nz + 1):
                    if may_split[columns[k] | columns[k + 1] << 4]:
                        if fill == 1:
                            found[count, 0], found[count, 1], found[count, 2] = i, j, k
                        count += 1
        if fill == 0:
            found = np.empty((count, 3), np.int32)
    return found


@njit(cache=True, nogil=True)
def split_voxels(phase, face, wrap):
    """Find the corners at which several parts meet and give the second and further parts nodes of their own.

    Returns the flat indices of the split voxels, their eight nodes, and for every layer of corners how many extra nodes
    come before it. Corners in the last layer of a periodic axis are those of the first.
    """
    nx, ny, nz = phase.shape
    rows, plane = nz + 1, (ny + 1) * (nz + 1)
    corners = _crowded_corners(phase, face, wrap)
    part = np.empty(8, np.int64)
    number = np.full(phase.size if len(corners) else 0, -1, np.int32)
    before = np.zeros(nx + 2, np.int64)
    for corner in corners:
        before[corner[0] + 1] += max(_parts_of_corner(phase, face, wrap, corner, part) - 1, 0)
        for place in range(8):
            if part[place] > 0:
                number[_voxel(phase.shape, wrap, corner, place)] = 0
    for i in range(nx + 1):
        before[i + 1] += before[i]
    count = 0
    for voxel in range(number.size):
        count += number[voxel] >= 0
    split = np.empty(count, np.int64)
    count = 0
    for voxel in range(number.size):
        if number[voxel] >= 0:
            split[count] = voxel
            count += 1
    nodes = np.empty((split.size, 8), np.uint32)
    for e in range(split.size):
        number[split[e]] = e
        i, j, k = split[e] // (ny * nz), split[e] // nz % ny, split[e] % nz
        for place in range(8):
            nodes[e, place] = (i + place // 4) * plane + (j + place // 2 % 2) * rows + k + place % 2
    following = (nx + 1) * plane
    for corner in corners:
        parts = _parts_of_corner(phase, face, wrap, corner, part)
        for place in range(8):
            if part[place] > 0:
                nodes[number[_voxel(phase.shape, wrap, corner, place)], 7 - place] = following + part[place] - 1
        following += max(parts - 1, 0)
    return split, nodes, before
