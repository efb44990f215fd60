"""A parameter of a scenario that may lie anywhere within bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass

from electrosim.base.errors import InputError
from electrosim.study.sweep.axes import Axis, Value

_STEP = 1e-5  # of a share, for slopes


@dataclass(frozen=True)
class Parameter:
    """A parameter and where its search begins.

    Searches move in shares of the range: 0 is the lower bound, 1 the upper, and in between the parameter or, on a
    logarithmic range, its logarithm is linear.

    Parameters
    ----------
    axis : Axis
        Name, keys and range.
    start : float
        Share of the range where a search begins.
    """

    axis: Axis
    start: float = 0.5

    @property
    def name(self) -> str:
        """What results call it."""
        return self.axis.name

    def at(self, share: float) -> Value:
        """Return the value at a share of the range."""
        return self.axis.at(min(max(share, 0.0), 1.0))

    def share(self, number: float) -> float:
        """Return the share of the range of a value in SI units."""
        lower, upper = self.at(0.0).number, self.at(1.0).number
        if self.axis.logarithmic:
            return math.log(number / lower) / math.log(upper / lower)
        return (number - lower) / (upper - lower)

    def slope(self, share: float) -> float:
        """Return the change of the value in SI units per change of the share."""
        below, above = max(share - _STEP, 0.0), min(share + _STEP, 1.0)
        return (self.at(above).number - self.at(below).number) / (above - below)

    @property
    def shown_unit(self) -> tuple[str, float]:
        """The unit in which people read it, that of the bounds, and its size in SI units."""
        lower, upper = self.at(0.0).number, self.at(1.0).number
        scale = (upper - lower) / (self.axis.upper - self.axis.lower)
        is_scale = math.isclose(scale * self.axis.upper, upper, rel_tol=1e-9, abs_tol=1e-300)
        return (self.axis.unit, scale) if is_scale else (self.axis.base_unit, 1.0)  # not so for degrees Celsius


def parameter(axis: Axis, start: Value | None) -> Parameter:
    """Return the parameter of an axis that is a range, begun at `start` or half-way.

    Raises
    ------
    InputError
        If the bounds are reversed or the start lies outside.
    """
    lower, upper = axis.at(0.0), axis.at(1.0)
    if lower.number > upper.number:
        raise InputError(f"from = {lower.label} lies above to = {upper.label}; exchange them")
    if start is None:
        return Parameter(axis)
    if not lower.number <= start.number <= upper.number:
        raise InputError(f"start = {start.label} is not between {lower.label} and {upper.label}")
    return Parameter(axis, Parameter(axis).share(start.number))
