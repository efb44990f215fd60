"""How long a film takes to break: `python benchmarks/crack_pattern.py` prints the table of docs/crack-pattern.md.

Processor time of one core, kernels compiled before; the load is the strain at which the intact film would carry its
mean strength, up to which patterns are developed.
"""

from __future__ import annotations

import time

import numpy as np

from electrosim.crack_pattern.direct import Direct
from electrosim.crack_pattern.film import springs_of
from electrosim.crack_pattern.network import build_network
from electrosim.crack_pattern.problem import Film, Problem
from electrosim.crack_pattern.relaxation import Relaxation
from electrosim.crack_pattern.updated import Updated

FILM = Film(thickness=1e-4, modulus=1e8, strength=1e5, weibull_modulus=8)
STRAIN = FILM.mean_strength / FILM.biaxial_modulus


def film(nodes: int, nodes_per_lag: float):
    """Return a periodic square film of about so many nodes."""
    size = FILM.lag_length / nodes_per_lag * np.sqrt(nodes * np.sqrt(3) / 2)
    problem = Problem(FILM, strain=STRAIN, size=size, nodes_per_lag=nodes_per_lag, seed=1)
    rng = np.random.default_rng(1)
    network = build_network(problem, rng)
    return network, springs_of(problem, network, rng)


def measure(nodes: int, nodes_per_lag: float, method: Relaxation | Updated | Direct) -> str:
    network, springs = film(nodes, nodes_per_lag)
    strains = np.linspace(0, STRAIN, 21)[1:]
    began = time.process_time()
    breaks = len(method.grow(network, springs, strains).bond)
    seconds = time.process_time() - began
    name = {Direct: "every break solved anew", Updated: "one factorisation, updated"}.get(type(method))
    name = name or f"tolerance {method.tolerance:g}"
    film_and_mesh = f"{len(network.place)} | {nodes_per_lag:g}"
    return f"| {name} | {film_and_mesh} | {breaks} | {seconds:.2f} | {1e3 * seconds / breaks:.2f} |"


def main():
    Relaxation().grow(*film(500, 3), np.array([STRAIN]))
    print("| method | nodes | nodes per lag length | breaks | s | ms per break |\n|---|---|---|---|---|---|")
    print(measure(2_000, 5, Direct()))
    print(measure(2_000, 5, Updated()))
    print(measure(2_000, 5, Relaxation()))
    for tolerance in (0.0025, 0.05):
        print(measure(12_000, 5, Relaxation(tolerance)), flush=True)
    print(measure(12_000, 10, Relaxation()))
    for method in (Relaxation(), Updated()):
        print(measure(4_000, 25, method), flush=True)
    print(measure(100_000, 5, Relaxation()))


if __name__ == "__main__":
    main()
