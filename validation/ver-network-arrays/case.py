"""Cubic arrays of spheres as a network and as voxels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from electrosim import conduction, structure
from electrosim.base.observer import Observer
from electrosim.structure import Analysis, Network
from electrosim.study.validation.metrics import Row
from electrosim.voxels.spheres import cubic_array

ONLY_THE_NETWORK = Analysis(False, False, False, False, network=Network())


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    rows = []
    for number, (name, spheres) in enumerate(packs()):
        observer(name, number / 3)
        between = spheres == 0
        found = structure.solve(structure.Problem(between, 1e-6, {"pore": 1}), method=ONLY_THE_NETWORK)
        voxels = conduction.solve(conduction.Problem(between, 1e-6, {1: 1.0}))
        for axis in "xyz":
            value = float(found["network_relative_conductivity"].sel(axis=axis))
            reference = float(voxels["relative_conductivity"].sel(direction=axis))
            rows.append(Row("conductivity over that of the pores", f"{name}, {axis}", value, reference, "code"))
    return rows


def packs() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    for arrangement, count, radius, edge in (("sc", 1, 0.45, 24), ("bcc", 2, 0.36, 32), ("fcc", 4, 0.3, 32)):
        fraction = count * 4 / 3 * math.pi * radius**3
        yield arrangement, cubic_array((3 * edge,) * 3, arrangement, fraction, cells=3)
