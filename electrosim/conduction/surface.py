"""The potential on a grid coarse enough to be looked at in three dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from electrosim.base.errors import InputError
from electrosim.base.result import variable
from electrosim.conduction.flow import Flow
from electrosim.conduction.problem import AXES, Problem

_MOST_CELLS = 128  # along an edge: what a picture of 900 pixels can show


def check_surface(problem: Problem) -> None:
    """Refuse a surface of a 2-D image.

    Raises
    ------
    InputError
        With the key.
    """
    if problem.image.ndim != 3:
        raise InputError("output.surface = true needs an image with three axes; remove it", ("output", "surface"))


def surface_variables(problem: Problem, direction: str, flow: Flow) -> dict[str, Any]:
    """Return the mean potential of blocks of voxels, NaN where less than half of a block carries current."""
    shape = flow.potential.shape
    edge = -(-max(shape) // _MOST_CELLS)
    padded = np.pad(flow.potential, [(0, -size % edge) for size in shape], constant_values=np.nan)
    blocks = padded.reshape([part for size in padded.shape for part in (size // edge, edge)])
    carries = np.isfinite(blocks)
    count = carries.sum(axis=(1, 3, 5))
    total = np.where(carries, blocks, 0.0).sum(axis=(1, 3, 5))
    mean = np.full(count.shape, np.nan, np.float32)
    np.divide(total, count, out=mean, where=2 * count >= edge**3, casting="same_kind")
    dims = tuple(f"block_{axis}" for axis in AXES)
    words = f"mean potential of blocks of {edge} voxels per edge, direction {direction}"
    centres = {
        dim: variable(dim, (np.arange(size) + 0.5) * edge * step, "m", f"position along {axis}")
        for dim, size, step, axis in zip(dims, mean.shape, problem.spacing, AXES, strict=True)
    }
    return {f"surface_potential_{direction}": variable(dims, mean, "V", words), **centres}
