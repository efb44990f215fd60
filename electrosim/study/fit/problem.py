"""What a fit is asked for: points, and the correlations to compare on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.correlations import CAPACITY, LAWS, Relation

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """Points of relative conductivity against porosity, or of capacity against rate, and what to fit to them.

    Parameters
    ----------
    abscissa : array, shape (points,)
        Porosities [1], or rates: C-rates, or SI units.
    ordinate : array, shape (points,)
        Effective conductivity over that of the bulk [1], or capacity or energy in SI units.
    standard_deviation : array, shape (points,), optional
        Of each ordinate, such as over the directions of a conductivity.
    cluster : array, shape (points,), optional
        A name or number per point; points of one cluster are not independent.
    correlations : tuple of str
        Names of `electrosim.correlations.LAWS`, all of one relation.
    weights : tuple of str
        Names of `electrosim.correlations.WEIGHTS`.
    confidence : float
        Of intervals and bands.
    resamples : int
        Of the bootstrap.
    unit, rate_unit : str
        In which people read capacities and rates; "" for pure numbers, and for C-rates.
    """

    abscissa: Array
    ordinate: Array
    standard_deviation: Array | None = None
    cluster: NDArray[np.generic] | None = None
    correlations: tuple[str, ...] = ("power",)
    weights: tuple[str, ...] = ("log-normal",)
    confidence: float = 0.95
    resamples: int = 1000
    unit: str = ""
    rate_unit: str = ""

    def __post_init__(self) -> None:
        """Refuse laws of different quantities."""
        for name in self.correlations:
            check_relation(name, self.relation)

    @property
    def relation(self) -> Relation:
        """What the laws are about."""
        return LAWS[self.correlations[0]].relation

    @property
    def is_of_rates(self) -> bool:
        """Whether the laws are those of rate capability."""
        return self.relation is CAPACITY


def check_relation(name: str, relation: Relation) -> None:
    """Refuse a law that is not about the quantities of a relation."""
    own = LAWS[name].relation
    if own is not relation:
        raise InputError(
            f'"{name}" is a law of {_words(own)}, and the points are of {_words(relation)}; known for these: '
            f"{', '.join(known for known, law in LAWS.items() if law.relation is relation)}",
            ("fit", "correlations"),
        )


def _words(relation: Relation) -> str:
    return f"{relation.ordinate} over {relation.abscissa}".replace("_", " ")
