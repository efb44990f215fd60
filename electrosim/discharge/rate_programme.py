"""Programmes of steps for one rate after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from electrosim.discharge.protocol import Step


@dataclass(frozen=True)
class Programme:
    """What is done to a cell at one rate.

    Parameters
    ----------
    rate : float
        What results call it: currents relative to the one that passes the nominal capacity in an hour.
    steps : tuple of Step
        Of one cycle.
    measured : int
        The step whose capacity, energy and profiles are the result: a discharge.
    cycles : int
        How often the steps are gone through.
    """

    rate: float
    steps: tuple[Step, ...]
    measured: int = 0
    cycles: int = 1


def constant_current(
    rates: Sequence[float], nominal_capacity: float, lower_voltage: float, *, longest: float | None = None
) -> tuple[Programme, ...]:
    """Return a discharge at constant current for each rate.

    Parameters
    ----------
    rates : sequence of float
        In C: currents relative to the one that passes the nominal capacity in an hour.
    nominal_capacity : float
        [C m-2]
    lower_voltage : float
        Where each ends [V].
    longest : float, optional
        Where each ends in any case [s]; ten times what the rate would take by default.
    """
    return tuple(
        Programme(
            rate,
            (
                Step(
                    "current",
                    rate * nominal_capacity / 3600,
                    lower_voltage=lower_voltage,
                    longest=longest or 36000 / max(rate, 1e-300),
                ),
            ),
        )
        for rate in rates
    )
