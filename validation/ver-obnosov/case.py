"""Obnosov's formula beside the grid's values, and the same with voxels twice as long as wide."""

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
from electrosim.voxels.phantom import square_inclusions


def exact(k1: float, k2: float) -> float:
    return k1 * math.sqrt((k1 + 3 * k2) / (3 * k1 + k2))


def compare(folder: Path, observer: Observer) -> list[Row]:
    rows = compare_references(folder, observer)
    for row in tuple(rows):
        series = row.series.removesuffix(" on the grid")
        k2 = float(series.removeprefix("k2 = "))
        rows.append(replace(row, series=series, reference=exact(1.0, k2), against="exact", uncertainty=0.0))
    return rows + list(bricks())


def bricks() -> Iterator[Row]:
    """Current along both edges of voxels that were split in two along y."""
    for k2 in (0.0, 10.0):
        for voxels in (32, 64, 128):
            image = np.repeat(square_inclusions((voxels, voxels)), 2, axis=1)
            problem = Problem(
                image, (1e-6, 0.5e-6), {0: 1.0, 1: k2}, boundary="periodic", sides="periodic", reference=1.0
            )
            result = solve(problem, method=Multigrid(rtol=1e-9))["relative_conductivity"]
            for direction in "xy":
                value = float(result.sel(direction=direction))
                series = f"bricks, k2 = {k2:.0f}, {direction}"
                yield Row(series, f"{voxels} x {2 * voxels} voxels", value, exact(1.0, k2), resolution=voxels)
