"""What a run remembers: the last times for the prediction, and the rows of its result.

Legend in layout.py; equations in docs/discharge-solver.md.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from electrosim.discharge.layout import (
    AGREED,
    AREA,
    AT_FIELDS,
    BOTTOM,
    C1,
    C2,
    C3,
    CP,
    CURRENT_NOW,
    DELTA,
    F_J,
    I1,
    I2,
    I3,
    IONIC,
    IP,
    J1,
    J2,
    J3,
    JP,
    MEAN,
    RESISTIVITY,
    RESISTIVITY_C,
    SOLID,
    SURFACE,
    TIME,
    VOLTAGE_NOW,
    X_C,
    A,
    B,
    C,
    I,
    J,
    X,
)


@njit(nogil=True, error_model="numpy")
def extrapolate(work, cells, slots, a1, a2, a3):
    """Predict all unknowns from the last three times."""
    for k in range(cells):
        work[CP + k] = work[C + k] = a1 * work[C1 + k] + a2 * work[C2 + k] + a3 * work[C3 + k]
        work[IP + k] = work[I + k] = a1 * work[I1 + k] + a2 * work[I2 + k] + a3 * work[I3 + k]
    for m in range(slots):
        work[JP + m] = work[J + m] = a1 * work[J1 + m] + a2 * work[J2 + m] + a3 * work[J3 + m]


@njit(nogil=True, error_model="numpy")
def shift_history(work, cells, slots):
    """Make the present the last accepted time."""
    for k in range(cells):
        work[C3 + k], work[C2 + k], work[C1 + k] = work[C2 + k], work[C1 + k], work[C + k]
        work[I3 + k], work[I2 + k], work[I1 + k] = work[I2 + k], work[I1 + k], work[I + k]
    for m in range(slots):
        work[J3 + m], work[J2 + m], work[J1 + m] = work[J2 + m], work[J1 + m], work[J + m]


@njit(nogil=True, error_model="numpy")
def prediction_error(work, fixed, cells, slots):
    """Return the largest difference between what was predicted and what came out, in volts."""
    largest = 0.0
    for k in range(cells):
        largest = max(largest, 0.1 * math.fabs(work[C + k] - work[CP + k]) / (math.fabs(work[C + k]) + 20.0))
    for m in range(slots):
        if fixed[AREA + m] > 0.0:
            largest = max(largest, 0.5 * math.fabs(work[F_J + m] * (work[J + m] - work[JP + m])))
    return largest


@njit(nogil=True, error_model="numpy")
def record(work, fixed, history, row, shape, step):
    """Write one row of the history: time, voltage, current, step and, if the row has room, all fields."""
    current = work[CURRENT_NOW]
    history[row, 0], history[row, 1], history[row, 2], history[row, 3] = work[TIME], work[VOLTAGE_NOW], current, step
    if history.shape[1] == AT_FIELDS:
        return
    cells, negative, first_positive, populations = shape[:4]
    slots = populations * cells
    at_c, at_i = AT_FIELDS, AT_FIELDS + cells
    at_ionic = at_i + cells + 1
    at_solid, at_slots = at_ionic + cells, at_ionic + 2 * cells
    for k in range(cells):
        history[row, at_c + k] = work[C + k]
        history[row, at_i + k] = work[I + k]
    history[row, at_i + cells] = 0.0
    if negative == 0:
        history[row, at_i] = current
    # potentials, from the collector of the negative electrode on; along is phi_e - X
    solid = -current * (fixed[BOTTOM] + work[SOLID]) + 0.25 * work[I + 1] * work[SOLID]
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


@njit(nogil=True, error_model="numpy")
def grown(history):
    """Return a history with room for twice as many rows."""
    larger = np.empty((2 * history.shape[0], history.shape[1]))
    for row in range(history.shape[0]):
        for column in range(history.shape[1]):
            larger[row, column] = history[row, column]
    return larger
