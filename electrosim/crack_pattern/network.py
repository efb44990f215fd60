"""The film as a network: jittered nodes, bonds across the faces of their Voronoi cells."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.crack_pattern.problem import Problem

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

_JITTER = 0.35  # of a node about its hexagonal place, relative to the pitch; a regular lattice would guide the cracks
_MARGIN = 4  # rows of nodes around the sample that close the cells at its edge
_SHORTEST_FACE = 1e-6  # relative to the pitch; what is shorter carries nothing


@dataclass(frozen=True)
class Network:
    """Nodes joined by bonds; lengths are in pitches.

    Each bond stands for the film between two nodes. With a stiffness of face width over bond length, alike along and
    across the bond, the network is elastically isotropic and does not depend on the places of the nodes.

    Parameters
    ----------
    place : ndarray, shape (nodes, 2)
        From the middle of the sample.
    area : ndarray, shape (nodes,)
        Of the cells.
    ends : ndarray of int, shape (bonds, 2)
        The two nodes of each bond.
    span : ndarray, shape (bonds, 2)
        From the first to the second, across a periodic edge the short way.
    face : ndarray, shape (bonds, 2, 2)
        The two ends of the face between their cells, which becomes a crack when the bond breaks.
    extent : float
        Edge or diameter of the sample.
    """

    place: Floats
    area: Floats
    ends: Indices
    span: Floats
    face: Floats
    extent: float

    @property
    def sample_area(self) -> float:
        """Of all cells; bubbles are none."""
        return float(self.area.sum())

    @property
    def length(self) -> Floats:
        """Of the bonds, shape (bonds,)."""
        return np.hypot(self.span[:, 0], self.span[:, 1])

    @property
    def width(self) -> Floats:
        """Of the faces, shape (bonds,)."""
        across = self.face[:, 1] - self.face[:, 0]
        return np.hypot(across[:, 0], across[:, 1])


def build_network(problem: Problem, rng: np.random.Generator) -> Network:
    """Return the network of a sample, without the nodes where bubbles are."""
    from scipy.spatial import Delaunay

    place, original, extent = _lattice(problem, rng)
    mesh = Delaunay(place)
    centre = _circumcentres(place[mesh.simplices])
    triangle, side = np.nonzero(mesh.neighbors > np.arange(len(centre))[:, None])
    corner = mesh.simplices.astype(np.int64)
    ends = np.stack([corner[triangle, (side + 1) % 3], corner[triangle, (side + 2) % 3]], axis=1)
    face = np.stack([centre[triangle], centre[mesh.neighbors[triangle, side]]], axis=1)
    span = place[ends[:, 1]] - place[ends[:, 0]]

    present = _in_sample(problem, place[original], extent)
    wanted = present[ends].all(axis=1) & (np.hypot(*(face[:, 1] - face[:, 0]).T) > _SHORTEST_FACE)
    wanted &= _counted_once(ends, original)
    ends, face, span = original[ends[wanted]], face[wanted], span[wanted]
    used = np.unique(ends)  # a node that is cut off from all others has nothing to break
    number = np.searchsorted(used, ends)
    kite = np.hypot(*(face[:, 1] - face[:, 0]).T) * np.hypot(*span.T) / 4
    area: Floats = np.bincount(number.ravel(), np.repeat(kite, 2), used.size).astype(np.float64)
    order = _near_in_memory(place[used])
    rank = np.argsort(order)
    return Network(place[used][order], area[order], rank[number], span, face, extent)


def _lattice(problem: Problem, rng: np.random.Generator) -> tuple[Floats, Indices, float]:
    """Return jittered hexagonal places, around the sample too; which node each one is a copy of; and the extent."""
    extent = problem.size / problem.pitch
    columns, rows = round(extent), 2 * round(extent / math.sqrt(3))
    periodic = problem.edges == "periodic"
    around = 0 if periodic else _MARGIN
    column, row = np.meshgrid(np.arange(-around, columns + around), np.arange(-around, rows + around))
    hexagonal = np.stack([(column + 0.5 * (row % 2) + 0.25) / columns, (row + 0.5) / rows], axis=-1).reshape(-1, 2)
    place = extent * (hexagonal - 0.5) + rng.uniform(-_JITTER, _JITTER, hexagonal.shape)
    original = np.arange(len(place))
    if periodic:
        place, original = _with_copies(place, extent)
    return place, original, extent


def _with_copies(place: Floats, extent: float) -> tuple[Floats, Indices]:
    """Return places with those that continue them across the edges, and which each one copies."""
    places, originals = [place], [np.arange(len(place))]
    for x, y in [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1) if x or y]:
        moved = place + extent * np.array([x, y])
        near = (np.abs(moved) < extent / 2 + _MARGIN).all(axis=1)
        places.append(moved[near])
        originals.append(np.flatnonzero(near))
    return np.concatenate(places), np.concatenate(originals)


def _circumcentres(corner: Floats) -> Floats:
    """Return the circumcentres of triangles, shape (triangles, 3, 2): the corners of the Voronoi cells."""
    b, c = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0]
    twice = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    b2, c2 = (b**2).sum(axis=1), (c**2).sum(axis=1)
    x = (c[:, 1] * b2 - b[:, 1] * c2) / twice
    y = (b[:, 0] * c2 - c[:, 0] * b2) / twice
    return np.asarray(corner[:, 0] + np.stack([x, y], axis=1))


def _in_sample(problem: Problem, place: Floats, extent: float) -> NDArray[np.bool_]:
    """Return which nodes are part of the film."""
    if problem.shape == "disc":
        present = np.hypot(*place.T) < extent / 2
    elif problem.edges == "free":
        present = (np.abs(place) < extent / 2).all(axis=1)
    else:
        present = np.ones(len(place), bool)
    for bubble in problem.bubbles:
        away = np.hypot(place[:, 0] - bubble.x / problem.pitch, place[:, 1] - bubble.y / problem.pitch)
        present &= away >= bubble.radius / problem.pitch
    return np.asarray(present)


def _counted_once(ends: Indices, original: Indices) -> NDArray[np.bool_]:
    """Return which bonds stand for themselves: of the two copies of one across an edge, that of the lower node."""
    first, second = original[ends].T
    first_copied, second_copied = (original[ends] != ends).T
    once = np.where(first_copied, second < first, np.where(second_copied, first < second, True))
    return np.asarray(once & ~(first_copied & second_copied))


def _near_in_memory(place: Floats) -> Indices:
    """Return an order in which near nodes have near numbers (Morton's), so that a patch of them fits the cache."""
    cell = ((place - place.min(axis=0)) * (65535 / max(np.ptp(place, axis=0).max(), 1))).astype(np.uint64)
    code = np.zeros(len(place), np.uint64)
    for bit in range(16):
        for axis in (0, 1):
            code |= ((cell[:, axis] >> np.uint64(bit)) & np.uint64(1)) << np.uint64(2 * bit + axis)
    return np.asarray(np.argsort(code, kind="stable"))
