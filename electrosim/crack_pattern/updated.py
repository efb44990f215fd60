"""Crack growth by one factorisation that every break updates: for films that a break disturbs as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, silent
from electrosim.crack_pattern.direct import failing_strains, system
from electrosim.crack_pattern.film import Growth, Springs
from electrosim.crack_pattern.network import Floats, Network

_MOST_NODES = 200_000
_UPDATES = 64  # breaks between two factorisations; from 32 to 128 the time hardly changes
_BREAKS_PER_NEWS = 100


@dataclass(frozen=True)
class Updated:
    """Break the weakest place, update the solution of all of the film, go on.

    A break takes c d d^T from the stiffness A, d being 1 at one of its nodes and -1 at the other, and from the forces
    what the bond pulls along d. By Sherman and Morrison, z = A^-1 d gives the new displacements and the new inverse.
    """

    def grow(self, network: Network, springs: Springs, strains: Floats, observer: Observer = silent) -> Growth:
        """Return what breaks up to the last of the rising strains, and the displacements at each of them."""
        if len(network.place) > _MOST_NODES:
            raise InputError(
                f'method "updated" factorises the film as a whole; with {len(network.place)} nodes use "relaxation"',
                ("method",),
            )
        film = _Film(network, springs)
        broken: list[int] = []
        reached_at: list[float] = []
        kept, reached = [], 0.0
        for number, strain in enumerate(strains):
            while True:
                failing = film.failing_strains()
                weakest = int(np.argmin(failing))
                if failing[weakest] > strain:
                    break
                reached = max(reached, float(failing[weakest]))
                reached_at.append(reached)
                broken.append(film.release(weakest))
                if len(broken) % _BREAKS_PER_NEWS == 0:
                    observer("cracking", number / len(strains), f"strain {reached:.3g}, {len(broken)} breaks")
            kept.append(film.displacement.copy())
        return Growth(np.array(broken, np.int64), np.array(reached_at), strains, np.array(kept))


class _Film:
    """What is whole, the displacements, and the inverse: that of the last factorisation and the updates since."""

    def __init__(self, network: Network, springs: Springs) -> None:
        self._network, self._springs = network, springs
        self._whole, self._bonded = np.ones(len(network.ends), bool), np.ones(len(network.place), bool)
        self._moved = np.empty((_UPDATES, len(network.place)))  # z of each update since the factorisation
        self._weight = np.empty(_UPDATES)  # c / (1 - c d.z) of each
        self._factorise()

    def failing_strains(self) -> Floats:
        """Return the free strain at which each bond, then each node's bond to the substrate, fails."""
        return failing_strains(self._network, self._springs, self._whole, self._bonded, self.displacement)

    def release(self, place: int) -> int:
        """Break a bond, or beyond the last of them a node's bond to the substrate; return what a `Growth` notes."""
        bonds = len(self._whole)
        if place < bonds:
            nodes, sign = self._network.ends[place], np.array([1.0, -1.0])
            lost = float(self._springs.bond[place])
            pull = lost * self._network.span[place]
            self._whole[place] = False
        else:
            nodes, sign = np.array([place - bonds]), np.array([1.0])
            lost = float(self._springs.ground[place - bonds] * (1 - self._springs.slip))
            pull = np.zeros(2)
            self._bonded[place - bonds] = False
        if self._updates == _UPDATES:
            self._factorise()
        else:
            self._update(nodes, sign, lost, pull)
        return place if place < bonds else bonds - 1 - place

    def _factorise(self) -> None:
        from scipy.sparse.linalg import splu

        matrix, load = system(self._network, self._springs, self._whole, self._bonded)
        self._factors = splu(matrix, permc_spec="MMD_AT_PLUS_A", options={"SymmetricMode": True})
        self.displacement: Floats = np.stack([self._factors.solve(part) for part in load.T], axis=1)
        self._updates = 0

    def _update(self, nodes: NDArray[np.int64], sign: Floats, lost: float, pull: Floats) -> None:
        """Take `lost` d d^T from the stiffness and d `pull` from the forces."""
        former, weight = self._moved[: self._updates], self._weight[: self._updates]
        unit = np.zeros(self._moved.shape[1])
        unit[nodes] = sign
        moved = self._factors.solve(unit) + (weight * (former[:, nodes] @ sign)) @ former
        gain = 1 / (1 - lost * float(moved[nodes] @ sign))
        self.displacement += moved[:, None] * (gain * (lost * (sign @ self.displacement[nodes]) - pull))
        self._moved[self._updates], self._weight[self._updates] = moved, gain * lost
        self._updates += 1
