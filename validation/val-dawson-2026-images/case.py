"""What tomograms make of a drying film, on phantoms of known truth: motion, caps, coarse voxels, moving layers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import ndimage, optimize

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.base.plot_style import tidy
from electrosim.drying.film import mean_cap_height
from electrosim.materials.solvents import solvent
from electrosim.study.validation.metrics import Comparison, Row
from electrosim.voxels.coarsen import coarsened
from electrosim.voxels.spheres import random_spheres

Array = NDArray[np.float64]

UM, VOXEL, COARSE = 1e-6, 1.3, 5.0  # um
EXPOSURE, SCAN = 75 / 60, 2.4  # min
RADIUS, HEIGHT, ACTIVE, DIAMETER = 2000.0, 129.0, 0.27, 10.0  # pin, film of 300 um at rest, its active material, um
TIMES = {  # of scans that the text names, min
    300: (8, 10, 34, 37, 39, 42, 49, 51, 56, 61, 63, 66, 70, 78, 82),
    800: (0, 19, 24, 55, 70, 72, 74, 79, 89),
}
TOP = 0.10  # the rise at the top is seen in the upper 5 to 10 % of the height


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    observer("motion", 0.0)
    rows = [*scans(), *motion(), *sizes()]
    observer("caps and coarse voxels", 0.3)
    rows += [*caps(), *coarse_cracks()]
    observer("domed top", 0.5)
    dome, drawn = domed_top()
    rows += dome
    observer("layers that move", 0.8)
    rows += [*moving_layers(), *blurred()]
    return Comparison(rows, {"domed-top": drawn})


def scans() -> Iterator[Row]:
    """D24, D25: the times per scan that all times named fit, rounded to minutes, from any first one on."""
    for gap, times in TIMES.items():
        fits = steps_that_fit(np.array(times, float))
        nearest = float(fits[np.argmin(abs(fits - SCAN))])
        yield Row("time per scan", f"D24, D25 film of {gap} um, min", nearest, SCAN, "recomputed", 0.01)
        two = float(abs(fits - 2.0).min())
        yield Row("signs", f"D25 two minutes do not fit the film of {gap} um", 0.05, two, "bound")


def steps_that_fit(times: Array) -> Array:
    """Return the times per scan, from 1.8 to 3 min, that put a scan within half a minute of each time."""
    found = []
    for step in np.arange(1.8, 3.0, 0.005):
        first = np.arange(0, step, 0.02)[:, None]
        off = abs((times - first + step / 2) % step - step / 2)
        if (off <= 0.5).all(axis=1).any():
            found.append(step)
    return np.array(found)


def motion() -> Iterator[Row]:
    """D26: how far things move while one scan is taken [voxels]."""
    thin = run(load("drying-300um"))
    loss = (mean_cap_height(180 * UM, RADIUS * UM) - mean_cap_height(50 * UM, RADIUS * UM)) / (24 * 60)
    thick = run(load("drying-800um", {
        "film.settling": "0 um/min", "zones.0.flux": f"{loss * solvent('nmp').density} kg/m^2/s",
    }))  # fmt: skip
    for name, result, height, reference, digit in (
        ("solid of 300 um", thin, "solid_height", 1.0, 0.05),
        ("liquid of 800 um", thick, "solvent_height", 5.2, 0.05),
    ):
        fall = result[height][0] - result[height].interp(time=EXPOSURE * 60)
        yield Row("motion in a scan", f"D26 {name}, voxels", float(fall) / UM / VOXEL, reference, "recomputed", digit)
    wall = 13 * EXPOSURE / SCAN / VOXEL  # 13 um between two scans is the most that is printed
    yield Row("motion in a scan", "D26 wall of a crack, voxels", wall, 5.0, "recomputed", 0.5)


def sizes() -> Iterator[Row]:
    """D28: numbers of voxels that follow from the sizes printed."""
    box = 4000 * 4000 * HEIGHT
    field = round(5150 / VOXEL) ** 2 * 2000
    for name, value, reference, digit in (
        ("box of 300 um at 1.3 um", box / VOXEL**3, 9.4e8, 5e6),
        ("a sixteenth of it", box / VOXEL**3 / 16, 5.9e7, 5e5),
        ("box at 5 um", box / COARSE**3, 1.7e7, 5e5),
        ("whole field", field, 3.1e10, 5e8),
        ("whole field in GB, 16 bit", 2e-9 * field, 63, 0.5),
        ("fine voxels in a coarse one", (COARSE / VOXEL) ** 3, 57, 0.5),
        ("coarse slices of 129 um", HEIGHT / COARSE, 26, 0.5),
        ("coarse slices of 298 um", 298 / COARSE, 60, 0.5),
    ):
        yield Row("numbers of voxels", f"D28 {name}", value, reference, "recomputed", digit)


def caps() -> Iterator[Row]:
    """D27: highest point over mean of a liquid that is a cap on the pin, from a labelled volume."""
    width = 20.0
    across = np.arange(-RADIUS + width / 2, RADIUS, width)
    square = across[:, None] ** 2 + across**2
    disc = square < RADIUS**2
    for cap in (30.0, 180.0):
        bend = (RADIUS**2 + cap**2) / (2 * cap)
        surface = np.sqrt(np.maximum(bend**2 - square, 0)) - (bend - cap)
        levels = np.arange(VOXEL / 2, cap + VOXEL, VOXEL)
        liquid = (levels < surface[..., None]) & disc[..., None]
        columns = liquid.sum(axis=2)[disc] * VOXEL
        exact = cap * UM / mean_cap_height(cap * UM, RADIUS * UM)
        label = f"D27 highest point over mean, cap of {cap:g} um"
        yield Row("heights of caps", label, columns.max() / columns.mean(), exact)


def coarse_cracks() -> Iterator[Row]:
    """D28: share of upright cracks that is left when voxels are made four times as wide, each what most of it is."""
    for width in (1, 4, 8, 20):
        period = 4 * width + 41  # has no factor 4: cracks lie at every place of the coarse voxels
        fine = (np.arange(4 * period * 50) % period < width)[:, None, None] & np.ones((1, 4, 4), bool)
        left = coarsened(fine, 4).mean() / fine.mean()
        seen = 0.0 if width < 2 else 1.0
        label = f"D28 cracks of {width * VOXEL:.3g} um in voxels of {4 * VOXEL:.3g} um"
        yield Row("coarse voxels", label, left, seen)


def domed_top() -> tuple[list[Row], Figure]:
    """D48: porosity over height where the top is a cap that takes up the upper tenth, raw and under the local top."""
    shape = (300, 300, round(HEIGHT / VOXEL))
    film = random_spheres(shape, ACTIVE, DIAMETER / VOXEL, seed=1).astype(bool)
    height = (np.arange(shape[2]) + 0.5) / shape[2]
    # Of a cap on a disc, equal areas lie between equal steps of height.
    top = 1 - TOP * np.random.default_rng(1).random(shape[:2])
    below = height < top[..., None]
    raw = 1 - (film & below).mean(axis=(0, 1))
    local = 1 - (film & below).sum(axis=(0, 1)) / np.maximum(below.sum(axis=(0, 1)), 1)
    whole = 1 - film.mean(axis=(0, 1))
    half, under = int(np.argmin(abs(height - (1 - TOP / 2)))), height < 1 - TOP
    rise = 1 - (1 - whole) * np.clip((1 - height) / TOP, 0, 1)
    rows = [
        Row("domed top", "D48 below the lowest top, highest change", abs(raw - whole)[under].max(), 0.0),
        Row("domed top", "D48 half way up the cap", raw[half], rise[half]),
        Row("domed top", "D48 half way, under the local top", local[half], whole[half]),
        Row("signs", "D48 porosity of the film below the artefact", whole[half] + 0.1, raw[half], "bound"),
    ]
    figure = Figure(figsize=(6.4, 4.6), layout="constrained")
    axes = figure.subplots()
    axes.plot(raw, height, color="#d1701c", label="by slices")
    axes.plot(rise, height, color="black", ls=":", label="what a cap makes of it")
    axes.plot(np.where(below.any(axis=(0, 1)), local, np.nan), height, color="#1b6ca8", label="under the local top")
    axes.plot(whole, height, color="#3b3b40", lw=0.8, label="film without an end")
    axes.set(
        xlabel="porosity (all but active material)", ylabel="height / film",
        title="A domed top makes porosity rise in the upper tenth",
    )  # fmt: skip
    axes.legend(frameon=False)
    tidy(axes)
    return rows, figure


def moving_layers() -> Iterator[Row]:
    """D53: peaks and troughs of a film pressed down by 5 um at its top, the most that volume correlation saw."""
    rng = np.random.default_rng(2)
    shape = (230, 230, round(HEIGHT / VOXEL))  # 300 um square
    before = random_spheres(shape, ACTIVE, DIAMETER / VOXEL, seed=2).astype(bool)
    pressed = 1 - 5.0 / HEIGHT
    source = np.minimum((np.arange(round(shape[2] * pressed)) + 0.5) / pressed, shape[2] - 1).astype(int)
    after = before[..., source]
    first, second = (1 - (image ^ (rng.random(image.shape) < 0.05)).mean(axis=(0, 1)) for image in (before, after))
    for low, high in ((30.0, 70.0), (70.0, 110.0)):
        middle = (low + high) / 2
        shift = shift_of(first, second, round(low / VOXEL), round(high / VOXEL)) * VOXEL
        label = f"D53 layers at {low:g} to {high:g} um move to the collector by, um"
        yield Row("layers that move", label, shift, (1 - pressed) * middle)


def shift_of(first: Array, second: Array, low: int, high: int) -> float:
    """Return by how much the profile between two heights moves down from the first to the second [cells]."""
    place = np.arange(low, high)
    heights = np.arange(second.size)

    def unlike(shift: float) -> float:
        moved = np.interp(place - shift, heights, second)
        return -float(np.corrcoef(first[low:high], moved)[0, 1])

    coarse = np.linspace(-6, 6, 61)
    best = coarse[np.argmin([unlike(shift) for shift in coarse])]
    return float(optimize.minimize_scalar(unlike, bounds=(best - 0.3, best + 0.3), method="bounded").x)


def blurred() -> Iterator[Row]:
    """D56: edges of particles that move while they are imaged are grey; beyond their own size they look smaller."""
    film = random_spheres((160, 160, 80), ACTIVE, DIAMETER / VOXEL, seed=3).astype(np.float32)
    still, grey = 1 - float(film.mean()), 0.0
    for moved in (4, 8, 12):  # half of a particle's diameter, all of it, half as much again
        image = ndimage.uniform_filter1d(film, moved + 1, axis=0, mode="wrap")
        porosity, edges = 1 - float((image > 0.5).mean()), float((abs(image - 0.5) < 0.25).mean())
        label = f"{moved * VOXEL:.3g} um in a scan"
        series = "signs" if moved * VOXEL > DIAMETER else "reported"
        yield Row(series, f"D56 porosity at rest below that after {label}", still, porosity, "bound")
        yield Row("signs", f"D56 share of grey voxels before {label}, the flag", grey, edges, "bound")
        grey = edges
