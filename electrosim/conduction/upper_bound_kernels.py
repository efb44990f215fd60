"""Compiled loops of the upper bound: a potential that is trilinear in every voxel, and its energy.

Legend. As in `tree_kernels` and `corner_kernels`; voxels count as unit cubes. sigma[a, p] conductivity of phase p along
axis a; potential[row, k] of the voxels, read only where something is carried. x potentials of the nodes: those of
corner (i, j, k) lie in layer i. splits: flat indices, phases, eight nodes and clusters of the split voxels, how many
come before each row, and how many extra nodes before each layer. faces: nodes of the conducting end faces of the first
layer, of the last, and the currents imposed there. entering[c], leaving[c]: the same currents by clusters.

Everything goes from layer to layer. The voxels between two layers of corners, a slab, add to both of them; when the
slabs on both sides have been added, a layer is complete. Where the direction is periodic, the last layer of corners is
the first one, 1 lower.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction.tree_kernels import FIXED, IMPOSED, JUMP

_STEP = 1.8  # share, out of 2, of the longest step that cannot raise the energy
_FAINT = 1e-12  # weight of a voxel that conducts only across the direction: it says little about its corners

_CHUNK = 64  # voxels of a row treated at once
_ROW = _CHUNK + 8  # room for their corners
_ENERGY = 3 * _CHUNK  # where energies begin in the buffer, after the conductivities
_VALUES = _ENERGY + _CHUNK  # the four rows of corners
_GRADIENT = _VALUES + 4 * _ROW  # the eight rows of the gradient, those of upper corners one place further
_BUFFER = _GRADIENT + 8 * _ROW


# Plain loops in place of whole-array expressions: they compile several times faster.


@njit(cache=True, nogil=True)
def _clear(pair):
    """Set two layers of corners to 0."""
    for value in range(2):
        for j in range(pair.shape[1]):
            for k in range(pair.shape[2]):
                pair[value, j, k] = 0.0


@njit(cache=True, nogil=True)
def _add(pair, other):
    """Add two layers of corners to two others."""
    for value in range(2):
        for j in range(pair.shape[1]):
            for k in range(pair.shape[2]):
                pair[value, j, k] += other[value, j, k]


@njit(cache=True, nogil=True)
def _lift(layer, other):
    """Set the potentials of a layer of corners to those of another one, 1 higher."""
    for j in range(layer.shape[0]):
        for k in range(layer.shape[1]):
            layer[j, k] = other[j, k] + 1.0


@njit(cache=True, nogil=True)
def _fold(layer, wrap):
    """Add what the last row and column of a layer of corners gather to the first ones, if they are the same corners."""
    rows, columns = layer.shape
    for k in range(columns if wrap[1] else 0):
        layer[0, k] += layer[rows - 1, k]
    for j in range(rows if wrap[2] else 0):
        layer[j, 0] += layer[j, columns - 1]


@njit(cache=True, nogil=True)
def _repeat(layer, wrap):
    """Copy the first row and column of a layer of corners to the last ones, if they are the same corners."""
    rows, columns = layer.shape
    for k in range(columns if wrap[1] else 0):
        layer[rows - 1, k] = layer[0, k]
    for j in range(rows if wrap[2] else 0):
        layer[j, columns - 1] = layer[j, 0]


@njit(cache=True, nogil=True)
def _spread(row_values, layer, j):
    """Add what each voxel of a row holds to its four corners in a layer."""
    low, high, end = layer[j], layer[j + 1], row_values.size - 1
    low[0] += row_values[0]
    high[0] += row_values[0]
    for k in range(end):
        both = row_values[k] + row_values[k + 1]
        low[k + 1] += both
        high[k + 1] += both
    low[end + 1] += row_values[end]
    high[end + 1] += row_values[end]


@njit(cache=True, nogil=True)
def corner_potentials(shape, sigma, half, potential, wrap, runs, cluster, splits, ends, entering, leaving):
    """Return potentials of all nodes.

    A node's potential is the mean of its voxels, weighted by their conductivities along the direction, which is exact
    for layers across it. In end planes it is 1 and 0, or the mean of what the imposed currents make of their faces.
    """
    nx, ny, nz = shape
    before, plane = splits[5], (ny + 1) * (nz + 1)
    size = (nx + 1) * plane
    x = np.zeros(size + before[nx + 1])
    corners = x[:size].reshape(nx + 1, ny + 1, nz + 1)
    extra = np.zeros((2, before[nx + 1]))  # sums of weighted potentials and of weights, here and below
    sums, first = np.zeros((2, 2, ny + 1, nz + 1)), np.zeros((2, ny + 1, nz + 1))
    nothing = np.zeros(entering.size)
    for i in range(nx):
        here, above = sums[i % 2], sums[1 - i % 2]
        below = entering if ends == IMPOSED and i == 0 else nothing
        beyond = -leaving if ends == IMPOSED and i == nx - 1 else nothing
        _slab_sums(sigma, half, potential, runs, cluster, splits, i, below, above)
        _add(here, above)
        if ends == IMPOSED and (i == 0 or i == nx - 1):
            _slab_sums(sigma, half, potential, runs, cluster, splits, i, beyond, above)
        _split_sums(shape, sigma, half, potential, splits, i, 0, below, 0.0, here, extra)
        lift = 1.0 if ends == JUMP and i == nx - 1 else 0.0
        _split_sums(shape, sigma, half, potential, splits, i, 1, beyond, lift, above, extra)
        if i == 0:
            _add(first, here)
        else:
            _set_means(here, wrap, corners[i])
    last = sums[nx % 2]
    if ends == JUMP:
        _add(last, first)
        for j in range(ny + 1):
            for k in range(nz + 1):
                last[0, j, k] -= first[1, j, k]
    _set_means(first, wrap, corners[0])
    _set_means(last, wrap, corners[nx])
    for e in range(before[nx + 1]):
        x[size + e] = extra[0, e] / extra[1, e]
    if ends == JUMP:
        _lift(corners[0], corners[nx])
    elif ends == FIXED:
        x[:plane] = x[size : size + before[1]] = 1.0
        x[nx * plane : size] = x[size + before[nx] :] = 0.0
    return x


@njit(cache=True, nogil=True)
def _voxel_weight(sigma, p):
    """Return how much a voxel of a phase counts in the potential of its corners."""
    return max(sigma[0, p], _FAINT * (sigma[0, p] + sigma[1, p] + sigma[2, p]))


@njit(cache=True, nogil=True)
def _slab_sums(sigma, half, potential, runs, cluster, splits, i, drive, slab):
    """Set what a layer of corners gathers from the unsplit voxels of a slab whose end faces carry currents `drive`."""
    first, last, kind, row_start = runs
    ny, nz = slab.shape[1] - 1, slab.shape[2] - 1
    values, weights = np.empty(nz), np.empty(nz)
    _clear(slab)
    for j in range(ny):
        row = i * ny + j
        values[:] = 0.0
        weights[:] = 0.0
        for run in range(row_start[row], row_start[row + 1]):
            p = kind[run]
            weight = _voxel_weight(sigma, p)
            shift = drive[cluster[run]] / half[p] if half[p] > 0 else 0.0
            for k in range(np.uint64(first[run]), np.uint64(last[run] + 1)):
                values[k] = weight * (potential[row, k] + shift)
                weights[k] = weight
        for e in range(splits[4][row], splits[4][row + 1]):
            values[splits[0][e] - row * nz] = weights[splits[0][e] - row * nz] = 0.0
        _spread(values, slab[0], j)
        _spread(weights, slab[1], j)


@njit(cache=True, nogil=True)
def _split_sums(shape, sigma, half, potential, splits, i, upper, drive, lift, sums, extra):
    """Add what split voxels of a slab hold to their nodes in its lower or upper layer; `lift` is for extra nodes."""
    split, kind, nodes, cluster, row_split, _ = splits
    nx, ny, nz = shape
    plane = (ny + 1) * (nz + 1)
    for e in range(row_split[i * ny], row_split[(i + 1) * ny]):
        p = kind[e]
        weight = _voxel_weight(sigma, p)
        value = potential[split[e] // nz, split[e] % nz] + (drive[cluster[e]] / half[p] if half[p] > 0 else 0.0)
        for corner in range(4 * upper, 4 * upper + 4):
            node = nodes[e, corner]
            if node >= (nx + 1) * plane:
                extra[0, node - (nx + 1) * plane] += weight * (value + lift)
                extra[1, node - (nx + 1) * plane] += weight
            else:
                place = node - (i + upper) * plane
                sums[0, place // (nz + 1), place % (nz + 1)] += weight * value
                sums[1, place // (nz + 1), place % (nz + 1)] += weight


@njit(cache=True, nogil=True)
def _set_means(sums, wrap, layer):
    """Set a layer of corners to weighted means, 0 where there is no weight."""
    _fold(sums[0], wrap)
    _fold(sums[1], wrap)
    for j in range(layer.shape[0]):
        for k in range(layer.shape[1]):
            layer[j, k] = sums[0, j, k] / max(sums[1, j, k], 1e-300)
    _repeat(layer, wrap)


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
    """Treat a piece of a row of voxels between four rows of corners.

    All rows lie in one buffer at constant places: the compiler sees that they do not overlap and uses vectors.
    """
    for k in range(_CHUNK):
        energy, g0, g1, g2, g3, g4, g5, g6, g7 = _element(
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
        work[_ENERGY + k] = energy
        work[_GRADIENT + k] = g0
        work[_GRADIENT + _ROW + k + 1] = g1
        work[_GRADIENT + 2 * _ROW + k] = g2
        work[_GRADIENT + 3 * _ROW + k + 1] = g3
        work[_GRADIENT + 4 * _ROW + k] = g4
        work[_GRADIENT + 5 * _ROW + k + 1] = g5
        work[_GRADIENT + 6 * _ROW + k] = g6
        work[_GRADIENT + 7 * _ROW + k + 1] = g7


@njit(cache=True, nogil=True)
def _row(corners, low, high, weights, energies, i, j, work):
    """Set the energies of a row of voxels and add its half gradient to the layers below and above."""
    length = energies.size
    for first in range(0, length, _CHUNK):
        count = min(_CHUNK, length - first)
        conductivity = weights[:, first : first + count]
        energies[first : first + count] = 0.0
        if not _any(conductivity[3]):
            continue
        for axis in range(3):
            _copy(conductivity[axis], work[axis * _CHUNK :])
            work[axis * _CHUNK + count : (axis + 1) * _CHUNK] = 0.0
        for quarter in range(4):
            values = corners[i + quarter // 2, j + quarter % 2, first : first + count + 1]
            _copy(values, work[_VALUES + quarter * _ROW :])
        _chunk(work)
        _copy(work[_ENERGY : _ENERGY + count], energies[first:])
        for quarter in range(4):
            lower = work[_GRADIENT + 2 * quarter * _ROW :]
            upper = work[_GRADIENT + (2 * quarter + 1) * _ROW :]
            target = (high if quarter > 1 else low)[j + quarter % 2, first : first + count + 1]
            for k in range(target.size):
                target[k] += lower[k] + upper[k]


@njit(cache=True, nogil=True)
def _any(values):
    """Return whether any value is positive."""
    result = False
    for value in values:
        result |= value > 0
    return result


@njit(cache=True, nogil=True)
def _copy(values, target):
    """Copy values to the beginning of a longer array; a slice would be copied by a slower, general routine."""
    for k in range(values.size):
        target[k] = values[k]


@njit(cache=True, nogil=True)
def relax(shape, sigma, wrap, runs, cluster, splits, ends, faces, x, energy):
    """Add up the energies of the clusters under the potentials x, and then lower them by one step, in place.

    The step is that of Jacobi's iteration, with the largest eigenvalues of the voxels' stiffness matrices in place of
    their diagonals; so it cannot raise the energy, or with imposed currents the energy less twice their work.
    """
    nx, ny, nz = shape
    size = (nx + 1) * (ny + 1) * (nz + 1)
    corners = x[:size].reshape(nx + 1, ny + 1, nz + 1)
    before = splits[5]
    layers, first = np.zeros((2, 2, ny + 1, nz + 1)), np.zeros((2, ny + 1, nz + 1))  # half gradient, eigenvalues
    extra = np.zeros((2, before[nx + 1]))
    work, stiffest = np.zeros(_BUFFER), np.zeros(sigma.shape[1])
    for p in range(sigma.shape[1]):
        stiffest[p] = max(sigma[0, p], sigma[1, p], sigma[2, p]) / 2
    for i in range(nx):
        here, above = layers[i % 2], layers[1 - i % 2]
        _clear(above)
        _slab(sigma, stiffest, runs, cluster, splits, corners, i, here, above, work, energy)
        jumps = ends == JUMP and i == nx - 1
        _split_slab(shape, sigma, stiffest, splits, i, jumps, x, (here, above), extra, energy)
        if ends == IMPOSED and i == 0:
            _impose(faces[0], faces[2], 0, 1.0, here, extra, size)
        if ends == IMPOSED and i == nx - 1:
            _impose(faces[1], faces[3], nx * (ny + 1) * (nz + 1), -1.0, above, extra, size)
        if i == 0:
            _add(first, here)
        else:
            _step(here, wrap, corners[i])
    last = layers[nx % 2]
    if ends == JUMP:
        _add(last, first)
        _step(last, wrap, corners[nx])
        _lift(corners[0], corners[nx])
    elif ends == IMPOSED:
        _step(first, wrap, corners[0])
        _step(last, wrap, corners[nx])
    free = (before[1], before[nx]) if ends == FIXED else (0, before[nx + 1])
    for e in range(free[0], free[1]):
        x[size + e] -= _STEP * extra[0, e] / extra[1, e]


@njit(cache=True, nogil=True)
def _slab(sigma, stiffest, runs, cluster, splits, corners, i, here, above, work, energy):
    """Add energies, half gradient and eigenvalues of the unsplit voxels of a slab to its two layers of corners."""
    first, last, kind, row_start = runs
    ny, nz = corners.shape[1] - 1, corners.shape[2] - 1
    weights, energies = np.empty((4, nz)), np.empty(nz)
    for j in range(ny):
        row = i * ny + j
        if row_start[row] == row_start[row + 1]:
            continue
        weights[:] = 0.0
        for run in range(row_start[row], row_start[row + 1]):
            p = kind[run]
            wx, wy, wz, bound = sigma[0, p] / 36, sigma[1, p] / 36, sigma[2, p] / 36, stiffest[p]
            for k in range(np.uint64(first[run]), np.uint64(last[run] + 1)):
                weights[0, k], weights[1, k], weights[2, k], weights[3, k] = wx, wy, wz, bound
        for e in range(splits[4][row], splits[4][row + 1]):
            for value in range(4):
                weights[value, splits[0][e] - row * nz] = 0.0
        _row(corners, here[0], above[0], weights, energies, i, j, work)
        _spread(weights[3], here[1], j)
        _spread(weights[3], above[1], j)
        for run in range(row_start[row], row_start[row + 1]):
            kept = 0.0
            for k in range(np.uint64(first[run]), np.uint64(last[run] + 1)):
                kept += energies[k]
            energy[cluster[run]] += kept


@njit(cache=True, nogil=True)
def _split_slab(shape, sigma, stiffest, splits, i, jumps, x, layers, extra, energy):
    """Add energies, half gradient and eigenvalues of the split voxels of a slab, whose upper extra nodes may jump."""
    _, kind, nodes, cluster, row_split, _ = splits
    nx, ny, nz = shape
    plane = (ny + 1) * (nz + 1)
    v = np.empty(8)
    for e in range(row_split[i * ny], row_split[(i + 1) * ny]):
        p = kind[e]
        for corner in range(8):
            lowered = jumps and corner >= 4 and nodes[e, corner] >= (nx + 1) * plane
            v[corner] = x[nodes[e, corner]] - (1.0 if lowered else 0.0)
        wx, wy, wz = sigma[0, p] / 36, sigma[1, p] / 36, sigma[2, p] / 36
        result = _element(wx, wy, wz, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7])
        energy[cluster[e]] += result[0]
        for corner in range(8):
            node = nodes[e, corner]
            if node >= (nx + 1) * plane:
                extra[0, node - (nx + 1) * plane] += result[corner + 1]
                extra[1, node - (nx + 1) * plane] += stiffest[p]
            else:
                place = node - (i + corner // 4) * plane
                layer = layers[corner // 4]
                layer[0, place // (nz + 1), place % (nz + 1)] += result[corner + 1]
                layer[1, place // (nz + 1), place % (nz + 1)] += stiffest[p]


@njit(cache=True, nogil=True)
def _impose(nodes, current, begin, sign, layer, extra, size):
    """Let the currents imposed on end faces pull at their corners; `begin` is the first node of the layer."""
    columns = layer.shape[2]
    for f in range(len(nodes)):
        for corner in range(4):
            node = nodes[f, corner]
            if node >= size:
                extra[0, node - size] -= sign * current[f] / 4
            else:
                layer[0, (node - begin) // columns, (node - begin) % columns] -= sign * current[f] / 4


@njit(cache=True, nogil=True)
def _step(pair, wrap, layer):
    """Lower the energy by a step in one layer of corners, given half gradient and eigenvalues."""
    _fold(pair[0], wrap)
    _fold(pair[1], wrap)
    for j in range(layer.shape[0]):
        for k in range(layer.shape[1]):
            layer[j, k] -= _STEP * pair[0, j, k] / max(pair[1, j, k], 1e-300)
    _repeat(layer, wrap)
