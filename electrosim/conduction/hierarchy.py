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

from electrosim.conduction import kernels, lattice
from electrosim.conduction.matrices import FloatArray, Graph, IntArray, Lattice, SingleArray
from electrosim.conduction.network import WEAK, Network

_SMALLEST = 200  # nodes below which a level is solved by its dense inverse
_SECOND_STEP = 0.25  # residual left by the first step of a K-cycle above which it takes a second

Rows = tuple[IntArray, IntArray, NDArray[np.uint32], SingleArray, SingleArray]


@dataclass(frozen=True)
class Level:
    """One level of the hierarchy: rows of its network and the aggregate of every node, or the dense inverse."""

    rows: Rows
    parent: IntArray
    inverse: SingleArray | None = None

    def descend(self, b: SingleArray, x: SingleArray, coarse: SingleArray) -> None:
        """Sweep from zero and sum up the residual for the next level."""
        kernels.descend(*self.rows, b, x, self.parent, coarse)

    def ascend(self, b: SingleArray, x: SingleArray, correction: SingleArray, below: SingleArray) -> None:
        """Add the correction and sweep back."""
        kernels.ascend(*self.rows, b, x, self.parent, correction, below)


@dataclass(frozen=True)
class LatticeLevel:
    """The finest level of a lattice."""

    matrix: Lattice
    weight: tuple[np.float32, ...]
    reciprocal: SingleArray
    parent: IntArray
    inverse: None = None

    def descend(self, b: SingleArray, x: SingleArray, coarse: SingleArray) -> None:  # noqa: ARG002 (kept as field)
        """Sweep from zero and sum up the residual for the next level."""
        of = self.matrix
        places = of.field, of.position, of.evens, of.shape, of.wrap, of.strides
        lattice.descend(*places, self.weight, self.reciprocal, b, self.parent, coarse)

    def ascend(self, b: SingleArray, x: SingleArray, correction: SingleArray, below: SingleArray) -> None:  # noqa: ARG002
        """Add the correction and sweep back."""
        of = self.matrix
        places = of.field, of.position, of.evens, of.shape, of.wrap, of.strides
        lattice.ascend(*places, self.weight, self.reciprocal, b, self.parent, correction, x)


Levels = list[Level | LatticeLevel]


def build_levels(network: Network, shape: tuple[int, ...]) -> Levels:
    """Coarsen until a dense inverse is cheap or nothing joins any more."""
    matrix = network.matrix
    levels: Levels = []
    blocks = np.array(shape)
    if isinstance(matrix, Lattice):
        parent, block, graph = matrix.blocks()
        weight = tuple(np.float32(g) for g in matrix.weight)
        levels.append(LatticeLevel(matrix, weight, _reciprocal(matrix.diagonal), parent))
        blocks = (blocks + 1) // 2
        place = np.array(np.unravel_index(block, blocks), np.int32)
    else:
        graph = matrix
        place = np.array(np.unravel_index(network.voxel, shape), np.int32)
    return levels + _coarsen(graph, place, blocks)


def _coarsen(graph: Graph, place: IntArray, blocks: NDArray[np.int64]) -> Levels:
    """Return a level for a graph whose nodes lie at `place` in a grid of `blocks`, and all coarser ones."""
    start, middle, neighbour, ground, diagonal = (
        graph.start,
        graph.middle,
        graph.neighbour,
        graph.ground,
        graph.diagonal,
    )
    conductance = graph.conductance.astype(np.float32)
    levels: Levels = []
    while True:
        rows = start, middle, neighbour, conductance, _reciprocal(diagonal)
        if diagonal.size <= _SMALLEST:
            levels.append(Level(rows, np.full(diagonal.size, -1, np.int32), _dense_inverse(rows, diagonal)))
            return levels
        threshold = WEAK if blocks.max() > 1 else 0.0  # in the only block left, everything joins
        blocks = (blocks + 1) // 2
        place //= 2
        block = (place[0] * blocks[1] + place[1]) * blocks[2] + place[2]
        colour = (place.sum(axis=0) & 1).astype(np.uint8)
        parent, member = kernels.aggregate(start, neighbour, conductance, rows[4], block, colour, threshold)
        levels.append(Level(rows, parent))
        if member.size == 0:
            return levels
        place = place[:, member]
        start, middle, neighbour, conductance, ground = kernels.coarsen(
            start, neighbour, conductance, ground, parent, member.size
        )
        diagonal = kernels.row_sums(start, conductance, ground)


def _reciprocal(diagonal: FloatArray) -> SingleArray:
    """Return one over the diagonal, 0 where it is zero."""
    return np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0).astype(np.float32)


def _dense_inverse(rows: Rows, diagonal: FloatArray) -> SingleArray:
    """Return the pseudo-inverse: a network without fixed potentials is singular up to a constant per cluster."""
    start, _, neighbour, conductance, _ = rows
    matrix = np.diag(diagonal)
    row = np.repeat(np.arange(diagonal.size), np.diff(start))
    np.subtract.at(matrix, (row, neighbour), conductance)
    return np.linalg.pinv(matrix, rcond=1e-7, hermitian=True).astype(np.float32)


def cycle(levels: Levels, b: SingleArray) -> SingleArray:
    """Return an approximate solution on the finest level for the right-hand side b."""
    return _correct(levels, 0, b) if levels[0].inverse is not None else _smooth_and_correct(levels, 0, b)[0]


def _smooth_and_correct(levels: Levels, depth: int, b: SingleArray) -> tuple[SingleArray, SingleArray]:
    """Smooth, correct from the next level, smooth back; also return what `kernels.image_after_sweep` needs."""
    level = levels[depth]
    x, below = np.empty_like(b), np.empty_like(b)
    coarse = np.empty(levels[depth + 1].parent.size if depth + 1 < len(levels) else 0, np.float32)
    level.descend(b, x, coarse)
    correction = _correct(levels, depth + 1, coarse) if coarse.size else coarse
    level.ascend(b, x, correction, below)
    return x, below


def _correct(levels: Levels, depth: int, b: SingleArray) -> SingleArray:
    """Solve a coarse level by at most two steps of flexible conjugate gradients, each preconditioned by a cycle."""
    level = levels[depth]
    if isinstance(level, LatticeLevel):
        return _smooth_and_correct(levels, depth, b)[0]
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
