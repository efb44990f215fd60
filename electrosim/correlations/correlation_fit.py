"""A fitted law, and how far it can be trusted."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from electrosim.correlations.law import Law
from electrosim.correlations.limits import exceeds_from
from electrosim.correlations.points import Points
from electrosim.correlations.prediction import Prediction, predict
from electrosim.correlations.regression import Optimum, Regression
from electrosim.correlations.weights import Weights

Array = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True)
class Estimate:
    """A fitted parameter.

    Parameters
    ----------
    name, long_name : str
        What it is.
    value : float
        Best value.
    standard_error : float
        From the curvature of the sum of squares; NaN if the points do not give one.
    profile : tuple of two floats
        Interval by profile likelihood (F-test), which supposes independent points and right weights.
    bootstrap : tuple of two floats
        Interval by bootstrap, which supposes independent groups only; NaN if none was asked for or possible.
    """

    name: str
    long_name: str
    value: float
    standard_error: float
    profile: Interval
    bootstrap: Interval


@dataclass(frozen=True)
class CorrelationFit:
    """A fitted law.

    Parameters
    ----------
    regression : Regression
        Law, weights and the points that were used.
    optimum : Optimum
        Where the weighted sum of squares is least.
    parameters : tuple of Estimate
        The law's parameters with their intervals.
    used : array of bool, shape (points given,)
        Which points have a finite weight and were used: weights that divide by s cannot take those of zero.
    zeros : int
        Number of points that do not conduct, used or not.
    level : float
        Of all intervals and bands, such as 0.95.
    resamples : int
        Number of resamples behind the bootstrap.
    """

    regression: Regression
    optimum: Optimum
    parameters: tuple[Estimate, ...]
    used: NDArray[np.bool_]
    zeros: int
    level: float
    resamples: int

    @property
    def law(self) -> Law:
        """The law."""
        return self.regression.law

    @property
    def weights(self) -> Weights:
        """How points were weighed."""
        return self.regression.weights

    @property
    def data(self) -> Points:
        """The points that were used."""
        return self.regression.points

    @property
    def points(self) -> int:
        """Number of points that were used."""
        return self.data.abscissa.size

    @property
    def left_out(self) -> int:
        """Number of points that were not."""
        return int((~self.used).sum())

    def __getitem__(self, name: str) -> Estimate:
        """Return the estimate of a parameter by its name."""
        return next(item for item in self.parameters if item.name == name)

    @property
    def aic(self) -> float:
        """Akaike's criterion, to compare laws under the same weights only."""
        return self.optimum.aic

    @property
    def residual_spread(self) -> float:
        """Standard deviation of the weighted residuals: of ln s for logarithms, relative for relative weights."""
        return float(np.sqrt(self.optimum.variance))

    @property
    def correlation_matrix(self) -> Array:
        """Correlation of the parameters' errors; NaN with one that is held at a bound."""
        covariance = self.optimum.covariance()
        error = np.sqrt(np.diag(covariance))
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(covariance / np.outer(error, error))

    @property
    def fitted_range(self) -> Interval:
        """Lowest and highest porosity, or rate, that was used."""
        return float(self.data.abscissa.min()), float(self.data.abscissa.max())

    @functools.cached_property
    def exceeds(self) -> Mapping[str, float]:
        """Lowest porosity, from the lowest point to 1, from which the law lies above each of `limits.LIMITS`.

        Names are ``bruggeman`` (eps^1.5), ``isotropic_upper_bound`` (2 eps/(3 - eps)) and ``straight_pores``
        (tau = 1); NaN if it stays below. Laws of rate capability have no such limits.
        """
        limits = self.law.relation.limits
        return {name: exceeds_from(self._curve, limit, self.fitted_range[0]) for name, limit in limits.items()}

    @property
    def valid_range(self) -> Interval:
        """Range of the points, ended where the law would exceed the bound of isotropic samples."""
        lowest, highest = self.fitted_range
        return lowest, float(np.fmin(highest, self.exceeds.get("isotropic_upper_bound", np.nan)))

    @property
    def status(self) -> str:
        """What there is to know about the fit, in sentences."""
        notes = ["Fitted."]
        if self.left_out:
            notes.append(
                f"{self.left_out} of {self.points + self.left_out} points were left out: {self.weights.name} "
                f"weights cannot take them ({self.zeros} {self.law.relation.without})."
            )
        for item, free in zip(self.parameters, self.optimum.free, strict=True):
            if not free:
                notes.append(self._note_of_held(item))
        if np.isnan(self.optimum.inverse()).any():
            names = [item.name for item, free in zip(self.parameters, self.optimum.free, strict=True) if free]
            notes.append(f"The points do not tell {' and '.join(names)} apart: other values of all fit as well.")
        elif self.resamples and all(np.isnan(item.bootstrap).all() for item in self.parameters):
            groups = np.unique(self.data.cluster).size
            what = "points" if groups == self.points else "groups"
            notes.append(f"The bootstrap gives no interval: {groups} {what} are too few.")
        return " ".join(notes)

    def _note_of_held(self, item: Estimate) -> str:
        """Return what it means that the points do not move a parameter."""
        lower, upper = self.regression.bounds
        if self._is_bounded(item) and abs(item.value - lower) < 1e-6 * (upper - lower):
            return f"The {item.name} lies at its lower bound, {lower:.4g}: the points show none."
        if self._is_bounded(item) and abs(item.value - upper) < 1e-6 * (upper - lower):
            return f"The {item.name} lies at its upper bound, {upper:.4g}: the points show none below."
        return f"The points do not tell the {item.name}."

    def _is_bounded(self, item: Estimate) -> bool:
        return any(one.name == item.name and one.scale == "bounded" for one in self.law.parameters)

    def _curve(self, abscissa: Any) -> Any:
        return self.regression.ordinate(self.optimum.coordinates, abscissa)

    def predict(self, abscissa: ArrayLike) -> Prediction:
        """Return the law and its bands at some porosities, or rates.

        Parameters
        ----------
        abscissa : array_like
            Porosities above 0 and at most 1 [1], or rates above 0, as they were fitted.

        Returns
        -------
        Prediction

        Raises
        ------
        InputError
            If an abscissa is out of range.

        Warns
        -----
        OutsideValidity
            Where the law was not fitted, or where it would exceed the porosity and so gives no value.
        """
        return predict(self.regression, self.optimum, self.level, abscissa)
