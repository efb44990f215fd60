"""Residuals of a parameter set, each solved once, and their least squares."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import ElectrosimError
from electrosim.base.observer import Observer, silent
from electrosim.study.calibrate.problem import LeastSquares, Problem

Array = NDArray[np.float64]

_FIRST_PENALTY = 1e6  # mean square of the residuals where a solve fails before any has succeeded
_WORSE = 10.0  # how much worse than anything solved a failure counts: searches turn back from it
_MOST_STEPS = 50  # of one search
_TIGHT = 1e-3  # of the distance to a bound: what scipy's search leaves


@dataclass
class Residuals:
    """The residuals of a problem, (model - measured)/standard deviation, over shares of the parameters' ranges.

    Parameters
    ----------
    problem : Problem
        What is compared.
    method : LeastSquares
        Step of differences and stop of searches.
    observer : callable
        Hears of every solve.
    """

    problem: Problem
    method: LeastSquares
    observer: Observer = silent
    task: str = "search"
    share: float = 0.0
    failures: dict[str, int] = field(default_factory=dict)
    _known: dict[bytes, Array | None] = field(default_factory=dict)
    _worst: float = 0.0

    def predicted(self, shares: Array) -> Array:
        """Return what the scenarios give, over all points; raises what a solve raises."""
        problem = self.problem
        results = [problem.family.solve(shares, keys) for keys in problem.runs]
        return np.concatenate([item.predicted(results) for item in problem.comparisons])

    def weighed(self, predicted: Array) -> Array:
        """Return residuals of predicted values."""
        parts = self.problem.comparisons
        measured = np.concatenate([item.measured for item in parts])
        deviation = [
            np.full(item.measured.size, self.scale) if item.deviation is None else item.deviation for item in parts
        ]
        return np.asarray((predicted - measured) / np.concatenate(deviation))

    @property
    def scale(self) -> float:
        """The size of measured values of unknown deviation, so that sums of squares are of the order of one."""
        return float(np.abs(self.problem.comparisons[0].measured).max()) or 1.0

    def solved(self, shares: Array) -> Array | None:
        """Return the residuals, or None where a solve fails."""
        key = np.ascontiguousarray(shares, np.float64).tobytes()
        if key not in self._known:
            found, sentence = None, ""
            try:
                residuals = self.weighed(self.predicted(shares))
                sentence = self._not_finite(residuals)
                found = None if sentence else residuals
            except ElectrosimError as error:
                sentence = str(error)
            if found is None:
                self.failures[sentence] = self.failures.get(sentence, 0) + 1
            self._known[key] = found
            if found is not None:
                self._worst = max(self._worst, float(np.mean(found**2)))
            self.observer(
                self.task, self.share, f"{len(self._known)} parameter sets, {sum(self.failures.values())} failed"
            )
        return self._known[key]

    def _not_finite(self, residuals: Array) -> str:
        """Return a sentence on the first comparison whose residuals are not all finite; "" if there is none."""
        parts = self.problem.comparisons
        names = np.repeat([item.name for item in parts], [item.measured.size for item in parts])
        wrong = names[~np.isfinite(residuals)]
        if not wrong.size:
            return ""
        text = next(item.quantity.text for item in parts if item.name == wrong[0])
        return f"{text}, which {wrong[0]} is compared with, is not finite."

    @property
    def evaluations(self) -> int:
        """Number of parameter sets that were solved for."""
        return len(self._known)

    def __call__(self, shares: Array) -> Array:
        """Return the residuals; where a solve fails, ones that are worse than all others."""
        found = self.solved(shares)
        if found is not None:
            return found
        worst = _WORSE * self._worst or _FIRST_PENALTY
        return np.full(self.problem.points, np.sqrt(worst))

    def jacobian(self, shares: Array, free: NDArray[np.bool_]) -> Array:
        """Return derivatives by the free shares, shape (points, free), zero where neither side can be solved."""
        here = self(shares)
        columns = []
        for number in np.flatnonzero(free):
            column = np.zeros_like(here)
            for step in _steps(float(shares[number]), self.method.step):
                there = shares.copy()
                there[number] += step
                moved = self.solved(there)
                if moved is not None:
                    column = (moved - here) / step
                    break
            columns.append(column)
        return np.stack(columns, axis=1)

    def least(self, start: Array, free: NDArray[np.bool_]) -> Array:
        """Return the shares of least squares near a start, those that are not free held."""
        from scipy.optimize import least_squares

        if free.any():  # what moves nothing stays where it is: no step could be told for it
            free = free.copy()
            free[free] = np.any(self.jacobian(start, free), axis=0)
        if not free.any():
            return start

        def whole(some: Array) -> Array:
            shares = start.copy()
            shares[free] = some
            return shares

        def residuals(some: Array) -> Array:
            return self(whole(some))

        def jacobian(some: Array) -> Array:
            return self.jacobian(whole(some), free)

        found = least_squares(
            residuals,
            start[free],
            jac=jacobian,
            bounds=(0.0, 1.0),
            ftol=self.method.rtol,
            xtol=self.method.rtol,
            gtol=None,
            max_nfev=_MOST_STEPS,
        )
        return self._at_bounds(whole(found.x), free)

    def _at_bounds(self, shares: Array, free: NDArray[np.bool_]) -> Array:
        """Put shares that end next to a bound onto it if that is as good: the search itself never arrives there."""
        there = np.where(free & (shares < _TIGHT), 0.0, np.where(free & (shares > 1 - _TIGHT), 1.0, shares))
        return there if self.squares(there) <= self.squares(shares) else shares

    def squares(self, shares: Array) -> float:
        """Return the sum of squares."""
        found = self(shares)
        return float(found @ found)


def _steps(share: float, step: float) -> tuple[float, float]:
    """Return steps to both sides that stay within the range, first the one that leads inwards."""
    inwards = step if share + step <= 1 else -step
    return (inwards, -inwards) if 0 <= share - inwards <= 1 else (inwards, inwards / 2)
