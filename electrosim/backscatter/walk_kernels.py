"""The compiled walk of one electron through a stack of layers.

Legend. z depth [m], w cosine of the direction to the depth axis, R residual range: the path until the cut-off energy
[m], t optical depth: mean number of collisions since the highest energy of the tables, x energy as a coordinate in the
energies of the tables (uniform in ln E). All three are functions of the energy alone, so along a flight z, R and t go
together. Tables are by material m:

- clock[m, n] = R, its step to the next row, x, its step, at t = n/PER_COLLISION;  last[m] the t where R has reached 0
- coordinate[m, n] = x at R = n/range_scale[m];  elapsed[m, n] = t at x = n/coordinate_scale
- deflection[m, node, i] = mu and its step to the next row, at s = i/CELLS, where mu = (1 - cos(theta))/2 and
  s = kappa u/(1 + kappa - u), u being the cumulative probability and kappa = screening[m, node]

The stack of number k has layers between edge[k, layer] and edge[k, layer + 1] of material[layer]. An electron at z with
R <= z - limit[k, layer] cannot come back to the surface with more than the cut-off energy.

px, py, u, v are position and direction along x and y. They are followed only if there is a `path`, an array whose rows
x, y, z, R, layer record the walk as far as there is room; it may be empty. Depths come out the same with and without.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from electrosim.backscatter.random_kernels import AT_ONCE, GOLDEN, WIDTH, mixed, seldom

PER_COLLISION = 4.0
CELLS = 256.0

_8, _32, _28 = np.uint64(8), np.uint64(32), np.uint64(28)
_LOW_BYTE, _LOW_20, _LOW_32, _ONE = np.uint64(0xFF), np.uint64(0xFFFFF), np.uint64(0xFFFFFFFF), np.uint64(1)
_OF_20_BITS, _OF_32_BITS = 2.0**-20, 2.0**-32

# Taylor series of sin(pi v), odd powers of v; off by 6e-8 at v = 1/2
_SINE = tuple((-1.0) ** n * math.pi ** (2 * n + 1) / math.factorial(2 * n + 1) for n in range(6))
_S0, _S1, _S2, _S3, _S4, _S5 = _SINE


class Media(NamedTuple):
    """Tables of the materials, as in the legend."""

    clock: Any
    last: Any
    coordinate: Any
    range_scale: Any
    elapsed: Any
    coordinate_scale: float
    deflection: Any
    screening: Any
    lowest: float
    log_step: float


class Stacks(NamedTuple):
    """Stacks of layers, as in the legend."""

    edge: Any
    limit: Any
    material: Any


@njit(cache=True, nogil=True, inline="always")
def flight(state, t, m, media):
    """Draw a free flight; return counter, bits left over, and t, R, x at its end."""
    state += GOLDEN
    bits = mixed(state)
    layer = bits & _LOW_BYTE
    whole = np.int64(bits >> _32)
    step = whole * WIDTH[layer]
    if whole >= AT_ONCE[layer]:
        state, step = seldom(state, layer, step)
    t = min(t + step, media.last[m])
    cell = PER_COLLISION * t
    n = np.int64(cell)
    part, row = cell - n, np.uint64(n)
    R = media.clock[m, row, 0] + part * media.clock[m, row, 1]
    x = media.clock[m, row, 2] + part * media.clock[m, row, 3]
    return state, bits, t, max(R, 0.0), x


@njit(cache=True, nogil=True, inline="always")
def collision(state, bits, x, w, m, media):
    """Draw an elastic collision; return counter, new w, (1 - cos(theta))/2, cosine of the azimuth."""
    state += GOLDEN
    more = mixed(state)
    # of the two energies the nearer one more often
    node = np.uint64(np.int64(x + np.int64((bits >> _8) & _LOW_20) * _OF_20_BITS))
    u = np.int64(more >> _32) * _OF_32_BITS
    kappa = media.screening[m, node]
    cell = CELLS * kappa * u / (1.0 + kappa - u)
    i = np.int64(cell)
    row = np.uint64(i)
    mu = media.deflection[m, node, row, 0] + (cell - i) * media.deflection[m, node, row, 1]
    v = np.int64(more & _LOW_32) * _OF_32_BITS - 0.5
    vv = v * v
    cosine = v * (_S0 + vv * (_S1 + vv * (_S2 + vv * (_S3 + vv * (_S4 + vv * _S5)))))
    across = math.sqrt(max((1.0 - w * w) * mu * (1.0 - mu), 0.0))
    return state, w * (1.0 - 2.0 * mu) + 2.0 * across * cosine, mu, cosine


@njit(cache=True, nogil=True, inline="always")
def converted(R, m, other, media):
    """Return t and R in another material at the energy that belongs to R in material m."""
    cell = R * media.range_scale[m]
    n = min(np.int64(cell), media.coordinate.shape[1] - 2)
    x = media.coordinate[m, n] + (cell - n) * (media.coordinate[m, n + 1] - media.coordinate[m, n])
    cell = x * media.coordinate_scale
    n = min(max(np.int64(cell), 0), media.elapsed.shape[1] - 2)
    t = media.elapsed[other, n] + (cell - n) * (media.elapsed[other, n + 1] - media.elapsed[other, n])
    t = min(max(t, 0.0), media.last[other])
    cell = PER_COLLISION * t
    n = np.int64(cell)
    R = media.clock[other, n, 0] + (cell - n) * media.clock[other, n, 1]
    return t, max(R, 0.0)


@njit(cache=True, nogil=True, inline="always")
def turned(u, v, w, w_new, mu, cosine, bits):
    """Return the new direction along x and y, beside a new w; a left-over bit is the sign of the azimuth's sine."""
    sine = math.sqrt(max(1.0 - cosine * cosine, 0.0))
    if (bits >> _28) & _ONE:
        sine = -sine
    across = 2.0 * math.sqrt(mu * (1.0 - mu))
    level = math.sqrt(u * u + v * v)
    if level < 1e-9:  # along the axis of depth every azimuth is as good
        return across * cosine, across * sine
    along, a, b = 1.0 - 2.0 * mu, across * cosine * w / level, across * sine / level
    u, v = u * along - u * a - v * b, v * along - v * a + u * b
    scale = math.sqrt(max(1.0 - w_new * w_new, 0.0) / (u * u + v * v + 1e-300))  # or rounding would add up
    return u * scale, v * scale


@njit(cache=True, nogil=True)
def walk(state, layer, z, w, R, t, k, stacks, media, px, py, u, v, path):
    """Follow an electron that enters `layer` until it leaves through the surface or cannot do so any more.

    Returns R at the surface, or -1 if it does not get there; w, x, y, u, v there; the greatest depth, and the number of
    points recorded.
    """
    deepest, points = z, 0
    m = np.uint64(stacks.material[layer])
    top, bottom, limit = stacks.edge[k, layer], stacks.edge[k, layer + 1], stacks.limit[k, layer]
    if path is not None:
        points = record(path, points, px, py, z, R, layer)
    while z - limit < R:
        state, bits, t_new, R_new, x = flight(state, t, m, media)
        z_new = z + w * (R - R_new)
        up, down = z_new < top, z_new >= bottom
        if up or down:
            at = top if up else bottom
            way = (at - z) / w
            R, z = R - way, at
            if path is not None:
                px, py = px + u * way, py + v * way
                points = record(path, points, px, py, z, R, layer)
            layer += -1 if up else 1
            if layer < 0:
                return R, w, px, py, u, v, deepest, points
            if layer == stacks.material.size:
                break
            deepest = max(deepest, z)
            top, bottom, limit = stacks.edge[k, layer], stacks.edge[k, layer + 1], stacks.limit[k, layer]
            other = np.uint64(stacks.material[layer])
            t, R = converted(R, m, other, media)
            m = other
            continue
        if path is not None:
            px, py = px + u * (R - R_new), py + v * (R - R_new)
            points = record(path, points, px, py, z_new, R_new, layer)
        z, R, t = z_new, R_new, t_new
        if z - limit >= R or R == 0.0:
            break
        deepest = max(deepest, z)
        old = w
        state, w, mu, cosine = collision(state, bits, x, w, m, media)
        if path is not None:
            u, v = turned(u, v, old, w, mu, cosine, bits)
    return -1.0, w, px, py, u, v, deepest, points


@njit(cache=True, nogil=True, inline="always")
def record(path, points, px, py, z, R, layer):
    """Add a point to a path, if there is room, and return their number."""
    if points < path.shape[0]:
        path[points, 0], path[points, 1], path[points, 2] = px, py, z
        path[points, 3], path[points, 4] = R, layer
        points += 1
    return points
