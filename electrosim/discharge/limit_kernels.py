"""When a step of the protocol ends, and what tells that a run cannot go on.

Legend in layout.py; equations in docs/discharge-solver.md.
"""

from __future__ import annotations

import math

from numba import njit

from electrosim.discharge.layout import (
    AREA,
    C1,
    CHARGE,
    DEPLETED,
    EXHAUSTED,
    GOOD,
    J1,
    LEAST_CURRENT,
    LONGEST,
    LOWER_CURRENT,
    LOWER_VOLTAGE,
    MAXIMUM,
    MAXIMUM_VOLTAGE,
    MINIMUM,
    MOST_CHARGE,
    UPPER_VOLTAGE,
    VOLTAGE,
    A,
    B,
)


@njit(nogil=True, error_model="numpy")
def margin(limits, step, control, voltage, current, charge):
    """Return how far the nearest end condition is, negative beyond it, and which it is."""
    nearest, end = math.inf, LONGEST
    if control != VOLTAGE:
        if voltage - limits[step, MINIMUM] < nearest:
            nearest, end = voltage - limits[step, MINIMUM], LOWER_VOLTAGE
        if limits[step, MAXIMUM_VOLTAGE] - voltage < nearest:
            nearest, end = limits[step, MAXIMUM_VOLTAGE] - voltage, UPPER_VOLTAGE
    else:
        least = limits[step, LEAST_CURRENT]
        if least > 0.0 and math.fabs(current) / least - 1 < nearest:
            nearest, end = math.fabs(current) / least - 1, LOWER_CURRENT
    left = 1 - math.fabs(charge) / limits[step, MOST_CHARGE]
    if left < nearest:
        nearest, end = left, CHARGE
    return nearest, end


@njit(nogil=True, error_model="numpy")
def trouble(work, fixed, cells, slots, floor, beyond):
    """Return what the unknowns tell of a failure: salt used up, particles full or empty, or nothing."""
    for k in range(cells):
        if not work[C1 + k] > floor:
            return DEPLETED
    for m in range(slots):
        if fixed[AREA + m] > 0.0:
            share = (work[A + m] + work[B + m] * work[J1 + m]) / fixed[MAXIMUM + m]
            if not -beyond < share < 1 + beyond:
                return EXHAUSTED
    return GOOD
