"""The laws of relative conductivity s against porosity eps, each a function of its parameters."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest

Array = NDArray[np.float64]

_FARTHEST = 300.0  # coordinates beyond it change nothing: their exponentials would overflow
_NEXT_TO = 1e-8  # share of the bounds so near to one that it counts as the bound
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
    """

    name: str
    long_name: str
    scale: Literal["linear", "logarithmic", "bounded"] = "linear"

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
    """A law of relative conductivity.

    Parameters
    ----------
    name : str
        Its name in scenarios and results.
    equation : str
        The law in words of its parameters.
    parameters : tuple of Parameter
        In the order in which `conductivity` takes them.
    conductivity : callable
        Relative conductivity [1] from porosity [1] and the parameters.
    starts : callable
        Parameters to start a fit from, given factor and exponent of a first power law and the bounds.
    bounds : callable
        The bounds of the bounded parameter, from the porosities of all points and of those that conduct.
    is_straight : bool
        Whether the logarithm of conductivity is linear in the coordinates, so that intervals have a closed form.
    has_kink : bool
        Whether the law has no derivative with respect to its bounded parameter where that meets a point.
    same_as : str
        The law that this one is in other letters; fits of the two are one and the same curve.
    source : str
        Where it comes from.
    """

    name: str
    equation: str
    parameters: tuple[Parameter, ...]
    conductivity: Callable[..., Any]
    starts: Starts
    bounds: Callable[[Array, Array], tuple[float, float]] = lambda _all, _conducting: (0.0, 1.0)
    is_straight: bool = False
    has_kink: bool = False
    same_as: str = ""
    source: str = ""

    def values(self, coordinates: Any, bounds: tuple[float, float]) -> list[float]:
        """Return the parameters at coordinates."""
        return [item.value(at, bounds) for item, at in zip(self.parameters, coordinates, strict=True)]


def _power(porosity: Any, gamma: float, alpha: float) -> Any:
    return gamma * porosity**alpha


def _percolation(porosity: Any, gamma: float, threshold: float, exponent: float) -> Any:
    return gamma * np.maximum(porosity - threshold, 0.0) ** exponent


def _power_then_linear(porosity: Any, gamma: float, alpha: float, breakpoint: float) -> Any:  # noqa: A002
    at_break = gamma * breakpoint**alpha
    line = at_break + (1 - at_break) * (porosity - breakpoint) / (1 - breakpoint)
    return np.where(porosity <= breakpoint, gamma * porosity**alpha, line)


def _threshold_bounds(porosity: Array, conducting: Array) -> tuple[float, float]:
    """Return 0 and the lowest porosity that conducts."""
    del porosity
    return 0.0, float(conducting.min())


def _threshold_starts(factor: float, exponent: float, bounds: tuple[float, float]) -> list[tuple[float, ...]]:
    """Start from the power law, and from thresholds near to the lowest point, with which a lower exponent goes."""
    return [(factor, share * bounds[1], exponent * (1 - 0.6 * share)) for share in (_NEXT_TO, 0.02, 0.3, 0.6, 0.9)]


def _break_starts(factor: float, exponent: float, bounds: tuple[float, float]) -> list[tuple[float, ...]]:
    """Start from the power law, and from many breakpoints: there may be a local minimum between every two points."""
    lower, upper = bounds
    shares = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1 - _NEXT_TO)
    return [(factor, exponent, lower + share * (upper - lower)) for share in shares]


_GAMMA = Parameter("gamma", "relative conductivity of the law at porosity 1", "logarithmic")
_ALPHA = Parameter("alpha", "exponent of porosity")

LAWS = {
    law.name: law
    for law in (
        Law(
            "power",
            "s = gamma eps^alpha",
            (_GAMMA, _ALPHA),
            _power,
            lambda factor, exponent, _: [(factor, exponent)],
            is_straight=True,
            source="M. Prasad et al., Analysis of carbon-binder domain morphology, eq. 2",
        ),
        Law(
            "bruggeman",
            "s = eps^alpha",
            (_ALPHA,),
            lambda porosity, alpha: porosity**alpha,
            lambda _, exponent, __: [(exponent,)],
            is_straight=True,
            source="D. A. G. Bruggeman, Ann. Phys. 416 (1935) 636, doi 10.1002/andp.19354160705 (exponent set free)",
        ),
        Law(
            "percolation",
            "s = gamma (eps - threshold)^exponent",
            (
                _GAMMA,
                Parameter("threshold", "porosity below which nothing conducts", "bounded"),
                Parameter("exponent", "exponent of the distance from the threshold"),
            ),
            _percolation,
            _threshold_starts,
            _threshold_bounds,
            source="S. Kirkpatrick, Rev. Mod. Phys. 45 (1973) 574, doi 10.1103/RevModPhys.45.574",
        ),
        Law(
            "ge",
            "tau = factor eps^exponent, which is s = eps^(1 - exponent)/factor",
            (
                Parameter("factor", "tortuosity of the law at porosity 1", "logarithmic"),
                Parameter("exponent", "exponent of porosity in the tortuosity"),
            ),
            lambda porosity, factor, exponent: porosity ** (1 - exponent) / factor,
            lambda factor, exponent, _: [(1 / factor, 1 - exponent)],
            is_straight=True,
            same_as="power",
            source="Ge et al., cited by M. Prasad et al. as [12]: tau = 0.72 eps^-0.97",
        ),
        Law(
            "archie",
            "F = 1/s = factor eps^-cementation_exponent",
            (
                Parameter("factor", "formation factor of the law at porosity 1", "logarithmic"),
                Parameter("cementation_exponent", "cementation exponent"),
            ),
            lambda porosity, factor, cementation_exponent: porosity**cementation_exponent / factor,
            lambda factor, exponent, _: [(1 / factor, exponent)],
            is_straight=True,
            same_as="power",
            source="G. E. Archie, Trans. AIME 146 (1942) 54, doi 10.2118/942054-G",
        ),
        Law(
            "power-then-linear",
            "s = gamma eps^alpha up to the breakpoint, then a straight line to s = 1 at eps = 1",
            (
                _GAMMA,
                _ALPHA,
                Parameter("breakpoint", "porosity where the power law turns linear", "bounded"),
            ),
            _power_then_linear,
            _break_starts,
            lambda porosity, _: (float(porosity.min()), float(porosity.max())),
            has_kink=True,
            source="after M. Prasad et al., who see a linear trend above 56 % and print no coefficients",
        ),
    )
}
"""All laws by name. Where the paper sees a linear trend, the line here ends at (1, 1), since open space conducts fully;
it then takes no parameter beside the breakpoint, and s never exceeds 1."""


def find_law(name: str) -> Law:
    """Return a law by its name.

    Raises
    ------
    InputError
        If there is none; the sentence names the nearest.
    """
    if name not in LAWS:
        raise InputError(f'"{name}" is not a correlation; {nearest(name, LAWS)}', ("correlations",))
    return LAWS[name]
