"""A law: one quantity as a function of another and of a few parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.correlations.relation import Relation

Array = NDArray[np.float64]

_FARTHEST = 300.0  # coordinates beyond it change nothing: their exponentials would overflow
_AT_BOUND = 16.0  # a coordinate of a bounded parameter beyond it lies within 1e-7 of the bound


@dataclass(frozen=True)
class Parameter:
    """A parameter of a law, and the scale on which it may take any value.

    The fit works on a coordinate without bounds: the parameter itself, its logarithm, or the logarithm of its
    distances from two bounds. All are monotone, so an interval of the coordinate is one of the parameter.

    Parameters
    ----------
    name : str
        Its name in results.
    long_name : str
        What it is.
    scale : {"linear", "logarithmic", "bounded"}
        Any number; a positive one; one between bounds that the data give.
    dimension : {"number", "ordinate", "inverse abscissa"}
        Of what it is: a pure number, or of the dimension of the law's quantities.
    """

    name: str
    long_name: str
    scale: Literal["linear", "logarithmic", "bounded"] = "linear"
    dimension: Literal["number", "ordinate", "inverse abscissa"] = "number"

    def value(self, coordinate: float, bounds: tuple[float, float]) -> float:
        """Return the parameter at a coordinate; `bounds` matter to a bounded one only."""
        if self.scale == "linear" or math.isnan(coordinate):
            return coordinate
        power = math.exp(min(max(coordinate, -_FARTHEST), _FARTHEST))
        if self.scale == "logarithmic":
            return power
        if abs(coordinate) > _AT_BOUND:
            return bounds[int(coordinate > 0)]
        return bounds[0] + (bounds[1] - bounds[0]) * (power / (1 + power))

    def coordinate(self, value: float, bounds: tuple[float, float]) -> float:
        """Return the coordinate of a parameter."""
        if self.scale == "linear":
            return value
        if self.scale == "logarithmic":
            return math.log(value)
        lower, upper = bounds
        return math.log((value - lower) / (upper - value))


Starts = Callable[[float, float, tuple[float, float]], list[tuple[float, ...]]]


@dataclass(frozen=True)
class Law:
    """A law of one quantity, the ordinate, against another, the abscissa.

    Parameters
    ----------
    name : str
        Its name in scenarios and results.
    relation : Relation
        What it is about.
    equation : str
        The law in words of its parameters.
    parameters : tuple of Parameter
        In the order in which `ordinate` takes them.
    ordinate : callable
        Ordinate from abscissa and the parameters.
    starts : callable
        Parameters to start a fit from, given factor and exponent of a first power law and the bounds.
    bounds : callable
        The bounds of the bounded parameter, or between which a fit starts, from the abscissas of all points and of
        those whose ordinate is not zero.
    is_straight : bool
        Whether the logarithm of the ordinate is linear in the coordinates, so that intervals have a closed form.
    has_kink : bool
        Whether the law has no derivative with respect to its bounded parameter where that meets a point.
    same_as : str
        The law that this one is in other letters; fits of the two are one and the same curve.
    source : str
        Where it comes from.
    """

    name: str
    relation: Relation
    equation: str
    parameters: tuple[Parameter, ...]
    ordinate: Callable[..., Any]
    starts: Starts
    bounds: Callable[[Array, Array], tuple[float, float]] = lambda _all, _conducting: (0.0, 1.0)
    is_straight: bool = False
    has_kink: bool = False
    same_as: str = ""
    source: str = ""

    def values(self, coordinates: Any, bounds: tuple[float, float]) -> list[float]:
        """Return the parameters at coordinates."""
        return [item.value(at, bounds) for item, at in zip(self.parameters, coordinates, strict=True)]
