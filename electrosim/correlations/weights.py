"""How points of a fit are weighed: each choice is the residual whose sum of squares becomes least."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest

Array = NDArray[np.float64]

_TINY = 1e-300  # what underflows to zero still has a logarithm


@dataclass(frozen=True)
class Weights:
    """A choice of weights.

    Parameters
    ----------
    name : str
        Its name in scenarios and results.
    meaning : str
        What it supposes of the scatter.
    divisor : callable, optional
        What the difference from the law is divided by, given the ordinate and its standard deviation;
        without one, the residual is the difference of logarithms.
    of_mean : bool
        Whether a law of logarithms is shifted so that it follows the mean and not the median.
    """

    name: str
    meaning: str
    divisor: Callable[[Array, Array], Array] | None = None
    of_mean: bool = False

    @property
    def is_logarithmic(self) -> bool:
        """Whether residuals are differences of logarithms, of medians."""
        return self.divisor is None and not self.of_mean

    def residual(self, law: Array, ordinate: Array, deviation: Array) -> Array:
        """Return the residuals of points, given the law there and the points' standard deviations."""
        if self.divisor is None:
            return np.asarray(np.log(ordinate) - np.log(np.maximum(law, _TINY)))
        return np.asarray((ordinate - law) / self.divisor(ordinate, deviation))

    def usable(self, ordinate: Array, deviation: Array) -> NDArray[np.bool_]:
        """Return which points have a finite weight: those whose ordinate is zero often have none."""
        if self.divisor is None:
            return ordinate > 0
        return self.divisor(ordinate, deviation) > 0


WEIGHTS = {
    item.name: item
    for item in (
        Weights("equal", "the same scatter of s everywhere", lambda s, _: np.ones_like(s)),
        Weights("log-normal", "the same scatter of ln s everywhere; the law is the median"),
        Weights("log-normal-mean", "as log-normal; the law is the mean, exp(variance/2) above", None, of_mean=True),
        Weights("relative", "scatter in proportion to s, weight 1/s^2", lambda s, _: s),
        Weights("root", "scatter in proportion to the root of s, weight 1/s", lambda s, _: np.sqrt(s)),
        Weights("scatter", "scatter over directions is that of the point, weight 1/variance", lambda _, d: d),
    )
}
"""All choices by name."""


def find_weights(name: str) -> Weights:
    """Return a choice of weights by its name.

    Raises
    ------
    InputError
        If there is none; the sentence names the nearest.
    """
    if name not in WEIGHTS:
        raise InputError(f'"{name}" is not a choice of weights; {nearest(name, WEIGHTS)}', ("weights",))
    return WEIGHTS[name]
