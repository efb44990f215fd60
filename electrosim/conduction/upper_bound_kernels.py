"""Compiled loops of the upper bound: a potential that is trilinear in every voxel, and its energy.

Legend. Axis 0 is the direction of transport, voxels count as unit cubes. phase[i, j, k] phase number of a voxel that
carries current, else 0; sigma[a, p] conductivity of phase p along axis a; face[a, p, q] conductance of the face between
phases p and q along axis a.
Corners of a voxel: 4a + 2b + c at (i + a, j + b, k + c). Potentials of corners are stored flat: corner (i, j, k) of the
image first, then the extra nodes of corners at which parts of the structure meet that are not joined there. Voxels that
use an extra node are split voxels: split[e] is the flat index of voxel e, nodes[e] its eight nodes; in `regular` they
count as insulating.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_CHUNK = 64  # voxels of a row treated at once
_ROW = _CHUNK + 8  # room for their corners
_VALUES = 3 * _CHUNK  # where the four rows of corners begin in the buffer, after the conductivities
_GRADIENT = _VALUES + 4 * _ROW  # where the eight rows of the gradient begin


@njit(cache=True, nogil=True)
def _corner_parts(phase, face, i, j, k, part):
    """Write the part that each voxel around a corner belongs to, joined by faces there; -1 where nothing is carried.

    Returns the number of parts; voxel (i - 1 + a, j - 1 + b, k - 1 + c) is entry 4a + 2b + c.
    """
    around = np.zeros(8, np.uint8)
    for place in range(8):
        a, b, c = i - 1 + place // 4, j - 1 + place // 2 % 2, k - 1 + place % 2
        if 0 <= a < phase.shape[0] and 0 <= b < phase.shape[1] and 0 <= c < phase.shape[2]:
            around[place] = phase[a, b, c]
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
def _crowded_corners(phase, may_split):
    """Return the corners whose pattern of eight carrying voxels, one bit each, may be of several parts."""
    nx, ny, nz = phase.shape
    columns = np.zeros(nz + 2, np.int64)  # of the four voxels around a line of corners, those that carry
    found = np.empty(0, np.int64)
    for fill in range(2):
        count = 0
        for i in range(nx + 1):
            for j in range(ny + 1):
                columns[:] = 0
                for quarter in range(4):
                    a, b = i - 1 + quarter // 2, j - 1 + quarter % 2
                    if 0 <= a < nx and 0 <= b < ny:
                        for k in range(nz):
                            columns[k + 1] |= int(phase[a, b, k] > 0) << quarter
                for k in range(nz + 1):
                    if may_split[columns[k] | columns[k + 1] << 4]:
                        if fill == 1:
                            found[count] = (i * (ny + 1) + j) * (nz + 1) + k
                        count += 1
        if fill == 0:
            found = np.empty(count, np.int64)
    return found


@njit(cache=True, nogil=True)
def _patterns_that_may_split(face):
    """Return for each pattern of eight voxels, see `_crowded_corners`, whether it may be of several parts."""
    phases = face.shape[1]
    all_join = np.all(face[:, 1:, 1:] > 0)
    block, joined = np.zeros((2, 2, 2), np.uint8), np.ones((3, 2, 2))
    joined[:, 0, :] = joined[:, :, 0] = 0.0
    part = np.empty(8, np.int64)
    result = np.zeros(256, np.bool_)
    for pattern in range(256):
        carrying = 0
        for bit in range(8):
            block[bit // 2 % 2, bit % 2, bit // 4] = pattern >> bit & 1
            carrying += pattern >> bit & 1
        if all_join or phases == 2:
            result[pattern] = _corner_parts(block, joined if all_join else face, 1, 1, 1, part) > 1
        else:
            result[pattern] = carrying > 1
    return result


@njit(cache=True, nogil=True)
def split_voxels(phase, face):
    """Find the corners at which several parts meet and give the second and further parts nodes of their own.

    Returns split, nodes (see the legend) and the corner that each extra node belongs to.
    """
    nx, ny, nz = phase.shape
    rows, planes = nz + 1, (ny + 1) * (nz + 1)
    corners = _crowded_corners(phase, _patterns_that_may_split(face))
    part = np.empty(8, np.int64)
    number = np.full(phase.size, -1, np.int32) if corners.size else np.empty(0, np.int32)
    extra = 0
    for corner in corners:
        i, j, k = corner // planes, corner // rows % (ny + 1), corner % rows
        extra += max(_corner_parts(phase, face, i, j, k, part) - 1, 0)
        for place in range(8):
            if part[place] > 0:
                number[_voxel(phase.shape, i, j, k, place)] = 0
    split = np.flatnonzero(number >= 0)
    nodes = np.empty((split.size, 8), np.int64)
    for e in range(split.size):
        number[split[e]] = e
        i, j, k = split[e] // (ny * nz), split[e] // nz % ny, split[e] % nz
        for place in range(8):
            nodes[e, place] = (i + place // 4) * planes + (j + place // 2 % 2) * rows + k + place % 2
    origin = np.empty(extra, np.int64)
    following = 0
    for corner in corners:
        i, j, k = corner // planes, corner // rows % (ny + 1), corner % rows
        parts = _corner_parts(phase, face, i, j, k, part)
        for place in range(8):
            if part[place] > 0:
                e = number[_voxel(phase.shape, i, j, k, place)]
                nodes[e, 7 - place] = (nx + 1) * planes + following + part[place] - 1
        for _ in range(1, parts):
            origin[following] = corner
            following += 1
    return split, nodes, origin


@njit(inline="always")
def _voxel(shape, i, j, k, place):
    """Return the flat index of one of the eight voxels around a corner."""
    return ((i - 1 + place // 4) * shape[1] + j - 1 + place // 2 % 2) * shape[2] + k - 1 + place % 2


@njit(cache=True, nogil=True)
def corner_potentials(regular, phase, sigma, potential, split, nodes, origin):
    """Return potentials of all nodes, and the inverse diagonal of the stiffness, 0 where the potential is fixed.

    A node's potential is the mean of its voxels, weighted by their conductivities along the direction, which is exact
    for layers across it; 1 and 0 in the end planes.
    """
    nx, ny, nz = phase.shape
    rows, planes = nz + 1, (ny + 1) * (nz + 1)
    corners = (nx + 1) * planes
    x = np.zeros(corners + origin.size)
    weight, inverse = np.zeros_like(x), np.zeros_like(x)
    flat = phase.reshape(phase.size)
    strong, diagonal = np.empty(sigma.shape[1]), np.empty(sigma.shape[1])
    for p in range(sigma.shape[1]):
        strong[p] = max(sigma[0, p], 1e-12 * sigma[:, p].max())
        diagonal[p] = sigma[:, p].sum() / 9
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                p = regular[i, j, k]
                if p > 0:
                    for corner in range(8):
                        node = (i + corner // 4) * planes + (j + corner // 2 % 2) * rows + k + corner % 2
                        x[node] += strong[p] * potential[(i * ny + j) * nz + k]
                        weight[node] += strong[p]
                        inverse[node] += diagonal[p]
    for e in range(split.size):
        p = flat[split[e]]
        for node in nodes[e]:
            x[node] += strong[p] * potential[split[e]]
            weight[node] += strong[p]
            inverse[node] += diagonal[p]
    for node in range(x.size):
        corner = node if node < corners else origin[node - corners]
        if corner < planes or corner >= nx * planes:
            x[node] = 1.0 if corner < planes else 0.0
            inverse[node] = 0.0
        elif weight[node] > 0:
            x[node] /= weight[node]
            inverse[node] = 1 / inverse[node]
    return x, inverse


@njit(inline="always")
def _mass(a, b, c, d):
    """Return 36 times the mass matrix of a bilinear function on a unit square times its four values."""
    first, second, left, right = a + b, c + d, a + c, b + d
    total = first + second
    return a + first + left + total, b + first + right + total, c + second + left + total, d + second + right + total


@njit(inline="always")
def _element(wx, wy, wz, a, b, c, d, e, f, g, h):
    """Return energy and its half gradient for the eight corner values of a voxel; w are conductivities over 36."""
    x0, x1, x2, x3 = _mass(e - a, f - b, g - c, h - d)
    y0, y1, y2, y3 = _mass(c - a, d - b, g - e, h - f)
    z0, z1, z2, z3 = _mass(b - a, d - c, f - e, h - g)
    energy = wx * (x0 * (e - a) + x1 * (f - b) + x2 * (g - c) + x3 * (h - d))
    energy += wy * (y0 * (c - a) + y1 * (d - b) + y2 * (g - e) + y3 * (h - f))
    energy += wz * (z0 * (b - a) + z1 * (d - c) + z2 * (f - e) + z3 * (h - g))
    return (
        energy,
        -wx * x0 - wy * y0 - wz * z0,
        -wx * x1 - wy * y1 + wz * z0,
        -wx * x2 + wy * y0 - wz * z1,
        -wx * x3 + wy * y1 + wz * z1,
        wx * x0 - wy * y2 - wz * z2,
        wx * x1 - wy * y3 + wz * z2,
        wx * x2 + wy * y2 - wz * z3,
        wx * x3 + wy * y3 + wz * z3,
    )


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _chunk(work):
    """Treat a piece of a row of voxels between four rows of corners; returns the energy.

    All rows lie in one buffer at constant places: the compiler sees that they do not overlap and uses vectors.
    """
    energy = 0.0
    for k in range(_CHUNK):
        part, g0, g1, g2, g3, g4, g5, g6, g7 = _element(
            work[k],
            work[_CHUNK + k],
            work[2 * _CHUNK + k],
            work[_VALUES + k],
            work[_VALUES + k + 1],
            work[_VALUES + _ROW + k],
            work[_VALUES + _ROW + k + 1],
            work[_VALUES + 2 * _ROW + k],
            work[_VALUES + 2 * _ROW + k + 1],
            work[_VALUES + 3 * _ROW + k],
            work[_VALUES + 3 * _ROW + k + 1],
        )
        energy += part
        work[_GRADIENT + k] = g0
        work[_GRADIENT + _CHUNK + k] = g1
        work[_GRADIENT + 2 * _CHUNK + k] = g2
        work[_GRADIENT + 3 * _CHUNK + k] = g3
        work[_GRADIENT + 4 * _CHUNK + k] = g4
        work[_GRADIENT + 5 * _CHUNK + k] = g5
        work[_GRADIENT + 6 * _CHUNK + k] = g6
        work[_GRADIENT + 7 * _CHUNK + k] = g7
    return energy


@njit(cache=True, nogil=True)
def _load_weights(phases, scaled, work):
    """Write the conductivities of a piece of a row to the buffer, 0 beyond its end; whether anything carries."""
    carries = False
    for k in range(phases.size):
        carries = carries or phases[k] > 0
    if carries:
        work[: 3 * _CHUNK] = 0.0
        for k in range(phases.size):
            p = phases[k]
            work[k] = scaled[0, p]
            work[_CHUNK + k] = scaled[1, p]
            work[2 * _CHUNK + k] = scaled[2, p]
    return carries


@njit(cache=True, nogil=True)
def stiffness(regular, phase, sigma, split, nodes, x, y):
    """Set y to half the gradient of the energy of the potentials x, and return the energy."""
    nx, ny, nz = phase.shape
    rows, planes = nz + 1, (ny + 1) * (nz + 1)
    work = np.zeros(_GRADIENT + 8 * _CHUNK)
    scaled = sigma / 36
    energy = 0.0
    y[:] = 0.0
    for i in range(nx):
        for j in range(ny):
            for first in range(0, nz, _CHUNK):
                length = min(_CHUNK, nz - first)
                if not _load_weights(regular[i, j, first : first + length], scaled, work):
                    continue
                corner = i * planes + j * rows + first
                for quarter in range(4):
                    values = x[corner + (quarter // 2) * planes + (quarter % 2) * rows :]
                    for k in range(length + 1):
                        work[_VALUES + quarter * _ROW + k] = values[k]
                energy += _chunk(work)
                for quarter in range(4):
                    target = y[corner + (quarter // 2) * planes + (quarter % 2) * rows :]
                    for k in range(length):
                        target[k] += work[_GRADIENT + 2 * quarter * _CHUNK + k]
                    for k in range(length):
                        target[k + 1] += work[_GRADIENT + (2 * quarter + 1) * _CHUNK + k]
    flat = phase.reshape(phase.size)
    for e in range(split.size):
        p, n = flat[split[e]], nodes[e]
        u = x[n]
        part, g0, g1, g2, g3, g4, g5, g6, g7 = _element(
            scaled[0, p], scaled[1, p], scaled[2, p], u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7]
        )
        energy += part
        for place, value in enumerate((g0, g1, g2, g3, g4, g5, g6, g7)):
            y[n[place]] += value
    return energy


@njit(cache=True, nogil=True)
def lower_energy(regular, phase, sigma, split, nodes, x, inverse, steps, goal, share):
    """Lower the energy of x in place by steps of Jacobi-preconditioned conjugate gradients; return the energy left.

    A step that gains less than `share` of the distance to `goal`, or only rounding, is the last.
    """
    residual, image, direction = np.empty_like(x), np.empty_like(x), np.zeros_like(x)
    energy = stiffness(regular, phase, sigma, split, nodes, x, residual)
    before = 0.0
    for step in range(steps):
        work = 0.0
        for node in range(x.size):
            work += residual[node] * residual[node] * inverse[node]
        if work == 0:
            break
        keep = work / before if step > 0 else 0.0
        for node in range(x.size):
            direction[node] = keep * direction[node] - residual[node] * inverse[node]
        curvature = stiffness(regular, phase, sigma, split, nodes, direction, image)
        if curvature <= 0:
            break
        length = work / curvature
        for node in range(x.size):
            x[node] += length * direction[node]
            residual[node] += length * image[node]
        before = work
        energy -= length * work
        if length * work < max(share * (energy - goal), 1e-15 * energy):
            break
    return stiffness(regular, phase, sigma, split, nodes, x, residual)
