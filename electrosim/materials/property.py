"""A property that depends on one variable, with the range in which it was measured."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]


@dataclass(frozen=True)
class Property:
    """A material property as a function of one variable, in SI units.

    Parameters
    ----------
    function : callable
        From an array of the variable to an array of the property.
    lower, upper : float
        Range of the variable in which the source measured or fitted it; beyond, a result carries a warning.
    source : str
        Where it is from.
    """

    function: Callable[[Values], Any]
    lower: float = -math.inf
    upper: float = math.inf
    source: str = ""

    def __call__(self, variable: ArrayLike) -> Values:
        """Return the property at each value of the variable."""
        variable = np.asarray(variable, np.float64)
        return np.broadcast_to(np.asarray(self.function(variable), np.float64), variable.shape)

    @property
    def is_constant(self) -> bool:
        """Whether the property is a plain number."""
        return isinstance(self.function, Constant)


@dataclass(frozen=True)
class Constant:
    """A function that gives the same number everywhere."""

    value: float

    def __call__(self, variable: Values) -> float:
        """Return the number."""
        del variable
        return self.value


def constant(value: float, source: str = "") -> Property:
    """Return a property that does not depend on its variable."""
    return Property(Constant(float(value)), source=source)
