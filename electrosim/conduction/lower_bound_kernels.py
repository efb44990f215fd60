"""Compiled loops of the lower bound: finite-volume currents made free of sources, and their power.

Legend. As in `tree_kernels`; voxels count as unit cubes. sigma[a, p] conductivity of phase p along axis a;
potential[row, k] of the voxels, read only where something is carried; passed[r] what run r passes on along the tree;
entering[c], leaving[c] current through each conducting end face of cluster c, if imposed.

Inside a run the current along the row is not taken from the potential: it is what balance demands once the currents
through the other faces are known. So the surpluses need to be passed on from run to run only, not from voxel to voxel.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction.tree_kernels import FIXED, JUMP, neighbour_row, next_run


@njit(cache=True, nogil=True)
def _row_currents(phase, face, potential, wrap, runs, tree, passed, row, side, current):
    """Set the currents from a row to the one above it at a side (1 or 3), as balanced by what runs pass on."""
    first, last, kind, row_start = runs
    _, exit_side, exit_place, _, _ = tree
    current[:] = 0.0
    above = neighbour_row(row, side, phase.shape, wrap)
    if above < 0:
        return
    rows = phase.reshape(potential.shape)
    lift = 1.0 if side == 1 and row >= (phase.shape[0] - 1) * phase.shape[1] else 0.0
    for run in range(row_start[row], row_start[row + 1]):
        conductance = face[side // 2, kind[run]]
        for k in range(np.uint64(first[run]), np.uint64(last[run] + 1)):
            q = rows[above, k]
            if q > 0:
                current[k] = conductance[q] * (potential[row, k] - potential[above, k] + lift)
        if exit_side[run] == side:
            current[exit_place[run]] += passed[run]
    for run in range(row_start[above], row_start[above + 1]):
        if exit_side[run] == side - 1:
            current[exit_place[run]] -= passed[run]


@njit(cache=True, nogil=True)
def _end_currents(half, potential, runs, tree, passed, ends, imposed, row, side, current):
    """Set the currents through the end faces of a row in the first (side 0) or last layer, along the direction."""
    first, last, kind, row_start = runs
    _, exit_side, exit_place, _, cluster = tree
    current[:] = 0.0
    for run in range(row_start[row], row_start[row + 1]):
        conductance = half[kind[run]]
        for k in range(np.uint64(first[run]), np.uint64(last[run] + 1)):
            if ends == FIXED:
                current[k] = conductance * (potential[row, k] if side else 1.0 - potential[row, k])
            elif conductance > 0:
                current[k] = imposed[cluster[run]]
        if exit_side[run] == side and ends == FIXED:
            current[exit_place[run]] += passed[run] if side else -passed[run]


@njit(cache=True, nogil=True)
def _current_along(face, potential, runs, tree, passed, row, run, other):
    """Return the current from the upper end of a run into the run that touches it there."""
    first, last, kind, _ = runs
    exit_side = tree[1]
    current = face[2, kind[run], kind[other]] * (potential[row, last[run]] - potential[row, first[other]])
    if exit_side[run] == 5:
        current += passed[run]
    if exit_side[other] == 4:
        current -= passed[other]
    return current


@njit(cache=True, nogil=True)
def inflows(phase, face, potential, wrap, runs, tree, clusters):
    """Return what enters each run from others, and the mean current of each cluster through planes between layers."""
    nx, ny, nz = phase.shape
    first, _, _, row_start = runs
    current, nothing = np.empty(nz), np.zeros(first.size)
    inflow, total = np.zeros(first.size), np.zeros(clusters)
    for row in range(nx * ny):
        for side in (1, 3):
            above = neighbour_row(row, side, phase.shape, wrap)
            if above < 0:
                continue
            _row_currents(phase, face, potential, wrap, runs, tree, nothing, row, side, current)
            _collect(current, runs, above, 1.0, inflow)
            _collect(current, runs, row, -1.0, inflow)
            if side == 1:
                _collect_by_cluster(current, runs, tree, row, total)
        for run in range(row_start[row], row_start[row + 1]):
            other = next_run(runs, row, run, nz, wrap[2])
            if other >= 0:
                along = _current_along(face, potential, runs, tree, nothing, row, run, other)
                inflow[run] -= along
                inflow[other] += along
    return inflow, total / max(nx if wrap[0] else nx - 1, 1)


@njit(cache=True, nogil=True)
def surplus(shape, half, potential, runs, tree, ends, entering, leaving, inflow):
    """Return what every run must pass on along the tree so that no current begins or ends in any of them."""
    nx, ny, nz = shape
    order, _, _, parent, _ = tree
    current, nothing, passed = np.empty(nz), np.zeros(inflow.size), inflow.copy()
    for j in range(ny if ends != JUMP else 0):
        _end_currents(half, potential, runs, tree, nothing, ends, entering, j, 0, current)
        _collect(current, runs, j, 1.0, passed)
        _end_currents(half, potential, runs, tree, nothing, ends, leaving, (nx - 1) * ny + j, 1, current)
        _collect(current, runs, (nx - 1) * ny + j, -1.0, passed)
    for position in range(order.size - 1, -1, -1):
        run = order[position]
        if parent[run] >= 0:
            passed[parent[run]] += passed[run]
    return passed


@njit(cache=True, nogil=True)
def _collect(current, runs, row, sign, total):
    """Add the currents at a row's voxels up by runs."""
    first, last, _, row_start = runs
    for run in range(row_start[row], row_start[row + 1]):
        kept = 0.0
        for k in range(np.uint64(first[run]), np.uint64(last[run] + 1)):
            kept += current[k]
        total[run] += sign * kept


@njit(cache=True, nogil=True)
def _collect_by_cluster(current, runs, tree, row, total):
    """Add the currents at a row's voxels up by clusters."""
    first, last, _, row_start = runs
    for run in range(row_start[row], row_start[row + 1]):
        for k in range(np.uint64(first[run]), np.uint64(last[run] + 1)):
            total[tree[4][run]] += current[k]


@njit(cache=True, nogil=True)
def flux_power(phase, sigma, face, half, potential, wrap, runs, tree, passed, ends, entering, leaving, clusters):
    """Return current and power, by clusters, of the flux without sources: linear along each axis across a voxel."""
    nx, ny, nz = phase.shape
    resistance = np.zeros_like(sigma)
    for axis in range(3):
        for p in range(sigma.shape[1]):
            resistance[axis, p] = 1 / (3 * sigma[axis, p]) if sigma[axis, p] > 0 else 0.0
    total, power = np.zeros(clusters), np.zeros(clusters)
    from_layer, from_row = np.empty((ny, nz)), np.empty(nz)  # currents into the voxels that come next
    up, aside = np.empty(nz), np.empty(nz)
    for j in range(ny):
        if ends == JUMP:
            row = (nx - 1) * ny + j
            _row_currents(phase, face, potential, wrap, runs, tree, passed, row, 1, from_layer[j])
        else:
            _end_currents(half, potential, runs, tree, passed, ends, entering, j, 0, from_layer[j])
        _collect_by_cluster(from_layer[j], runs, tree, j, total)
    for i in range(nx):
        from_row[:] = 0.0
        if wrap[1]:
            row = i * ny + ny - 1
            _row_currents(phase, face, potential, wrap, runs, tree, passed, row, 3, from_row)
        for j in range(ny):
            row = i * ny + j
            if i == nx - 1 and ends != JUMP:
                _end_currents(half, potential, runs, tree, passed, ends, leaving, row, 1, up)
            else:
                _row_currents(phase, face, potential, wrap, runs, tree, passed, row, 1, up)
            _row_currents(phase, face, potential, wrap, runs, tree, passed, row, 3, aside)
            currents = (from_layer[j], up, from_row, aside)
            _row_power(face, potential, wrap, runs, tree, passed, resistance, row, currents, power)
            from_layer[j], from_row[:] = up, aside
    return total, power


@njit(cache=True, nogil=True)
def _row_power(face, potential, wrap, runs, tree, passed, resistance, row, currents, power):
    """Add the power lost in a row; the current along the row is what leaves every voxel balanced."""
    first, last, kind, row_start = runs
    below, up, beside, aside = currents
    length, before, along = up.size, -1, 0.0
    for run in range(row_start[row], row_start[row + 1]):
        if before < 0 or next_run(runs, row, before, length, False) != run:
            along = 0.0
            end = row_start[row + 1] - 1
            if before < 0 and next_run(runs, row, end, length, wrap[2]) == run and first[run] == 0:
                along = _current_along(face, potential, runs, tree, passed, row, end, run)
        lost_x = lost_y = lost_z = 0.0
        for k in range(np.uint64(first[run]), np.uint64(last[run] + 1)):
            a, b, c, d = below[k], up[k], beside[k], aside[k]
            onward = along + (a - b) + (c - d)
            lost_x += a * a + a * b + b * b
            lost_y += c * c + c * d + d * d
            lost_z += along * along + along * onward + onward * onward
            along = onward
        p = kind[run]
        power[tree[4][run]] += resistance[0, p] * lost_x + resistance[1, p] * lost_y + resistance[2, p] * lost_z
        before = run
