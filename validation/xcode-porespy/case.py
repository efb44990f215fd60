"""PoreSpy beside electrosim on PoreSpy's own blobs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validation.metrics import Row
from electrosim.voxels.guarded_porespy import guarded_porespy
from electrosim.voxels.phantom import blobs


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    image = blobs((40, 40, 40), 0.4, seed=4)
    ours = solve(Problem(image, 1e-6, {1: 1.0}, electrode="first-voxel"), method=Multigrid(rtol=1e-9))
    rows = []
    for axis, direction in enumerate("xyz"):
        observer(f"PoreSpy along {direction}", axis / 3)
        with guarded_porespy() as porespy, unlogged():
            theirs = porespy.simulations.tortuosity_fd(image.astype(bool), axis, ftol=1e-6)
        one = ours.sel(direction=direction)
        factor, tortuosity = float(one["macmullin_number"]), float(one["tortuosity_percolating"])
        rows.append(Row("formation factor", direction, factor, float(theirs.formation_factor), "code"))
        rows.append(Row("tortuosity", direction, tortuosity, float(theirs.tortuosity), "code"))
    return rows


@contextmanager
def unlogged() -> Iterator[None]:
    """Drop the remark that isolated pores were filled, which is one of the conventions compared."""
    former = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(former)
