"""Ions through a cracked electrode: denser islands, open cracks, and what a discharge makes of both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.spatial import KDTree

from electrosim import conduction, load, run
from electrosim.base.observer import Observer
from electrosim.base.plot_style import tidy
from electrosim.study.validation.metrics import Comparison, Row

SOLVENT, CRACKS, BRUGGEMAN = 0.599, 0.187, 1.5  # of the film of 300 um at rest (D50), of its volume, exponent
ISLANDS = 1 - (1 - SOLVENT) / (1 - CRACKS)
EVEN, DENSE = SOLVENT**BRUGGEMAN, ISLANDS**BRUGGEMAN
WHOLE = (1 - CRACKS) * DENSE + CRACKS
LOADINGS, RATES = {300: 16.4, 800: 37.8}, (1.0, 2.0, 5.0, 10.0)  # mg/cm2 of active material (D42)
FILMS = {  # pores, share of the film's area that bears the loading, relative conductivity of the pores
    "even film": (SOLVENT, 1.0, EVEN),
    "cracked film": (SOLVENT, 1.0, WHOLE),
    "middle of an island": (ISLANDS, 1 - CRACKS, DENSE),
}


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    observer("conduction", 0.0)
    image = cracked()
    rows = [*fractions(), *conducting(image)]
    observer("discharge", 0.5)
    capacity = {gap: {name: discharged(gap, name) for name in FILMS} for gap in LOADINGS}
    for gap, of in capacity.items():
        for number, rate in enumerate(RATES):
            even, whole, island = (float(of[name][number]) for name in FILMS)
            series = "signs" if rate >= 5 else "reported"  # slower, ions do not limit these films
            rows.append(Row(series, f"D97 {gap} um at {rate:g} C, mAh/g: islands hinder", island, even, "bound"))
            rows.append(Row(series, f"D95, D97 {gap} um at {rate:g} C, mAh/g: cracks help", even, whole, "bound"))
    return Comparison(rows, {"cracks": draw(image, capacity)})


def cracked(size: int = 120, height: int = 6, islands: int = 14, seed: int = 3) -> NDArray[np.uint8]:
    """Return straight cracks (1) between the cells of random points, of a film that goes on periodically."""
    points = np.random.default_rng(seed).random((islands, 2)) * size
    tree = KDTree(points, boxsize=size)
    places = np.stack(np.meshgrid(*(np.arange(size) + 0.5,) * 2, indexing="ij"), axis=-1)
    near = tree.query(places, k=2)[0]
    gap = near[..., 1] - near[..., 0]
    cracks = gap <= np.sort(gap, axis=None)[round(CRACKS * gap.size) - 1]
    return np.repeat(cracks[..., None], height, axis=2).astype(np.uint8)


def fractions() -> Iterator[Row]:
    yield Row("closure", "D97 solvent of islands", ISLANDS, 0.507, "recomputed", 0.0005)
    yield Row("closure", "D97 conduction of islands over that of an even film", DENSE / EVEN, 0.78, "recomputed", 0.005)


def conducting(image: NDArray[np.uint8]) -> Iterator[Row]:
    """D97: the film as a volume of islands and cracks."""
    problem = conduction.Problem(image, 1e-5, {0: DENSE, 1: 1.0}, directions="xyz", sides="periodic")
    found = conduction.solve(problem)["effective_conductivity"]
    through = float(found.sel(direction="z"))
    share = float(image.mean())
    yield Row("exact", "through the thickness, straight cracks", through, (1 - share) * DENSE + share)
    yield Row("closure", "D97 cracked over even film, through the thickness", through / EVEN, 1.04, "recomputed", 0.005)
    for direction in "xy":
        along = float(found.sel(direction=direction))
        yield Row("signs", f"D97 along {direction} below that through the thickness", along, through, "bound")
        yield Row("reported", f"D97 cracked over even film, along {direction}", along / EVEN, 1.0, "bound")


def discharged(gap: int, name: str) -> NDArray[np.float64]:
    """Return the specific capacity at each rate against lithium [mAh/g]."""
    pores, area, conducts = FILMS[name]
    electrode = {
        "active": "nmc622", "loading": f"{LOADINGS[gap] / area} mg/cm^2", "porosity": pores,
        "tortuosity": pores / conducts, "layers": [{"carbon": "9 %"}], "binder": "7 %",
    }  # fmt: skip
    result = run(load("single-layer", {
        "electrode": electrode, "conductivity": {"value": "1 S/m"}, "contact.series": "0 ohm*cm^2",
        "protocol.rates": list(RATES),
    }))  # fmt: skip
    return np.asarray(result["specific_capacity"].values / 3600)


def draw(image: NDArray[np.uint8], capacity: dict[int, dict[str, NDArray[np.float64]]]) -> Figure:
    figure = Figure(figsize=(9.6, 3.8), layout="constrained")
    plan, *curves = figure.subplots(1, 3)
    plan.imshow(image[..., 0], cmap="bone_r", vmax=1.4)
    plan.set(title=f"{CRACKS:.1%} cracks", xticks=[], yticks=[])
    for axes, (gap, of) in zip(curves, capacity.items(), strict=True):
        for (name, values), colour in zip(of.items(), ("#3b3b40", "#1b6ca8", "#d1701c"), strict=True):
            axes.plot(RATES, values, "o-", color=colour, label=name, ms=4)
        axes.set(xscale="log", xlabel="rate / C", title=f"film of {gap} µm gap")
        axes.set_xticks(RATES, [f"{rate:g}" for rate in RATES])
        axes.set_ylim(bottom=0)
        axes.minorticks_off()
        tidy(axes)
    curves[0].set_ylabel("capacity / (mAh/g)")
    curves[0].legend(frameon=False, fontsize=8)
    return figure
