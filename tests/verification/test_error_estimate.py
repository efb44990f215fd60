"""The energy error that is estimated from one preconditioner step bounds the true one, iteration by iteration."""

import numpy as np
import pytest

from electrosim.conduction import Problem, checkerboard, current_kernels
from electrosim.conduction.clusters import find_clusters
from electrosim.conduction.electrodes import drive_along, uptake_from_end
from electrosim.conduction.grid import grid_of, wraps
from electrosim.conduction.multigrid import Multigrid
from electrosim.conduction.network import NetworkSystem
from electrosim.voxels.carbon_binder import carbon_binder

DRIVES = ("constant-potential", "constant-current", "periodic", "uptake by all voxels")


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


def power(grid, drive, potential):
    """Return the energy of a potential: of a unit drop from above, of imposed currents from below."""
    arguments = grid.sigma, grid.wrap, drive.axis, drive.circuit, 1, 0, 2
    dissipation = current_kernels.dissipate(drive.phase, potential, *arguments)[0][0]
    tied = np.zeros(drive.phase.size)
    if not drive.current_driven:
        tied[drive.driven] = 1.0
    if drive.grounded.size:
        dissipation += float(drive.ground @ (potential.ravel() - tied)[drive.grounded] ** 2)
    if drive.current_driven:
        return drive.constant + 2 * float(drive.source @ potential.ravel()[drive.driven]) - dissipation
    return dissipation


@pytest.mark.parametrize("driven", DRIVES)
@pytest.mark.parametrize("listed", [False, True], ids=["checkerboard", "network"])
@pytest.mark.parametrize("name", IMAGES)
def test_true_energy_error_over_estimate(name, listed, driven):
    image, conductivity = IMAGES[name]
    uptake = driven.startswith("uptake")
    boundary = "constant-potential" if uptake else driven
    problem = Problem(image, 1.0, conductivity, directions="x", boundary=boundary)
    clusters = find_clusters(grid_of(problem, wraps(problem, "x")))
    grid, carrying = clusters.grid, clusters.carrying(0, between_electrodes=boundary != "periodic")
    assert carrying.any()
    if not listed and not checkerboard.fits(grid):
        pytest.skip("contrast beyond what the checkerboard takes")
    drive = drive_along(problem, grid, clusters, carrying, 0)
    if uptake:  # as the walls of a blocking electrode take it up
        voxel = np.flatnonzero(drive.phase)
        drive = uptake_from_end(grid, drive.phase, 0, 0, voxel, np.ones(voxel.size), loss=0.0)

    def energy_after(iterations, rtol=1e-10):
        """Return energy, estimated relative error and whether the tolerance was reached."""
        if listed:
            system = NetworkSystem(grid, drive)
        else:
            system = checkerboard.RedSystem(checkerboard.build(grid, drive.unknown), drive, precise=True)
        _, error, status = Multigrid(rtol=rtol, max_iterations=iterations).iterate(system, drive, ignore)
        return power(grid, drive, system.potential()), error, status.solved

    exact, _, solved = energy_after(200)
    assert solved
    for iterations in range(1, 6):
        energy, estimate, _ = energy_after(iterations)
        error = abs(energy - exact)
        if error > 1e-8 * exact:
            assert error < estimate * max(energy, 0)
