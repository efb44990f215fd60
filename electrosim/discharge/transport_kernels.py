"""Compiled loops for one Newton step: electrolyte, kinetics, the five diagonals, elimination, terminal voltage.

Legend in layout.py; equations in docs/discharge-solver.md, whose numbers stand beside them.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from electrosim.discharge.layout import (
    AGREED,
    ANION,
    ANION_C,
    AREA,
    BACKGROUND,
    DELTA,
    DIAGONAL,
    EXCHANGE,
    EXPONENT,
    F_C,
    F_J,
    FILM,
    HALF,
    HISTORY,
    IONIC,
    J1,
    LEVEL,
    LOGARITHM,
    LOWER1,
    LOWER2,
    MAXIMUM,
    MEAN,
    PLACE,
    POTENTIAL,
    PSI,
    PSI_C,
    PSI_I,
    RATE,
    REACH,
    RESISTANCE,
    RESISTANCE_C,
    RESISTANCES,
    RESISTIVITY,
    RESISTIVITY_C,
    REST,
    RIGHT,
    RIGHT_I,
    SHARE,
    SIGMA,
    SINK,
    SLOPE,
    SOLID,
    SPACING,
    SPREAD,
    STORAGE,
    SURFACE,
    TABLE_CELLS,
    THERMAL,
    UPPER1,
    UPPER2,
    X_C,
    A,
    B,
    C,
    F,
    I,
    J,
    X,
)
from electrosim.discharge.machine_kernels import (
    logarithm,
)

SALT_FLOOR = 0.1  # mol m-3; from 0.1 to 0.001 the end of an emptying discharge moves by 0.1 s
LITHIUM_FLOOR = 1e-5  # of the maximum concentration
WALL = 0.25  # V; how the potential bends per square of a table cell where a particle is fuller than full


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def electrolyte(work, fixed, table, cells):
    """Look up the properties of the electrolyte."""
    spacing, factor = fixed[SPACING], fixed[LOGARITHM]
    for k in range(cells):
        c = work[C + k]
        spread = math.sqrt(c * c + SALT_FLOOR * SALT_FLOOR)
        level = 0.5 * (c + spread)
        root = math.sqrt(level)
        work[LEVEL + k] = level
        work[SPREAD + k] = spread
        work[PLACE + k] = min(root * spacing, TABLE_CELLS - 1e-6)
        work[SLOPE + k] = 0.5 * spacing * root / spread
        work[X + k] = factor * logarithm(level)
    for k in range(cells):  # apart from the others: a look-up does not go into vector instructions
        cell = int(work[PLACE + k])
        t = work[PLACE + k] - cell
        o = 16 * cell
        work[RESISTIVITY + k] = table[o] + t * (table[o + 1] + t * (table[o + 2] + t * table[o + 3]))
        work[RESISTIVITY_C + k] = table[o + 1] + t * (2 * table[o + 2] + t * 3 * table[o + 3])
        work[RESISTANCE + k] = table[o + 4] + t * (table[o + 5] + t * (table[o + 6] + t * table[o + 7]))
        work[RESISTANCE_C + k] = table[o + 5] + t * (2 * table[o + 6] + t * 3 * table[o + 7])
        work[ANION + k] = table[o + 8] + t * (table[o + 9] + t * (table[o + 10] + t * table[o + 11]))
        work[ANION_C + k] = table[o + 9] + t * (2 * table[o + 10] + t * 3 * table[o + 11])
        work[X + k] += table[o + 12] + t * (table[o + 13] + t * (table[o + 14] + t * table[o + 15]))
        work[X_C + k] = table[o + 13] + t * (2 * table[o + 14] + t * 3 * table[o + 15])
    for k in range(cells):
        slope, resistivity, resistance = work[SLOPE + k], 1 / work[RESISTIVITY + k], 1 / work[RESISTANCE + k]
        work[RESISTIVITY + k] = resistivity
        work[RESISTIVITY_C + k] *= -slope * resistivity * resistivity
        work[RESISTANCE + k] = resistance
        work[RESISTANCE_C + k] *= -slope * resistance * resistance
        work[ANION_C + k] *= slope
        work[X_C + k] = factor / work[SPREAD + k] + slope * work[X_C + k]


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def kinetics(work, fixed, table, places, cells, populations, thermal):
    """Evaluate the potential of each slot and its slopes."""
    slots = populations * cells
    for m in range(cells, slots):  # further populations meet the same electrolyte
        for row in (LEVEL, SPREAD, X, X_C):
            work[row + m] = work[row + m - cells]
    for m in range(slots):
        work[PLACE + m] = (work[A + m] + work[B + m] * work[J + m]) / fixed[MAXIMUM + m] * TABLE_CELLS
    for m in range(slots):
        cell = int(min(max(work[PLACE + m], 0.0), TABLE_CELLS - 1.0))
        o = places[POTENTIAL + m] + 4 * cell
        t = min(max(work[PLACE + m] - cell, 0.0), 1.0)
        beyond = work[PLACE + m] - cell - t  # outside the table: a parabola
        slope = table[o + 1] + t * (2 * table[o + 2] + t * 3 * table[o + 3])
        work[F + m] = table[o] + t * (table[o + 1] + t * (table[o + 2] + t * table[o + 3]))
        work[F + m] += beyond * (slope - WALL * math.fabs(beyond))
        work[F_J + m] = slope - 2 * WALL * math.fabs(beyond)
    for m in range(slots):
        j, b, maximum, film = work[J + m], work[B + m], fixed[MAXIMUM + m], fixed[FILM + m]
        s = work[A + m] + b * j
        room = maximum - s
        floor = LITHIUM_FLOOR * maximum
        low_spread = math.sqrt(s * s + floor * floor)
        high_spread = math.sqrt(room * room + floor * floor)
        square = fixed[RATE + m] * work[LEVEL + m] * 0.25 * (s + low_spread) * (room + high_spread)
        reach = math.sqrt(j * j + square)
        size = math.fabs(j) + reach
        eta = thermal * math.copysign(logarithm(size * size / square), j)
        work[REACH + m] = reach
        work[F + m] += eta + film * j + work[X + m]
        work[F_J + m] = (
            b * work[F_J + m] * TABLE_CELLS / maximum
            + 2 * thermal / reach * (1 - 0.5 * j * b * (1 / low_spread - 1 / high_spread))
            + film
        )
        work[F_C + m] = work[X_C + m] - thermal * j / (reach * work[SPREAD + m])


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def condense(work, fixed, cells, populations):
    """Let the slots of a cell agree on one potential, with the reaction currents that the ionic current leaves them."""
    for k in range(cells):
        conductance = potential = slope = 0.0
        surplus = work[I + k + 1] - work[I + k]
        for population in range(populations):
            m = population * cells + k
            y = fixed[AREA + m] / work[F_J + m]
            conductance += y
            potential += y * work[F + m]
            slope += y * work[F_C + m]
            surplus -= fixed[AREA + m] * work[J + m]
        work[PSI + k] = (potential + surplus) / conductance
        work[PSI_I + k] = 1 / conductance
        work[PSI_C + k] = slope / conductance


@njit(nogil=True, error_model="numpy")
def lithium_surface(work, fixed, table, current):
    """Evaluate the surface of lithium metal as one more cell: concentration, psi and its slopes."""
    rise = fixed[IONIC] * work[RESISTANCE] * work[ANION]
    work[C + SURFACE] = work[C] + current * rise
    electrolyte(work[SURFACE:], fixed, table, np.int64(1))
    exponent, thermal = fixed[EXPONENT], fixed[THERMAL]
    exchange = fixed[EXCHANGE] * (work[LEVEL + SURFACE] / fixed[REST]) ** exponent
    reach = math.sqrt(current * current + 4 * exchange * exchange)
    work[PSI + SURFACE] = 2 * thermal * math.asinh(0.5 * current / exchange) + work[X + SURFACE]
    slope = work[X_C + SURFACE] - 2 * thermal * current / reach * exponent / work[SPREAD + SURFACE]
    by_first = fixed[IONIC] * (work[RESISTANCE_C] * work[ANION] + work[RESISTANCE] * work[ANION_C])
    work[PSI_C + SURFACE] = slope * (1 + current * by_first)
    work[PSI_I + SURFACE] = 2 * thermal / reach + slope * rise
    return reach


@njit(nogil=True, error_model="numpy")
def assemble(work, fixed, cells, negative, first_positive, current, rate):
    """Write the five diagonals and the right-hand sides; `rate` is the factor of c in its rate of change [s-1]."""
    salt = salt_left = salt_right = salt_i = 0.0  # anion flux through the left face, and its slopes
    for k in range(cells):
        u = 2 * k
        next_flux = next_left = next_right = next_i = 0.0
        if k + 1 < cells:
            left, right = fixed[IONIC + k], fixed[IONIC + k + 1]
            conductance = 1 / (left * work[RESISTANCE + k] + right * work[RESISTANCE + k + 1])
            difference = work[C + k + 1] - work[C + k]
            flow = conductance * difference
            share = fixed[SHARE + k + 1]
            i = work[I + k + 1]
            next_i = share * work[ANION + k] + (1 - share) * work[ANION + k + 1]
            next_flux = flow + next_i * i
            next_left = (
                -conductance - flow * conductance * left * work[RESISTANCE_C + k] + share * work[ANION_C + k] * i
            )
            next_right = (
                conductance
                - flow * conductance * right * work[RESISTANCE_C + k + 1]
                + (1 - share) * work[ANION_C + k + 1] * i
            )
        storage = fixed[STORAGE + k]
        work[LOWER2 + u] = salt_left
        work[LOWER1 + u] = salt_i
        work[DIAGONAL + u] = storage * rate + salt_right - next_left
        work[UPPER1 + u] = -next_i
        work[UPPER2 + u] = -next_right
        work[RIGHT + u] = next_flux - salt - storage * (rate * work[C + k] - work[HISTORY + k])
        work[RIGHT_I + u] = 0.0
        salt, salt_left, salt_right, salt_i = next_flux, next_left, next_right, next_i
    for k in range(1, cells):
        u = 2 * k - 1
        i = work[I + k]
        if negative <= k <= first_positive:
            work[LOWER2 + u] = work[LOWER1 + u] = work[UPPER1 + u] = work[UPPER2 + u] = 0.0
            work[DIAGONAL + u] = work[RIGHT_I + u] = 1.0
            work[RIGHT + u] = current - i
        else:
            left, right = fixed[IONIC + k - 1], fixed[IONIC + k]
            solid = work[SOLID + k - 1] + work[SOLID + k]
            ionic = left * work[RESISTIVITY + k - 1] + right * work[RESISTIVITY + k]
            work[LOWER2 + u] = work[PSI_I + k - 1]
            work[LOWER1 + u] = -work[PSI_C + k - 1] - i * left * work[RESISTIVITY_C + k - 1]
            work[DIAGONAL + u] = -work[PSI_I + k] - work[PSI_I + k - 1] - solid - ionic
            work[UPPER1 + u] = work[PSI_C + k] - i * right * work[RESISTIVITY_C + k]
            work[UPPER2 + u] = work[PSI_I + k]
            work[RIGHT + u] = work[PSI + k - 1] - work[PSI + k] - (current - i) * solid + i * ionic
            work[RIGHT_I + u] = -solid


@njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
def eliminate(work, count):
    """Eliminate from both ends to the two unknowns in the middle, without pivoting, both right-hand sides along.

    From both ends, since each step waits for the one before: a processor does two such chains in the time of one. The
    inverse pivots take the place of the diagonal.
    """
    half = (count - 2) // 2
    for step in range(half + 1):
        v = count - 1 - step
        inverse = 1 / work[DIAGONAL + v]
        work[DIAGONAL + v] = inverse
        factor = work[UPPER1 + v - 1] * inverse
        work[DIAGONAL + v - 1] -= factor * work[LOWER1 + v]
        work[LOWER1 + v - 1] -= factor * work[LOWER2 + v]
        work[RIGHT + v - 1] -= factor * work[RIGHT + v]
        work[RIGHT_I + v - 1] -= factor * work[RIGHT_I + v]
        factor = work[UPPER2 + v - 2] * inverse
        work[UPPER1 + v - 2] -= factor * work[LOWER1 + v]
        work[DIAGONAL + v - 2] -= factor * work[LOWER2 + v]
        work[RIGHT + v - 2] -= factor * work[RIGHT + v]
        work[RIGHT_I + v - 2] -= factor * work[RIGHT_I + v]
        if step == half:
            break
        u = step
        inverse = 1 / work[DIAGONAL + u]
        work[DIAGONAL + u] = inverse
        factor = work[LOWER1 + u + 1] * inverse
        work[DIAGONAL + u + 1] -= factor * work[UPPER1 + u]
        work[UPPER1 + u + 1] -= factor * work[UPPER2 + u]
        work[RIGHT + u + 1] -= factor * work[RIGHT + u]
        work[RIGHT_I + u + 1] -= factor * work[RIGHT_I + u]
        factor = work[LOWER2 + u + 2] * inverse
        work[LOWER1 + u + 2] -= factor * work[UPPER1 + u]
        work[DIAGONAL + u + 2] -= factor * work[UPPER2 + u]
        work[RIGHT + u + 2] -= factor * work[RIGHT + u]
        work[RIGHT_I + u + 2] -= factor * work[RIGHT_I + u]


@njit(nogil=True, error_model="numpy", fastmath={"contract", "nsz"})
def substitute(work, count, right, solution):
    """Solve for the two unknowns in the middle and from there outwards."""
    half = (count - 2) // 2
    u, v = half, half + 1
    determinant = work[DIAGONAL + u] * work[DIAGONAL + v] - work[UPPER1 + u] * work[LOWER1 + v]
    x = (work[right + u] * work[DIAGONAL + v] - work[UPPER1 + u] * work[right + v]) / determinant
    y = (work[DIAGONAL + u] * work[right + v] - work[right + u] * work[LOWER1 + v]) / determinant
    work[solution] = work[solution + count + 1] = 0.0
    work[solution + u + 1], work[solution + v + 1] = x, y
    left, left_next, onward, onward_next = x, y, y, x
    for step in range(half + 1):
        v = half + 2 + step
        value = work[right + v] - work[LOWER2 + v] * onward_next - work[LOWER1 + v] * onward
        onward, onward_next = value * work[DIAGONAL + v], onward
        work[solution + v + 1] = onward
        if step == half:
            break
        u = half - 1 - step
        value = work[right + u] - work[UPPER2 + u] * left_next - work[UPPER1 + u] * left
        left, left_next = value * work[DIAGONAL + u], left
        work[solution + u + 1] = left


@njit(nogil=True, error_model="numpy")
def terminal_voltage(work, fixed, cells, negative, first_positive, current, change):
    """Return the voltage between the terminals after the solved changes and a change of the current, to first order.

    It is summed along the solid, so that it stays exact where the salt runs out.
    """
    n, p = max(negative - 1, 0), first_positive
    c, i = DELTA + 1, DELTA  # the change of c of cell k stands at c + 2 k, that of i of face f at i + 2 f
    through = current + change
    voltage = (
        work[PSI + p] + work[PSI_I + p] * (work[i + 2 * p + 2] - work[i + 2 * p]) + work[PSI_C + p] * work[c + 2 * p]
    )
    if negative:
        voltage -= work[PSI + n] + work[PSI_I + n] * (work[i + 2 * n + 2] - work[i + 2 * n])
        voltage -= work[PSI_C + n] * work[c + 2 * n]
        voltage -= (through - 0.25 * (work[I + 1] + work[i + 2])) * work[SOLID]
    else:
        voltage -= work[PSI + SURFACE] + work[PSI_I + SURFACE] * change + work[PSI_C + SURFACE] * work[c]
    for k in range(n, p + 1):
        half = fixed[IONIC + k] * (work[RESISTIVITY + k] + work[RESISTIVITY_C + k] * work[c + 2 * k])
        if negative <= k < p:
            voltage -= 2 * through * half
        else:  # from the centre of the cell to the separator the current grows to its full value
            face = k + 1 if k == p else k
            voltage -= (0.75 * through + 0.25 * (work[I + face] + work[i + 2 * face])) * half
    for f in range(1, cells):
        if f < negative or f > p:
            voltage -= (through - work[I + f] - work[i + 2 * f]) * (work[SOLID + f - 1] + work[SOLID + f])
    last = cells - 1
    voltage -= (through - 0.25 * (work[I + last] + work[i + 2 * last])) * work[SOLID + last]
    return voltage - through * fixed[RESISTANCES]


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def largest_change(work, fixed, cells, populations):
    """Write the changes of the reaction currents over F_C; return the largest change of all relative to its scale."""
    largest = 0.0
    for k in range(cells):
        largest = max(largest, math.fabs(work[DELTA + 2 * k + 1]) / work[LEVEL + k])
    for k in range(cells):
        delta_c = work[DELTA + 2 * k + 1]
        psi = work[PSI + k] + work[PSI_C + k] * delta_c
        psi += work[PSI_I + k] * (work[DELTA + 2 * k + 2] - work[DELTA + 2 * k])
        for population in range(populations):
            m = population * cells + k
            if fixed[AREA + m] > 0.0:
                work[AGREED + k] = psi
                delta_j = (psi - work[F + m] - work[F_C + m] * delta_c) / work[F_J + m]
                b, maximum = work[B + m], fixed[MAXIMUM + m]
                s = work[A + m] + b * work[J + m]
                room = max(min(s, maximum - s), LITHIUM_FLOOR * maximum)
                largest = max(largest, math.fabs(delta_j) / work[REACH + m], 0.5 * math.fabs(b * delta_j) / room)
                work[F_C + m] = delta_j
    return largest


@njit(nogil=True, error_model="numpy")
def apply_changes(work, fixed, cells, populations, scale):
    """Add a share of the changes; then make the reaction currents balance the ionic currents to the last digit."""
    for k in range(cells):
        work[C + k] += scale * work[DELTA + 2 * k + 1]
        work[I + k] += scale * work[DELTA + 2 * k]
    for k in range(cells):
        surplus = work[I + k + 1] - work[I + k]
        for population in range(populations):
            m = population * cells + k
            if fixed[AREA + m] > 0.0:
                work[J + m] += scale * work[F_C + m]
                surplus -= fixed[AREA + m] * work[J + m]
        if scale == 1.0:
            for population in range(populations):
                m = population * cells + k
                if fixed[AREA + m] > 0.0:
                    work[J + m] += surplus * work[PSI_I + k] / work[F_J + m]


@njit(nogil=True, error_model="numpy")
def conductivities(work, fixed, table, places, cells, dt):
    """Write half a cell over its electronic conductivity, at the mean concentration expected after dt."""
    for k in range(cells):
        sigma = fixed[SIGMA + k]
        if places[BACKGROUND + k] >= 0:
            mean = work[MEAN + k] - 0.5 * dt * fixed[SINK + k] * (work[J1 + k] + work[J + k])
            place = min(max(mean / fixed[MAXIMUM + k] * TABLE_CELLS, 0.0), TABLE_CELLS - 1e-6)
            cell = int(place)
            t = place - cell
            o = places[BACKGROUND + k] + 4 * cell
            sigma += table[o] + t * (table[o + 1] + t * (table[o + 2] + t * table[o + 3]))
        work[SOLID + k] = fixed[HALF + k] / sigma
