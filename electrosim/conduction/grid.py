"""The image as a lattice of conductances.

The 7-point finite-volume scheme: one unknown per voxel, the conductance of a face is the harmonic mean of its two
voxels. Conductances are in units of that of a face of the best conducting phase along x.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction.problem import AXES, Phase, Problem

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """The phases of an image and what they conduct.

    Parameters
    ----------
    phase : ndarray of uint8, or int32 for a map of conductivities, shape (nx, ny, nz)
        Phase numbers; 0 insulates.
    sigma : ndarray, shape (3, phases)
        Conductance of the face between two voxels of the same phase along each axis.
    wrap : ndarray of bool, shape (3,)
        Axes along which the image repeats.
    """

    phase: Phase
    sigma: FloatArray
    wrap: NDArray[np.bool_]

    @property
    def half(self) -> FloatArray:
        """Conductance from a voxel's centre to its outer face along each axis, shape (3, phases)."""
        return 2 * self.sigma

    @functools.cached_property
    def face(self) -> FloatArray:
        """Conductance of the face between two phases along each axis, shape (3, phases, phases), if they are few."""
        return _harmonic_mean(self.sigma[:, :, None], self.sigma[:, None, :])

    def between(self, axis: int, first: Phase, second: Phase) -> FloatArray:
        """Return the conductances of the faces between two lists of voxels, given by their phases."""
        return _harmonic_mean(self.sigma[axis, first], self.sigma[axis, second])


def _harmonic_mean(one: FloatArray, other: FloatArray) -> FloatArray:
    total = one + other
    mean: FloatArray = 2 * one * other / np.where(total > 0, total, 1.0)
    return mean


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
    return Grid(phase, sigma, np.array(wrap))


def length_per_area(problem: Problem, direction: str) -> float:
    """Return length over cross-section between the electrodes, in voxels."""
    shape, axis = problem.image.shape, AXES.index(direction)
    between_centres = problem.boundary != "periodic" and problem.electrode == "first-voxel"
    return float((shape[axis] - between_centres) * shape[axis] / problem.image.size)


def conductivity_per_conductance(problem: Problem, direction: str) -> float:
    """Return the relative conductivity of a block of unit conductance: length over cross-section, in its units."""
    _, conductivity = problem.phases
    edge = problem.spacing[AXES.index(direction)] / problem.spacing[0]
    per_reference = edge**2 * conductivity.max() / problem.reference_conductivity
    return float(length_per_area(problem, direction) * per_reference)
