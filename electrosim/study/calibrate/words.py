"""What the profiles of a calibration say, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from electrosim.study.calibrate.profile import Profile
from electrosim.study.inverse.family import Family

_TRADES = 0.2  # of a range: what another parameter moves along a profile to count as taking part


def identifiability(profiles: Sequence[Profile], family: Family, best: NDArray[np.float64], number: int) -> str:
    """Return a sentence on a parameter: whether the data hold it between two values, on one side, or not at all."""
    one, item = profiles[number], family.parameters[number]
    open_below, open_above = bool(np.isnan(one.lower)), bool(np.isnan(one.upper))
    if not (open_below or open_above):
        return "identified"
    traded = _traded(one, family, number)
    if open_below and open_above:
        return f"not identified: every value within the bounds fits as well{traded}"
    bound = item.at(0.0 if open_below else 1.0).label
    side = "above" if open_below else "below"
    if best[number] == (0.0 if open_below else 1.0):
        return f"bounded from {side} only, and best at its bound {bound}: widen the bounds if that is possible{traded}"
    beyond = "below it, down" if open_below else "above it, up"
    return f"bounded from {side} only: the data exclude nothing {beyond} to its bound {bound}{traded}"


def _traded(one: Profile, family: Family, number: int) -> str:
    """Return which parameters move along when this one is held elsewhere, as the end of a sentence."""
    shares = np.stack([place for _, place in one.points.values()])
    moved = np.ptp(shares, axis=0)
    names = [name for other, name in enumerate(family.names) if other != number and moved[other] > _TRADES]
    return f"; {' and '.join(names)} can make up for it" if names else ""
