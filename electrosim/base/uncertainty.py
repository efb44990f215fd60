"""Uncertainty of computed numbers by Monte Carlo, as in Supplement 1 to the GUM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """Limits of an input, anything between them equally likely (GUM Supplement 1, 6.4.2).

    Parameters
    ----------
    lower, upper : float
        The limits.
    logarithmic : bool
        Whether its logarithm is what is equally likely, for limits that are powers of ten apart.
    """

    lower: float
    upper: float
    logarithmic: bool = False

    def draw(self, rng: np.random.Generator, samples: int) -> Array:
        """Return random values."""
        if self.logarithmic:
            return np.exp(rng.uniform(np.log(self.lower), np.log(self.upper), samples))
        return rng.uniform(self.lower, self.upper, samples)


def propagate(
    function: Callable[..., Array],
    inputs: Mapping[str, Interval],
    *,
    samples: int,
    level: float,
    rng: np.random.Generator,
) -> tuple[Array, Array]:
    """Return the shortest coverage intervals of what a function makes of uncertain inputs.

    Parameters
    ----------
    function : callable
        Takes the inputs by name as arrays of shape (samples,) and returns an array of shape (outputs, samples).
    inputs : mapping of str to Interval
        What is uncertain; independent of each other.
    samples : int
        Number of trials.
    level : float
        Coverage probability.
    rng : numpy.random.Generator
        Source of the trials.

    Returns
    -------
    lower, upper : ndarray, shape (outputs,)
        NaN for an output that is not a number.

    References
    ----------
    JCGM 101:2008, Evaluation of measurement data, Supplement 1 to the GUM, 5.3.4 and 7.

    Examples
    --------
    >>> lower, upper = propagate(lambda a, b: np.array([a + b]), {"a": Interval(0, 1), "b": Interval(0, 1)},
    ...                          samples=200_000, level=0.95, rng=np.random.default_rng(1))
    >>> bool(abs(upper[0] - lower[0] - (2 - 2 * 0.05**0.5)) < 0.01)  # the sum has a triangular density
    True
    """
    drawn = {name: interval.draw(rng, samples) for name, interval in inputs.items()}
    values = np.sort(function(**drawn), axis=1)
    inside = round(level * samples)
    widths = values[:, inside:] - values[:, : samples - inside]
    known = np.asarray(np.isfinite(widths).all(axis=1))
    start = np.where(known, np.argmin(np.where(known[:, None], widths, 0.0), axis=1), 0)
    row = np.arange(values.shape[0])
    return np.where(known, values[row, start], np.nan), np.where(known, values[row, start + inside], np.nan)
