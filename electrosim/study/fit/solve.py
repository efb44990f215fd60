"""Fits every correlation with every choice of weights, and lays the results side by side in one dataset."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, silent
from electrosim.base.result import variable
from electrosim.correlations import CorrelationFit, Estimate, fit
from electrosim.study.fit.conductivity import conductivity_variables
from electrosim.study.fit.problem import Problem
from electrosim.study.fit.quietly import quietly
from electrosim.study.fit.rate_capability import rate_variables
from electrosim.study.fit.units import abscissa_unit, ordinate_unit, parameter_units

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]
Variables = dict[str, tuple[Any, ...]]

CURVE_POINTS = 200


def solve(
    problem: Problem,
    *,
    method: None = None,
    rng: np.random.Generator | int | None = None,
    observer: Observer = silent,
    throw: bool = True,
) -> xr.Dataset:
    """Fit correlations to points.

    Parameters
    ----------
    problem : Problem
        The points and what to fit to them.
    method : None
        There is one.
    rng : numpy.random.Generator or int, optional
        What draws the resamples; each fit starts from the same seed, so that adding one does not change the others.
    observer : callable, optional
        Hears the progress.
    throw : bool
        No matter here: a fit that cannot be made is wrong input.

    Returns
    -------
    xarray.Dataset
        Over the dimension ``fit``, one per correlation and weights: ``correlation``, ``weights``, ``aic`` and
        ``aic_difference`` from the best with the same weights, ``residual_spread``, ``points``, ``zeros``,
        ``left_out``, ``status``, ``solved``, the ends of the points such as ``porosity_lowest`` and
        ``porosity_highest``, and what `conductivity_variables` or `rate_variables` add. Over ``fit`` and
        ``parameter``, NaN where a law has no such parameter: ``value``, ``standard_error``, ``profile_lower``,
        ``profile_upper``, ``bootstrap_lower``, ``bootstrap_upper``; ``correlation_matrix`` also over
        ``other_parameter``. Over ``parameter``: ``unit``, ``shown_unit``, ``shown_scale``. Over ``fit`` and
        ``curve_porosity``, or ``curve_rate``: ``curve``, ``curve_lower``, ``curve_upper`` (prediction band),
        ``curve_law_lower``, ``curve_law_upper`` (confidence band), ``curve_outside_range``. Over ``point``:
        ``porosity`` and ``relative_conductivity``, or ``rate`` and ``capacity``; ``standard_deviation``; ``residual``
        also over ``fit``, NaN where a point was left out. ``confidence``, ``resamples``, ``wall_time``.

    Raises
    ------
    InputError
        As `electrosim.correlations.fit`.
    """
    import xarray as xr

    del method, throw
    began = time.perf_counter()
    seed = int(np.random.default_rng(rng).integers(2**63))
    asked = list(product(problem.weights, problem.correlations))
    fits = []
    for number, (weights, name) in enumerate(asked):
        fits.append(_fit(problem, name, weights, seed, _part(observer, number / len(asked), len(asked))))
    observer("fits", 1.0)
    names = list(dict.fromkeys(item.name for found in fits for item in found.parameters))
    own = rate_variables(problem, fits) if problem.is_of_rates else conductivity_variables(problem, fits)
    curve, where = f"curve_{problem.relation.abscissa}", _curve_abscissa(problem)
    dataset = xr.Dataset(
        {
            **_of_fits(problem, fits),
            **_of_parameters(problem, fits, names),
            **_of_points(problem, fits),
            **_of_curves(problem, fits, curve, where),
            **own,
        },
        coords={
            "fit": [f"{found.law.name}, {found.weights.name}" for found in fits],
            "parameter": names,
            "other_parameter": names,
            curve: variable(curve, where, abscissa_unit(problem), problem.relation.abscissa),
        },
    )
    dataset["confidence"] = variable((), problem.confidence, "1", "confidence of intervals and bands")
    dataset["resamples"] = variable((), problem.resamples, "1", "resamples of the bootstrap")
    dataset["wall_time"] = variable((), time.perf_counter() - began, "s", "wall time")
    return dataset


def _fit(problem: Problem, name: str, weights: str, seed: int, observer: Observer) -> CorrelationFit:
    try:
        return fit(
            name,
            problem.abscissa,
            problem.ordinate,
            weights=weights,
            standard_deviation=problem.standard_deviation,
            cluster=problem.cluster,
            level=problem.confidence,
            resamples=problem.resamples,
            rng=seed,
            observer=observer,
        )
    except InputError as error:
        error.key = ("fit", *error.key) if error.key else ("data",)
        raise


def _part(observer: Observer, before: float, total: int) -> Observer:
    """Return an observer for one fit whose news become a share of all."""

    def report(task: str, share: float, remark: str = "") -> None:
        del remark
        observer("fits", before + share / total, task)

    return report


def _of_fits(problem: Problem, fits: list[CorrelationFit]) -> Variables:
    """Return what every fit has one of."""
    aic = np.array([found.aic for found in fits])
    weights = np.array([found.weights.name for found in fits])
    difference = [value - np.min(aic[weights == name]) for value, name in zip(aic, weights, strict=True)]

    def each(get: Callable[[CorrelationFit], Any], units: str, long_name: str) -> tuple[Any, ...]:
        return variable("fit", [get(found) for found in fits], units, long_name)

    name, unit = problem.relation.abscissa, abscissa_unit(problem)
    return {
        "correlation": each(lambda found: found.law.name, "1", "correlation"),
        "weights": variable("fit", weights, "1", "weights"),
        "aic": variable("fit", aic, "1", "Akaike's criterion"),
        "aic_difference": variable("fit", difference, "1", "Akaike's criterion less the best of the same weights"),
        "residual_spread": each(
            lambda found: found.residual_spread, "see weights", "standard deviation of weighted residuals"
        ),
        "points": each(lambda found: found.points, "1", "points used"),
        "zeros": each(lambda found: found.zeros, "1", f"points that {problem.relation.without}"),
        "left_out": each(lambda found: found.left_out, "1", "points without a finite weight, left out"),
        f"{name}_lowest": each(lambda found: found.fitted_range[0], unit, f"lowest {name} fitted"),
        f"{name}_highest": each(lambda found: found.fitted_range[1], unit, f"highest {name} fitted"),
        "status": each(lambda found: found.status, "1", "how the fit ended"),
        "solved": each(lambda _: True, "1", "whether the numbers can be used"),
    }


def _of_parameters(problem: Problem, fits: list[CorrelationFit], names: list[str]) -> Variables:
    """Return estimates and intervals of all parameters, and the correlation of their errors."""

    def each(get: Callable[[Estimate], float], long_name: str) -> tuple[Any, ...]:
        values = np.full((len(fits), len(names)), np.nan)
        for row, found in enumerate(fits):
            for item in found.parameters:
                values[row, names.index(item.name)] = get(item)
        return variable(("fit", "parameter"), values, "see unit", long_name)

    matrix = np.full((len(fits), len(names), len(names)), np.nan)
    for row, found in enumerate(fits):
        at = [names.index(item.name) for item in found.parameters]
        matrix[row][np.ix_(at, at)] = found.correlation_matrix
    return {
        **parameter_units(problem, names),
        "value": each(lambda item: item.value, "parameter"),
        "standard_error": each(lambda item: item.standard_error, "standard error of the parameter"),
        "profile_lower": each(lambda item: item.profile[0], "lower end of the profile interval"),
        "profile_upper": each(lambda item: item.profile[1], "upper end of the profile interval"),
        "bootstrap_lower": each(lambda item: item.bootstrap[0], "lower end of the bootstrap interval"),
        "bootstrap_upper": each(lambda item: item.bootstrap[1], "upper end of the bootstrap interval"),
        "correlation_matrix": variable(
            ("fit", "parameter", "other_parameter"), matrix, "1", "correlation of the parameters' errors"
        ),
    }


def _of_points(problem: Problem, fits: list[CorrelationFit]) -> Variables:
    """Return the points and the residuals of every fit."""
    residual = np.full((len(fits), problem.abscissa.size), np.nan)
    for row, found in enumerate(fits):
        residual[row, found.used] = found.optimum.residual
    deviation = problem.standard_deviation
    spread = np.full_like(problem.abscissa, np.nan) if deviation is None else deviation
    x, y = problem.relation.abscissa, problem.relation.ordinate
    unit = ordinate_unit(problem)
    return {
        x: variable("point", problem.abscissa, abscissa_unit(problem), f"{x} of a point"),
        y: variable("point", problem.ordinate, unit, y.replace("_", " ")),
        "standard_deviation": variable("point", spread, unit, f"standard deviation of a {y.replace('_', ' ')}"),
        "residual": variable(("fit", "point"), residual, "see weights", "weighted residual"),
    }


def _curve_abscissa(problem: Problem) -> Array:
    """Return abscissas from below the lowest point on: porosities to 1, rates to thrice the highest."""
    lowest, highest = float(problem.abscissa.min()), float(problem.abscissa.max())
    if problem.is_of_rates:
        return np.union1d(np.geomspace(lowest / 3, 3 * highest, CURVE_POINTS), [lowest, highest])
    return np.linspace(0.7 * lowest, 1.0, CURVE_POINTS)


def _of_curves(problem: Problem, fits: list[CorrelationFit], name: str, where: Array) -> Variables:
    """Return laws and bands over porosity or rate."""
    predicted = [quietly(found, where) for found in fits]
    curves = {
        "curve": ([one.ordinate for one in predicted], f"{problem.relation.ordinate.replace('_', ' ')} of the law"),
        "curve_law_lower": ([one.law_lower for one in predicted], "lower end of the confidence band of the law"),
        "curve_law_upper": ([one.law_upper for one in predicted], "upper end of the confidence band of the law"),
        "curve_lower": ([one.lower for one in predicted], "lower end of the prediction band of points"),
        "curve_upper": ([one.upper for one in predicted], "upper end of the prediction band of points"),
    }
    outside = np.stack([one.outside_range for one in predicted])
    return {
        **{
            key: variable(("fit", name), np.stack(values), ordinate_unit(problem), words)
            for key, (values, words) in curves.items()
        },
        "curve_outside_range": variable(("fit", name), outside, "1", "whether the law was not fitted there"),
    }
