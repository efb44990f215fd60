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

from electrosim.conduction.corner_layer_kernels import add, clear, fold, repeat, set_higher, spread_row
from electrosim.conduction.tree_kernels import FIXED, IMPOSED, JUMP

_STEP = 1.8  # share, out of 2, of the longest step that cannot raise the energy

_CHUNK = 64  # voxels of a row treated at once
_ROW = _CHUNK + 8  # room for their corners
_ENERGY = 3 * _CHUNK  # where energies begin in the buffer, after the conductivities
_VALUES = _ENERGY + _CHUNK  # the four rows of corners
_GRADIENT = _VALUES + 4 * _ROW  # the eight rows of the gradient, those of upper corners one place further
_BUFFER = _GRADIENT + 8 * _ROW


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
        clear(above)
        _slab(sigma, stiffest, runs, cluster, splits, corners, i, here, above, work, energy)
        jumps = ends == JUMP and i == nx - 1
        _split_slab(shape, sigma, stiffest, splits, i, jumps, x, (here, above), extra, energy)
        if ends == IMPOSED and i == 0:
            _impose(faces[0], faces[2], 0, 1.0, here, extra, size)
        if ends == IMPOSED and i == nx - 1:
            _impose(faces[1], faces[3], nx * (ny + 1) * (nz + 1), -1.0, above, extra, size)
        if i == 0:
            add(first, here)
        else:
            _step(here, wrap, corners[i])
    last = layers[nx % 2]
    if ends == JUMP:
        add(last, first)
        _step(last, wrap, corners[nx])
        set_higher(corners[0], corners[nx])
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
        spread_row(weights[3], here[1], j)
        spread_row(weights[3], above[1], j)
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
    fold(pair[0], wrap)
    fold(pair[1], wrap)
    for j in range(layer.shape[0]):
        for k in range(layer.shape[1]):
            layer[j, k] -= _STEP * pair[0, j, k] / max(pair[1, j, k], 1e-300)
    repeat(layer, wrap)
