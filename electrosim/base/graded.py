"""Values that may vary through the thickness of a layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Graded = float | Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""A number, or a function of the place in the layer, 0 at its collector side and 1 at its separator side."""


def at(value: Graded, place: ArrayLike) -> NDArray[np.float64]:
    """Return the value at each place in the layer."""
    place = np.asarray(place, np.float64)
    if not callable(value):
        return np.full(place.shape, value, np.float64)
    found = np.asarray(value(place), np.float64)
    return found if found.shape == place.shape else np.broadcast_to(found, place.shape)
