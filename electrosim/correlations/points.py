"""The points of a fit, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from electrosim.base.errors import InputError
from electrosim.correlations.law import Law
from electrosim.correlations.relation import CONDUCTIVITY, Relation

Array = NDArray[np.float64]

FEWEST_ABSCISSAS = 3


@dataclass(frozen=True)
class Points:
    """Points of one quantity against another.

    Parameters
    ----------
    abscissa : array
        Porosities [1], or rates.
    ordinate : array
        Relative conductivities [1], or capacities.
    deviation : array
        Standard deviations of the ordinates, NaN where there is none.
    cluster : array of int
        Number of the group that a point belongs to; points of one group are not independent.
    """

    abscissa: Array
    ordinate: Array
    deviation: Array
    cluster: NDArray[np.int64]

    def chosen(self, which: NDArray[np.bool_]) -> Points:
        """Return some of the points."""
        return Points(self.abscissa[which], self.ordinate[which], self.deviation[which], self.cluster[which])


def check_points(
    abscissa: ArrayLike,
    ordinate: ArrayLike,
    deviation: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    relation: Relation = CONDUCTIVITY,
) -> Points:
    """Check the points of a fit.

    Raises
    ------
    InputError
        If lengths differ, a value is not finite or out of range; the sentence names the first such point, from 1.
    """
    x = _numbers(relation.abscissa, abscissa)
    y = _numbers(relation.ordinate, ordinate)
    spread = np.full_like(y, np.nan) if deviation is None else _numbers("standard_deviation", deviation)
    group = np.arange(y.size) if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1].ravel()
    for name, values in ((relation.ordinate, y), ("standard_deviation", spread), ("cluster", group)):
        if values.size != x.size:
            raise InputError(
                f"{name} has {values.size} values and {relation.abscissa} {x.size}; give one for each point"
            )
    most = relation.most_abscissa
    above = "" if np.isinf(most) else f" and at most {most:g} (not in per cent)"
    _refuse_first(relation.abscissa, x, (x <= 0) | (x > most), f"must be above 0{above}")
    most = relation.most_ordinate
    range_of = "must not be negative" if np.isinf(most) else f"must lie between 0 and {most:g} (not in per cent)"
    _refuse_first(relation.ordinate, y, (y < 0) | (y > most), range_of)
    _refuse_first("standard_deviation", spread, spread < 0, "must not be negative")
    if deviation is not None:
        _refuse_first("standard_deviation", spread, ~np.isfinite(spread), "must be finite")
    return Points(x, y, spread, group)


def _numbers(name: str, values: Any) -> Array:
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} must be a list of numbers") from None
    if numbers.ndim != 1:
        raise InputError(f"{name} must be a list of numbers, not of {numbers.ndim} dimensions")
    if name != "standard_deviation":
        _refuse_first(name, numbers, ~np.isfinite(numbers), "must be finite")
    return numbers


def _refuse_first(name: str, values: Array, wrong: NDArray[np.bool_], wish: str) -> None:
    if wrong.any():
        first = int(np.argmax(wrong))
        raise InputError(f"{name} of point {first + 1} is {values[first]:g}, but {wish}")


def check_enough(points: Points, law: Law, parameters: int, remark: str) -> None:
    """Refuse points that are too few to fit `parameters` of a law to; `remark` says which were left out.

    Raises
    ------
    InputError
        If fewer than three abscissas differ, or these are not more than parameters.
    """
    different, plural = np.unique(points.abscissa).size, law.relation.plural
    if different < FEWEST_ABSCISSAS:
        raise InputError(
            f"a fit needs at least {FEWEST_ABSCISSAS} different {plural}, and there are {different}{remark}"
        )
    if different <= parameters:
        raise InputError(
            f'"{law.name}" has {parameters} parameters and needs at least {parameters + 1} different {plural}, '
            f"and there are {different}{remark}; add points or leave the law out"
        )
