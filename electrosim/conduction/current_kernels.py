"""Compiled measurement of a potential: what it dissipates, and the current through every layer of faces.

Legend. phase[i, j, k] phase number, 0 where no current flows; face[a, p, q] conductance of the face between phases p
and q along axis a. Plane m along the axis of transport lies before layer m.
"""

from __future__ import annotations

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def dissipate(phase, potential, face, wrap, axis, circuit, circuits):
    """Return per circuit the dissipation, and the current and the conductance of each plane.

    Over a periodic end the potential falls by 1; that plane is the last one. circuit[i, j, k] is read if there are
    several.
    """
    shape = np.array(phase.shape)
    nx, ny, nz = phase.shape
    current, conductance = np.zeros((circuits, shape[axis] + 1)), np.zeros((circuits, shape[axis] + 1))
    total = np.zeros(circuits)
    for i in range(nx):
        for j in range(ny):
            for along in range(3):
                a, b, shift = i + (along == 0), j + (along == 1), int(along == 2)
                if (a == nx and not wrap[0]) or (b == ny and not wrap[1]):
                    continue
                jump = 1.0 if along == axis and (a == nx or b == ny) else 0.0
                own, other = phase[i, j], phase[a % nx, b % ny]
                low, high = potential[i, j], potential[a % nx, b % ny]
                for k in range(nz if wrap[2] else nz - shift):
                    after = k + shift
                    if after == nz:
                        after, jump = 0, 1.0 if axis == 2 else 0.0
                    g = face[along, own[k], other[after]]
                    if g > 0:
                        number = circuit[i, j, k] if circuits > 1 else 0
                        drop = np.float64(low[k]) - high[after] + jump
                        total[number] += g * drop * drop
                        if along == axis:
                            plane = k + 1 if axis == 2 else j + 1 if axis == 1 else i + 1
                            current[number, plane] += g * drop
                            conductance[number, plane] += g
    return total, current, conductance
