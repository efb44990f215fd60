"""Compiled loops over the voxels of an electrode phantom; each works on one plane across x.

Legend. noise[a, b, c] values at the nodes of a coarse grid; first_x[i], weights_x[i, t] the first node of voxel i along
x and the weights of that node and the following ones, periodically, likewise along y and z; labels[j, k] a plane.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def plane(noise, first, weights, x, out):
    """Spread the noise over the plane x, along one axis after the other; the last loop runs over contiguous rows."""
    nodes_x, nodes_y, nodes_z = noise.shape
    first_x, first_y, first_z = first
    weights_x, weights_y, weights_z = weights
    size_y, size_z = out.shape
    on_plane = np.zeros((nodes_y, nodes_z), np.float32)
    for t in range(weights_x.shape[1]):
        on_plane += weights_x[x, t] * noise[(first_x[x] + t) % nodes_x]
    on_rows = np.zeros((nodes_y, size_z), np.float32)
    for b in range(nodes_y):
        for k in range(size_z):
            node = first_z[k]
            total = np.float32(0)
            for t in range(weights_z.shape[1]):
                total += weights_z[k, t] * on_plane[b, node]
                node += 1
                if node == nodes_z:
                    node = 0
            on_rows[b, k] = total
    out[:] = 0
    for j in range(size_y):
        row = out[j]
        for t in range(weights_y.shape[1]):
            weight = weights_y[j, t]
            values = on_rows[(first_y[j] + t) % nodes_y]
            for k in range(size_z):
                row[k] += weight * values[k]


@njit(cache=True, nogil=True)
def above_porosity(fields, porosity, labels, label, out):
    """Return the share of the volume where the lowest of some independent fields is lower than here, less a porosity.

    Only at the voxels of a label; elsewhere nothing is written.
    """
    for j in range(out.shape[0]):
        for k in range(out.shape[1]):
            if labels[j, k] == label:
                lowest = fields[0, j, k]
                for n in range(1, fields.shape[0]):
                    lowest = min(lowest, fields[n, j, k])
                higher = 0.5 * math.erfc(lowest / math.sqrt(2.0))
                out[j, k] = 1.0 - higher ** fields.shape[0] - porosity[j, k]


@njit(cache=True, nogil=True)
def count(score, labels, label, low, width, histogram):
    """Count the scores of the voxels of a label in bins of a width from `low` on; the end bins take what is beyond."""
    last = histogram.size - 1
    for j in range(labels.shape[0]):
        for k in range(labels.shape[1]):
            if labels[j, k] == label:
                histogram[min(max(int((score[j, k] - low) / width), 0), last)] += 1


@njit(cache=True, nogil=True)
def relabel(score, labels, label, new, low, width, bins):
    """Give the voxels of a label whose score lies in the first bins another label."""
    for j in range(labels.shape[0]):
        for k in range(labels.shape[1]):
            if labels[j, k] == label and int((score[j, k] - low) / width) < bins:
                labels[j, k] = new


@njit(cache=True, nogil=True)
def fill_balls(centres, radii, shape, x, inside, labels):
    """Give the voxels of plane x whose centre is in one of the periodic balls the label `inside`; count them."""
    size_x, size_y, size_z = shape
    for n in range(radii.size):
        away = abs(x + 0.5 - centres[n, 0])
        away = min(away, size_x - away)
        for j in range(size_y):
            across = abs(j + 0.5 - centres[n, 1])
            across = min(across, size_y - across)
            square = radii[n] ** 2 - away**2 - across**2
            if square < 0:
                continue
            half = math.sqrt(square)
            begin = math.ceil(centres[n, 2] - half - 0.5)
            end = min(math.floor(centres[n, 2] + half - 0.5) + 1, begin + size_z)
            row = labels[j]
            row[max(begin, 0) : min(end, size_z)] = inside
            if begin < 0:
                row[begin + size_z :] = inside
            if end > size_z:
                row[: end - size_z] = inside
    return np.count_nonzero(labels == inside)
