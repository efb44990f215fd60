"""Newton's method for the unknowns at the end of a step of time, whatever is held: current, voltage or power.

Legend in layout.py; equations in docs/discharge-solver.md.
"""

from __future__ import annotations

import math

from numba import njit

from electrosim.discharge.layout import (
    AGREED,
    AREA,
    CLOSE,
    DELTA,
    DELTA_I,
    HALF,
    POWER,
    PSI,
    PSI_C,
    PSI_I,
    RIGHT,
    STILL,
    STRIDE,
    SURFACE,
    THERMAL,
    VOLTAGE,
    I,
    J,
)
from electrosim.discharge.transport_kernels import (
    apply_changes,
    assemble,
    condense,
    electrolyte,
    eliminate,
    kinetics,
    largest_change,
    lithium_surface,
    substitute,
    terminal_voltage,
)

MOST_ITERATIONS = 7  # of Newton's method in a step of time; more do not pay
MOST_STARTING_ITERATIONS = 80  # from a uniform reaction


@njit(nogil=True, error_model="numpy")
def newton(work, fixed, table, places, shape, rate, control, target, current):
    """Solve the equations at the end of a step; return iterations (0 if it failed), current and terminal voltage."""
    cells, negative, first_positive, populations = shape[:4]
    count = 2 * cells - 1
    thermal = fixed[THERMAL]
    most = MOST_STARTING_ITERATIONS if rate == STILL else MOST_ITERATIONS
    columns = 2 if control in (VOLTAGE, POWER) else 1
    for iteration in range(1, most + 1):
        electrolyte(work, fixed, table, cells)
        kinetics(work, fixed, table, places, cells, populations, thermal)
        condense(work, fixed, cells, populations)
        reach = math.inf
        if negative == 0:
            reach = lithium_surface(work, fixed, table, current)
        assemble(work, fixed, cells, negative, first_positive, current, rate)
        eliminate(work, count)
        for column in range(columns):
            substitute(work, count, RIGHT + column * STRIDE, DELTA + column * STRIDE)
        change = 0.0
        if columns == 2:
            change = current_change(work, fixed, cells, negative, first_positive, control, target, current)
        largest = max(largest_change(work, fixed, cells, populations), math.fabs(change) / reach)
        if not largest < 1e12:
            return 0, current, 0.0
        scale = min(1.0, 2.0 / largest)
        if scale == 1.0 and thermal * largest * largest < fixed[CLOSE]:
            voltage = terminal_voltage(work, fixed, cells, negative, first_positive, current, change)
            if negative == 0:
                work[AGREED + SURFACE] = work[PSI + SURFACE] + work[PSI_C + SURFACE] * work[DELTA + 1]
                work[AGREED + SURFACE] += work[PSI_I + SURFACE] * change
            apply_changes(work, fixed, cells, populations, 1.0)
            return iteration, current + change, voltage
        apply_changes(work, fixed, cells, populations, scale)
        current += scale * change
    return 0, current, 0.0


@njit(nogil=True, error_model="numpy")
def current_change(work, fixed, cells, negative, first_positive, control, target, current):
    """Return the change of the current that meets the control, and add what follows from it to the solved changes."""
    change = voltage = slope = 0.0
    for trial in range(2):  # the voltage is linear in the change of the current: two points tell its slope
        at = terminal_voltage(work, fixed, cells, negative, first_positive, current, change)
        if trial == 0:
            voltage, step = at, 1.0
        else:
            slope = at - voltage
            step = target - voltage if control == VOLTAGE else target - current * voltage
            step = step / (slope if control == VOLTAGE else voltage + current * slope) - 1.0
        change += step
        for u in range(1, 2 * cells):
            work[DELTA + u] += step * work[DELTA_I + u]
    return change


@njit(nogil=True, error_model="numpy")
def spread_current(work, fixed, cells, negative, first_positive, populations, current):
    """Let the reaction be the same everywhere in an electrode."""
    width = 0.0
    for k in range(negative):
        width += fixed[HALF + k]
    passed = 0.0
    for k in range(negative):
        work[I + k] = current * passed / width
        passed += fixed[HALF + k]
    for k in range(negative, first_positive + 1):
        work[I + k] = current
    width = 0.0
    for k in range(first_positive, cells):
        width += fixed[HALF + k]
    passed = 0.0
    for k in range(first_positive, cells):
        work[I + k] = current * (1 - passed / width)
        passed += fixed[HALF + k]
    for k in range(cells):
        surface = 0.0
        for population in range(populations):
            surface += fixed[AREA + population * cells + k]
        for population in range(populations):
            m = population * cells + k
            work[J + m] = (work[I + k + 1] - work[I + k]) / surface if fixed[AREA + m] > 0.0 else 0.0
