"""The hierarchy of coarse networks that corrects a potential.

Two choices make it insensitive to size, porosity and contrast. Blocks of 2 x 2 x 2 are split into their connected
parts, so that a coarse node never joins voxels that are not joined. And every coarse level takes up to two steps of
flexible conjugate gradients (a K-cycle, Notay and Vassilevski 2008, doi 10.1002/nla.542). As it only corrects, all of
it works in single precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import cycle_kernels, kernels

FloatArray = NDArray[np.float64]
SingleArray = NDArray[np.float32]
IntArray = NDArray[np.int32]

WEAK = 0.02  # share of the larger diagonal below which a conductance does not join two nodes

SMALLEST = 100  # nodes below which a level is solved by its dense inverse


@dataclass(frozen=True)
class Graph:
    """Rows of a network: node n meets neighbour[start[n]:start[n+1]], from middle[n] on those of higher numbers."""

    start: IntArray
    middle: IntArray
    neighbour: NDArray[np.uint32]
    conductance: SingleArray


@dataclass(frozen=True)
class Hierarchy:
    """Networks from fine to coarse, one behind the other (see `cycle_kernels`), without what ties them to electrodes.

    Parameters
    ----------
    node, entry : ndarray of int, shape (levels + 1,)
        Where nodes and entries of each level begin.
    network : tuple of ndarray
        Start, middle, neighbour and conductance of the rows, and the aggregate of every node on the next level.
    diagonal : ndarray, shape (nodes,)
        Sum of the conductances of each node.
    """

    node: NDArray[np.int64]
    entry: NDArray[np.int64]
    network: tuple[IntArray, IntArray, NDArray[np.uint32], SingleArray, IntArray]
    diagonal: FloatArray

    @property
    def first(self) -> int:
        """How many nodes the first level has."""
        return int(self.node[1])

    def tied(self, owner: IntArray, ground: FloatArray) -> Correction:
        """Return the correction for a network whose nodes `owner`, -1 for none, are tied to fixed potentials."""
        diagonal = self.diagonal.copy()
        for begin, end in zip(self.node[:-1], self.node[1:], strict=True):
            owner, ground = owner[owner >= 0], ground[owner >= 0]
            np.add.at(diagonal[begin:end], owner, ground)
            owner = self.network[4][begin:end][owner]
        inverse = np.divide(1.0, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0).astype(np.float32)
        dense = np.zeros((0, 0), np.float32)
        if self.node[-1] - self.node[-2] <= SMALLEST:
            dense = self._dense_inverse(diagonal[self.node[-2] :])
        return Correction(self, inverse, dense, np.zeros((5, diagonal.size), np.float32))

    def _dense_inverse(self, diagonal: FloatArray) -> SingleArray:
        """Return the inverse of the last level."""
        start, _, neighbour, conductance, _ = self.network
        row = np.repeat(np.arange(diagonal.size), np.diff(start[start.size - diagonal.size - 1 :]))
        there = slice(self.entry[-2], self.entry[-1])
        matrix = np.diag(diagonal)
        np.subtract.at(matrix, (row, neighbour[there]), conductance[there])
        return inverse(matrix).astype(np.float32)


def inverse(matrix: FloatArray) -> FloatArray:
    """Return the inverse of the matrix of a network; unlike LAPACK's it starts no threads, which would wait busily.

    A cluster that nothing ties to a potential shows by its last pivot, which vanishes; all its potentials then follow
    that node's. On such a cluster it is the pseudo-inverse.
    """
    size = len(matrix)
    least = 1e-7 * matrix.diagonal()
    both = np.hstack([matrix, np.eye(size)])  # what makes one of the left half makes the inverse of the right one
    for n in range(size):
        if both[n, n] <= least[n]:
            both[n] = 0.0
            continue
        both[n] /= both[n, n]
        factor = both[:, n].copy()
        factor[n] = 0.0
        both -= factor[:, None] * both[n]
    left, result = both[:, :size], both[:, size:]
    for last in np.flatnonzero(left.diagonal() == 0):
        members = np.abs(left[:, last]) > 0.5
        members[last] = True
        result[:, last] = 0.0
        result -= np.outer(result[:, members].mean(axis=1), members)
        result -= np.outer(members, result[members].mean(axis=0))
    return result


@dataclass(frozen=True)
class Correction:
    """The K-cycle of one direction: the hierarchy, its inverse diagonals and room for vectors."""

    hierarchy: Hierarchy
    inverse: SingleArray
    dense: SingleArray
    vectors: SingleArray

    @property
    def right_side(self) -> SingleArray:
        """What the first level is to be solved for; overwritten by `solve`."""
        return self.vectors[0, : self.hierarchy.first]

    def solve(self, *, once: bool = False) -> SingleArray:
        """Return an approximate solution of the first level by one or two cycles, or by just one sweep of it."""
        of = self.hierarchy
        cycle_kernels.correct(of.network, of.node, of.entry, self.inverse, self.dense, self.vectors, once)
        return self.vectors[1, : self.hierarchy.first]


@dataclass(frozen=True)
class Level:
    """A network, the sum of the conductances of each node, and the aggregate of each node on the next level."""

    graph: Graph
    diagonal: FloatArray
    parent: IntArray


def coarsen(graph: Graph, place: IntArray, blocks: NDArray[np.int64]) -> list[Level]:
    """Return a graph, whose nodes lie at `place` in a grid of `blocks`, and all coarser networks.

    Coarsening ends when a dense inverse is cheap or nothing joins any more.
    """
    levels: list[Level] = []
    while True:
        size = graph.middle.size
        diagonal = kernels.row_sums(graph.start, graph.conductance, np.zeros(size))
        member = np.zeros(0, np.int32)
        if size > SMALLEST:
            threshold = WEAK if blocks.max() > 1 else 0.0  # in the only block left, everything joins
            blocks = (blocks + 1) // 2
            place = place // 2
            block = (place[0] * blocks[1] + place[1]) * blocks[2] + place[2]
            colour = (place.sum(axis=0) & 1).astype(np.uint8)
            inverse = np.divide(1.0, diagonal, out=np.zeros(size), where=diagonal > 0).astype(np.float32)
            parent, member = kernels.aggregate(
                graph.start, graph.neighbour, graph.conductance, inverse, block, colour, threshold
            )
        if member.size == 0:
            levels.append(Level(graph, diagonal, np.full(size, -1, np.int32)))
            return levels
        levels.append(Level(graph, diagonal, parent))
        place = place[:, member]
        graph = Graph(*kernels.coarsen(graph.start, graph.neighbour, graph.conductance, parent, member.size))


def pack(levels: list[Level]) -> Hierarchy:
    """Lay the networks one behind the other."""
    node = np.cumsum([0, *(level.diagonal.size for level in levels)])
    entry = np.cumsum([0, *(level.graph.neighbour.size for level in levels)])
    network = (
        np.concatenate([level.graph.start for level in levels]),
        np.concatenate([level.graph.middle for level in levels]),
        np.concatenate([level.graph.neighbour for level in levels]),
        np.concatenate([level.graph.conductance for level in levels]),
        np.concatenate([level.parent for level in levels]),
    )
    return Hierarchy(node, entry, network, np.concatenate([level.diagonal for level in levels]))
