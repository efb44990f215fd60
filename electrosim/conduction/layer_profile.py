"""How potential, conductivity and current change from layer to layer along the direction of transport."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.conduction import current_kernels
from electrosim.conduction.flow import Flow
from electrosim.conduction.problem import AXES, Problem

Array = NDArray[np.float64]


def profile_variables(problem: Problem, direction: str, flow: Flow) -> dict[str, Any]:
    """Return what changes from layer to layer along the direction."""
    axis = AXES.index(direction)
    phase, table = problem.phases
    count, total, strength = current_kernels.layer_sums(phase, table[:, axis].copy(), flow.potential, axis)
    mean = np.divide(total, count, out=np.full(count.shape, np.nan), where=count > 0)
    fraction = count / (flow.potential.size / count.size)
    conductivity = layer_conductivity(problem, direction, flow, mean, strength)
    return {
        f"layer_potential_{direction}": variable(direction, mean, "V", "mean potential of a layer"),
        f"layer_fraction_{direction}": variable(direction, fraction, "1", "percolating fraction of a layer"),
        f"layer_conductivity_{direction}": variable(
            direction, conductivity, "S m-1", "effective conductivity of a layer"
        ),
        f"layer_current_{direction}": variable(
            f"plane_{direction}", flow.layer_currents, "1", "current through a plane between layers over its mean"
        ),
    }


def layer_conductivity(problem: Problem, direction: str, flow: Flow, mean: Array, strength: Array) -> Array:
    """Return the effective conductivity of each layer: the common current density over the layer's potential gradient.

    The drop between the mean potentials of two layers is shared among them as if each were uniform, in proportion to
    one over its mean conductivity. Exact for layers in series; the resistances of the layers add up to that of the
    image, whatever it looks like.

    Parameters
    ----------
    problem : Problem
        What was solved.
    direction : str
        Axis of transport.
    flow : Flow
        Potential and conductivity.
    mean : ndarray, shape (layers,)
        Mean potential of each layer.
    strength : ndarray, shape (layers,)
        Sum of the conductivities of each layer's voxels that carry current.

    Returns
    -------
    ndarray, shape (layers,)
        Conductivity [S m-1]; NaN where nothing flows or the mean potential does not fall.
    """
    axis = AXES.index(direction)
    phase, table = problem.phases
    if np.isnan(mean).any():
        return np.full(len(mean), np.nan)
    step = problem.spacing[axis]
    thickness = np.full(len(mean), step)
    if problem.boundary != "periodic" and problem.electrode == "first-voxel":
        thickness[[0, -1]] /= 2
    current = flow.relative_conductivity * problem.reference_conductivity / thickness.sum()
    drop = _shared_drops(mean, strength, periodic=problem.boundary == "periodic")
    if problem.boundary == "constant-potential" and problem.electrode == "face":
        drop[0] += 1 - mean[0]
        drop[-1] += mean[-1]
    elif problem.boundary == "constant-current" and problem.electrode == "face":
        for end in (0, -1):  # the same current through every end face
            carries = np.isfinite(np.take(flow.potential, end, axis))
            sigma = table[np.take(phase, end, axis)[carries], axis]
            sigma = sigma[sigma > 0]
            drop[end] += current * carries.size / sigma.size * np.mean(step / (2 * sigma))
    found = np.full(len(drop), np.nan)
    np.divide(current * thickness, drop, out=found, where=drop > 0)
    return found


def _shared_drops(mean: Array, sigma: Array, *, periodic: bool) -> Array:
    """Return what of the drops between the centres of the layers falls to each layer."""
    drop = mean - np.roll(mean, -1)
    drop[-1] = drop[-1] + 1 if periodic else 0.0
    following = np.roll(sigma, -1)
    share = following / (sigma + following)
    shared: Array = drop * share + np.roll(drop * (1 - share), 1)
    return shared
