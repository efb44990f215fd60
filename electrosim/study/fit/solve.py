"""Fits every correlation with every choice of weights, and lays the results side by side in one dataset."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, silent
from electrosim.base.result import variable
from electrosim.correlations import CorrelationFit, Estimate, OutsideValidity, averages, fit
from electrosim.study.fit.problem import Problem

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
        ``left_out``, ``porosity_lowest`` and ``porosity_highest``, ``exceeds_bruggeman``,
        ``exceeds_isotropic_upper_bound``, ``exceeds_straight_pores``, ``law_at_mean_porosity``,
        ``tortuosity_at_mean_porosity``, ``status``, ``solved``. Over ``fit`` and ``parameter``, NaN where a law has no
        such parameter: ``value``, ``standard_error``, ``profile_lower``, ``profile_upper``, ``bootstrap_lower``,
        ``bootstrap_upper``; ``correlation_matrix`` also over ``other_parameter``. Over ``fit`` and
        ``curve_porosity``: ``curve``, ``curve_lower``, ``curve_upper`` (prediction band), ``curve_law_lower``,
        ``curve_law_upper`` (confidence band), ``curve_outside_range``. Over ``point``: ``porosity``,
        ``relative_conductivity``, ``standard_deviation``; ``residual`` also over ``fit``, NaN where a point was left
        out. ``mean_porosity``, ``mean_relative_conductivity``, ``tortuosity_of_means``, ``mean_tortuosity``,
        ``confidence``, ``resamples``, ``wall_time``.

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
    dataset = xr.Dataset(
        {**_of_fits(fits), **_of_parameters(fits, names), **_of_points(problem, fits), **_of_curves(problem, fits)},
        coords={
            "fit": [f"{found.law.name}, {found.weights.name}" for found in fits],
            "parameter": names,
            "other_parameter": names,
            "curve_porosity": variable("curve_porosity", _curve_porosity(problem), "1", "porosity"),
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
            problem.porosity,
            problem.relative_conductivity,
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


def _of_fits(fits: list[CorrelationFit]) -> Variables:
    """Return what every fit has one of."""
    aic = np.array([found.aic for found in fits])
    weights = np.array([found.weights.name for found in fits])
    difference = [value - np.min(aic[weights == name]) for value, name in zip(aic, weights, strict=True)]

    def each(get: Callable[[CorrelationFit], Any], units: str, long_name: str) -> tuple[Any, ...]:
        return variable("fit", [get(found) for found in fits], units, long_name)

    above = "porosity from which the law exceeds "
    return {
        "correlation": each(lambda found: found.law.name, "1", "correlation"),
        "weights": variable("fit", weights, "1", "weights"),
        "aic": variable("fit", aic, "1", "Akaike's criterion"),
        "aic_difference": variable("fit", difference, "1", "Akaike's criterion less the best of the same weights"),
        "residual_spread": each(lambda found: found.residual_spread, "1", "standard deviation of weighted residuals"),
        "points": each(lambda found: found.points, "1", "points used"),
        "zeros": each(lambda found: found.zeros, "1", "points that do not conduct"),
        "left_out": each(lambda found: found.left_out, "1", "points without a finite weight, left out"),
        "porosity_lowest": each(lambda found: found.porosity_range[0], "1", "lowest porosity fitted"),
        "porosity_highest": each(lambda found: found.porosity_range[1], "1", "highest porosity fitted"),
        "exceeds_bruggeman": each(lambda found: found.exceeds["bruggeman"], "1", above + "eps^1.5"),
        "exceeds_isotropic_upper_bound": each(
            lambda found: found.exceeds["isotropic_upper_bound"], "1", above + "the bound of isotropic samples"
        ),
        "exceeds_straight_pores": each(lambda found: found.exceeds["straight_pores"], "1", above + "eps (tau = 1)"),
        "status": each(lambda found: found.status, "1", "how the fit ended"),
        "solved": each(lambda _: True, "1", "whether the numbers can be used"),
    }


def _of_parameters(fits: list[CorrelationFit], names: list[str]) -> Variables:
    """Return estimates and intervals of all parameters, and the correlation of their errors."""

    def each(get: Callable[[Estimate], float], long_name: str) -> tuple[Any, ...]:
        values = np.full((len(fits), len(names)), np.nan)
        for row, found in enumerate(fits):
            for item in found.parameters:
                values[row, names.index(item.name)] = get(item)
        return variable(("fit", "parameter"), values, "1", long_name)

    matrix = np.full((len(fits), len(names), len(names)), np.nan)
    for row, found in enumerate(fits):
        at = [names.index(item.name) for item in found.parameters]
        matrix[row][np.ix_(at, at)] = found.correlation_matrix
    return {
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
    """Return the points, their averages, and the residuals of every fit."""
    mean = averages(problem.porosity, problem.relative_conductivity)
    at_mean = np.array([_quietly(found, np.array([mean.porosity]))["curve"][0] for found in fits])
    residual = np.full((len(fits), problem.porosity.size), np.nan)
    for row, found in enumerate(fits):
        residual[row, found.used] = found.optimum.residual
    deviation = problem.standard_deviation
    spread = np.full_like(problem.porosity, np.nan) if deviation is None else deviation
    return {
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
        "porosity": variable("point", problem.porosity, "1", "porosity of a point"),
        "relative_conductivity": variable("point", problem.relative_conductivity, "1", "relative conductivity"),
        "standard_deviation": variable("point", spread, "1", "standard deviation over directions"),
        "residual": variable(("fit", "point"), residual, "1", "weighted residual"),
    }


def _curve_porosity(problem: Problem) -> Array:
    """Return porosities from below the lowest point to 1."""
    return np.linspace(0.7 * float(problem.porosity.min()), 1.0, CURVE_POINTS)


def _of_curves(problem: Problem, fits: list[CorrelationFit]) -> Variables:
    """Return laws and bands over porosity."""
    curves = [_quietly(found, _curve_porosity(problem)) for found in fits]
    long_names = {
        "curve": "relative conductivity of the law",
        "curve_law_lower": "lower end of the confidence band of the law",
        "curve_law_upper": "upper end of the confidence band of the law",
        "curve_lower": "lower end of the prediction band of points",
        "curve_upper": "upper end of the prediction band of points",
        "curve_outside_range": "whether the law was not fitted there",
    }
    return {
        name: variable(("fit", "curve_porosity"), np.stack([curve[name] for curve in curves]), "1", words)
        for name, words in long_names.items()
    }


def _quietly(found: CorrelationFit, porosity: Array) -> dict[str, NDArray[Any]]:
    """Return a prediction as variables; what it warns of is among them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsideValidity)
        predicted = found.predict(porosity)
    return {
        "curve": predicted.relative_conductivity,
        "curve_law_lower": predicted.law_lower,
        "curve_law_upper": predicted.law_upper,
        "curve_lower": predicted.lower,
        "curve_upper": predicted.upper,
        "curve_outside_range": predicted.outside_range,
    }
