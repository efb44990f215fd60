"""Cubic arrays under refinement, extrapolated, against the multipole method (exact.csv); known values of some grids.

An array of spheres is its own mirror image in the planes through and between the spheres. Between two such planes
potentials are uniform over one and the other, across them nothing flows: an eighth of the cell does for the whole.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validate import compare_references
from electrosim.study.validation.metrics import Row
from electrosim.voxels.spheres import cubic_array

FRACTIONS = {"insulating": ("0.1", "0.3", "0.45"), "perfect": ("0.1", "0.2", "0.3"), "k10": ("0.1", "0.3", "0.45")}
NAMES = {"insulating": "insulating", "perfect": "perfect", "k10": "k = 10"}
CONDUCTIVITY = {"insulating": 0.0, "perfect": 1e6, "k10": 10.0}
RTOL = {"insulating": 1e-5, "perfect": 1e-4, "k10": 1e-5}  # a contrast of 1e6 leaves rounding in the layer currents
VOXELS = range(48, 193, 12)
EIGHTH = 64  # voxels of the cell on which the eighth is compared with the whole


def compare(folder: Path, observer: Observer) -> list[Row]:
    rows = compare_references(folder, observer)
    whole = next(row for row in rows if row.series.startswith("sc k = 10 f = 0.3") and row.resolution == EIGHTH)
    eighth = solved("sc", "k10", 0.3, EIGHTH)[1]
    rows.append(Row("an eighth of the cell", whole.series, eighth, whole.value, "recomputed"))
    exact = read_exact(folder / "exact.csv")
    for column in exact["0.3"]:
        arrangement, _, kind = column.partition("_")
        for fraction in FRACTIONS[kind]:
            observer(f"{arrangement} {NAMES[kind]}, f = {fraction}", 0.5)
            rows += converge(arrangement, kind, fraction, exact[fraction][column])
    return rows


def read_exact(path: Path) -> dict[str, dict[str, float]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    table = {}
    for line in csv.DictReader(lines):
        fraction = line.pop("sphere_fraction")
        table[fraction] = {column: float(value) for column, value in line.items() if value}
    return table


def converge(arrangement: str, kind: str, fraction: str, exact: float) -> Iterator[Row]:
    """Fit sigma_0 + a h + b (f_voxels - f) to all sizes: h the voxel size, f_voxels the share that the voxels take.

    The second term is the staircase, the third the scatter of the share, which is a property of the voxels and not
    of the solver. Neither a nor b is taken from the exact values.
    """
    series = f"{arrangement} {NAMES[kind]}, f = {fraction}"
    share, value = np.transpose([solved(arrangement, kind, float(fraction), voxels) for voxels in VOXELS])
    size = 1 / np.array(VOXELS)
    terms = np.stack([np.ones(size.size), size, share - float(fraction)], axis=1)
    (limit, _, excess), *_ = np.linalg.lstsq(terms, value, rcond=None)
    for voxels, found, surplus in zip(VOXELS, value, terms[:, 2], strict=True):
        yield Row(series, f"{voxels} voxels", float(found - excess * surplus), exact, resolution=voxels)
    yield Row(f"extrapolated {arrangement} {NAMES[kind]}", f"f = {fraction}", float(limit), exact)


def solved(arrangement: str, kind: str, fraction: float, voxels: int) -> tuple[float, float]:
    """Return the share of the voxels in spheres, and the conductivity over that of the matrix."""
    image = cubic_array((voxels,) * 3, arrangement, fraction)
    eighth = image[(slice(voxels // 2),) * 3]
    conductivity = {0: 1.0, 1: CONDUCTIVITY[kind]}
    problem = Problem(eighth, 1e-6, conductivity, directions="x", reference=1.0)
    result = solve(problem, method=Multigrid(rtol=RTOL[kind]))
    return float(eighth.mean()), float(result["relative_conductivity"][0])
