"""Fits one law to points and says how far it can be trusted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, silent
from electrosim.correlations import intervals
from electrosim.correlations.correlation_fit import CorrelationFit, Estimate
from electrosim.correlations.laws import find_law
from electrosim.correlations.points import check_enough, check_points
from electrosim.correlations.regression import Optimum, Regression
from electrosim.correlations.weights import find_weights

Array = NDArray[np.float64]


def fit(
    name: str,
    abscissa: ArrayLike,
    ordinate: ArrayLike,
    *,
    weights: str = "log-normal",
    standard_deviation: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    rng: np.random.Generator | int | None = None,
    observer: Observer = silent,
) -> CorrelationFit:
    """Fit a law to points of relative conductivity against porosity, or of capacity against rate.

    Parameters
    ----------
    name : str
        One of `laws.LAWS`: of conductivity ``power``, ``bruggeman``, ``percolation``, ``ge``, ``archie``,
        ``power-then-linear``; of capacity ``peukert``, ``time-constant``.
    abscissa : array_like
        Porosities [1], or rates in any unit.
    ordinate : array_like
        Effective conductivity over that of the bulk [1], or capacities in any unit.
    weights : str
        One of `weights.WEIGHTS`: ``equal``, ``log-normal``, ``log-normal-mean``, ``relative``, ``root``, ``scatter``.
    standard_deviation : array_like, optional
        Of each point, such as over its directions; what ``scatter`` needs.
    cluster : array_like, optional
        A name or number per point; points of one cluster, such as overlapping cutouts, are drawn together.
    level : float
        Of intervals and bands.
    resamples : int
        Of the bootstrap; 0 leaves it out.
    rng : numpy.random.Generator or int, optional
        What draws them.
    observer : callable, optional
        Hears the progress.

    Returns
    -------
    CorrelationFit

    Raises
    ------
    InputError
        If law or weights are unknown, a value is out of range, fewer than three porosities or rates differ, or these
        are not more than parameters.

    Examples
    --------
    >>> eps = np.array([0.15, 0.25, 0.35, 0.45, 0.55])
    >>> found = fit("power", eps, 1.95 * eps**3.31, resamples=0)
    >>> round(found["gamma"].value, 6), round(found["alpha"].value, 6)
    (1.95, 3.31)
    >>> f"{found.exceeds['bruggeman']:.1%}"
    '69.1%'
    """
    law, choice = find_law(name), find_weights(weights)
    if choice.name == "scatter" and standard_deviation is None:
        raise InputError(
            "scatter weights need a standard deviation for each point; give one or choose other weights", ("weights",)
        )
    if not 0 < level < 1:
        raise InputError(f"level is {level:g} and must lie between 0 and 1", ("level",))
    points = check_points(abscissa, ordinate, standard_deviation, cluster, law.relation)
    positive = points.ordinate > 0
    usable = choice.usable(points.ordinate, points.deviation)
    left_out = int((~usable).sum())
    remark = f" ({left_out} points without a finite weight left out)" if left_out else ""
    check_enough(points.chosen(usable), law, len(law.parameters), remark)
    check_enough(points.chosen(usable & positive), law, 0, f" beside those that {law.relation.without}")
    used = points.chosen(usable)
    regression = Regression(law, choice, used, law.bounds(used.abscissa, used.abscissa[used.ordinate > 0]))
    best = regression.optimum()
    by_profile = intervals.profile(regression, best, level)
    by_bootstrap = intervals.bootstrap(regression, best, resamples, level, np.random.default_rng(rng), observer)
    return CorrelationFit(
        regression,
        best,
        _estimates(regression, best, by_profile, by_bootstrap),
        usable,
        int((~positive).sum()),
        level,
        resamples,
    )


def _estimates(regression: Regression, best: Optimum, by_profile: Array, by_bootstrap: Array) -> tuple[Estimate, ...]:
    """Carry coordinates and their intervals over to parameters."""
    errors = np.where(best.free, np.sqrt(np.diag(best.covariance())), np.nan)
    found = []
    for number, item in enumerate(regression.law.parameters):
        at = best.coordinates[number]
        value, *ends = (
            float(item.value(end, regression.bounds)) for end in (at, *by_profile[number], *by_bootstrap[number])
        )
        slope = (item.value(at + 1e-6, regression.bounds) - item.value(at - 1e-6, regression.bounds)) / 2e-6
        error = float(errors[number] * slope)
        if item.scale == "bounded" and error > regression.bounds[1] - regression.bounds[0]:
            error = float("nan")  # between two points a kink moves the sum of squares hardly at all
        found.append(Estimate(item.name, item.long_name, value, error, (ends[0], ends[1]), (ends[2], ends[3])))
    return tuple(found)
