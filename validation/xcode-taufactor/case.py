"""TauFactor beside electrosim, which solves along the first axis, prints, and stops on the spread of layer currents."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validation.metrics import Row
from electrosim.voxels.phantom import blobs

SPREAD = 1e-3
SECOND = 0.1  # conductivity of the second phase over that of the first


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    image = blobs((32, 32, 32), 0.45, seed=6)
    observer("one phase conducts", 0.0)
    rows = list(one_phase(image))
    observer("both phases conduct", 0.5)
    return rows + list(two_phases(image))


def one_phase(image: np.ndarray) -> Iterator[Row]:
    ours = solve(Problem(image, 1e-6, {1: 1.0}), method=Multigrid(rtol=1e-7))["tortuosity"]
    for axis, direction in enumerate("xyz"):
        turned = np.ascontiguousarray(np.moveaxis(image, axis, 0))
        theirs = solved("Solver", turned)
        value = float(ours.sel(direction=direction))
        yield Row("tortuosity, one phase conducts", direction, value, as_float(theirs.tau), "code")


def two_phases(image: np.ndarray) -> Iterator[Row]:
    """TauFactor's multi-phase solver fixes potentials a whole voxel outside, in copies of the end layers."""
    phases = {1: SECOND, 2: 1.0}
    for axis, direction in enumerate("xyz"):
        turned = np.ascontiguousarray(np.moveaxis(image, axis, 0)) + np.uint8(1)
        theirs = solved("MultiPhaseSolver", turned, phases)
        longer = np.pad(turned, ((1, 1), (0, 0), (0, 0)), mode="edge")
        problem = Problem(longer, 1e-6, phases, directions="x", electrode="first-voxel")
        value = float(solve(problem, method=Multigrid(rtol=1e-7))["effective_conductivity"][0])
        yield Row("conductivity, both phases conduct", direction, value, as_float(theirs.D_eff), "code")


def solved(solver: str, *arguments: Any) -> Any:
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        import taufactor

        made = getattr(taufactor, solver)(*arguments, device="cpu")
        made.solve(verbose=False, conv_crit=SPREAD)
    return made


def as_float(value: Any) -> float:
    return float(np.asarray(value).ravel()[0])
