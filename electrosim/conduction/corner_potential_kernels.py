"""Compiled first potential of the upper bound: the corners of voxels take the mean of the voxels around them.

Legend and the order of work, slab by slab, are those of `upper_bound_kernels`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction.corner_layer_kernels import add, clear, fold, repeat, set_higher, spread_row
from electrosim.conduction.tree_kernels import FIXED, IMPOSED, JUMP

_FAINT = 1e-12  # weight of a voxel that conducts only across the direction: it says little about its corners


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
        add(here, above)
        if ends == IMPOSED and (i == 0 or i == nx - 1):
            _slab_sums(sigma, half, potential, runs, cluster, splits, i, beyond, above)
        _split_sums(shape, sigma, half, potential, splits, i, 0, below, 0.0, here, extra)
        lift = 1.0 if ends == JUMP and i == nx - 1 else 0.0
        _split_sums(shape, sigma, half, potential, splits, i, 1, beyond, lift, above, extra)
        if i == 0:
            add(first, here)
        else:
            _set_means(here, wrap, corners[i])
    last = sums[nx % 2]
    if ends == JUMP:
        add(last, first)
        for j in range(ny + 1):
            for k in range(nz + 1):
                last[0, j, k] -= first[1, j, k]
    _set_means(first, wrap, corners[0])
    _set_means(last, wrap, corners[nx])
    for e in range(before[nx + 1]):
        x[size + e] = extra[0, e] / extra[1, e]
    if ends == JUMP:
        set_higher(corners[0], corners[nx])
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
    clear(slab)
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
        spread_row(values, slab[0], j)
        spread_row(weights, slab[1], j)


@njit(cache=True, nogil=True)
def _split_sums(shape, sigma, half, potential, splits, i, upper, drive, height, sums, extra):
    """Add what split voxels of a slab hold to their nodes in its lower or upper layer, `height` to extra ones."""
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
                extra[0, node - (nx + 1) * plane] += weight * (value + height)
                extra[1, node - (nx + 1) * plane] += weight
            else:
                place = node - (i + upper) * plane
                sums[0, place // (nz + 1), place % (nz + 1)] += weight * value
                sums[1, place // (nz + 1), place % (nz + 1)] += weight


@njit(cache=True, nogil=True)
def _set_means(sums, wrap, layer):
    """Set a layer of corners to weighted means, 0 where there is no weight."""
    fold(sums[0], wrap)
    fold(sums[1], wrap)
    for j in range(layer.shape[0]):
        for k in range(layer.shape[1]):
            layer[j, k] = sums[0, j, k] / max(sums[1, j, k], 1e-300)
    repeat(layer, wrap)
