"""Fits one law to points and says how far it can be trusted."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, silent
from electrosim.correlations import intervals
from electrosim.correlations.laws import Law, find_law
from electrosim.correlations.limits import LIMITS, exceeds_from, straight_pores
from electrosim.correlations.points import Points, check_enough, check_points
from electrosim.correlations.regression import Optimum, Regression
from electrosim.correlations.weights import Weights, find_weights

Array = NDArray[np.float64]
Interval = tuple[float, float]


class OutsideValidity(UserWarning):
    """A law was asked for where it was not fitted, or where it is not physical."""


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
class Prediction:
    """A law at some porosities.

    Parameters
    ----------
    porosity : array
        Where [1].
    relative_conductivity : array
        The law [1]; NaN where it would exceed the porosity itself (tau < 1), which nothing does.
    tortuosity : array
        Porosity over relative conductivity [1].
    law_lower, law_upper : array
        Confidence band of the law [1].
    lower, upper : array
        Prediction band: where one more point of the same kind would lie [1], within 0 and 1.
    outside_range : array of bool
        Whether the porosity lies outside the points that were fitted.
    unphysical : array of bool
        Whether the law would exceed the porosity.
    """

    porosity: Array
    relative_conductivity: Array
    tortuosity: Array
    law_lower: Array
    law_upper: Array
    lower: Array
    upper: Array
    outside_range: NDArray[np.bool_]
    unphysical: NDArray[np.bool_]


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
        return self.data.porosity.size

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
    def porosity_range(self) -> Interval:
        """Lowest and highest porosity that was used."""
        return float(self.data.porosity.min()), float(self.data.porosity.max())

    @functools.cached_property
    def exceeds(self) -> Mapping[str, float]:
        """Lowest porosity, from the lowest point to 1, from which the law lies above each of `limits.LIMITS`.

        Names are ``bruggeman`` (eps^1.5), ``isotropic_upper_bound`` (2 eps/(3 - eps)) and ``straight_pores``
        (tau = 1); NaN if it stays below.
        """
        return {name: exceeds_from(self._law, limit, self.porosity_range[0]) for name, limit in LIMITS.items()}

    @property
    def valid_range(self) -> Interval:
        """Range of the points, ended where the law would exceed the bound of isotropic samples."""
        lowest, highest = self.porosity_range
        return lowest, float(np.fmin(highest, self.exceeds["isotropic_upper_bound"]))

    @property
    def status(self) -> str:
        """What there is to know about the fit, in sentences."""
        notes = ["Fitted."]
        if self.left_out:
            notes.append(
                f"{self.left_out} of {self.points + self.left_out} points were left out: {self.weights.name} "
                f"weights cannot take them ({self.zeros} do not conduct)."
            )
        for item, free in zip(self.parameters, self.optimum.free, strict=True):
            if not free:
                notes.append(self._note_of_held(item))
        return " ".join(notes)

    def _note_of_held(self, item: Estimate) -> str:
        """Return what it means that the points do not move a parameter."""
        lower, upper = self.regression.bounds
        if abs(item.value - lower) < 1e-6 * (upper - lower):
            return f"The {item.name} lies at its lower bound, {lower:.4g}: the points show none."
        if abs(item.value - upper) < 1e-6 * (upper - lower):
            return f"The {item.name} lies at its upper bound, {upper:.4g}: the points show none below."
        return f"The points do not tell the {item.name}."

    def _law(self, porosity: Any) -> Any:
        return self.regression.conductivity(self.optimum.coordinates, porosity)

    def predict(self, porosity: ArrayLike) -> Prediction:
        """Return the law and its bands at some porosities.

        Parameters
        ----------
        porosity : array_like
            Above 0 and at most 1 [1].

        Returns
        -------
        Prediction

        Raises
        ------
        InputError
            If a porosity is out of range.

        Warns
        -----
        OutsideValidity
            Where the law was not fitted, or where it would exceed the porosity and so gives no value.
        """
        where = np.atleast_1d(np.asarray(porosity, dtype=float))
        if not ((where > 0) & (where <= 1)).all():
            raise InputError("porosity must be above 0 and at most 1 (not in per cent)")
        lowest, highest = self.porosity_range
        outside = (where < lowest * (1 - 1e-9)) | (where > highest * (1 + 1e-9))
        law = np.asarray(self._law(where), dtype=float)
        unphysical = law > straight_pores(where) * (1 + 1e-9)
        _warn(where, outside, unphysical, (lowest, highest))
        law_ends = self._band(where, law, with_scatter=False)
        ends = self._band(where, law, with_scatter=True)
        law = np.where(unphysical, np.nan, law)
        with np.errstate(divide="ignore"):
            tortuosity = where / law
        bands = [np.where(unphysical, np.nan, np.clip(end, 0, 1)) for end in (*law_ends, *ends)]
        return Prediction(where, law, tortuosity, bands[0], bands[1], bands[2], bands[3], outside, unphysical)

    def _band(self, porosity: Array, law: Array, *, with_scatter: bool) -> tuple[Array, Array]:
        """Return the ends of a band around the law, from its error and, if asked, the scatter of points."""
        from scipy.stats import t

        quantile = t.ppf((1 + self.level) / 2, self.points - len(self.parameters))
        logarithmic = self.weights.divisor is None
        gradient = self._gradient(porosity, logarithmic=logarithmic)
        variance = np.einsum("np,pq,nq->n", gradient, self.optimum.covariance(), gradient)
        if with_scatter:
            variance = variance + (self._scatter(law) * self.residual_spread) ** 2
        reach = quantile * np.sqrt(variance)
        if not logarithmic:
            return law - reach, law + reach
        centre = law * np.exp(-self.optimum.shift) if with_scatter else law  # points scatter around their median
        with np.errstate(over="ignore"):
            return centre * np.exp(-reach), centre * np.exp(reach)

    def _scatter(self, law: Array) -> Array:
        """Return what the weighted residuals are multiplied by to give scatter in s, or in ln s."""
        if self.weights.divisor is None:
            return np.ones_like(law)
        known = self.data.conductivity > 0
        relative = np.median(self.data.deviation[known] / self.data.conductivity[known])
        return np.asarray(self.weights.divisor(law, relative * law))

    def _gradient(self, porosity: Array, *, logarithmic: bool) -> Array:
        """Return derivatives of s, or of ln s, with respect to the coordinates, by central differences."""
        columns = []
        for number, at in enumerate(self.optimum.coordinates):
            step = np.zeros_like(self.optimum.coordinates)
            step[number] = 1e-5 * max(1.0, abs(at))
            ends = [self.regression.conductivity(self.optimum.coordinates + side * step, porosity) for side in (1, -1)]
            if logarithmic:
                ends = [np.log(np.maximum(end, 1e-300)) for end in ends]
            columns.append((ends[0] - ends[1]) / (2 * step[number]))
        return np.stack(columns, axis=1)


def _warn(where: Array, outside: NDArray[np.bool_], unphysical: NDArray[np.bool_], fitted: Interval) -> None:
    if unphysical.any():
        warnings.warn(
            f"the law exceeds the porosity itself (tau < 1) at porosity {where[unphysical].min():.4g} and gives no "
            "value there",
            OutsideValidity,
            stacklevel=3,
        )
    if outside.any():
        warnings.warn(
            f"the law was fitted from porosity {fitted[0]:.4g} to {fitted[1]:.4g} and is asked for at "
            f"{where[outside][0]:.4g}",
            OutsideValidity,
            stacklevel=3,
        )


def fit(
    name: str,
    porosity: ArrayLike,
    relative_conductivity: ArrayLike,
    *,
    weights: str = "log-normal",
    standard_deviation: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    rng: np.random.Generator | int | None = None,
    observer: Observer = silent,
) -> CorrelationFit:
    """Fit a law to points of relative conductivity against porosity.

    Parameters
    ----------
    name : str
        One of `laws.LAWS`: ``power``, ``bruggeman``, ``percolation``, ``ge``, ``archie``, ``power-then-linear``.
    porosity : array_like
        Porosities [1].
    relative_conductivity : array_like
        Effective conductivity over that of the bulk [1].
    weights : str
        One of `weights.WEIGHTS`: ``equal``, ``log-normal``, ``log-normal-mean``, ``relative``, ``root``, ``scatter``.
    standard_deviation : array_like, optional
        Of each point over its directions [1]; what ``scatter`` needs.
    cluster : array_like, optional
        A name or number per point; points of one cluster, such as overlapping cutouts, are drawn together.
    level : float
        Of intervals and bands.
    resamples : int
        Of the bootstrap; 0 leaves it out.
    rng : numpy.random.Generator or int, optional
        What draws them.
    observer : callable, optional
        Hears the progress.

    Returns
    -------
    CorrelationFit

    Raises
    ------
    InputError
        If law or weights are unknown, a value is out of range, fewer than three porosities differ, or there are not
        more points than parameters.

    Examples
    --------
    >>> eps = np.array([0.15, 0.25, 0.35, 0.45, 0.55])
    >>> found = fit("power", eps, 1.95 * eps**3.31, resamples=0)
    >>> round(found["gamma"].value, 6), round(found["alpha"].value, 6)
    (1.95, 3.31)
    >>> f"{found.exceeds['bruggeman']:.1%}"
    '69.1%'
    """
    law, choice = find_law(name), find_weights(weights)
    if choice.name == "scatter" and standard_deviation is None:
        raise InputError(
            "scatter weights need a standard deviation for each point; give one or choose other weights", ("weights",)
        )
    if not 0 < level < 1:
        raise InputError(f"level is {level:g} and must lie between 0 and 1", ("level",))
    points = check_points(porosity, relative_conductivity, standard_deviation, cluster)
    conducting = points.conductivity > 0
    usable = choice.usable(points.conductivity, points.deviation)
    left_out = int((~usable).sum())
    remark = f" ({left_out} points without a finite weight left out)" if left_out else ""
    check_enough(points.chosen(usable), len(law.parameters), law.name, remark)
    check_enough(points.chosen(usable & conducting), 0, law.name, " among points that conduct")
    used = points.chosen(usable)
    regression = Regression(law, choice, used, law.bounds(used.porosity, used.porosity[used.conductivity > 0]))
    best = regression.optimum()
    by_profile = intervals.profile(regression, best, level)
    by_bootstrap = intervals.bootstrap(regression, best, resamples, level, np.random.default_rng(rng), observer)
    return CorrelationFit(
        regression,
        best,
        _estimates(regression, best, by_profile, by_bootstrap),
        usable,
        int((~conducting).sum()),
        level,
        resamples,
    )


def _estimates(regression: Regression, best: Optimum, by_profile: Array, by_bootstrap: Array) -> tuple[Estimate, ...]:
    """Carry coordinates and their intervals over to parameters."""
    errors = np.where(best.free, np.sqrt(np.diag(best.covariance())), np.nan)
    found = []
    for number, item in enumerate(regression.law.parameters):
        at = best.coordinates[number]
        value, *ends = (
            float(item.value(end, regression.bounds)) for end in (at, *by_profile[number], *by_bootstrap[number])
        )
        slope = (item.value(at + 1e-6, regression.bounds) - item.value(at - 1e-6, regression.bounds)) / 2e-6
        error = float(errors[number] * slope)
        if item.scale == "bounded" and error > regression.bounds[1] - regression.bounds[0]:
            error = float("nan")  # between two points a kink moves the sum of squares hardly at all
        found.append(Estimate(item.name, item.long_name, value, error, (ends[0], ends[1]), (ends[2], ends[3])))
    return tuple(found)
