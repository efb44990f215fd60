"""Any network of voxels, neighbours listed, and its conjugate gradients: many phases, odd periods, high contrast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import kernels
from electrosim.conduction.electrodes import Drive
from electrosim.conduction.grid import FloatArray, Grid
from electrosim.conduction.hierarchy import Graph, coarsen, pack


class NetworkSystem:
    """Conjugate gradients on all voxels, in double precision but for the cycle."""

    error_factor = 6.0  # largest seen: 5.2, four phases of noise
    least_left = 0.25

    def __init__(self, grid: Grid, drive: Drive) -> None:
        """Give numbers to the voxels and list their neighbours."""
        unknown = drive.unknown
        self._shape, self._singular = unknown.shape, drive.singular
        number, self._voxel = kernels.number_nodes(unknown)
        size = self._voxel.size
        start = np.empty(size + 1, np.int32 if 6 * size < 2**31 else np.int64)
        middle, neighbour, conductance = kernels.build_rows(unknown, grid.sigma, grid.wrap, number, self._voxel, start)
        ground, source = np.zeros(size), np.zeros(size)
        ground[number[drive.grounded]] += drive.ground
        source[number[drive.driven]] += drive.source
        self._rows = start, neighbour, conductance, kernels.row_sums(start, conductance, ground)
        self._source, self._drive = source, drive
        several = drive.circuit.size > 1
        self._circuit = drive.circuit.ravel()[self._voxel] if several else np.zeros(size, np.int32)
        place = np.array(np.unravel_index(self._voxel, unknown.shape), np.int32)
        graph = Graph(start, middle, neighbour, conductance.astype(np.float32))
        self._correction = pack(coarsen(graph, place, np.array(unknown.shape))).tied(
            number[drive.grounded], drive.ground
        )
        self._x, self._residual = np.zeros(size), np.zeros(size)
        self._direction, self._image, self._step = np.zeros(size), np.zeros(size), np.zeros(size, np.float32)

    def start(self) -> float:
        """Start from a uniform field, or from zero if currents drive; return the energy (see `Multigrid`)."""
        axis = self._drive.axis
        if not self._drive.current_driven:
            layer = np.unravel_index(self._voxel, self._shape)[axis]
            self._x[:] = 1 - (layer + 0.5) / self._shape[axis]
        self.renew()
        work: float = kernels.dot(self._x, self._source) + kernels.dot(self._x, self._residual)
        return self._drive.constant + (work if self._drive.current_driven else -work)

    def renew(self) -> None:
        """Find the residual afresh and forget the direction."""
        kernels.apply(*self._rows, self._x, self._residual)
        np.subtract(self._source, self._residual, out=self._residual)
        self._direction[:] = self._image[:] = 0

    def precondition(self) -> tuple[float, float]:
        """Find a step z from the residual r; return (r, z), and z times the image of the last direction."""
        if self._singular:
            self._balance()
        self._correction.right_side[:] = self._residual
        self._step = self._correction.solve(once=True)
        work: float = kernels.dot(self._residual, self._step)
        return work, kernels.dot(self._step, self._image)

    def _balance(self) -> None:
        """Spread each cluster's surplus current evenly where no fixed potential can take it.

        Such a surplus is rounding; left in, it makes the singular system insoluble and grows from step to step.
        """
        surplus = np.bincount(self._circuit, weights=self._residual) / np.bincount(self._circuit)
        self._residual -= surplus[self._circuit]

    def turn(self, factor: float) -> float:
        """Set the direction p to z + factor p; return (p, A p)."""
        kernels.turn(self._direction, self._step, factor)
        curvature: float = kernels.apply(*self._rows, self._direction, self._image)
        return curvature

    def advance(self, length: float) -> None:
        """Go a length along the direction."""
        kernels.advance(self._x, self._residual, self._direction, self._image, length)

    def potential(self) -> NDArray[np.float64]:
        """Return the potential of every voxel, NaN where none is sought."""
        potential: FloatArray = np.full(self._shape, np.nan)
        potential.ravel()[self._voxel] = self._x
        return potential
