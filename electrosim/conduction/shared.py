"""What the directions of a problem share, made by the first one that needs it."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import checkerboard
from electrosim.conduction.checkerboard import Checkerboard
from electrosim.conduction.clusters import Clusters, find_clusters
from electrosim.conduction.electrodes import Drive
from electrosim.conduction.grid import Grid, grid_of
from electrosim.conduction.problem import Problem


class Shared:
    """Clusters and coarse networks of a problem.

    Directions differ in their periodic axes if sides and ends are treated differently, and in the clusters that carry
    current; where they agree, everything but the electrodes is the same.
    """

    def __init__(self, problem: Problem) -> None:
        """Begin with nothing."""
        self._problem = problem
        self._clusters: dict[tuple[bool, ...], Clusters] = {}
        self._boards: dict[tuple[bytes, bytes, int | None], Checkerboard] = {}
        self._lock = threading.Lock()

    def clusters(self, wrap: tuple[bool, ...]) -> Clusters:
        """Return the clusters of the lattice that is periodic along the given axes."""
        with self._lock:
            if wrap not in self._clusters:
                self._clusters[wrap] = find_clusters(grid_of(self._problem, wrap))
            return self._clusters[wrap]

    def checkerboard(self, grid: Grid, carrying: NDArray[np.bool_], drive: Drive) -> Checkerboard:
        """Return the checkerboard of the voxels whose potentials a direction seeks."""
        key = grid.wrap.tobytes(), carrying.tobytes(), drive.axis if drive.fixed_ends else None
        with self._lock:
            if key not in self._boards:
                self._boards[key] = checkerboard.build(grid, drive.unknown)
            return self._boards[key]
