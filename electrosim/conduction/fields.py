"""Fields and cuts of a flow: for pictures, and for those who ask for the whole field."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.conduction.flow import Flow
from electrosim.conduction.problem import AXES, Problem

Array = NDArray[np.floating]


def current_density(problem: Problem, direction: str, along: str, potential: Array, sigma: Array, axis: int) -> Array:
    """Return one component of the current density at the voxel centres, the mean over the two opposite faces.

    In the end layers of the direction of transport it is the value of the electrode face where potentials are
    imposed there, else of the one inner face; either way a layer's sum is the current through it.

    Parameters
    ----------
    problem : Problem
        Gives voxel size and boundary conditions.
    direction : str
        Axis of transport of this potential.
    along : str
        Component wanted.
    potential : ndarray
        Potential under a drop of 1 V, NaN where no current flows [V]; the whole image or a cut that contains `along`.
    sigma : ndarray of the same shape
        Conductivity along `along` [S m-1].
    axis : int
        Axis of the arrays that is `along`.

    Returns
    -------
    ndarray of the same shape
        Current density [A m-2]; zero where no current flows.
    """
    step = problem.spacing[AXES.index(along)]
    flows = np.isfinite(potential)
    phi = np.moveaxis(np.where(flows, potential, 0.0), axis, 0)
    sigma = np.moveaxis(np.where(flows, sigma, 0.0), axis, 0)
    transport = along == direction
    if transport and len(phi) == 1:
        return np.moveaxis(sigma / step, 0, axis)
    wraps = problem.boundary == "periodic" if transport else problem.sides == "periodic"
    following = np.roll(sigma, -1, 0)
    total = sigma + following
    flux = 2 * sigma * following / np.where(total > 0, total, 1.0) * (phi - np.roll(phi, -1, 0)) / step
    if wraps:
        flux[-1] += transport * 2 * sigma[-1] * sigma[0] / np.where(total[-1] > 0, total[-1], 1.0) / step
        before = np.roll(flux, 1, 0)
    else:
        flux[-1] = 0.0
        before = np.roll(flux, 1, 0)
        if transport and problem.boundary == "constant-potential" and problem.electrode == "face":
            before[0], flux[-1] = 2 * sigma[0] * (1 - phi[0]) / step, 2 * sigma[-1] * phi[-1] / step
        elif transport:
            before[0], flux[-1] = flux[0], before[-1]
    return np.moveaxis(0.5 * (before + flux), 0, axis)


def field_variables(problem: Problem, flows: dict[str, Flow]) -> dict[str, Any]:
    """Return `potential` and `current_density` of every voxel."""
    axes = AXES[: problem.image.ndim]
    shape = problem.image.shape
    phase, table = problem.phases
    potential = np.empty((len(flows), *shape), np.float32)
    current = np.empty((len(flows), len(axes), *shape), np.float32)
    for place, (direction, flow) in enumerate(flows.items()):
        potential[place] = flow.potential.reshape(shape)
        for number, along in enumerate(axes):
            sigma = table[phase, number]
            component = current_density(problem, direction, along, flow.potential, sigma, number)
            current[place, number] = component.reshape(shape)
    return {
        "potential": variable(("direction", *axes), potential, "V", "potential under a mean drop of 1 V"),
        "current_density": variable(
            ("direction", "component", *axes), current, "A m-2", "current density under a mean drop of 1 V"
        ),
        "component": variable("component", list(axes), "1", "component of a vector"),
    }


def cut_variables(problem: Problem, direction: str, flow: Flow) -> dict[str, Any]:
    """Return phase, potential and current in a plane through the middle that contains the direction."""
    axes = AXES[: problem.image.ndim]
    place = axes.index(direction)
    beside = (place + 1) % len(axes)
    normal = next((axis for axis in range(3) if axis not in (place, beside)), 2)
    phase, table = problem.phases
    middle = phase.shape[normal] // 2
    cut_phase = np.take(phase, middle, normal)
    potential = np.take(flow.potential, middle, normal)
    dims = tuple(axis for number, axis in enumerate(axes) if number != normal)
    in_plane = (
        current_density(problem, direction, AXES[axis], potential, table[cut_phase, axis], dims.index(AXES[axis]))
        for axis in (place, beside)
    )
    current, across = (part.astype(np.float32) for part in in_plane)
    cut = f"in a cut through the middle, direction {direction}"
    return {
        f"phase_cut_{direction}": variable(dims, cut_phase, "1", f"phase number {cut}"),
        f"potential_cut_{direction}": variable(dims, potential.astype(np.float32), "V", f"potential {cut}"),
        f"current_cut_{direction}": variable(dims, current, "A m-2", f"axial current density {cut}"),
        f"current_across_cut_{direction}": variable(
            dims, across, "A m-2", f"current density along {AXES[beside]} {cut}"
        ),
    }
