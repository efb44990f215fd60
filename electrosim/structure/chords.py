"""Chords: the pieces that straight lines through an image have in each phase."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.memory import check_memory
from electrosim.base.result import variable
from electrosim.structure.problem import Problem

_BYTES_PER_PLANE_VOXEL = 60


def chord_variables(problem: Problem) -> dict[str, Any]:
    """Return the chord lengths of each phase along each axis.

    Every row of voxels is a line. A chord that a face of the image cuts is shorter than it would be; it is left out of
    count and mean, and `cut_chord_share` tells how much of the phase lies in such chords. Long chords are cut more
    often than short ones, so the mean is low if that share is not small. (PoreSpy's `apply_chords` takes every second
    row and drops those in the side faces; here each row counts.)

    Parameters
    ----------
    problem : Problem
        The labelled volume.

    Returns
    -------
    dict of str to variables
        With dimensions `phase`, `axis` and `chord_length` [m]: `chord_count`; with `phase` and `axis`:
        `mean_chord_length` [m], NaN without a whole chord, and `cut_chord_share`.

    Raises
    ------
    InputError
        If the memory does not suffice.
    """
    number, phases = problem.phase_number, len(problem.names)
    longest = max(number.shape)
    largest_plane = number.size // min(number.shape)
    check_memory(_BYTES_PER_PLANE_VOXEL * largest_plane, "measuring chords")
    count = np.zeros((phases, 3, longest), np.int64)
    cut = np.zeros((phases, 3))
    for axis in range(3):
        lines = np.moveaxis(number, axis, -1)
        for plane in lines:
            whole, broken = _chords(plane, phases, longest)
            count[:, axis] += whole
            cut[:, axis] += broken
    volume = np.bincount(number.ravel(), minlength=phases)[:, None]
    length = np.arange(1, longest + 1)
    chords = count.sum(axis=2)
    mean = np.divide(count @ length, chords, out=np.full(chords.shape, np.nan), where=chords > 0)
    per_axis = ("phase", "axis")
    return {
        "chord_length": variable("chord_length", length * problem.edge, "m", "length of a chord"),
        "chord_count": variable((*per_axis, "chord_length"), count, "1", "number of whole chords of a length"),
        "mean_chord_length": variable(per_axis, mean * problem.edge, "m", "mean length of whole chords"),
        "cut_chord_share": variable(per_axis, cut / volume, "1", "share of a phase in chords cut by the image"),
    }


def _chords(lines: NDArray[np.uint8], phases: int, longest: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return how many whole chords of each phase have each length, and the voxels of each phase in cut ones."""
    size = lines.shape[-1]
    begins = np.ones(lines.shape, bool)
    np.not_equal(lines[..., 1:], lines[..., :-1], out=begins[..., 1:])
    place = np.flatnonzero(begins)
    length = np.diff(place, append=lines.size)
    phase = lines.ravel()[place].astype(np.int64)
    whole = (place % size > 0) & ((place + length) % size > 0)
    code = phase[whole] * longest + length[whole] - 1
    counts = np.bincount(code, minlength=phases * longest).reshape(phases, longest)
    return counts, np.bincount(phase[~whole], length[~whole], phases).astype(np.int64)
