"""OpenImpala beside electrosim on blobs."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validation.metrics import Row
from electrosim.voxels.phantom import blobs


def compare(folder: Path, observer: Observer) -> list[Row]:
    image = blobs((40, 40, 40), 0.4, seed=4)
    ours = solve(Problem(image, 1e-6, {1: 1.0}, electrode="first-voxel"), method=Multigrid(rtol=1e-9))
    observer("OpenImpala", 0.5)
    theirs = solved(folder / "theirs.py", image)
    rows = []
    for axis, direction in enumerate("xyz"):
        tortuosity, fraction = theirs[direction]
        one = ours.sel(direction=direction)
        series = f"tortuosity, backend {theirs['backend']}"
        length = image.shape[axis] / (image.shape[axis] - 1)  # they divide by all voxels what drops over one less
        rows.append(Row(series, direction, float(one["tortuosity_percolating"]), length * tortuosity, "code"))
        rows.append(Row("percolating fraction", direction, float(one["percolating_fraction"]), fraction, "code"))
    return rows


def solved(script: Path, image: np.ndarray) -> Any:
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "image.npy"
        np.save(file, image)
        done = subprocess.run([sys.executable, script, file], capture_output=True, text=True, check=False, cwd=scratch)
    line = next((line for line in reversed(done.stdout.splitlines()) if line.startswith('{"backend"')), "")
    if done.returncode or not line:
        raise RuntimeError(f"OpenImpala ended with status {done.returncode}: {done.stderr[-200:]}")
    return json.loads(line)
