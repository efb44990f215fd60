"""The three boundary conditions on the same images, each compared with the one that must not lie below it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validation.metrics import Row
from electrosim.voxels.phantom import cubic_array, laminate

METHOD = Multigrid(rtol=1e-11)
LOWEST, MIDDLE, HIGHEST = "constant-current", "periodic", "constant-potential"


def conductivity(image: np.ndarray, phases: dict[int, float], direction: str, boundary: str, sides: str) -> float:
    problem = Problem(image, 1e-6, phases, directions=direction, boundary=boundary, sides=sides)
    return float(solve(problem, method=METHOD)["effective_conductivity"][0])


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("laminates", 0.0)
    rows = list(laminates())
    observer("every voxel conducts", 0.3)
    rows += dense()
    observer("pores", 0.6)
    return rows + list(porous())


def laminates() -> Iterator[Row]:
    image = laminate((12, 12, 12), 0, (2, 1, 3))
    cases = {
        "in series": ({0: 10.0, 1: 1.0, 2: 0.1}, "x", 1 / (2 / 6 / 10 + 1 / 6 / 1 + 3 / 6 / 0.1)),
        "conducting beside insulating": ({0: 10.0}, "y", 10 * 2 / 6),
    }
    for name, (phases, direction, exact) in cases.items():
        for boundary in (LOWEST, MIDDLE, HIGHEST):
            value = conductivity(image, phases, direction, boundary, "no-flux")
            yield Row("laminates", f"{name}, {boundary}", value, exact)


def dense() -> Iterator[Row]:
    image = (np.random.default_rng(2).random((20, 20, 20)) < 0.5).astype(np.uint8)
    for direction in "xyz":
        low, middle, high = (
            conductivity(image, {0: 1.0, 1: 10.0}, direction, boundary, "periodic")
            for boundary in (LOWEST, MIDDLE, HIGHEST)
        )
        for series in ("ordered, every voxel conducts", "strictly ordered"):
            yield Row(series, f"current below periodic, {direction}", low, middle, "bound")
            yield Row(series, f"periodic below potential, {direction}", middle, high, "bound")


def porous() -> Iterator[Row]:
    pores = (np.random.default_rng(3).random((24, 24, 24)) < 0.6).astype(np.uint8)
    matrix = 1 - cubic_array((24, 24, 24), "sc", 0.3)
    for name, image in (("random pores", pores), ("matrix around a sphere", matrix)):
        for direction in "xyz" if image is pores else "x":
            low, high = (
                conductivity(image, {1: 1.0}, direction, boundary, "no-flux") for boundary in (LOWEST, HIGHEST)
            )
            yield Row("ordered, pores", f"{name}, {direction}", low, high, "bound")
            if image is pores:
                yield Row("strictly ordered", f"{name}, {direction}", low, high, "bound")
