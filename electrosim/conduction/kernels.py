"""Compiled loops over conductance networks: rows, products, the smoother, aggregation and coarsening.

Legend. phase[i, j, k] phase number, 0 insulates; sigma[a, p] conductivity of phase p along axis a. A network
is stored by rows: neighbours of node n are neighbour[start[n]:start[n+1]], joined by conductance[...]; those before
middle[n] have lower numbers than n, the others higher ones. ground[n] is the conductance from n to fixed potentials,
inverse[n] one over the sum of all conductances of n, or 0 if there is none.

Numbers are given by colour, as on a chessboard: first all even voxels or blocks, then all odd ones. Two nodes of one
colour hardly ever meet, so a sweep in the order of numbers waits for no result of the step before. Neighbours are
unsigned, so that compiled loops do not look for a sign.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from electrosim.conduction.face_kernels import harmonic_mean


@njit(cache=True, nogil=True)
def number_nodes(phase):
    """Give numbers to all voxels of a phase other than 0, even ones first.

    Returns the number of every voxel, -1 for none, and the voxel of every number.
    """
    nx, ny, nz = phase.shape
    number = np.full(phase.size, -1, np.int32)
    voxel_of = np.empty(np.count_nonzero(phase), np.int32)
    count = 0
    for colour in range(2):
        for i in range(nx):
            for j in range(ny):
                for k in range((i + j + colour) & 1, nz, 2):
                    if phase[i, j, k] > 0:
                        voxel = (i * ny + j) * nz + k
                        number[voxel] = count
                        voxel_of[count] = voxel
                        count += 1
    return number, voxel_of


@njit(cache=True, nogil=True, inline="always")
def _insert(neighbour, conductance, middle, end, node, other, g):
    """Put a neighbour behind the lower ones or at the end of a row; return middle and end of the longer row."""
    if other > node:
        neighbour[end], conductance[end] = other, g
        return middle, end + 1
    neighbour[end], conductance[end] = neighbour[middle], conductance[middle]
    neighbour[middle], conductance[middle] = other, g
    return middle + 1, end + 1


@njit(cache=True, nogil=True)
def build_rows(phase, sigma, wrap, number, voxel_of, start):
    """Fill `start`; return middle, neighbour and conductance."""
    nx, ny, nz = phase.shape
    flat = phase.reshape(phase.size)
    middle = np.empty_like(start[1:])
    neighbour = np.empty(6 * voxel_of.size, np.uint32)  # pages that stay unused take no memory
    conductance = np.empty(6 * voxel_of.size)
    end = 0
    start[0] = 0
    for node in range(voxel_of.size):
        voxel = voxel_of[node]
        row = voxel // nz
        p = flat[voxel]
        centre = end
        for axis in range(3):
            if axis == 0:
                place, length, stride = row // ny, nx, ny * nz
            elif axis == 1:
                place, length, stride = row % ny, ny, nz
            else:
                place, length, stride = voxel - row * nz, nz, 1
            for step in (-1, 1):
                inside = 0 <= place + step < length
                if not inside and not wrap[axis]:
                    continue
                other = voxel + step * stride if inside else voxel - step * (length - 1) * stride
                g = harmonic_mean(sigma[axis, p], sigma[axis, flat[other]])
                if number[other] < 0 or g == 0:
                    continue
                if other != voxel:
                    centre, end = _insert(neighbour, conductance, centre, end, node, number[other], g)
        middle[node] = centre
        start[node + 1] = end
    return middle, neighbour[:end], conductance[:end]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def dot(x, y):
    """Return the scalar product in double precision; unlike the BLAS one it starts no threads that wait busily."""
    total = 0.0
    for node in range(x.size):
        total += np.float64(x[node]) * np.float64(y[node])
    return total


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def multiply(matrix, x, y):
    """Set y to the product of a dense matrix with a vector, without starting threads."""
    for row in range(x.size):
        total = np.float32(0.0)
        for column in range(x.size):
            total += matrix[row, column] * x[column]
        y[row] = total


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
    """Set y = A x and return (x, y)."""
    product = 0.0
    for node in range(x.size):
        total = diagonal[node] * x[node]
        for entry in range(start[node], start[node + 1]):
            total -= conductance[entry] * x[neighbour[entry]]
        y[node] = total
        product += x[node] * total
    return product


@njit(cache=True, nogil=True)
def turn(direction, step, factor):
    """Set direction = step + factor*direction."""
    for node in range(direction.size):
        direction[node] = step[node] + factor * direction[node]


@njit(cache=True, nogil=True)
def advance(x, residual, direction, image, length):
    """Go a length along a direction, image = A direction; the residual follows."""
    for node in range(x.size):
        x[node] += length * direction[node]
        residual[node] -= length * image[node]


@njit(cache=True, nogil=True)
def descend(start, middle, neighbour, conductance, inverse, b, x, parent, coarse):
    """Sweep forward from x = 0 and add up the residual over each aggregate.

    From zero, a forward sweep meets only the lower neighbours. After it, (D - L) x = b, so the residual
    b - (D - L - U) x is U x, which meets only the upper ones.
    """
    for node in range(x.size):
        total = b[node]
        for entry in range(start[node], middle[node]):
            total += conductance[entry] * x[neighbour[entry]]
        x[node] = total * inverse[node]
    coarse[:] = 0
    for node in range(x.size):
        if parent[node] >= 0:
            total = np.float32(0.0)
            for entry in range(middle[node], start[node + 1]):
                total += conductance[entry] * x[neighbour[entry]]
            coarse[parent[node]] += total


@njit(cache=True, nogil=True)
def ascend(start, middle, neighbour, conductance, inverse, b, x, parent, coarse, below):
    """Add the correction of the aggregates and sweep backward; below = L x as it was before that sweep."""
    if coarse.size > 0:
        for node in range(x.size):
            if parent[node] >= 0:
                x[node] += coarse[parent[node]]
    for node in range(x.size - 1, -1, -1):
        total = np.float32(0.0)
        for entry in range(start[node], middle[node]):
            total += conductance[entry] * x[neighbour[entry]]
        below[node] = total
        total += b[node]
        for entry in range(middle[node], start[node + 1]):
            total += conductance[entry] * x[neighbour[entry]]
        x[node] = total * inverse[node]


@njit(cache=True, nogil=True)
def image_after_sweep(start, middle, neighbour, conductance, inverse, b, x, below, image):
    """Set image = A x behind a backward sweep; return (x, b) and (x, A x).

    The sweep left (D - U) x = b + L x_before, so A x = b + L x_before - L x: only lower neighbours are met.
    """
    work = curvature = 0.0
    for node in range(x.size):
        total = np.float32(0.0)
        if inverse[node] > 0:
            total = b[node] + below[node]
            for entry in range(start[node], middle[node]):
                total -= conductance[entry] * x[neighbour[entry]]
        image[node] = total
        work += np.float64(x[node]) * b[node]
        curvature += np.float64(x[node]) * total
    return work, curvature


@njit(cache=True, nogil=True, inline="always")
def _top(parent, node):
    """Return the root of a node, halving the path."""
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True, nogil=True)
def aggregate(start, neighbour, conductance, inverse, block, colour, threshold):
    """Join the nodes of every block that are connected; a weak conductance does not connect.

    A node with weak conductances only follows its strongest neighbour, in whatever block. A node without any joins
    no aggregate. Returns the aggregate of every node, -1 for none, and one member of every aggregate.
    """
    size = block.size
    parent = np.arange(size).astype(np.int32)
    alone = np.ones(size, np.bool_)
    for node in range(size):
        for entry in range(start[node], start[node + 1]):
            other = neighbour[entry]
            if conductance[entry] * min(inverse[node], inverse[other]) > threshold:
                alone[node] = False
                if other < node and block[other] == block[node]:
                    first, second = _top(parent, node), _top(parent, other)
                    parent[max(first, second)] = min(first, second)
    for node in range(size):
        if alone[node]:
            parent[node] = _strongest(start, neighbour, conductance, inverse, node)
    name = np.full(size, -1, np.int32)
    member = np.empty(size, np.int32)
    count = 0
    for shade in range(2):
        for node in range(size):
            if parent[node] == node and start[node] < start[node + 1] and colour[node] == shade:
                name[node] = count
                member[count] = node
                count += 1
    for node in range(size):
        name[node] = name[_top(parent, node)]
    return name, member[:count].copy()


@njit(cache=True, nogil=True, inline="always")
def _strongest(start, neighbour, conductance, inverse, node):
    """Return the neighbour best joined to a node if its diagonal is larger, so that chains of followers end."""
    best, chosen = 0.0, node
    for entry in range(start[node], start[node + 1]):
        if conductance[entry] > best:
            best, chosen = conductance[entry], neighbour[entry]
    return chosen if inverse[chosen] < inverse[node] else node


@njit(cache=True, nogil=True)
def members(parent, count):
    """Return the nodes sorted by aggregate, and where each aggregate begins."""
    first = np.zeros(count + 1, np.int32)
    for node in range(parent.size):
        if parent[node] >= 0:
            first[parent[node] + 1] += 1
    for part in range(count):
        first[part + 1] += first[part]
    member = np.empty(first[count], np.int32)
    position = first[:-1].copy()
    for node in range(parent.size):
        part = parent[node]
        if part >= 0:
            member[position[part]] = node
            position[part] += 1
    return member, first


@njit(cache=True, nogil=True, inline="always")
def gather_entry(seen, near, total, met, other, g):
    """Add a conductance to those met so far; return how many neighbours have been met.

    seen[other] is the place of a neighbour in near and total, -1 if it was not met; total is 0 where nothing is kept.
    Without a branch: behind one, numba counts the references of all arrays up and down, which takes five times as long.
    """
    place = seen[other]
    new = place < 0
    place += new * (met - place)
    seen[other], near[place] = place, other
    total[place] += g
    return met + new


@njit(cache=True, nogil=True, inline="always")
def write_row(seen, near, total, met, node, neighbour, conductance, end):
    """Write the row of a node, lower neighbours first, and forget them; return its middle and end."""
    middle = end
    for n in range(met):
        middle += near[n] < node
    low, high = end, middle
    for n in range(met):
        seen[near[n]] = -1
        if near[n] < node:
            neighbour[low], conductance[low] = near[n], total[n]
            low += 1
        else:
            neighbour[high], conductance[high] = near[n], total[n]
            high += 1
        total[n] = 0
    return middle, high


@njit(cache=True, nogil=True)
def coarsen(start, neighbour, conductance, parent, count):
    """Return the network of the aggregates: start, middle, neighbour, conductance.

    Conductances between two aggregates add up (Galerkin).
    """
    member, first = members(parent, count)
    seen, near, total = np.full(count, -1, np.int32), np.empty(count, np.int32), np.zeros(count, np.float32)
    coarse_start, middle = np.zeros(count + 1, np.int32), np.empty(count, np.int32)
    coarse_neighbour = np.empty(neighbour.size, np.uint32)  # pages that stay unused take no memory
    coarse_conductance = np.empty(neighbour.size, np.float32)
    end = 0
    for part in range(count):
        met = 0
        for index in range(first[part], first[part + 1]):
            node = member[index]
            for entry in range(start[node], start[node + 1]):
                other = parent[neighbour[entry]]
                if other >= 0 and other != part:
                    met = gather_entry(seen, near, total, met, other, conductance[entry])
        middle[part], end = write_row(seen, near, total, met, part, coarse_neighbour, coarse_conductance, end)
        coarse_start[part + 1] = end
    return coarse_start, middle, coarse_neighbour[:end].copy(), coarse_conductance[:end].copy()
