"""A guaranteed interval for the conductivity of the voxel geometry, from any approximate potential.

Thomson's principle: of all currents without sources, the true one loses the least power; so any such current gives a
lower bound, current squared over power. Dirichlet's principle: of all potentials with a unit drop, the true one has the
least energy; so the energy of any of them is an upper bound. Both energies are integrated exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory, side_by_side
from electrosim.conduction import lower_bound_kernels, upper_bound_kernels
from electrosim.conduction.flow import Flow, length_per_area
from electrosim.conduction.problem import AXES, Problem
from electrosim.conduction.turned import view

_BYTES_PER_VOXEL = 50  # potentials of the corners and what the steps need, on the whole image; measured 42
_STEPS = 10  # most steps on the corner potentials
_WORTH = 0.002  # share of the interval that a step must gain for another one to follow


@dataclass(frozen=True)
class Interval:
    """What the relative conductivity of the voxel geometry lies between."""

    lower: float
    upper: float

    @property
    def best(self) -> float:
        """The middle."""
        return (self.lower + self.upper) / 2


def check_bounds(problem: Problem) -> None:
    """Refuse what no interval is known for, and what the memory cannot hold.

    Raises
    ------
    InputError
        If boundary conditions are others than fixed potentials on the outer faces and closed sides, or memory lacks.
    """
    needed = {"boundary": "constant-potential", "electrode": "face", "sides": "no-flux"}
    for name, value in needed.items():
        given = getattr(problem, name)
        if given != value:
            raise InputError(
                f'bounds = true needs {name} = "{value}", not "{given}"; change it or leave the interval out',
                ("transport", name),
            )
    check_memory(_BYTES_PER_VOXEL * problem.image.size, f"the interval on {problem.image.size} voxels")


def intervals_of(problem: Problem, flows: Mapping[str, Flow]) -> list[Interval]:
    """Return the interval along each direction, side by side where the memory allows it."""
    with ThreadPoolExecutor(side_by_side(len(flows), _BYTES_PER_VOXEL * problem.image.size)) as pool:
        return list(pool.map(lambda item: interval(problem, *item), flows.items()))


def interval(problem: Problem, direction: str, flow: Flow, steps: int = _STEPS) -> Interval:
    """Return the interval along one direction.

    It holds however inexact the flow's potential is; only its width depends on that.
    """
    if flow.carrying_clusters == 0:
        return Interval(0.0, 0.0)
    grid = view(problem, direction)
    potential = np.ascontiguousarray(np.moveaxis(flow.potential, AXES.index(direction), 0), np.float64)
    phase = np.where(np.isfinite(potential), grid.phase, 0).astype(np.uint8)
    sigma = np.diagonal(grid.face, axis1=1, axis2=2).copy()
    sigma[problem.image.ndim :] = 0.0
    scale = length_per_area(problem, direction)
    lower = current_bound(phase, sigma, grid.face, grid.half, potential.ravel())
    upper = potential_bound(phase, sigma, grid.face, potential.ravel(), lower, steps)
    return Interval(scale * lower, scale * upper)


Array = NDArray[np.float64]


def current_bound(phase: NDArray[np.uint8], sigma: Array, face: Array, half: Array, potential: Array) -> float:
    """Return a lower bound of the conductance: finite-volume currents, balanced voxel by voxel."""
    order, toward = lower_bound_kernels.spanning_tree(phase, face, half, _decades(np.concatenate([face.ravel(), half])))
    passed = lower_bound_kernels.surplus(phase, face, half, potential, order, toward)
    current, power = lower_bound_kernels.flux_power(phase, sigma, face, half, potential, toward, passed)
    return float(current**2 / power) if power > 0 else 0.0


def potential_bound(
    phase: NDArray[np.uint8], sigma: Array, face: Array, potential: Array, lower: float, steps: int
) -> float:
    """Return an upper bound of the conductance: a trilinear potential in every voxel, continuous where voxels join."""
    split, nodes, origin = upper_bound_kernels.split_voxels(phase, face)
    regular = phase.copy()
    regular.ravel()[split] = 0
    x, inverse = upper_bound_kernels.corner_potentials(regular, phase, sigma, potential, split, nodes, origin)
    return float(
        upper_bound_kernels.lower_energy(regular, phase, sigma, split, nodes, x, inverse, steps, lower, _WORTH)
    )


def _decades(conductances: Array) -> Array:
    """Return falling thresholds: the powers of ten below the conductances, and the least conductance itself."""
    positive = conductances[conductances > 0]
    return np.unique(np.append(10.0 ** np.floor(np.log10(positive)), positive.min()))[::-1]
