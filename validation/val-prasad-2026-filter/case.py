"""How well the filter finds the macropores of the phantom electrode in small."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from electrosim import load
from electrosim.base.observer import Observer
from electrosim.cutouts.survey import survey
from electrosim.study.validation.metrics import Row


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    problem = load("prasad-small", {"output.pore_sizes": False}).problem
    _, of_volume = np.random.default_rng(problem.seed).spawn(2)  # as a run of the scenario does
    found = survey(problem, 0, problem.labels(0), of_volume, observer)
    precision, recall = (float(found["found_and_known"] / found[name]) for name in ("found", "known"))
    return [
        Row("filter score", "least precision of macropore voxels, found", 0.90, precision, "bound"),
        Row("filter score", "least recall of macropore voxels, found", 0.98, recall, "bound"),
    ]
