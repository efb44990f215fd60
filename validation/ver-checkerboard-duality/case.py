"""The checkerboard against the geometric mean, and Keller's duality on a random image that is refined."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validate import compare_references
from electrosim.study.validation.metrics import Row

K1, K2 = 1.0, 3.0


def compare(folder: Path, observer: Observer) -> list[Row]:
    grid = compare_references(folder, observer)
    exact = {"series": "checkerboard", "reference": math.sqrt(10.0), "against": "exact", "uncertainty": 0.0}
    return [*grid, *(replace(row, **exact) for row in grid), *duality()]


def duality() -> Iterator[Row]:
    pixels = (np.random.default_rng(1).random((12, 12)) < 0.5).astype(np.uint8)
    for split in (1, 2, 4, 8, 16):
        image = np.kron(pixels, np.ones((split, split), np.uint8))
        along = conductivity(image, {0: K1, 1: K2}, "x")
        across = conductivity(image, {0: K2, 1: K1}, "y")
        label = f"{split} voxels per pixel"
        yield Row("duality", label, along * across / (K1 * K2), 1.0, resolution=split)


def conductivity(image: np.ndarray, phases: dict[int, float], direction: str) -> float:
    problem = Problem(image, 1e-6, phases, directions=direction, boundary="periodic", sides="periodic")
    return float(solve(problem, method=Multigrid(rtol=1e-9))["effective_conductivity"][0])
