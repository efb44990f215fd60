"""Inverse design: the best parameters for each setting, and how much hangs on them."""

from __future__ import annotations

import json
import time
from collections.abc import MutableMapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, SolveError
from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.study.inverse.solves import Record, Solves
from electrosim.study.optimise.problem import Problem, Search
from electrosim.study.optimise.search import find
from electrosim.study.optimise.trials import KEPT, Trial, Trials
from electrosim.study.sweep.axes import Value, numbers

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

NEAR = 0.01  # of the objective: parameters within which it is as good as that are reported
_BINDS = 1e-3  # of a constraint's limit, or of a range, within which it binds


def solve(
    problem: Problem,
    *,
    method: Search | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
    finished: MutableMapping[str, Record] | None = None,
) -> xr.Dataset:
    """Find the parameters of a scenario that are best for something.

    Parameters
    ----------
    problem : Problem
        Scenarios, parameters, objective and constraints.
    method : Search, optional
        How it is searched for.
    rng : numpy.random.Generator, optional
        Accepted because every `solve` takes it; draws follow from the method's seed.
    observer : callable, optional
        Hears the progress.
    throw : bool
        Whether constraints that no parameter set keeps raise; otherwise `status` says so.
    finished : mutable mapping, optional
        What an interrupted search had solved for, and where this one keeps what it solves for.

    Returns
    -------
    xarray.Dataset
        Over the values of `problem.each`, if there is one: ``objective``, ``objective_at_start``, ``gain`` (relative to
        the start, positive if better), ``evaluations``, ``failed_evaluations``, ``limits`` (what holds the optimum
        where it is, in words), ``status``, ``solved``. Also over ``parameter``: ``value``, ``near_lower`` and
        ``near_upper`` (within which the objective along this parameter is at most 1 % worse, and constraints are kept),
        ``is_at_bound``. Also over ``parameter`` and ``place``: ``curve_value``, ``curve_objective``, ``curve_is_kept``.
        Over ``constraint``: ``constraint_value``, ``binds``. Over ``parameter`` alone: ``lower_bound``,
        ``upper_bound``, ``unit``, ``shown_unit``, ``shown_scale``. ``wall_time``.

    Raises
    ------
    InputError
        If objective or constraints are not single numbers of the result.
    SolveError
        If no parameter set that was tried can be solved for, or, with `throw`, none keeps the constraints.
    """
    import xarray as xr

    del rng
    began = time.perf_counter()
    method = method or Search()
    settings = [None] if problem.each is None else list(problem.each.values)
    found = []
    with ExitStack() as stack:  # an interrupt keeps what all searches so far have solved for
        for number, setting in enumerate(settings):
            solves = stack.enter_context(Solves({} if finished is None else finished, f"trials-{number}"))
            keys, task = _keys(problem, setting), _task(problem, setting)
            trials = Trials(problem, keys, observer, task, number / len(settings), solves)
            _check_start(trials)
            found.append(_one(trials, find(trials, method), method))
    observer("search", 1.0)
    dataset = found[0] if problem.each is None else xr.concat(found, _coordinate(problem), combine_attrs="override")
    dataset = dataset.assign(_of_parameters(problem))
    if throw and not bool(dataset["solved"].all()):
        raise SolveError(next(str(one) for one in np.atleast_1d(dataset["status"].values) if "constraint" in str(one)))
    dataset["wall_time"] = variable((), time.perf_counter() - began, "s", "time the search took")
    described = {"kind": "optimise", "parameters": list(problem.family.names)}
    dataset.attrs = provenance(json.loads(json.dumps(described)), title="optimum", seed=method.seed, references=())
    return dataset


def _keys(problem: Problem, setting: Value | None) -> dict[str, Any]:
    return {} if setting is None or problem.each is None else dict(zip(problem.each.keys, setting.written, strict=True))


def _task(problem: Problem, setting: Value | None) -> str:
    return "search" if setting is None or problem.each is None else f"search, {problem.each.name} {setting.label}"


def _coordinate(problem: Problem) -> xr.DataArray:
    """Return the settings as a coordinate: SI numbers where they have them, else what is written."""
    import xarray as xr

    each = problem.each
    assert each is not None  # noqa: S101  there are settings to lay side by side
    found = numbers(each.values)
    entries = np.array([value.label for value in each.values]) if found is None else found
    attributes = {"units": "1" if found is None else each.base_unit, "long_name": ", ".join(each.keys)}
    return xr.DataArray(entries, dims=each.name, name=each.name, attrs=attributes)


def _check_start(trials: Trials) -> None:
    """Say what is wrong with objective and constraints before a search treats it as a failure."""
    try:
        trials.solve(trials.problem.family.start)
    except SolveError:
        return
    except InputError as error:
        if error.key:
            raise


def _one(trials: Trials, best: Trial, method: Search) -> xr.Dataset:
    """Return the optimum of one setting and what is around it."""
    import xarray as xr

    problem = trials.problem
    names, constraints = list(problem.family.names), [item.name for item in problem.constraints]
    start = trials.at(problem.family.start)
    at_start = np.nan if start is None else start.objective
    binds = _binding(trials, best)
    at_bound = (best.shares < _BINDS) | (best.shares > 1 - _BINDS)
    missed = trials.violation(best) > KEPT
    words, units = _words(problem)
    variables = {
        "objective": variable((), best.objective, units, words),
        "objective_at_start": variable((), at_start, units, f"{words}, where the search began"),
        "gain": variable((), -trials.sign() * (best.objective / at_start - 1), "1", "gain over the start"),
        "value": variable("parameter", problem.family.numbers(best.shares), "see unit", "best value"),
        "is_at_bound": variable("parameter", at_bound, "1", "whether the best value is at a bound"),
        "constraint_value": variable(
            "constraint", best.constraints, "SI units", "constrained quantity at the best place"
        ),
        "binds": variable("constraint", binds, "1", "whether a constraint holds the optimum where it is"),
        **_curves(trials, best, method),
        "limits": variable((), _limits(names, at_bound, constraints, binds), "1", "what holds the optimum"),
        "evaluations": variable((), trials.evaluations, "1", "parameter sets solved for"),
        "failed_evaluations": variable((), sum(trials.failures.values()), "1", "of which failed"),
        "status": variable((), _status(trials, best), "1", "how the search ended"),
        "solved": variable((), not missed, "1", "whether the numbers can be used"),
    }
    return xr.Dataset(variables, coords={"parameter": names, "constraint": np.array(constraints, str)})


def _words(problem: Problem) -> tuple[str, str]:
    return f"{problem.objective.text}, {'most' if problem.is_most else 'least'}", "SI units"


def _binding(trials: Trials, trial: Trial) -> NDArray[np.bool_]:
    """Return which constraints are met just so."""
    sizes = np.array(trials.sizes())
    return np.asarray(np.array(trials.misses(trial)) > -_BINDS * sizes, bool)


def _curves(trials: Trials, best: Trial, method: Search) -> dict[str, Any]:
    """Return objective and constraints along each parameter, the others at their best."""
    family = trials.problem.family
    shares = [np.union1d(np.linspace(0, 1, method.curve_points - 1), [share]) for share in best.shares]
    longest = max(len(some) for some in shares)
    value, objective = np.full((2, len(shares), longest), np.nan)
    kept = np.zeros((len(shares), longest), bool)
    near = np.full((len(shares), 2), np.nan)
    for row, (some, item) in enumerate(zip(shares, family.parameters, strict=True)):
        for column, share in enumerate(some):
            there = best.shares.copy()
            there[row] = share
            trial = trials.at(there)
            value[row, column] = item.at(float(share)).number
            if trial is not None:
                objective[row, column] = trial.objective
                kept[row, column] = trials.violation(trial) <= KEPT
        near[row] = [
            item.at(share).number for share in _near(some, objective[row, : some.size], kept[row], best, row, trials)
        ]
    words, units = _words(trials.problem)
    dims = ("parameter", "place")
    return {
        "curve_value": variable(dims, value, "see unit", "value along a parameter"),
        "curve_objective": variable(dims, objective, units, f"{words}, the other parameters at their best"),
        "curve_is_kept": variable(dims, kept, "1", "whether constraints are kept there"),
        "near_lower": variable("parameter", near[:, 0], "see unit", "from where the objective is within 1 %"),
        "near_upper": variable("parameter", near[:, 1], "see unit", "up to where the objective is within 1 %"),
    }


def _near(
    shares: Array, objective: Array, kept: NDArray[np.bool_], best: Trial, row: int, trials: Trials
) -> tuple[float, float]:
    """Return between which shares the objective is near its best, on straight lines between the points of a curve."""
    loss = trials.sign() * (objective - best.objective) / (NEAR * abs(best.objective) or 1.0)
    here = int(np.argmin(np.abs(shares - best.shares[row])))
    ends = []
    for side in (-1, 1):
        place = here
        while 0 <= place + side < shares.size and kept[place + side] and loss[place + side] <= 1:
            place += side
        end, beyond = shares[place], place + side
        if 0 <= beyond < shares.size and kept[beyond] and np.isfinite(loss[beyond]):
            end += (shares[beyond] - end) * (1 - loss[place]) / (loss[beyond] - loss[place])
        ends.append(float(end))
    return ends[0], ends[1]


def _limits(names: list[str], at_bound: NDArray[np.bool_], constraints: list[str], binds: NDArray[np.bool_]) -> str:
    parts = [f"{name} is at its bound" for name, at in zip(names, at_bound, strict=True) if at]
    parts += [f"{name} binds" for name, at in zip(constraints, binds, strict=True) if at]
    return ", ".join(parts) or "nothing: it lies inside all limits"


def _status(trials: Trials, best: Trial) -> str:
    failed = sum(trials.failures.values())
    remark = f" {failed} of {trials.evaluations} parameter sets failed." if failed else ""
    if trials.violation(best) <= KEPT:
        return f"The best parameters within the limits were found.{remark}"
    misses = np.array(trials.misses(best)) / np.array(trials.sizes())
    worst = trials.problem.constraints[int(np.argmax(misses))]
    return (
        f"No parameter set that was tried keeps the constraint {worst.name}: the nearest misses it by "
        f"{misses.max():.2%} of its limit; widen the limit or the bounds.{remark}"
    )


def _of_parameters(problem: Problem) -> dict[str, Any]:
    parameters = problem.family.parameters
    shown = [item.shown_unit for item in parameters]

    def each(values: Any, units: str, long_name: str) -> Any:
        return variable("parameter", values, units, long_name)

    return {
        "lower_bound": each([item.at(0.0).number for item in parameters], "see unit", "lower bound"),
        "upper_bound": each([item.at(1.0).number for item in parameters], "see unit", "upper bound"),
        "unit": each([item.axis.base_unit for item in parameters], "1", "unit of a parameter"),
        "shown_unit": each([unit for unit, _ in shown], "1", "unit in which people read it"),
        "shown_scale": each([scale for _, scale in shown], "see unit", "size of that unit"),
        "objective_unit": variable((), problem.unit or "1", "1", "unit in which people read the objective"),
    }
