"""Mercury in cylinders and between spheres, whose throats are known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer
from electrosim.structure import Analysis, Porosimetry, Problem, solve
from electrosim.study.validation.metrics import Row
from electrosim.voxels.spheres import cubic_array

CYLINDERS = {
    6.0: (8.3, 8.1),
    9.0: (8.7, 24.4),
    13.0: (11.5, 44.0),
    19.0: (14.2, 68.6),
    29.0: (46.4, 20.3),
    44.0: (54.1, 64.8),
}
"""Diameter and centre in the plane across x [voxels]; none overlap."""
PRESSURES = {1e-6: 1.47, 400e-9: 3.68, 100e-9: 14.7, 60e-9: 24.5, 10e-9: 147.0}
"""Of row P46 [MPa], by diameter [m]."""
ARRAYS = {  # lattice constant [voxels], radius over it, throat and hole [lattice constants] + 2 R, place of a hole
    "sc": (48, 0.45, math.sqrt(2), math.sqrt(3), (1, 1, 1)),
    "bcc": (52, 0.36, 0.75 * math.sqrt(2), math.sqrt(5) / 2, (0.5, 1, 0.75)),
    "fcc": (64, 0.3, math.sqrt(2 / 3), 1.0, (0.5, 0.5, 0.5)),
}
SPHERES = {"sc": 1, "bcc": 2, "fcc": 4}  # in a cell
ENTERED = Analysis(False, False, False, sizes=100, porosimetry=Porosimetry(faces=("xmin",)))


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("cylinders", 0.0)
    rows = list(cylinders())
    for number, arrangement in enumerate(ARRAYS):
        observer(f"spheres, {arrangement}", (1 + number) / 4)
        rows += spheres(arrangement)
    for diameter, printed in PRESSURES.items():
        value = Porosimetry().pressure(diameter) / 1e6
        rows.append(Row("pressure / MPa", f"{1e9 * diameter:g} nm", value, printed, "recomputed"))
    return rows


def cylinders() -> Iterator[Row]:
    """Compare the class that most of each cylinder is filled in, and the curve."""
    y, z = np.indices((80, 92)) + 0.5
    inside = {D: (y - centre[0]) ** 2 + (z - centre[1]) ** 2 <= D**2 / 4 for D, centre in CYLINDERS.items()}
    image = np.broadcast_to(np.sum(list(inside.values()), axis=0), (12, *y.shape))
    result = solve(Problem(image, 1.0, {"pore": 1}), method=ENTERED, fields=True)
    lower, upper = result["diameter_lower"].values, result["diameter_upper"].values
    filled = result["intrusion_diameter"].values[6]
    for diameter, where in inside.items():
        middle = middle_of_class(float(np.median(filled[where])), lower, upper)
        yield Row("cylinder filled at / voxels", f"D = {diameter:g}", middle, diameter)
    known = np.array(sorted(CYLINDERS))
    for between, smaller in zip(np.sqrt(known[1:] * known[:-1]), known, strict=False):
        wider = known[known > smaller]
        share = np.interp(between, lower, result["intruded_share"].values)
        yield Row("share filled", f"D = {between:.3g}", float(share), float((wider**2).sum() / (known**2).sum()))


def spheres(arrangement: str) -> Iterator[Row]:
    """Compare the class in which a hole is filled, and the largest ball in it."""
    edge, radius, throat, hole, place = ARRAYS[arrangement]
    fraction = SPHERES[arrangement] * 4 / 3 * math.pi * radius**3
    matrix = cubic_array((2 * edge, 2 * edge, 2 * edge), arrangement, fraction, cells=2) == 0
    result = solve(Problem(matrix, 1.0, {"pore": 1}), method=ENTERED, fields=True)
    lower, upper = result["diameter_lower"].values, result["diameter_upper"].values
    at = tuple(int(edge * step) for step in place)
    for series, name, exact in (
        ("throat entered at / voxels", "intrusion_diameter", throat),
        ("largest ball in a hole / voxels", "local_thickness", hole),
    ):
        found = middle_of_class(float(result[name].values[at]), lower, upper)
        yield Row(series, arrangement, found, edge * (exact - 2 * radius))


def middle_of_class(diameter: float, lower: NDArray[np.float64], upper: NDArray[np.float64]) -> float:
    """Return the arithmetic middle of the class that a diameter lies in; fields hold the geometric one."""
    number = int(np.searchsorted(lower, diameter)) - 1
    return float(lower[number] + upper[number]) / 2
