"""What local volume correlation makes of a film in which a crack opens, on phantoms of known truth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import ndimage, special
from skimage.registration import phase_cross_correlation

from electrosim.base.observer import Observer
from electrosim.base.plot_style import tidy
from electrosim.study.validation.metrics import Comparison, Row

Array = NDArray[np.floating[Any]]
Image = NDArray[np.float32]
Places = NDArray[np.int64]

VOXEL, HEIGHT, SCAN = 1.3, 129.0, 2.4  # um, um, min
SHAPE, EDGE = (224, 160, 40), 24  # voxels; of these a margin without places
PLANE, MIDDLE, LENGTH = 112.0, 80.0, 36.0  # the crack: x of its plane, y of its middle, half of its length
DECAY = HEIGHT / VOXEL  # of the motion away from the crack
ACTIVE, RADII = 0.27, (5 / VOXEL, 10 / VOXEL)
MATRIX, NOISE = 0.25, 0.125  # grey of carbon, binder and solvent (air 0, particles 1); a sixth of the contrast
BLUR = 1.0  # voxels
DRIFT = 5.0 / VOXEL  # along y, from the second scan on
WALL = {34: 0.0, 37: 1.5 / VOXEL, 39: 10.0 / VOXEL, 42: 13.0 / VOXEL}  # min: motion of each wall
SIZE, PAD = 25, 3  # subset and what is around it, voxels
STEP, REACH = 8, 16  # voxels: distance of places, and from a place to those whose motions are compared
ALARMS = 0.01  # share of places without a crack where one is called
OPENINGS = 0.05 * 2.0 ** np.arange(0, 7.1, 0.5)  # voxels
FIRST, SECOND = 1.5, 8.5  # um, at 37 and 39 min: middles of 1 to 2 and 7 to 10


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    observer("subsets", 0.0)
    film = Film.drawn(1)
    scans = {minute: film.scan(wall, DRIFT * (minute > 34), noise=minute) for minute, wall in WALL.items()}
    rows = [*subsets(film, scans)]
    observer("references", 0.2)
    motion = {minute: correlated(scans[34], scans[minute], places()) for minute in (37, 39, 42)}
    rows += [*crack_fields(motion), *references(scans, motion)]
    observer("background", 0.5)
    rows += [*background(motion[37]), *grey_drift(film, scans[34])]
    observer("lead", 0.6)
    chances, alarms = seen_by_opening()
    rows += [*alarms, *lead(chances)]
    return Comparison(rows, {"fields": draw_fields(scans, motion), "lead": draw_lead(chances)})


@dataclass(frozen=True)
class Film:
    """Particles, shape (n, 3) and (n,) [voxels], none of which the plane of the crack cuts."""

    centres: Array
    radii: Array

    @classmethod
    def drawn(cls, seed: int) -> Film:
        rng = np.random.default_rng(seed)
        margin = 24.0
        size = np.array(SHAPE) + 2 * margin
        smallest, largest = RADII
        mean = math.pi / 3 * (largest**4 - smallest**4) / (largest - smallest)  # of 4/3 pi r^3 over even radii
        count = round(-math.log(1 - ACTIVE) * size.prod() / mean)
        radii = rng.uniform(smallest, largest, count)
        centres = rng.random((count, 3)) * size - margin
        away = centres[:, 0] - PLANE
        near = abs(away) < radii
        centres[near, 0] = PLANE + np.copysign(radii, away)[near]
        return cls(centres, radii)

    def scan(self, wall: float, drift: float, *, noise: int, length: float = LENGTH) -> Image:
        """Return the grey image of a film whose walls have moved apart."""
        grey = self.without_noise(wall, drift, length)
        return grey + np.float32(NOISE) * np.random.default_rng(noise).standard_normal(SHAPE, np.float32)

    def without_noise(self, wall: float, drift: float, length: float = LENGTH) -> Image:
        solid = np.zeros(SHAPE, np.float32)
        for centre, radius in zip(
            self.centres + true_motion(self.centres, wall, drift, length), self.radii, strict=True
        ):
            low = np.maximum(np.ceil(centre - radius - 3 * BLUR), 0).astype(int)
            high = np.minimum(np.floor(centre + radius + 3 * BLUR) + 1, SHAPE).astype(int)
            if (low >= high).any():
                continue
            x, y, z = (np.arange(a, b) - c for a, b, c in zip(low, high, centre, strict=True))
            distance = np.sqrt(x[:, None, None] ** 2 + y[:, None] ** 2 + z**2)
            part = solid[tuple(slice(a, b) for a, b in zip(low, high, strict=True))]
            np.maximum(part, below(distance - radius), out=part)
        x, y = np.arange(SHAPE[0])[:, None] - PLANE, np.arange(SHAPE[1])
        half = wall * profile(y - drift, length)
        matrix = MATRIX * (1 - below(x - half) + below(x + half))
        return (solid + matrix[..., None] * (1 - solid)).astype(np.float32)


def below(distance: Array) -> Array:
    """Return a step from one to nothing, as blurred as the images are."""
    return np.asarray(special.erfc(distance / (math.sqrt(2) * BLUR)) / 2)


def profile(y: Array | Places, length: float) -> Array:
    """Return the opening along a crack over that in its middle."""
    return np.asarray(np.sqrt(np.maximum(1 - ((y - MIDDLE) / length) ** 2, 0)))


def true_motion(place: Array | Places, wall: float, drift: float, length: float = LENGTH) -> Array:
    """Return how far points of the film have moved: apart, with a decay away from the crack, and along y."""
    away = place[:, 0] - PLANE
    motion = np.zeros(place.shape)
    motion[:, 0] = np.sign(away) * wall * profile(place[:, 1], length) * np.exp(-abs(away) / DECAY)
    motion[:, 1] = drift
    return motion


def places(step: int = STEP) -> Places:
    """Return the places at which motion is sought, in the middle of the height."""
    x, y = (np.arange(EDGE, size - EDGE + 1, step) for size in SHAPE[:2])
    return np.stack([*map(np.ravel, np.meshgrid(x, y, indexing="ij")), np.full(x.size * y.size, SHAPE[2] // 2)], axis=1)


def around(place: Places, half: int) -> tuple[slice, ...]:
    """Return the box of voxels around a place; along z, the one of the film's middle that fits."""
    low = np.clip(place - half, 0, np.maximum(np.array(SHAPE) - 2 * half - 1, 0))
    return tuple(slice(a, a + 2 * half + 1) for a in low)


def correlated(first: Image, second: Image, where: Places, size: int = SIZE, *, scaled: bool = True) -> Array:
    """Return the motion of cubic subsets, shape (places, 3) [voxels]; not a number where the search does not settle.

    It starts at the peak of the cross-correlation of larger boxes to the voxel and is refined by Gauss-Newton with the
    slopes of the first image (inverse compositional, shift only); grey is scaled to the mean and spread of a subset.
    """
    spline = ndimage.spline_filter(second, order=3, output=np.float32)
    found = np.empty(where.shape)
    for number, place in enumerate(where):
        box = around(place, 17)
        one, other = (image[box] - image[box].mean() for image in (first, second))
        guess = -np.asarray(phase_cross_correlation(one, other, normalization=None)[0])  # type: ignore[no-untyped-call]
        found[number] = refined(first, spline, place, guess, size, scaled)
    return found


def refined(first: Image, spline: Image, place: Places, shift: Array, size: int, scaled: bool) -> Array:
    reach = size // 2 + PAD
    subset = first[around(place, reach)]
    target = subset[(slice(PAD, -PAD),) * 3].ravel()
    slopes = slopes_of(subset, size)
    if scaled:
        target, slopes = (target - target.mean()) / target.std(), slopes / target.std()
    inverse = np.linalg.pinv(slopes @ slopes.T)
    for _ in range(50):
        box = around(place + np.rint(shift).astype(int), reach)
        fraction = place + shift - [side.start + reach for side in box]
        if (abs(fraction) > 1).any():
            break
        moved = along_axes(spline[box], [cubic(offsets(size) - part) for part in fraction]).ravel()
        if scaled:
            moved = (moved - moved.mean()) / moved.std()
        update = inverse @ (slopes @ (target - moved))
        shift = shift + update
        if np.linalg.norm(update) < 1e-3:
            return shift
    return np.full(3, np.nan)


def slopes_of(subset: Image, size: int) -> Array:
    """Return the slopes under a Gaussian of one voxel, shape (3, voxels): those of neighbours are as noisy as steep."""
    away = offsets(size)
    smooth = np.exp(-(away**2) / 2) / math.sqrt(2 * math.pi)
    steep = away * smooth
    return np.stack(
        [along_axes(subset, [steep if axis == way else smooth for axis in range(3)]).ravel() for way in range(3)]
    )


@cache
def offsets(size: int) -> Array:
    """Return how far the voxels of a padded line lie from those of the line, shape (size, size + 2 PAD)."""
    away = np.arange(size + 2 * PAD) - PAD - np.arange(size, dtype=float)[:, None]
    away[abs(away) > PAD] = 3 * PAD  # beyond the reach of any weight
    return away


def cubic(away: Array) -> Array:
    """Return the cubic B-spline."""
    away = abs(away)
    near, far = np.maximum(1 - away, 0), np.maximum(2 - away, 0)
    return np.asarray((far * far * far - 4 * near * near * near) / 6)


def along_axes(box: Image, matrices: list[Array]) -> Array:
    """Return the image with a matrix applied along each axis."""
    for matrix in matrices:
        box = np.tensordot(box, matrix.astype(np.float32), axes=(0, 1))  # turns the axes, thrice in all
    return box


def rms(error: Array) -> float:
    return float(np.sqrt(np.nanmean(error**2)))


def subsets(film: Film, scans: dict[int, Image]) -> Iterator[Row]:
    """D87: error against the size of subsets, of a film that only shifts, and what image noise alone makes of it."""
    where, shift = places(16), np.array([0.0, DRIFT, 0.0])
    still, shifted = film.without_noise(0, 0), film.scan(0, DRIFT, noise=5)
    slopes = [np.gradient(still, axis=axis) for axis in range(3)]
    for size in (5, 9, 17, 25, 33):
        error = correlated(scans[34], shifted, where, size) - shift
        lost = ~(np.linalg.norm(error, axis=1) < 0.5)
        series = "lost subsets" if size >= 17 else "reported"
        yield Row(series, f"D87 lost subsets of {size} voxels, share", float(lost.mean()), 0.0)
        if size < 17:
            continue
        sums = np.array([[(slope[around(place, size // 2)] ** 2).sum() for slope in slopes] for place in where])
        expected = math.sqrt(2) * NOISE * rms(1 / np.sqrt(sums))
        label = f"D87 error of subsets of {size} voxels, voxels"
        yield Row("noise of subsets", label, rms(error[~lost]), expected, "recomputed")
        if size == 33:
            yield Row("published accuracy", label, rms(error), 0.012, "bound")


def crack_fields(motion: dict[int, Array]) -> Iterator[Row]:
    """D87: error of subsets of 25 voxels beside and across a crack."""
    where = places()
    for minute, found in motion.items():
        error = found - true_motion(where, WALL[minute], DRIFT)
        across = (abs(where[:, 0] - PLANE) <= SIZE // 2) & (abs(where[:, 1] - MIDDLE) < LENGTH)
        series = "beside a crack, first scan" if minute == 37 else "beside a crack"
        yield Row(series, f"D87 rms error at {minute} min, voxels", rms(error[~across]), 0.0)
        yield Row(
            "nothing lost", f"D87 lost subsets at {minute} min", float(np.isnan(found[~across]).any(axis=1).mean()), 0
        )
        off_plane = across & (where[:, 0] != PLANE)  # on the plane there is no truth
        yield Row("reported", f"D87 rms error across the crack at {minute} min, voxels", rms(error[off_plane]), 0.0)
        yield Row(
            "signs", f"D87 worse across the crack at {minute} min", rms(error[~across]), rms(error[off_plane]), "bound"
        )


def references(scans: dict[int, Image], motion: dict[int, Array]) -> Iterator[Row]:
    """D89: motion since 34 min, directly and as the sum of the steps that follow the film; the background of both."""
    coarse = (places() - EDGE)[:, :2] % (2 * STEP) == 0
    where = places()[coarse.all(axis=1)]
    beside = (abs(where[:, 0] - PLANE) > SIZE // 2) | (abs(where[:, 1] - MIDDLE) >= LENGTH)
    still = abs(where[:, 1] - MIDDLE) >= LENGTH
    steps = step = direct = motion[37][coarse.all(axis=1)]
    for before, minute in ((34, 37), (37, 39), (39, 42)):
        if minute > 37:
            step = correlated(scans[before], scans[minute], where + np.rint(np.nan_to_num(steps)).astype(int))
            steps, direct = steps + step, motion[minute][coarse.all(axis=1)]
            label = f"D89 sum of steps less direct at {minute} min, rms voxels"
            yield Row("two references", label, rms((steps - direct)[beside]), 0.0)
        along = {
            "34 min": float(np.nanmedian(direct[still, 1])),
            "the scan before": float(np.nanmedian(step[still, 1])),
        }
        for words, moved in (("34 min", DRIFT), ("the scan before", DRIFT * (minute == 37))):
            label = f"D89, D90 background along y at {minute} min against {words}, voxels"
            yield Row("backgrounds", label, along[words], moved)
        if minute > 37:
            label = f"D89 background of 0 in print at {minute} min is nearer to that against the scan before"
            yield Row("signs", label, abs(along["the scan before"]), abs(along["34 min"]), "bound")
    top = float(np.nanmax(abs(direct[beside, 0]))) * VOXEL
    exact = float(abs(true_motion(where[beside], WALL[42], 0)[:, 0]).max()) * VOXEL
    yield Row("largest motion", "D89 largest motion at 42 min against 34 min, um", top, exact)
    for words, total in (("34 min", 13.0), ("the scan before", 10.0 + 13.0)):
        area = 0.0156 * math.pi * 2.0**2  # CIF at 42 min on a straight line, of the pin, mm2
        label = f"D89 mm of cracks (ellipses) that make a CIF of 1.56 % if the reference is {words}"
        yield Row("reported", label, area / (math.pi / 4 * 2e-3 * total), 7.5, "recomputed")


def background(found: Array) -> Iterator[Row]:
    """D90: the signal at 37 min with the shift of the whole film left in and taken out."""
    where = places()
    clear = np.nan_to_num(found - np.nanmedian(found, axis=0))
    beside = (abs(where[:, 0] - PLANE) == REACH) & (where[:, 1] == MIDDLE)
    size = np.linalg.norm(true_motion(where[beside], WALL[37], 0), axis=1).mean()
    rise = np.linalg.norm(found[beside], axis=1).mean() - DRIFT
    yield Row(
        "first signal", "D90 above background, shift left in, voxels", float(rise), math.hypot(DRIFT, size) - DRIFT
    )
    value = float(np.linalg.norm(clear[beside], axis=1).mean())
    yield Row("first signal", "D90 above background, shift taken out, voxels", value, float(size))
    for above in (1.0, 2.0):
        across = math.sqrt((5 + above) ** 2 - 5**2)
        yield Row(
            "reported", f"D90 um of motion across the shift that raise 5 um by {above:g}", across, above, "published"
        )
    cracked = (where[:, 0] == PLANE) & (WALL[42] * profile(where[:, 1], LENGTH) > 0.5)
    left_in, taken_out = (
        area_under_roc(np.linalg.norm(field, axis=1), cracked) for field in (np.nan_to_num(found), clear)
    )
    jump = area_under_roc(openings(found), cracked)
    yield Row("signs", "D90 ROC area of the jump at 37 min for cracks at 42 min: above 0.95", 0.95, jump, "bound")
    for words, value in (("size of motion, shift left in", left_in), ("size of motion, shift taken out", taken_out)):
        yield Row("reported", f"D90 ROC area of the {words}", value, 1.0)
    yield Row("signs", "D90 the jump tells more of the place than the size of motion", taken_out, jump, "bound")


def grey_drift(film: Film, first: Image) -> Iterator[Row]:
    """D90: whether a drift of grey values alone can look like a shift of the whole film."""
    ramp = np.linspace(-0.05, 0.05, SHAPE[1], dtype=np.float32)[:, None]
    drifted = 1.05 * film.scan(0, 0, noise=6) + 0.05 + ramp
    where = places(16)
    for words, scaled in (("scaled grey", True), ("plain squares", False)):
        found = correlated(first, drifted.astype(np.float32), where, scaled=scaled)
        mean = np.nanmean(found, axis=0)
        yield Row(
            "drift of grey", f"D90 shift of the film by 5 % of grey, {words}, voxels", float(abs(mean).max()), 0.0
        )
        yield Row("reported", f"D90 rms of single subsets by 5 % of grey, {words}, voxels", rms(found), 0.0)


def openings(found: Array) -> Array:
    """Return by how much the film has parted at each place, along x or y; not a number where a neighbour is lost."""
    x, y = (np.arange(EDGE, size - EDGE + 1, STEP).size for size in SHAPE[:2])
    grid, reach = found.reshape(x, y, 3), REACH // STEP
    parted = np.zeros((2, x, y))
    parted[0, reach:-reach] = grid[2 * reach :, :, 0] - grid[: -2 * reach, :, 0]
    parted[1, :, reach:-reach] = grid[:, 2 * reach :, 1] - grid[:, : -2 * reach, 1]
    return np.asarray(parted.max(axis=0).ravel())


def area_under_roc(score: Array, truth: NDArray[np.bool_]) -> float:
    """Return how often a place with a crack has the higher score."""
    yes, no = score[truth][:, None], score[~truth]
    return float(((yes > no) + 0.5 * (yes == no)).mean())


def dark_lines(grey: Image, where: Places, voxel: int, offset: int = 0) -> Array:
    """Return the share of lines through a subset, along x or y, that meet a voxel darker than half of the matrix."""
    if voxel == 1:
        dark = ndimage.gaussian_filter(grey, 1.0) < MATRIX / 2
    else:
        cut = grey[offset : offset + (SHAPE[0] - 4) // voxel * voxel]
        blocks = cut.reshape(-1, voxel, SHAPE[1] // voxel, voxel, SHAPE[2] // voxel, voxel)
        dark = blocks.mean(axis=(1, 3, 5)) < MATRIX / 2
    half = SIZE // 2 // voxel
    shares = []
    for place in (where - [offset, 0, 0]) // voxel:
        box = dark[tuple(slice(max(c - half, 0), c + half + 1) for c in place)]
        shares.append(max(box.any(axis=0).mean(), box.any(axis=1).mean()))
    return np.array(shares)


SIGHTS = {"voxels of 1.3 um": 1, "voxels of 5 um": 4}


def sight(grey: Image, where: Places, voxel: int) -> Array:
    """Return the shares of dark lines; coarse voxels lie at each of their places in turn."""
    return np.concatenate([dark_lines(grey, where, voxel, offset) for offset in range(voxel)])


def seen_by_opening() -> tuple[dict[str, Array], list[Row]]:
    """D93: the share of places at which a crack is seen, by its opening, and the alarms where there is none."""
    nulls = []
    for seed in (2, 3):
        film = Film.drawn(seed)
        first, second = film.scan(0, 0, noise=10 * seed), film.scan(0, DRIFT, noise=10 * seed + 1)
        jumps = openings(correlated(first, second, places())).reshape(-1, 15)[2:-2, 2:-2].ravel()
        nulls.append((film, first, second, jumps))
    limit = float(np.quantile(nulls[0][3], 1 - ALARMS))
    rows = [
        Row(
            "false alarms",
            "D93 of the correlation, in a film not used for its limit",
            float((nulls[1][3] > limit).mean()),
            0.0,
        ),
        Row("reported", "D93 limit of the jump for 1 % of false alarms, um", limit * VOXEL, 0.0),
    ]
    for words, voxel in SIGHTS.items():
        alarms = np.concatenate([sight(second, places(), voxel) for _, _, second, _ in nulls])
        rows.append(Row("false alarms", f"D93 of {words}", float((alarms > 0.5).mean()), 0.0))
    names = ("correlation", *SIGHTS, *(f"{words}, any dark voxel" for words in SIGHTS))
    chances: dict[str, list[float]] = {name: [] for name in names}
    y = np.arange(EDGE, SHAPE[1] - EDGE + 1, STEP)
    on_plane = np.stack([np.full(y.size, int(PLANE)), y, np.full(y.size, SHAPE[2] // 2)], axis=1)
    sides = np.concatenate([on_plane + np.array([side, 0, 0]) for side in (-REACH, REACH)])
    for number, opening in enumerate(OPENINGS):
        film, first, _, _ = nulls[1]
        grey = film.scan(opening / 2, DRIFT, noise=100 + number, length=math.inf)
        left, right = np.split(correlated(first, grey, sides)[:, 0], 2)
        chances["correlation"].append(float((right - left > limit).mean()))
        for words, voxel in SIGHTS.items():
            lines = sight(grey, on_plane, voxel)
            chances[words].append(float((lines > 0.5).mean()))
            chances[f"{words}, any dark voxel"].append(float((lines > 0).mean()))
    return {name: np.array(values) for name, values in chances.items()}, rows


def lead(chances: dict[str, Array]) -> Iterator[Row]:
    """D93: the opening at which half of the places are seen, and in which scan that is."""
    seen = {name: opening_seen(values) * VOXEL for name, values in chances.items()}
    for name, opening in seen.items():
        yield Row("reported", f"D93 opening seen by {name}, um", opening, FIRST, "published")
    for words in SIGHTS:
        yield Row("signs", f"D93 correlation sees less than {words}, um", seen["correlation"], seen[words], "bound")
    for series, sides in (("lead, opening of 1.5 um", 1), ("lead, walls of 1.5 um each", 2)):
        history = np.array([0.0, FIRST, SECOND, 13.0]) * sides
        scan = {name: int(np.argmax(history >= opening)) for name, opening in seen.items()}
        for name in (*SIGHTS, *(f"{words}, any dark voxel" for words in SIGHTS)):
            kind = series if name in SIGHTS else "reported"
            scans = scan[name] - scan["correlation"]
            yield Row(kind, f"D93 scans of {SCAN} min before {name}, {series[6:]}", scans, 1.0, "published")


def opening_seen(chance: Array) -> float:
    """Return the opening that is seen at half of the places [voxels]."""
    first = max(int(np.flatnonzero(chance >= 0.5)[0]), 1)
    return float(np.exp(np.interp(0.5, chance[first - 1 : first + 1], np.log(OPENINGS[first - 1 : first + 1]))))


def draw_fields(scans: dict[int, Image], motion: dict[int, Array]) -> Figure:
    figure = Figure(figsize=(11.0, 7.4), layout="constrained")
    panels = figure.subplots(3, 3, sharex=True, sharey=True)
    where = places() * VOXEL
    x, y = (np.unique(where[:, axis]) for axis in (0, 1))
    for row, minute in zip(panels, (37, 39, 42), strict=True):
        found = motion[minute]
        extent = (0, SHAPE[0] * VOXEL, 0, SHAPE[1] * VOXEL)
        row[0].imshow(
            scans[minute][..., SHAPE[2] // 2].T, cmap="gray", origin="lower", vmin=-0.2, vmax=1.2, extent=extent
        )
        row[0].set_ylabel(f"{minute} min\ny / µm")
        for axes, score, words in (
            (row[1], np.linalg.norm(found, axis=1), "size of motion / µm"),
            (row[2], openings(found), "jump / µm"),
        ):
            mesh = axes.pcolormesh(x, y, VOXEL * score.reshape(x.size, y.size).T, cmap="magma", vmin=0)
            axes.plot(2 * [PLANE * VOXEL], (MIDDLE + LENGTH * np.array([-1, 1])) * VOXEL, ":", color="white", lw=1.2)
            axes.set_aspect("equal")
            figure.colorbar(mesh, ax=axes, label=words, shrink=0.7)
    panels[0, 0].set_title("slice")
    panels[0, 1].set_title("size of motion, with the shift of 5 µm")
    panels[0, 2].set_title("jump of motion (dotted: the crack)")
    for axes in panels[-1]:
        axes.set_xlabel("x / µm")
    return figure


def draw_lead(chances: dict[str, Array]) -> Figure:
    figure = Figure(figsize=(6.8, 4.4), layout="constrained")
    axes = figure.subplots()
    styles = ("#1b6ca8", "-"), ("#d1701c", "-"), ("#4a8f3c", "-"), ("#d1701c", ":"), ("#4a8f3c", ":")
    for (name, chance), (colour, style) in zip(chances.items(), styles, strict=True):
        axes.semilogx(OPENINGS * VOXEL, chance, style, marker="o", ms=3, color=colour, label=name)
    for low, high, height, words in (
        (1, 2, 1.12, "37 min, opening"), (2, 4, 1.06, "37 min, each wall"), (7, 10, 1.12, "39 min, opening"),
    ):  # fmt: skip
        axes.axvspan(low, high, color="grey", alpha=0.12, lw=0)
        axes.text(math.sqrt(low * high), height, words, ha="center", fontsize=8)
    axes.set(xlabel="opening / µm", ylabel="share of places where the crack is seen", ylim=(-0.02, 1.2))
    axes.legend(frameon=False, fontsize=8, loc=(0.2, 0.3))
    tidy(axes)
    return figure
