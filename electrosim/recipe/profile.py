"""Carbon through the thickness of a layer: from 0 at the collector side to 1 at the separator side."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Profile(Protocol):
    """A weight fraction as a function of the place in a layer; smooth between its edges."""

    @property
    def edges(self) -> tuple[float, ...]:
        """Places from 0 to 1 between which it is smooth."""

    def __call__(self, place: Floats) -> Floats:
        """Return the fraction at each place."""


@dataclass(frozen=True)
class Uniform:
    """The same everywhere."""

    value: float
    edges: tuple[float, ...] = (0.0, 1.0)

    def __call__(self, place: Floats) -> Floats:
        """Return the fraction at each place."""
        return np.full_like(place, self.value)


@dataclass(frozen=True)
class Linear:
    """A straight line from `bottom` to `top`."""

    bottom: float
    top: float
    edges: tuple[float, ...] = (0.0, 1.0)

    def __call__(self, place: Floats) -> Floats:
        """Return the fraction at each place."""
        return self.bottom + (self.top - self.bottom) * place


@dataclass(frozen=True)
class Exponential:
    """From `bottom` to `top` by the same factor over equal distances; both are above zero."""

    bottom: float
    top: float
    edges: tuple[float, ...] = (0.0, 1.0)

    def __call__(self, place: Floats) -> Floats:
        """Return the fraction at each place."""
        values: Floats = self.bottom * (self.top / self.bottom) ** place
        return values


@dataclass(frozen=True)
class PiecewiseLinear:
    """Straight between points; the places rise from 0 to 1."""

    places: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def edges(self) -> tuple[float, ...]:
        """The places."""
        return self.places

    def __call__(self, place: Floats) -> Floats:
        """Return the fraction at each place."""
        return np.interp(place, self.places, self.values)


def mean(function: Callable[[Floats], Floats], edges: tuple[float, ...], nodes: int = 24) -> float:
    """Return the mean over 0 to 1 of a function that is smooth between edges, by Gauss' rule in each piece."""
    roots, weights = _gauss(nodes)
    total = 0.0
    for start, end in itertools.pairwise(edges):
        place = start + (end - start) * (roots + 1) / 2
        total += (end - start) / 2 * float(weights @ function(place))
    return total


@functools.cache
def _gauss(nodes: int) -> tuple[Floats, Floats]:
    """Return roots and weights of Gauss's rule on -1 to 1, found once."""
    roots, weights = np.polynomial.legendre.leggauss(nodes)
    return roots, weights
