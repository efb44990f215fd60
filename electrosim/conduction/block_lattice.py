"""The first coarse level where one phase conducts: a lattice of blocks, without lists of neighbours.

It takes blocks as whole: where next to none falls into parts that are not joined, splitting them gains nothing on this
level, and a lattice is passed several times faster than a list. Coarser levels are split (see `hierarchy`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import block_kernels, block_lattice_kernels, kernels
from electrosim.conduction.hierarchy import Correction, FloatArray, Hierarchy, IntArray, Level, SingleArray, pack

_FEW = 0.005  # share of blocks in parts up to which whole blocks converge as fast


@dataclass(frozen=True)
class BlockLattice:
    """Blocks of 2 x 2 x 2 voxels, and the networks coarser than they.

    Parameters
    ----------
    row, plane : int
        Length of a row and of a plane of one colour, margins included (see `block_lattice_kernels`).
    faces : ndarray of uint8, shape (7, blocks)
        How many faces join each red block to its neighbours.
    weight : ndarray, shape (3,)
        Conductance of a face along each axis.
    parent : ndarray of int, shape (2, blocks)
        Aggregate of every block in the first of the coarser networks.
    coarser : Hierarchy
        Those networks.
    """

    row: int
    plane: int
    faces: NDArray[np.uint8]
    weight: SingleArray
    parent: IntArray
    coarser: Hierarchy

    @property
    def first(self) -> int:
        """How many places the lattice has."""
        return self.parent.size

    def tied(self, ground: FloatArray) -> BlockCorrection:
        """Return the correction for a lattice that is tied to fixed potentials by `ground`."""
        diagonal = np.zeros(self.parent.shape, np.float32)
        block_lattice_kernels.add_up(self.faces, self.weight, self.row, self.plane, diagonal)
        diagonal[self.parent < 0] = 0
        diagonal += ground.reshape(diagonal.shape).astype(np.float32)
        inverse = np.divide(1, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0)
        coarser = self.coarser.tied(kernels.sums(self.parent.ravel(), ground, self.coarser.first))
        return BlockCorrection(self, inverse, np.zeros((5, *diagonal.shape), np.float32), coarser)


@dataclass(frozen=True)
class BlockCorrection:
    """The K-cycle of one direction: the lattice, its inverse diagonal, room for vectors, and the coarser networks."""

    lattice: BlockLattice
    inverse: SingleArray
    vectors: SingleArray
    coarser: Correction

    @property
    def right_side(self) -> SingleArray:
        """What the lattice is to be solved for; overwritten by `solve`."""
        right_side: SingleArray = self.vectors[0].reshape(-1)
        return right_side

    def solve(self) -> SingleArray:
        """Return an approximate solution."""
        of, coarser = self.lattice, self.coarser
        below = coarser.hierarchy
        networks = below.network, below.node, below.entry, coarser.inverse, coarser.dense, coarser.vectors
        block_lattice_kernels.correct_blocks(
            of.faces, of.weight, self.inverse, of.parent, of.row, of.plane, self.vectors, *networks
        )
        solution: SingleArray = self.vectors[1].reshape(-1)
        return solution


def worth_it(mask: NDArray[np.uint8], node: IntArray, levels: list[Level]) -> bool:
    """Return whether so few blocks are split, and so many there are, that a lattice is as good and faster."""
    return len(levels) > 1 and bool(np.count_nonzero(node < -1) <= _FEW * np.count_nonzero(mask))


def block_lattice(
    mask: NDArray[np.uint8], weight: FloatArray, place: IntArray, levels: list[Level]
) -> tuple[BlockLattice, IntArray]:
    """Replace the first network, whose nodes lie at `place`, by a lattice.

    Returns the lattice and the place in it of every node.
    """
    row = (mask.shape[2] + 1) // 2 + 2
    plane = (mask.shape[1] + 2) * row
    faces = np.zeros((7, (mask.shape[0] + 2) * plane), np.uint8)
    bits, _, _ = block_kernels.bits_and_parts()
    block_lattice_kernels.count_faces(mask, bits, block_kernels.SIDES, faces, row, plane)
    i, j, k = place
    position = (((i + j + k) % 2) * faces.shape[1] + (i + 1) * plane + (j + 1) * row + k // 2 + 1).astype(np.int32)
    parent = np.full(2 * faces.shape[1], -1, np.int32)
    parent[position] = levels[0].parent
    lattice = BlockLattice(row, plane, faces, weight.astype(np.float32), parent.reshape(2, -1), pack(levels[1:]))
    return lattice, position
