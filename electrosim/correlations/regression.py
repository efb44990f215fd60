"""Least squares of one law to points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.correlations.law import Law
from electrosim.correlations.points import Points
from electrosim.correlations.weights import Weights

Array = NDArray[np.float64]

_ROUNDS = 20
_STOP = 1e-12  # relative change of sum of squares and coordinates
_FAR_OFF = 1e150  # the residual where a law has no finite value
_SINGULAR = 1e13  # condition of the normal equations, of which rounding leaves no digit
_HELD = 1e-6  # a coordinate that moves the residuals this much less than another is held at its bound


@dataclass(frozen=True)
class Optimum:
    """Where the sum of squares is least.

    Parameters
    ----------
    coordinates : array, shape (parameters,)
        The law's coordinates.
    residual : array, shape (points,)
        Residuals there.
    jacobian : array, shape (points, parameters)
        Their derivatives.
    shift : float
        What was added to the residuals for a law of the mean in logarithms.
    """

    coordinates: Array
    residual: Array
    jacobian: Array
    shift: float

    @property
    def squares(self) -> float:
        """Sum of squares of the residuals."""
        return float(self.residual @ self.residual)

    @property
    def variance(self) -> float:
        """Variance of the residuals, each parameter taking one degree of freedom."""
        points, parameters = self.jacobian.shape
        return self.squares / int(points - parameters)

    @property
    def aic(self) -> float:
        """Akaike's criterion, n ln(sum of squares/n) + 2 parameters: to compare laws under the same weights only."""
        points, parameters = self.jacobian.shape
        with np.errstate(divide="ignore"):
            return float(points * np.log(self.squares / points) + 2 * parameters)

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which coordinates the data move; the others lie at a bound."""
        length = np.linalg.norm(self.jacobian, axis=0)
        return np.asarray(length > _HELD * length.max())

    def inverse(self) -> Array:
        """Return (J^T J)^-1 over the free coordinates, zero for the others; NaN if they cannot be told apart."""
        free = self.free
        wanted = np.ix_(free, free)
        inverse = np.zeros((free.size, free.size))
        normal = self.jacobian[:, free].T @ self.jacobian[:, free]
        scale = np.sqrt(np.diag(normal))
        scaled = normal / np.outer(scale, scale)
        told_apart = np.linalg.cond(scaled) < _SINGULAR
        inverse[wanted] = np.linalg.inv(scaled) / np.outer(scale, scale) if told_apart else np.nan
        return inverse

    def covariance(self) -> Array:
        """Return the covariance of the coordinates, if the weights are right and points independent."""
        return self.variance * self.inverse()

    def robust_error(self, starts: NDArray[np.int64]) -> Array:
        """Return standard errors that suppose neither: the sandwich over groups of points, which begin at `starts`."""
        scores = np.add.reduceat(self.jacobian * self.residual[:, None], starts, axis=0)
        inverse = self.inverse()
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.diag(inverse @ (scores.T @ scores) @ inverse))


@dataclass(frozen=True)
class Regression:
    """The least-squares problem of a law, a choice of weights and points.

    Parameters
    ----------
    law : Law
        The law.
    weights : Weights
        How points are weighed.
    points : Points
        Those that can be weighed.
    bounds : tuple of float
        Of the law's bounded parameter, or between which its search starts.
    """

    law: Law
    weights: Weights
    points: Points
    bounds: tuple[float, float]

    def ordinate(self, coordinates: Array, abscissa: Any) -> Any:
        """Return the law."""
        with np.errstate(all="ignore"):  # a search may stray; what overflows is far from least
            return self.law.ordinate(abscissa, *self.law.values(coordinates, self.bounds))

    def residual(self, coordinates: Array, points: Points, shift: float = 0.0) -> Array:
        """Return the residuals of points; `shift` is that of a law of the mean in logarithms."""
        law = self.ordinate(coordinates, points.abscissa)
        found = self.weights.residual(law, points.ordinate, points.deviation) + shift
        found[~np.isfinite(found)] = _FAR_OFF
        return found

    def starts(self) -> list[Array]:
        """Return coordinates to start from, after a straight line in logarithms."""
        positive = self.points.ordinate > 0
        exponent, logarithm = np.polyfit(
            np.log(self.points.abscissa[positive]), np.log(self.points.ordinate[positive]), 1
        )
        parameters = self.law.starts(float(np.exp(logarithm)), float(exponent), self.bounds)
        return [
            np.array([item.coordinate(at, self.bounds) for item, at in zip(self.law.parameters, values, strict=True)])
            for values in parameters
        ]

    def optimum(self) -> Optimum:
        """Return the best of the optima found from each start.

        Derivatives end at a kink, where the best breakpoint often lies; a search without any goes on from there.
        """
        best = min((self.search(start, self.points) for start in self.starts()), key=lambda found: found.squares)
        if not self.law.has_kink:
            return best
        from scipy.optimize import minimize

        def squares(coordinates: Array) -> float:
            residual = self.residual(coordinates, self.points, best.shift)
            return float(residual @ residual)

        found = minimize(
            squares,
            best.coordinates,
            method="Nelder-Mead",
            options={"xatol": 1e-9, "fatol": _STOP * best.squares, "maxfev": 2000},
        )
        return min(best, self._optimum(found.x, self.points, best.shift), key=lambda found: found.squares)

    def search(self, start: Array, points: Points) -> Optimum:
        """Return the optimum for some of the points, by MINPACK from one start.

        A law of the mean lies half the variance of ln s above that of the median, and the variance is known only
        when the law is: the two are found in turn. Laws with a factor need two rounds, others a few.
        """
        from scipy.optimize import leastsq

        shift = wanted = 0.0
        for _ in range(_ROUNDS):
            shift = wanted
            start = leastsq(self.residual, start, args=(points, shift), full_output=True, ftol=_STOP, xtol=_STOP)[0]
            if not self.weights.of_mean:
                break
            residual = self.residual(start, points, shift)
            wanted = float(np.var(residual)) * residual.size / (residual.size - start.size) / 2
            if abs(wanted - shift) <= 1e-9 * wanted:
                break
        return self._optimum(start, points, shift)

    def _optimum(self, at: Array, points: Points, shift: float) -> Optimum:
        return Optimum(at, self.residual(at, points, shift), self._jacobian(at, points, shift), shift)

    def _jacobian(self, coordinates: Array, points: Points, shift: float) -> Array:
        """Return derivatives of the residuals, by central differences."""
        columns = []
        for number, at in enumerate(coordinates):
            step = np.zeros_like(coordinates)
            step[number] = 1e-5 * max(1.0, abs(at))
            ends = (self.residual(coordinates + side * step, points, shift) for side in (1, -1))
            columns.append(np.subtract(*ends) / (2 * step[number]))
        return np.stack(columns, axis=1)
