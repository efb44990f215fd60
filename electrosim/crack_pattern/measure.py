"""What a broken film looks like: crack intensity, islands, spacing, widths, over strain and over height."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.crack_pattern.film import Growth
from electrosim.crack_pattern.network import Floats, Indices, Network
from electrosim.crack_pattern.problem import Problem

_TOUCHING = 1.5  # pitches from the rim of a bubble within which a node belongs to it


@dataclass(frozen=True)
class Pattern:
    """The film at one free strain; lengths in pitches, areas in their squares.

    Parameters
    ----------
    broken : ndarray of bool, shape (bonds,)
        Which bonds are broken.
    parted : ndarray of bool, shape (nodes,)
        Which nodes have parted from the substrate.
    opening : ndarray, shape (bonds,)
        Gap of the broken bonds, 0 elsewhere.
    fragment : ndarray of int, shape (nodes,)
        Which fragment a node belongs to.
    fragment_area : ndarray, shape (fragments,)
        Their areas.
    crack : ndarray of int, shape (broken bonds,)
        Which connected crack a broken bond belongs to.
    """

    broken: NDArray[np.bool_]
    parted: NDArray[np.bool_]
    opening: Floats
    fragment: Indices
    fragment_area: Floats
    crack: Indices


def pattern_at(network: Network, growth: Growth, snapshot: int) -> Pattern:
    """Return the pattern at a snapshot."""
    strain = growth.snapshot[snapshot]
    gone = growth.bond[growth.strain <= strain]
    broken, parted = np.zeros(len(network.ends), bool), np.zeros(len(network.place), bool)
    broken[gone[gone >= 0]] = True
    parted[-1 - gone[gone < 0]] = True
    stretch = bond_loads(network, growth.displacement[snapshot]) * network.length
    opening = np.where(broken, np.maximum(strain * stretch, 0.0), 0.0)
    fragment = _components(network.ends[~broken], len(network.place))
    area = np.bincount(fragment, network.area).astype(np.float64)
    return Pattern(broken, parted, opening, fragment, area, _connected_cracks(network, broken))


def bond_loads(network: Network, displacement: Floats) -> Floats:
    """Return each bond's stress relative to the intact film's, 1 + n.(u_2 - u_1)/l, shape (bonds,)."""
    stretch = np.einsum("ij,ij->i", displacement[network.ends[:, 1]] - displacement[network.ends[:, 0]], network.span)
    return np.asarray(1.0 + stretch / network.length**2)


def crack_intensity(network: Network, pattern: Pattern) -> float:
    """Return the area of all cracks over the area of the sample."""
    return float(pattern.opening @ network.width / network.sample_area)


def intercept(network: Network, pattern: Pattern) -> float:
    """Return the mean distance of cracks along straight lines, from crossings counted in both directions."""
    across = np.abs(network.face[pattern.broken, 1] - network.face[pattern.broken, 0]).sum()
    return float(2 * network.sample_area / across) if across else np.inf


def islands(pattern: Pattern, least_area: float) -> int:
    """Return the number of fragments that are not dust."""
    return int((pattern.fragment_area >= least_area).sum())


def largest_crack(network: Network, pattern: Pattern) -> tuple[float, float]:
    """Return the share of all crack length in the largest connected crack, and how far it spans the sample."""
    if not pattern.broken.any():
        return 0.0, 0.0
    length = np.bincount(pattern.crack, network.width[pattern.broken])
    largest = network.face[pattern.broken][pattern.crack == length.argmax()].reshape(-1, 2)
    return float(length.max() / length.sum()), float(min(np.ptp(largest, axis=0).max() / network.extent, 1.0))


def intensity_over_height(problem: Problem, network: Network, pattern: Pattern, height: Floats) -> Floats:
    """Return the crack intensity at relative heights: wide at the free surface, narrow where the film is held.

    A bonded film moves as z (2 h - z) about the base, which itself yields if the interface is compliant; a parted film
    moves as a whole. Both leave the mean over the height as it is.
    """
    sheared = 1.5 * (2 * height - height**2)
    interface = problem.film.interface_stiffness
    yielding = problem.film.shear_stiffness / interface if interface else 0.0
    held = yielding + (1 - yielding) * sheared
    area = pattern.opening * network.width
    parted = pattern.parted[network.ends].mean(axis=1)
    return np.asarray((area @ (1 - parted) * held + area @ parted) / network.sample_area)


def nodes_at_bubbles(problem: Problem, network: Network) -> NDArray[np.bool_]:
    """Return which nodes lie at the rim of a bubble."""
    touching = np.zeros(len(network.place), bool)
    for bubble in problem.bubbles:
        away = np.hypot(*(network.place - np.array([bubble.x, bubble.y]) / problem.pitch).T)
        touching |= away < bubble.radius / problem.pitch + _TOUCHING
    return touching


def _connected_cracks(network: Network, broken: NDArray[np.bool_]) -> Indices:
    """Return which connected crack each broken bond belongs to: faces that meet in a corner of cells are one.

    Corners are told by their places, rounded, modulo the extent of a periodic sample.
    """
    corner = np.round(np.mod(network.face[broken], network.extent) * 1e6).astype(np.int64).reshape(-1, 2)
    _, number = np.unique(corner, axis=0, return_inverse=True)
    number = number.reshape(-1, 2)
    return _components(number, int(number.max(initial=-1)) + 1)[number[:, 0]]


def _components(pairs: Indices, count: int) -> Indices:
    """Return the connected component of each of `count` things, some pairs of which are joined."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    joined = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(joined, directed=False)[1], np.int64)
