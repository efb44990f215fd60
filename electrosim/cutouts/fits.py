"""Correlations of the cutouts' conductivity with their porosity, each as variables of a dataset."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, concerning
from electrosim.correlations import CONDUCTIVITY_LAWS, WEIGHTS, CorrelationFit, OutsideValidity, fit
from electrosim.correlations.laws import find_law
from electrosim.correlations.weights import find_weights

Array = NDArray[np.float64]

POWER = "power"


@dataclass(frozen=True)
class Fits:
    """How conductivity is fitted against porosity.

    Parameters
    ----------
    weights : str
        How cutouts are weighed, one of `electrosim.correlations.WEIGHTS`; the power law is fitted with all the others
        beside. The default takes the scatter of ln s for the same everywhere, which is what cutouts show; it cannot
        take those without a path, and says how many it leaves out.
    correlations : tuple of str
        The laws to fit, of `electrosim.correlations.CONDUCTIVITY_LAWS`; the power law is always among them.
    resamples : int
        Of the bootstrap, which draws groups of overlapping cutouts.
    level : float
        Of all intervals and bands.

    Raises
    ------
    InputError
        If a name is unknown or a number impossible.
    """

    weights: str = "log-normal"
    correlations: tuple[str, ...] = tuple(CONDUCTIVITY_LAWS)
    resamples: int = 1000
    level: float = 0.95

    def __post_init__(self) -> None:
        """Check every value; the power law comes first."""
        with concerning("fit", "weights"):
            find_weights(self.weights)
        with concerning("fit", "correlations"):
            for name in self.correlations:
                find_law(name, CONDUCTIVITY_LAWS)
        others = tuple(dict.fromkeys(name for name in self.correlations if name != POWER))
        object.__setattr__(self, "correlations", (POWER, *others))
        if self.resamples < 0:
            raise InputError(f"fit.resamples = {self.resamples}: it is zero or more", ("fit", "resamples"))
        if not 0 < self.level < 1:
            raise InputError(f"fit.level = {self.level}: it lies between 0 and 1", ("fit", "level"))


@dataclass(frozen=True, eq=False)
class Points:
    """Cutouts as points of a fit, one each.

    Parameters
    ----------
    porosity, conductivity, deviation : ndarray, shape (n,)
        Porosity, mean over directions of the relative conductivity, and its standard deviation.
    group : ndarray of int, shape (n,)
        Groups of overlapping cutouts.
    """

    porosity: Array
    conductivity: Array
    deviation: Array
    group: NDArray[np.int64]

    def fitted(self, law: str, weights: str, fits: Fits, rng: np.random.Generator) -> CorrelationFit:
        """Return the fit of a law.

        Raises
        ------
        InputError
            If the points do not suffice for it.
        """
        return fit(
            law,
            self.porosity,
            self.conductivity,
            weights=weights,
            standard_deviation=self.deviation,
            cluster=self.group,
            level=fits.level,
            resamples=fits.resamples,
            rng=rng,
        )


@dataclass(frozen=True, eq=False)
class Curves:
    """A law and its bands on a grid of porosities; NaN where it is no number or not physical."""

    law: Array
    law_lower: Array
    law_upper: Array
    lower: Array
    upper: Array


def curves(found: CorrelationFit | None, porosity: Array) -> Curves:
    """Return a fit's curve, its confidence band and its prediction band, drawn beyond its range too."""
    if found is None:
        return Curves(*(np.full(porosity.size, np.nan) for _ in range(5)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsideValidity)  # the picture says where the range ends
        there = found.predict(porosity)
    return Curves(there.ordinate, there.law_lower, there.law_upper, there.lower, there.upper)


def law_at(found: CorrelationFit | None, porosity: float) -> float:
    """Return a law at a porosity, NaN if it was not fitted."""
    if found is None or not np.isfinite(porosity):
        return float("nan")
    return float(curves(found, np.array([porosity])).law[0])


def estimates(found: dict[tuple[str, str, str], CorrelationFit]) -> list[tuple[Any, ...]]:
    """Return a row per parameter of each fit: selection, law, weights, parameter, value, error and intervals."""
    return [
        (*key, item.name, item.value, item.standard_error, *item.profile, *item.bootstrap)
        for key, one in found.items()
        for item in one.parameters
    ]


def interval(found: CorrelationFit | None, parameter: str) -> tuple[float, float, float]:
    """Return a parameter and its interval: by bootstrap where there is one, else by profile; NaN without a fit."""
    if found is None:
        return (float("nan"),) * 3
    item = found[parameter]
    return (item.value, *(item.bootstrap if np.isfinite(item.bootstrap).all() else item.profile))


Number = Callable[[CorrelationFit], float]


def numbers(found: list[CorrelationFit | None], number: Number) -> Array:
    """Return a number of each fit, NaN where there is none."""
    return np.array([float("nan") if one is None else float(number(one)) for one in found])


ALL_WEIGHTS = tuple(WEIGHTS)
