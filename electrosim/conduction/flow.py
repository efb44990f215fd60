"""What a method finds for one direction: the potential, the conductivity, and how the solve ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from electrosim.base.status import Status
from electrosim.conduction.problem import NO_PATH, Problem

Report = Callable[[float], None]


@dataclass(frozen=True)
class Flow:
    """Current along one direction under a mean potential drop of 1 V.

    Parameters
    ----------
    potential : ndarray of float32 or float64, shape (nx, ny, nz)
        Potential [V], in the precision that the tolerance needs; NaN where no current can flow.
    relative_conductivity : float
        Effective conductivity over the reference conductivity.
    carrying_clusters, isolated_clusters : int
        Clusters that join the electrodes, and those that do not.
    layer_currents : ndarray
        Current through each plane between layers, relative to their mean.
    iterations : int
        Iterations of the method; 0 for a direct one.
    residual : float
        Largest relative difference between the currents through two layers.
    relative_error_estimate : float
        Estimated relative error of the conductivity against the exact solution of the discrete problem.
    status : Status
        How the solve ended.
    """

    potential: NDArray[np.floating]
    relative_conductivity: float
    carrying_clusters: int
    isolated_clusters: int
    layer_currents: NDArray[np.float64]
    iterations: int
    residual: float
    relative_error_estimate: float
    status: Status


class Method(Protocol):
    """A way to solve the problem along one direction."""

    def prepare(self, problem: Problem) -> Callable[[str, Report], Flow]:
        """Return what solves along a direction; it reports the error estimate of every iteration."""


def no_flow(problem: Problem, isolated_clusters: int) -> Flow:
    """Return the flow of an image through which no path leads."""
    shape = problem.image.shape
    return Flow(
        potential=np.full((*shape, *(1,) * (3 - len(shape))), np.nan),
        relative_conductivity=0.0,
        carrying_clusters=0,
        isolated_clusters=isolated_clusters,
        layer_currents=np.zeros(2),
        iterations=0,
        residual=0.0,
        relative_error_estimate=0.0,
        status=NO_PATH,
    )
