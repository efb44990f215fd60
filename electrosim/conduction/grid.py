"""The image as a lattice of conductances.

The 7-point finite-volume scheme: one unknown per voxel, the conductance of a face is the harmonic mean of its two
voxels. Conductances are in units of that of a face of the best conducting phase along x.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction.problem import AXES, Problem

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """The phases of an image and what their faces conduct.

    Parameters
    ----------
    phase : ndarray of uint8, shape (nx, ny, nz)
        Phase numbers; 0 insulates.
    face : ndarray, shape (3, phases, phases)
        Conductance of the face between two phases along each axis.
    half : ndarray, shape (3, phases)
        Conductance from a voxel's centre to its outer face along each axis.
    wrap : ndarray of bool, shape (3,)
        Axes along which the image repeats.
    """

    phase: NDArray[np.uint8]
    face: FloatArray
    half: FloatArray
    wrap: NDArray[np.bool_]


def wraps(problem: Problem, direction: str) -> tuple[bool, ...]:
    """Return the axes along which the image repeats when the current is driven along a direction."""
    sides, ends = problem.sides == "periodic", problem.boundary == "periodic"
    return tuple(
        (ends if axis == direction else sides) and number < problem.image.ndim for number, axis in enumerate(AXES)
    )


def grid_of(problem: Problem, wrap: tuple[bool, ...]) -> Grid:
    """Return the lattice of a problem."""
    phase, conductivity = problem.phases
    spacing = np.array(problem.spacing)
    sigma = conductivity.T * (spacing[0] / spacing)[:, None] ** 2 / conductivity.max()
    total = sigma[:, :, None] + sigma[:, None, :]
    face = 2 * sigma[:, :, None] * sigma[:, None, :] / np.where(total > 0, total, 1.0)
    return Grid(phase=phase, face=face, half=2 * sigma, wrap=np.array(wrap))


def conductivity_per_conductance(problem: Problem, direction: str) -> float:
    """Return the relative conductivity of a block of unit conductance: length over cross-section, in its units."""
    _, conductivity = problem.phases
    shape, axis = problem.image.shape, AXES.index(direction)
    between_centres = problem.boundary != "periodic" and problem.electrode == "first-voxel"
    length_per_area = (shape[axis] - between_centres) * shape[axis] / problem.image.size
    edge = problem.spacing[axis] / problem.spacing[0]
    return float(length_per_area * edge**2 * conductivity.max() / problem.reference_conductivity)
