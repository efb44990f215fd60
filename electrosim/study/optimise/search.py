"""The search for the best parameters: places spread over the ranges, then an optimiser of scipy from the best ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import SolveError
from electrosim.study.inverse.starts import apart, drawn
from electrosim.study.optimise.problem import Search
from electrosim.study.optimise.trials import Trial, Trials

Array = NDArray[np.float64]

_FIRST_RADIUS = 0.1  # of the trust region, as a share of the ranges
_POPULATION = 10  # per parameter
_PENALTY = 1.0  # what a failed solve is worse than the worst of the places looked at, in their spread


def find(trials: Trials, method: Search) -> Trial:
    """Return the best parameter set.

    Raises
    ------
    SolveError
        If none that was tried can be solved for.
    """
    family = trials.problem.family
    places = drawn(family, method.draws, method.seed)
    for shares in places:
        trials.at(shares)
    if not trials.solved:
        sentence = max(trials.failures, key=lambda one: trials.failures[one])
        raise SolveError(f"None of {len(places)} parameter sets within the bounds can be solved for: {sentence}")
    begun = sorted(trials.solved, key=trials.order)
    scaled = _Scaled(trials)
    if method.optimiser == "differential-evolution":
        _evolve(scaled, begun[0].shares, method)
    else:
        for shares in apart([trial.shares for trial in begun], method.starts):
            _trust_region(scaled, shares, method)
    return trials.best()


class _Scaled:
    """Objective and constraints of the order of one, by the spread over the places looked at first."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        values = np.array([trials.sign() * item.objective for item in trials.solved])
        self.offset, self.size = float(values.min()), float(np.ptp(values)) or float(abs(values[0])) or 1.0
        self.sizes = np.array(trials.sizes())
        self.failed = float((values.max() - self.offset) / self.size) + _PENALTY

    def objective(self, shares: Array) -> float:
        trial = self.trials.at(np.clip(shares, 0.0, 1.0))
        if trial is None:
            return self.failed
        return (self.trials.sign() * trial.objective - self.offset) / self.size

    def constraints(self, shares: Array) -> Array:
        """Return the constraints; those of a failed solve lie on their limits, so that the objective decides."""
        trial = self.trials.at(np.clip(shares, 0.0, 1.0))
        lower, upper = self.limits
        return np.asarray(np.clip(0.0, lower, upper) if trial is None else trial.constraints / self.sizes)

    @property
    def limits(self) -> tuple[Array, Array]:
        items = self.trials.problem.constraints
        lower, upper = (np.array([getattr(item, end) for item in items]) / self.sizes for end in ("least", "most"))
        return lower, upper

    def as_constraints(self) -> Any:
        from scipy.optimize import NonlinearConstraint

        return NonlinearConstraint(self.constraints, *self.limits) if self.sizes.size else ()


def _trust_region(scaled: _Scaled, start: Array, method: Search) -> None:
    from scipy.optimize import Bounds, minimize

    radius = max(_FIRST_RADIUS, method.tolerance)
    options: dict[str, Any] = {
        "initial_tr_radius": radius,
        "final_tr_radius": method.tolerance / 2,
        "maxfev": method.most_evaluations,
        "feasibility_tol": 1e-8,
    }
    minimize(  # type: ignore[call-overload]  # its stubs do not know the options of COBYQA
        scaled.objective,
        start,
        method="COBYQA",
        bounds=Bounds(np.zeros(start.size), np.ones(start.size)),
        constraints=scaled.as_constraints(),
        options=options,
    )


def _evolve(scaled: _Scaled, start: Array, method: Search) -> None:
    from scipy.optimize import Bounds, differential_evolution

    population = _POPULATION * start.size
    differential_evolution(
        scaled.objective,
        Bounds(np.zeros(start.size), np.ones(start.size)),
        constraints=scaled.as_constraints(),
        popsize=_POPULATION,
        maxiter=max(method.most_evaluations // population - 1, 1),
        tol=method.tolerance,
        rng=method.seed,
        polish=False,
        x0=start,
    )
