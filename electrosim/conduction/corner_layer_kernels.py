"""Compiled loops over layers of corners of voxels: what the potential of the upper bound is made of."""

from __future__ import annotations

from numba import njit

# Plain loops in place of whole-array expressions: they compile several times faster.


@njit(cache=True, nogil=True)
def clear(pair):
    """Set two layers of corners to 0."""
    for value in range(2):
        for j in range(pair.shape[1]):
            for k in range(pair.shape[2]):
                pair[value, j, k] = 0.0


@njit(cache=True, nogil=True)
def add(pair, other):
    """Add two layers of corners to two others."""
    for value in range(2):
        for j in range(pair.shape[1]):
            for k in range(pair.shape[2]):
                pair[value, j, k] += other[value, j, k]


@njit(cache=True, nogil=True)
def set_higher(layer, other):
    """Set the potentials of a layer of corners to those of another one, 1 higher."""
    for j in range(layer.shape[0]):
        for k in range(layer.shape[1]):
            layer[j, k] = other[j, k] + 1.0


@njit(cache=True, nogil=True)
def fold(layer, wrap):
    """Add what the last row and column of a layer of corners gather to the first ones, if they are the same corners."""
    rows, columns = layer.shape
    for k in range(columns if wrap[1] else 0):
        layer[0, k] += layer[rows - 1, k]
    for j in range(rows if wrap[2] else 0):
        layer[j, 0] += layer[j, columns - 1]


@njit(cache=True, nogil=True)
def repeat(layer, wrap):
    """Copy the first row and column of a layer of corners to the last ones, if they are the same corners."""
    rows, columns = layer.shape
    for k in range(columns if wrap[1] else 0):
        layer[rows - 1, k] = layer[0, k]
    for j in range(rows if wrap[2] else 0):
        layer[j, columns - 1] = layer[j, 0]


@njit(cache=True, nogil=True)
def spread_row(row_values, layer, j):
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
