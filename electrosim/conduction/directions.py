"""The directions of a problem, side by side where the memory allows it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from electrosim.base import memory
from electrosim.base.observer import Observer
from electrosim.conduction import checkerboard
from electrosim.conduction.flow import Flow, Method, Report
from electrosim.conduction.grid import grid_of, wraps
from electrosim.conduction.multigrid import PRECISE
from electrosim.conduction.problem import Problem
from electrosim.conduction.stoppable_pool import stoppable_pool

_BYTES_PER_VOXEL = 20  # phases, vectors and potential of a checkerboard on the whole image
_BYTES_PER_UNKNOWN = {1: 40, 2: 80, 3: 120, 4: 140}  # coarse networks, by the number of phases; measured on noise
_BYTES_ON_LATTICES = (24, 40)  # per voxel in all, for one and for several phases, measured at porosities from 0.3 to 1
_MEASURED = 0.9  # share of the available memory that may be taken by what is known so well
_BYTES_PER_LISTED = 260  # a network whose neighbours are listed
_BYTES_PER_VALUE = 72  # table and conductances of the values of a map, of which there may be as many as voxels
_BYTES_OF_PRECISION = 25  # per voxel, for tolerances that need double precision


def flows_of(problem: Problem, method: Method, observer: Observer) -> dict[str, Flow]:
    """Solve along every direction of a problem.

    An exception in one direction, or an interrupt, ends the others at their next iteration.

    Raises
    ------
    InputError
        If not even one direction fits the memory; the sentence says what it needs.
    """
    flow = method.prepare(problem)
    rtol = getattr(method, "rtol", 0.5)
    workers = memory.side_by_side(len(problem.directions), _memory_needed(problem, rtol))
    with stoppable_pool(workers) as (pool, go_on):
        futures = {
            direction: pool.submit(lambda along: flow(along, _reporter(observer, along, rtol, go_on)), direction)
            for direction in problem.directions
        }
        return {direction: future.result() for direction, future in futures.items()}


def _memory_needed(problem: Problem, rtol: float) -> int:
    """Return the bytes that one direction takes; refuse what does not fit."""
    phase, table = problem.phases
    unknowns, phases, precise = int(np.count_nonzero(phase)), len(table) - 1, rtol < PRECISE
    grid = grid_of(problem, wraps(problem, problem.directions[0]))
    what = f"the solve on {phase.size} voxels"
    if not checkerboard.fits(grid):
        needed = _BYTES_PER_VOXEL * phase.size + _BYTES_PER_LISTED * unknowns + _BYTES_PER_VALUE * len(table)
        memory.check_memory(needed, what)
        return needed
    sharp = precise * _BYTES_OF_PRECISION * phase.size
    needed = _BYTES_PER_VOXEL * phase.size + _BYTES_PER_UNKNOWN[phases] * unknowns + sharp
    if 2 * needed > memory.available_memory() and checkerboard.needs_no_lists(grid):
        needed = _BYTES_ON_LATTICES[phases > 1] * phase.size + sharp
        memory.check_memory(needed, what, share=_MEASURED)
    else:
        memory.check_memory(needed, what)
    return needed


def _reporter(observer: Observer, direction: str, rtol: float, go_on: Callable[[], None]) -> Report:
    """Turn error estimates into the share done: each iteration gains about the same on a logarithmic scale."""
    task = f"direction {direction}"

    def report(error: float) -> None:
        go_on()
        share = np.clip(np.log(max(error, 1e-300)) / np.log(rtol), 0.0, 1.0) if error < 1 else 0.0
        observer(task, float(share), f"error {error:.1e}")

    observer(task, 0.0)
    return report
