"""How voltage, current and losses go over time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.discharge.overpotential import CONTRIBUTIONS, Split, split
from electrosim.discharge.record import Record
from electrosim.discharge.timeline import Interpolation

Floats = NDArray[np.float64]


def course_variables(records: Sequence[Record], times: Sequence[Interpolation]) -> dict[str, Any]:
    """Return what happens over time.

    Parameters
    ----------
    records : sequence of Record
        One for each rate.
    times : sequence of Interpolation
        From the times of each run to the common ones.

    Returns
    -------
    dict of str to variables
        With dimensions rate and time: `voltage` [V], `current` [A m-2], `step`, the index of the step in its programme
        (-1 after the end), `discharged` [C m-2], the charge since the measured discharge began (NaN outside it),
        `open_circuit_voltage` [V]; with contribution and place as well, `overpotential` [V], see `overpotential.split`;
        `overpotential_error`(rate) [V], the largest difference between its sum and the voltage lost;
        `heat`(rate, contribution, place) [J m-2], current times overpotential over the measured discharge.
    """
    splits = [split(record.cell, record.run) for record in records]

    def common(values: Sequence[Floats]) -> Floats:
        return np.stack([how.of(own) for how, own in zip(times, values, strict=True)])

    dims = ("rate", "time")
    whole = (*dims, "contribution", "place")
    steps = np.stack([_steps(record, how) for record, how in zip(records, times, strict=True)])
    return {
        "contribution": list(CONTRIBUTIONS),
        "place": list(splits[0].places),
        "voltage": variable(dims, common([r.run.voltage for r in records]), "V", "voltage"),
        "current": variable(dims, common([r.run.current for r in records]), "A m-2", "current, positive on discharge"),
        "step": variable(dims, steps, "1", "index of the step in the programme, -1 after its end"),
        "discharged": variable(
            dims, common([_discharged(r) for r in records]), "C m-2", "charge of the discharge so far"
        ),
        "open_circuit_voltage": variable(
            dims, common([item.open_circuit_voltage for item in splits]), "V", "voltage that the cell would rest at"
        ),
        "overpotential": variable(
            whole, common([item.overpotential for item in splits]), "V", "voltage lost to a contribution in a place"
        ),
        "overpotential_error": variable(
            "rate", [_error(r, item) for r, item in zip(records, splits, strict=True)], "V",
            "largest difference between all overpotentials and the voltage lost",
        ),
        "heat": variable(
            ("rate", "contribution", "place"), np.stack([_heat(r, s) for r, s in zip(records, splits, strict=True)]),
            "J m-2", "energy of the discharge lost to a contribution in a place",
        ),
    }  # fmt: skip


def _steps(record: Record, how: Interpolation) -> NDArray[np.int64]:
    inside = np.isfinite(how.weights[:, 0])
    return np.where(inside, record.run.step[how.points[:, 0]], -1)


def _discharged(record: Record) -> Floats:
    """Return the charge since the measured discharge began [C m-2], at a run's own times."""
    run, measured = record.run, record.measured
    found = np.full(run.time.size, np.nan)
    if measured.stop > measured.start:
        current = run.current[measured]
        parts = np.diff(run.time[measured]) * 0.5 * (current[1:] + current[:-1])
        found[measured] = np.concatenate([[0.0], np.cumsum(parts)])
    return found


def _error(record: Record, item: Split) -> float:
    lost = item.open_circuit_voltage - record.run.voltage
    difference = np.abs(item.overpotential.sum(axis=(1, 2)) - lost)
    return float(np.max(difference, initial=0.0, where=np.isfinite(difference)))


def _heat(record: Record, item: Split) -> Floats:
    times = record.measured
    if times.stop - times.start < 1:
        return np.full(item.overpotential.shape[1:], np.nan)
    power = record.run.current[:, None, None] * np.nan_to_num(item.overpotential)
    return record.integral(power, record.programme.measured)
