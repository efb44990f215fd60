"""What a fit of conductivities has besides its laws: where these stop being physical, and averages of the points."""

from __future__ import annotations

from typing import Any

import numpy as np

from electrosim.base.result import variable
from electrosim.correlations import CorrelationFit, averages
from electrosim.study.fit.problem import Problem
from electrosim.study.fit.quietly import quietly

_LIMITS = {
    "bruggeman": "eps^1.5",
    "isotropic_upper_bound": "the bound of isotropic samples",
    "straight_pores": "eps (tau = 1)",
}


def conductivity_variables(problem: Problem, fits: list[CorrelationFit]) -> dict[str, Any]:
    """Return what fits of conductivity add to their result.

    Parameters
    ----------
    problem : Problem
        The points.
    fits : list of CorrelationFit
        Their fits.

    Returns
    -------
    dict of str to variables
        Over ``fit``: ``exceeds_bruggeman``, ``exceeds_isotropic_upper_bound``, ``exceeds_straight_pores``,
        ``law_at_mean_porosity``, ``tortuosity_at_mean_porosity``; ``mean_porosity``, ``mean_relative_conductivity``,
        ``tortuosity_of_means``, ``mean_tortuosity``.
    """
    mean = averages(problem.abscissa, problem.ordinate)
    at_mean = np.array([quietly(found, np.array([mean.porosity])).ordinate[0] for found in fits])
    exceeds = {
        f"exceeds_{name}": variable(
            "fit", [found.exceeds[name] for found in fits], "1", f"porosity from which the law exceeds {words}"
        )
        for name, words in _LIMITS.items()
    }
    return {
        **exceeds,
        "law_at_mean_porosity": variable("fit", at_mean, "1", "relative conductivity of the law at the mean porosity"),
        "tortuosity_at_mean_porosity": variable(
            "fit", mean.porosity / at_mean, "1", "tortuosity of the law at the mean porosity"
        ),
        "mean_porosity": variable((), mean.porosity, "1", "mean porosity of all points"),
        "mean_relative_conductivity": variable(
            (), mean.relative_conductivity, "1", "mean relative conductivity of all points"
        ),
        "tortuosity_of_means": variable(
            (), mean.tortuosity_of_means, "1", "mean porosity over mean relative conductivity"
        ),
        "mean_tortuosity": variable((), mean.mean_tortuosity, "1", "mean tortuosity of the points that conduct"),
    }
