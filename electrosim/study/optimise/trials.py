"""Objective and constraints at parameter sets, each solved once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, SolveError
from electrosim.base.observer import Observer, silent
from electrosim.base.result import variable
from electrosim.study.inverse.solves import Solves
from electrosim.study.inverse.units import check_unit
from electrosim.study.optimise.problem import Problem

if TYPE_CHECKING:
    import xarray as xr

    from electrosim.study.sweep.collect import Collected

Array = NDArray[np.float64]

KEPT = 1e-6  # of the size of a constraint's limit: what counts as kept


@dataclass(frozen=True)
class Trial:
    """What one parameter set gives, in SI units."""

    shares: Array
    objective: float
    constraints: Array


@dataclass
class Trials:
    """The parameter sets of one search.

    Parameters
    ----------
    problem : Problem
        What is searched for.
    keys : mapping
        Keys that are set besides the parameters.
    observer : callable
        Hears of every solve.
    task : str
        What it is told.
    solves : Solves
        What parameter sets gave, perhaps before an interrupt.
    """

    problem: Problem
    keys: Mapping[str, Any] = field(default_factory=dict)
    observer: Observer = silent
    task: str = "search"
    share: float = 0.0
    solves: Solves = field(default_factory=Solves)
    failures: dict[str, int] = field(default_factory=dict)
    _known: dict[bytes, Trial | None] = field(default_factory=dict)

    def solve(self, shares: Array) -> Trial:
        """Return what a parameter set gives; raises what a solve raises, and InputError for what is no number."""
        values = self._values(shares)
        return Trial(shares, float(values[0]), values[1:])

    def _values(self, shares: Array) -> Array:
        """Return objective and constraints."""
        problem = self.problem
        result = _with_parameters(problem, problem.family.solve(shares, self.keys), shares)
        objective = _number(problem.objective, result, problem.unit or None, ("objective",))
        constraints = [
            _number(item.quantity, result, item.unit, ("constraints", item.name)) for item in problem.constraints
        ]
        return np.array([objective, *constraints])

    def _finite(self, shares: Array) -> Array:
        """Return objective and constraints; raises SolveError where they are no numbers."""
        values = self._values(shares)
        if not np.isfinite(values).all():
            raise SolveError("The objective or a constraint is not finite.")
        return values

    def at(self, shares: Array) -> Trial | None:
        """Return what a parameter set gives, None if it cannot be solved for."""
        key = np.ascontiguousarray(shares, np.float64).tobytes()
        if key not in self._known:
            place = np.array(shares, np.float64)
            outcome = self.solves.outcome(place, self._finite)
            values = outcome.values
            if values is None:
                self.failures[outcome.sentence] = self.failures.get(outcome.sentence, 0) + 1
            self._known[key] = None if values is None else Trial(place, float(values[0]), values[1:])
            self.observer(self.task, self.share, f"{len(self._known)} parameter sets")
        return self._known[key]

    @property
    def evaluations(self) -> int:
        """Number of parameter sets that were solved for."""
        return len(self._known)

    @property
    def solved(self) -> list[Trial]:
        """All parameter sets that could be solved for."""
        return [item for item in self._known.values() if item is not None]

    def sign(self) -> float:
        """Return what the objective is multiplied by so that less is better."""
        return -1.0 if self.problem.is_most else 1.0

    def violation(self, trial: Trial) -> float:
        """Return by how much the constraint that is missed most is missed, as a share of its limit."""
        return max([0.0, *(miss / size for miss, size in zip(self.misses(trial), self.sizes(), strict=True))])

    def misses(self, trial: Trial) -> list[float]:
        """Return by how much each constraint is missed, negative where it is kept."""
        return [
            max(item.least - value, value - item.most)
            for item, value in zip(self.problem.constraints, trial.constraints, strict=True)
        ]

    def sizes(self) -> list[float]:
        """Return the size of each constraint's limits."""
        found = []
        for item in self.problem.constraints:
            limits = [abs(limit) for limit in (item.least, item.most) if np.isfinite(limit)]
            found.append(max(limits) or 1.0)
        return found

    def order(self, trial: Trial) -> tuple[float, float]:
        """Return what trials are sorted by: first what is missed, then the objective."""
        missed = self.violation(trial)
        return (missed if missed > KEPT else 0.0, self.sign() * trial.objective)

    def best(self) -> Trial:
        """Return the best of all trials."""
        return min(self.solved, key=self.order)


def _with_parameters(problem: Problem, result: xr.Dataset, shares: Array) -> xr.Dataset:
    """Return a result that holds the parameters too."""
    values = {}
    for item, number in zip(problem.family.parameters, problem.family.numbers(shares), strict=True):
        if item.name in result.variables:
            raise InputError(
                f'the result has a variable "{item.name}" itself; give the parameter another name',
                ("parameters", item.name),
            )
        values[item.name] = variable((), float(number), item.axis.base_unit, item.name)
    return result.assign(values)


def _number(quantity: Collected, result: xr.Dataset, unit: str | None, key: tuple[str, ...]) -> float:
    """Return the single number that a quantity is."""
    try:
        found = quantity.of(result)
        if found.size == 1 and unit is not None:
            check_unit(quantity.text, found, unit)
    except InputError as error:
        raise InputError(str(error), key) from None
    if found.size != 1:
        raise InputError(
            f"{quantity.text} has {found.size} values over {', '.join(map(str, found.dims))}; choose one, as in "
            "energy[rate=2], or reduce it, as in energy.mean",
            key,
        )
    return float(found)
