"""Currents from one electrode to the nodes of a network: their power, by conjugate gradients and the cycle."""

from __future__ import annotations

import math

import numpy as np

from electrosim.base.status import ITERATION_LIMIT, SOLVED, STALLED, Status
from electrosim.conduction import kernels
from electrosim.conduction.hierarchy import build_levels, cycle
from electrosim.conduction.matrices import FloatArray, Graph, IntArray, Lattice, graph_matrix, lattice_matrix, regular
from electrosim.conduction.network import WEAK, Grid, Network

_ENERGY_FACTOR = 6.0  # error of the power over (r, z), as for a flow: tests/verification/test_error_estimate.py
_ROUNDING = 1e-14  # no estimate is smaller
_PROGRESS = 0.9  # an estimate below this share of the best one counts as progress
_PATIENCE = 15  # iterations without a better estimate before the solve counts as stalled
_MOST = 200  # iterations


def power_of_uptake(
    grid: Grid, number: IntArray, voxel: IntArray, uptake: FloatArray, rtol: float
) -> tuple[float, Status]:
    """Return the power that is lost between the outer face of the first layer and the nodes that take current.

    Parameters
    ----------
    grid : Grid
        The image; axis 0 does not repeat.
    number, voxel : ndarray of int
        Node of every voxel, -1 for none, and voxel of every node; each node is joined with the first layer.
    uptake : ndarray
        Current that each node takes.
    rtol : float
        Relative error of the power at which to stop.

    Returns
    -------
    power : float
        Currents squared over the grid's conductances.
    status : Status
        How the iteration ended.
    """
    network = _network(grid, number, voxel, uptake)
    levels = build_levels(network, grid.phase.shape)
    phi, residual = np.zeros_like(uptake), uptake.copy()
    direction, image = np.zeros_like(phi), np.zeros_like(phi)
    curvature, best, since = 1.0, math.inf, 0
    for _ in range(_MOST):
        step = cycle(levels, residual.astype(np.float32))
        power = network.energy(phi, residual)
        left: float = _ENERGY_FACTOR * kernels.dot(residual, step)
        if left <= max(rtol, _ROUNDING) * power:
            return power, SOLVED
        best, since = (left, 0) if left < _PROGRESS * best else (best, since + 1)
        if since > _PATIENCE or left < 0:
            return power, STALLED
        kernels.turn(direction, step, -kernels.dot(step, image) / curvature)
        curvature = network.matrix.apply(direction, image)
        kernels.advance(phi, residual, direction, image, kernels.dot(residual, direction) / curvature)
    return power, ITERATION_LIMIT


def _network(grid: Grid, number: IntArray, voxel: IntArray, uptake: FloatArray) -> Network:
    """Return the network: driven by the currents, held at zero half a voxel before the first layer."""
    shape = grid.phase.shape
    if regular(grid.face, shape, grid.wrap, WEAK):
        matrix: Graph | Lattice = lattice_matrix(number, voxel, shape, grid.wrap, tuple(grid.face[:, 1, 1]))
    else:
        matrix = graph_matrix(grid.phase, grid.face, grid.wrap, number, voxel)
    first = number[: grid.phase[0].size]
    tied = first >= 0
    ground = grid.half[grid.phase[0].ravel()[tied]]
    matrix.ground[first[tied]] = ground
    matrix.diagonal[first[tied]] += ground
    nothing = np.zeros(0)
    one_cluster = np.ones(voxel.size, np.int32)
    layer = voxel // np.int32(shape[1] * shape[2])
    return Network(matrix, uptake, 0.0, voxel, layer, shape[0], nothing, one_cluster, np.array([uptake.sum()]), nothing)
