"""What is called a bubble, a crack or a loose packing, counted on phantoms of known truth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import cc3d
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from electrosim import structure
from electrosim.base.observer import Observer
from electrosim.base.palette import PHASES, SOLID
from electrosim.base.plot_style import tidy
from electrosim.structure.analysis import Analysis
from electrosim.study.validation.metrics import Comparison, Row

Mask = NDArray[np.bool_]

UM = 1e-6
PIN, FILM = math.pi * 2000.0**2, 298.0  # um2 and um, of the film of 800 um
BUBBLES = {  # height and width in um; volume in um3
    "large, at first": (84, 229, 2.31e6, 0.005e6),
    "large, at 19 min": (125, 405, 10.7e6, 0.05e6),
    "small": (63, 109, 3.9e5, 0.05e5),
}
KERNEL, ACTIVE = (18 * 1.3) ** 3, 0.27  # um3; share of active material
SITES, PATH = 3, 7500.0  # cracks seen to start; least length of all at 42 min, um (D73)
TRIALS = 20_000


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    observer("bubbles", 0.0)
    rows = [*bubbles()]
    observer("labels", 0.4)
    parts = film_with_voids()
    rows += labels(parts)
    observer("packing", 0.7)
    rows += packing()
    return Comparison(rows, {"labels": draw_labels(parts), "packing": draw_power()})


def spheroid(height: float, width: float, voxel: float) -> Mask:
    """Return an upright spheroid with a margin of one voxel."""
    half = np.array([width, width, height]) / 2
    places = [np.arange(math.floor(-a / voxel) - 1, math.ceil(a / voxel) + 1) + 0.5 for a in half]
    x, y, z = np.ix_(*(voxel * place / a for place, a in zip(places, half, strict=True)))
    return x**2 + y**2 + z**2 <= 1


def bubbles(voxel: float = 1.3) -> Iterator[Row]:
    """D76, D77, D79: volume of the bubbles, and what they add to crack intensity, from labelled volumes."""
    volumes = {}
    for name, (height, width, reference, digit) in BUBBLES.items():
        image = spheroid(height, width, voxel)
        problem = structure.Problem(image, voxel * UM, {"film": 0, "bubble": 1}, pore=("bubble",))
        method = Analysis(surface=False, chords=False, correlation=False, pore_sizes=False)
        found = structure.solve(problem, method=method).sel(phase="bubble")
        volumes[name] = float(found["volume_fraction"]) * image.size * voxel**3
        yield Row("bubbles", f"D76, D77 volume of the {name}, um3", volumes[name], reference, "recomputed", digit)
        yield Row("labels", f"D76 clusters of the {name}", float(found["clusters"]), 1.0)
        slices = image.sum(axis=(0, 1)) * voxel**2 / PIN
        if height != 84:
            reference, digit = (1.03, 0.005) if height == 125 else (0.074, 0.0005)
            yield Row(
                "bubbles", f"D79 widest slice of the {name}, %", 100 * slices.max(), reference, "recomputed", digit
            )
    first, last, small = volumes.values()
    yield Row("bubbles", "D76 growth of the large one", last / first, 4.65, "recomputed", 0.005)
    yield Row("bubbles", "D77 3-D CIF of the large one, %", 100 * last / PIN / FILM, 0.29, "recomputed", 0.005)
    yield Row("bubbles", "D77 3-D CIF of the small one, %", 100 * small / PIN / FILM, 0.01, "recomputed", 0.005)


def film_with_voids() -> dict[str, Mask]:
    """Return the voids of a film of 100 um in voxels of 2 um, its free surface at the end of the last axis."""
    shape = (200, 40, 50)
    x, _, z = np.ogrid[: shape[0], : shape[1], : shape[2]]
    whole = np.ones(shape, bool)
    under = z < 3
    return {
        "upright crack": (x >= 20) & (x < 30) & whole,
        "leaning crack": (abs(x - 60 - z / 2) < 5) & whole,
        "film parted under a crack": under & (x >= 5) & (x < 45) & whole & ~((x >= 20) & (x < 30)),
        "film parted elsewhere": under & (x >= 95) & (x < 115) & whole,
        "closed bubble": ((x - 125) ** 2 + (z - 22) ** 2 < 100) & whole,
        "bubble with a vent": ((x - 160) ** 2 + (z - 22) ** 2 < 144) & whole,
        "vent": (abs(x - 160) < 2) & (z >= 30) & whole & ~((x - 160) ** 2 + (z - 22) ** 2 < 144),
    }


def joined_to_top(void: Mask) -> Mask:
    """Return the voids that hang together with the free surface."""
    found = cc3d.connected_components(void, connectivity=6)
    open_ones = np.unique(found[..., -1])
    return np.isin(found, open_ones[open_ones > 0])


def below_open_sky(void: Mask) -> Mask:
    """Return the voids with no solid straight above them: "without solid material impeding", taken at its word."""
    return np.logical_and.accumulate(void[..., ::-1], axis=2)[..., ::-1]


def labels(parts: dict[str, Mask]) -> Iterator[Row]:
    """D96: the share of each void that counts as a crack by either rule."""
    void = np.logical_or.reduce(list(parts.values()))
    by_path, by_column = joined_to_top(void), below_open_sky(void)
    for name, mask in parts.items():
        path, column = (float(rule[mask].mean()) for rule in (by_path, by_column))
        joined = 0.0 if name in ("film parted elsewhere", "closed bubble") else 1.0
        yield Row("labels", f"D96 {name}, joined to the top", path, joined)
        if name == "upright crack" or joined == 0:
            yield Row("labels", f"D96 {name}, open sky", column, joined)
        elif name != "vent":
            yield Row("signs", f"D96 {name}, open sky sees less than half", column, 0.5, "bound")
    crack = parts["upright crack"] | parts["leaning crack"]
    truth, path, column = (100 * mask.mean() for mask in (crack, by_path, by_column))
    yield Row("reported", "D96 cracks by connection to the top, % of the film", path, truth)
    yield Row("reported", "D96 cracks by open sky, % of the film", column, truth)


def packing() -> Iterator[Row]:
    """D85, D86: scatter of the number of particles in a kernel, and which deficit at cracks it lets one see."""
    rng = np.random.default_rng(4)
    for diameter, noise in ((10.0, 39.0), (20.0, 110.0)):
        mean = expected(diameter)
        counts = rng.poisson(mean, 200_000)
        scatter = 100 * float(counts.std() / counts.mean())
        yield Row("noise of a kernel", f"D85 particles of {diameter:g} um, %", scatter, noise, "recomputed", 0.5)
        many = round(PATH * 129 / KERNEL ** (2 / 3))
        for places, kernels in ((f"{SITES} places where cracks start", SITES), ("all of their path", many)):
            seen = power(mean, kernels, 0.2)
            label = f"D86 chance to see a fifth less at {places}, {diameter:g} um"
            if kernels == SITES:
                yield Row("signs", f"{label}: below a half", seen, 0.5, "bound")
            else:
                yield Row("signs", f"{label}: above 0.99", 0.99, seen, "bound")


def expected(diameter: float) -> float:
    """Return the mean number of particles in a kernel, by volume."""
    return ACTIVE * KERNEL / (math.pi / 6 * diameter**3)


def power(mean: float, kernels: int, deficit: float) -> float:
    """Return how often fewer particles are found significantly (5 %, one-sided), if there are fewer by a share."""
    rng = np.random.default_rng(5)
    even = rng.poisson(mean * kernels, TRIALS)
    limit = np.quantile(even, 0.05)
    return float((rng.poisson(mean * kernels * (1 - deficit), TRIALS) < limit).mean())


def draw_labels(parts: dict[str, Mask]) -> Figure:
    void = np.logical_or.reduce(list(parts.values()))
    by_path, by_column = joined_to_top(void), below_open_sky(void)
    kind = (void.astype(int) + by_path + by_column)[:, 0].T
    figure = Figure(figsize=(8.0, 2.9), layout="constrained")
    axes = figure.subplots()
    colours = [PHASES[1], PHASES[4], PHASES[2], PHASES[0]]
    axes.imshow(kind, origin="lower", cmap=ListedColormap(colours), vmin=0, vmax=3, extent=(0, 400, 0, 100))
    for colour, words in zip(
        colours, ("film", "void, no crack by either rule", "joined to the top only", "open sky, too"), strict=True
    ):
        axes.plot([], [], "s", color=colour, mec=SOLID, mew=0.5, label=words)
    axes.legend(frameon=False, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.0), fontsize=8)
    axes.set(xlabel="x / µm", ylabel="height / µm")
    return figure


def draw_power() -> Figure:
    figure = Figure(figsize=(6.4, 4.2), layout="constrained")
    axes = figure.subplots()
    deficit = np.linspace(0, 0.95, 20)
    for diameter, colour in ((10.0, "#1b6ca8"), (20.0, "#d1701c")):
        for kernels, style in ((SITES, "-"), (30, "--"), (300, ":")):
            seen = [power(expected(diameter), kernels, float(share)) for share in deficit]
            axes.plot(
                100 * deficit, seen, style, color=colour, label=f"{kernels} kernels, particles of {diameter:g} µm"
            )
    axes.axhline(0.8, color="grey", lw=0.7)
    axes.set(
        xlabel="particles that are missing where cracks start / %", ylabel="chance to see it",
        title="What a test of packing in kernels of 23 µm can see",
    )  # fmt: skip
    axes.legend(frameon=False, fontsize=8)
    tidy(axes)
    return figure
