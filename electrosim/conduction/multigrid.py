"""Conjugate gradients preconditioned by a cycle over coarse networks: the method behind `conduction.solve`.

The iteration stops on the energy, which is the conductivity itself. The potential is kept in double precision, what
improves it is found in single precision.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from electrosim.base.errors import InputError
from electrosim.base.status import ITERATION_LIMIT, SOLVED, STALLED, Status
from electrosim.conduction import clusters, kernels
from electrosim.conduction.flow import Flow, Report, length_per_area, no_flow
from electrosim.conduction.hierarchy import build_levels, cycle
from electrosim.conduction.matrices import FloatArray
from electrosim.conduction.network import Network, build, view
from electrosim.conduction.problem import AXES, Problem

_ENERGY_FACTOR = 6.0  # energy error over (r, z): at most 5.2, see tests/verification/test_error_estimate.py
_FASTEST = 0.25  # share of the error that a step is at least expected to leave, however much the one before gained
_LOOSE = 1e-5  # down to this tolerance the residual may follow products with single precision in them
_ROUNDING = 1e-15  # no estimate is smaller
_PROGRESS = 0.9  # an estimate below this share of the best one counts as progress
_PATIENCE = 15  # iterations without a better estimate before the solve counts as stalled


@dataclass(frozen=True)
class Iterate:
    """Where the iteration ended: potential and residual of every node, and the two estimates that stop it."""

    phi: FloatArray
    residual: FloatArray
    iterations: int
    error: float
    imbalance: float
    status: Status


@dataclass(frozen=True)
class Multigrid:
    """Multigrid-preconditioned conjugate gradients.

    Parameters
    ----------
    rtol : float
        The solve ends when the estimated relative error of the conductivity is at most this, and after that the
        largest relative difference between the currents through any two layers, too.
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
        grid = view(problem, direction)
        cluster, carrying, isolated = clusters.label_clusters(grid.phase, grid.face, grid.half, grid.wrap)
        if carrying == 0:
            return no_flow(problem, isolated)
        network = build(problem, grid, cluster)
        end = self.solve(network, grid.phase.shape, report)
        currents = network.layer_currents(end.phi, end.residual)
        potential = np.where(cluster > 0, 0.0, np.nan)
        potential[: grid.phase[0].size] += 1.0  # stays only where electrodes lie in the centres of the end voxels
        potential[network.voxel] = network.unit_drop(end.phi, end.residual)
        return Flow(
            potential=np.moveaxis(potential.reshape(grid.phase.shape), 0, AXES.index(direction)),
            relative_conductivity=network.effective_conductance(end.phi, end.residual)
            * length_per_area(problem, direction),
            carrying_clusters=carrying,
            isolated_clusters=isolated,
            layer_currents=currents / currents.mean(),
            iterations=end.iterations,
            residual=end.imbalance,
            relative_error_estimate=end.error,
            status=end.status,
        )

    def solve(self, network: Network, shape: tuple[int, ...], report: Report) -> Iterate:
        """Iterate on a network over a grid of `shape`, flexible conjugate gradients from a linear potential."""
        levels = build_levels(network, shape)
        phi = np.zeros_like(network.source) if network.current_driven else _linear(network, shape)
        residual = _residual(network, phi)
        direction, image = np.zeros_like(phi), np.zeros_like(phi)
        best, since, kept = math.inf, 0, phi.copy()
        curvature, before = 1.0, 0.0
        for iteration in range(1, self.max_iterations + 1):
            residual = network.balanced(residual)
            step = cycle(levels, residual.astype(np.float32))
            decrease: float = kernels.dot(residual, step)
            energy = network.energy(phi, residual)
            rate = min(max(decrease / before, _FASTEST), 1.0) if before > 0 else 1.0
            before = decrease
            error = max(_ENERGY_FACTOR * decrease / energy, _ROUNDING) if energy > 0 else math.inf
            if error < _PROGRESS * best:
                best, since = error, 0
                kept[:] = phi
            else:
                since += 1
            if since > _PATIENCE or decrease < 0:
                return _finish(network, kept, _residual(network, kept), iteration - 1, best, STALLED)
            if decrease > 0:
                kernels.turn(direction, step, -kernels.dot(step, image) / curvature)
                curvature = network.matrix.apply(direction, image, exact=self.rtol < _LOOSE)
                kernels.advance(phi, residual, direction, image, kernels.dot(residual, direction) / curvature)
            error = max(rate * error, _ROUNDING)
            report(error)
            if error <= self.rtol:
                end = _finish(network, phi, residual, iteration, error, SOLVED)
                if end.imbalance <= self.rtol:
                    return end
                phi[:], residual[:] = end.phi, end.residual  # rounding had gathered: start again from here
                direction[:] = image[:] = before = 0.0
        return _finish(network, phi, residual, self.max_iterations, error, ITERATION_LIMIT)


def _finish(
    network: Network, phi: FloatArray, residual: FloatArray, iterations: int, error: float, status: Status
) -> Iterate:
    """Let all layers pass the same current; compute the residual afresh, free of what rounding gathered in it."""
    phi = network.with_equal_currents(phi, residual)
    residual = _residual(network, phi)
    return Iterate(phi, residual, iterations, error, _imbalance(network.layer_currents(phi, residual)), status)


def _linear(network: Network, shape: tuple[int, ...]) -> FloatArray:
    """Return the potential of a uniform block."""
    first = (shape[0] - network.layers) // 2
    potential: FloatArray = (1.0 - (np.arange(network.layers) + first + 0.5) / shape[0])[network.layer]
    return potential


def _residual(network: Network, phi: FloatArray) -> FloatArray:
    image = np.empty_like(phi)
    network.matrix.apply(phi, image)
    np.subtract(network.source, image, out=image)
    return image


def _imbalance(currents: FloatArray) -> float:
    """Return the largest difference between two layer currents over their mean."""
    mean = abs(float(currents.mean()))
    return float(np.ptp(currents)) / mean if mean > 0 else math.inf
