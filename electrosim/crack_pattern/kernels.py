"""Compiled loops of crack growth.

Legend: nodes n, slots s of a node (one per bond; ``degree`` of them in use), bonds b; ``neighbour[n, s]`` and
``bond[n, s]``; stiffness[n, s] of the bond, 0 when it is broken; ``normal[n, s]`` from node n to its neighbour;
displacement u and residual force r per unit of free strain; ``ground`` the stiffness of the bond to the substrate.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

BLOCK = 32  # nodes that share one entry of the table of weakest places


@njit(cache=True, nogil=True, inline="always")
def bond_load(n, s, neighbour, normal, inverse_length, u):
    """Return the stress of a bond per unit of stress of the intact film: 1 + n.(u_j - u_i) / l."""
    m = neighbour[n, s]
    along = normal[n, s, 0] * (u[m, 0] - u[n, 0]) + normal[n, s, 1] * (u[m, 1] - u[n, 1])
    return 1.0 + along * inverse_length[n, s]


@njit(cache=True, nogil=True, error_model="numpy")
def weakest_of_node(n, neighbour, degree, normal, inverse_length, stiffness, strength, u, slide, adhesion):
    """Return the free strain at which the first bond of a node fails, and its slot (-1: the bond to the substrate)."""
    lowest, which = np.inf, 0
    for s in range(degree[n]):
        load = bond_load(n, s, neighbour, normal, inverse_length, u)
        if stiffness[n, s] > 0.0 and load > 0.0 and strength[n, s] < lowest * load:
            lowest, which = strength[n, s] / load, s
    moved = math.sqrt(u[n, 0] ** 2 + u[n, 1] ** 2) * slide[n]
    if moved > 0.0 and adhesion < lowest * moved:
        lowest, which = adhesion / moved, -1
    return lowest, which


@njit(cache=True, nogil=True, error_model="numpy")
def relax(queue, waiting, count, neighbour, degree, stiffness, diagonal, u, r, touched, touched_list, tolerance, over):
    """Relax the nodes in a ring buffer until no residual exceeds the tolerance; return the number of nodes touched.

    Each node moves by its own residual over its own stiffness, somewhat further (over-relaxation); a neighbour whose
    residual then passes the tolerance joins the queue.
    """
    size, square = queue.shape[0], tolerance * tolerance
    head, moved = 0, 0
    while count > 0:
        n = queue[head]
        head = head + 1 if head + 1 < size else 0
        count -= 1
        waiting[n] = False
        if touched[n] == 0:
            touched[n] = 1
            touched_list[moved] = n
            moved += 1
        share = over / diagonal[n]
        step_x, step_y = share * r[n, 0], share * r[n, 1]
        u[n, 0] += step_x
        u[n, 1] += step_y
        r[n, 0] *= 1.0 - over
        r[n, 1] *= 1.0 - over
        for s in range(degree[n]):
            m = neighbour[n, s]
            r_x = r[m, 0] + stiffness[n, s] * step_x
            r_y = r[m, 1] + stiffness[n, s] * step_y
            r[m, 0], r[m, 1] = r_x, r_y
            if r_x * r_x + r_y * r_y > square and not waiting[m]:
                waiting[m] = True
                tail = head + count
                queue[tail if tail < size else tail - size] = m
                count += 1
        if r[n, 0] ** 2 + r[n, 1] ** 2 > square and not waiting[n]:
            waiting[n] = True
            tail = head + count
            queue[tail if tail < size else tail - size] = n
            count += 1
    return moved


@njit(cache=True, nogil=True, error_model="numpy")
def lowest_of_block(block, weakest, block_weakest, block_node):
    """Note the weakest node of a block."""
    lowest, at = np.inf, block * BLOCK
    for n in range(block * BLOCK, min((block + 1) * BLOCK, weakest.shape[0])):
        if weakest[n] < lowest:
            lowest, at = weakest[n], n
    block_weakest[block] = lowest
    block_node[block] = at


@njit(cache=True, nogil=True, error_model="numpy")
def settle(
    tolerance, neighbour, degree, normal, inverse_length, stiffness, strength, u, slide, adhesion, diagonal, r, weakest,
    block_weakest, block_node, queue, waiting, touched, touched_list, over,
):  # fmt: skip
    """Relax the intact film, whose free edges draw in, and note its weakest places."""
    count = 0
    for n in range(weakest.shape[0]):
        if r[n, 0] ** 2 + r[n, 1] ** 2 > tolerance**2:
            waiting[n] = True
            queue[count] = n
            count += 1
    relax(queue, waiting, count, neighbour, degree, stiffness, diagonal, u, r, touched, touched_list, tolerance, over)
    for n in range(weakest.shape[0]):
        touched[n] = 0
        weakest[n], _ = weakest_of_node(
            n, neighbour, degree, normal, inverse_length, stiffness, strength, u, slide, adhesion
        )
    for block in range(block_weakest.shape[0]):
        lowest_of_block(block, weakest, block_weakest, block_node)


@njit(cache=True, nogil=True, error_model="numpy")
def grow(
    target, reached, tolerance, neighbour, degree, normal, inverse_length, stiffness, strength, u, slide, adhesion,
    diagonal, r, weakest, block_weakest, block_node, queue, waiting, touched, touched_list, over, bond, force, ground,
    slip, event_bond, event_strain,
):  # fmt: skip
    """Break the weakest place again and again until none fails below the target strain, or the list is full.

    An event is the bond's number, or -1 - n for the bond of node n to the substrate. Returns the number of events and
    the strain reached: it never falls, so what fails below it belongs to the same avalanche.
    """
    events = 0
    while events < event_bond.shape[0]:
        block = np.argmin(block_weakest)
        n = block_node[block]
        lowest, s = weakest_of_node(
            n, neighbour, degree, normal, inverse_length, stiffness, strength, u, slide, adhesion
        )
        if lowest != weakest[n]:  # a neighbour has moved since
            weakest[n] = lowest
            lowest_of_block(block, weakest, block_weakest, block_node)
            continue
        if lowest > target:
            return events, target
        reached = max(reached, lowest)
        event_strain[events] = reached
        waiting[n], queue[0], count = True, n, 1
        if s >= 0:
            m = neighbour[n, s]
            event_bond[events] = bond[n, s]
            across = stiffness[n, s]
            pull_x = across * (u[m, 0] - u[n, 0]) + force[n, s, 0]
            pull_y = across * (u[m, 1] - u[n, 1]) + force[n, s, 1]
            r[n, 0] -= pull_x
            r[n, 1] -= pull_y
            r[m, 0] += pull_x
            r[m, 1] += pull_y
            stiffness[n, s] = 0.0
            diagonal[n] -= across
            diagonal[m] -= across
            for t in range(degree[m]):
                if bond[m, t] == bond[n, s]:
                    stiffness[m, t] = 0.0
            waiting[m], queue[1], count = True, m, 2
        else:
            event_bond[events] = -1 - n
            lost = ground[n] * (1.0 - slip)
            r[n, 0] += lost * u[n, 0]
            r[n, 1] += lost * u[n, 1]
            ground[n] -= lost
            diagonal[n] -= lost
            slide[n] = 0.0
        events += 1
        moved = relax(
            queue, waiting, count, neighbour, degree, stiffness, diagonal, u, r, touched, touched_list, tolerance, over
        )
        for i in range(moved):
            k = touched_list[i]
            weakest[k], _ = weakest_of_node(
                k, neighbour, degree, normal, inverse_length, stiffness, strength, u, slide, adhesion
            )
        for i in range(moved):
            block = touched_list[i] // BLOCK
            if touched[touched_list[i]] != 0:
                lowest_of_block(block, weakest, block_weakest, block_node)
                for k in range(block * BLOCK, min((block + 1) * BLOCK, weakest.shape[0])):
                    touched[k] = 0
    return events, reached
