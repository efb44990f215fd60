"""The hierarchy of coarse networks and the cycle that corrects a potential with their help.

Two choices make it insensitive to size, porosity and contrast. Blocks of 2 x 2 x 2 are split into their connected
parts, so that a coarse node never joins voxels that are not joined. And every coarse level takes up to two steps of
flexible conjugate gradients (a K-cycle, Notay and Vassilevski 2008, doi 10.1002/nla.542). As it only corrects a
potential that is kept in double precision, all of it works in single precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import kernels
from electrosim.conduction.network import FloatArray, IntArray, Network

_SMALLEST = 200  # nodes below which a level is solved by its dense inverse
_WEAK = 0.02  # share of the larger diagonal below which a conductance does not join two nodes
_SECOND_STEP = 0.25  # residual left by the first step of a K-cycle above which it takes a second

SingleArray = NDArray[np.float32]
Rows = tuple[IntArray, IntArray, IntArray, SingleArray, SingleArray]


@dataclass(frozen=True)
class Level:
    """One level of the hierarchy: rows of its network and the aggregate of every node, or the dense inverse."""

    rows: Rows
    parent: IntArray
    inverse: SingleArray | None = None

    @property
    def size(self) -> int:
        """Number of nodes."""
        return int(self.parent.size)


def build_levels(network: Network, shape: tuple[int, ...]) -> list[Level]:
    """Coarsen until a dense inverse is cheap or nothing joins any more."""
    start, middle, neighbour = network.start, network.middle, network.neighbour
    conductance, ground = network.conductance.astype(np.float32), network.ground
    blocks = np.array(shape)
    place = np.array(np.unravel_index(network.voxel, shape), np.int32)
    levels: list[Level] = []
    while True:
        diagonal = kernels.row_sums(start, conductance, ground)
        inverse = np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0).astype(np.float32)
        rows = start, middle, neighbour, conductance, inverse
        if diagonal.size <= _SMALLEST:
            dense = _dense_inverse(rows, diagonal)
            levels.append(Level(rows, np.full(diagonal.size, -1, np.int32), dense))
            return levels
        threshold = _WEAK if blocks.max() > 1 else 0.0  # in the only block left, everything joins
        blocks = (blocks + 1) // 2
        place //= 2
        block = (place[0] * blocks[1] + place[1]) * blocks[2] + place[2]
        colour = (place.sum(axis=0) & 1).astype(np.uint8)
        parent, member = kernels.aggregate(start, neighbour, conductance, inverse, block, colour, threshold)
        levels.append(Level(rows, parent))
        if member.size == 0:
            return levels
        place = place[:, member]
        start, middle, neighbour, conductance, ground = kernels.coarsen(
            start, neighbour, conductance, ground, parent, member.size
        )


def _dense_inverse(rows: Rows, diagonal: FloatArray) -> SingleArray:
    """Return the pseudo-inverse: a network without fixed potentials is singular up to a constant per cluster."""
    start, _, neighbour, conductance, _ = rows
    matrix = np.diag(diagonal)
    row = np.repeat(np.arange(diagonal.size), np.diff(start))
    np.subtract.at(matrix, (row, neighbour), conductance)
    return np.linalg.pinv(matrix, rcond=1e-7, hermitian=True).astype(np.float32)


def cycle(levels: list[Level], b: SingleArray) -> SingleArray:
    """Return an approximate solution on the finest level for the right-hand side b."""
    return _correct(levels, 0, b) if levels[0].inverse is not None else _smooth_and_correct(levels, 0, b)[0]


def _smooth_and_correct(levels: list[Level], depth: int, b: SingleArray) -> tuple[SingleArray, SingleArray]:
    """Smooth, correct from the next level, smooth back; also return what `kernels.image_after_sweep` needs."""
    level = levels[depth]
    x, below = np.empty_like(b), np.empty_like(b)
    coarse = np.empty(levels[depth + 1].size if depth + 1 < len(levels) else 0, np.float32)
    kernels.descend(*level.rows, b, x, level.parent, coarse)
    correction = _correct(levels, depth + 1, coarse) if coarse.size else coarse
    kernels.ascend(*level.rows, b, x, level.parent, correction, below)
    return x, below


def _correct(levels: list[Level], depth: int, b: SingleArray) -> SingleArray:
    """Solve a coarse level by at most two steps of flexible conjugate gradients, each preconditioned by a cycle."""
    level = levels[depth]
    if level.inverse is not None:
        exact: SingleArray = kernels.multiply(level.inverse, b)
        return exact
    first, below = _smooth_and_correct(levels, depth, b)
    image = np.empty_like(b)
    work, curvature = kernels.image_after_sweep(*level.rows, b, first, below, image)
    if curvature <= 0:
        return first
    remainder = b - np.float32(work / curvature) * image
    if kernels.dot(remainder, remainder) <= _SECOND_STEP**2 * kernels.dot(b, b):
        return np.float32(work / curvature) * first
    second, below = _smooth_and_correct(levels, depth, remainder)
    second_image = np.empty_like(b)
    second_work, second_curvature = kernels.image_after_sweep(*level.rows, remainder, second, below, second_image)
    mixed: float = kernels.dot(second, image)
    second_curvature -= mixed**2 / curvature
    if second_curvature <= 0:
        return np.float32(work / curvature) * first
    length = second_work / second_curvature
    return np.float32((work - length * mixed) / curvature) * first + np.float32(length) * second
