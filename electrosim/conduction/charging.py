"""Electrode tortuosity: the resistance with which a current enters at one end and charges the walls of the pores.

At low frequency the walls of a blocking electrode charge everywhere at the same rate. So one steady problem tells the
resistance: div(sigma grad u) = 0, a unit current density into every wall, u = 0 at the end where the current enters,
no flux at the other end. The power that is lost, over the square of the current, is the real part of the impedance;
for a uniform electrode it is a third of the resistance of its pores.
"""

from __future__ import annotations

import dataclasses
import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import SolveError
from electrosim.base.memory import check_memory, side_by_side
from electrosim.base.result import variable
from electrosim.base.status import Status
from electrosim.conduction import charging_kernels, current_kernels
from electrosim.conduction.electrodes import Drive, uptake_from_end
from electrosim.conduction.grid import Grid, conductivity_per_conductance, wraps
from electrosim.conduction.multigrid import Multigrid
from electrosim.conduction.problem import AXES, NO_PATH, Problem
from electrosim.conduction.shared import Shared

NO_WALL = Status("What the electrode reaches has no wall to charge.", solved=True)

_BYTES_PER_VOXEL = 25  # as a flow, see `directions`
_BYTES_PER_UNKNOWN = 310  # with many phases, neighbours listed; measured


def check_electrode_tortuosity(problem: Problem) -> int:
    """Return the bytes that one solve takes.

    Raises
    ------
    InputError
        If the memory does not suffice.
    """
    phase, _ = problem.phases
    needed = _BYTES_PER_VOXEL * phase.size + _BYTES_PER_UNKNOWN * int(np.count_nonzero(phase))
    check_memory(needed, f"the electrode tortuosity of {phase.size} voxels")
    return needed


def electrode_tortuosity_variables(problem: Problem, method: Multigrid, *, throw: bool = True) -> dict[str, Any]:
    """Return the electrode tortuosity of each direction, the current entering through the first or the last plane.

    Raises
    ------
    SolveError
        If `throw` and an iteration does not reach its tolerance; otherwise its value is NaN.
    """
    needed = check_electrode_tortuosity(problem)
    problem = dataclasses.replace(problem, boundary="constant-potential", electrode="face")
    shared = Shared(problem)
    tasks = list(itertools.product((0, -1), problem.directions))
    with ThreadPoolExecutor(side_by_side(len(tasks), needed)) as pool:
        found = list(pool.map(lambda task: charging_resistance(problem, shared, method, *task), tasks))
    failed = next((status for _, status in found if not status.solved), None)
    if throw and failed is not None:
        raise SolveError(f"The electrode tortuosity was not found: {failed.sentence}")
    resistances = np.array([value if status.solved else np.nan for value, status in found])
    phase, _ = problem.phases
    first, last = 3 * np.count_nonzero(phase) / phase.size * resistances.reshape(2, -1)
    words = "electrode tortuosity, current entering through the {} plane"
    return {
        "electrode_tortuosity": variable("direction", first, "1", words.format("first")),
        "electrode_tortuosity_reversed": variable("direction", last, "1", words.format("last")),
    }


def charging_resistance(
    problem: Problem, shared: Shared, method: Multigrid, end: int, direction: str
) -> tuple[float, Status]:
    """Return the low-frequency resistance of a pore space whose walls charge.

    The current enters through the outer face of an end plane, which is all at one potential; the other end is closed. A
    wall is a face between a conducting and an insulating voxel; the faces of the image are none.

    Parameters
    ----------
    problem : Problem
        Image and conductivities; fixed potentials on outer faces.
    shared : Shared
        Its clusters and coarse networks.
    method : Multigrid
        How to solve.
    end : int
        Plane of entry, 0 the first or -1 the last.
    direction : str
        Axis of transport.

    Returns
    -------
    resistance : float
        Times cross-section and reference conductivity, over the length; infinite if nothing that conducts meets the
        electrode, NaN if it reaches no wall.
    status : Status
        How the solve ended.

    References
    ----------
    T.-T. Nguyen et al., npj Comput. Mater. 6 (2020) 123, doi 10.1038/s41524-020-00386-4.
    """
    axis = AXES.index(direction)
    clusters = shared.clusters(wraps(problem, direction))
    grid, entered = clusters.grid, clusters.touching(axis, end)
    if not entered.any():
        return np.inf, NO_PATH
    phase = clusters.phase(entered)
    voxel = np.flatnonzero(phase)
    area = problem.spacing[0] / np.array(problem.spacing)
    uptake, lost = charging_kernels.walls(grid.phase, grid.sigma, grid.wrap, area, voxel)
    charged = uptake > 0
    if not charged.any():
        return np.nan, NO_WALL
    drive = uptake_from_end(grid, phase, axis, end, voxel[charged], uptake[charged], lost)
    power, status = power_of_uptake(shared, method, grid, entered, drive)
    return power / uptake.sum() ** 2 / conductivity_per_conductance(problem, direction), status


def power_of_uptake(
    shared: Shared, method: Multigrid, grid: Grid, entered: NDArray[np.bool_], drive: Drive
) -> tuple[float, Status]:
    """Return the power that currents from an end into voxels lose, in the conductances of the grid, and the status."""
    system = method.system(shared, grid, entered, drive, precise=True)
    _, _, status = method.iterate(system, drive, lambda _: None)
    potential = system.potential()
    dissipation, _, _ = current_kernels.dissipate(
        drive.phase, potential, grid.sigma, grid.wrap, drive.axis, drive.circuit, 1, 0, 2
    )
    flat = potential.ravel()
    at_end = drive.ground @ flat[drive.grounded] ** 2
    return float(drive.constant + 2 * drive.source @ flat[drive.driven] - dissipation[0] - at_end), status
