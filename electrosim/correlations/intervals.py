"""Intervals of a law's parameters: by profile likelihood through lmfit, and by a studentised bootstrap."""

from __future__ import annotations

import contextlib
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer
from electrosim.correlations.regression import Optimum, Regression

if TYPE_CHECKING:
    import lmfit

Array = NDArray[np.float64]

_FEWEST_GROUPS = 3
_LEAST_SHARE = 0.9  # of resamples that must give a number for an interval to be one


def profile(regression: Regression, best: Optimum, level: float) -> Array:
    """Return the interval of each coordinate from the sum of squares with the others fitted again (an F-test).

    Returns
    -------
    array, shape (parameters, 2)
        NaN for a coordinate that is held at its bound, and for an end that was not found; a bounded parameter's
        interval then ends at the bound, at infinity.
    """
    if regression.law.is_straight and regression.weights.is_logarithmic:
        return _straight(best, level)
    found = np.full((best.coordinates.size, 2), np.nan)
    free = np.flatnonzero(best.free).tolist()
    if len(free) == 1:
        found[free[0]] = _single(regression, best, free[0], level)
        return found
    import lmfit

    minimizer = _minimizer(regression, best)
    with warnings.catch_warnings(), contextlib.suppress(lmfit.MinimizerException, ValueError):
        warnings.simplefilter("ignore")  # an end that is not found comes back infinite
        result = minimizer.leastsq()
        ends = lmfit.conf_interval(minimizer, result, sigmas=[level])
        for number in free:
            found[number] = [end[1] for end in ends[_name(number)] if end[0] > 0]
            if regression.law.parameters[number].scale != "bounded":
                found[number, np.isinf(found[number])] = np.nan
    return found


def _straight(best: Optimum, level: float) -> Array:
    """Return the intervals of a straight line: the sum of squares is a parabola, and the F-test Student's t."""
    from scipy.stats import t

    points, parameters = best.jacobian.shape
    half = t.ppf((1 + level) / 2, points - parameters) * np.sqrt(np.diag(best.covariance()))
    return np.stack([best.coordinates - half, best.coordinates + half], axis=1)


def bootstrap(
    regression: Regression, best: Optimum, resamples: int, level: float, rng: np.random.Generator, observer: Observer
) -> Array:
    """Return the interval of each coordinate from fits to points drawn with replacement, whole groups at a time.

    Each resample gives (estimate - best)/standard error, both errors being sandwiches over the groups, and quantiles
    of this replace those of Student's t (bootstrap-t). A plain percentile interval is too narrow for few or noisy
    points. Laws with a bounded parameter keep percentiles: near a bound no standard error stands for anything.

    Returns
    -------
    array, shape (parameters, 2)
        NaN for all if there are fewer than three groups, or too many resamples hold no more than parameters.
    """
    points = regression.points
    order = np.argsort(points.cluster, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(points.cluster[order])) + 1)
    count = best.coordinates.size
    if len(members) < _FEWEST_GROUPS or resamples == 0:
        return np.full((count, 2), np.nan)
    sizes = np.array([item.size for item in members])
    estimates, errors = np.full((2, resamples, count), np.nan)
    for number in range(resamples):
        if number % 50 == 0:
            observer(f"bootstrap, {regression.law.name}, {regression.weights.name}", number / resamples)
        drawn = rng.integers(len(members), size=len(members))
        some = points.chosen(np.concatenate([members[group] for group in drawn]))
        if min(np.unique(some.abscissa).size, np.unique(drawn).size) <= count:
            continue  # as many different ones as parameters leave no residual, or no sandwich
        found = regression.search(best.coordinates, some)
        estimates[number] = found.coordinates
        errors[number] = found.robust_error(np.cumsum([0, *sizes[drawn][:-1]]))
    if any(item.scale == "bounded" for item in regression.law.parameters):
        return _percentiles(estimates, level)
    sorted_best = Optimum(best.coordinates, best.residual[order], best.jacobian[order], best.shift)
    error = sorted_best.robust_error(np.cumsum([0, *sizes[:-1]]))
    return _quantiles(best, error, estimates, errors, level)


def _quantiles(best: Optimum, error: Array, estimates: Array, errors: Array, level: float) -> Array:
    """Return intervals of the coordinates from estimates and standard errors of all resamples."""
    ends = np.array([(1 - level) / 2, (1 + level) / 2])
    found = np.full((best.coordinates.size, 2), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        pivots = (estimates - best.coordinates) / errors
    for number, pivot in enumerate(pivots.T):
        good = np.isfinite(pivot)
        if good.mean() >= _LEAST_SHARE:
            found[number] = best.coordinates[number] - error[number] * np.quantile(pivot[good], ends[::-1])
    return found


def _percentiles(estimates: Array, level: float) -> Array:
    """Return intervals of the coordinates from estimates of all resamples."""
    good = np.isfinite(estimates).all(axis=1)
    if good.mean() < _LEAST_SHARE:
        return np.full((estimates.shape[1], 2), np.nan)
    return np.asarray(np.quantile(estimates[good], [(1 - level) / 2, (1 + level) / 2], axis=0).T)


def _name(number: int) -> str:
    return f"coordinate_{number}"


def _minimizer(regression: Regression, best: Optimum) -> lmfit.Minimizer:
    """Return lmfit's problem in the law's coordinates, those at a bound held there."""
    import lmfit

    parameters = lmfit.Parameters()
    for number, (value, free) in enumerate(zip(best.coordinates, best.free, strict=True)):
        parameters.add(_name(number), value, vary=bool(free))

    def residual(parameters: Any) -> Array:
        coordinates = np.array([item.value for item in parameters.values()])
        return regression.residual(coordinates, regression.points, best.shift)

    return lmfit.Minimizer(residual, parameters)


def _single(regression: Regression, best: Optimum, number: int, level: float) -> tuple[float, float]:
    """Return the interval of the only free coordinate, which lmfit does not offer; its F-test is Student's t."""
    from scipy.optimize import brentq
    from scipy.stats import t

    freedom = best.residual.size - best.coordinates.size
    allowed = best.squares + best.variance * t.ppf((1 + level) / 2, freedom) ** 2
    step = np.zeros_like(best.coordinates)

    def excess(distance: float) -> float:
        step[number] = distance
        residual = regression.residual(best.coordinates + step, regression.points, best.shift)
        return float(residual @ residual) - allowed

    ends = []
    for side in (-1.0, 1.0):
        reach = side * 1e-3
        while excess(reach) < 0 and abs(reach) < 1e3:
            reach *= 2
        ends.append(float(brentq(excess, 0.0, reach)) if excess(reach) > 0 else side * np.inf)
    return float(best.coordinates[number]) + ends[0], float(best.coordinates[number]) + ends[1]
