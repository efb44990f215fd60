"""Cracks of drying films of NMC622 on a pin: fitted to the film of 300 um, predicted for those of 500 and 800 um."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.integrate import simpson
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from electrosim import load, run, save
from electrosim.base.observer import Observer
from electrosim.study.validation.metrics import Comparison, Row

if TYPE_CHECKING:
    import xarray as xr

    Bubbles = list[tuple[float, float, float]]

UM, MINUTE = 1e-6, 60.0
DRY = {300: 129.0, 500: 203.5, 800: 298.0}  # um; that of 500 um is interpolated as in val-dawson-2026
EXCESS = {300: 30.0, 500: 90.0, 800: 180.0}  # um of clear liquid, likewise
LOSS_800 = (180 / 2 + 298 * (0.27 / 0.21 - 1)) / 72  # um/min of a cap and of the solid, to be at rest at 72 min
SEEN = {300: 18.7, 500: 19.0, 800: 41.5}  # % of 3-D CIF in the end
BASE, SURFACE, PLATEAU = {300: 16.0, 500: 19.0, 800: 33.0}, {300: 34.0, 500: 37.0, 800: 30.0}, 12.9
ONSET, SCAN = {300: 39.0, 500: 45.0, 800: 74.0}, 2.4  # min
PARTED_AFTER = {300: 20.0, 500: 10.0, 800: 9.0}  # min of cracking
PIN, PITCH, VOXEL = 4e-3, 70 * UM, 5 * UM
SEEDS, EARLY_SEEDS = range(3), range(12)
NOTABLE = 0.01  # of a slice, by which the base must exceed the plateau


@dataclass(frozen=True)
class Samples:
    """Patterns of one film, one for each seed."""

    gap: int
    patterns: list[xr.Dataset]
    growth_ends: float  # when the pores no longer lose solvent at a constant rate [min]

    def last(self, name: str, height: int | None = None) -> NDArray[np.float64]:
        values = (pattern[name][-1] if height is None else pattern[name][-1, height] for pattern in self.patterns)
        return np.array([float(value) for value in values])

    def mean(self, name: str) -> float:
        return float(self.last(name).mean())

    def over_time(self, values: str, minutes: float) -> float:
        return float(np.mean([np.interp(minutes * MINUTE, p["time"], p[values]) for p in self.patterns]))

    @property
    def onset(self) -> float:
        """When the first place breaks [min]."""
        return float(np.mean([at_strain(p, float(p["onset_strain"])) for p in self.patterns]))

    @property
    def rate(self) -> float:
        """Points of CIF per minute while growth is linear."""
        return 100 * self.over_time("crack_intensity", self.growth_ends) / (self.growth_ends - self.onset)

    @property
    def parting(self) -> float:
        """Minutes of cracking until the base notably exceeds the plateau."""
        found = [first_time(p, base_excess(p), NOTABLE) - at_strain(p, float(p["onset_strain"])) for p in self.patterns]
        return float(np.mean(found))


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    with tempfile.TemporaryDirectory() as place:
        drying = {gap: dried(gap, Path(place)) for gap in DRY}
        films: dict[int, Samples] = {}
        for number, gap in enumerate(DRY):
            observer(f"film of {gap} um", number / 5)
            bubbles = [(0.0, 0.0, 202.5)] if gap == 800 else []
            films[gap] = samples(gap, drying[gap], bubbles)
        rows = [*fitted(films[300]), *predicted(films), *growth(films), *orders(films), *reported(films)]
        observer("early cracks", 0.6)
        rows += early(films[300])
        observer("bubbles", 0.7)
        rows += [*with_bubbles(films, drying), *softer(films[300], drying[300])]
    return Comparison(rows, {"maps": maps(films), "profiles": profiles(films), "over-time": over_time(films)})


def dried(gap: int, place: Path) -> Path:
    """Return the results of drying: 300 um as shipped, the others with the liquid that 800 um loses."""
    if gap == 300:
        overrides: dict[str, Any] = {}
    else:
        flux = LOSS_800 * UM / MINUTE * 1028
        overrides = {
            "film.dry_thickness": f"{DRY[gap]} um",
            "film.excess": f"{EXCESS[gap]} um",
            "zones.0.flux": f"{flux} kg/m^2/s",
        }
    save(run(load("drying-300um", overrides)), place / str(gap))
    return place / str(gap)


def pattern(seed: int, bubbles: Bubbles, overrides: dict[str, Any]) -> xr.Dataset:
    """Return the cracks of a film with the parameters of that of 300 um and the same distance of nodes."""
    given = {
        "sample.seed": seed,
        "shrinkage.snapshots": 30,
        "bubbles": [{"x": f"{x} um", "y": f"{y} um", "radius": f"{r} um"} for x, y, r in bubbles],
        **overrides,
    }
    lag = load("crack-pattern-300um", given | {"bubbles": []}).problem.film.lag_length
    return run(load("crack-pattern-300um", given | {"sample.nodes_per_lag": lag / PITCH}))


def samples(gap: int, drying: Path, bubbles: Bubbles, seeds: range = SEEDS) -> Samples:
    from electrosim import open as open_result

    ends = float(open_result(drying)["stage_end_times"].sel(stage="constant rate")) / MINUTE
    return Samples(gap, [pattern(seed, bubbles, {"shrinkage.drying": str(drying)}) for seed in seeds], ends)


def at_strain(pattern: xr.Dataset, strain: float) -> float:
    """Return when a free strain is reached [min]."""
    strains, times = (np.asarray(pattern[name].values) for name in ("strain", "time"))
    return float(np.interp(strain, strains, times)) / MINUTE if strain >= strains[0] else float(times[0]) / MINUTE


def base_excess(pattern: xr.Dataset) -> NDArray[np.float64]:
    """Return by how much the slice at the base exceeds the plateau, shape (strains,)."""
    return np.asarray(pattern["intensity_at_base"] - pattern["crack_intensity_at_height"][:, 0])


def first_time(pattern: xr.Dataset, values: NDArray[np.float64], limit: float) -> float:
    """Return when rising values first reach a limit [min]."""
    return float(np.interp(limit, values, pattern["time"])) / MINUTE if values[-1] >= limit else np.inf


def uncertainty(film: Samples, values: NDArray[np.float64]) -> float:
    """Return that of a CIF in per cent: scatter of the seeds, and half a voxel in the width of cracks."""
    edges = float(values.mean()) * VOXEL / 2 / film.mean("mean_crack_width")
    return 100 * float(np.hypot(values.std(ddof=1), edges))


def fitted(thin: Samples) -> Iterator[Row]:
    yield Row("fitted", "D60 3-D CIF of 300 um, %", 100 * thin.mean("crack_intensity"), SEEN[300], "published")
    yield Row("fitted", "D57 first crack of 300 um, min", thin.onset, ONSET[300], "published", SCAN)
    yield Row("fitted, roughly", "D54 distance of cracks, um", thin.mean("crack_spacing") / UM, 300, "published")
    excess = 100 * float(np.mean([base_excess(p)[-1] for p in thin.patterns]))
    yield Row("fitted, roughly", "D82 base over plateau of 300 um, points", excess, BASE[300] - PLATEAU, "recomputed")


def predicted(films: dict[int, Samples]) -> Iterator[Row]:
    for gap, film in films.items():
        whole, base = film.last("crack_intensity"), film.last("intensity_at_base")
        surface, middle = (film.last("crack_intensity_at_height", height) for height in (-1, 6))
        cracks, profile = ("reported",) * 2 if gap == 800 else ("cracks, predicted", "profile, predicted")
        entries = [(profile, "D64 base", base, BASE[gap]), (profile, "D65 surface", surface, SURFACE[gap])]
        if gap == 300:
            entries.append((profile, "D66 plateau at 30 % of the height", middle, PLATEAU))
        else:
            entries.append((cracks, "D60 3-D CIF", whole, SEEN[gap]))
        for series, words, values, seen in entries:
            label = f"{words} of {gap} um, %"
            yield Row(series, label, 100 * float(values.mean()), seen, "published", uncertainty(film, values))
        one = film.patterns[0]
        mean = simpson(one["crack_intensity_at_height"], x=one["height"])
        off = float(np.abs(mean - one["crack_intensity"]).max())
        yield Row("identity", f"D63 mean of 2-D CIF less 3-D CIF, {gap} um", off, 0.0, "exact")
    porosity = 1 - 0.27 / (1 - films[300].mean("crack_intensity"))
    yield Row("islands", "D52 porosity of islands of 300 um", porosity, 0.668, "recomputed")


def growth(films: dict[int, Samples]) -> Iterator[Row]:
    for gap in (500, 800):
        yield Row(
            "onset, predicted", f"D57 first crack of {gap} um, min", films[gap].onset, ONSET[gap], "published", SCAN
        )
    for gap in (300, 500):
        yield Row("end of growth", f"D61 linear until, {gap} um, min", films[gap].growth_ends, 75, "published")
    for saturation in (0.2, 0.4):
        other = run(load("drying-300um", {"drying.critical_saturation": saturation, "binder": None}))
        ends = float(other["stage_end_times"].sel(stage="constant rate")) / MINUTE
        label = f"D61 linear until, 300 um, at a critical saturation of {saturation:g} instead of 0.3, min"
        yield Row("reported", label, ends, 75, "published")
    for gap, series in ((500, "rates"), (800, "rate of 800 um")):
        yield Row(
            series, f"D61, D62 rate of {gap} um over that of 300 um", films[gap].rate / films[300].rate, 1, "published"
        )
    for gap, film in films.items():
        worst = []
        for one in film.patterns:
            minutes, cracks = one["time"].values / MINUTE, one["crack_intensity"].values
            linear = (minutes > film.onset + SCAN) & (minutes <= film.growth_ends)
            line = np.polynomial.Polynomial.fit(minutes[linear], cracks[linear], 1)
            worst.append(
                float(
                    np.abs(line(minutes[linear]) / cracks[linear].max() - cracks[linear] / cracks[linear].max()).max()
                )
            )
        yield Row("linear growth", f"D61 worst distance from a line, {gap} um", float(np.mean(worst)), 0.0, "published")


def orders(films: dict[int, Samples]) -> Iterator[Row]:
    """D71, D72, D80: which film has more of something."""
    for thin, thick in ((300, 500), (500, 800)):
        words = f"{thin} um, {thick} um"
        spacing = [films[gap].mean("crack_spacing") for gap in (thin, thick)]
        yield Row("spacing and branching", f"D71 distance of cracks, {words}", *spacing, "bound")
        islands = [films[gap].mean("islands") for gap in (thick, thin)]
        yield Row("spacing and branching", f"D71 islands in the reverse order, {words}", *islands, "bound")
        parting = [films[gap].parting for gap in (thick, thin)]
        yield Row("parting", f"D80 minutes until the film parts in the reverse order, {words}", *parting, "bound")
    near, far = parted_near_cracks(films[300])
    yield Row("parting", "D80 distance of parted places from cracks, that of all places", near, far, "bound")
    rim = {gap: float(np.mean([cracks_at_rim(p) for p in film.patterns])) for gap, film in films.items()}
    for gap in (500, 800):
        yield Row("rim", f"D72 cracks at the rim, {gap} um, 300 um", rim[gap], rim[300], "bound")
        yield Row("reported", f"D72 radial cracks at the rim of {gap} um", rim[gap], 0.0, "published")
    fewest = min(map(cracks_at_rim, films[300].patterns))
    yield Row("rim", "D72 one radial crack at the rim, the fewest of any seed of 300 um", 1, fewest, "bound")


def parted_near_cracks(film: Samples) -> tuple[float, float]:
    """Return the mean distance from cracks wider than a voxel, of parted places and of all [m]."""
    near, far = [], []
    for one in film.patterns:
        x, y = midpoints(one)
        wide = one["crack_width"].values > VOXEL
        away, _ = KDTree(np.stack([x[wide], y[wide]], axis=1)).query(np.stack([one["node_x"], one["node_y"]], axis=1))
        near.append(away[one["node_parted"].values].mean())
        far.append(away.mean())
    return float(np.mean(near)), float(np.mean(far))


def midpoints(pattern: xr.Dataset) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return pattern["crack_x"].values.mean(axis=1), pattern["crack_y"].values.mean(axis=1)


def lengths(pattern: xr.Dataset) -> NDArray[np.float64]:
    return np.asarray(np.hypot(*(np.diff(pattern[name].values, axis=1)[:, 0] for name in ("crack_x", "crack_y"))))


def cracks_at_rim(pattern: xr.Dataset) -> int:
    """Return how many cracks wider than a voxel reach the outermost row of nodes along a radius."""
    x, y = midpoints(pattern)
    radius = np.hypot(x, y)
    across, up = (pattern[name].values[:, 1] - pattern[name].values[:, 0] for name in ("crack_x", "crack_y"))
    along, length = np.abs(across * x + up * y), np.hypot(across, up)
    there = (radius > PIN / 2 - 1.5 * PITCH) & (pattern["crack_width"].values > VOXEL) & (along > 0.7 * length * radius)
    angle = np.sort(np.arctan2(y[there], x[there])) * PIN / 2
    return int((np.diff(angle, append=angle[:1] + np.pi * PIN) > 2 * PITCH).sum()) if there.any() else 0


def reported(films: dict[int, Samples]) -> Iterator[Row]:
    thin, thick = films[300], films[800]
    for minutes, seen in ((42, 1.56), (56, 8.8), (63, 12.5)):
        value = 100 * thin.over_time("crack_intensity", minutes)
        yield Row("reported", f"D73, D68 3-D CIF of 300 um at {minutes} min, %", value, seen, "recomputed")
    for minutes, seen in ((56, 11.0), (63, 20.5)):
        value = 100 * float(np.mean([surface_at(one, minutes) for one in thin.patterns]))
        yield Row("reported", f"D68 surface of 300 um at {minutes} min, %", value, seen, "published")
    ratio = [surface_at(one, 56) / np.interp(56, one["time"] / MINUTE, one["crack_intensity"]) for one in thin.patterns]
    yield Row("reported", "D69 surface over mean of 300 um at 56 min", float(np.mean(ratio)), 11 / 8.8, "recomputed")
    for gap, seen in ((300, 0.519), (500, 0.633)):
        yield Row("reported", f"D61 rate of {gap} um, points/min", films[gap].rate, seen, "recomputed")
    yield Row("reported", "D62 end of linear growth of 800 um, min", thick.growth_ends, 147, "recomputed", 7)
    fall = min(float(one["crack_intensity_at_height"].diff("strain").min()) for one in thin.patterns)
    yield Row(
        "reported", "D74 largest fall of a slice's CIF from one time to the next, points", -100 * fall, 0.0, "bound"
    )
    for gap, film in films.items():
        yield Row("reported", f"D80 base in excess after, {gap} um, min", film.parting, PARTED_AFTER[gap], "published")


def surface_at(pattern: xr.Dataset, minutes: float) -> float:
    return float(np.interp(minutes * MINUTE, pattern["time"], pattern["crack_intensity_at_height"][:, -1]))


def early(thin: Samples) -> Iterator[Row]:
    """D72, D73, D91, D92: the film of 300 um at 42 min, over many seeds."""
    strain = float(np.interp(42 * MINUTE, thin.patterns[0]["time"], thin.patterns[0]["strain"]))
    cut = {"film.thickness": f"{DRY[300]} um", "shrinkage.drying": None, "shrinkage.strain": f"{100 * strain} %"}
    found = [pattern(seed, [], cut | {"shrinkage.snapshots": 3}) for seed in EARLY_SEEDS]
    first = [float(np.hypot(*(axis[0] for axis in midpoints(one)))) / (PIN / 2) for one in found]
    yield Row("rim", "D72 share of first breaks in the outer tenth of the radius, half",
              float(np.mean(np.array(first) > 0.9)), 0.5, "bound")  # fmt: skip
    rim = float(np.mean([cracks_at_rim(one) > 0 for one in found]))
    yield Row("reported", "D72 share of seeds with a crack at the rim at 42 min", rim, 1.0, "published")
    shapes = np.array([middle_and_ends(one) for one in found])
    yield Row("opening", "D92 opening of the largest crack towards its ends, in the middle",
              float(shapes[:, 1].mean()), float(shapes[:, 0].mean()), "bound")  # fmt: skip
    widest = float(np.mean([float(one["crack_width"].max()) for one in found])) / UM
    yield Row("reported", "D91 widest opening at 42 min, um", widest, 23, "recomputed", 3)
    span = float(np.mean([float(one["largest_crack_span"][-1]) for one in found])) * PIN * 1e3
    yield Row("reported", "D73 span of the largest crack at 42 min, at 39 in print, mm", span, 3.0, "published")
    length = float(np.mean([np.pi / 2 * np.pi / 4 * PIN**2 / float(one["crack_spacing"][-1]) for one in found])) * 1e3
    yield Row("reported", "D73 length of all cracks at 42 min, mm", length, 8.75, "recomputed", 1.25)


def middle_and_ends(pattern: xr.Dataset) -> tuple[float, float]:
    """Return the mean opening of the longest crack in the middle third of its extent and in the outer ones [m]."""
    crack, length = connected(pattern), lengths(pattern)
    longest = crack == np.bincount(crack, length).argmax()
    place = np.stack(midpoints(pattern), axis=1)[longest]
    axis = np.linalg.svd(place - place.mean(axis=0), full_matrices=False)[2][0]
    along = (place - place.mean(axis=0)) @ axis
    share = (along - along.min()) / np.ptp(along)
    width, weight = pattern["crack_width"].values[longest], length[longest]
    inner = np.abs(share - 0.5) < 1 / 6
    return float(np.average(width[inner], weights=weight[inner])), float(
        np.average(width[~inner], weights=weight[~inner])
    )


def connected(pattern: xr.Dataset) -> NDArray[np.int64]:
    """Return which connected crack each broken face belongs to: those that meet in a corner are one."""
    corner = np.round(np.stack([pattern["crack_x"], pattern["crack_y"]], axis=-1) / PITCH * 1e6).astype(np.int64)
    _, number = np.unique(corner.reshape(-1, 2), axis=0, return_inverse=True)
    pairs = number.reshape(-1, 2)
    count = int(number.max()) + 1
    graph = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)[pairs[:, 0]]


def with_bubbles(films: dict[int, Samples], drying: dict[int, Path]) -> Iterator[Row]:
    """D78: bubbles of Fig. S4 in the film of 500 um, and that of the film of 800 um."""
    seven = seven_bubbles(np.random.default_rng(0))
    found = {
        "one bubble, 500 um": samples(500, drying[500], [(500.0, 300.0, 100.0)], range(2)).patterns,
        "seven bubbles, 500 um": samples(500, drying[500], seven, range(2)).patterns,
        "one bubble, 800 um": films[800].patterns,
    }
    without = {500: films[500], 800: samples(800, drying[800], [], range(2))}
    for words, patterns in found.items():
        first = float(np.mean([bool(one["first_break_at_bubble"]) for one in patterns]))
        yield Row("first breaks", f"D78 0.9, share of first breaks at bubbles, {words}", 0.9, first, "bound")
        share = float(np.mean([early_share_at_bubbles(one) for one in patterns]))
        yield Row("cracks at bubbles", f"D78 0.9, share of cracks that start at bubbles, {words}", 0.9, share, "bound")
        gap = 500 if words.endswith("500 um") else 800
        islands = float(np.mean([int(one["islands"][-1]) for one in patterns]))
        yield Row(
            "fewer cracks with bubbles",
            f"D78 islands with {words}, without",
            islands,
            without[gap].mean("islands"),
            "bound",
        )


def seven_bubbles(rng: np.random.Generator) -> Bubbles:
    """Return seven bubbles that do not overlap, within 1.5 mm of the middle [um]."""
    found: Bubbles = []
    while len(found) < 7:
        radius, distance, angle = rng.uniform(80, 200), 1500 * np.sqrt(rng.uniform()), rng.uniform(0, 2 * np.pi)
        x, y = distance * np.cos(angle), distance * np.sin(angle)
        if all(np.hypot(x - a, y - b) > radius + r + 200 for a, b, r in found):
            found.append((float(x), float(y), float(radius)))
    return found


def early_share_at_bubbles(pattern: xr.Dataset) -> float:
    """Return the share of the length of cracks, one scan after the first, that hangs together with a bubble."""
    onset = at_strain(pattern, float(pattern["onset_strain"]))
    strain = float(np.interp((onset + SCAN) * MINUTE, pattern["time"], pattern["strain"]))
    there = pattern.isel(crack=np.flatnonzero(pattern["crack_strain"].values <= strain))
    crack, length = connected(there), lengths(there)
    whole, at_bubble = np.bincount(crack, length), np.bincount(crack, there["crack_at_bubble"].values) > 0
    visible = whole > 3 * PITCH  # single broken bonds are no cracks
    return float(whole[visible & at_bubble].sum() / whole[visible].sum())


def softer(thin: Samples, drying: Path) -> Iterator[Row]:
    """D83: a substrate that yields three times as much, as foil would."""
    on_foil = pattern(0, [], {"shrinkage.drying": str(drying), "film.interface_stiffness": "9 MPa/m"})
    for words, name in (("film that has parted", "delaminated_fraction"), ("cracks", "crack_intensity")):
        stiff = float(thin.patterns[0][name][-1])
        yield Row(
            "softer substrate",
            f"D83 {words} on a softer substrate, on the pin",
            float(on_foil[name][-1]),
            stiff,
            "bound",
        )


def maps(films: dict[int, Samples]) -> Figure:
    """Draw the cracks of the three films at the same scale, as wide as they are."""
    figure = Figure(figsize=(13.5, 5), layout="constrained")
    for axes, film in zip(figure.subplots(1, 3, sharey=True), films.values(), strict=True):
        one = film.patterns[0]
        axes.set(aspect="equal", xlim=(-2.05, 2.05), ylim=(-2.05, 2.05), xlabel="x / mm")
        parted = one["node_parted"].values
        for shown, colour in ((~parted, "#e4ddcd"), (parted, "#7aa6c2")):
            axes.scatter(
                1e3 * one["node_x"][shown], 1e3 * one["node_y"][shown], s=62, c=colour, marker="h", linewidths=0
            )
        lines = 1e3 * np.stack([one["crack_x"], one["crack_y"]], axis=-1)
        widths = 1e3 * one["crack_width"].values * 72 * 4.2 / 4.1  # axes of 4.2 inches show 4.1 mm
        axes.add_collection(LineCollection(list(lines), colors="#1d1d22", linewidths=widths, capstyle="round"))
        axes.set_title(
            f"{film.gap} µm gap, {DRY[film.gap]:.0f} µm thick: {100 * float(one['crack_intensity'][-1]):.3g} % cracks"
        )
    figure.axes[0].set_ylabel("y / mm")
    figure.suptitle("Blue: parted from the pin. The film of 800 µm has a bubble in its middle")
    return figure


def profiles(films: dict[int, Samples]) -> Figure:
    """Draw the 2-D CIF over the height, and what the print has of it."""
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    for (gap, film), colour in zip(films.items(), ("#1b6ca8", "#d1701c", "#4d8b57"), strict=True):
        one = film.patterns[0]
        height = DRY[gap] * one["height"].values
        axes.plot(100 * one["crack_intensity_at_height"][-1], height, color=colour, label=f"{gap} µm gap, computed")
        axes.plot(100 * float(one["intensity_at_base"][-1]), 0, "o", color=colour)
        axes.plot(
            [BASE[gap], SURFACE[gap]], [0, DRY[gap]], "x", color=colour, label=f"{gap} µm gap, base and surface seen"
        )
    axes.plot([PLATEAU] * 2, [15, 60], ":", color="#1b6ca8", label="300 µm gap, plateau that closes on 18.7 %")
    axes.set(xlabel="cracks in the slice / %", ylabel="height / µm", xlim=(0, None))
    axes.set_title("dots: base with the film that has parted")
    axes.set_ylim(-10, 430)
    axes.legend(frameon=False, fontsize="small", loc="upper center", ncols=2)
    return figure


def over_time(films: dict[int, Samples]) -> Figure:
    """Draw the 3-D CIF over time, and the straight lines of the print."""
    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    for (gap, film), colour in zip(films.items(), ("#1b6ca8", "#d1701c", "#4d8b57"), strict=True):
        for one in film.patterns:
            axes.plot(one["time"] / MINUTE, 100 * one["crack_intensity"], color=colour, alpha=0.6)
        axes.plot([], [], color=colour, label=f"{gap} µm gap, three seeds")
        if gap != 800:
            axes.plot(
                [ONSET[gap], 75], [0, SEEN[gap]], "x--", color=colour, label=f"{gap} µm gap, seen: linear until 75 min"
            )
    axes.set(xlabel="time / min", ylabel="3-D CIF / %", ylim=(0, None))
    axes.legend(frameon=False)
    return figure
