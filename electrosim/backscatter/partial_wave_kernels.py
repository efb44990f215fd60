"""Compiled loops of the partial-wave expansion.

Legend, in atomic units. kappa[n] relativistic quantum numbers; P[n], Q[n] large and small radial components, Q times
`scale`; t = ln r; b, c couple P to Q in dP/dt = -kappa P + b Q, dQ/dt = -c P + kappa Q, at the two Gauss points of
each step; h[m] step in t. delta_up[order] phase of kappa = -(order + 1), delta_down[order] that of kappa = order;
order is l.
"""

from __future__ import annotations

import numpy as np
from numba import njit

_RESCALE_EVERY = 8
_COMMUTATOR = np.sqrt(3.0) / 12


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def integrate(kappa, P, Q, h, b1, b2, c1, c2):
    """Carry all waves outwards with the fourth-order Magnus integrator, in place.

    Omega = h/2 (M1 + M2) - sqrt(3)/12 h^2 [M1, M2] has no trace, so exp(Omega) = cosh(s) + sinh(s)/s Omega with
    s^2 = -det Omega. Both are even in s and summed as polynomials of s^2: where waves oscillate s^2 > -0.1, and deep
    inside the centrifugal barrier only the direction of the growing solution matters, which any polynomial keeps.
    """
    for m in range(h.size):
        step = h[m]
        g = _COMMUTATOR * step * step
        mean_b = 0.5 * step * (b1[m] + b2[m])
        mean_c = 0.5 * step * (c1[m] + c2[m])
        turn_a = g * (b2[m] * c1[m] - b1[m] * c2[m])
        turn_b = 2 * g * (b2[m] - b1[m])
        turn_c = 2 * g * (c1[m] - c2[m])
        for n in range(kappa.size):
            a = kappa[n] * step + turn_a
            b = mean_b + kappa[n] * turn_b
            c = mean_c + kappa[n] * turn_c
            s = a * a - b * c
            cosh = 1 + s * (1 / 2 + s * (1 / 24 + s * (1 / 720 + s * (1 / 40320))))
            sinh = 1 + s * (1 / 6 + s * (1 / 120 + s * (1 / 5040 + s * (1 / 362880))))
            p = P[n]
            q = Q[n]
            P[n] = (cosh - sinh * a) * p + sinh * b * q
            Q[n] = (cosh + sinh * a) * q - sinh * c * p
        if m % _RESCALE_EVERY == 0:
            for n in range(kappa.size):
                size = 1 / (abs(P[n]) + abs(Q[n]))
                P[n] *= size
                Q[n] *= size


@njit(cache=True, nogil=True, error_model="numpy")
def riccati_bessel(x, j, n):
    """Fill j[order] = x j_l(x) and n[order] = x n_l(x): the first downwards (Miller), the second upwards."""
    start = int(max(j.size, x) + 60 + 6 * x ** (1 / 3))
    above, here = 0.0, 1e-300
    for order in range(start, 0, -1):
        below = (2 * order + 1) / x * here - above
        above, here = here, below
        if abs(here) > 1e200:
            above, here = above * 1e-200, here * 1e-200
            for k in range(order, j.size):
                j[k] *= 1e-200
        if order - 1 < j.size:
            j[order - 1] = here
    # here is now order 0; the first two orders are known, and the larger of them gives the scale
    first, second = np.sin(x), np.sin(x) / x - np.cos(x)
    scale = first / j[0] if abs(first) > abs(second) else second / j[1]
    for k in range(j.size):
        j[k] *= scale
    n[0] = -np.cos(x)
    n[1] = -np.cos(x) / x - np.sin(x)
    for order in range(1, n.size - 1):
        n[order + 1] = (2 * order + 1) / x * n[order] - n[order - 1]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def amplitudes(delta_up, delta_down, cosine, sine, f_real, f_imaginary, g_real, g_imaginary):
    """Add up k f(theta) and k g(theta), direct and spin-flip amplitude, by upward recurrence of Legendre functions.

    k f = sum [(l + 1) e^(i d+) sin d+ + l e^(i d-) sin d-] P_l and k g = sum [e^(i d-) sin d- - e^(i d+) sin d+] P_l^1.
    """
    size = cosine.size
    before = np.zeros(size)  # P_(l-1)
    here = np.ones(size)  # P_l
    before1 = np.zeros(size)  # P_(l-1)^1
    here1 = np.zeros(size)  # P_l^1
    for order in range(delta_up.size):
        up_real = np.sin(delta_up[order]) * np.cos(delta_up[order])
        up_imaginary = np.sin(delta_up[order]) ** 2
        down_real = np.sin(delta_down[order]) * np.cos(delta_down[order])
        down_imaginary = np.sin(delta_down[order]) ** 2
        direct_real = (order + 1) * up_real + order * down_real
        direct_imaginary = (order + 1) * up_imaginary + order * down_imaginary
        flip_real = down_real - up_real
        flip_imaginary = down_imaginary - up_imaginary
        new = (2 * order + 1) / (order + 1)
        old = order / (order + 1)
        new1 = (2 * order + 1) / max(order, 1)
        old1 = (order + 1) / max(order, 1)
        first = 1.0 if order == 0 else 0.0  # P_1^1 = sin(theta)
        for i in range(size):
            f_real[i] += direct_real * here[i]
            f_imaginary[i] += direct_imaginary * here[i]
            g_real[i] += flip_real * here1[i]
            g_imaginary[i] += flip_imaginary * here1[i]
            after = new * cosine[i] * here[i] - old * before[i]
            before[i] = here[i]
            here[i] = after
            after1 = new1 * cosine[i] * here1[i] - old1 * before1[i] + first * sine[i]
            before1[i] = here1[i]
            here1[i] = after1
