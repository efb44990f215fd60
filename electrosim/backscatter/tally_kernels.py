"""Compiled histories of a block of electrons, and the counts of those that the detector sees.

Legend as in `walk_kernels`. Stacks 0 to K - 1 differ in the thickness of the film, whose lower face lies at face[k] in
ascending order; in stack K the film has no lower face. A history walks through stack K; where it passes face[k] for the
first time a copy of it, random numbers included, goes on in stack k. What never comes as deep as face[k] is the same in
both, so one walk counts for all films that are thicker than it went deep.

Counts are by where electrons turned (0 in the film, 1 below it), by row and by class. A row is k for those that turned
below the film; for those in the film it is the number of faces above their greatest depth.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from electrosim.backscatter.random_kernels import stream, uniform
from electrosim.backscatter.walk_kernels import collision, converted, flight, turned, walk


class Beam(NamedTuple):
    """State of an electron as it enters: depth clock and residual range in layer 0; direction; beam's deviation."""

    t: float
    R: float
    u: float
    w: float
    deviation: float
    energy: float


class Window(NamedTuple):
    """What the detector takes: cosines to the beam's axis between two bounds, and E cos^2 of at least `grid`."""

    least_cosine: float
    greatest_cosine: float
    grid: float


class Counts(NamedTuple):
    """Counts [2, rows] and [2, rows, classes]; `depth_edge` has the ends of the classes of depth."""

    left: Any
    counted: Any
    depth: Any
    energy: Any
    angle: Any
    radius: Any
    depth_edge: Any
    first_radius: float
    per_radius: float


@njit(cache=True, nogil=True)
def entry(state, beam):
    """Return where on the surface a history begins, from random numbers that its walk does not use."""
    other, one = uniform(~state)
    _, two = uniform(other)
    radius = beam.deviation * math.sqrt(-2.0 * math.log(1.0 - one))
    return radius * math.cos(2 * math.pi * two) / beam.w, radius * math.sin(2 * math.pi * two)


@njit(cache=True, nogil=True)
def score(below, row, R, w, px, py, u, deepest, stacks, media, beam, window, counts):
    """Count an electron that left through the surface."""
    m = np.uint64(stacks.material[0])
    cell = R * media.range_scale[m]
    n = min(np.int64(cell), media.coordinate.shape[1] - 2)
    x = media.coordinate[m, n] + (cell - n) * (media.coordinate[m, n + 1] - media.coordinate[m, n])
    energy = media.lowest * math.exp(x * media.log_step)
    counts.left[below, row] += 1
    cosine = -(u * beam.u + w * beam.w)
    if not window.least_cosine <= cosine <= window.greatest_cosine or energy * cosine * cosine < window.grid:
        return
    counts.counted[below, row] += 1
    counts.depth[below, row, np.searchsorted(counts.depth_edge, deepest, side="right") - 1] += 1
    classes = counts.energy.shape[2]
    counts.energy[below, row, min(np.int64(energy / beam.energy * classes), classes - 1)] += 1
    classes = counts.angle.shape[2]
    counts.angle[below, row, min(np.int64(math.acos(-w) / (0.5 * math.pi) * classes), classes - 1)] += 1
    if not math.isnan(px):
        classes = counts.radius.shape[2]
        place = math.log(max(math.sqrt(px * px + py * py), counts.first_radius) / counts.first_radius)
        counts.radius[below, row, min(np.int64(place * counts.per_radius), classes - 1)] += 1


@njit(cache=True, nogil=True)
def history(state, k, last, film, face, stacks, media, beam, window, counts, path):
    """Follow one electron through stack K, and its copies through the stacks from k up to `last`."""
    layer, z, w, R, t = 0, 0.0, beam.w, beam.R, beam.t
    px, py, u, v = np.nan, np.nan, beam.u, 0.0
    if path is not None:
        px, py = entry(state, beam)
    K = face.size
    floor = face[K - 1] if K > 0 else np.inf
    deepest = 0.0
    m = np.uint64(stacks.material[0])
    top, bottom, limit = stacks.edge[K, 0], stacks.edge[K, 1], stacks.limit[K, 0]
    while z - limit < R:
        state, bits, t_new, R_new, x = flight(state, t, m, media)
        z_new = z + w * (R - R_new)
        up, down = z_new < top, z_new >= bottom
        if up or down:
            at = top if up else bottom
            way = (at - z) / w
            R, z = R - way, at
            px, py = px + u * way, py + v * way
            layer += -1 if up else 1
            if layer < 0:
                row = np.searchsorted(face, deepest, side="right")
                score(0, row, R, w, px, py, u, deepest, stacks, media, beam, window, counts)
                return
            if layer == stacks.material.size:
                return
            deepest = max(deepest, z)
            top, bottom, limit = stacks.edge[K, layer], stacks.edge[K, layer + 1], stacks.limit[K, layer]
            other = np.uint64(stacks.material[layer])
            t, R = converted(R, m, other, media)
            m = other
            continue
        while k < last and layer == film and z_new >= face[k]:
            way = (face[k] - z) / w
            t_below, R_below = converted(R - way, m, np.uint64(stacks.material[film + 1]), media)
            found = walk(
                state, film + 1, face[k], w, R_below, t_below, k, stacks, media, px + u * way, py + v * way, u, v, path
            )
            if found[0] >= 0:
                r, w_out, x_out, y_out, u_out, _, depth, _ = found
                score(1, k, r, w_out, x_out, y_out, u_out, depth, stacks, media, beam, window, counts)
            k += 1
        if path is not None:
            px, py = px + u * (R - R_new), py + v * (R - R_new)
        z, R, t = z_new, R_new, t_new
        if z - limit >= R or z >= floor:
            break
        deepest = max(deepest, z)
        old = w
        state, w, mu, cosine = collision(state, bits, x, w, m, media)
        if path is not None:
            u, v = turned(u, v, old, w, mu, cosine, bits)


@njit(cache=True, nogil=True)
def block(key, first, number, every, film, face, stacks, media, beam, window, counts, path):
    """Follow a block of histories, numbered from `first`; if not `every` one, each is copied at one face in turn."""
    for i in range(first, first + number):
        k = 0 if every or face.size == 0 else i % face.size
        last = face.size if every else k + 1
        history(
            stream(key, np.uint64(i)), k, min(last, face.size), film, face, stacks, media, beam, window, counts, path
        )
