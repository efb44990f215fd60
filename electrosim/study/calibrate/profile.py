"""Intervals by profile likelihood: a parameter is held at one value after the other and the rest is fitted again.

lmfit's `conf_interval` does the same for functions that can be evaluated anywhere; here solves may fail, intervals may
run into bounds, which is to be known, and the way that the other parameters take says what a parameter trades against.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from electrosim.study.calibrate.residuals import Residuals

Array = NDArray[np.float64]

_MOST_POINTS = 14  # on one side
_FIRST_STEP = 0.25  # of the distance to the bound where the curvature tells no step
_SHORTEST = 1e-7  # of a range
_GROWTH = 1.5
_CLOSE = 0.01  # of half an interval, within which its end is found
_TRIES = 8


@dataclass
class Profile:
    """The least sum of squares over the share of one parameter.

    Parameters
    ----------
    lower, upper : float
        Shares where the sum of squares exceeds its least by what the confidence allows; NaN where it does not within
        the bounds.
    points : dict of float to (float, array)
        Share to rise of the sum of squares over its least and shares of all parameters.
    """

    lower: float = np.nan
    upper: float = np.nan
    points: dict[float, tuple[float, Array]] = field(default_factory=dict)


def profile(residuals: Residuals, best: Array, number: int, allowed: float, half: float) -> Profile:
    """Return the profile of a parameter.

    Parameters
    ----------
    residuals : Residuals
        The problem.
    best : array, shape (parameters,)
        Shares of least squares.
    number : int
        Which parameter.
    allowed : float
        Rise of the sum of squares at the ends of the interval.
    half : float
        Half the width of the interval as the curvature has it, in shares; NaN if it does not tell.
    """
    found = Profile()
    free = np.arange(best.size) != number
    least = residuals.squares(best)
    found.points[float(best[number])] = (0.0, best)

    def rise(share: float) -> float:
        if share not in found.points:
            start = min(_starts(found, best, number, share), key=residuals.squares)
            there = residuals.least(start, free)
            found.points[share] = (residuals.squares(there) - least, there)
        return found.points[share][0]

    for side in (-1, 1):
        bracket = _bracket(rise, float(best[number]), side, allowed, half)
        end = np.nan if bracket is None else _root(rise, *bracket, allowed)
        if side < 0:
            found.lower = end
        else:
            found.upper = end
    return found


def _starts(found: Profile, best: Array, number: int, share: float) -> list[Array]:
    """Return where to start with a parameter at a share: as at the nearest point, and on the line through two.

    The line is better where a profile is smooth. Through two points that lie close together it follows the noise of
    their solves, and may lead far away.
    """
    near = sorted(found.points, key=lambda known: abs(known - share))[:2]
    starts = [found.points[near[0]][1]]
    if len(near) == 2 and best.size > 1:
        slope = (starts[0] - found.points[near[1]][1]) / (near[0] - near[1])
        starts.append(np.clip(starts[0] + slope * (share - near[0]), 0.0, 1.0))
    return [np.where(np.arange(best.size) == number, share, start) for start in starts]


def _bracket(
    rise: Callable[[float], float], best: float, side: int, allowed: float, half: float
) -> tuple[float, float] | None:
    """Walk away from the best share until the rise is more than allowed; None if that is not so at the bound either."""
    bound = 0.0 if side < 0 else 1.0
    distance = abs(bound - best)
    step = 0.6 * half if np.isfinite(half) else _FIRST_STEP * distance
    step = min(max(step, _SHORTEST), max(distance, _SHORTEST))
    inside = best
    for _ in range(_MOST_POINTS):
        if inside == bound:
            return None
        outside = bound if abs(bound - inside) <= 1.2 * step else inside + side * step
        if rise(outside) >= allowed:
            return inside, outside
        inside, step = outside, step * _GROWTH
    return (inside, bound) if rise(bound) >= allowed else None


def _root(rise: Callable[[float], float], inside: float, outside: float, allowed: float) -> float:
    """Return where the rise is what is allowed: its root is nearly straight in the share."""

    def excess(share: float) -> float:
        return float(np.sqrt(max(rise(share), 0.0) / allowed)) - 1

    low, high = excess(inside), excess(outside)
    middle = outside
    for number in range(_TRIES):
        part = -low / (high - low) if number % 3 < 2 else 0.5
        middle = inside + part * (outside - inside)
        here = excess(middle)
        if abs(here) < _CLOSE:
            break
        if here < 0:
            inside, low = middle, here
        else:
            outside, high = middle, here
    return middle
