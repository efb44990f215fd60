"""Compiled loops over the particles: one step of time, after which the surface concentration is A + B j.

The flux into a particle is -(R / F) j, divided by D for modes; it is linear in time during a step. Legend in layout.py;
equations in docs/discharge-solver.md.
"""

from __future__ import annotations

import math

from numba import njit

from electrosim.discharge.layout import (
    DECAY,
    DIFFUSIVITY,
    FIRST_SLOT,
    FLUX,
    GROUPS,
    INVERSE,
    J1,
    KNOWN,
    LAST_SLOT,
    MAXIMUM,
    MEAN,
    MODE_RATE,
    MODE_SURFACE,
    MODES,
    NEW,
    NEXT_GROUP,
    NOW,
    OLD,
    PAST,
    PLACE,
    RATIO,
    RESPONSE,
    SHELL_EXCHANGE,
    SHELL_VOLUME,
    SHELLS,
    SLOPE,
    SPEED,
    STRIDE,
    TABLE_CELLS,
    A,
    B,
    J,
)
from electrosim.discharge.machine_kernels import (
    exponential,
)

GAMMA = 2 - math.sqrt(2)  # TR-BDF2: where its first stage ends
THETA = GAMMA / 2
AFTER = 1 / (GAMMA * (2 - GAMMA))  # weights of the two earlier values in its second stage
BEFORE = (1 - GAMMA) ** 2 / (GAMMA * (2 - GAMMA))


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def mode_factors(work, fixed, g, count, pace):
    """Write how modes decay over a step, and what fluxes at its beginning and at its end add to them."""
    g = max(g, 0)
    for v in range(count):
        z = fixed[MODE_RATE + v] * pace
        safe = max(z, 1e-3)
        decay = exponential(-min(z, 700.0))
        one = (1 - decay) / safe if z > 1e-3 else 1 - z * (0.5 - z * (1 / 6 - z / 24))
        two = (1 - one) / safe if z > 1e-3 else 0.5 - z * (1 / 6 - z * (1 / 24 - z / 120))
        work[DECAY + g + v] = decay
        work[OLD + g + v] = fixed[MODE_SURFACE + v] * pace * (one - two)
        work[NEW + g + v] = fixed[MODE_SURFACE + v] * pace * two


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def step_modes(work, fixed, g, first, last, count):
    """Write the surface concentrations at the end of a step of balanced modes as A + B j."""
    old, new = 0.0, fixed[MODE_SURFACE + count]
    for v in range(count):
        old += fixed[MODE_SURFACE + v] * work[OLD + g + v]
        new += fixed[MODE_SURFACE + v] * work[NEW + g + v]
    g = max(g, 0)
    first = max(first, 0)  # so that the compiler knows the sign of the indices
    for m in range(first, last):
        work[A + m] = -old * fixed[FLUX + m] * work[J1 + m]
        work[B + m] = -new * fixed[FLUX + m]
    for v in range(0, count, 4):
        w0, w1 = work[DECAY + g + v] * fixed[MODE_SURFACE + v], work[DECAY + g + v + 1] * fixed[MODE_SURFACE + v + 1]
        w2, w3 = (
            work[DECAY + g + v + 2] * fixed[MODE_SURFACE + v + 2],
            work[DECAY + g + v + 3] * fixed[MODE_SURFACE + v + 3],
        )
        o = v * STRIDE
        for m in range(first, last):
            work[A + m] += (w0 * work[NOW + o + m] + w1 * work[NOW + o + STRIDE + m]) + (
                w2 * work[NOW + o + 2 * STRIDE + m] + w3 * work[NOW + o + 3 * STRIDE + m]
            )


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def advance_modes(work, fixed, g, first, last, count):
    """Bring the modes to the end of the step."""
    g = max(g, 0)
    first = max(first, 0)
    for m in range(first, last):
        work[PLACE + m] = fixed[FLUX + m] * work[J1 + m]
        work[SLOPE + m] = fixed[FLUX + m] * work[J + m]
    for v in range(0, count, 2):
        decay, old, new = work[DECAY + g + v], work[OLD + g + v], work[NEW + g + v]
        decay_next, old_next, new_next = work[DECAY + g + v + 1], work[OLD + g + v + 1], work[NEW + g + v + 1]
        o = v * STRIDE
        for m in range(first, last):
            before, now = work[PLACE + m], work[SLOPE + m]
            work[NOW + o + m] = decay * work[NOW + o + m] - old * before - new * now
            work[NOW + o + STRIDE + m] = decay_next * work[NOW + o + STRIDE + m] - old_next * before - new_next * now


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def step_shells(work, fixed, table, first, last, speed, count, place, dt, ahead):
    """Step shells by TR-BDF2 with the diffusivity at half the step; `speed` is 1 / R^2, `ahead` extrapolates to there.

    At its end all concentrations are known + response * flux. Both stages have one matrix, factorised into shares and
    inverse pivots.
    """
    end = count - 1
    weight = THETA * dt * speed
    first = max(first, 0)  # so that the compiler knows the sign of the indices
    e = end * STRIDE
    for v in range(end):
        o = v * STRIDE
        for m in range(first, last):
            now = work[NOW + o + m] + work[NOW + o + STRIDE + m]
            middle = now + ahead * (now - work[PAST + o + m] - work[PAST + o + STRIDE + m])
            share = 0.5 * middle / fixed[MAXIMUM + m]
            work[RESPONSE + o + m] = min(max(share * TABLE_CELLS, 0.0), TABLE_CELLS - 1e-6)
        for m in range(first, last):
            cell = int(work[RESPONSE + o + m])
            t = work[RESPONSE + o + m] - cell
            n = place + 4 * cell
            d = table[n] + t * (table[n + 1] + t * (table[n + 2] + t * table[n + 3]))
            work[RESPONSE + o + m] = weight * d * fixed[SHELL_EXCHANGE + v]
    rise = fixed[SHELL_EXCHANGE + end]
    for m in range(first, last):
        share = min(max(work[NOW + e + m] / fixed[MAXIMUM + m], 0.0), 1.0) * (TABLE_CELLS - 1e-6)
        n = place + 4 * int(share)
        t = share - int(share)
        work[B + m] = table[n] + t * (table[n + 1] + t * (table[n + 2] + t * table[n + 3]))  # D at the surface
        work[INVERSE + m] = fixed[SHELL_VOLUME]
        work[KNOWN + m] = fixed[SHELL_VOLUME] * work[NOW + m]
    for v in range(end):
        o = v * STRIDE
        volume = fixed[SHELL_VOLUME + v + 1]
        for m in range(first, last):
            exchange = work[RESPONSE + o + m]
            gain = exchange * (work[NOW + o + STRIDE + m] - work[NOW + o + m])
            inverse = 1 / (work[INVERSE + o + m] + exchange)
            share = exchange * inverse
            known = work[KNOWN + o + m] + gain
            work[INVERSE + o + m] = inverse
            work[RATIO + o + m] = share
            work[INVERSE + o + STRIDE + m] = volume + exchange - share * exchange
            work[KNOWN + o + m] = known
            work[KNOWN + o + STRIDE + m] = volume * work[NOW + o + STRIDE + m] - gain + share * known
    for m in range(first, last):
        inverse = 1 / work[INVERSE + e + m]
        gone = weight * (2 - GAMMA) * fixed[FLUX + m] * work[J1 + m]
        work[INVERSE + e + m] = inverse
        work[KNOWN + e + m] = inverse * (work[KNOWN + e + m] - gone)
        work[RESPONSE + e + m] = inverse * weight * GAMMA
    for v in range(end - 1, -1, -1):
        o = v * STRIDE
        for m in range(first, last):
            share = work[RATIO + o + m]
            work[KNOWN + o + m] = work[INVERSE + o + m] * work[KNOWN + o + m] + share * work[KNOWN + o + STRIDE + m]
            work[RESPONSE + o + m] = share * work[RESPONSE + o + STRIDE + m]
    # second stage: the first one's result is what it starts from
    for m in range(first, last):
        work[KNOWN + m] = fixed[SHELL_VOLUME] * (AFTER * work[KNOWN + m] - BEFORE * work[NOW + m])
        work[RESPONSE + m] *= fixed[SHELL_VOLUME] * AFTER
    for v in range(1, end + 1):
        o = v * STRIDE
        volume = fixed[SHELL_VOLUME + v]
        for m in range(first, last):
            share = work[RATIO + o - STRIDE + m]
            work[KNOWN + o + m] = (
                volume * (AFTER * work[KNOWN + o + m] - BEFORE * work[NOW + o + m])
                + share * work[KNOWN + o - STRIDE + m]
            )
            work[RESPONSE + o + m] = volume * AFTER * work[RESPONSE + o + m] + share * work[RESPONSE + o - STRIDE + m]
    for m in range(first, last):
        inverse = work[INVERSE + e + m]
        work[KNOWN + e + m] *= inverse
        work[RESPONSE + e + m] = inverse * (work[RESPONSE + e + m] + weight)
        work[A + m] = work[KNOWN + e + m]
        work[B + m] = -fixed[FLUX + m] * (work[RESPONSE + e + m] + rise / work[B + m])
    for v in range(end - 1, -1, -1):
        o = v * STRIDE
        for m in range(first, last):
            share, inverse = work[RATIO + o + m], work[INVERSE + o + m]
            work[KNOWN + o + m] = inverse * work[KNOWN + o + m] + share * work[KNOWN + o + STRIDE + m]
            work[RESPONSE + o + m] = inverse * work[RESPONSE + o + m] + share * work[RESPONSE + o + STRIDE + m]


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def advance_shells(work, fixed, first, last, count):
    """Bring the shells to the end of the step."""
    first = max(first, 0)
    for v in range(count):
        o = v * STRIDE
        for m in range(first, last):
            work[PAST + o + m] = work[NOW + o + m]
            flux = fixed[FLUX + m] * work[J + m]
            work[NOW + o + m] = work[KNOWN + o + m] - work[RESPONSE + o + m] * flux


@njit(nogil=True, error_model="numpy")
def means(work, fixed, places, shape):
    """Write the mean concentrations in all particles."""
    for g in range(shape[GROUPS]):
        first, last = max(places[FIRST_SLOT + g], 0), places[LAST_SLOT + g]
        for m in range(first, last):
            work[MEAN + m] = math.sqrt(3) * work[NOW + m]  # the first mode
        if places[DIFFUSIVITY + g] >= 0:
            for m in range(first, last):
                work[MEAN + m] = 0.0
            for v in range(shape[SHELLS]):
                for m in range(first, last):
                    work[MEAN + m] += 3 * fixed[SHELL_VOLUME + v] * work[NOW + v * STRIDE + m]


@njit(nogil=True, error_model="numpy")
def step_particles(work, fixed, table, places, shape, dt, last):
    """Step the particles of all slots by dt; `last` is the step before, for the extrapolation of diffusivities."""
    for g in range(shape[GROUPS]):
        first, stop, place, speed = (
            places[FIRST_SLOT + g],
            places[LAST_SLOT + g],
            places[DIFFUSIVITY + g],
            fixed[SPEED + g],
        )
        if place < 0:
            mode_factors(work, fixed, NEXT_GROUP * g, shape[MODES], speed * dt)
            step_modes(work, fixed, NEXT_GROUP * g, first, stop, shape[MODES])
        else:
            step_shells(work, fixed, table, first, stop, speed, shape[SHELLS], place, dt, 0.5 * dt / last)


@njit(nogil=True, error_model="numpy")
def advance_particles(work, fixed, places, shape):
    """Bring the particles of all slots to the end of the step."""
    for g in range(shape[GROUPS]):
        if places[DIFFUSIVITY + g] < 0:
            advance_modes(work, fixed, NEXT_GROUP * g, places[FIRST_SLOT + g], places[LAST_SLOT + g], shape[MODES])
        else:
            advance_shells(work, fixed, places[FIRST_SLOT + g], places[LAST_SLOT + g], shape[SHELLS])
    means(work, fixed, places, shape)
