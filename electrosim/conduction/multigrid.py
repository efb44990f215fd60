"""Conjugate gradients preconditioned by a cycle over coarse networks: the method behind `conduction.solve`.

The iteration stops on the energy, whose extremum is the solution and which is the conductivity itself: driven by a unit
potential drop it is the conductance, from above; driven by currents it is the power, from below (Dirichlet's and
Thomson's principles). Its error is the square of the field's.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.status import ITERATION_LIMIT, SOLVED, STALLED, Status
from electrosim.conduction import checkerboard, network
from electrosim.conduction.electrodes import Drive, drive_along
from electrosim.conduction.flow import Flow, Report, no_flow
from electrosim.conduction.grid import Grid, conductivity_per_conductance, wraps
from electrosim.conduction.measure import measure
from electrosim.conduction.problem import AXES, Problem
from electrosim.conduction.shared import Shared

_EARLY = 0.25  # share of the error that the second step is at least expected to leave: the first one gains far more
PRECISE = 2e-5  # below this tolerance single precision does not hold the potential
_RENEW = 1e-6  # share of (r, z) left at which the residual is found afresh, if the tolerance is that small
_SEEN = 0.01  # share of (r, z) that (p, A p) must reach: near 1 as z is nearly the solution, less if p is rounding
_ROUNDING = 1e-15  # no estimate is smaller
_PROGRESS = 0.9  # an estimate below this share of the best one counts as progress
_PATIENCE = 15  # iterations without a better estimate before the solve counts as stalled


class System(Protocol):
    """The equations of one direction, and the vectors of conjugate gradients on them."""

    error_factor: float
    """Bound of the energy error over (r, z), measured in tests/verification/test_error_estimate.py."""
    least_left: float
    """Share of the error that a step is at least expected to leave, however much the one before gained."""

    def start(self) -> float:
        """Find a first potential and its residual r; return its energy."""

    def precondition(self) -> tuple[float, float]:
        """Find a step z from the residual r; return (r, z), and z times the image of the last direction."""

    def turn(self, factor: float) -> float:
        """Set the direction p to z + factor p; return (p, A p)."""

    def advance(self, length: float) -> None:
        """Go a length along the direction."""

    def renew(self) -> None:
        """Find the residual afresh, free of what rounding gathered in it, and forget the direction."""

    def potential(self) -> NDArray[np.floating]:
        """Return the potential of every voxel, NaN where none is sought; the system is of no use after that."""


@dataclass(frozen=True)
class Multigrid:
    """Multigrid-preconditioned conjugate gradients.

    Parameters
    ----------
    rtol : float
        The solve ends when the estimated relative error of the conductivity is at most this.
    max_iterations : int
        Most steps of conjugate gradients.

    Raises
    ------
    InputError
        If `rtol` is not between 0 and 1 or `max_iterations` is not positive.
    """

    rtol: float = 1e-3
    max_iterations: int = 200

    def __post_init__(self) -> None:
        """Check the two numbers."""
        if not 0 < self.rtol < 1:
            raise InputError(f"method.rtol = {self.rtol}: the tolerance must lie between 0 and 1")
        if self.max_iterations < 1:
            raise InputError(f"method.max_iterations = {self.max_iterations}: at least one iteration is needed")

    def flow(self, problem: Problem, direction: str, report: Report) -> Flow:
        """Solve along one direction; `report` hears the error estimate of every iteration."""
        return self.prepare(problem)(direction, report)

    def prepare(self, problem: Problem) -> Callable[[str, Report], Flow]:
        """Return what solves along a direction; directions share what does not depend on them."""
        return functools.partial(self._flow, problem, Shared(problem))

    def _flow(self, problem: Problem, shared: Shared, direction: str, report: Report) -> Flow:
        axis = AXES.index(direction)
        clusters = shared.clusters(wraps(problem, direction))
        grid = clusters.grid
        carrying = clusters.carrying(axis, between_electrodes=problem.boundary != "periodic")
        isolated = int(carrying.size - carrying.sum())
        if not carrying.any():
            return no_flow(problem, isolated)
        drive = drive_along(problem, grid, clusters, carrying, axis)
        iterations = 0
        for precise in (False, True) if self.rtol >= PRECISE else (True,):
            system = self.system(shared, grid, carrying, drive, precise=precise)
            more, error, status = self.iterate(system, drive, report)
            iterations += more
            found = measure(grid, drive, system.potential())
            residual = float(np.ptp(found.layer_currents) / found.layer_currents.mean())
            if residual <= (max(self.rtol, found.rounding) if precise else self.rtol) or not status.solved:
                break
            status = STALLED  # unless double precision does better
        return Flow(
            potential=found.potential,
            relative_conductivity=found.conductance * conductivity_per_conductance(problem, direction),
            carrying_clusters=int(carrying.sum()),
            isolated_clusters=isolated,
            layer_currents=found.layer_currents / found.layer_currents.mean(),
            iterations=iterations,
            residual=residual,
            relative_error_estimate=error,
            status=status,
        )

    def system(self, shared: Shared, grid: Grid, carrying: NDArray[np.bool_], drive: Drive, *, precise: bool) -> System:
        """Return the equations of a drive on the clusters that carry current."""
        if checkerboard.fits(grid):
            return checkerboard.RedSystem(shared.checkerboard(grid, carrying, drive), drive, precise=precise)
        return network.NetworkSystem(grid, drive)

    def iterate(self, system: System, drive: Drive, report: Report) -> tuple[int, float, Status]:
        """Improve the potential of a system until the energy is known well enough.

        Returns the number of iterations, the estimated relative error of the energy and how the solve ended.
        """
        energy = system.start()
        sign = 1.0 if drive.current_driven else -1.0
        best, since, error = math.inf, 0, math.inf
        before, curvature, renewed = 0.0, 1.0, 0.0
        for iteration in range(1, self.max_iterations + 1):
            decrease, overlap = system.precondition()
            if not decrease >= 0:
                return iteration - 1, error, STALLED
            least = _EARLY if iteration <= 2 + drive.current_driven else system.least_left
            rate = min(max(decrease / before, least), 1.0) if before > 0 else 1.0
            left = _share(system.error_factor * decrease, energy)
            if left < _PROGRESS * best:
                best, since = left, 0
            else:
                since += 1
            if since > _PATIENCE:
                return iteration - 1, left, STALLED
            if left > _ROUNDING:
                curvature = system.turn(-overlap / curvature)
                if curvature < _SEEN * decrease:
                    system.renew()
                    before, curvature, renewed = 0.0, 1.0, decrease
                    continue
                system.advance(decrease / curvature)
                energy += sign * decrease**2 / curvature
            before = decrease
            error = max(rate * left, _ROUNDING)
            report(error)
            if error <= self.rtol:
                return iteration, error, SOLVED
            renewed = max(renewed, decrease)
            if decrease < _RENEW * renewed:
                system.renew()
                renewed = decrease
        return self.max_iterations, error, ITERATION_LIMIT


def _share(error: float, energy: float) -> float:
    """Return an error of the energy over the energy."""
    if error == 0:
        return _ROUNDING
    return max(error / energy, _ROUNDING) if energy > 0 else math.inf
