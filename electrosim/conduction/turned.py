"""The lattice seen along one direction: axis 0 is the direction of transport."""

from __future__ import annotations

import numpy as np

from electrosim.conduction.grid import Grid
from electrosim.conduction.problem import AXES, Problem


def view(problem: Problem, direction: str) -> Grid:
    """Return the image with `direction` turned to axis 0, conductances over that of a reference voxel along it.

    A row of N full voxels between two planes has the conductance 1/N.
    """
    axis = AXES.index(direction)
    order = [axis, *(other for other in range(3) if other != axis)]
    phase, conductivity = problem.phases
    spacing = np.array(problem.spacing)[order]
    sigma = conductivity[:, order].T / problem.reference_conductivity
    sigma *= (spacing[0] / spacing)[:, None] ** 2
    sides = problem.sides == "periodic"
    wrap = np.array([problem.boundary == "periodic", sides, sides and problem.image.ndim == 3])
    return Grid(np.ascontiguousarray(phase.transpose(order)), sigma, wrap)
