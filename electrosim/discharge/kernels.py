"""The compiled loop over time: steps of a protocol, steps of time, error control, end conditions.

Legend in layout.py; equations in docs/discharge-solver.md.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from electrosim.discharge.history_kernels import (
    extrapolate,
    grown,
    prediction_error,
    record,
    shift_history,
)
from electrosim.discharge.layout import (
    BEFORE_LAST,
    C1,
    C2,
    CELLS,
    CURRENT,
    CURRENT_1,
    CURRENT_2,
    CURRENT_3,
    CURRENT_NOW,
    DURATION,
    FAILED,
    FIRST,
    GOOD,
    HISTORY,
    KNOWN_TIMES,
    LAST,
    LONGEST,
    MODES,
    NO_START,
    NO_STEP,
    NOW,
    PASSED,
    PAST,
    POPULATIONS,
    POWER,
    PREDICTED,
    SINCE,
    STILL,
    STRIDE,
    TABLE,
    TIME,
    TOLERANCE,
    VALUE,
    VECTORS,
    VOLTAGE_1,
    VOLTAGE_2,
    VOLTAGE_3,
    VOLTAGE_NOW,
    C,
    I,
)
from electrosim.discharge.limit_kernels import (
    margin,
    trouble,
)
from electrosim.discharge.machine_kernels import (
    borrowed,
)
from electrosim.discharge.newton_kernels import (
    newton,
    spread_current,
)
from electrosim.discharge.particle_kernels import (
    advance_particles,
    means,
    step_particles,
)
from electrosim.discharge.transport_kernels import (
    conductivities,
)

KEPT = 256  # rows of the history before it grows
SHORTEST = 1e-7  # step of time, s
EMPTY = -1.0  # salt concentration below which a run has failed, mol m-3
ALMOST_EMPTY = 1.0  # the same where no solution is found
BEYOND = 5e-3  # stoichiometry beyond 0 or 1 at which a run has failed
WITHIN = -1e-4  # the same where no solution is found
AT_END = 1e-7  # V, or relative: how closely an end condition is met


@njit(nogil=True, error_model="numpy")
def reset(work, salt, lithium):
    """Start with nothing but salt and lithium: a run before may have left NaN, which a weight of zero does not cure."""
    for row in range(VECTORS):
        for k in range(max(lithium.shape[1], 2 * salt.size) + 4):
            work[row * STRIDE + k] = 0.0
    for k in range(salt.size):
        work[C + k] = salt[k]
    for v in range(lithium.shape[0]):
        for m in range(lithium.shape[1]):
            work[NOW + v * STRIDE + m] = lithium[v, m]


@njit(nogil=True, error_model="numpy")
def keep(work, salt, lithium):
    """Hand salt and lithium back."""
    for k in range(salt.size):
        salt[k] = work[C1 + k]
    for v in range(lithium.shape[0]):
        for m in range(lithium.shape[1]):
            lithium[v, m] = work[NOW + v * STRIDE + m]


@njit(nogil=True, error_model="numpy")
def begin(work, fixed, table, places, shape, variables, control, target):
    """Find the currents at the instant at which a step begins, while salt and lithium stay; return iterations."""
    cells, negative, first_positive, populations = shape[:4]
    for v in range(variables):  # no step before, from which a diffusivity could be extrapolated
        for m in range(populations * cells):
            work[PAST + v * STRIDE + m] = work[NOW + v * STRIDE + m]
    for k in range(cells):
        work[C1 + k] = work[C + k]
        work[HISTORY + k] = STILL * work[C + k]
    means(work, fixed, places, shape)
    step_particles(work, fixed, table, places, shape, 0.0, 1.0)
    conductivities(work, fixed, table, places, cells, 0.0)
    current = work[CURRENT_NOW]
    if control in (CURRENT, TABLE):
        current = target
    elif control == POWER and current == 0.0:
        current = 1e-3 * target
    # what the last step left is the best guess where the voltage goes on, else a uniform reaction; then the other
    iterations = np.int64(0)
    for trial in range(2):
        if (work[TIME] == 0.0 or control in (CURRENT, TABLE)) == (trial == 0):
            spread_current(work, fixed, cells, negative, first_positive, populations, current)
        else:
            ratio = current / work[CURRENT_1] if work[CURRENT_1] != 0.0 else 0.0
            extrapolate(work, cells, populations * cells, ratio, 0.0, 0.0)
        for k in range(cells):
            work[C + k] = work[C1 + k]
        iterations, work[CURRENT_NOW], work[VOLTAGE_NOW] = newton(
            work, fixed, table, places, shape, STILL, control, target, current
        )
        if iterations > 0:
            break
    shift_history(work, cells, populations * cells)
    work[CURRENT_1], work[VOLTAGE_1] = work[CURRENT_NOW], work[VOLTAGE_NOW]
    work[KNOWN_TIMES], work[LAST] = 1.0, 1.0
    work[SINCE], work[PASSED] = 0.0, 0.0
    return iterations


@njit(nogil=True, error_model="numpy")
def attempt(work, fixed, table, places, shape, control, target, dt):
    """Take a step of time from the last accepted one; return iterations. `target` is that at its end."""
    cells, negative, first_positive, populations = shape[:4]
    last, before, known = work[LAST], work[BEFORE_LAST], work[KNOWN_TIMES]
    a1, a2, a3 = 1.0, 0.0, 0.0
    if known == 2.0:
        a1, a2 = 1 + dt / last, -dt / last
    elif known > 2.0:
        both = last + before
        a1 = (dt + last) * (dt + both) / (last * both)
        a2 = -dt * (dt + both) / (last * before)
        a3 = dt * (dt + last) / (both * before)
    extrapolate(work, cells, populations * cells, a1, a2, a3)
    work[PREDICTED] = a1 * work[VOLTAGE_1] + a2 * work[VOLTAGE_2] + a3 * work[VOLTAGE_3]
    current = a1 * work[CURRENT_1] + a2 * work[CURRENT_2] + a3 * work[CURRENT_3]
    if control in (CURRENT, TABLE):
        current = target
    for k in range(negative, first_positive + 1):  # known, and not to drift
        work[I + k] = current
    # BDF2, at first implicit Euler: dc/dt = rate c - history
    w = dt / last if known > 1.0 else 0.0
    rate = (1 + 2 * w) / (1 + w) / dt
    for k in range(cells):
        work[HISTORY + k] = ((1 + w) * work[C1 + k] - w * w / (1 + w) * work[C2 + k]) / dt
    step_particles(work, fixed, table, places, shape, dt, last)
    conductivities(work, fixed, table, places, cells, dt)
    iterations, work[CURRENT_NOW], work[VOLTAGE_NOW] = newton(
        work, fixed, table, places, shape, rate, control, target, current
    )
    return iterations


@njit(nogil=True, error_model="numpy")
def accept(work, fixed, places, shape, dt):
    """Make the end of the step the present."""
    cells, populations = shape[CELLS], shape[POPULATIONS]
    advance_particles(work, fixed, places, shape)
    shift_history(work, cells, populations * cells)
    work[PASSED] += 0.5 * dt * (work[CURRENT_1] + work[CURRENT_NOW])
    work[VOLTAGE_3], work[VOLTAGE_2], work[VOLTAGE_1] = work[VOLTAGE_2], work[VOLTAGE_1], work[VOLTAGE_NOW]
    work[CURRENT_3], work[CURRENT_2], work[CURRENT_1] = work[CURRENT_2], work[CURRENT_1], work[CURRENT_NOW]
    work[BEFORE_LAST], work[LAST] = work[LAST], dt
    work[KNOWN_TIMES] = min(work[KNOWN_TIMES] + 1.0, 3.0)
    work[TIME] += dt
    work[SINCE] += dt


@njit(nogil=True, error_model="numpy")
def growth(work, fixed, shape):
    """Return the factor to the next step of time that the error allows."""
    if work[KNOWN_TIMES] < 3.0:
        return 2.0
    cells, populations = shape[CELLS], shape[POPULATIONS]
    error = math.fabs(work[VOLTAGE_NOW] - work[PREDICTED])
    error = max(error, prediction_error(work, fixed, cells, populations * cells))
    return min(max(0.9 * (fixed[TOLERANCE] / (error + 1e-12)) ** (1 / 3), 0.3), 2.5)


@njit(nogil=True, error_model="numpy")
def run(shape, fixed, table, places, controls, limits, starts, times, currents, salt, lithium, width, work):
    """Do the steps one after the other.

    Returns the history, its number of rows, why each step ended and the reason of a failure; `salt` and `lithium`
    become those of the end.
    """
    work, fixed, table, places = borrowed(work), borrowed(fixed), borrowed(table), borrowed(places)
    cells, populations = shape[CELLS], shape[POPULATIONS]
    slots = populations * cells
    variables = lithium.shape[0] if lithium.shape[0] > shape[MODES] else np.int64(0)  # shells remember the last step
    reset(work, salt, lithium)
    history = np.empty((KEPT, width))
    ends = np.full(controls.size, -1)
    row = np.int64(0)
    reason = GOOD
    for step in range(controls.size):
        control, target = controls[step], limits[step, VALUE]
        corner = starts[step]
        if control == TABLE:
            target = currents[corner]
        found = begin(work, fixed, table, places, shape, variables, control, target)
        if found == 0 or not math.isfinite(work[VOLTAGE_NOW]):
            reason = trouble(work, fixed, cells, slots, ALMOST_EMPTY, WITHIN)
            reason = NO_START if reason == GOOD else reason
            ends[step] = FAILED
            break
        if row == history.shape[0]:
            history = grown(history)
        record(work, fixed, history, row, shape, step)
        row += 1
        left, end = margin(limits, step, control, work[VOLTAGE_NOW], work[CURRENT_NOW], 0.0)
        if left <= 0.0:
            ends[step] = end
            continue
        dt = fixed[FIRST]
        bracketed = False  # between `low` and `high` seconds an end condition is met
        low = high = left_low = left_high = newest = 0.0
        while True:
            duration = limits[step, DURATION]
            if control == TABLE:  # no step across a corner of the table
                while corner + 1 < starts[step + 1] and times[corner] <= work[SINCE] * (1 + 1e-12):
                    corner += 1
                duration = min(duration, times[corner])
            remaining = duration - work[SINCE]
            if remaining <= 1e-12 * duration:
                ends[step] = LONGEST
                break
            if not bracketed and dt < remaining < 1.5 * dt:
                dt = 0.5 * remaining
            dt = min(dt, remaining)
            if control == TABLE:
                share = (work[SINCE] + dt - times[corner - 1]) / (times[corner] - times[corner - 1])
                target = currents[corner - 1] + share * (currents[corner] - currents[corner - 1])
            if attempt(work, fixed, table, places, shape, control, target, dt) == 0:
                bracketed = False
                dt *= 0.25
                if dt < SHORTEST:
                    reason = trouble(work, fixed, cells, slots, ALMOST_EMPTY, WITHIN)
                    reason = NO_STEP if reason == GOOD else reason
                    ends[step] = FAILED
                    break
                continue
            factor = growth(work, fixed, shape)
            if not bracketed and factor < 0.7 and dt > SHORTEST:
                dt *= factor
                continue
            # end conditions, closed in by false position; an end that stays twice weighs half (Illinois)
            passed = work[PASSED] + 0.5 * dt * (work[CURRENT_1] + work[CURRENT_NOW])
            left_now, end = margin(limits, step, control, work[VOLTAGE_NOW], work[CURRENT_NOW], passed)
            if left_now < -AT_END or (bracketed and left_now > AT_END):
                if not bracketed:
                    bracketed, low, left_low, high, left_high = True, 0.0, left, dt, left_now
                elif left_now < 0.0:
                    left_low *= 0.5 if high == newest else 1.0
                    high, left_high = dt, left_now
                else:
                    left_high *= 0.5 if low == newest else 1.0
                    low, left_low = dt, left_now
                newest = dt
                closer = low + (high - low) * left_low / (left_low - left_high)
                if high - low > 1e-9 * high and closer > SHORTEST:  # else a jump, as close as time can tell
                    dt = closer
                    continue
            left = left_now
            accept(work, fixed, places, shape, dt)
            if row == history.shape[0]:
                history = grown(history)
            record(work, fixed, history, row, shape, step)
            row += 1
            if bracketed or left <= AT_END:
                ends[step] = end
                break
            reason = trouble(work, fixed, cells, slots, EMPTY, BEYOND)
            if reason != GOOD:
                ends[step] = FAILED
                break
            dt *= factor
        if ends[step] == FAILED:
            break
    keep(work, salt, lithium)
    return history, row, ends, reason


def _cached(sources: str) -> Any:
    """Return `run` with a file cache that knows all sources; by itself, numba's knows the file of one function only."""

    def discharge(*arguments):
        sources  # noqa: B018  # part of the key of the cache
        return run(*arguments)

    discharge.__qualname__ = "discharge"
    return njit(cache=True, nogil=True)(discharge)


_sources = sorted([*Path(__file__).parent.glob("*kernels.py"), Path(__file__).with_name("layout.py")])
discharge = _cached(hashlib.sha256(b"".join(path.read_bytes() for path in _sources)).hexdigest())
