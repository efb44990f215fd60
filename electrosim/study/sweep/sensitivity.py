"""Which axis matters how much, and which cases no other beats."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.result import variable
from electrosim.study.sweep.designs import LEVELS, salib_problem, unit_points
from electrosim.study.sweep.kept import collected_numbers
from electrosim.study.sweep.problem import Problem

if TYPE_CHECKING:
    import xarray as xr

_CONFIDENCE = 0.95


def sensitivity_variables(problem: Problem, dataset: xr.Dataset) -> dict[str, Any]:
    """Return the sensitivity of each collected number to each axis.

    For "sobol" the indices of Sobol: `first_order`, the share of the variance that an axis makes alone, and
    `total_order`, with all its interactions, each with the half width of its 95 % interval; for "morris" the mean
    absolute and the standard deviation of the elementary effects. NaN where a case failed.

    References
    ----------
    A. Saltelli et al., Comput. Phys. Commun. 181 (2010) 259, doi:10.1016/j.cpc.2009.09.018.
    M. D. Morris, Technometrics 33 (1991) 161, doi:10.1080/00401706.1991.10484804.
    """
    if problem.design not in ("sobol", "morris"):
        return {}
    names = collected_numbers(dataset)
    analyse = _sobol if problem.design == "sobol" else _morris
    columns = [analyse(problem, dataset[name].values) for name in names]
    found = {}
    for key, words in (_SOBOL if problem.design == "sobol" else _MORRIS).items():
        values = np.array([column[key] for column in columns]).reshape(len(names), len(problem.axes))
        found[key] = variable(("collected", "axis"), values, "1", words)
    found["collected"] = ("collected", np.array(names, str))
    found["axis"] = ("axis", np.array([axis.name for axis in problem.axes]))
    return found


_SOBOL = {
    "first_order": "share of the variance that the axis makes alone",
    "first_order_confidence": "half width of its 95 % interval",
    "total_order": "share of the variance that the axis makes with all its interactions",
    "total_order_confidence": "half width of its 95 % interval",
}
_MORRIS = {
    "mean_effect": "mean absolute elementary effect, over the range of the axis",
    "mean_effect_confidence": "half width of its 95 % interval",
    "effect_deviation": "standard deviation of the elementary effects: interaction or curvature",
}


def _sobol(problem: Problem, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    from SALib.analyze import sobol

    if not np.isfinite(values).all() or np.ptp(values) == 0:
        return dict.fromkeys(_SOBOL, np.full(len(problem.axes), np.nan))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = sobol.analyze(
            salib_problem(len(problem.axes)), values, calc_second_order=False, conf_level=_CONFIDENCE,
            seed=problem.seed, print_to_console=False,
        )  # fmt: skip
    return dict(zip(_SOBOL, (found["S1"], found["S1_conf"], found["ST"], found["ST_conf"]), strict=True))


def _morris(problem: Problem, values: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    from SALib.analyze import morris

    if not np.isfinite(values).all():
        return dict.fromkeys(_MORRIS, np.full(len(problem.axes), np.nan))
    points = unit_points("morris", problem.samples, len(problem.axes), problem.seed)
    found = morris.analyze(
        salib_problem(len(problem.axes)), points, values, conf_level=_CONFIDENCE, num_levels=LEVELS,
        seed=problem.seed, print_to_console=False,
    )  # fmt: skip
    return dict(zip(_MORRIS, (np.asarray(found[key]) for key in ("mu_star", "mu_star_conf", "sigma")), strict=True))


def best_cases(problem: Problem, dataset: xr.Dataset) -> dict[str, Any]:
    """Return `pareto`: whether no other case is at least as good in all that competes and better in something."""
    if not problem.pareto:
        return {}
    known = collected_numbers(dataset)
    columns = []
    for name, wish in problem.pareto:
        if name not in known:
            raise InputError(f'"{name}" has several values in each case; collect one', ("pareto",))
        columns.append((1 if wish == "most" else -1) * dataset[name].values.ravel())
    scores = np.stack(columns, axis=1)
    usable = np.isfinite(scores).all(axis=1) & dataset["case_solved"].values.ravel()
    pareto = np.zeros(len(scores), bool)
    for number in np.flatnonzero(usable):
        better = (scores[usable] >= scores[number]).all(axis=1) & (scores[usable] > scores[number]).any(axis=1)
        pareto[number] = not better.any()
    names = ", ".join(name for name, _ in problem.pareto)
    return {"pareto": variable(problem.dims, pareto.reshape(problem.shape), "1", f"no other case is better in {names}")}
