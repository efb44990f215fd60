"""Compiled measurement of a potential: what it dissipates, and the current through every layer of faces.

Legend. phase[i, j, k] phase number, 0 where no current flows; sigma[a, p], or sigma[p] along one axis, conductivity of
phase p along axis a. Plane m along the axis of transport lies before layer m.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction.face_kernels import harmonic_mean


@njit(cache=True, nogil=True)
def dissipate(phase, potential, sigma, wrap, axis, circuit, circuits, first_axis, last_axis):
    """Return per circuit the dissipation, and the current and the conductance of each plane.

    Only faces across the axes from first to last are looked at. Over a periodic end the potential falls by 1; that
    plane is the last one. circuit[i, j, k] is read if there are several.
    """
    shape = np.array(phase.shape)
    nx, ny, nz = phase.shape
    current, conductance = np.zeros((circuits, shape[axis] + 1)), np.zeros((circuits, shape[axis] + 1))
    total = np.zeros(circuits)
    several = circuits > 1 or sigma.shape[1] > 2
    for i in range(nx):
        for j in range(ny):
            for along in range(first_axis, last_axis + 1):
                a, b, shift = i + (along == 0), j + (along == 1), int(along == 2)
                if (a == nx and not wrap[0]) or (b == ny and not wrap[1]):
                    continue
                jump = 1.0 if along == axis and (a == nx or b == ny) else 0.0
                own, other = phase[i, j], phase[a % nx, b % ny]
                low, high = potential[i, j], potential[a % nx, b % ny]
                single = 0 if several or axis == 2 == along else nz - shift
                if single > 0:
                    g = sigma[along, 1]
                    squares, flow, joined = _row(own, other[shift:], low, high[shift:], single, jump)
                    total[0] += g * squares
                    if along == axis:
                        plane = j + 1 if axis == 1 else i + 1
                        current[0, plane] += g * flow
                        conductance[0, plane] += g * joined
                for k in range(single, nz if wrap[2] else nz - shift):
                    after = k + shift
                    if after == nz:
                        after, jump = 0, 1.0 if axis == 2 else 0.0
                    g = harmonic_mean(sigma[along, own[k]], sigma[along, other[after]])
                    if g > 0:
                        number = circuit[i, j, k] if circuits > 1 else 0
                        drop = np.float64(low[k]) - high[after] + jump
                        total[number] += g * drop * drop
                        if along == axis:
                            plane = k + 1 if axis == 2 else j + 1 if axis == 1 else i + 1
                            current[number, plane] += g * drop
                            conductance[number, plane] += g
    return total, current, conductance


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _row(own, other, low, high, count, jump):
    """Return the squares of the drops, the drops and the number of the faces between two rows, summed up."""
    squares = drops = 0.0
    joined = 0
    for k in range(count):
        open_face = own[k] > 0 and other[k] > 0
        drop = np.float64(low[k]) - np.float64(high[k]) + jump if open_face else 0.0
        squares += drop * drop
        drops += drop
        joined += open_face
    return squares, drops, joined


@njit(cache=True, nogil=True)
def layer_sums(phase, sigma, potential, axis):
    """Return how many voxels of each layer have a potential, and the sums of their potentials and of their sigma."""
    layers = potential.shape[axis]
    count, total, strength = np.zeros(layers, np.int64), np.zeros(layers), np.zeros(layers)
    for i in range(potential.shape[0]):
        for j in range(potential.shape[1]):
            values, phases = potential[i, j], phase[i, j]
            if axis == 2:
                for k in range(values.size):
                    if not np.isnan(values[k]):
                        count[k] += 1
                        total[k] += values[k]
                        strength[k] += sigma[phases[k]]
                continue
            layer = j if axis == 1 else i
            found, added = _sum_of(values)
            count[layer] += found
            total[layer] += added
            if sigma.size == 2:
                strength[layer] += found * sigma[1]
                continue
            for k in range(values.size):
                if not np.isnan(values[k]):
                    strength[layer] += sigma[phases[k]]
    return count, total, strength


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _sum_of(values):
    """Return how many values are not NaN, and their sum."""
    count, total = 0, 0.0
    for k in range(values.size):
        there = not np.isnan(values[k])
        count += there
        total += np.float64(values[k]) if there else 0.0
    return count, total
