"""Dead ends: what joins the electrodes and yet carries no current, because every way into it is the only way out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.memory import check_memory
from electrosim.base.result import variable
from electrosim.conduction.dead_end_kernels import backbone
from electrosim.conduction.flow import Flow
from electrosim.conduction.grid import Grid
from electrosim.conduction.problem import AXES, Problem
from electrosim.conduction.turned import view

_BYTES_PER_VOXEL = 8  # image turned and masked, number of every voxel
_BYTES_PER_CARRYING_VOXEL = 16  # what the search keeps of each, periods included


def check_dead_ends(problem: Problem) -> None:
    """Refuse what the memory cannot hold.

    Raises
    ------
    InputError
        With the bytes needed.
    """
    phase, _ = problem.phases
    needed = _BYTES_PER_VOXEL * phase.size + _BYTES_PER_CARRYING_VOXEL * int(np.count_nonzero(phase))
    check_memory(needed, f"the search for dead ends among {phase.size} voxels")


def dead_end_variables(problem: Problem, flows: Mapping[str, Flow]) -> dict[str, Any]:
    """Return `dead_end_fraction` of each direction."""
    fraction = [dead_ends(problem, direction, flow).mean() for direction, flow in flows.items()]
    words = "volume fraction that joins the electrodes but carries no current"
    return {"dead_end_fraction": variable("direction", np.array(fraction), "1", words)}


def dead_ends(problem: Problem, direction: str, flow: Flow) -> NDArray[np.bool_]:
    """Return which voxels join the electrodes and lie on no simple path between them.

    They are the trees and lobes that hang on a single voxel of the rest: join the electrodes by an edge, and the
    biconnected components that do not hold it are dead ends. No current enters them, whatever the conductivities are.

    Parameters
    ----------
    problem : Problem
        What was solved.
    direction : str
        Axis of transport.
    flow : Flow
        Its potential says which clusters carry current.

    Returns
    -------
    ndarray of bool, shape (nx, ny, nz)

    References
    ----------
    J. Hopcroft, R. Tarjan, Commun. ACM 16 (1973) 372, doi 10.1145/362248.362272.
    """
    axis = AXES.index(direction)
    grid = view(problem, direction)
    carrying = np.moveaxis(np.isfinite(flow.potential), axis, 0)
    phase = np.ascontiguousarray(np.where(carrying, grid.phase, grid.phase.dtype.type(0)))
    if problem.boundary == "constant-potential" and problem.electrode == "first-voxel":
        carries = _carries_between_centres(phase, grid)
    else:
        entry, leave = grid.half[0, phase[0]] > 0, grid.half[0, phase[-1]] > 0
        carries = backbone(phase, grid.sigma, grid.wrap, entry, leave)
    return np.moveaxis(carrying & ~carries, 0, axis)


def _carries_between_centres(phase: NDArray[np.uint8], grid: Grid) -> NDArray[np.bool_]:
    """Return what carries current if the end planes are the electrodes: of them, what leads on into a path."""
    conducts = grid.sigma[0] > 0
    entry, leave = (conducts[phase[end]] & conducts[phase[inner]] for end, inner in ((0, 1), (-1, -2)))
    carries = np.zeros(phase.shape, bool)
    if len(phase) == 2:
        carries[:] = entry
        return carries
    carries[1:-1] = backbone(phase[1:-1], grid.sigma, grid.wrap, entry, leave)
    carries[0], carries[-1] = carries[1] & entry, carries[-2] & leave
    return carries
