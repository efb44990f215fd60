"""How a film that shrinks on its substrate breaks into islands."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.base.status import Status
from electrosim.crack_pattern.direct import Direct
from electrosim.crack_pattern.film import Growth, springs_of
from electrosim.crack_pattern.measure import (
    Pattern,
    crack_intensity,
    intensity_over_height,
    intercept,
    islands,
    largest_crack,
    nodes_at_bubbles,
    pattern_at,
)
from electrosim.crack_pattern.network import Network, build_network
from electrosim.crack_pattern.problem import Problem
from electrosim.crack_pattern.relaxation import Relaxation
from electrosim.crack_pattern.updated import Updated

if TYPE_CHECKING:
    import xarray as xr

REFERENCES = (
    "W. J. Dawson et al., EES Batteries 2 (2026) 572, doi 10.1039/d5eb00201j (mud cracks in electrodes)",
    "Z. C. Xia, J. W. Hutchinson, J. Mech. Phys. Solids 48 (2000) 1107, doi 10.1016/S0022-5096(99)00081-2 (shear lag)",
    "J. E. Bolander, S. Saito, Eng. Fract. Mech. 61 (1998) 569, doi 10.1016/S0013-7944(98)00069-1 (Voronoi springs)",
)
_SPANNING = 0.9  # share of the sample's extent that a crack must reach to divide it
_HEIGHTS = 21

BROKEN = Status("The film was followed up to the final strain; it broke.", solved=True)
WHOLE = Status("The film was followed up to the final strain; nothing broke.", solved=True)


def solve(
    problem: Problem,
    *,
    method: Relaxation | Updated | Direct | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
) -> xr.Dataset:
    """Let a film shrink steadily on its substrate and break where its strength is reached.

    The film is a network of springs on a bed of springs. Everything is linear between two breaks, so that
    displacements are known per unit of free strain, and the next break is the bond with the lowest strength per load.

    Parameters
    ----------
    problem : Problem
        Film, sample and final strain.
    method : Relaxation, Updated or Direct, optional
        How to follow the breaks; ``Relaxation()`` by default.
    rng : numpy.random.Generator, optional
        For nodes and strengths; by default one from the problem's seed.
    observer : callable, optional
        Hears the progress.
    throw : bool
        Accepted because every physics' `solve` takes it; no film fails to be solved.

    Returns
    -------
    xarray.Dataset
        Over `strain` (the snapshots): `crack_intensity` (area of cracks over area of the sample, CIF), `islands`,
        `island_area` [m2], `crack_spacing` (mean distance along lines) [m], `largest_crack_share`,
        `largest_crack_span`, `delaminated_fraction`, `intensity_at_base` (with the film that has parted, as X-rays see
        it), `mean_crack_width` [m], `stress_whole` (what the film would carry
        if it were whole) [Pa], and with a history `time` [s]; over `height` too `crack_intensity_at_height`. Over
        `crack`, in the order of breaking: `crack_x`, `crack_y` (ends of the face) [m], `crack_width` at the end [m],
        `crack_strain`, `crack_at_bubble`. Over `node`: `node_x`, `node_y` [m], `node_island`, `node_parted`. Besides
        `lag_length` [m], `mean_strength` [Pa], `critical_thickness` [m] (NaN if the strength was given),
        `onset_strain`, `network_strain` (a crack first spans the sample), `first_break_at_bubble`, `status`, `solved`,
        `wall_time`.

    Raises
    ------
    InputError
        If the method does not suit the size of the sample.
    """
    del throw
    began = time.perf_counter()
    rng = rng or np.random.default_rng(problem.seed)
    network = build_network(problem, rng)
    springs = springs_of(problem, network, rng)
    strains = np.linspace(0, problem.strain, problem.snapshots + 1)[1:]
    growth = (method or Relaxation()).grow(network, springs, strains, observer)
    return _dataset(problem, network, growth, began)


def _dataset(problem: Problem, network: Network, growth: Growth, began: float) -> xr.Dataset:
    import xarray as xr

    patterns = [pattern_at(network, growth, number) for number in range(len(growth.snapshot))]
    height = np.linspace(0, 1, _HEIGHTS)
    status = BROKEN if len(growth.bond) else WHOLE
    at_bubble = nodes_at_bubbles(problem, network)
    over_strain = _over_strain(problem, network, growth, patterns)
    spans = over_strain["largest_crack_span"][1] >= _SPANNING
    variables = {
        **over_strain,
        "crack_intensity_at_height": variable(
            ("strain", "height"),
            np.array([intensity_over_height(problem, network, pattern, height) for pattern in patterns]),
            "1",
            "share of cracks in the slice at a height",
        ),
        **_over_cracks(problem, network, growth, patterns[-1], at_bubble),
        **_over_nodes(problem, network, patterns[-1]),
        **_of_the_film(problem, network, growth, spans, at_bubble),
        "status": ((), str(status), {"units": "1", "long_name": "how the solve ended"}),
        "solved": variable((), status.solved, "1", "whether the numbers can be used"),
        "wall_time": variable((), time.perf_counter() - began, "s", "time the solve took"),
    }
    coordinates = {
        "strain": variable("strain", growth.snapshot, "1", "free strain"),
        "height": variable("height", height, "1", "height over thickness, 1 at the free surface"),
    }
    dataset = xr.Dataset(variables, coordinates)
    dataset.attrs = provenance(problem.describe(), title="crack pattern", seed=problem.seed, references=REFERENCES)
    return dataset


def _over_strain(
    problem: Problem, network: Network, growth: Growth, patterns: list[Pattern]
) -> dict[str, tuple[Any, ...]]:
    """Return what there is for each snapshot."""
    pitch, least = problem.pitch, problem.dust / problem.pitch**2
    count = np.array([islands(pattern, least) for pattern in patterns])
    largest = np.array([largest_crack(network, pattern) for pattern in patterns])
    spacing = np.array([intercept(network, pattern) for pattern in patterns])
    width = [_mean_width(network, pattern) for pattern in patterns]
    parted = [float(network.area[pattern.parted].sum() / network.sample_area) for pattern in patterns]
    intensity = [crack_intensity(network, pattern) for pattern in patterns]
    base = [float(intensity_over_height(problem, network, pattern, np.zeros(1))[0]) for pattern in patterns]
    at_base = [cracks + (1 - cracks) * share for cracks, share in zip(base, parted, strict=True)]
    over = {
        "crack_intensity": (intensity, "1", "area of cracks over area of the sample"),
        "islands": (count, "1", "number of fragments larger than the squared thickness"),
        "island_area": (pitch**2 * network.sample_area / np.maximum(count, 1), "m2", "area of the sample per island"),
        "crack_spacing": (pitch * spacing, "m", "mean distance of cracks along straight lines"),
        "largest_crack_share": (largest[:, 0], "1", "share of the crack length in the largest connected crack"),
        "largest_crack_span": (largest[:, 1], "1", "extent of the largest connected crack over that of the sample"),
        "intensity_at_base": (at_base, "1", "share of the slice at the base that is crack, or film that has parted"),
        "delaminated_fraction": (parted, "1", "share of the film that has parted from the substrate"),
        "mean_crack_width": (pitch * np.array(width), "m", "mean width of cracks, weighted by length"),
        "stress_whole": (problem.film.biaxial_modulus * growth.snapshot, "Pa", "stress of the film were it whole"),
    }
    if problem.history is not None:
        times, strains = problem.history
        over["time"] = (np.interp(growth.snapshot, strains, times), "s", "time at which the free strain is reached")
    return {name: variable("strain", *entry) for name, entry in over.items()}


def _mean_width(network: Network, pattern: Pattern) -> float:
    length = network.width * pattern.broken
    return float(pattern.opening @ length / length.sum()) if length.any() else 0.0


def _over_cracks(
    problem: Problem, network: Network, growth: Growth, final: Pattern, at_bubble: NDArray[np.bool_]
) -> dict[str, tuple[Any, ...]]:
    """Return what there is for each broken bond, in the order of breaking."""
    cracks = growth.bond >= 0
    bond = growth.bond[cracks]
    face = problem.pitch * network.face[bond]
    near = at_bubble[network.ends[bond]].any(axis=1)
    return {
        "crack_x": variable(("crack", "end"), face[:, :, 0], "m", "x of the ends of a crack's face"),
        "crack_y": variable(("crack", "end"), face[:, :, 1], "m", "y of the ends of a crack's face"),
        "crack_width": variable("crack", problem.pitch * final.opening[bond], "m", "width at the final strain"),
        "crack_strain": variable("crack", growth.strain[cracks], "1", "free strain at which it broke"),
        "crack_at_bubble": variable("crack", near, "1", "whether it touches a bubble"),
    }


def _over_nodes(problem: Problem, network: Network, final: Pattern) -> dict[str, tuple[Any, ...]]:
    """Return what there is for each node; islands are numbered by falling size, dust is -1."""
    place = problem.pitch * network.place
    order = np.argsort(-final.fragment_area, kind="stable")
    label = np.empty(len(order), np.int64)
    label[order] = np.arange(len(order))
    label[final.fragment_area < problem.dust / problem.pitch**2] = -1
    return {
        "node_x": variable("node", place[:, 0], "m", "x of a node"),
        "node_y": variable("node", place[:, 1], "m", "y of a node"),
        "node_island": variable("node", label[final.fragment], "1", "island of a node, largest first; -1: dust"),
        "node_parted": variable("node", final.parted, "1", "whether it has parted from the substrate"),
    }


def _of_the_film(
    problem: Problem, network: Network, growth: Growth, spans: NDArray[np.bool_], at_bubble: NDArray[np.bool_]
) -> dict[str, tuple[Any, ...]]:
    """Return the single numbers."""
    film = problem.film
    network_strain = growth.snapshot[spans.argmax()] if spans.any() else math.nan
    onset = growth.strain[0] if len(growth.strain) else math.nan
    critical = film.critical_thickness(film.biaxial_modulus * problem.strain)
    broken = [network.ends[bond] if bond >= 0 else [-1 - bond] for bond in growth.bond[:1]]
    first = bool(broken) and bool(at_bubble[broken[0]].any())
    return {
        "lag_length": variable((), film.lag_length, "m", "distance over which a crack relieves the film"),
        "mean_strength": variable((), film.mean_strength, "Pa", "mean stress at which the film breaks"),
        "critical_thickness": variable((), critical, "m", "thickness whose mean strength is just the final stress"),
        "onset_strain": variable((), onset, "1", "free strain at the first break"),
        "network_strain": variable((), network_strain, "1", "free strain at which a crack first spans the sample"),
        "first_break_at_bubble": variable((), first, "1", "whether the first break touches a bubble"),
    }
