"""What inverse design asks for: a family of scenarios, what should be most or least, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from electrosim.study.inverse.family import Family
from electrosim.study.sweep.axes import Axis
from electrosim.study.sweep.collect import Collected


@dataclass(frozen=True)
class Constraint:
    """A quantity that must lie within limits, in SI units; `unit` is what people read it in."""

    name: str
    quantity: Collected
    least: float = float("-inf")
    most: float = float("inf")
    unit: str = ""


@dataclass(frozen=True)
class Problem:
    """What should be best, and within which limits.

    Parameters
    ----------
    family : Family
        Scenarios and the parameters to be chosen.
    objective : Collected
        A single number of each result; formulas may use the parameters by their names, in SI units.
    is_most : bool
        Whether it should be high; else low.
    constraints : tuple of Constraint
        What must be kept.
    each : Axis or None
        Another key of the scenario: the best parameters are searched for each of its values.
    unit : str
        What people read the objective in.
    """

    family: Family
    objective: Collected
    is_most: bool
    constraints: tuple[Constraint, ...] = ()
    each: Axis | None = None
    unit: str = ""


@dataclass(frozen=True)
class Search:
    """How the best parameters are searched for.

    Parameters
    ----------
    optimiser : {"cobyqa", "differential-evolution"}
        Trust regions with quadratic models, begun from the best of several places; or a population, which takes many
        more solves and asks nothing of the objective.
    draws : int
        Places spread over the ranges, besides the start, that are looked at first.
    starts : int
        How many of these, the best ones, a search begins from.
    seed : int
        Of draws and populations.
    tolerance : float
        Within which parameters are found, as a share of each range.
    most_evaluations : int
        Of one search.
    curve_points : int
        Of each curve of the objective along a parameter.
    """

    optimiser: Literal["cobyqa", "differential-evolution"] = "cobyqa"
    draws: int = 8
    starts: int = 3
    seed: int = 1
    tolerance: float = 1e-3
    most_evaluations: int = 200
    curve_points: int = 13
