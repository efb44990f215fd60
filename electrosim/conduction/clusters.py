"""Which connected clusters of voxels carry current along an axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import cluster_kernels
from electrosim.conduction.grid import Grid
from electrosim.conduction.problem import Phase


@dataclass(frozen=True)
class Clusters:
    """The clusters of a grid, kept as runs of voxels (see `cluster_kernels`).

    Parameters
    ----------
    grid : Grid
        What they are clusters of.
    runs : tuple of ndarray
        First and last voxel of every run, and where the runs of each row begin.
    of_run : ndarray of int
        Cluster of every run.
    touches : ndarray of int, shape (clusters,)
        Outer faces each cluster meets, two bits per axis.
    winds : ndarray of int, shape (clusters,)
        Periodic axes each cluster winds around, one bit per axis.
    """

    grid: Grid
    runs: tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]
    of_run: NDArray[np.int32]
    touches: NDArray[np.uint8]
    winds: NDArray[np.uint8]

    def carrying(self, axis: int, *, between_electrodes: bool) -> NDArray[np.bool_]:
        """Return which clusters carry current along an axis.

        Between electrodes a cluster must touch both; in a periodic image it must wind around the axis.
        """
        if between_electrodes:
            return np.asarray((self.touches >> 2 * axis & 3) == 3)
        return np.asarray((self.winds >> axis & 1) == 1)

    def touching(self, axis: int, end: int) -> NDArray[np.bool_]:
        """Return which clusters touch the first, 0, or the last, -1, outer face along an axis."""
        return np.asarray((self.touches >> (2 * axis - end) & 1) == 1)

    def phase(self, chosen: NDArray[np.bool_]) -> Phase:
        """Return the phases of the chosen clusters, 0 elsewhere."""
        selected: Phase = np.zeros_like(self.grid.phase)
        cluster_kernels.select(self.grid.phase, self.runs, self.of_run, chosen, selected)
        return selected

    def numbers(self, chosen: NDArray[np.bool_]) -> NDArray[np.int32]:
        """Return for every voxel the number of its cluster among the chosen ones, -1 for none."""
        number = np.where(chosen, np.cumsum(chosen) - 1, -1).astype(np.int32)
        numbers: NDArray[np.int32] = cluster_kernels.spread(self.grid.phase.shape, self.runs, number[self.of_run])
        return numbers


def find_clusters(grid: Grid) -> Clusters:
    """Return the clusters of all that conducts."""
    rows = grid.phase.reshape(-1, grid.phase.shape[2])
    kind = np.where(grid.sigma[2] > 0, cluster_kernels.JOINED, cluster_kernels.SINGLE).astype(np.uint8)
    kind[0] = 0
    first, last = np.empty(rows.size, np.int32), np.empty(rows.size, np.int32)  # pages that stay unused take no memory
    row_start = np.empty(len(rows) + 1, np.int64)
    count = cluster_kernels.list_runs(rows, kind, first, last, row_start)
    runs = first[:count].copy(), last[:count].copy(), row_start
    of_run, shift, winds = np.arange(count, dtype=np.int32), np.zeros(count, np.int64), np.zeros(count, np.uint8)
    winds = winds[: cluster_kernels.join_runs(grid.phase, grid.sigma, grid.wrap, runs, of_run, shift, winds)].copy()
    touches = cluster_kernels.touched_sides(grid.phase, grid.sigma, runs, of_run, winds.size)
    return Clusters(grid, runs, of_run, touches, winds)
