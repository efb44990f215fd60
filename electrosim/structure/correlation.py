"""Two-point correlation: how likely both ends of a rod lie in one phase."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.memory import check_memory
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.structure.problem import Problem

_BYTES_PER_PLANE_VOXEL = 50  # doubled lines, their transform and its square


def correlation_variables(problem: Problem, observer: Observer) -> dict[str, Any]:
    """Return the two-point correlation S2(r) of each phase along each axis.

    S2 is the volume fraction at r = 0 and tends to its square where nothing is correlated any more. All pairs of voxels
    inside the image are counted, none across its faces, up to half its edge. Along the axes and not, as in PoreSpy,
    averaged over all directions: an electrode is not isotropic, and the transform of lines needs the memory of one
    plane where that of the padded volume takes some hundred bytes per voxel.

    Parameters
    ----------
    problem : Problem
        The labelled volume.
    observer : callable
        Hears the progress.

    Returns
    -------
    dict of str to variables
        With dimensions `phase`, `axis` and `distance` [m]: `two_point_correlation`, NaN beyond half the edge of an
        axis.

    Raises
    ------
    InputError
        If the memory does not suffice.

    References
    ----------
    S. Torquato, Random Heterogeneous Materials, Springer 2002, section 2.2.
    """
    number = problem.phase_number
    check_memory(_BYTES_PER_PLANE_VOXEL * (number.size // min(number.shape)), "correlating lines")
    reach = max(number.shape) // 2 + 1
    correlation = np.full((len(problem.names), 3, reach), np.nan)
    for phase, name in enumerate(problem.names):
        for axis, size in enumerate(number.shape):
            observer("two-point correlation", (phase + axis / 3) / len(problem.names), f"{name} along {'xyz'[axis]}")
            found = _along_last_axis(np.moveaxis(number, axis, -1), phase)[: size // 2 + 1]
            correlation[phase, axis, : found.size] = found
    distance = np.arange(reach) * problem.edge
    return {
        "distance": variable("distance", distance, "m", "distance of two points"),
        "two_point_correlation": variable(
            ("phase", "axis", "distance"), correlation, "1", "probability that two points both lie in a phase"
        ),
    }


def _along_last_axis(number: NDArray[np.uint8], phase: int) -> NDArray[np.float64]:
    """Return the share of pairs of each distance that lie in a phase with both ends, by the power spectrum of lines."""
    from scipy.fft import irfft, rfft

    size = number.shape[-1]
    power = np.zeros(size + 1)
    for plane in number:
        power += (np.abs(rfft(plane == phase, 2 * size)) ** 2).sum(axis=0)
    pairs = number.size // size * np.arange(size, 0, -1)
    return np.asarray(irfft(power, 2 * size)[:size] / pairs)
