"""The first coarse level of a resolved structure: a lattice of blocks, without lists of neighbours.

It takes blocks as whole: where next to none falls into parts that are not joined, splitting them gains nothing on this
level, and a lattice is passed several times faster than a list. Coarser levels are split (see `hierarchy`). With
several phases the question is asked of the best conducting one, of the best two, and so on: parts of a poor conductor
amid a good one are joined by that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import block_kernels, block_lattice_kernels
from electrosim.conduction.cycle_kernels import SECOND_STEP
from electrosim.conduction.hierarchy import (
    SMALLEST,
    WEAK,
    Correction,
    FloatArray,
    Graph,
    Hierarchy,
    IntArray,
    SingleArray,
    coarsen,
    pack,
)

RED, BLACK = 0, 1

_FEW = 0.005  # share of blocks in parts up to which whole blocks converge as fast


@dataclass(frozen=True)
class BlockLattice:
    """Blocks of 2 x 2 x 2 voxels, and the networks coarser than they.

    Parameters
    ----------
    row, plane : int
        Length of a row and of a plane of one colour, margins included (see `block_lattice_kernels`).
    faces : ndarray of uint8 or float32, shape (7, blocks)
        What joins each red block to its neighbours: how many faces with one phase, else conductances.
    weight : ndarray, shape (3,)
        Factor of that along each axis.
    diagonal : ndarray, shape (2, blocks)
        Sum of the conductances of each block.
    parent : ndarray of int, shape (2, blocks)
        Aggregate of every block in the first of the coarser networks.
    coarser : Hierarchy
        Those networks.
    """

    row: int
    plane: int
    faces: NDArray[np.uint8] | SingleArray
    weight: SingleArray
    diagonal: SingleArray
    parent: IntArray
    coarser: Hierarchy

    def tied(self, owner: IntArray, ground: FloatArray) -> BlockCorrection:
        """Return the correction for a lattice whose places `owner`, -1 for none, are tied to fixed potentials."""
        owner, ground = owner[owner >= 0], ground[owner >= 0]
        diagonal = self.diagonal.copy()
        np.add.at(diagonal.reshape(-1), owner, ground.astype(np.float32))
        inverse = np.divide(1, diagonal, out=np.zeros_like(diagonal), where=diagonal > 0)
        coarser = self.coarser.tied(self.parent.reshape(-1)[owner], ground)
        return BlockCorrection(self, inverse, np.zeros((4, *diagonal.shape), np.float32), coarser)


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
        """Return an approximate solution by one or two steps of conjugate gradients, as on the coarser levels."""
        b, x, first, image = self.vectors
        self._step()
        work, curvature = self._image(image)
        if curvature > 0:
            length = np.float32(work / curvature)
            if block_lattice_kernels.shrink(b, image, length) > SECOND_STEP**2:
                np.copyto(first, x)
                self._step()
                mixed = block_lattice_kernels.dot(x, image)
                second_work, own = self._image(image)
                own -= mixed**2 / curvature
                second = second_work / own if own > 0 else 0.0
                length = np.float32((work - second * mixed) / curvature)
                block_lattice_kernels.mix(length, first, np.float32(second), x)
            else:
                block_lattice_kernels.mix(length, x, np.float32(0), x)
        solution: SingleArray = x.reshape(-1)
        return solution

    def _step(self) -> None:
        """Sweep over red and black blocks from zero, correct by the coarser networks, and sweep back."""
        of, (b, x, *_) = self.lattice, self.vectors
        np.multiply(b[0], self.inverse[0], out=x[0])
        self._relax(BLACK)
        block_lattice_kernels.gather(of.faces, of.weight, of.parent, of.row, of.plane, x, self.coarser.right_side)
        block_lattice_kernels.scatter(of.parent, self.coarser.solve(), x)
        self._relax(BLACK)
        self._relax(RED)

    def _relax(self, colour: int) -> None:
        """Set the blocks of a colour to balance their currents."""
        of, (b, x, *_) = self.lattice, self.vectors
        block_lattice_kernels.relax(of.faces, of.weight, self.inverse, of.row, of.plane, b, x, colour)

    def _image(self, image: SingleArray) -> tuple[float, float]:
        """Write A x behind a sweep up; return (x, b) and (x, A x)."""
        of, (b, x, *_) = self.lattice, self.vectors
        products: tuple[float, float] = block_lattice_kernels.image(
            of.faces, of.weight, self.inverse, of.row, of.plane, b, x, image
        )
        return products


def whole_blocks(phase: NDArray[np.uint8], face: FloatArray) -> NDArray[np.bool_] | None:
    """Return which blocks of a checkerboard conduct, if they can be taken as wholes.

    None where too many of them would have to be split, or so few there are that a list is as good.
    """
    own = face.diagonal(axis1=1, axis2=2).min(axis=0)  # what a face inside each phase conducts, along its worst axis
    better = (own[None, 1:] >= np.sort(own[1:])[::-1, None]) & (own[1:] > 0)
    chosen = np.insert(better, 0, False, axis=1).astype(np.uint8)
    _, parts_of, _ = block_kernels.ways_to_fill()
    filled = np.zeros((phase.shape[1] // 2 - 1, phase.shape[2] // 2 - 1, phase.shape[3] - 2), np.bool_)
    split = block_lattice_kernels.survey(phase, chosen, parts_of, filled)
    count = np.count_nonzero(filled)
    return filled if count > SMALLEST and split <= _FEW * count else None


def lattice_of_blocks(phase: NDArray[np.uint8], face: FloatArray) -> tuple[BlockLattice, IntArray] | None:
    """Join the blocks of a checkerboard as wholes and coarsen them further.

    Returns the lattice and the place in it of every block, -1 for none; None where `whole_blocks` are none.
    """
    filled = whole_blocks(phase, face)
    if filled is None:
        return None
    row = (filled.shape[2] + 1) // 2 + 2
    plane = (filled.shape[1] + 2) * row
    size = (filled.shape[0] + 2) * plane
    if face.shape[1] == 2:
        weight, share = face[:, 1, 1].astype(np.float32), (face > 0).astype(np.uint8)
    else:
        weight, share = np.ones(3, np.float32), face.astype(np.float32)
    faces = np.zeros((7, size), share.dtype)
    block_lattice_kernels.join_blocks(phase, share, faces, row, plane)
    diagonal = np.zeros((2, size), np.float32)
    block_lattice_kernels.add_up(faces, weight, row, plane, np.ones(size, np.float32), diagonal)
    parent, place = block_lattice_kernels.aggregate_blocks(faces, weight, diagonal, filled, row, plane, WEAK)
    rows = block_lattice_kernels.join_aggregates(faces, weight, parent, row, plane, place.shape[1])
    coarser = pack(coarsen(Graph(*rows), place, (np.array(filled.shape) + 1) // 2))
    node = np.empty(filled.shape, np.int32)
    block_lattice_kernels.number_blocks(filled, row, plane, node)
    return BlockLattice(row, plane, faces, weight, diagonal, parent, coarser), node
