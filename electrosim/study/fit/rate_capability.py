"""What a fit of capacities has besides its laws: the capacity at the ends of the points, and the rate of half of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from electrosim.base.result import variable
from electrosim.correlations import CorrelationFit
from electrosim.study.fit.problem import Problem
from electrosim.study.fit.quietly import quietly
from electrosim.study.fit.units import abscissa_unit, ordinate_unit

_FARTHEST = 1e6  # times the highest rate, beyond which nobody asks for the rate of half the capacity


def rate_variables(problem: Problem, fits: list[CorrelationFit]) -> dict[str, Any]:
    """Return what fits of capacity add to their result.

    Parameters
    ----------
    problem : Problem
        The points.
    fits : list of CorrelationFit
        Their fits.

    Returns
    -------
    dict of str to variables
        Over ``fit``: ``law_at_lowest_rate``, ``law_at_highest_rate`` and ``rate_of_half``, at which a law gives half of
        what it gives at the lowest rate, NaN if it does not; ``capacity_unit`` and ``rate_unit``, in which people read
        them.
    """
    ends = np.array([problem.abscissa.min(), problem.abscissa.max()])
    at_ends = np.array([quietly(found, ends).ordinate for found in fits])
    unit = ordinate_unit(problem)
    return {
        "law_at_lowest_rate": variable("fit", at_ends[:, 0], unit, "the law at the lowest rate"),
        "law_at_highest_rate": variable("fit", at_ends[:, 1], unit, "the law at the highest rate"),
        "rate_of_half": variable(
            "fit",
            [_rate_of_half(found, *ends) for found in fits],
            abscissa_unit(problem),
            "rate at which the law gives half of what it gives at the lowest rate",
        ),
        "capacity_unit": variable((), problem.unit, "1", "unit in which people read capacities"),
        "rate_unit": variable((), problem.rate_unit, "1", "unit in which people read rates, none for C-rates"),
    }


def _rate_of_half(found: CorrelationFit, lowest: float, highest: float) -> float:
    from scipy.optimize import brentq

    half = 0.5 * quietly(found, np.array([lowest])).ordinate[0]

    def excess(logarithm: float) -> float:
        return float(quietly(found, np.array([np.exp(logarithm)])).ordinate[0] / half - 1)

    ends = np.log(lowest), np.log(_FARTHEST * highest)
    return float(np.exp(brentq(excess, *ends))) if excess(ends[1]) < 0 else float("nan")
