"""What a fit is asked for: points, and the correlations to compare on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Problem:
    """Points of relative conductivity against porosity, and what to fit to them.

    Parameters
    ----------
    porosity : array, shape (points,)
        Porosities [1].
    relative_conductivity : array, shape (points,)
        Effective conductivity over that of the bulk [1].
    standard_deviation : array, shape (points,), optional
        Of each point over its directions [1].
    cluster : array, shape (points,), optional
        A name or number per point; points of one cluster are not independent.
    correlations : tuple of str
        Names of `electrosim.correlations.LAWS`.
    weights : tuple of str
        Names of `electrosim.correlations.WEIGHTS`.
    confidence : float
        Of intervals and bands.
    resamples : int
        Of the bootstrap.
    """

    porosity: Array
    relative_conductivity: Array
    standard_deviation: Array | None = None
    cluster: NDArray[np.generic] | None = None
    correlations: tuple[str, ...] = ("power",)
    weights: tuple[str, ...] = ("log-normal",)
    confidence: float = 0.95
    resamples: int = 1000
