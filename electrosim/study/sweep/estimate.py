"""What a sweep will take, before it is begun."""

from __future__ import annotations

import numpy as np

from electrosim.study.sweep.case import Chunk, solve_chunk
from electrosim.study.sweep.execution import Execution
from electrosim.study.sweep.problem import Problem

MANY = 100_000
"""Cases above which a sweep asks first."""


def estimate(problem: Problem, method: Execution) -> str:
    """Return time and size of a sweep in words, from its first case, solved twice so that loading does not count."""
    first = (axis.values[0] if axis.values else axis.at(0.5) for axis in problem.axes)
    case = problem.overrides(tuple(first))
    _, record = solve_chunk(Chunk(problem.base, (case, case), problem.collect))
    seconds = float(record["seconds"]) * problem.count
    seconds /= method.processes(seconds)
    size = 8 * problem.count * sum(np.size(value) for name, value in record.items() if name.startswith("value:"))
    return f"the sweep has {problem.count} cases, which take about {_time(seconds)} and {size / 1e6:.3g} MB"


def _time(seconds: float) -> str:
    for length, name in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= length:
            return f"{seconds / length:.2g} {name}"
    return f"{seconds:.2g} seconds"
