"""Residuals of a parameter set, each solved once, and their least squares."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import SolveError
from electrosim.base.observer import Observer, silent
from electrosim.study.calibrate.problem import LeastSquares, Problem
from electrosim.study.inverse.solves import Solves

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
    solves : Solves
        What parameter sets gave, perhaps before an interrupt.
    """

    problem: Problem
    method: LeastSquares
    observer: Observer = silent
    task: str = "search"
    share: float = 0.0
    solves: Solves = field(default_factory=Solves)
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
            outcome = self.solves.outcome(shares, self._finite)
            found = outcome.values
            if found is None:
                self.failures[outcome.sentence] = self.failures.get(outcome.sentence, 0) + 1
            else:
                self._worst = max(self._worst, float(np.mean(found**2)))
            self._known[key] = found
            self.observer(
                self.task, self.share, f"{len(self._known)} parameter sets, {sum(self.failures.values())} failed"
            )
        return self._known[key]

    def _finite(self, shares: Array) -> Array:
        """Return the residuals; raises what a solve raises, and SolveError where they are no numbers."""
        residuals = self.weighed(self.predicted(shares))
        wrong = ~np.isfinite(residuals)
        if wrong.any():
            parts = self.problem.comparisons
            item = parts[np.repeat(np.arange(len(parts)), [one.measured.size for one in parts])[wrong][0]]
            raise SolveError(f"{item.quantity.text}, which {item.name} is compared with, is not finite.")
        return residuals

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
