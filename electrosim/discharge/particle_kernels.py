"""Compiled loops over the particles: one time step, so that all variables are known + response * flux at its end.

The flux g is -(R / F) j over D for modes, not over D for shells, and linear in time during the step. Legend in layout.py.
"""

from __future__ import annotations

import math

from numba import njit

from electrosim.discharge.elementary_kernels import exponential
from electrosim.discharge.layout import A, B, C1, FLUX, J1, MAXIMUM, MEAN, TABLE_CELLS

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
def step_modes(work, fixed, lithium, known, response, factors, first, last, speed, modes, dt):
    """Step balanced modes exactly; `modes` holds eigenvalues, surface values and, last, the part that follows at once."""
    count = modes.shape[1] - 1
    mode_factors(modes, factors, speed * dt)
    follow = modes[1, count]
    for v in range(count):
        follow += modes[1, v] * factors[2, v]
    for m in range(first, last):
        work[A + m] = 0.0
        work[B + m] = -fixed[FLUX + m] * follow
    for v in range(count):
        decay, old, new, surface = factors[0, v], factors[1, v], factors[2, v], modes[1, v]
        for m in range(first, last):
            value = decay * lithium[v, m] - old * fixed[FLUX + m] * work[J1 + m]
            known[v, m] = value
            response[v, m] = new
            work[A + m] += surface * value


@njit(cache=True, nogil=True, error_model="numpy")
def step_shells(
    work, fixed, lithium, before, known, response, ratio, inverse, first, last, speed, shells, table, place, dt, ahead
):
    """Step shells by TR-BDF2 with the diffusivity at half the step; `speed` is 1 / R^2, `ahead` extrapolates to there.

    `shells` holds volumes and, between them, areas over distances. Both stages have one matrix, which is factorised
    into `ratio` and `inverse`.
    """
    count = shells.shape[1]
    end = count - 1
    weight = THETA * dt * speed
    for m in range(first, last):
        inverse[0, m] = shells[0, 0]
        known[0, m] = shells[0, 0] * lithium[0, m]
    for v in range(end):
        volume, steepness = shells[0, v + 1], 0.5 * TABLE_CELLS
        for m in range(first, last):
            middle = (1 + ahead) * (lithium[v, m] + lithium[v + 1, m]) - ahead * (before[v, m] + before[v + 1, m])
            at = min(max(middle * steepness / fixed[MAXIMUM + m], 0.0), TABLE_CELLS - 1e-6)
            cell = int(at)
            t = at - cell
            o = place + 4 * cell
            d = table[o] + t * (table[o + 1] + t * (table[o + 2] + t * table[o + 3]))
            exchange = weight * d * shells[1, v]
            gain = exchange * (lithium[v + 1, m] - lithium[v, m])
            pivot = 1 / (inverse[v, m] + exchange)
            share = exchange * pivot
            inverse[v, m] = pivot
            ratio[v, m] = share
            inverse[v + 1, m] = volume + exchange - share * exchange
            known[v, m] += gain
            known[v + 1, m] = volume * lithium[v + 1, m] - gain + share * known[v, m]
    for m in range(first, last):
        inverse[end, m] = 1 / inverse[end, m]
        known[end, m] = inverse[end, m] * (known[end, m] - weight * (2 - GAMMA) * fixed[FLUX + m] * work[J1 + m])
        response[end, m] = inverse[end, m] * weight * GAMMA
    for v in range(end - 1, -1, -1):
        for m in range(first, last):
            known[v, m] = inverse[v, m] * known[v, m] + ratio[v, m] * known[v + 1, m]
            response[v, m] = ratio[v, m] * response[v + 1, m]
    for v in range(count):
        volume = shells[0, v]
        for m in range(first, last):
            known[v, m] = volume * (AFTER * known[v, m] - BEFORE * lithium[v, m])
            response[v, m] = volume * AFTER * response[v, m]
            if v > 0:
                known[v, m] += ratio[v - 1, m] * known[v - 1, m]
                response[v, m] += ratio[v - 1, m] * response[v - 1, m]
    for m in range(first, last):
        known[end, m] *= inverse[end, m]
        response[end, m] = inverse[end, m] * (response[end, m] + weight)
        work[A + m] = known[end, m]
        work[B + m] = -fixed[FLUX + m] * response[end, m]
    for v in range(end - 1, -1, -1):
        for m in range(first, last):
            known[v, m] = inverse[v, m] * known[v, m] + ratio[v, m] * known[v + 1, m]
            response[v, m] = inverse[v, m] * response[v, m] + ratio[v, m] * response[v + 1, m]


@njit(cache=True, nogil=True, error_model="numpy")
def mean_concentrations(work, lithium, first, last, weights):
    """Write the mean concentrations in the particles of slots from first to last."""
    for m in range(first, last):
        work[MEAN + m] = 0.0
    for v in range(weights.size):
        for m in range(first, last):
            work[MEAN + m] += weights[v] * lithium[v, m]
