"""The lattice of a few phases, sorted by colour, and its conjugate gradients on one of them.

Half of the voxels are eliminated exactly, so only red ones are unknown; no list of neighbours is kept. The loops are in
`checkerboard_kernels`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import block_kernels, checkerboard_kernels, kernels
from electrosim.conduction.block_lattice import BlockLattice, lattice_of_blocks, whole_blocks
from electrosim.conduction.electrodes import Drive, Places
from electrosim.conduction.grid import FloatArray, Grid
from electrosim.conduction.hierarchy import WEAK, Graph, Hierarchy, SingleArray, coarsen, pack
from electrosim.conduction.problem import Phase

_MOST_PHASES = 4  # the work grows as their square
_MOST_CONTRAST = 1e6  # of conductances; beyond it the residual in single precision loses the weak ones
_LOW_CONTRAST = 10  # of conductances; beyond it products are summed in double precision, for the same reason


def fits(grid: Grid) -> bool:
    """Return whether the colours alternate across periodic ends and single precision holds all conductances."""
    even = all(not wraps or length % 2 == 0 for wraps, length in zip(grid.wrap, grid.phase.shape, strict=True))
    return even and grid.sigma.shape[1] - 1 <= _MOST_PHASES and contrast(grid.face) <= _MOST_CONTRAST


def contrast(face: FloatArray) -> float:
    """Return the largest conductance over the smallest one."""
    positive = face[face > 0]
    return float(positive.max() / positive.min()) if positive.size else 1.0


@dataclass(frozen=True)
class Checkerboard:
    """What all directions share: phases by colour, the conductances, the aggregates of voxels and coarser networks.

    Parameters
    ----------
    shape : tuple of int
        Planes, rows and places in a row of one colour, margins left out.
    wrap : ndarray of bool, shape (3,)
        Axes along which the image repeats.
    phase : ndarray of uint8
        Phases by colour.
    weights, table : ndarray
        Conductances, see `checkerboard_kernels`.
    node, split : ndarray
        Aggregates of the voxels, see `block_kernels`.
    coarse : Hierarchy
        Networks of the aggregates.
    """

    shape: tuple[int, int, int]
    wrap: NDArray[np.bool_]
    phase: NDArray[np.uint8]
    weights: SingleArray
    table: SingleArray | None
    face: FloatArray
    node: NDArray[np.int32]
    split: NDArray[np.int32]
    coarse: Hierarchy | BlockLattice


def build(grid: Grid, phase: Phase) -> Checkerboard:
    """Sort the voxels of a lattice by colour and coarsen it; phase is 0 where no potential is sought."""
    coloured = _by_colour(grid, phase)
    shape = coloured.shape[1] - 2, coloured.shape[2] - 2, coloured.shape[3] - 2
    weights, table = conductances(grid.face, np.float32)
    lattice = None if grid.wrap.any() else lattice_of_blocks(coloured, grid.face)
    coarse: Hierarchy | BlockLattice
    if lattice:
        coarse, node = lattice
        split = np.zeros((0, 8), np.int32)
    else:
        node, split, coarse = _network_of_parts(grid, coloured, _diagonal(coloured, weights, table))
    return Checkerboard(shape, grid.wrap, coloured, weights, table, grid.face, node, split, coarse)


def needs_no_lists(grid: Grid) -> bool:
    """Return whether the first coarse level is a lattice of blocks, which takes much less memory."""
    return not grid.wrap.any() and whole_blocks(_by_colour(grid, grid.phase), grid.face) is not None


def _by_colour(grid: Grid, phase: Phase) -> NDArray[np.uint8]:
    """Sort the voxels of a lattice by colour."""
    shape = phase.shape[0] + phase.shape[0] % 2, phase.shape[1] + phase.shape[1] % 2, (phase.shape[2] + 1) // 2
    coloured = np.zeros((2, shape[0] + 2, shape[1] + 2, shape[2] + 2), np.uint8)
    checkerboard_kernels.sort(phase, coloured, grid.wrap)
    return coloured


def conductances(
    face: FloatArray, precision: type[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.floating] | None]:
    """Return weights and table, see `checkerboard_kernels`."""
    inner = face[:, 1:, 1:]
    scale = inner[:, 0, 0]
    if inner.shape[1] == 1:
        return scale[None].astype(precision), None
    if scale.all() and np.allclose(inner / scale[:, None, None], inner[0] / scale[0], rtol=1e-12, atol=0):
        return (scale / scale[0])[None].astype(precision), inner[:1].astype(precision)
    return np.eye(3, dtype=precision), inner.astype(precision)


def _diagonal(phase: NDArray[np.uint8], weights: NDArray[Any], table: NDArray[Any] | None) -> NDArray[Any]:
    """Return the sum of the conductances of each voxel, in one byte if every face has conductance 1."""
    plain = table is None and bool((weights == 1).all())
    diagonal: NDArray[Any] = np.zeros(phase.shape, np.uint8 if plain else weights.dtype)
    checkerboard_kernels.add_up(phase, diagonal, weights, table)
    return diagonal


def _network_of_parts(
    grid: Grid, phase: NDArray[np.uint8], diagonal: NDArray[np.uint8] | SingleArray
) -> tuple[NDArray[np.int32], NDArray[np.int32], Hierarchy]:
    """Join the connected voxels of every block and build the coarser networks; return node, split and the latter."""
    bits, parts_of, part_of = block_kernels.ways_to_fill()
    mask, kind = block_kernels.survey(phase)
    along = grid.sigma
    most = 2 * along.sum(axis=0)  # the diagonal of a voxel amid its own phase; no neighbour of it has a larger one
    strong = np.array([along.min(axis=0) > WEAK * most, along.min(axis=0) > WEAK * most.max()])
    node, split, place = block_kernels.number_parts(
        phase, diagonal, grid.face, WEAK, mask, kind, strong, parts_of, part_of
    )
    followers, owner, more = block_kernels.follow(phase, grid.face, node, split, place.shape[1])
    place = np.concatenate([place, more], axis=1)
    order = np.argsort(owner, kind="stable")
    first = np.append(0, np.cumsum(np.bincount(owner, minlength=place.shape[1] if owner.size else 0)))
    rows = block_kernels.join_parts(
        phase, grid.face, mask, kind, node, split, place, grid.wrap, followers[order], first, bits
    )
    return node, split, pack(coarsen(Graph(*rows), place, np.array(mask.shape)))


class RedSystem:
    """Conjugate gradients on the red voxels of a checkerboard, for one direction.

    All vectors are in single precision. Where the tolerance needs more, `renew` adds the potential up in double
    precision and starts again from the residual that is left, which is scaled to 1.
    """

    def __init__(self, board: Checkerboard, drive: Drive, *, precise: bool) -> None:
        """Tie the end layers to the electrodes and take room for the vectors."""
        self._board, self._drive = board, drive
        self._diagonal = _diagonal(board.phase, board.weights, board.table)
        self._tie(self._diagonal)
        owner = block_kernels.owners(board.node, board.split, *self._places(drive.grounded))
        self._coarse = board.coarse.tied(owner, drive.ground)
        red = board.phase[0].size
        self._x, self._residual, self._direction = (np.zeros(red, np.float32) for _ in range(3))
        self._image = np.zeros(red, np.float32)  # of the direction, or the step found before it is turned into one
        single = board.table is None
        self.error_factor = 4.0 if single else 6.0  # largest seen: 2.8 and 3.8
        self.least_left = 0.05 if single else 0.25
        uneven = contrast(board.face) > _LOW_CONTRAST
        self._matrix = self._matrix_of(self._diagonal, board.weights, board.table)
        self._exact = self._exact_matrix() if precise or uneven else self._matrix
        self._product = self._exact if uneven else self._matrix
        self._sum = np.zeros(red) if precise else None
        self._scale = 1.0

    def _matrix_of(self, diagonal: NDArray[Any], weights: NDArray[Any], table: NDArray[Any] | None) -> tuple[Any, ...]:
        of = self._board
        return of.phase.ravel(), diagonal.ravel(), of.shape, of.wrap, weights, table

    def _exact_matrix(self) -> tuple[Any, ...]:
        """Return the matrix in double precision."""
        weights, table = conductances(self._board.face, np.float64)
        diagonal = _diagonal(self._board.phase, weights, table)
        self._tie(diagonal)
        return self._matrix_of(diagonal, weights, table)

    def _tie(self, diagonal: NDArray[Any]) -> None:
        checkerboard_kernels.tie(diagonal, *self._places(self._drive.grounded), self._drive.ground)

    def _places(self, voxel: Places) -> tuple[NDArray[np.int64], ...]:
        """Return colour, plane, row and place of voxels."""
        i, j, k = np.unravel_index(voxel, self._drive.phase.shape)
        return (i + j + k) % 2, i + 1, j + 1, k // 2 + 1

    def start(self) -> float:
        """Start from a uniform field, or from zero if currents drive; return the energy (see `Multigrid`)."""
        x = self._x if self._sum is None else self._sum
        if not self._drive.current_driven:
            axis, phase = self._drive.axis, self._board.phase
            checkerboard_kernels.uniform_field(x, phase, axis, self._drive.phase.shape[axis])
        work = self._find_residual(x)
        return self._drive.constant + (work if self._drive.current_driven else -work)

    def _find_residual(self, x: SingleArray | FloatArray) -> float:
        """Set the residual of x; return twice the work of the currents less what the potential dissipates.

        Where good conductors meet an electrode this nearly cancels against `Drive.constant`: it is found before the
        residual is rounded to single precision.
        """
        x = x.astype(self._exact[-2].dtype, copy=False)
        image = self._residual if x.dtype == self._residual.dtype else np.zeros_like(x)
        curvature = checkerboard_kernels.apply(x, image, *self._exact)
        np.negative(image, out=image)
        drive = self._drive
        eliminated = checkerboard_kernels.drive(
            image,
            self._board.phase,
            self._exact[1].reshape(self._diagonal.shape),
            self._board.face,
            *self._places(drive.driven),
            drive.source,
        )
        if drive.singular:  # a surplus, which is rounding, would make the system insoluble
            red = self._board.phase[0].ravel() > 0
            image[red] -= image.sum(dtype=np.float64) / max(np.count_nonzero(red), 1)
        work: float = 2 * kernels.dot(x, image) + curvature + eliminated
        if image is not self._residual:
            self._scale = float(np.abs(image).max()) or 1.0 if self._sum is not None else 1.0
            np.divide(image, self._scale, out=self._residual, casting="same_kind")
        return work

    def precondition(self) -> tuple[float, float]:
        """Find a step z from the residual r; return (r, z), and z times the image of the last direction."""
        coarse = self._coarse
        aggregates = self._board.node, self._board.split
        checkerboard_kernels.descend(self._residual, *self._matrix, *aggregates, coarse.right_side)
        work, overlap = checkerboard_kernels.ascend(
            self._residual, *self._matrix, *aggregates, coarse.solve(), self._image
        )
        return work * self._scale**2, overlap * self._scale**2

    def turn(self, factor: float) -> float:
        """Set the direction p to z + factor p; return (p, A p)."""
        kernels.turn(self._direction, self._image, np.float32(factor))
        curvature: float = checkerboard_kernels.apply(self._direction, self._image, *self._product)
        return curvature * self._scale**2

    def advance(self, length: float) -> None:
        """Go a length along the direction."""
        kernels.advance(self._x, self._residual, self._direction, self._image, np.float32(length))

    def renew(self) -> None:
        """Add up the potential in double precision, find its residual afresh and forget the direction."""
        if self._sum is not None:
            self._sum += self._scale * self._x.astype(np.float64)
            self._find_residual(self._sum)
            self._x[:] = self._direction[:] = self._image[:] = 0

    def potential(self) -> NDArray[np.floating]:
        """Return the potential of every voxel, NaN where none is sought."""
        x = self._x if self._sum is None else self._sum + self._scale * self._x
        self._residual = self._direction = self._image = self._x[:0]  # make room
        potential = np.full(self._drive.phase.shape, np.nan, x.dtype)
        checkerboard_kernels.recover(x, *self._exact, potential)
        colour, *places = self._places(self._drive.driven)
        black = colour == 1
        driven = self._drive.driven[black]
        diagonal = self._exact[1].reshape(self._diagonal.shape)
        potential.ravel()[driven] += self._drive.source[black] / diagonal[1][tuple(at[black] for at in places)]
        return potential
