"""Crack growth by solving the whole film again after every break: the plain twin, for small films."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, silent
from electrosim.crack_pattern.film import Growth, Springs
from electrosim.crack_pattern.measure import bond_loads
from electrosim.crack_pattern.network import Floats, Network

if TYPE_CHECKING:
    from scipy.sparse import csc_array

_MOST_NODES = 20_000


@dataclass(frozen=True)
class Direct:
    """Break the weakest place, solve all of the film by sparse factorisation, go on."""

    def grow(self, network: Network, springs: Springs, strains: Floats, observer: Observer = silent) -> Growth:
        """Return what breaks up to the last of the rising strains, and the displacements at each of them."""
        if len(network.place) > _MOST_NODES:
            raise InputError(
                f'method "direct" solves the film again after every break; with {len(network.place)} nodes use '
                '"relaxation"',
                ("method",),
            )
        whole, bonded = np.ones(len(network.ends), bool), np.ones(len(network.place), bool)
        broken, reached_at, kept, reached = [], [], [], 0.0
        for number, strain in enumerate(strains):
            while True:
                displacement = _equilibrium(network, springs, whole, bonded)
                failing = failing_strains(network, springs, whole, bonded, displacement)
                weakest = int(np.argmin(failing))
                if failing[weakest] > strain:
                    break
                reached = max(reached, float(failing[weakest]))
                reached_at.append(reached)
                if weakest < len(whole):
                    whole[weakest] = False
                    broken.append(weakest)
                else:
                    bonded[weakest - len(whole)] = False
                    broken.append(-1 - (weakest - len(whole)))
                observer("cracking", number / len(strains), f"strain {reached:.3g}, {len(broken)} breaks")
            kept.append(displacement)
        return Growth(np.array(broken, np.int64), np.array(reached_at), strains, np.array(kept))


def _equilibrium(network: Network, springs: Springs, whole: np.ndarray, bonded: np.ndarray) -> Floats:
    """Return the displacements per unit of free strain at which all forces on every node add up to zero."""
    from scipy.sparse.linalg import splu

    matrix, load = system(network, springs, whole, bonded)
    factors = splu(matrix)
    return np.stack([factors.solve(part) for part in load.T], axis=1)


def system(network: Network, springs: Springs, whole: np.ndarray, bonded: np.ndarray) -> tuple[csc_array, Floats]:
    """Return the stiffness, shape (nodes, nodes), and the pull of the shrinkage on the nodes, shape (nodes, 2)."""
    from scipy.sparse import coo_array, diags_array

    nodes = len(network.place)
    first, second = network.ends[whole].T
    stiffness = springs.bond[whole]
    pull = stiffness[:, None] * network.span[whole]  # of the shrinkage, on the first node; the opposite on the second
    both = np.concatenate([first, second]), np.concatenate([second, first])
    joined = coo_array((np.tile(stiffness, 2), both), shape=(nodes, nodes)).tocsc()
    ground = springs.ground * np.where(bonded, 1.0, springs.slip)
    load = [np.bincount(first, pull[:, axis], nodes) - np.bincount(second, pull[:, axis], nodes) for axis in (0, 1)]
    return (diags_array(joined.sum(axis=1) + ground) - joined).tocsc(), np.stack(load, axis=1)


def failing_strains(
    network: Network, springs: Springs, whole: np.ndarray, bonded: np.ndarray, displacement: Floats
) -> Floats:
    """Return the free strain at which each bond, then each node's bond to the substrate, fails."""
    load = np.where(whole, bond_loads(network, displacement), 0.0)
    shear = np.where(bonded, springs.slide * np.hypot(*displacement.T), 0.0)
    with np.errstate(divide="ignore"):
        return np.concatenate(
            [np.where(load > 0, springs.strength / load, np.inf), np.where(shear > 0, springs.adhesion / shear, np.inf)]
        )
