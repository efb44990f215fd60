"""Straight pores whose walls charge: closed forms of the discrete and of the continuous problem.

Lengths are in units of the image's; the pore's conductivity and the current density into the walls are one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.conduction.charging import power_of_uptake
from electrosim.conduction.electrodes import uptake_from_end
from electrosim.conduction.shared import Shared
from electrosim.study.validation.metrics import Row

METHOD = Multigrid(rtol=1e-10)
TERMS = np.arange(1, 201)  # of the series; their cubes fall below 2e-7


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    rows: list[Row] = []
    for place, part in enumerate((uniform_charging, one_voxel_wide, strips, duct, regression)):
        observer(part.__name__.replace("_", " "), place / 5)
        rows += part()
    return rows


def electrode_tortuosity(image: NDArray[np.uint8]) -> float:
    problem = Problem(image, 1e-6, {1: 1.0}, directions="x")
    return float(solve(problem, method=METHOD, electrode_tortuosity=True)["electrode_tortuosity"][0])


def strip(length: int, filled: int, width: int) -> NDArray[np.uint8]:
    """A pore of `filled` x `width` voxels that begins in the first layer, in the middle of length x length."""
    image = np.zeros((length, length), np.uint8)
    begin = (length - width) // 2
    image[:filled, begin : begin + width] = 1
    return image


def uniform_charging() -> Iterator[Row]:
    """Every voxel takes the same current: N/(3 w) (1 + 1/(2 N^2)) is the resistance of N x w voxels."""
    for length, filled, width in ((100, 100, 10), (100, 75, 10), (7, 1, 3)):
        shared = Shared(Problem(strip(length, filled, width), 1e-6, {1: 1.0}, directions="x"))
        clusters = shared.clusters((False, False, False))
        grid, voxel = clusters.grid, np.flatnonzero(clusters.grid.phase)
        drive = uptake_from_end(grid, grid.phase, 0, 0, voxel, np.ones(voxel.size), loss=0.0)
        power, _ = power_of_uptake(shared, METHOD, grid, clusters.touching(0, 0), drive)
        exact = filled / (3 * width) * (1 + 1 / (2 * filled**2))
        yield Row("uniform charging, resistance", f"{filled} x {width} voxels", power / voxel.size**2, exact)


def one_voxel_wide() -> Iterator[Row]:
    """Two walls per voxel, a third one at a blind end; behind m voxels from the end flow 2 m, or 2 m + 1."""
    for length, filled in ((20, 20), (20, 15), (20, 1), (1, 1)):
        blind = int(filled < length)
        inner = 2 * np.arange(1, filled) + blind
        total = 2 * filled + blind
        power = float(inner @ inner) + total**2 / 2 + total / 2  # faces between voxels, the electrode, the walls
        exact = 3 * filled / length**2 * power / total**2
        label = f"{filled} of {length} voxels"
        value = electrode_tortuosity(strip(length, filled, 1)) if length > 1 else electrode_tortuosity(cell())
        yield Row("one voxel wide", label, value, exact)


def cell() -> NDArray[np.uint8]:
    """One layer of three voxels, the middle one a pore."""
    return np.array([[0, 1, 0]], np.uint8)


def mantle_loss(half_width: float, length: float) -> float:
    """Integral over one wall of the end correction: what evens the potential out across the entrance."""
    n = TERMS
    return float(np.sum(2 * half_width**2 / (n * np.pi) ** 3 * np.tanh(n * np.pi * length / half_width)))


def strip_tortuosity(length: float, half_width: float, *, blind: bool) -> float:
    """u = ((length + b) x - x^2/2 + y^2/2)/a + end correction, b = a if the end is a wall, 0 if not."""
    a = half_width
    b = a if blind else 0.0
    side = ((length + b) * length**2 / 2 - length**3 / 6 + a**2 * length / 3) / a - mantle_loss(a, length)
    end = length**2 + 2 * a * length if blind else 0.0
    current = 2 * (length + b)
    return 6 * a * length * (2 * side + end) / current**2


def duct_tortuosity(a: float, b: float) -> float:
    """u = (1/a + 1/b) (x - x^2/2) + y^2/(2 a) + z^2/(2 b) + end corrections, in a duct of length 1, 2 a by 2 b."""
    axial = (1 / a + 1 / b) / 3
    walls = 4 * b * (axial + a / 3 - mantle_loss(a, 1.0)) + 4 * a * (axial + b / 3 - mantle_loss(b, 1.0))
    return 12 * a * b * walls / (4 * (a + b)) ** 2


def strips() -> Iterator[Row]:
    for name, share, blind in (("through strip", 1.0, False), ("dead-end strip", 0.75, True)):
        exact = strip_tortuosity(share, 0.05, blind=blind)
        for length in (40, 80, 160, 320):
            image = strip(length, round(share * length), length // 10)
            yield Row(name, f"{length} voxels", electrode_tortuosity(image), exact, resolution=length)


def duct() -> Iterator[Row]:
    exact = duct_tortuosity(0.125, 0.25)
    for length in (16, 32, 64):
        image = np.zeros((length, length // 2 + 2, length // 4 + 2), np.uint8)
        image[:, 1:-1, 1:-1] = 1
        yield Row("duct", f"{length} voxels", electrode_tortuosity(image), exact, resolution=length)


def regression() -> Iterator[Row]:
    """TauFactor divides by a ladder of N whole resistors, which has (1 + 1/N)(1 + 1/(2 N)) of a uniform pore's."""
    ladder = (1 + 1 / 100) * (1 + 1 / 200)
    for name, filled, published in (("dead end", 75, 0.594), ("through", 100, 0.986)):
        value = electrode_tortuosity(strip(100, filled, 10)) / ladder
        yield Row("TauFactor's regression values", name, value, published, "published", 5e-4)
