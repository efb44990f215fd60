"""What a calibration asks for: a family of scenarios, and measured values that it should give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from electrosim.base.errors import InputError
from electrosim.study.calibrate.comparison import Comparison
from electrosim.study.inverse.family import Family


@dataclass(frozen=True)
class LeastSquares:
    """How the best parameters and their intervals are searched for.

    Parameters
    ----------
    draws : int
        Places spread over the ranges, besides the start, at which the sum of squares is looked at first.
    starts : int
        How many of these, the best ones, a search begins from.
    seed : int
        Of the draws.
    step : float
        Of finite differences, as a share of each range: long against the noise of a solve, short against the range.
    rtol : float
        Relative change of the sum of squares at which a search ends.
    confidence : float
        Of intervals.
    profile : bool
        Whether to follow the profile of each parameter; otherwise only standard errors are given.
    """

    draws: int = 10
    starts: int = 3
    seed: int = 1
    step: float = 0.004
    rtol: float = 1e-5
    confidence: float = 0.95
    profile: bool = True


@dataclass(frozen=True)
class Problem:
    """Measured values and the scenarios that should give them.

    Parameters
    ----------
    family : Family
        Scenarios and the parameters to be found.
    comparisons : tuple of Comparison
        What is compared.
    runs : tuple of mappings
        The runs of a parameter set: the keys that each sets, such as the porosity of a line of the table.
    """

    family: Family
    comparisons: tuple[Comparison, ...]
    runs: tuple[Mapping[str, Any], ...] = ({},)

    def __post_init__(self) -> None:
        """Check that the measured values can tell the parameters."""
        unknown = [item.name for item in self.comparisons if item.deviation is None]
        if unknown and len(self.comparisons) > 1:
            raise InputError(
                f"{len(self.comparisons)} columns are compared, and {unknown[0]} has no standard_deviation; give it, "
                "so that they can be weighed against each other",
                ("compare", unknown[0]),
            )
        parameters, needed = len(self.family.parameters), len(self.family.parameters) + bool(unknown)
        if self.points < needed:
            why = "one more than parameters, since no standard deviation is given" if unknown else "one per parameter"
            raise InputError(
                f"{parameters} parameters need at least {needed} points ({why}); the table gives {self.points}",
                ("data",),
            )

    @property
    def points(self) -> int:
        """Number of measured values."""
        return sum(item.measured.size for item in self.comparisons)

    @property
    def is_weighed(self) -> bool:
        """Whether the standard deviations of the measured values are known."""
        return all(item.deviation is not None for item in self.comparisons)
