"""The same question asked of another image: coarser, with its surfaces moved, or a part of the first."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.conduction.problem import Phase, Problem


def on_labels(problem: Problem, image: NDArray[Any]) -> Problem | None:
    """Ask the question of another image with the same labels, or of another map; None if nothing in it conducts.

    Relative conductivities go on referring to what they referred to.

    Raises
    ------
    InputError
        If the image has another shape.
    """
    if image.shape != problem.image.shape:
        raise InputError(f"the other segmentation has shape {image.shape}, the image {problem.image.shape}")
    reference = problem.reference_conductivity
    if isinstance(problem.conductivity, str):
        return dataclasses.replace(problem, image=image, reference=reference) if image.any() else None
    present = set(np.unique(image).tolist())
    conductivity = {label: value for label, value in problem.conductivity.items() if label in present}
    if not any(np.max(value) > 0 for value in conductivity.values()):
        return None
    return dataclasses.replace(problem, image=image, conductivity=conductivity, reference=reference)


def on_phases(problem: Problem, phase: Phase, **changes: Any) -> Problem | None:
    """Ask the question of an image of the problem's own phase numbers (`Problem.phases`); None if nothing conducts."""
    _, table = problem.phases
    if problem.is_map:
        values = table[phase.reshape(phase.shape[: problem.image.ndim]), 0]
        if not values.any():
            return None
        return dataclasses.replace(problem, image=values, reference=problem.reference_conductivity, **changes)
    present = [int(number) for number in np.unique(phase) if number > 0]
    if not present:
        return None
    ndim = problem.image.ndim
    return dataclasses.replace(
        problem,
        image=phase.reshape(phase.shape[:ndim]),
        conductivity={number: tuple(table[number, :ndim].tolist()) for number in present},
        reference=problem.reference_conductivity,
        phase_names={},
        **changes,
    )


def coarsened(problem: Problem) -> Phase:
    """Return the image at half the resolution: each block of 2 x 2 x 2 voxels becomes the phase of most of them.

    Of phases that are equally frequent, every other block (as on a chessboard) takes the lowest number and the rest the
    highest, so that no phase gains by ties. An axis with an odd number of voxels is first lengthened by its last layer.

    Parameters
    ----------
    problem : Problem
        Image and conductivities; everything that insulates counts as one phase.

    Returns
    -------
    ndarray of uint8
        Phase numbers, half the shape rounded up.
    """
    phase, table = problem.phases
    even = np.pad(phase, [(0, size % 2) for size in phase.shape], mode="edge")
    corners = [tuple(slice(start, None, 2) for start in corner) for corner in np.ndindex(2, 2, 2)]
    coarse = np.zeros([size // 2 for size in even.shape], np.uint8)
    count = np.zeros_like(coarse)
    i, j, k = np.ogrid[tuple(slice(size) for size in coarse.shape)]
    takes_highest = (i + j + k) % 2 == 1
    for number in range(len(table)):
        voxels = np.zeros_like(count)
        for corner in corners:
            voxels += even[corner] == number
        wins = (voxels > count) | ((voxels == count) & (voxels > 0) & takes_highest)
        coarse[wins], count[wins] = number, voxels[wins]
    return coarse


def with_surface_moved(problem: Problem, *, outwards: bool) -> Phase:
    """Return the image with the surface of what conducts moved by one voxel.

    The phases are ranked by conductivity (its mean over the axes where it is anisotropic); what insulates ranks last.
    Outwards, each voxel takes the best of the phases of itself and its face neighbours, inwards the poorest: the
    grey-scale dilation and erosion of the ranks by a voxel and its six face neighbours (four in 2-D). If one phase
    conducts, these are the binary ones. What lies beyond the image moves nothing.

    Parameters
    ----------
    problem : Problem
        Image and conductivities.
    outwards : bool
        Whether what conducts grows (dilation) or shrinks (erosion).

    Returns
    -------
    ndarray of uint8
        Phase numbers.
    """
    phase, table = problem.phases
    by_rank = np.argsort(table[:, : problem.image.ndim].mean(axis=1), kind="stable").astype(np.uint8)
    rank = np.argsort(by_rank).astype(np.uint8)[phase]
    moved = rank.copy()
    better = np.maximum if outwards else np.minimum
    for axis in range(3):
        here, there = np.moveaxis(moved, axis, 0), np.moveaxis(rank, axis, 0)
        better(here[:-1], there[1:], out=here[:-1])
        better(here[1:], there[:-1], out=here[1:])
    return by_rank[moved]
