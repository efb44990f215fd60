"""TauFactor's impedance of a blocking electrode beside electrosim, both as the resistance of unit voxels.

TauFactor 1.2 takes the faces of the image for walls, so our image gets a rim of solid but where the current enters. It
holds the potential a whole voxel before the first centres, half a voxel further away than electrosim: a resistance of
1/2 in each voxel of the entrance, which adds 1/2 over their number if they share the current evenly. They do so in
the strips, and nearly where a gap without solid lies before the blobs.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validation.metrics import Row
from electrosim.voxels.phantom import blobs


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    return list(rows(observer))


def rows(observer: Observer) -> Iterator[Row]:
    through, blind = np.zeros((2, 60, 20), np.uint8)
    through[:, 8:12] = 1
    blind[:45, 8:12] = 1
    images = {
        "through strip": through,
        "dead-end strip": blind,
        "blobs, 2-D": behind_a_gap(blobs((48, 48), 0.65, seed=3)),
        "blobs, 3-D": behind_a_gap(blobs((20, 20, 20), 0.5, seed=6)),
    }
    for place, (name, image) in enumerate(images.items()):
        observer(name, place / len(images))
        further = 0.5 / np.count_nonzero(image[0])
        yield Row("resistance", name, ours(image), theirs(image) - further, "code")


def behind_a_gap(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.pad(image, [(12, 0)] + [(0, 0)] * (image.ndim - 1), constant_values=1)


def ours(image: NDArray[np.uint8]) -> float:
    rimmed = np.pad(image, [(0, 1)] + [(1, 1)] * (image.ndim - 1))
    result = solve(
        Problem(rimmed, 1.0, {1: 1.0}, directions="x"), method=Multigrid(rtol=1e-8), electrode_tortuosity=True
    )
    return float(result["electrode_tortuosity"][0]) * len(rimmed) ** 2 / (3 * np.count_nonzero(rimmed))


def theirs(image: NDArray[np.uint8]) -> float:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        import taufactor

        made = taufactor.ElectrodeSolver(image, device="cpu")
        made.solve(verbose=False)
    return float(made.z.real)
