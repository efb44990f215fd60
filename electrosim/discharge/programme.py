"""Steps of a protocol and the state at their start as the arrays that the compiled loops read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.discharge import layout
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.packed import Packed
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.trajectory import State

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_CONTROLS = {
    "current": layout.CURRENT,
    "rest": layout.CURRENT,
    "voltage": layout.VOLTAGE,
    "power": layout.POWER,
    "table": layout.TABLE,
}
_TYPICAL_VOLTAGE = 3.0  # V; makes a current of a power, for the choice of the mesh
_SALT_OUT = 1.0  # mol m-3, where nothing is known


class Programme(NamedTuple):
    """Controls and limits of the steps (columns in layout.py); tables of currents one behind the other."""

    controls: Integers
    limits: Floats
    starts: Integers
    times: Floats
    currents: Floats


def programme(steps: Sequence[Step]) -> Programme:
    """Return steps as arrays.

    Raises
    ------
    InputError
        If a table is missing, too short or does not go forward in time.
    """
    tables = [_table(step, number) for number, step in enumerate(steps)]
    return Programme(
        np.array([_CONTROLS[step.control] for step in steps], np.int64),
        np.array([_limits(step) for step in steps], np.float64).reshape(-1, layout.LIMITS),
        np.cumsum([0] + [times.size for times, _ in tables]),
        np.concatenate([times for times, _ in tables]) if tables else _NOTHING,
        np.concatenate([currents for _, currents in tables]) if tables else _NOTHING,
    )


def largest_current(steps: Sequence[Step]) -> float:
    """Return the largest magnitude of the current that the steps name [A m-2]."""
    largest = 0.0
    for step in steps:
        if step.control == "current":
            largest = max(largest, abs(step.value))
        elif step.control == "power":
            largest = max(largest, abs(step.value) / _TYPICAL_VOLTAGE)
        elif step.table is not None:
            largest = max(largest, float(np.max(np.abs(step.table[1]))))
    return largest


def initial(
    cell: Cell, packed: Packed, start: Stoichiometry | State, modes: Floats, shells: Floats
) -> tuple[Floats, Floats]:
    """Return salt concentrations and particle variables at the start, which the compiled loop then overwrites.

    Raises
    ------
    InputError
        If a state is of another mesh or method, or a stoichiometry is missing.
    """
    cells, negative, first_positive, populations = packed.shape[:4]
    count = shells.shape[1]
    variables = max(modes.shape[1] - 1, count if packed.with_shells else 0)
    if isinstance(start, State):
        if start.particles.shape != (populations, variables, cells):
            raise InputError("the state is of another cell, mesh or accuracy; go on with the method that made it")
        particles = start.particles.transpose(1, 0, 2).reshape(variables, -1)
        return start.electrolyte.copy(), np.where(np.isnan(particles), _SALT_OUT, particles)
    at = np.full(cells, 0.5)
    at[first_positive:] = start.positive
    if isinstance(cell.negative, Electrode):
        if start.negative is None:
            raise InputError("a cell with two porous electrodes starts from two stoichiometries")
        at[:negative] = start.negative
    slots = populations * cells
    content = packed.fixed[layout.MAXIMUM : layout.MAXIMUM + slots] * (
        np.tile(at, populations) if populations > 1 else at
    )
    lithium = np.zeros((variables, slots))
    lithium[0] = content / modes[2, 0]
    if packed.with_shells:
        rows = (layout.FIRST_SLOT, layout.LAST_SLOT, layout.DIFFUSIVITY)
        groups = zip(*(packed.places[row : row + packed.shape[layout.GROUPS]] for row in rows), strict=True)
        for first, last, place in groups:
            if place >= 0:
                lithium[:count, first:last] = content[first:last]
    return np.full(cells, cell.electrolyte.concentration), lithium


_NOTHING = np.zeros(0)


def _limits(step: Step) -> tuple[float, ...]:
    return (
        0.0 if step.control == "rest" else step.value,
        -np.inf if step.lower_voltage is None else step.lower_voltage,
        np.inf if step.upper_voltage is None else step.upper_voltage,
        step.lower_current or 0.0,
        step.charge or np.inf,
        step.longest,
    )


def _table(step: Step, number: int) -> tuple[Floats, Floats]:
    if step.control != "table":
        return _NOTHING, _NOTHING
    if step.table is None:
        raise InputError(f"step {number + 1} follows a table of currents and has none")
    times, currents = (np.asarray(column, np.float64) for column in step.table)
    if times.size < 2 or times.shape != currents.shape or not (np.diff(times) > 0).all():
        raise InputError(
            f"the table of step {number + 1} needs two times or more, each later than the one before, "
            "and a current for each"
        )
    return times - times[0], currents
