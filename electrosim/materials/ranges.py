"""Whether a run left the range in which a property was measured, as a sentence for its result."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from electrosim.materials.property import Property

_ROUNDING = 1e-6  # of the range's width


def outside(
    used: Property, visited: ArrayLike, what: str, variable: str, place: Callable[[tuple[int, ...]], str]
) -> str | None:
    """Return one sentence about the farthest place beyond a property's valid range; None if there is no such place.

    Parameters
    ----------
    used : Property
        With its range.
    visited : array_like
        Values of its variable that occurred; NaN where there is nothing.
    what : str
        What messages call the property, such as ``"open-circuit potential of nmc622"``.
    variable : str
        What its variable is called, with its unit if it has one, such as ``"stoichiometry"``.
    place : callable
        From an index into `visited` to words that say where and when that is.

    Examples
    --------
    >>> curve = Property(np.exp, 0.2, 0.9, source="a paper")
    >>> outside(curve, [0.5, 0.95], "potential of nmc", "stoichiometry", lambda index: f"cell {index[0]}")
    'potential of nmc was used at stoichiometry 0.95, but is known from 0.2 to 0.9 only (cell 1; a paper)'
    """
    values = np.asarray(visited, np.float64)
    excess = np.maximum(used.lower - values, values - used.upper)
    excess[np.isnan(excess)] = -np.inf
    if not excess.size or not excess.max() > _ROUNDING * _width(used):
        return None
    worst = tuple(int(number) for number in np.unravel_index(np.argmax(excess), excess.shape))
    known = f"from {used.lower:.4g} to {used.upper:.4g}"
    if not np.isfinite(used.lower) or not np.isfinite(used.upper):
        known = f"from {used.lower:.4g}" if np.isfinite(used.lower) else f"up to {used.upper:.4g}"
    source = f"; {used.source}" if used.source else ""
    return f"{what} was used at {variable} {values[worst]:.4g}, but is known {known} only ({place(worst)}{source})"


def _width(used: Property) -> float:
    width = used.upper - used.lower
    return width if np.isfinite(width) else 1.0
