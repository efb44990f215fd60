"""Layers and channels whose conductivity is a sum; the formulas stand in `arithmetic` and `harmonic`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validation.metrics import Row
from electrosim.voxels.phantom import laminate

METHOD = Multigrid(rtol=1e-11)
CUBE = (1e-6, 1e-6, 1e-6)
BRICK = (1e-6, 3e-6, 0.5e-6)
LAMINATES = {
    "10 and 1": ((1, 1), (10.0, 1.0)),
    "10, 1 and 0.1": ((3, 2, 1), (10.0, 1.0, 0.1)),
}


def arithmetic(fraction: NDArray[np.float64], conductivity: NDArray[np.float64]) -> float:
    return float(np.sum(fraction * conductivity))


def harmonic(fraction: NDArray[np.float64], conductivity: NDArray[np.float64]) -> float:
    return float(1 / np.sum(fraction / conductivity))


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("layers", 0.0)
    rows = [row for name in LAMINATES for row in layers(name)]
    observer("anisotropic layers", 0.5)
    rows += anisotropic_layers()
    observer("channels", 0.7)
    return rows + list(channels())


def layers(name: str) -> Iterator[Row]:
    thickness, conductivity = LAMINATES[name]
    fraction = np.array(thickness) / sum(thickness)
    for normal, axis in enumerate("xyz"):
        for voxel, size in (("cubes", CUBE), ("bricks", BRICK)):
            image = laminate((12, 12, 12), normal, thickness)
            result = solve(Problem(image, size, dict(enumerate(conductivity))), method=METHOD)
            for direction in "xyz":
                mean = harmonic if direction == axis else arithmetic
                value = float(result["effective_conductivity"].sel(direction=direction))
                label = f"{name}, stacked along {axis}, current along {direction}, {voxel}"
                yield Row("layers", label, value, mean(fraction, np.array(conductivity)))


def anisotropic_layers() -> Iterator[Row]:
    """Each phase has a conductivity of its own along each axis."""
    first, second = (10.0, 2.0, 0.5), (1.0, 3.0, 4.0)
    problem = Problem(laminate((8, 8, 8), 0, (3, 1)), BRICK, {0: first, 1: second})
    result = solve(problem, method=METHOD)
    fraction = np.array([0.75, 0.25])
    for number, direction in enumerate("xyz"):
        mean = harmonic if direction == "x" else arithmetic
        value = float(result["effective_conductivity"].sel(direction=direction))
        exact = mean(fraction, np.array([first[number], second[number]]))
        yield Row("layers", f"anisotropic phases, current along {direction}, bricks", value, exact)


def channels() -> Iterator[Row]:
    """A straight channel of any cross-section has the tortuosity 1, wherever the electrodes lie."""
    image = np.zeros((10, 7, 6), int)
    image[:, 2:5, 1:4] = 1
    image[:, 3, 5] = 1
    for boundary in ("constant-potential", "constant-current", "periodic"):
        for electrode in ("face", "first-voxel"):
            problem = Problem(image, BRICK, {1: 2.5}, directions="x", boundary=boundary, electrode=electrode)
            value = float(solve(problem, method=METHOD)["tortuosity"][0])
            yield Row("tortuosity of channels", f"{boundary}, {electrode}", value, 1.0)
