"""Crack growth by local relaxation: each break disturbs a patch of the film, and only that is solved again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, announce_compilation, silent
from electrosim.crack_pattern import kernels
from electrosim.crack_pattern.film import Growth, Springs
from electrosim.crack_pattern.network import Floats, Network

_OVER_RELAXATION = 1.7  # of 1.4 to 1.8 the quickest
_BREAKS_PER_NEWS = 500
_FIRST = 1e-6  # residual to which the film is relaxed before anything breaks


@dataclass(frozen=True)
class Relaxation:
    """Break the weakest place, relax its neighbourhood, go on.

    Parameters
    ----------
    tolerance : float
        Residual force that is left at a node, relative to the force that the intact film carries over one pitch, times
        the squared lag length in pitches: the error of a displacement is the residual times that square. From 0.0025
        down the same places break as in the limit; up to about 0.25 others do, but as many, as wide and as far apart.
    """

    tolerance: float = 0.05

    def __post_init__(self) -> None:
        """Check the tolerance."""
        if not 0 < self.tolerance <= 1:
            raise InputError(f"tolerance = {self.tolerance}: choose above 0, up to 1", ("method", "tolerance"))

    def grow(self, network: Network, springs: Springs, strains: Floats, observer: Observer = silent) -> Growth:
        """Return what breaks up to the last of the rising strains, and the displacements at each of them."""
        announce_compilation(observer, kernels, "grow")
        film = _Film(network, springs, self.tolerance / springs.lag**2)
        broken, reached_at, kept = [], [], []
        for number, strain in enumerate(strains):
            while True:
                bonds, at = film.break_below(strain)
                broken.append(bonds)
                reached_at.append(at)
                count = sum(map(len, broken))
                observer("cracking", number / len(strains), f"strain {film.reached:.3g}, {count} breaks")
                if len(bonds) < _BREAKS_PER_NEWS:
                    break
            kept.append(film.displacement.copy())
        return Growth(np.concatenate(broken), np.concatenate(reached_at), strains, np.array(kept))


class _Film:
    """The arrays of the kernels; rows are nodes, columns the bonds of a node."""

    def __init__(self, network: Network, springs: Springs, tolerance: float) -> None:
        degree, neighbour, bond, turned = _bonds_of_nodes(network)
        nodes, used = len(network.place), bond >= 0
        length = network.length
        normal = np.where(turned, -1.0, 1.0)[..., None] * (network.span / length[:, None])[bond]
        stiffness = np.where(used, springs.bond[bond], 0.0)
        force = (used * network.width[bond])[..., None] * normal
        ground = springs.ground.copy()
        slide = np.full(nodes, springs.slide)
        self.displacement = np.zeros((nodes, 2))
        self.reached = 0.0
        residual, diagonal = force.sum(axis=1), stiffness.sum(axis=1) + ground
        queue, waiting = np.zeros(nodes, np.int64), np.zeros(nodes, bool)
        touched, touched_list = np.zeros(nodes, np.uint8), np.zeros(nodes, np.int64)
        blocks = -(-nodes // kernels.BLOCK)
        self._loads: tuple[Any, ...] = (
            neighbour, degree, normal, 1 / length[bond], stiffness, springs.strength[bond], self.displacement, slide,
            springs.adhesion,
        )  # fmt: skip
        self._relaxing: tuple[Any, ...] = (
            diagonal, residual, np.empty(nodes), np.empty(blocks), np.empty(blocks, np.int64), queue, waiting, touched,
            touched_list, _OVER_RELAXATION,
        )  # fmt: skip
        self._events = np.empty(_BREAKS_PER_NEWS, np.int64), np.empty(_BREAKS_PER_NEWS)
        self._breaking: tuple[Any, ...] = (bond, force, ground, springs.slip, *self._events)
        self._tolerance = tolerance
        kernels.settle(_FIRST, *self._loads, *self._relaxing)

    def break_below(self, strain: float) -> tuple[NDArray[np.int64], Floats]:
        """Return what breaks next, up to a strain, and when."""
        events, self.reached = kernels.grow(
            strain, self.reached, self._tolerance, *self._loads, *self._relaxing, *self._breaking
        )
        what, when = self._events
        return what[:events].copy(), when[:events].copy()


def _bonds_of_nodes(
    network: Network,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], NDArray[np.bool_]]:
    """Return how many bonds each node has; their other ends, their numbers (-1: none), and whether they are turned."""
    nodes, bonds = len(network.place), len(network.ends)
    here, there = network.ends.T.ravel(), network.ends[:, ::-1].T.ravel()
    order = np.argsort(here, kind="stable")
    degree = np.bincount(here, minlength=nodes)
    column = np.arange(2 * bonds) - np.repeat(np.cumsum(degree) - degree, degree)
    shape = (nodes, int(degree.max()))
    neighbour, bond, turned = np.zeros(shape, np.int32), np.full(shape, -1, np.int32), np.zeros(shape, bool)
    neighbour[here[order], column] = there[order]
    bond[here[order], column] = order % bonds
    turned[here[order], column] = order >= bonds
    return degree.astype(np.int32), neighbour, bond, turned
