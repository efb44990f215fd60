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

from electrosim.base.errors import SolveError
from electrosim.base.memory import check_memory, side_by_side
from electrosim.base.result import variable
from electrosim.base.status import Status
from electrosim.conduction import charging_kernels, kernels
from electrosim.conduction.grounded import power_of_uptake
from electrosim.conduction.network import Grid, view
from electrosim.conduction.problem import AXES, NO_PATH, Problem

Resistance = tuple[float, Status]

NO_WALL = Status("What the electrode reaches has no wall to charge.", solved=True)

_BYTES_PER_VOXEL = 25  # as a flow, see `directions`
_BYTES_PER_UNKNOWN = 190


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


def electrode_tortuosity_variables(problem: Problem, rtol: float, *, throw: bool = True) -> dict[str, Any]:
    """Return the electrode tortuosity of each direction, the current entering through the first or the last plane.

    Raises
    ------
    SolveError
        If `throw` and an iteration does not reach `rtol`; otherwise its value is NaN.
    """
    needed = check_electrode_tortuosity(problem)
    tasks = list(itertools.product((False, True), problem.directions))
    with ThreadPoolExecutor(side_by_side(len(tasks), needed)) as pool:
        found = list(pool.map(lambda task: charging_resistance(problem, task[1], rtol, reverse=task[0]), tasks))
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


def charging_resistance(problem: Problem, direction: str, rtol: float, *, reverse: bool = False) -> Resistance:
    """Return the low-frequency resistance of a pore space whose walls charge.

    The current enters through the outer face of the first plane, or of the last one if `reverse`, which is all at one
    potential; the other end is closed. `boundary` and `electrode` of the problem do not matter, its sides do. A wall
    is a face between a conducting and an insulating voxel; the faces of the image are none.

    Parameters
    ----------
    problem : Problem
        Image and conductivities.
    direction : str
        Axis of transport.
    rtol : float
        Relative error at which to stop.
    reverse : bool
        Whether the current enters through the last plane.

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
    grid = _entered(view(problem, direction), reverse)
    entry = grid.half[grid.phase[0]] > 0
    if not entry.any():
        return np.inf, NO_PATH
    mark = charging_kernels.reached(grid.phase, grid.face, grid.wrap, entry)
    number, voxel = kernels.number_nodes(mark, grid.phase.shape, 0, len(grid.phase))
    axis = AXES.index(direction)
    edges = np.array([problem.spacing[axis], *np.delete(problem.spacing, axis)])
    uptake, lost = charging_kernels.walls(grid.phase, grid.face, grid.wrap, edges[0] / edges, voxel)
    total = float(uptake.sum())
    if total == 0:
        return np.nan, NO_WALL
    power, status = power_of_uptake(grid, number, voxel, uptake, rtol)
    return float((power + lost) / total**2 * grid.phase[0].size / len(grid.phase)), status


def _entered(grid: Grid, reverse: bool) -> Grid:
    """Return the grid with the plane of entry first, and not repeated along the direction."""
    phase = np.ascontiguousarray(grid.phase[::-1]) if reverse else grid.phase
    return dataclasses.replace(grid, phase=phase, wrap=np.array([False, *grid.wrap[1:]]))
