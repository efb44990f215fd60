"""Crack patterns: both solvers against their plain twin; closed forms are in validation/ver-crack-network."""

import numpy as np
import pytest

from electrosim.crack_pattern.direct import Direct
from electrosim.crack_pattern.film import springs_of
from electrosim.crack_pattern.network import build_network
from electrosim.crack_pattern.problem import Film, Problem
from electrosim.crack_pattern.relaxation import Relaxation
from electrosim.crack_pattern.updated import Updated

FILM = Film(thickness=1e-4, modulus=1e8, strength=1e5, weibull_modulus=8, adhesion=1.5e5)


@pytest.mark.parametrize("edges", ["periodic", "free"])
def test_both_methods_break_what_their_plain_twin_breaks(edges):
    problem = Problem(FILM, strain=1.3e-3, size=7e-4, edges=edges, nodes_per_lag=4, seed=2)
    rng = np.random.default_rng(2)
    network = build_network(problem, rng)
    springs = springs_of(problem, network, rng)
    strains = np.linspace(0, problem.strain, 5)[1:]
    plain = Direct().grow(network, springs, strains)
    assert len(plain.bond) > 150  # more than two factorisations
    assert (plain.bond < 0).any()
    for method in (Relaxation(1e-6), Updated()):
        fast = method.grow(network, springs, strains)
        assert (fast.bond == plain.bond).all()
        assert fast.strain == pytest.approx(plain.strain, rel=1e-5)
        assert fast.displacement == pytest.approx(plain.displacement, abs=1e-5)
