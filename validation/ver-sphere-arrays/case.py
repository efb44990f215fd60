"""Cubic arrays under refinement against the multipole method (exact.csv), and known values of the same grids."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.study.validate import compare_references
from electrosim.study.validation.metrics import Row

FRACTIONS = {"insulating": ("0.1", "0.3", "0.45"), "perfect": ("0.1", "0.2", "0.3"), "k10": ("0.1", "0.3", "0.45")}
NAMES = {"insulating": "insulating", "perfect": "perfect", "k10": "k = 10"}
CONDUCTIVITY = {"insulating": 0.0, "perfect": 1e6, "k10": 10.0}
RTOL = {"insulating": 1e-7, "perfect": 1e-4, "k10": 1e-7}  # a contrast of 1e6 leaves rounding in the layer currents
VOXELS = {"insulating": (16, 32, 64, 128), "perfect": (16, 32, 64), "k10": (16, 32, 64)}


def compare(folder: Path, observer: Observer) -> list[Row]:
    rows = compare_references(folder, observer)
    exact = read_exact(folder / "exact.csv")
    for column in exact["0.3"]:
        arrangement, _, kind = column.partition("_")
        for fraction in FRACTIONS[kind]:
            observer(f"{arrangement} {NAMES[kind]}, f = {fraction}", 0.5)
            rows += converge(folder, arrangement, kind, fraction, exact[fraction][column])
    return rows


def read_exact(path: Path) -> dict[str, dict[str, float]]:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    table = {}
    for line in csv.DictReader(lines):
        fraction = line.pop("sphere_fraction")
        table[fraction] = {column: float(value) for column, value in line.items() if value}
    return table


def converge(folder: Path, arrangement: str, kind: str, fraction: str, exact: float) -> Iterator[Row]:
    for voxels in VOXELS[kind]:
        scenario = load(
            folder / "scenario.toml",
            {
                "image.arrangement": arrangement,
                "image.sphere_fraction": float(fraction),
                "image.shape": [voxels] * 3,
                "conductivity.sphere": f"{CONDUCTIVITY[kind]} S/m",
                "method.rtol": RTOL[kind],
            },
        )
        value = float(run(scenario)["relative_conductivity"][0])
        series = f"{arrangement} {NAMES[kind]}, f = {fraction}"
        yield Row(series, f"{voxels} voxels", value, exact, resolution=voxels)
