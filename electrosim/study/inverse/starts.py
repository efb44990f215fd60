"""Where searches begin: places spread over the ranges, and the best of these that are apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from electrosim.study.inverse.family import Family

Array = NDArray[np.float64]

_APART = 0.15  # of a range: searches begun nearer to each other most likely end at the same place


def drawn(family: Family, draws: int, seed: int) -> list[Array]:
    """Return the start and `draws` points spread over the ranges."""
    from scipy.stats.qmc import LatinHypercube

    if draws == 0:
        return [family.start]
    return [family.start, *LatinHypercube(len(family.parameters), rng=seed).random(draws)]


def apart(places: Sequence[Array], count: int) -> list[Array]:
    """Return up to `count` of places sorted from the best, each apart from those before in some parameter."""
    found: list[Array] = []
    for place in places:
        if len(found) < count and all(np.abs(place - other).max() > _APART for other in found):
            found.append(place)
    return found
