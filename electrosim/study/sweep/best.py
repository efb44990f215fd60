"""The best value of one axis for each value of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.study.sweep.kept import hatched_name
from electrosim.study.sweep.shown import entry_of, mean_of

if TYPE_CHECKING:
    import xarray as xr

    from electrosim.study.sweep.problem import Problem

NEAR = 0.01
"""How little a value may be worse than the best one to count as nearly as good."""


@dataclass(frozen=True)
class Best:
    """What is asked for.

    Parameters
    ----------
    over : str
        The axis.
    name : str
        A collected number.
    is_most : bool
        Whether it should be high; else low.
    beside : int or None
        Which value of the axis the gain is counted from, by its place.
    """

    over: str
    name: str
    is_most: bool
    beside: int | None = None


def best_variables(problem: Problem, dataset: xr.Dataset) -> dict[str, Any]:
    """Return the best of the solved values of an axis for each value of the others, in the order of the axis.

    Parameters
    ----------
    problem : Problem
        With `best`.
    dataset : xarray.Dataset
        Of all cases.

    Returns
    -------
    dict of str to variables
        With the dimensions of the collected number but the axis, and repeats, over which it is averaged:
        ``best_<axis>``, the value with the best number; ``best_<name>``, that number; ``best_<axis>_lower`` and
        ``_upper``, the ends of the values around it whose number is within 1 % of the best; `best_gain`, how much
        larger the number is than that of the value it is compared with, as a share of it. If a collected number says
        where figures are hatched, the same with ``unhatched_`` for ``best_``, of the cases that are not. NaN or empty
        where nothing was solved.
    """
    asked = problem.best
    if asked is None:
        return {}
    item = dataset[asked.name]
    item = mean_of(item).transpose(asked.over, ...)
    found = _among(asked, item, np.isfinite(item.values), "best", dataset)
    hatched = hatched_name(dataset)
    if hatched is not None:
        where = dataset[hatched]
        where = where.max("repeat") if "repeat" in where.dims else where
        kept = (where <= 0).broadcast_like(item).transpose(*item.dims).values
        found |= _among(asked, item, np.isfinite(item.values) & kept, "unhatched", dataset)
    return found


def _among(
    asked: Best, item: xr.DataArray, allowed: NDArray[np.bool_], prefix: str, dataset: xr.Dataset
) -> dict[str, Any]:
    """Return the best of the cases that are allowed."""
    sign = 1.0 if asked.is_most else -1.0
    scores = np.where(allowed, sign * item.values, -np.inf)
    place, any_there = scores.argmax(axis=0), allowed.any(axis=0)
    number = np.where(any_there, np.take_along_axis(item.values, place[None], axis=0)[0], np.nan)
    near = scores >= sign * number - NEAR * np.abs(number)
    lower, upper = _around(near, place)
    along, axis = dataset[asked.over], asked.over
    dims = tuple(map(str, item.dims[1:]))
    units, words = (str(item.attrs[key]) for key in ("units", "long_name"))
    which = f"{axis} of the {'most' if asked.is_most else 'least'} {asked.name}"
    found: dict[str, Any] = {f"{prefix}_{asked.name}": variable(dims, number, units, f"{words}, of the best {axis}")}
    ends = {"": place, "_lower": lower, "_upper": upper}
    for suffix, index in ends.items():
        end = f",{suffix.replace('_', ' ')} end within 1 %" if suffix else ""
        values = along.values[index]
        values = np.where(any_there, values, np.nan if values.dtype.kind in "fiu" else "")
        found[f"{prefix}_{axis}{suffix}"] = variable(dims, values, str(along.attrs["units"]), which + end)
    if prefix == "best":
        found[f"best_{axis}"][2]["best_of"] = asked.name
    if asked.beside is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            gain = number / item.values[asked.beside] - 1
        start = f"{axis} {entry_of(dataset, axis, asked.beside)}"
        found[f"{prefix}_gain"] = variable(dims, gain, "1", f"{asked.name} of the best over that of {start}, less one")
        found[f"{prefix}_gain"][2]["beside"] = start
    return found


def _around(near: NDArray[np.bool_], place: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the first and the last of the neighbours of each place that are near along the first axis."""
    count = near.shape[0]
    index = np.arange(count).reshape(-1, *[1] * place.ndim)
    lower = np.where(~near & (index < place), index, -1).max(axis=0) + 1
    upper = np.where(~near & (index > place), index, count).min(axis=0) - 1
    return lower, upper
