"""The points of a fit, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from electrosim.base.errors import InputError

Array = NDArray[np.float64]

FEWEST_POROSITIES = 3


@dataclass(frozen=True)
class Points:
    """Points of relative conductivity against porosity.

    Parameters
    ----------
    porosity : array
        Porosities [1].
    conductivity : array
        Relative conductivities [1].
    deviation : array
        Their standard deviations over directions [1], NaN where there is none.
    cluster : array of int
        Number of the group that a point belongs to; points of one group are not independent.
    """

    porosity: Array
    conductivity: Array
    deviation: Array
    cluster: NDArray[np.int64]

    def chosen(self, which: NDArray[np.bool_]) -> Points:
        """Return some of the points."""
        return Points(self.porosity[which], self.conductivity[which], self.deviation[which], self.cluster[which])


def check_points(
    porosity: ArrayLike, conductivity: ArrayLike, deviation: ArrayLike | None = None, cluster: ArrayLike | None = None
) -> Points:
    """Check the points of a fit.

    Raises
    ------
    InputError
        If lengths differ, a value is not finite or out of range; the sentence names the first such point, from 1.
    """
    eps = _numbers("porosity", porosity)
    s = _numbers("relative_conductivity", conductivity)
    spread = np.full_like(s, np.nan) if deviation is None else _numbers("standard_deviation", deviation)
    group = np.arange(s.size) if cluster is None else np.unique(np.asarray(cluster), return_inverse=True)[1].ravel()
    for name, values in (("relative_conductivity", s), ("standard_deviation", spread), ("cluster", group)):
        if values.size != eps.size:
            raise InputError(f"{name} has {values.size} values and porosity {eps.size}; give one for each point")
    _refuse_first("porosity", eps, (eps <= 0) | (eps > 1), "must be above 0 and at most 1 (not in per cent)")
    _refuse_first("relative_conductivity", s, (s < 0) | (s > 1), "must lie between 0 and 1 (not in per cent)")
    _refuse_first("standard_deviation", spread, spread < 0, "must not be negative")
    if deviation is not None:
        _refuse_first("standard_deviation", spread, ~np.isfinite(spread), "must be finite")
    return Points(eps, s, spread, group)


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


def check_enough(points: Points, parameters: int, law: str, remark: str) -> None:
    """Refuse points that are too few to fit a law to; `remark` says which were left out.

    Raises
    ------
    InputError
        If fewer than three porosities differ, or points are not more than parameters.
    """
    different = np.unique(points.porosity).size
    if different < FEWEST_POROSITIES:
        raise InputError(
            f"a fit needs at least {FEWEST_POROSITIES} different porosities, and there are {different}{remark}"
        )
    if different <= parameters:
        raise InputError(
            f'"{law}" has {parameters} parameters and needs at least {parameters + 1} different porosities, '
            f"and there are {different}{remark}"
        )
