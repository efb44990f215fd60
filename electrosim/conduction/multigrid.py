"""Conjugate gradients preconditioned by an aggregation multigrid: the method behind `conduction.solve`.

Three choices make it insensitive to size, porosity and contrast. Blocks of 2 x 2 x 2 are split into their connected
parts, so that a coarse node never joins voxels that are not joined. Every coarse level takes up to two steps of
flexible conjugate gradients (a K-cycle, Notay and Vassilevski 2008, doi 10.1002/nla.542). And the iteration stops on
the energy, which is the conductivity itself, together with the balance of the currents through all layers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from electrosim.base.status import ITERATION_LIMIT, SOLVED, STALLED, Status
from electrosim.conduction import kernels
from electrosim.conduction.network import FloatArray, IntArray, Network

_SMALLEST = 200  # nodes below which a level is solved by its dense inverse
_LARGEST_DENSE = 1500
_WEAK = 0.02  # share of the larger diagonal below which a conductance does not join two nodes
_SECOND_STEP = 0.25  # residual left by the first step of a K-cycle above which it takes a second
_ENERGY_FACTOR = 3.0  # energy error over (r, z): 1.2 to 2.8 measured on fifteen kinds of image
_PATIENCE = 15  # iterations without a better estimate before the solve counts as stalled


@dataclass(frozen=True)
class Level:
    """One level of the hierarchy: rows of its network and, but for the last, the aggregate of every node."""

    rows: tuple[object, ...]
    size: int
    parent: IntArray | None = None
    inverse: FloatArray | None = None


@dataclass(frozen=True)
class Solution:
    """Potential of a network and how its solve ended.

    Parameters
    ----------
    phi : ndarray, shape (nodes,)
        Potential.
    conductance : float
        Between the electrodes.
    layer_currents : ndarray
        Current through each plane between layers, relative to their mean.
    iterations : int
        Steps of conjugate gradients.
    residual : float
        Largest difference between two layer currents over their mean.
    relative_error_estimate : float
        Width of the interval of the energy over the energy.
    status : Status
        How it ended.
    """

    phi: FloatArray
    conductance: float
    layer_currents: FloatArray
    iterations: int
    residual: float
    relative_error_estimate: float
    status: Status


@dataclass(frozen=True)
class Multigrid:
    """Multigrid-preconditioned conjugate gradients.

    Parameters
    ----------
    rtol : float
        The solve ends when the estimated relative error of the conductivity and the largest relative difference
        between the currents through any two layers are both below this.
    max_iterations : int
        Most steps of conjugate gradients.
    """

    rtol: float = 1e-3
    max_iterations: int = 200

    def solve(self, network: Network, shape: tuple[int, ...], report: Callable[[float], None]) -> Solution:
        """Solve a network on a grid of `shape`; `report` hears the error estimate of every iteration."""
        levels = build_levels(network, shape)
        phi = np.zeros(network.source.size) if network.current_driven else _linear(network, shape)
        residual = np.empty_like(phi)
        kernels.apply(*network.rows, phi, residual)
        np.subtract(network.source, residual, out=residual)
        direction = np.zeros_like(phi)
        image = np.zeros_like(phi)
        curvature, status = 1.0, ITERATION_LIMIT
        best, since = np.inf, 0
        for iteration in range(self.max_iterations + 1):
            step = cycle(levels, 0, residual)
            decrease = float(residual @ step)
            energy = network.energy(phi, residual)
            currents = network.layer_currents(phi, residual)
            mean = abs(float(currents.mean())) or 1.0
            spread = float(np.ptp(currents)) / mean
            error = _ENERGY_FACTOR * max(decrease, 0.0) / abs(energy)
            report(max(error, spread))
            best, since = (max(error, spread), 0) if max(error, spread) < 0.9 * best else (best, since + 1)
            if max(error, spread) <= self.rtol:
                status = SOLVED
                break
            if since > _PATIENCE or decrease <= 0:
                status = STALLED
                break
            if iteration == self.max_iterations:
                break
            direction *= -float(step @ image) / curvature
            direction += step
            kernels.apply(*network.rows, direction, image)
            curvature = float(direction @ image)
            length = float(residual @ direction) / curvature
            phi += length * direction
            residual -= length * image
        conductance = network.effective_conductance(phi, residual)
        return Solution(phi, conductance, currents / mean, iteration, spread, error, status)


def _linear(network: Network, shape: tuple[int, ...]) -> FloatArray:
    """Return the potential of a uniform block."""
    layer = network.voxel // (shape[1] * shape[2])
    return 1.0 - (layer + 0.5) / shape[0]


def build_levels(network: Network, shape: tuple[int, ...]) -> list[Level]:
    """Coarsen until a dense inverse is cheap or nothing joins any more."""
    start, neighbour, conductance, diagonal = network.rows
    ground = network.ground
    blocks = np.array(shape)
    place = np.array(np.unravel_index(network.voxel, shape), np.int32)
    levels: list[Level] = []
    while diagonal.size > _SMALLEST:
        blocks = (blocks + 1) // 2
        place //= 2
        block = np.ravel_multi_index(tuple(place), tuple(blocks))
        parent, count = kernels.aggregate(start, neighbour, conductance, diagonal, block, _WEAK)
        if count > 0.9 * parent.size and blocks.max() == 1:
            break
        levels.append(Level((start, neighbour, conductance, diagonal), diagonal.size, parent=parent))
        start, neighbour, conductance, ground = kernels.coarsen(start, neighbour, conductance, ground, parent, count)
        diagonal = kernels.row_sums(start, conductance, ground)
        first = np.zeros(count, np.int64)
        first[parent[::-1]] = np.arange(parent.size)[::-1]
        place = place[:, first]
    inverse = _dense_inverse(start, neighbour, conductance, diagonal) if diagonal.size <= _LARGEST_DENSE else None
    levels.append(Level((start, neighbour, conductance, diagonal), diagonal.size, inverse=inverse))
    return levels


def _dense_inverse(
    start: FloatArray, neighbour: IntArray, conductance: FloatArray, diagonal: FloatArray
) -> FloatArray:
    """Return the pseudo-inverse: a network without fixed potentials is singular up to a constant per cluster."""
    matrix = np.diag(diagonal)
    row = np.repeat(np.arange(diagonal.size), np.diff(start))
    np.subtract.at(matrix, (row, neighbour), conductance)
    inverse: FloatArray = np.linalg.pinv(matrix, rcond=1e-12, hermitian=True)
    return inverse


def cycle(levels: list[Level], depth: int, b: FloatArray) -> FloatArray:
    """Return an approximate solution for the right-hand side b: smooth, correct from the next level, smooth back."""
    level = levels[depth]
    if level.inverse is not None:
        return level.inverse @ b
    x = np.zeros(level.size)
    if level.parent is None:
        for _ in range(10):
            kernels.gauss_seidel(*level.rows, b, x, False)
            kernels.gauss_seidel(*level.rows, b, x, True)
        return x
    kernels.gauss_seidel(*level.rows, b, x, False)
    coarse = np.empty(levels[depth + 1].size)
    kernels.restrict_residual(*level.rows, b, x, level.parent, coarse)
    kernels.add_coarse(level.parent, correct(levels, depth + 1, coarse), x)
    kernels.gauss_seidel(*level.rows, b, x, True)
    return x


def correct(levels: list[Level], depth: int, b: FloatArray) -> FloatArray:
    """Solve a coarse level by at most two steps of flexible conjugate gradients, each preconditioned by a cycle."""
    first = cycle(levels, depth, b)
    level = levels[depth]
    if level.inverse is not None:
        return first
    image = np.empty(level.size)
    kernels.apply(*level.rows, first, image)
    curvature = float(first @ image)
    if curvature <= 0:
        return first
    work = float(first @ b)
    remainder = b - (work / curvature) * image
    if np.linalg.norm(remainder) <= _SECOND_STEP * np.linalg.norm(b):
        return (work / curvature) * first
    second = cycle(levels, depth, remainder)
    second_image = np.empty(level.size)
    kernels.apply(*level.rows, second, second_image)
    mixed = float(second @ image)
    second_curvature = float(second @ second_image) - mixed**2 / curvature
    if second_curvature <= 0:
        return (work / curvature) * first
    second_work = float(second @ remainder) / second_curvature
    return (work / curvature - second_work * mixed / curvature) * first + second_work * second
