"""Compiled loops of the conduction solver: clusters, the conductance network, its smoother and its coarsening.

Legend. phase[i, j, k] phase number, 0 insulates; face[a, p, q] conductance of the face between phases p and q along
axis a; half[p] conductance from a voxel's centre to its outer face along axis 0, the direction of transport.
A network is stored by rows: neighbours of node n are neighbour[start[n]:start[n+1]], joined by conductance[...];
ground[n] is the conductance from n to fixed potentials.
"""

from __future__ import annotations

import numpy as np
from numba import njit

INSULATING = -1
ISOLATED = 0


@njit(cache=True, nogil=True)
def _find(parent, shift, node):
    """Return the root of a node and the node's shift against it, flattening the path."""
    root, total = node, 0
    while parent[root] != root:
        total += shift[root]
        root = parent[root]
    result = total
    while parent[node] != root:
        above, step = parent[node], shift[node]
        parent[node], shift[node] = root, total
        node, total = above, total - step
    return root, result


@njit(cache=True, nogil=True)
def _join(parent, shift, winds, first, second, step):
    """Join two nodes, the second lying `step` periods further along axis 0; a closed loop with a net shift winds."""
    root, here = _find(parent, shift, first)
    other, there = _find(parent, shift, second)
    difference = here + step - there
    if root == other:
        if difference != 0:
            winds[root] = True
        return
    if other < root:
        root, other, difference = other, root, -difference
    parent[other] = root
    shift[other] = difference
    winds[root] = winds[root] or winds[other]


@njit(cache=True, nogil=True)
def label_clusters(phase, face, half, wrap):
    """Label what conducts: -1 insulating, 0 isolated, 1, 2, ... clusters that carry current along axis 0.

    A cluster carries current if it touches both end planes or, where axis 0 is periodic, if it winds around it.
    Returns the labels, the number of carrying clusters and the number of isolated ones.
    """
    nx, ny, nz = phase.shape
    size = phase.size
    parent = np.arange(size).astype(np.int32)
    shift = np.zeros(size, np.int32)
    winds = np.zeros(size, np.bool_)
    flat = phase.reshape(size)
    for i in range(nx):
        for j in range(ny):
            for k in range(nz):
                node = (i * ny + j) * nz + k
                p = flat[node]
                if p == 0:
                    continue
                if i + 1 < nx or wrap[0]:
                    other = (((i + 1) % nx) * ny + j) * nz + k
                    if face[0, p, flat[other]] > 0:
                        _join(parent, shift, winds, node, other, 1 if i + 1 == nx else 0)
                if j + 1 < ny or wrap[1]:
                    other = (i * ny + (j + 1) % ny) * nz + k
                    if face[1, p, flat[other]] > 0:
                        _join(parent, shift, winds, node, other, 0)
                if k + 1 < nz or wrap[2]:
                    other = (i * ny + j) * nz + (k + 1) % nz
                    if face[2, p, flat[other]] > 0:
                        _join(parent, shift, winds, node, other, 0)
    return _name_clusters(flat, half, wrap[0], parent, shift, winds, ny * nz)


@njit(cache=True, nogil=True)
def _name_clusters(flat, half, periodic, parent, shift, winds, plane):
    size = flat.size
    touches = np.zeros(size, np.uint8)
    for node in range(size):
        if flat[node] != 0 and half[flat[node]] > 0:
            root, _ = _find(parent, shift, node)
            if node < plane:
                touches[root] |= 1
            if node >= size - plane:
                touches[root] |= 2
    cluster = np.full(size, INSULATING, np.int32)
    carrying = isolated = 0
    for node in range(size):  # a root is the lowest node of its cluster, so it is named before its members
        if flat[node] == 0:
            continue
        root, _ = _find(parent, shift, node)
        if root == node:
            if winds[root] if periodic else touches[root] == 3:
                carrying += 1
                cluster[node] = carrying
            else:
                isolated += 1
                cluster[node] = ISOLATED
        else:
            cluster[node] = cluster[root]
    return cluster, carrying, isolated


@njit(cache=True, nogil=True)
def build_rows(phase, face, wrap, number, count):
    """Return the rows of the network of all numbered voxels, and what the jump at a periodic end drives.

    Returns start, neighbour, conductance, drive: drive[n] is the current into node n per unit of potential jump
    across the periodic end planes.
    """
    nx, ny, nz = phase.shape
    start = np.zeros(count + 1, np.int64)
    drive = np.zeros(count)
    flat = phase.reshape(phase.size)
    neighbour = np.empty(0, np.int32)
    conductance = np.empty(0)
    for fill in range(2):
        entries = 0
        for i in range(nx):
            for j in range(ny):
                for k in range(nz):
                    voxel = (i * ny + j) * nz + k
                    node = number[voxel]
                    if node < 0:
                        continue
                    p = flat[voxel]
                    for side in range(6):
                        axis, step = side // 2, 2 * (side % 2) - 1
                        ii = i + step if axis == 0 else i
                        jj = j + step if axis == 1 else j
                        kk = k + step if axis == 2 else k
                        inside = 0 <= ii < nx and 0 <= jj < ny and 0 <= kk < nz
                        if not inside and not wrap[axis]:
                            continue
                        other = ((ii % nx) * ny + jj % ny) * nz + kk % nz
                        g = face[axis, p, flat[other]]
                        if number[other] < 0 or g == 0:
                            continue
                        if fill == 1 and axis == 0 and not inside:
                            drive[node] -= step * g
                        if other == voxel:
                            continue
                        if fill == 1:
                            neighbour[entries] = number[other]
                            conductance[entries] = g
                        entries += 1
                    start[node + 1] = entries
        if fill == 0:
            neighbour = np.empty(entries, np.int32)
            conductance = np.empty(entries)
    return start, neighbour, conductance, drive


@njit(cache=True, nogil=True, fastmath={"reassoc"})
def dot(x, y):
    """Return the scalar product; unlike the BLAS one it starts no threads, which would wait busily."""
    total = 0.0
    for node in range(x.size):
        total += x[node] * y[node]
    return total


@njit(cache=True, nogil=True, fastmath={"reassoc"})
def multiply(matrix, x):
    """Return the product of a dense matrix with a vector, without starting threads."""
    y = np.empty(x.size)
    for row in range(x.size):
        total = 0.0
        for column in range(x.size):
            total += matrix[row, column] * x[column]
        y[row] = total
    return y


@njit(cache=True, nogil=True)
def row_sums(start, conductance, ground):
    """Return the diagonal: all conductances that leave a node."""
    diagonal = ground.copy()
    for node in range(ground.size):
        for entry in range(start[node], start[node + 1]):
            diagonal[node] += conductance[entry]
    return diagonal


@njit(cache=True, nogil=True)
def apply(start, neighbour, conductance, diagonal, x, y):
    """Set y = A x."""
    for node in range(x.size):
        total = diagonal[node] * x[node]
        for entry in range(start[node], start[node + 1]):
            total -= conductance[entry] * x[neighbour[entry]]
        y[node] = total


@njit(cache=True, nogil=True)
def gauss_seidel(start, neighbour, conductance, diagonal, b, x, backward):
    """Sweep once over x in place; a node without any conductance keeps its value."""
    size = x.size
    for index in range(size):
        node = size - 1 - index if backward else index
        if diagonal[node] > 0:
            total = b[node]
            for entry in range(start[node], start[node + 1]):
                total += conductance[entry] * x[neighbour[entry]]
            x[node] = total / diagonal[node]


@njit(cache=True, nogil=True)
def restrict_residual(start, neighbour, conductance, diagonal, b, x, parent, coarse):
    """Add up the residual b - A x over each aggregate."""
    coarse[:] = 0.0
    for node in range(x.size):
        total = b[node] - diagonal[node] * x[node]
        for entry in range(start[node], start[node + 1]):
            total += conductance[entry] * x[neighbour[entry]]
        coarse[parent[node]] += total


@njit(cache=True, nogil=True)
def add_coarse(parent, coarse, x):
    """Add to every node the correction of its aggregate."""
    for node in range(x.size):
        x[node] += coarse[parent[node]]


@njit(cache=True, nogil=True)
def _top(parent, node):
    """Return the root of a node, halving the path."""
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True, nogil=True)
def aggregate(start, neighbour, conductance, diagonal, block, threshold):
    """Join the nodes of every block that are connected; a weak conductance does not connect.

    Returns the aggregate of every node and the number of aggregates.
    """
    size = block.size
    parent = np.arange(size).astype(np.int32)
    for node in range(size):
        for entry in range(start[node], start[node + 1]):
            other = neighbour[entry]
            strong = conductance[entry] > threshold * max(diagonal[node], diagonal[other])
            if strong and other < node and block[other] == block[node]:
                first, second = _top(parent, node), _top(parent, other)
                parent[max(first, second)] = min(first, second)
    count = 0
    name = np.empty(size, np.int32)
    for node in range(size):  # parents come before their children
        if parent[node] == node:
            name[node] = count
            count += 1
        else:
            name[node] = name[parent[node]]
    return name, count


@njit(cache=True, nogil=True)
def coarsen(start, neighbour, conductance, ground, parent, count):
    """Return the network of the aggregates: conductances between two aggregates add up (Galerkin)."""
    size = parent.size
    first = np.zeros(count + 1, np.int64)
    for node in range(size):
        first[parent[node] + 1] += 1
    for part in range(count):
        first[part + 1] += first[part]
    member = np.empty(size, np.int32)
    position = first[:-1].copy()
    coarse_ground = np.zeros(count)
    for node in range(size):
        part = parent[node]
        member[position[part]] = node
        position[part] += 1
        coarse_ground[part] += ground[node]
    seen = np.full(count, -1, np.int64)
    coarse_start = np.zeros(count + 1, np.int64)
    coarse_neighbour = np.empty(0, np.int32)
    coarse_conductance = np.empty(0)
    for fill in range(2):
        seen[:] = -1
        entries = 0
        for part in range(count):
            row = entries
            for index in range(first[part], first[part + 1]):
                node = member[index]
                for entry in range(start[node], start[node + 1]):
                    other = parent[neighbour[entry]]
                    if other == part:
                        continue
                    if seen[other] < row:
                        seen[other] = entries
                        if fill == 1:
                            coarse_neighbour[entries] = other
                            coarse_conductance[entries] = 0.0
                        entries += 1
                    if fill == 1:
                        coarse_conductance[seen[other]] += conductance[entry]
            coarse_start[part + 1] = entries
        if fill == 0:
            coarse_neighbour = np.empty(entries, np.int32)
            coarse_conductance = np.empty(entries)
    return coarse_start, coarse_neighbour, coarse_conductance, coarse_ground
