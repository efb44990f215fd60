"""Compiled loops over the particles: one step of time, after which the surface concentration is A + B j.

The flux into a particle is -(R / F) j, divided by D for modes; it is linear in time during a step. Legend in layout.py;
equations in docs/discharge-solver.md.
"""

from __future__ import annotations

import math

from numba import njit

from electrosim.discharge.machine_kernels import exponential
from electrosim.discharge.layout import (
    FLUX,
    INVERSE,
    J1,
    KNOWN,
    MAXIMUM,
    MEAN,
    PAST,
    PLACE,
    RATIO,
    RESPONSE,
    SLOPE,
    STRIDE,
    TABLE_CELLS,
    A,
    B,
    J,
)

GAMMA = 2 - math.sqrt(2)  # TR-BDF2: where its first stage ends
THETA = GAMMA / 2
AFTER = 1 / (GAMMA * (2 - GAMMA))  # weights of the two earlier values in its second stage
BEFORE = (1 - GAMMA) ** 2 / (GAMMA * (2 - GAMMA))


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def mode_factors(modes, factors, pace):
    """Write how modes decay over a step, and what fluxes at its beginning and at its end add to them."""
    for v in range(modes.shape[1] - 1):
        z = modes[0, v] * pace
        safe = max(z, 1e-3)
        decay = exponential(-min(z, 700.0))
        one = (1 - decay) / safe if z > 1e-3 else 1 - z * (0.5 - z * (1 / 6 - z / 24))
        two = (1 - one) / safe if z > 1e-3 else 0.5 - z * (1 / 6 - z * (1 / 24 - z / 120))
        factors[0, v] = decay
        factors[1, v] = modes[1, v] * pace * (one - two)
        factors[2, v] = modes[1, v] * pace * two


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def step_modes(work, fixed, particles, factors, first, last, modes):
    """Write the surface concentrations at the end of a step of balanced modes as A + B j.

    `modes` holds eigenvalues, surface values and, last, the part that follows at once.
    """
    count = modes.shape[1] - 1
    old, new = 0.0, modes[1, count]
    for v in range(count):
        old += modes[1, v] * factors[1, v]
        new += modes[1, v] * factors[2, v]
    first = max(first, 0)  # so that the compiler knows the sign of the indices
    for m in range(first, last):
        work[A + m] = -old * fixed[FLUX + m] * work[J1 + m]
        work[B + m] = -new * fixed[FLUX + m]
    for v in range(0, count, 4):
        w0, w1 = factors[0, v] * modes[1, v], factors[0, v + 1] * modes[1, v + 1]
        w2, w3 = factors[0, v + 2] * modes[1, v + 2], factors[0, v + 3] * modes[1, v + 3]
        o = v * STRIDE
        for m in range(first, last):
            work[A + m] += (w0 * particles[o + m] + w1 * particles[o + STRIDE + m]) + (
                w2 * particles[o + 2 * STRIDE + m] + w3 * particles[o + 3 * STRIDE + m]
            )


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def advance_modes(work, fixed, particles, factors, first, last, count):
    """Bring the modes to the end of the step."""
    first = max(first, 0)
    for m in range(first, last):
        work[PLACE + m] = fixed[FLUX + m] * work[J1 + m]
        work[SLOPE + m] = fixed[FLUX + m] * work[J + m]
    for v in range(0, count, 2):
        decay, old, new = factors[0, v], factors[1, v], factors[2, v]
        decay_next, old_next, new_next = factors[0, v + 1], factors[1, v + 1], factors[2, v + 1]
        o = v * STRIDE
        for m in range(first, last):
            before, now = work[PLACE + m], work[SLOPE + m]
            particles[o + m] = decay * particles[o + m] - old * before - new * now
            particles[o + STRIDE + m] = decay_next * particles[o + STRIDE + m] - old_next * before - new_next * now


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def step_shells(work, fixed, particles, first, last, speed, shells, table, place, dt, ahead):
    """Step shells by TR-BDF2 with the diffusivity at half the step; `speed` is 1 / R^2, `ahead` extrapolates to there.

    `shells` holds volumes and, between them, areas over distances. At the end of the step all concentrations are
    known + response * flux. Both stages have one matrix, factorised into shares and inverse pivots.
    """
    end = shells.shape[1] - 1
    weight = THETA * dt * speed
    first = max(first, 0)  # so that the compiler knows the sign of the indices
    e = end * STRIDE
    for v in range(end):
        o = v * STRIDE
        for m in range(first, last):
            now = particles[o + m] + particles[o + STRIDE + m]
            middle = now + ahead * (now - particles[PAST + o + m] - particles[PAST + o + STRIDE + m])
            share = 0.5 * middle / fixed[MAXIMUM + m]
            particles[RESPONSE + o + m] = min(max(share * TABLE_CELLS, 0.0), TABLE_CELLS - 1e-6)
        for m in range(first, last):
            cell = int(particles[RESPONSE + o + m])
            t = particles[RESPONSE + o + m] - cell
            n = place + 4 * cell
            d = table[n] + t * (table[n + 1] + t * (table[n + 2] + t * table[n + 3]))
            particles[RESPONSE + o + m] = weight * d * shells[1, v]
    rise = shells[1, end]
    for m in range(first, last):
        share = min(max(particles[e + m] / fixed[MAXIMUM + m], 0.0), 1.0) * (TABLE_CELLS - 1e-6)
        n = place + 4 * int(share)
        t = share - int(share)
        work[B + m] = table[n] + t * (table[n + 1] + t * (table[n + 2] + t * table[n + 3]))  # D at the surface
        particles[INVERSE + m] = shells[0, 0]
        particles[KNOWN + m] = shells[0, 0] * particles[m]
    for v in range(end):
        o = v * STRIDE
        volume = shells[0, v + 1]
        for m in range(first, last):
            exchange = particles[RESPONSE + o + m]
            gain = exchange * (particles[o + STRIDE + m] - particles[o + m])
            inverse = 1 / (particles[INVERSE + o + m] + exchange)
            share = exchange * inverse
            known = particles[KNOWN + o + m] + gain
            particles[INVERSE + o + m] = inverse
            particles[RATIO + o + m] = share
            particles[INVERSE + o + STRIDE + m] = volume + exchange - share * exchange
            particles[KNOWN + o + m] = known
            particles[KNOWN + o + STRIDE + m] = volume * particles[o + STRIDE + m] - gain + share * known
    for m in range(first, last):
        inverse = 1 / particles[INVERSE + e + m]
        gone = weight * (2 - GAMMA) * fixed[FLUX + m] * work[J1 + m]
        particles[INVERSE + e + m] = inverse
        particles[KNOWN + e + m] = inverse * (particles[KNOWN + e + m] - gone)
        particles[RESPONSE + e + m] = inverse * weight * GAMMA
    for v in range(end - 1, -1, -1):
        o = v * STRIDE
        for m in range(first, last):
            share = particles[RATIO + o + m]
            particles[KNOWN + o + m] = (
                particles[INVERSE + o + m] * particles[KNOWN + o + m] + share * particles[KNOWN + o + STRIDE + m]
            )
            particles[RESPONSE + o + m] = share * particles[RESPONSE + o + STRIDE + m]
    # second stage: the first one's result is what it starts from
    for m in range(first, last):
        particles[KNOWN + m] = shells[0, 0] * (AFTER * particles[KNOWN + m] - BEFORE * particles[m])
        particles[RESPONSE + m] *= shells[0, 0] * AFTER
    for v in range(1, end + 1):
        o = v * STRIDE
        volume = shells[0, v]
        for m in range(first, last):
            share = particles[RATIO + o - STRIDE + m]
            particles[KNOWN + o + m] = (
                volume * (AFTER * particles[KNOWN + o + m] - BEFORE * particles[o + m])
                + share * particles[KNOWN + o - STRIDE + m]
            )
            particles[RESPONSE + o + m] = (
                volume * AFTER * particles[RESPONSE + o + m] + share * particles[RESPONSE + o - STRIDE + m]
            )
    for m in range(first, last):
        inverse = particles[INVERSE + e + m]
        particles[KNOWN + e + m] *= inverse
        particles[RESPONSE + e + m] = inverse * (particles[RESPONSE + e + m] + weight)
        work[A + m] = particles[KNOWN + e + m]
        work[B + m] = -fixed[FLUX + m] * (particles[RESPONSE + e + m] + rise / work[B + m])
    for v in range(end - 1, -1, -1):
        o = v * STRIDE
        for m in range(first, last):
            share, inverse = particles[RATIO + o + m], particles[INVERSE + o + m]
            particles[KNOWN + o + m] = (
                inverse * particles[KNOWN + o + m] + share * particles[KNOWN + o + STRIDE + m]
            )
            particles[RESPONSE + o + m] = (
                inverse * particles[RESPONSE + o + m] + share * particles[RESPONSE + o + STRIDE + m]
            )


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "nsz", "arcp"})
def advance_shells(work, fixed, particles, first, last, count):
    """Bring the shells to the end of the step."""
    first = max(first, 0)
    for v in range(count):
        o = v * STRIDE
        for m in range(first, last):
            particles[PAST + o + m] = particles[o + m]
            flux = fixed[FLUX + m] * work[J + m]
            particles[o + m] = particles[KNOWN + o + m] - particles[RESPONSE + o + m] * flux


@njit(cache=True, nogil=True, error_model="numpy")
def mean_concentrations(work, particles, first, last, weights):
    """Write the mean concentrations in the particles of slots from first to last."""
    first = max(first, 0)
    for m in range(first, last):
        work[MEAN + m] = 0.0
    for v in range(weights.size):
        for m in range(first, last):
            work[MEAN + m] += weights[v] * particles[v * STRIDE + m]
