"""The energy error that is estimated from one preconditioner step bounds the true one, iteration by iteration."""

import numpy as np
import pytest

from electrosim.conduction import Problem, clusters
from electrosim.conduction.hierarchy import build_levels, cycle
from electrosim.conduction.multigrid import _ENERGY_FACTOR, Multigrid
from electrosim.conduction.network import build, view
from electrosim.voxels.carbon_binder import carbon_binder

BOUNDARIES = ("constant-potential", "constant-current", "periodic")


def percolation(share):
    return (np.random.default_rng(1).random((32, 32, 32)) < share).astype(np.uint8)


IMAGES = {
    "site percolation near the threshold": (percolation(0.36), {1: 1.0}),
    "site percolation": (percolation(0.7), {1: 1.0}),
    "generated pores": (carbon_binder((48, 48, 48), 0.4, correlation_length=3.0, large_pores=0.0, seed=2), {1: 1.0}),
    "contrast 1e3": (carbon_binder((40, 40, 40), 0.25, seed=1), {1: 1.0, 0: 1e-3}),
    "noise of contrast 1e6": (percolation(0.34), {1: 1.0, 0: 1e-6}),
    "four phases": (np.random.default_rng(2).integers(0, 4, (24, 24, 24)), {0: 1e-5, 1: 1e-2, 2: 1.0, 3: 30.0}),
    "two dimensions": ((np.random.default_rng(3).random((160, 160)) < 0.66).astype(np.uint8), {1: 1.0}),
}


def ignore(error):
    del error


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("name", IMAGES)
def test_true_energy_error_over_estimate(name, boundary):
    image, conductivity = IMAGES[name]
    problem = Problem(image, 1.0, conductivity, directions="x", boundary=boundary)
    grid = view(problem, "x")
    cluster, carrying, _ = clusters.label_clusters(grid.phase, grid.face, grid.half, grid.wrap)
    assert carrying > 0
    network = build(problem, grid, cluster)
    levels = build_levels(network, grid.phase.shape)
    solution = Multigrid(rtol=1e-8).solve(network, grid.phase.shape, ignore)
    assert solution.status.solved
    applied = np.empty_like(solution.phi)
    for iterations in range(1, 6):
        method = Multigrid(rtol=1e-8, max_iterations=iterations)
        iterate = method.solve(network, grid.phase.shape, ignore)
        difference = iterate.phi - solution.phi
        network.matrix.apply(difference, applied)
        true_error = float(difference @ applied)
        if true_error > 1e-12 * network.energy(solution.phi, solution.residual):
            estimate = float(iterate.residual @ cycle(levels, iterate.residual.astype(np.float32)))
            assert 0.5 * estimate < true_error < _ENERGY_FACTOR * estimate
            assert true_error < iterate.error * network.energy(iterate.phi, iterate.residual)
