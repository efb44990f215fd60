"""The spring network of crack patterns against closed forms: shear lag in a strip, a round hole, the rim of a disc."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.special import iv

from electrosim.base.observer import Observer
from electrosim.base.plot_style import tidy
from electrosim.crack_pattern import Bubble, Direct, Film, Problem, Relaxation, Updated
from electrosim.crack_pattern.film import Growth, Springs, springs_of
from electrosim.crack_pattern.measure import bond_loads
from electrosim.crack_pattern.network import Network, build_network
from electrosim.study.validation.metrics import Comparison, Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]
FILM = Film(thickness=1e-4, modulus=1e8, strength=1e5)
LAG, RADIUS = 10.0, 3.5  # pitches; lag lengths, of the disc
SCATTER = 1e-3  # share by which strengths of the strip that breaks differ
LENGTHS = {1: (0.1132, 0.9242), 2: (0.3519, 1.5232), 4: (0.7342, 1.9281), 8: (0.9634, 1.9987)}
LOADS = (1.2, 1.6, 2.5, 4.0)  # final strain over that at which the strip first breaks
METHODS: dict[str, Direct | Relaxation | Updated] = {
    "direct": Direct(),
    "relaxation": Relaxation(1e-7),
    "updated": Updated(),
}


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    observer("strips", 0.0)
    rows = [*strips(), *spacing()]
    observer("round hole", 0.3)
    rows += hole()
    observer("rim of a disc", 0.8)
    network, moved = disc()
    away, drawn_in, exact = rim(network, moved)
    rows += rim_stress(network, moved)
    rows.append(Row("rim of a disc", "slope of its drawing in over the closed form", fit(drawn_in, exact), 1.0))
    rows.append(Row("nodes at the rim", "largest difference over the lag length", gap(drawn_in, exact), 0.0))
    return Comparison(rows, {"closed-forms": draw(away, drawn_in, exact)})


def strip(nodes: int, *, cut: bool = False) -> Network:
    """Return a row of nodes at a pitch of 1 that nothing holds but the substrate; it may be cut in the middle."""
    place = np.stack([np.arange(nodes) - (nodes - 1) / 2, np.zeros(nodes)], axis=1)
    ends = np.stack([np.arange(nodes - 1), np.arange(1, nodes)], axis=1)
    if cut:
        ends = np.delete(ends, nodes // 2 - 1, axis=0)
    span = place[ends[:, 1]] - place[ends[:, 0]]
    middle = (place[ends[:, 0]] + place[ends[:, 1]]) / 2
    half = np.array([0, 0.5])
    return Network(place, np.ones(nodes), ends, span, np.stack([middle - half, middle + half], axis=1), float(nodes))


def springs(network: Network, strength: Floats) -> Springs:
    ground = np.full(len(network.place), LAG**-2)
    return Springs(network.width / network.length, strength, ground, 1.0, np.inf, 0.05, LAG)


def strips() -> Iterator[Row]:
    """sigma = E e [1 - cosh(x/l)/cosh(S/2l)] in the middle, w = 2 e l tanh(S/2l) between two islands."""
    for length, (stress, opening) in LENGTHS.items():
        nodes = round(length * LAG)
        for name, method in METHODS.items():
            whole, parted = strip(nodes), strip(2 * nodes, cut=True)
            moved, apart = (
                method.grow(network, springs(network, np.full(len(network.ends), np.inf)), np.ones(1)).displacement[0]
                for network in (whole, parted)
            )
            loads = bond_loads(whole, moved)
            middle = loads[nodes // 2 - 1]
            yield Row("stress in the middle", f"S/l = {length}, {name}", float(middle), stress, "recomputed")
            width = float(apart[nodes, 0] - apart[nodes - 1, 0] + 1) / LAG
            yield Row("opening over strain and lag length", f"S/l = {length}, {name}", width, opening, "recomputed")


def spacing() -> Iterator[Row]:
    """A piece splits while it is longer than S_c = 2 l arccosh(1/(1 - sigma_c/(E e))), into halves.

    Pieces are whole pitches, so the longest may be one longer than S_c and the shortest half a pitch below S_c/2.
    """
    for load in LOADS:
        pieces, longest = broken(load)
        yield Row("spacing", f"longest piece at {load:g}, S_c and a pitch", pieces.max(), longest + 1 / LAG, "bound")
        yield Row("spacing", f"S_c/2 less half a pitch, shortest piece at {load:g}", (longest - 1 / LAG) / 2,
                  pieces.min(), "bound")  # fmt: skip


def broken(load: float) -> tuple[Floats, float]:
    """Return the lengths of the pieces of a long strip, ends included, and S_c, in lag lengths."""
    network = strip(1200)
    strength = 1 + SCATTER * np.random.default_rng(1).random(len(network.ends))
    found: Growth = Updated().grow(network, springs(network, strength), np.array([load]))
    cuts = np.sort(found.bond) + 1
    return np.diff([0, *cuts, 1200]) / LAG, 2 * math.acosh(1 / (1 - 1 / load))


def hole() -> Iterator[Row]:
    """1 + a^2/r^2 along the circumference of a hole, times cos 2 theta off it.

    The lag length must not limit it, and the hole must be small in its periodic sample: at a share f of the area, held
    at its edges, the stress far away is about 2 f lower (1.3 % here).
    """
    lag, radius, found, exact = 2000.0, 8.0, [], []
    pitch = FILM.lag_length / lag
    for seed in range(3):
        bubble = (Bubble(0.0, 0.0, pitch * radius),)
        problem = Problem(FILM, strain=1e-9, size=pitch * 125, nodes_per_lag=lag, bubbles=bubble, snapshots=1)
        network, moved = intact(problem, seed)
        middle = network.place[network.ends[:, 0]] + network.span / 2
        away = np.hypot(*middle.T)
        along = np.abs(network.span[:, 0] * middle[:, 1] - network.span[:, 1] * middle[:, 0]) / network.length / away
        near = (away > radius) & (away < 2 * radius) & (along > 0.9)
        found.append(bond_loads(network, moved)[near] - 1)
        exact.append((2 * along[near] ** 2 - 1) * (radius / away[near]) ** 2)
    factor = 1 + fit(np.concatenate(found), np.concatenate(exact))
    yield Row("round hole", "stress at the hole over that far away (Kirsch)", factor, 2.0)


def disc() -> tuple[Network, Floats]:
    size = FILM.lag_length * 2 * RADIUS
    return intact(Problem(FILM, strain=1e-9, size=size, shape="disc", edges="free", nodes_per_lag=LAG, snapshots=1), 1)


def rim(network: Network, moved: Floats) -> tuple[Floats, Floats, Floats]:
    """Return radii, how far nodes of a free disc draw in, and u_r = -l I1(r/l)/I1'(R/l), all in lag lengths."""
    away = np.hypot(*network.place.T) / LAG
    edge = radius_of(network) / LAG
    exact = -iv(1, away) / (iv(0, edge) - iv(1, edge) / edge)
    return away, (moved * network.place).sum(axis=1) / away / LAG**2, np.asarray(exact, np.float64)


def rim_stress(network: Network, moved: Floats) -> Iterator[Row]:
    """Across the rim the stress falls to nothing, along it to 1 + u_r/R; two lag lengths away it is nearly whole."""
    middle = network.place[network.ends[:, 0]] + network.span / 2
    from_rim = radius_of(network) - np.hypot(*middle.T)
    across = np.abs((network.span * middle).sum(axis=1)) / network.length / np.hypot(*middle.T)
    loads, outermost = bond_loads(network, moved), from_rim < 1
    over = loads[outermost & (across > 0.95)].mean()
    along = loads[outermost & (across < 0.3)].mean()
    yield Row("stress at the rim", "across, at most 0.2", float(over), 0.2, "bound")
    yield Row("stress at the rim", "0.5, along", 0.5, float(along), "bound")
    yield Row("stress at the rim", "0.7, least, two lag lengths inside", 0.7, float(loads[from_rim > 2 * LAG].min()),
              "bound")  # fmt: skip


def radius_of(network: Network) -> float:
    """Return the radius of the disc that the cells of a round sample make up."""
    return math.sqrt(network.sample_area / math.pi)


def intact(problem: Problem, seed: int) -> tuple[Network, Floats]:
    """Return the network of a film before it breaks, and its displacements per unit of strain."""
    rng = np.random.default_rng(seed)
    network = build_network(problem, rng)
    return network, Updated().grow(network, springs_of(problem, network, rng), np.array([1e-9])).displacement[0]


def fit(found: Floats, exact: Floats) -> float:
    """Return the slope of a straight line through the origin."""
    return float(found @ exact / (exact @ exact))


def gap(found: Floats, exact: Floats) -> float:
    return float(np.abs(found - exact).max())


def draw(away: Floats, drawn_in: Floats, exact: Floats) -> Figure:
    figure = Figure(figsize=(12.0, 4.0), layout="constrained")
    stress, pieces, round_one = figure.subplots(1, 3)
    _draw_stress(stress)
    for load in LOADS:
        lengths, longest = broken(load)
        pieces.plot(np.full(lengths.size, load), lengths, ".", color="#1b6ca8", alpha=0.4)
        pieces.vlines(load, longest / 2, longest, color="#d1701c", lw=6, alpha=0.35)
    pieces.set(xlabel="strain over that of the first crack", ylabel="pieces / lag lengths", title="S_c/2 to S_c")
    order = np.argsort(away)
    round_one.plot(away, -drawn_in, ".", ms=2, color="#1b6ca8", label="nodes")
    round_one.plot(away[order], -exact[order], color="#d1701c", label="Bessel functions")
    round_one.set(xlabel="radius / lag lengths", ylabel="drawn in / (strain x lag length)", title="free disc")
    round_one.legend(frameon=False)
    for axes in (stress, pieces, round_one):
        tidy(axes)
    return figure


def _draw_stress(axes: Axes) -> None:
    for length, colour in zip(LENGTHS, ("#b8bcc2", "#7fa7c9", "#4a86b8", "#1b6ca8"), strict=True):
        network = strip(round(length * LAG))
        moved = Direct().grow(network, springs(network, np.full(len(network.ends), np.inf)), np.ones(1)).displacement[0]
        place = (network.place[1:, 0] + network.place[:-1, 0]) / 2 / LAG
        axes.plot(place, bond_loads(network, moved), "o", ms=3, color=colour, label=f"S = {length} lag lengths")
        fine = np.linspace(-length / 2, length / 2, 200)
        axes.plot(fine, 1 - np.cosh(fine) / math.cosh(length / 2), color=colour, lw=1)
    axes.set(xlabel="x / lag lengths", ylabel="stress / (E e)", title="lines: shear lag")
    axes.set_ylim(0, 1.4)
    axes.legend(frameon=False, fontsize=8, ncols=2, loc="upper center")
