"""Sobol's indices of Ishigami's function through the path that every sweep takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.study.sweep.plot import sensitivity
from electrosim.study.validation.metrics import Comparison, Row

A, B = 7.0, 0.1


def exact() -> dict[str, dict[str, float]]:
    """Return the indices by integration over the cube of (-pi, pi)."""
    alone = 0.5 * (1 + B * np.pi**4 / 5) ** 2
    second = A**2 / 8
    together = 8 * B**2 * np.pi**8 / 225
    total = alone + second + together
    return {
        "first": {"x": alone / total, "y": second / total, "z": 0.0},
        "total": {"x": (alone + together) / total, "y": second / total, "z": together / total},
    }


def compare(folder: Path, observer: Observer) -> Comparison:
    result = run(load(folder / "sweep.toml", {"method.jobs": 1}), observer=observer).sel(collected="ishigami")
    rows = []
    for order, indices in exact().items():
        for axis, index in indices.items():
            found, half = (
                float(result[name].sel(axis=axis)) for name in (f"{order}_order", f"{order}_order_confidence")
            )
            rows.append(Row(f"{order}-order", axis, found, index, "exact", half))
    return Comparison(rows, {"indices": sensitivity(result.expand_dims("collected"))})
