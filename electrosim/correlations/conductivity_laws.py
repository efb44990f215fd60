"""The laws of relative conductivity s against porosity eps, each a function of its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.correlations.law import Law, Parameter
from electrosim.correlations.relation import CONDUCTIVITY

Array = NDArray[np.float64]

_NEXT_TO = 1e-8  # share of the bounds so near to one that it counts as the bound


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

CONDUCTIVITY_LAWS = {
    law.name: law
    for law in (
        Law(
            "power",
            CONDUCTIVITY,
            "s = gamma eps^alpha",
            (_GAMMA, _ALPHA),
            _power,
            lambda factor, exponent, _: [(factor, exponent)],
            is_straight=True,
            source="M. Prasad et al., Analysis of carbon-binder domain morphology, eq. 2",
        ),
        Law(
            "bruggeman",
            CONDUCTIVITY,
            "s = eps^alpha",
            (_ALPHA,),
            lambda porosity, alpha: porosity**alpha,
            lambda _, exponent, __: [(exponent,)],
            is_straight=True,
            source="D. A. G. Bruggeman, Ann. Phys. 416 (1935) 636, doi 10.1002/andp.19354160705 (exponent set free)",
        ),
        Law(
            "percolation",
            CONDUCTIVITY,
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
            CONDUCTIVITY,
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
            CONDUCTIVITY,
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
            CONDUCTIVITY,
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
