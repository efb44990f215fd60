"""How the conductivity changes from layer to layer along the direction of transport."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.conduction.flow import Flow
from electrosim.conduction.problem import AXES, Phase, Problem

Array = NDArray[np.float64]


def layer_conductivity(problem: Problem, direction: str, flow: Flow) -> Array:
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

    Returns
    -------
    ndarray, shape (layers,)
        Conductivity [S m-1]; NaN where nothing flows or the mean potential does not fall.
    """
    axis = AXES.index(direction)
    phase, table = problem.phases
    count, total, strength = _layer_sums(phase, flow.potential, table[:, axis], axis)
    if not count.all():
        return np.full(len(count), np.nan)
    mean = total / count
    step = problem.spacing[axis]
    thickness = np.full(len(count), step)
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


def layer_conductivity_variable(problem: Problem, direction: str, flow: Flow) -> dict[str, Any]:
    """Return `layer_conductivity_d` of the direction d."""
    values = layer_conductivity(problem, direction, flow)
    words = "effective conductivity of a layer"
    return {f"layer_conductivity_{direction}": variable(direction, values, "S m-1", words)}


def _layer_sums(phase: Phase, potential: NDArray[np.floating], along: Array, axis: int) -> Array:
    """Return of each layer how many voxels carry, and the sums of their potentials and of their conductivities."""
    sums = np.zeros((3, phase.shape[axis]))
    for i in range(len(phase)):  # plane by plane, so that no whole image is copied
        carries = np.isfinite(potential[i])
        values = carries, np.where(carries, potential[i], 0.0), np.where(carries, along[phase[i]], 0.0)
        if axis == 0:
            sums[:, i] = [np.sum(value, dtype=np.float64) for value in values]
        else:
            sums += [np.sum(value, axis=2 - axis, dtype=np.float64) for value in values]
    return sums


def _shared_drops(mean: Array, sigma: Array, *, periodic: bool) -> Array:
    """Return what of the drops between the centres of the layers falls to each layer."""
    drop = mean - np.roll(mean, -1)
    drop[-1] = drop[-1] + 1 if periodic else 0.0
    following = np.roll(sigma, -1)
    share = following / (sigma + following)
    shared: Array = drop * share + np.roll(drop * (1 - share), 1)
    return shared
