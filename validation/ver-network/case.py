"""A pack of spheres as a network and as voxels; only a case may ask two physics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from electrosim import conduction, structure
from electrosim.base.observer import Observer
from electrosim.structure import Analysis, Network
from electrosim.study.validation.metrics import Row
from electrosim.voxels.spheres import random_spheres

ONLY_THE_NETWORK = Analysis(False, False, False, False, network=Network())


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    rows = []
    for number, (name, spheres) in enumerate(packs()):
        observer(name, number / 2)
        between = spheres == 0
        found = structure.solve(structure.Problem(between, 1e-6, {"pore": 1}), method=ONLY_THE_NETWORK)
        voxels = conduction.solve(conduction.Problem(between, 1e-6, {1: 1.0}))
        for axis in "xyz":
            value = float(found["network_relative_conductivity"].sel(axis=axis))
            reference = float(voxels["relative_conductivity"].sel(direction=axis))
            rows.append(Row("conductivity over that of the pores", f"{name}, {axis}", value, reference, "code"))
    return rows


def packs() -> Iterator[tuple[str, NDArray[np.uint8]]]:
    for fraction in (0.45, 0.6):
        yield f"random, {fraction:.0%}", random_spheres((96, 96, 96), fraction, 16.0, seed=1)
