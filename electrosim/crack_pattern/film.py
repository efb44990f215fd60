"""The film while it breaks: displacements, residual forces, and what is still whole."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from electrosim.crack_pattern.network import Floats, Indices, Network
from electrosim.crack_pattern.problem import Problem


@dataclass(frozen=True)
class Springs:
    """Stiffnesses and strengths of a network, relative to biaxial modulus times thickness; lengths in pitches.

    Parameters
    ----------
    bond : ndarray, shape (bonds,)
        Face width over length: the same along and across the bond. Were there none across, nodes left with two or
        three bonds would hinge and bridge every crack.
    strength : ndarray, shape (bonds,)
        Free strain at which the bond would break in the intact film.
    ground : ndarray, shape (nodes,)
        Of the bond to the substrate: cell area over squared lag length.
    slide : float
        Shear stress on the substrate per free strain and displacement [Pa].
    adhesion : float
        Shear stress that parts film and substrate [Pa], or infinity.
    slip : float
        Stiffness of a parted place relative to a bonded one.
    lag : float
        Lag length.
    """

    bond: Floats
    strength: Floats
    ground: Floats
    slide: float
    adhesion: float
    slip: float
    lag: float


def springs_of(problem: Problem, network: Network, rng: np.random.Generator) -> Springs:
    """Return the springs; strengths are Weibull distributed with the film's mean strength."""
    film = problem.film
    modulus = film.weibull_modulus
    scatter = rng.weibull(modulus, len(network.ends)) / math.gamma(1 + 1 / modulus)
    return Springs(
        bond=network.width / network.length,
        strength=scatter * film.mean_strength / film.biaxial_modulus,
        ground=network.area / problem.nodes_per_lag**2,
        slide=film.shear_stiffness * problem.pitch,
        adhesion=film.adhesion if film.adhesion is not None else math.inf,
        slip=film.slip,
        lag=problem.nodes_per_lag,
    )


@dataclass(frozen=True)
class Growth:
    """How a film broke.

    Parameters
    ----------
    bond : ndarray of int, shape (events,)
        What broke, in order; -1 - n is the bond of node n to the substrate.
    strain : ndarray, shape (events,)
        Free strain at which it broke, never falling.
    snapshot : ndarray, shape (snapshots,)
        Free strains at which the displacements were kept.
    displacement : ndarray, shape (snapshots, nodes, 2)
        Per unit of free strain, in pitches.
    """

    bond: Indices
    strain: Floats
    snapshot: Floats
    displacement: Floats
