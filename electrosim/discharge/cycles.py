"""Charge and energy of every cycle of a programme that is gone through several times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.discharge.record import Record

Floats = NDArray[np.float64]


def cycle_variables(records: Sequence[Record]) -> dict[str, Any]:
    """Return what each cycle gave and took.

    Parameters
    ----------
    records : sequence of Record
        One for each rate.

    Returns
    -------
    dict of str to variables
        With dimensions rate and cycle: `cycle_capacity` [C m-2] and `cycle_energy` [J m-2] of the steps in the cycle
        that discharge, and `cycle_charge` [C m-2] of those that charge; NaN after the end of a run. Nothing where no
        programme has more than one cycle.
    """
    cycles = max(record.programme.cycles for record in records)
    if cycles == 1:
        return {}
    sums = np.full((3, len(records), cycles), np.nan)
    for number, record in enumerate(records):
        for cycle in range(record.programme.cycles):
            sums[:, number, cycle] = _sums(record, cycle)
    dims = ("rate", "cycle")
    return {
        "cycle": variable("cycle", list(range(1, cycles + 1)), "1", "number of the cycle"),
        "cycle_capacity": variable(dims, sums[0], "C m-2", "charge that the cell gave in a cycle"),
        "cycle_energy": variable(dims, sums[1], "J m-2", "energy that the cell gave in a cycle"),
        "cycle_charge": variable(dims, sums[2], "C m-2", "charge that the cell took in a cycle"),
    }


def _sums(record: Record, cycle: int) -> Floats:
    """Return charge and energy given, and charge taken, in a cycle that went to its end."""
    steps = len(record.programme.steps)
    numbers = range(cycle * steps, (cycle + 1) * steps)
    if len(record.run.ends) < numbers.stop or "failed" in record.run.ends[: numbers.stop]:
        return np.full(3, np.nan)
    current, voltage = record.run.current, record.run.voltage
    given, taken = np.maximum(current, 0.0), np.maximum(-current, 0.0)
    found = np.zeros(3)
    for number, step in zip(numbers, record.programme.steps, strict=True):
        times = record.of_step(number)
        charge = record.charge_of(given, times)
        held = step.control == "voltage"
        energy = step.value * charge if held else float(record.integral(given * voltage, number))
        found += charge, energy, record.charge_of(taken, times)
    return found
