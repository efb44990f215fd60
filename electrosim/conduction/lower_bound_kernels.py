"""Compiled loops of the lower bound: finite-volume currents made free of sources, and their power.

Legend. Axis 0 is the direction of transport, voxels count as unit cubes. phase[i, j, k] phase number of a voxel that
carries current, else 0; sigma[a, p] conductivity of phase p along axis a; face[a, p, q] conductance of the face between
phases p and q along axis a; half[p] conductance from a voxel's centre to its outer face along axis 0.
Sides of a voxel: 2a faces down axis a, 2a + 1 up; side ^ 1 is the opposite one. toward[voxel] is the side through which
a voxel's surplus leaves, passed[voxel] that surplus.
"""

from __future__ import annotations

import numpy as np
from numba import njit

NOWHERE = 255


@njit(cache=True, nogil=True)
def spanning_tree(phase, face, half, thresholds):
    """Return a way from every voxel to an electrode: voxels from the electrodes inwards, and the side that leads out.

    The tree grows breadth first through faces whose conductance is at least the first of the falling thresholds, then
    the second, and so on: weak faces are crossed only where nothing else leads out.
    """
    nx, ny, nz = phase.shape
    flat = phase.reshape(phase.size)
    plane = ny * nz
    order = np.empty(np.count_nonzero(flat), np.int32)
    toward = np.full(flat.size, NOWHERE, np.uint8)
    found = 0
    for threshold in thresholds:
        for index in range(plane):
            for side in range(2):
                voxel = index + side * (flat.size - plane)
                if flat[voxel] > 0 and toward[voxel] == NOWHERE and half[flat[voxel]] >= threshold:
                    toward[voxel] = side
                    order[found] = voxel
                    found += 1
        head = 0
        while head < found:
            voxel = order[head]
            head += 1
            i, j, k = voxel // plane, voxel // nz % ny, voxel % nz
            for side in range(6):
                place = i if side < 2 else (j if side < 4 else k)
                count = nx if side < 2 else (ny if side < 4 else nz)
                stride = plane if side < 2 else (nz if side < 4 else 1)
                if place == (count - 1 if side % 2 else 0):
                    continue
                other = voxel + stride if side % 2 else voxel - stride
                if flat[other] == 0 or toward[other] != NOWHERE:
                    continue
                if face[side // 2, flat[voxel], flat[other]] >= threshold:
                    toward[other] = side ^ 1
                    order[found] = other
                    found += 1
    return order[:found], toward


@njit(cache=True, nogil=True)
def surplus(phase, face, half, potential, order, toward):
    """Return what every voxel must pass on along the tree so that no current begins or ends in any voxel.

    `potential` gives the finite-volume currents; the electrodes are at 1 and 0, the other sides are closed.
    """
    nx, ny, nz = phase.shape
    plane = ny * nz
    flat = phase.reshape(phase.size)
    passed = np.zeros(flat.size)
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                voxel = i * plane + j * nz + k
                p, u = flat[voxel], potential[voxel]
                if p == 0:
                    continue
                if i == 0:
                    passed[voxel] += half[p] * (1.0 - u)
                if i == nx - 1:
                    passed[voxel] -= half[p] * u
                if i + 1 < nx and flat[voxel + plane] > 0:
                    flux = face[0, p, flat[voxel + plane]] * (u - potential[voxel + plane])
                    passed[voxel] -= flux
                    passed[voxel + plane] += flux
                if j + 1 < ny and flat[voxel + nz] > 0:
                    flux = face[1, p, flat[voxel + nz]] * (u - potential[voxel + nz])
                    passed[voxel] -= flux
                    passed[voxel + nz] += flux
                if k + 1 < nz and flat[voxel + 1] > 0:
                    flux = face[2, p, flat[voxel + 1]] * (u - potential[voxel + 1])
                    passed[voxel] -= flux
                    passed[voxel + 1] += flux
    strides = (-plane, plane, -nz, nz, -1, 1)
    for position in range(order.size - 1, -1, -1):
        voxel = order[position]
        onward = voxel + strides[toward[voxel]]
        if 0 <= onward < flat.size:
            passed[onward] += passed[voxel]
    return passed


@njit(inline="always")
def _current(axis, face, flat, potential, toward, passed, voxel, stride, up):
    """Return the current from a voxel to the next one along an axis, whose side there is `up`."""
    other = voxel + stride
    q = flat[other]
    if q == 0:
        return 0.0
    current = face[axis, flat[voxel], q] * (potential[voxel] - potential[other])
    if toward[voxel] == up:
        current += passed[voxel]
    if toward[other] == up - 1:
        current -= passed[other]
    return current


@njit(inline="always")
def _power(a, b):
    """Return the power lost in a unit cube of unit conductivity by a current that changes linearly from a to b."""
    return (a * a + a * b + b * b) / 3


@njit(cache=True, nogil=True)
def flux_power(phase, sigma, face, half, potential, toward, passed):
    """Return current and power of the flux without sources: linear along each axis between the faces of a voxel."""
    nx, ny, nz = phase.shape
    plane = ny * nz
    flat = phase.reshape(phase.size)
    resistance = np.zeros_like(sigma)
    for axis in range(3):
        for p in range(sigma.shape[1]):
            resistance[axis, p] = 1 / sigma[axis, p] if sigma[axis, p] > 0 else 0.0
    total = power = 0.0
    from_layer, from_row = np.zeros(plane), np.zeros(nz)  # currents into the voxels that come next
    for i in range(nx):
        from_row[:] = 0.0
        for j in range(ny):
            from_voxel = 0.0
            for k in range(nz):
                voxel = i * plane + j * nz + k
                p = flat[voxel]
                if p == 0:
                    from_layer[j * nz + k] = from_row[k] = from_voxel = 0.0
                    continue
                entering = from_layer[j * nz + k]
                if i == 0:
                    entering = half[p] * (1.0 - potential[voxel]) - (passed[voxel] if toward[voxel] == 0 else 0.0)
                    total += entering
                if i + 1 < nx:
                    leaving = _current(0, face, flat, potential, toward, passed, voxel, plane, 1)
                else:
                    leaving = half[p] * potential[voxel] + (passed[voxel] if toward[voxel] == 1 else 0.0)
                power += resistance[0, p] * _power(entering, leaving)
                from_layer[j * nz + k] = leaving
                entering, leaving = from_row[k], 0.0
                if j + 1 < ny:
                    leaving = _current(1, face, flat, potential, toward, passed, voxel, nz, 3)
                power += resistance[1, p] * _power(entering, leaving)
                from_row[k] = leaving
                entering, leaving = from_voxel, 0.0
                if k + 1 < nz:
                    leaving = _current(2, face, flat, potential, toward, passed, voxel, 1, 5)
                power += resistance[2, p] * _power(entering, leaving)
                from_voxel = leaving
    return total, power
