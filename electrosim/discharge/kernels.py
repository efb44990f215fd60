"""The compiled loop over time: prediction, Newton's method, error control, end conditions, steps of a protocol.

Legend in layout.py; equations in docs/discharge-solver.md.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from electrosim.discharge.layout import (
    PAST,
    A,
    AGREED,
    AREA,
    B,
    BOTTOM,
    C,
    C1,
    C2,
    C3,
    CHARGE,
    CLOSE,
    CP,
    CURRENT,
    DELTA,
    DELTA_I,
    DEPLETED,
    DURATION,
    EXHAUSTED,
    F_J,
    FAILED,
    FIRST,
    GOOD,
    HALF,
    HISTORY,
    I,
    I1,
    I2,
    I3,
    IONIC,
    IP,
    J,
    J1,
    J2,
    J3,
    JP,
    LEAST_CURRENT,
    LONGEST,
    LOWER_CURRENT,
    LOWER_VOLTAGE,
    MAXIMUM,
    MAXIMUM_VOLTAGE,
    MEAN,
    MINIMUM,
    MOST_CHARGE,
    NO_START,
    NO_STEP,
    POWER,
    PSI_C,
    PSI_I,
    PSI,
    RESISTIVITY,
    RESISTIVITY_C,
    RIGHT,
    SIGMA,
    SINK,
    SOLID,
    STRIDE,
    SURFACE,
    TABLE,
    TABLE_CELLS,
    THERMAL,
    TOLERANCE,
    UPPER_VOLTAGE,
    VALUE,
    VOLTAGE,
    WORK_ROWS,
    X,
    X_C,
)
from electrosim.discharge.machine_kernels import borrowed
from electrosim.discharge.particle_kernels import (
    advance_modes,
    advance_shells,
    mean_concentrations,
    mode_factors,
    step_modes,
    step_shells,
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
SHORTEST = 1e-7  # step of time, s
STILL = 1e30  # rate of change that keeps c where it is, s-1
EMPTY = -1.0  # salt concentration below which a run has failed, mol m-3
BEYOND = 5e-3  # stoichiometry beyond 0 or 1 at which a run has failed
AT_END = 1e-7  # V, or relative: how closely an end condition is met


@njit(cache=True, nogil=True, error_model="numpy")
def newton(work, fixed, table, potential, numbers, shape, rate, control, target, current):
    """Solve the equations at the end of a step; return iterations (0 if it failed), current and terminal voltage."""
    cells, negative, first_positive, populations = shape[0], shape[1], shape[2], shape[3]
    count = 2 * cells - 1
    thermal = numbers[THERMAL]
    most = MOST_STARTING_ITERATIONS if rate == STILL else MOST_ITERATIONS
    columns = 2 if control == VOLTAGE or control == POWER else 1
    for iteration in range(1, most + 1):
        electrolyte(work, table, numbers, cells)
        kinetics(work, fixed, table, potential, cells, populations, thermal)
        condense(work, fixed, cells, populations)
        reach = math.inf
        if negative == 0:
            reach = lithium_surface(work, fixed, table, numbers, current)
        assemble(work, fixed, cells, negative, first_positive, current, rate)
        eliminate(work, count)
        for column in range(columns):
            substitute(work, count, RIGHT + column * STRIDE, DELTA + column * STRIDE)
        change = 0.0
        if columns == 2:
            change = current_change(work, fixed, numbers, cells, negative, first_positive, control, target, current)
        largest = max(largest_change(work, fixed, cells, populations), math.fabs(change) / reach)
        if not largest < 1e12:
            return 0, current, 0.0
        scale = min(1.0, 2.0 / largest)
        if scale == 1.0 and thermal * largest * largest < numbers[CLOSE]:
            voltage = terminal_voltage(work, fixed, numbers, cells, negative, first_positive, current, change)
            if negative == 0:
                work[AGREED + SURFACE] = work[PSI + SURFACE] + work[PSI_C + SURFACE] * work[DELTA + 1]
                work[AGREED + SURFACE] += work[PSI_I + SURFACE] * change
            apply_changes(work, fixed, cells, populations, 1.0)
            return iteration, current + change, voltage
        apply_changes(work, fixed, cells, populations, scale)
        current += scale * change
    return 0, current, 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def current_change(work, fixed, numbers, cells, negative, first_positive, control, target, current):
    """Return the change of the current that meets the control, and add what follows from it to the solved changes."""
    change = voltage = slope = 0.0
    for trial in range(2):  # the voltage is linear in the change of the current: two points tell its slope
        at = terminal_voltage(work, fixed, numbers, cells, negative, first_positive, current, change)
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


@njit(cache=True, nogil=True, error_model="numpy")
def step_particles(work, fixed, table, groups, speeds, modes, shells, particles, factors, dt, last):
    """Step the particles of all slots by dt; `last` is the step before, for the extrapolation of diffusivities."""
    for g in range(groups.shape[0]):
        if groups[g, 2] < 0:
            mode_factors(modes, factors[g], speeds[g] * dt)
            step_modes(work, fixed, particles, factors[g], groups[g, 0], groups[g, 1], modes)
        else:
            step_shells(
                work, fixed, particles, groups[g, 0], groups[g, 1], speeds[g], shells, table, groups[g, 2], dt,
                0.5 * dt / last,
            )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def advance_particles(work, fixed, groups, modes, shells, particles, factors):
    """Bring the particles of all slots to the end of the step."""
    for g in range(groups.shape[0]):
        if groups[g, 2] < 0:
            advance_modes(work, fixed, particles, factors[g], groups[g, 0], groups[g, 1], modes.shape[1] - 1)
        else:
            advance_shells(work, fixed, particles, groups[g, 0], groups[g, 1], shells.shape[1])
    means(work, groups, modes, shells, particles)


@njit(cache=True, nogil=True, error_model="numpy")
def means(work, groups, modes, shells, particles):
    """Write the mean concentrations in all particles."""
    for g in range(groups.shape[0]):
        weights = modes[2, :1] if groups[g, 2] < 0 else shells[2]
        mean_concentrations(work, particles, groups[g, 0], groups[g, 1], weights)


@njit(cache=True, nogil=True, error_model="numpy")
def conductivities(work, fixed, table, background, cells, dt):
    """Write half a cell over its electronic conductivity, at the mean concentration expected after dt."""
    for k in range(cells):
        sigma = fixed[SIGMA + k]
        if background[k] >= 0:
            mean = work[MEAN + k] - 0.5 * dt * fixed[SINK + k] * (work[J1 + k] + work[J + k])
            place = min(max(mean / fixed[MAXIMUM + k] * TABLE_CELLS, 0.0), TABLE_CELLS - 1e-6)
            cell = int(place)
            t = place - cell
            o = background[k] + 4 * cell
            sigma += table[o] + t * (table[o + 1] + t * (table[o + 2] + t * table[o + 3]))
        work[SOLID + k] = fixed[HALF + k] / sigma


@njit(cache=True, nogil=True, error_model="numpy")
def extrapolate(work, cells, slots, a1, a2, a3):
    """Predict all unknowns from the last three times."""
    for k in range(cells):
        work[CP + k] = work[C + k] = a1 * work[C1 + k] + a2 * work[C2 + k] + a3 * work[C3 + k]
        work[IP + k] = work[I + k] = a1 * work[I1 + k] + a2 * work[I2 + k] + a3 * work[I3 + k]
    for m in range(slots):
        work[JP + m] = work[J + m] = a1 * work[J1 + m] + a2 * work[J2 + m] + a3 * work[J3 + m]


@njit(cache=True, nogil=True, error_model="numpy")
def shift_history(work, cells, slots):
    """Make the present the last accepted time."""
    for k in range(cells):
        work[C3 + k], work[C2 + k], work[C1 + k] = work[C2 + k], work[C1 + k], work[C + k]
        work[I3 + k], work[I2 + k], work[I1 + k] = work[I2 + k], work[I1 + k], work[I + k]
    for m in range(slots):
        work[J3 + m], work[J2 + m], work[J1 + m] = work[J2 + m], work[J1 + m], work[J + m]


@njit(cache=True, nogil=True, error_model="numpy")
def prediction_error(work, fixed, cells, slots):
    """Return the largest difference between what was predicted and what came out, in volts."""
    largest = 0.0
    for k in range(cells):
        largest = max(largest, 0.1 * math.fabs(work[C + k] - work[CP + k]) / (math.fabs(work[C + k]) + 20.0))
    for m in range(slots):
        if fixed[AREA + m] > 0.0:
            largest = max(largest, 0.5 * math.fabs(work[F_J + m] * (work[J + m] - work[JP + m])))
    return largest


@njit(cache=True, nogil=True, error_model="numpy")
def record(work, fixed, numbers, history, row, shape, time, voltage, current, step):
    """Write one row of the history: time, voltage, current, step and, if the row has room, all fields."""
    history[row, 0], history[row, 1], history[row, 2], history[row, 3] = time, voltage, current, step
    if history.shape[1] == 4:
        return
    cells, negative, first_positive, populations = shape[0], shape[1], shape[2], shape[3]
    slots = populations * cells
    at_c, at_i = 4, 4 + cells
    at_ionic, at_solid, at_slots = 5 + 2 * cells, 5 + 3 * cells, 5 + 4 * cells
    for k in range(cells):
        history[row, at_c + k] = work[C + k]
        history[row, at_i + k] = work[I + k]
    history[row, at_i + cells] = 0.0
    if negative == 0:
        history[row, at_i] = current
    # potentials, from the collector of the negative electrode on; along is phi_e - X
    solid = -current * (numbers[BOTTOM] + work[SOLID]) + 0.25 * work[I + 1] * work[SOLID]
    along = -work[AGREED + SURFACE]
    before = 0.0
    for k in range(cells):
        delta_c = work[DELTA + 2 * k + 1]
        integral = work[X + k] + work[X_C + k] * delta_c
        half = fixed[IONIC + k] * (work[RESISTIVITY + k] + work[RESISTIVITY_C + k] * delta_c)
        if k < negative:
            if k > 0:
                solid -= (current - work[I + k]) * (work[SOLID + k - 1] + work[SOLID + k])
            along = solid - work[AGREED + k]
            history[row, at_solid + k] = solid
        else:
            along -= work[I + k] * (before + half) if k > 0 else current * half
            if k == negative and k > 0:
                along += 0.25 * (current - work[I + k - 1]) * before
            if k == first_positive:
                along += 0.25 * (current - work[I + k + 1]) * half
            history[row, at_solid + k] = along + work[AGREED + k] if k >= first_positive else math.nan
        history[row, at_ionic + k] = along + integral
        before = half
    for m in range(slots):
        history[row, at_slots + m] = work[A + m] + work[B + m] * work[J + m]
        history[row, at_slots + slots + m] = work[MEAN + m]
        history[row, at_slots + 2 * slots + m] = work[J + m]


@njit(cache=True, nogil=True, error_model="numpy")
def grown(history):
    """Return a history with room for twice as many rows."""
    larger = np.empty((2 * history.shape[0], history.shape[1]))
    for row in range(history.shape[0]):
        for column in range(history.shape[1]):
            larger[row, column] = history[row, column]
    return larger


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True)
def discharge(
    shape, numbers, fixed, table, potential, background, groups, speeds, modes, shells, controls, limits, starts, times,
    currents, salt, lithium, width, work, particles, factors
):  # fmt: skip
    """Do the steps one after the other.

    Returns the history, its number of rows, why each step ended, the reason of a failure and the final state.
    """
    work, particles, fixed, table = borrowed(work), borrowed(particles), borrowed(fixed), borrowed(table)
    potential, background, numbers = borrowed(potential), borrowed(background), borrowed(numbers)
    groups, speeds, modes, shells = borrowed(groups), borrowed(speeds), borrowed(modes), borrowed(shells)
    limits, factors = borrowed(limits), borrowed(factors)
    cells, negative, first_positive, populations = shape[0], shape[1], shape[2], shape[3]
    slots = populations * cells
    for n in range(WORK_ROWS):  # what an earlier run left may be NaN, and a weight of zero does not make it zero
        for k in range(max(slots, 2 * cells) + 4):
            work[n * STRIDE + k] = 0.0
    with_shells = lithium.shape[0] > modes.shape[1] - 1
    for v in range(lithium.shape[0]):
        for m in range(slots):
            particles[v * STRIDE + m] = lithium[v, m]
    history = np.empty((256, width))
    ends = np.full(controls.size, -1)
    row = np.int64(0)
    time = 0.0
    current = 0.0
    for k in range(cells):
        work[C + k] = salt[k]
    reason = GOOD
    for step in range(controls.size):
        control = controls[step]
        following = control == TABLE
        target = limits[step, VALUE]
        first_row, last_row = starts[step], starts[step + 1]
        if following:
            target = currents[first_row]
        # the instant at which the step begins: salt and lithium stay, currents adjust
        if with_shells:
            for v in range(lithium.shape[0]):
                for m in range(slots):
                    particles[PAST + v * STRIDE + m] = particles[v * STRIDE + m]
        step_particles(work, fixed, table, groups, speeds, modes, shells, particles, factors, 0.0, 1.0)
        means(work, groups, modes, shells, particles)
        conductivities(work, fixed, table, background, cells, 0.0)
        if control == CURRENT or following:
            current = target
        elif control == POWER and current == 0.0:
            current = 1e-3 * target
        for k in range(cells):
            work[C1 + k] = work[C + k]
            work[HISTORY + k] = STILL * work[C + k]
        spread_current(work, fixed, cells, negative, first_positive, populations, current)
        iterations, current, voltage = newton(
            work, fixed, table, potential, numbers, shape, STILL, control, target, current
        )
        if iterations == 0:
            reason = trouble(work, fixed, cells, slots, 1.0, -1e-4)
            reason = NO_START if reason == GOOD else reason
            ends[step] = FAILED
            break
        if row == history.shape[0]:
            history = grown(history)
        record(work, fixed, numbers, history, row, shape, time, voltage, current, step)
        row += 1
        shift_history(work, cells, slots)
        began = time
        charge = 0.0
        dt1 = dt2 = 1.0
        voltage1, voltage2, voltage3, current1, current2, current3 = voltage, 0.0, 0.0, current, 0.0, 0.0
        known_times = 1
        dt = numbers[FIRST]
        left, end = margin(limits, step, control, voltage, current, charge)
        if left <= 0.0:
            ends[step] = end
            continue
        bracketed = False
        low = high = left_low = left_high = 0.0
        corner = first_row + 1
        while True:
            duration = limits[step, DURATION]
            if following:
                while corner < last_row and times[corner] <= (time - began) * (1 + 1e-12):
                    corner += 1
                if corner == last_row:
                    ends[step] = LONGEST
                    break
                duration = min(duration, times[corner])
            remaining = duration - (time - began)
            dt = min(dt, remaining)
            if remaining - dt < 0.5 * dt and remaining > dt and not bracketed:
                dt = 0.5 * remaining
            # prediction
            a1, a2, a3 = 1.0, 0.0, 0.0
            if known_times == 2:
                a1, a2 = 1 + dt / dt1, -dt / dt1
            elif known_times > 2:
                both = dt1 + dt2
                a1 = (dt + dt1) * (dt + both) / (dt1 * both)
                a2 = -dt * (dt + both) / (dt1 * dt2)
                a3 = dt * (dt + dt1) / (both * dt2)
            extrapolate(work, cells, slots, a1, a2, a3)
            predicted_voltage = a1 * voltage1 + a2 * voltage2 + a3 * voltage3
            current = a1 * current1 + a2 * current2 + a3 * current3
            if control == CURRENT:
                current = target
            elif following:
                share = (time - began + dt - times[corner - 1]) / (times[corner] - times[corner - 1])
                current = currents[corner - 1] + share * (currents[corner] - currents[corner - 1])
            for k in range(negative, first_positive + 1):
                work[I + k] = current
            # formula of the step
            if known_times == 1:
                rate = 1 / dt
                for k in range(cells):
                    work[HISTORY + k] = work[C1 + k] / dt
            else:
                w = dt / dt1
                rate = (1 + 2 * w) / (1 + w) / dt
                h1, h2 = (1 + w) / dt, w * w / (1 + w) / dt
                for k in range(cells):
                    work[HISTORY + k] = h1 * work[C1 + k] - h2 * work[C2 + k]
            step_particles(work, fixed, table, groups, speeds, modes, shells, particles, factors, dt, dt1)
            conductivities(work, fixed, table, background, cells, dt)
            iterations, current, voltage = newton(
                work, fixed, table, potential, numbers, shape, rate, control, target, current
            )
            if iterations == 0:
                bracketed = False
                dt *= 0.25
                if dt < SHORTEST:
                    reason = trouble(work, fixed, cells, slots, 1.0, -1e-4)
                    reason = NO_STEP if reason == GOOD else reason
                    ends[step] = FAILED
                    break
                continue
            factor = 2.0
            if known_times > 2 and not bracketed:
                error = max(math.fabs(voltage - predicted_voltage), prediction_error(work, fixed, cells, slots))
                factor = min(max(0.9 * (numbers[TOLERANCE] / (error + 1e-12)) ** (1 / 3), 0.3), 2.5)
                if error > 1.5 * numbers[TOLERANCE] and factor < 0.7 and dt > SHORTEST:
                    dt *= factor
                    continue
            # end conditions, closed in by false position with halved weights
            passed = charge + 0.5 * dt * (current1 + current)
            left_now, end_now = margin(limits, step, control, voltage, current, passed)
            if left_now < -AT_END or (bracketed and left_now > AT_END):
                if not bracketed:
                    bracketed, low, left_low, high, left_high = True, 0.0, left, dt, left_now
                elif left_now < 0.0:
                    high, left_high = dt, left_now
                    left_low *= 0.5
                else:
                    low, left_low = dt, left_now
                    left_high *= 0.5
                dt = low + (high - low) * left_low / (left_low - left_high)
                if high - low > 1e-9 * high and dt > SHORTEST:
                    continue
            # accepted
            time += dt
            charge = passed
            left = left_now
            advance_particles(work, fixed, groups, modes, shells, particles, factors)
            if row == history.shape[0]:
                history = grown(history)
            record(work, fixed, numbers, history, row, shape, time, voltage, current, step)
            row += 1
            shift_history(work, cells, slots)
            voltage3, voltage2, voltage1 = voltage2, voltage1, voltage
            current3, current2, current1 = current2, current1, current
            dt2, dt1 = dt1, dt
            known_times = min(known_times + 1, 3)
            if bracketed or left <= AT_END:
                ends[step] = end_now
                break
            if time - began >= limits[step, DURATION] * (1 - 1e-12):
                ends[step] = LONGEST
                break
            reason = trouble(work, fixed, cells, slots, EMPTY, BEYOND)
            if reason != GOOD:
                ends[step] = FAILED
                break
            dt *= factor
        if ends[step] == FAILED:
            break
    for k in range(cells):
        salt[k] = work[C1 + k]
    for v in range(lithium.shape[0]):
        for m in range(slots):
            lithium[v, m] = particles[v * STRIDE + m]
    return history, row, ends, reason
