"""What depends on what in a law: the names of its two quantities, and which values they may have."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from electrosim.correlations.limits import LIMITS, straight_pores


@dataclass(frozen=True)
class Relation:
    """What a law is about.

    Parameters
    ----------
    abscissa, ordinate : str
        The quantity that is given and the one that depends on it.
    plural : str
        Several of the former.
    most_abscissa, most_ordinate : float
        The highest values there are; abscissas are positive, and ordinates not negative.
    without : str
        What is said of points whose ordinate is zero.
    limits : mapping of str to callable
        Ordinates over abscissas that laws are held against.
    impossible_above : callable, optional
        Ordinate over abscissa that nothing exceeds.
    """

    abscissa: str
    ordinate: str
    plural: str
    most_abscissa: float = math.inf
    most_ordinate: float = math.inf
    without: str = "are zero"
    limits: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    impossible_above: Callable[[Any], Any] | None = None


CONDUCTIVITY = Relation(
    "porosity", "relative_conductivity", "porosities", 1.0, 1.0, "do not conduct", LIMITS, straight_pores
)
"""Relative conductivity [1] against porosity [1]."""

CAPACITY = Relation("rate", "capacity", "rates", without="give no charge")
"""Capacity, or energy, against the rate of a discharge, both in any unit."""
