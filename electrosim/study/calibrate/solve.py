"""Calibration: the parameters of least squares, how far the data bear them, and what is left over."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, SolveError
from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.study.calibrate.outcome import Fitted, as_dataset
from electrosim.study.calibrate.problem import LeastSquares, Problem
from electrosim.study.calibrate.profile import Profile, profile
from electrosim.study.calibrate.residuals import Residuals
from electrosim.study.calibrate.spread import allowed_rise, inverse
from electrosim.study.inverse.solves import Record, Solves
from electrosim.study.inverse.starts import apart, drawn

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_ROUNDS = 3  # of profiles, each from a better place that the former one came upon
_BETTER = 1e-2  # of the allowed rise: what counts as a better place


def solve(
    problem: Problem,
    *,
    method: LeastSquares | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
    finished: MutableMapping[str, Record] | None = None,
) -> xr.Dataset:
    """Fit parameters of a scenario to measured values.

    Parameters
    ----------
    problem : Problem
        Scenarios, parameters and measured values.
    method : LeastSquares, optional
        How it is searched for.
    rng : numpy.random.Generator, optional
        Accepted because every `solve` takes it; the draws follow from the method's seed.
    observer : callable, optional
        Hears the progress.
    throw : bool
        Accepted because every `solve` takes it; a parameter set that cannot be solved for is one not to choose.
    finished : mutable mapping, optional
        What an interrupted calibration had solved for, and where this one keeps what it solves for.

    Returns
    -------
    xarray.Dataset
        Over ``parameter``: ``value``, ``standard_error``, ``lower``, ``upper`` (the profile interval; the bound where
        it is open), ``lower_is_open``, ``upper_is_open``, ``identifiability`` (a sentence), ``lower_bound``,
        ``upper_bound``, ``unit`` (SI), ``shown_unit``, ``shown_scale``; ``correlation_matrix`` also over
        ``other_parameter``. Over ``point``: ``quantity``, ``measured``, ``model``, ``standard_deviation``,
        ``residual`` (in standard deviations), ``line``, ``along``. Over ``start``: ``start_squares``. Over
        ``parameter`` and ``place``: ``profile_value``, ``profile_rise`` (1 at the ends of the interval), and
        ``profile_others`` also over ``other_parameter``. ``sum_of_squares``, ``spread``, ``chi_square_per_freedom``,
        ``aic``, ``confidence``, ``evaluations``, ``failed_evaluations``, ``status``, ``solved``, ``wall_time``.

    Raises
    ------
    InputError
        If what is compared is not in the result, or of another dimension than its column.
    SolveError
        If no parameter set that was tried can be solved for.
    """
    del rng, throw
    began = time.perf_counter()
    method = method or LeastSquares()
    with Solves({} if finished is None else finished, f"residuals-{_digest(problem)}") as solves:
        residuals = Residuals(problem, method, observer, solves=solves)
        _check_start(residuals)
        found = _fitted(residuals)
    dataset = as_dataset(residuals, found)
    observer("search", 1.0)
    dataset["wall_time"] = variable((), time.perf_counter() - began, "s", "time the calibration took")
    described = {"kind": "calibrate", "parameters": list(problem.family.names)}
    dataset.attrs = provenance(json.loads(json.dumps(described)), title="calibration", seed=method.seed, references=())
    return dataset


def _digest(problem: Problem) -> str:
    """Return letters that other measured values change: a table may be edited before a search is resumed."""
    found = hashlib.sha256(repr(problem.runs).encode())
    for item in problem.comparisons:
        arrays = (item.measured, item.deviation, item.run, item.along[1] if item.along else None)
        found.update(b"|".join(b"" if values is None else values.tobytes() for values in arrays))
        found.update(repr([(dim, words.tolist()) for dim, words in item.at]).encode())
    return found.hexdigest()[:16]


def _check_start(residuals: Residuals) -> None:
    """Say what is wrong with the comparisons before a search treats it as a failure."""
    problem = residuals.problem
    try:
        results = [problem.family.solve(problem.family.start, keys) for keys in problem.runs]
    except SolveError:
        return
    for item in problem.comparisons:
        try:
            item.check_units(results[0])
            item.predicted(results)
        except InputError as error:
            raise InputError(str(error), ("compare", item.name)) from None


def _fitted(residuals: Residuals) -> Fitted:
    problem, method = residuals.problem, residuals.method
    free = np.ones(len(problem.family.parameters), bool)
    places = drawn(problem.family, method.draws, method.seed)
    solved = []
    for number, shares in enumerate(places):
        residuals.share = 0.1 * number / len(places)
        if residuals.solved(shares) is not None:
            solved.append(shares)
    if not solved:
        sentence = max(residuals.failures, key=lambda one: residuals.failures[one])
        raise SolveError(f"None of {len(places)} parameter sets within the bounds can be solved for: {sentence}")
    solved.sort(key=residuals.squares)
    ends = []
    for number, shares in enumerate(apart(solved, method.starts)):
        residuals.share = 0.1 + 0.3 * number / method.starts
        ends.append(residuals.least(shares, free))
    best = min(ends, key=residuals.squares)
    for _ in range(_ROUNDS):
        jacobian = residuals.jacobian(best, free)
        if not method.profile:
            return Fitted(best, ends, jacobian, [])
        allowed = allowed_rise(residuals, best)
        profiles = _profiles(residuals, best, jacobian, allowed)
        rise, place = min((point for one in profiles for point in one.points.values()), key=lambda point: point[0])
        if rise > -_BETTER * allowed:
            break
        best = residuals.least(place, free)
        ends.append(best)
    return Fitted(best, ends, jacobian, profiles)


def _profiles(residuals: Residuals, best: Array, jacobian: Array, allowed: float) -> list[Profile]:
    residuals.task = "profiles"
    found = []
    half = np.sqrt(allowed * np.diag(inverse(jacobian)))
    for number in range(best.size):
        residuals.share = number / best.size
        found.append(profile(residuals, best, number, allowed, float(half[number])))
    return found
