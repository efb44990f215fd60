"""The compiled walk of electrons against exact laws, against itself, and against its plain twin."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.constants import electron_volt

from electrosim.backscatter import Detector, Film, Layer, MonteCarlo, Plain, Problem, solve
from electrosim.backscatter.solve import jobs_of
from electrosim.backscatter.stopping import path_length
from electrosim.backscatter.tally_kernels import Beam, Counts, Window, block
from electrosim.backscatter.transport import follow
from electrosim.backscatter.walk_kernels import PER_COLLISION, Media, Stacks
from electrosim.base.observer import Observer, silent
from electrosim.materials import material
from electrosim.study.validation.metrics import Row

KEV = 1e3 * electron_volt
GRID = Detector(cut_off=513 * electron_volt)
GRAPHITE, STAIN = material("graphite"), material("silver-stained-binder")

LONGEST = 400.0
"""Mean free paths after which a history ends."""
PATHS = 200_000
"""Classes of the path."""
HISTORIES = 400_000


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    parts = (albedo, depths, exponent, identities, twin)
    rows: list[Row] = []
    for number, part in enumerate(parts):
        observer(part.__name__, number / len(parts))
        rows += part()
    return rows


def albedo() -> Iterator[Row]:
    """Compare the albedo of a half-space that scatters in all directions alike."""
    for cosine in (1.0, 0.5):
        path, counts = isotropic_paths(cosine)
        for single in (0.8, 0.9, 0.95):
            found = float(counts @ np.exp(-path * (1 - single) / single)) / HISTORIES
            h = h_function(single)
            exact = 1 - float(h(np.array([cosine]))[0]) * math.sqrt(1 - single)
            yield Row(f"albedo, mu = {cosine:g}", f"single {single:g}", found, exact)


def isotropic_paths(cosine: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return paths until the surface [mean free paths] and how many histories came back on each.

    The kernel takes its own tables: residual range LONGEST - t, energies such that they grow evenly with it.
    """
    t = np.arange(int(PER_COLLISION * LONGEST) + 2) / PER_COLLISION
    clock = np.zeros((1, t.size, 4))
    clock[0, :, 0], clock[0, :, 1] = LONGEST - t, -1 / PER_COLLISION
    clock[0, -2:, 0] -= 1e-6  # surely at its end
    share = np.linspace(0, 1, 20_001)
    versine = np.linspace(0, 1, 257)
    media = Media(
        clock=clock,
        last=np.array([LONGEST]),
        coordinate=np.log1p(share)[None],
        range_scale=np.array([20_000 / LONGEST]),
        elapsed=np.zeros((1, 2)),
        coordinate_scale=1.0,
        deflection=np.stack([versine[:-1], np.diff(versine)], -1)[None, None].repeat(2, axis=1).astype(np.float32),
        screening=np.full((1, 2), 1e9),
        lowest=1.0,
        log_step=1.0,
    )
    counts = Counts(
        *np.zeros((2, 2, 1), np.int64),
        *(np.zeros((2, 1, size), np.int64) for size in (1, PATHS, 1, 1)),
        depth_edge=np.array([0.0, np.inf]),
        first_radius=1.0,
        per_radius=1.0,
    )
    stacks = Stacks(np.array([[0.0, np.inf]]), np.zeros((1, 1)), np.array([0]))
    beam = Beam(0.0, LONGEST, math.sqrt(1 - cosine**2), cosine, 0.0, 2.0)
    block(
        np.uint64(7), 0, HISTORIES, True, 0, np.empty(0), stacks, media, beam, Window(-1.0, 1.0, 0.0), counts,
        np.empty((0, 5)),
    )  # fmt: skip
    energy = (np.arange(PATHS) + 0.5) / PATHS * 2.0  # 1 + residual range over LONGEST
    return LONGEST * (2.0 - energy), counts.energy[0, 0]


def h_function(single: float):
    """Return Chandrasekhar's H for isotropic scattering, 1/H(mu) = sqrt(1 - w) + w/2 int m H(m)/(m + mu) dm."""
    node, weight = np.polynomial.legendre.leggauss(64)
    node, weight = (node + 1) / 2, weight / 2
    h = np.ones_like(node)

    def at(mu: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1 / (math.sqrt(1 - single) + single / 2 * (weight * node * h / (node + mu[:, None])).sum(axis=1))

    for _ in range(200):
        h = at(node)
    return at


def depths() -> Iterator[Row]:
    """Compare the greatest depth of counted electrons at 1 keV with half their path."""
    for target in (STAIN, GRAPHITE):
        result = solve(Problem([KEV], Layer(target), detector=GRID), method=MonteCarlo(1_000_000))
        cdf = result["max_depth_cdf"].values[0]
        last = int(np.flatnonzero(np.diff(cdf) > 0)[-1])  # the class that the deepest lies in
        bound = path_length(target, KEV, GRID.cut_off) / 2
        yield Row("greatest depth / nm", target.name, 1e9 * float(result["depth"][last]), 1e9 * bound, "bound")


def exponent() -> Iterator[Row]:
    """Compare how the scatter of runs falls with their electrons."""
    job = next(jobs_of(Problem([KEV], Layer(GRAPHITE), detector=GRID)))
    scatter = []
    for electrons in (500, 32_000):
        runs = [follow(job, electrons, seed, every=True, enough=None, workers=1, observer=silent) for seed in range(60)]
        scatter.append(np.std([run.counts.counted.sum() / electrons for run in runs], ddof=1))
    yield Row("exponent of the error", "500 to 32 000", math.log(scatter[1] / scatter[0]) / math.log(64), -0.5)


def identities() -> Iterator[Row]:
    """Compare runs that must be the same."""
    posed = Problem([2 * KEV], Layer(GRAPHITE), Film(STAIN, [5e-9, 10e-9, 15e-9]), detector=GRID)
    one, more = (solve(posed, method=MonteCarlo(100_000, workers=number)) for number in (1, 3))
    names = ("backscatter_coefficient", "film_share", "max_depth_cdf", "energy_spectrum", "lateral_spread")
    for name in names:
        yield Row("same, 1 and 3 threads", name, float(np.abs(one[name] - more[name]).max()), 0.0)
    for at, thickness in enumerate((5e-9, 10e-9, 15e-9)):
        film = Film(STAIN, [thickness])
        alone = solve(Problem([2 * KEV], Layer(GRAPHITE), film, detector=GRID), method=MonteCarlo(100_000))
        for name in ("backscatter_coefficient", "film_to_substrate_ratio"):
            value = float(one[name][0, at] - alone[name][0, 0])
            yield Row("same, together and alone", f"{name}, {1e9 * thickness:g} nm", value, 0.0)


def twin() -> Iterator[Row]:
    """Compare with the plain walk, in standard errors."""
    posed = Problem([KEV, 2 * KEV], Layer(GRAPHITE), Film(STAIN, [8e-9]), detector=GRID)
    fast, plain = solve(posed, method=MonteCarlo(2_000_000)), solve(posed, method=Plain(40_000))
    names = ("backscatter_coefficient", "film_share", "stopped_share", "information_depth", "lateral_spread")
    for name in (*names, "bare_backscatter_coefficient"):
        error = np.hypot(fast[f"{name}_standard_error"], plain[f"{name}_standard_error"]).values
        score = (fast[name].values - plain[name].values) / error
        for at, energy in enumerate(("1 keV", "2 keV")):
            for number, value in enumerate(np.ravel(score[at])):
                yield Row(f"fast less plain, {name}", f"{energy}{'' if number == 0 else ', 90 %'}", float(value), 0.0)
