"""A fitted law at some abscissas, with its bands."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from electrosim.base.errors import InputError
from electrosim.correlations.regression import Optimum, Regression

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


class OutsideValidity(UserWarning):
    """A law was asked for where it was not fitted, or where it is not physical."""


@dataclass(frozen=True)
class Prediction:
    """A law at some abscissas.

    Parameters
    ----------
    abscissa : array
        Where: porosities [1], or rates.
    ordinate : array
        The law: relative conductivities [1], NaN where they would exceed the porosity itself (tau < 1), which nothing
        does; or capacities.
    law_lower, law_upper : array
        Confidence band of the law.
    lower, upper : array
        Prediction band: where one more point of the same kind would lie, within what is possible.
    outside_range : array of bool
        Whether the abscissa lies outside the points that were fitted.
    unphysical : array of bool
        Whether the law would exceed what is possible.
    """

    abscissa: Array
    ordinate: Array
    law_lower: Array
    law_upper: Array
    lower: Array
    upper: Array
    outside_range: Mask
    unphysical: Mask

    @property
    def tortuosity(self) -> Array:
        """Porosity over relative conductivity [1], of a law of these."""
        with np.errstate(divide="ignore"):
            return self.abscissa / self.ordinate


def predict(regression: Regression, optimum: Optimum, level: float, abscissa: ArrayLike) -> Prediction:
    """Return the law and its bands at some abscissas; see `CorrelationFit.predict`."""
    relation, points = regression.law.relation, regression.points
    where = np.atleast_1d(np.asarray(abscissa, dtype=float))
    if not ((where > 0) & (where <= relation.most_abscissa)).all():
        most = relation.most_abscissa
        highest = "" if np.isinf(most) else f" and at most {most:g} (not in per cent)"
        raise InputError(f"{relation.abscissa} must be above 0{highest}")
    fitted = float(points.abscissa.min()), float(points.abscissa.max())
    outside = (where < fitted[0] * (1 - 1e-9)) | (where > fitted[1] * (1 + 1e-9))
    law = np.asarray(regression.ordinate(optimum.coordinates, where), dtype=float)
    unphysical = np.zeros(where.shape, bool)
    if relation.impossible_above is not None:
        unphysical = law > relation.impossible_above(where) * (1 + 1e-9)
    _warn(relation.abscissa, where, outside, unphysical, fitted)
    bands = _Bands(regression, optimum, level)
    ends = (*bands.around(where, law, with_scatter=False), *bands.around(where, law, with_scatter=True))
    law_lower, law_upper, lower, upper = (
        np.where(unphysical, np.nan, np.clip(end, 0, relation.most_ordinate)) for end in ends
    )
    law = np.where(unphysical, np.nan, law)
    return Prediction(where, law, law_lower, law_upper, lower, upper, outside, unphysical)


@dataclass(frozen=True)
class _Bands:
    """The bands around a fitted law."""

    regression: Regression
    optimum: Optimum
    level: float

    def around(self, abscissa: Array, law: Array, *, with_scatter: bool) -> tuple[Array, Array]:
        """Return the ends of a band around the law, from its error and, if asked, the scatter of points."""
        from scipy.stats import t

        points, parameters = self.optimum.jacobian.shape
        quantile = t.ppf((1 + self.level) / 2, points - parameters)
        logarithmic = self.regression.weights.divisor is None
        gradient = self._gradient(abscissa, logarithmic=logarithmic)
        variance = np.einsum("np,pq,nq->n", gradient, self.optimum.covariance(), gradient)
        if with_scatter:
            variance = variance + self._scatter(law) ** 2 * self.optimum.variance
        reach = quantile * np.sqrt(variance)
        if not logarithmic:
            return law - reach, law + reach
        centre = law * np.exp(-self.optimum.shift) if with_scatter else law  # points scatter around their median
        with np.errstate(over="ignore", invalid="ignore"):  # a parameter that points do not tell has a band without end
            return centre * np.exp(-reach), centre * np.exp(reach)

    def _scatter(self, law: Array) -> Array:
        """Return what the weighted residuals are multiplied by to give scatter of the ordinate, or of its logarithm."""
        weights, points = self.regression.weights, self.regression.points
        if weights.divisor is None:
            return np.ones_like(law)
        known = points.ordinate > 0
        relative = np.median(points.deviation[known] / points.ordinate[known])
        return np.asarray(weights.divisor(law, relative * law))

    def _gradient(self, abscissa: Array, *, logarithmic: bool) -> Array:
        """Return derivatives of the law, or of its logarithm, with respect to the coordinates, by differences."""
        columns = []
        for number, at in enumerate(self.optimum.coordinates):
            step = np.zeros_like(self.optimum.coordinates)
            step[number] = 1e-5 * max(1.0, abs(at))
            ends = [self.regression.ordinate(self.optimum.coordinates + side * step, abscissa) for side in (1, -1)]
            if logarithmic:
                ends = [np.log(np.maximum(end, 1e-300)) for end in ends]
            columns.append((ends[0] - ends[1]) / (2 * step[number]))
        return np.stack(columns, axis=1)


def _warn(name: str, where: Array, outside: Mask, unphysical: Mask, fitted: tuple[float, float]) -> None:
    def warn(sentence: Any) -> None:
        warnings.warn(sentence, OutsideValidity, stacklevel=5)

    if unphysical.any():
        warn(
            f"the law exceeds the {name} itself (tau < 1) at {name} {where[unphysical].min():.4g} and gives no value "
            "there"
        )
    if outside.any():
        warn(
            f"the law was fitted from {name} {fitted[0]:.4g} to {fitted[1]:.4g} and is asked for at "
            f"{where[outside][0]:.4g}"
        )
