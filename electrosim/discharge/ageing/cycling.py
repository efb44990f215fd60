"""Galvanostatic cycles and what one of them gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY
from electrosim.base.errors import InputError, SolveError
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.equilibrium import at_voltage, capacity
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.timeline import integral_weights
from electrosim.discharge.trajectory import Run, State

Floats = NDArray[np.float64]

_SETTLED = 1e-3  # change of the capacity from one cycle to the next
_MOST_TO_SETTLE = 20


class Solver(Protocol):
    """What solves a programme of steps."""

    def run(self, cell: Cell, steps: tuple[Step, ...], start: Stoichiometry | State) -> Run:
        """Return the programme as solved."""


@dataclass(frozen=True)
class Cycling:
    """Cycles of constant current, charge first.

    Parameters
    ----------
    charge_current, discharge_current : float
        Magnitudes [A m-2].
    lower_voltage, upper_voltage : float
        Where discharge and charge end [V].

    Raises
    ------
    InputError
        If the voltages leave no room between them or a current is not positive.
    """

    charge_current: float
    discharge_current: float
    lower_voltage: float
    upper_voltage: float

    def __post_init__(self) -> None:
        """Check that there is something to cycle between."""
        if self.lower_voltage >= self.upper_voltage:
            raise InputError(
                f"lower_voltage = {self.lower_voltage} V is not below upper_voltage = {self.upper_voltage} V; "
                "a cycle needs room between them"
            )
        if min(self.charge_current, self.discharge_current) <= 0:
            raise InputError("the currents of a cycle must be positive magnitudes")

    def steps(self) -> tuple[Step, Step]:
        """Return a cycle as steps."""
        charge = Step("current", -self.charge_current, upper_voltage=self.upper_voltage)
        discharge = Step("current", self.discharge_current, lower_voltage=self.lower_voltage)
        return charge, discharge


@dataclass(frozen=True)
class Cycle:
    """A cycle as solved.

    Parameters
    ----------
    run : Run
        Charge, then discharge.
    """

    run: Run

    @property
    def discharge(self) -> float:
        """Capacity of the discharge [C m-2]; 0 if it was not reached."""
        times = self._discharge_times
        return float(np.trapezoid(self.run.current[times], self.run.time[times]))

    @property
    def energy(self) -> float:
        """Of the discharge [J m-2]."""
        times = self._discharge_times
        weights = integral_weights(self.run.time[times])
        return float(weights @ (self.run.current[times] * self.run.voltage[times]))

    @property
    def _discharge_times(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.run.step == 1)


def solved(solver: Solver, cell: Cell, cycling: Cycling, lithium: float | None) -> Cycle:
    """Return one cycle of a cell that rests, discharged, at first.

    Parameters
    ----------
    solver : Solver
        What solves it.
    cell : Cell
        What is cycled.
    cycling : Cycling
        Currents and voltages.
    lithium : float or None
        In the electrodes together, as far as it can move [mol m-2]; None against lithium metal, which has plenty.

    Raises
    ------
    SolveError
        If the run did not succeed.
    """
    return _next(solver, cell, cycling, resting(cell, cycling.lower_voltage, lithium))


def settled(solver: Solver, cell: Cell, cycling: Cycling, lithium: float | None) -> Cycle:
    """Return the first cycle whose capacity is that of the one before, to a thousandth; parameters as `solved`.

    Cycles without rests between them come to this state: it carries over how lithium is spread over the layers.
    """
    cycle = solved(solver, cell, cycling, lithium)
    for _ in range(_MOST_TO_SETTLE):
        before, cycle = cycle, _next(solver, cell, cycling, cycle.run.state)
        if abs(cycle.discharge - before.discharge) <= _SETTLED * before.discharge:
            break
    return cycle


def _next(solver: Solver, cell: Cell, cycling: Cycling, start: Stoichiometry | State) -> Cycle:
    run = solver.run(cell, cycling.steps(), start)
    if not run.status.solved:
        raise SolveError(run.status.sentence)
    return Cycle(run)


def resting(cell: Cell, voltage: float, lithium: float | None) -> Stoichiometry:
    """Return where a cell with so much lithium [mol m-2] rests at a voltage, or as near to it as it can."""
    if lithium is None:
        return at_voltage(cell, voltage)
    return at_voltage(cell, voltage, Stoichiometry(lithium * FARADAY / capacity(cell.positive), 0.0))


def lithium_of(cell: Cell, at: Stoichiometry) -> float:
    """Return the lithium in wired particles of a cell at rest [mol m-2]."""
    held = capacity(cell.positive) * at.positive
    if isinstance(cell.negative, Electrode) and at.negative is not None:
        held += capacity(cell.negative) * at.negative
    return held / FARADAY
