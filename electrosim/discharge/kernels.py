"""The compiled loop over time: steps of a protocol, steps of time, error control, end conditions.

Legend in layout.py; equations in docs/discharge-solver.md.
"""

from __future__ import annotations

import hashlib
import math
from collections import namedtuple
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
    CLOCK,
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
    NO_START,
    NO_STEP,
    PASSED,
    PAST,
    POWER,
    PREDICTED,
    SINCE,
    STILL,
    STRIDE,
    TABLE,
    TIME,
    TOLERANCE,
    VALUE,
    VOLTAGE_1,
    VOLTAGE_2,
    VOLTAGE_3,
    VOLTAGE_NOW,
    WORK_ROWS,
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

ARRAYS = namedtuple(
    "ARRAYS",
    "work particles factors fixed table numbers potential background groups speeds modes shells",
)
"""What the functions below share; legend in layout.py."""

KEPT = 256  # rows of the history before it grows
SHORTEST = 1e-7  # step of time, s
EMPTY = -1.0  # salt concentration below which a run has failed, mol m-3
ALMOST_EMPTY = 1.0  # the same where no solution is found
BEYOND = 5e-3  # stoichiometry beyond 0 or 1 at which a run has failed
WITHIN = -1e-4  # the same where no solution is found
AT_END = 1e-7  # V, or relative: how closely an end condition is met


@njit(nogil=True, error_model="numpy")
def reset(work, particles, salt, lithium):
    """Start with nothing but salt and lithium: a run before may have left NaN, which a weight of zero does not cure."""
    for row in range(WORK_ROWS):
        for k in range(max(lithium.shape[1], 2 * salt.size) + 4):
            work[row * STRIDE + k] = 0.0
    for k in range(salt.size):
        work[C + k] = salt[k]
    for v in range(lithium.shape[0]):
        for m in range(lithium.shape[1]):
            particles[v * STRIDE + m] = lithium[v, m]


@njit(nogil=True, error_model="numpy")
def keep(work, particles, salt, lithium):
    """Hand salt and lithium back."""
    for k in range(salt.size):
        salt[k] = work[C1 + k]
    for v in range(lithium.shape[0]):
        for m in range(lithium.shape[1]):
            lithium[v, m] = particles[v * STRIDE + m]


@njit(nogil=True, error_model="numpy")
def begin(arrays, shape, variables, clock, control, target):
    """Find the currents at the instant at which a step begins, while salt and lithium stay; return iterations."""
    work, particles = arrays.work, arrays.particles
    cells, negative, first_positive, populations = shape
    for v in range(variables):  # no step before, from which a diffusivity could be extrapolated
        for m in range(populations * cells):
            particles[PAST + v * STRIDE + m] = particles[v * STRIDE + m]
    for k in range(cells):
        work[C1 + k] = work[C + k]
        work[HISTORY + k] = STILL * work[C + k]
    means(work, arrays.groups, arrays.modes, arrays.shells, particles)
    step_particles(arrays, 0.0, 1.0)
    conductivities(work, arrays.fixed, arrays.table, arrays.background, cells, 0.0)
    current = clock[CURRENT_NOW]
    if control in (CURRENT, TABLE):
        current = target
    elif control == POWER and current == 0.0:
        current = 1e-3 * target
    spread_current(work, arrays.fixed, cells, negative, first_positive, populations, current)
    iterations, clock[CURRENT_NOW], clock[VOLTAGE_NOW] = newton(
        work, arrays.fixed, arrays.table, arrays.potential, arrays.numbers, shape, STILL, control, target, current
    )
    shift_history(work, cells, populations * cells)
    clock[CURRENT_1], clock[VOLTAGE_1] = clock[CURRENT_NOW], clock[VOLTAGE_NOW]
    clock[KNOWN_TIMES], clock[LAST] = 1.0, 1.0
    clock[SINCE], clock[PASSED] = 0.0, 0.0
    return iterations


@njit(nogil=True, error_model="numpy")
def attempt(arrays, shape, clock, control, target, dt):
    """Take a step of time from the last accepted one; return iterations. `target` is that at its end."""
    work = arrays.work
    cells, negative, first_positive, populations = shape
    last, before, known = clock[LAST], clock[BEFORE_LAST], clock[KNOWN_TIMES]
    a1, a2, a3 = 1.0, 0.0, 0.0
    if known == 2.0:
        a1, a2 = 1 + dt / last, -dt / last
    elif known > 2.0:
        both = last + before
        a1 = (dt + last) * (dt + both) / (last * both)
        a2 = -dt * (dt + both) / (last * before)
        a3 = dt * (dt + last) / (both * before)
    extrapolate(work, cells, populations * cells, a1, a2, a3)
    clock[PREDICTED] = a1 * clock[VOLTAGE_1] + a2 * clock[VOLTAGE_2] + a3 * clock[VOLTAGE_3]
    current = a1 * clock[CURRENT_1] + a2 * clock[CURRENT_2] + a3 * clock[CURRENT_3]
    if control in (CURRENT, TABLE):
        current = target
    for k in range(negative, first_positive + 1):  # known, and not to drift
        work[I + k] = current
    # BDF2, at first implicit Euler: dc/dt = rate c - history
    w = dt / last if known > 1.0 else 0.0
    rate = (1 + 2 * w) / (1 + w) / dt
    for k in range(cells):
        work[HISTORY + k] = ((1 + w) * work[C1 + k] - w * w / (1 + w) * work[C2 + k]) / dt
    step_particles(arrays, dt, last)
    conductivities(work, arrays.fixed, arrays.table, arrays.background, cells, dt)
    iterations, clock[CURRENT_NOW], clock[VOLTAGE_NOW] = newton(
        work, arrays.fixed, arrays.table, arrays.potential, arrays.numbers, shape, rate, control, target, current
    )
    return iterations


@njit(nogil=True, error_model="numpy")
def accept(arrays, shape, clock, dt):
    """Make the end of the step the present."""
    cells, _, _, populations = shape
    advance_particles(arrays)
    shift_history(arrays.work, cells, populations * cells)
    clock[PASSED] += 0.5 * dt * (clock[CURRENT_1] + clock[CURRENT_NOW])
    clock[VOLTAGE_3], clock[VOLTAGE_2], clock[VOLTAGE_1] = clock[VOLTAGE_2], clock[VOLTAGE_1], clock[VOLTAGE_NOW]
    clock[CURRENT_3], clock[CURRENT_2], clock[CURRENT_1] = clock[CURRENT_2], clock[CURRENT_1], clock[CURRENT_NOW]
    clock[BEFORE_LAST], clock[LAST] = clock[LAST], dt
    clock[KNOWN_TIMES] = min(clock[KNOWN_TIMES] + 1.0, 3.0)
    clock[TIME] += dt
    clock[SINCE] += dt


@njit(nogil=True, error_model="numpy")
def growth(arrays, shape, clock):
    """Return the factor to the next step of time that the error allows."""
    if clock[KNOWN_TIMES] < 3.0:
        return 2.0
    cells, _, _, populations = shape
    error = math.fabs(clock[VOLTAGE_NOW] - clock[PREDICTED])
    error = max(error, prediction_error(arrays.work, arrays.fixed, cells, populations * cells))
    return min(max(0.9 * (arrays.numbers[TOLERANCE] / (error + 1e-12)) ** (1 / 3), 0.3), 2.5)


@njit(nogil=True, error_model="numpy")
def run(
    shape, numbers, fixed, table, potential, background, groups, speeds, modes, shells, controls, limits, starts, times,
    currents, salt, lithium, width, work, particles, factors
):  # fmt: skip
    """Do the steps one after the other.

    Returns the history, its number of rows, why each step ended and the reason of a failure; `salt` and `lithium`
    become those of the end.
    """
    arrays = ARRAYS(
        borrowed(work), borrowed(particles), borrowed(factors), borrowed(fixed), borrowed(table), borrowed(numbers),
        borrowed(potential), borrowed(background), borrowed(groups), borrowed(speeds), borrowed(modes),
        borrowed(shells),
    )  # fmt: skip
    cells, _, _, populations = shape
    slots = populations * cells
    variables = lithium.shape[0] if lithium.shape[0] >= modes.shape[1] else np.int64(0)  # shells remember the last step
    reset(work, particles, salt, lithium)
    clock = np.zeros(CLOCK)
    history = np.empty((KEPT, width))
    ends = np.full(controls.size, -1)
    row = np.int64(0)
    reason = GOOD
    for step in range(controls.size):
        control, target = controls[step], limits[step, VALUE]
        corner = starts[step]
        if control == TABLE:
            target = currents[corner]
        if begin(arrays, shape, variables, clock, control, target) == 0:
            reason = trouble(arrays.work, arrays.fixed, cells, slots, ALMOST_EMPTY, WITHIN)
            reason = NO_START if reason == GOOD else reason
            ends[step] = FAILED
            break
        if row == history.shape[0]:
            history = grown(history)
        record(arrays.work, arrays.fixed, arrays.numbers, history, row, shape, clock, step)
        row += 1
        left, end = margin(limits, step, control, clock[VOLTAGE_NOW], clock[CURRENT_NOW], 0.0)
        if left <= 0.0:
            ends[step] = end
            continue
        dt = numbers[FIRST]
        bracketed = False  # between `low` and `high` seconds an end condition is met
        low = high = left_low = left_high = newest = 0.0
        while True:
            duration = limits[step, DURATION]
            if control == TABLE:  # no step across a corner of the table
                while corner + 1 < starts[step + 1] and times[corner] <= clock[SINCE] * (1 + 1e-12):
                    corner += 1
                duration = min(duration, times[corner])
            remaining = duration - clock[SINCE]
            if remaining <= 1e-12 * duration:
                ends[step] = LONGEST
                break
            if not bracketed and dt < remaining < 1.5 * dt:
                dt = 0.5 * remaining
            dt = min(dt, remaining)
            if control == TABLE:
                share = (clock[SINCE] + dt - times[corner - 1]) / (times[corner] - times[corner - 1])
                target = currents[corner - 1] + share * (currents[corner] - currents[corner - 1])
            if attempt(arrays, shape, clock, control, target, dt) == 0:
                bracketed = False
                dt *= 0.25
                if dt < SHORTEST:
                    reason = trouble(arrays.work, arrays.fixed, cells, slots, ALMOST_EMPTY, WITHIN)
                    reason = NO_STEP if reason == GOOD else reason
                    ends[step] = FAILED
                    break
                continue
            factor = growth(arrays, shape, clock)
            if not bracketed and factor < 0.7 and dt > SHORTEST:
                dt *= factor
                continue
            # end conditions, closed in by false position; an end that stays twice weighs half (Illinois)
            passed = clock[PASSED] + 0.5 * dt * (clock[CURRENT_1] + clock[CURRENT_NOW])
            left_now, end = margin(limits, step, control, clock[VOLTAGE_NOW], clock[CURRENT_NOW], passed)
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
            accept(arrays, shape, clock, dt)
            if row == history.shape[0]:
                history = grown(history)
            record(arrays.work, arrays.fixed, arrays.numbers, history, row, shape, clock, step)
            row += 1
            if bracketed or left <= AT_END:
                ends[step] = end
                break
            reason = trouble(arrays.work, arrays.fixed, cells, slots, EMPTY, BEYOND)
            if reason != GOOD:
                ends[step] = FAILED
                break
            dt *= factor
        if ends[step] == FAILED:
            break
    keep(work, particles, salt, lithium)
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
