"""The hierarchy of coarse networks and the cycle that corrects a potential with their help.

Two choices make it insensitive to size, porosity and contrast. Blocks of 2 x 2 x 2 are split into their connected
parts, so that a coarse node never joins voxels that are not joined. And every coarse level takes up to two steps of
flexible conjugate gradients (a K-cycle, Notay and Vassilevski 2008, doi 10.1002/nla.542).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import kernels
from electrosim.conduction.network import FloatArray, IntArray, Network, Rows

_SMALLEST = 200  # nodes below which a level is solved by its dense inverse
_LARGEST_DENSE = 1500
_WEAK = 0.02  # share of the larger diagonal below which a conductance does not join two nodes
_SECOND_STEP = 0.25  # residual left by the first step of a K-cycle above which it takes a second


@dataclass(frozen=True)
class Level:
    """One level of the hierarchy: rows of its network and, but for the last, the aggregate of every node."""

    rows: Rows
    size: int
    parent: IntArray | None = None
    inverse: FloatArray | None = None


def build_levels(network: Network, shape: tuple[int, ...]) -> list[Level]:
    """Coarsen until a dense inverse is cheap or nothing joins any more."""
    start, neighbour, conductance, diagonal = network.rows
    ground = network.ground
    blocks = np.array(shape)
    place = np.array(np.unravel_index(network.voxel, shape), np.int32)
    levels: list[Level] = []
    while diagonal.size > _SMALLEST:
        blocks = (blocks + 1) // 2
        place //= 2
        block = np.ravel_multi_index(tuple(place), tuple(blocks))
        parent, count = kernels.aggregate(start, neighbour, conductance, diagonal, block, _WEAK)
        if count > 0.9 * parent.size and blocks.max() == 1:
            break
        levels.append(Level((start, neighbour, conductance, diagonal), diagonal.size, parent=parent))
        start, neighbour, conductance, ground = kernels.coarsen(start, neighbour, conductance, ground, parent, count)
        diagonal = kernels.row_sums(start, conductance, ground)
        first = np.zeros(count, np.int64)
        first[parent[::-1]] = np.arange(parent.size)[::-1]
        place = place[:, first]
    inverse = _dense_inverse(start, neighbour, conductance, diagonal) if diagonal.size <= _LARGEST_DENSE else None
    levels.append(Level((start, neighbour, conductance, diagonal), diagonal.size, inverse=inverse))
    return levels


def _dense_inverse(
    start: NDArray[np.int64], neighbour: IntArray, conductance: FloatArray, diagonal: FloatArray
) -> FloatArray:
    """Return the pseudo-inverse: a network without fixed potentials is singular up to a constant per cluster."""
    matrix = np.diag(diagonal)
    row = np.repeat(np.arange(diagonal.size), np.diff(start))
    np.subtract.at(matrix, (row, neighbour), conductance)
    return np.asarray(np.linalg.pinv(matrix, rcond=1e-12, hermitian=True), np.float64)


def cycle(levels: list[Level], depth: int, b: FloatArray) -> FloatArray:
    """Return an approximate solution for the right-hand side b: smooth, correct from the next level, smooth back."""
    level = levels[depth]
    if level.inverse is not None:
        product: FloatArray = kernels.multiply(level.inverse, b)
        return product
    x = np.zeros(level.size)
    if level.parent is None:
        for _ in range(10):
            kernels.gauss_seidel(*level.rows, b, x, False)
            kernels.gauss_seidel(*level.rows, b, x, True)
        return x
    kernels.gauss_seidel(*level.rows, b, x, False)
    coarse = np.empty(levels[depth + 1].size)
    kernels.restrict_residual(*level.rows, b, x, level.parent, coarse)
    kernels.add_coarse(level.parent, correct(levels, depth + 1, coarse), x)
    kernels.gauss_seidel(*level.rows, b, x, True)
    return x


def correct(levels: list[Level], depth: int, b: FloatArray) -> FloatArray:
    """Solve a coarse level by at most two steps of flexible conjugate gradients, each preconditioned by a cycle."""
    first = cycle(levels, depth, b)
    level = levels[depth]
    if level.inverse is not None:
        return first
    image = np.empty(level.size)
    kernels.apply(*level.rows, first, image)
    curvature: float = kernels.dot(first, image)
    if curvature <= 0:
        return first
    work: float = kernels.dot(first, b)
    remainder = b - (work / curvature) * image
    if kernels.dot(remainder, remainder) <= _SECOND_STEP**2 * kernels.dot(b, b):
        return (work / curvature) * first
    second = cycle(levels, depth, remainder)
    second_image = np.empty(level.size)
    kernels.apply(*level.rows, second, second_image)
    mixed: float = kernels.dot(second, image)
    second_curvature = kernels.dot(second, second_image) - mixed**2 / curvature
    if second_curvature <= 0:
        return (work / curvature) * first
    second_work: float = kernels.dot(second, remainder) / second_curvature
    return (work / curvature - second_work * mixed / curvature) * first + second_work * second
