"""Compares the cutout with the whole image; the uncertainty is the scatter of cutouts of that size."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.study.validation.metrics import Row

PUBLISHED = {"x": 23.12, "y": 23.99, "z": 25.22}  # formation factors of the 400^3 image
EIGHTH = 100  # edge of the cubes that the cutout falls into; their scatter is sqrt(8) times its own


def compare(folder: Path, observer: Observer) -> list[Row]:
    result = run(load(folder / "scenario.toml"), observer=observer)
    rows = []
    for direction, published in PUBLISHED.items():
        along = result.sel(direction=direction)
        value, scatter = float(along["macmullin_number"]), float(along["rev_standard_error"])
        rows.append(
            Row(
                "single directions",
                f"formation factor along {direction}",
                value,
                published,
                "published",
                value * scatter,
            )
        )
    cubes = result["rev_conductivity"].values[:, result["rev_sample_size"].values == EIGHTH].mean(axis=0)
    scatter = float(np.std(cubes, ddof=1) / cubes.mean() / np.sqrt(8))
    mean, published = float(result["macmullin_number"].mean()), float(np.mean(list(PUBLISHED.values())))
    rows.append(Row("mean", "formation factor", mean, published, "published", mean * scatter))
    rows.append(Row("relative scatter", "of the mean formation factor", scatter, 0.0, "bound"))
    return rows
