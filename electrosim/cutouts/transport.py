"""One cutout: its conductivity under every condition, and with its surface moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim import conduction
from electrosim.conduction.multigrid import Multigrid
from electrosim.conduction.other_image import on_phases, with_surface_moved
from electrosim.conduction.problem import AXES, Boundary
from electrosim.cutouts.macropores import opened
from electrosim.cutouts.pore_sizes import conducting, diameters, pore_sizes

CONDITIONS = ("constant current", "constant potential", "constant current, free layers")
"""What drives the current; the first is that of Prasad et al. and the one that correlations are fitted to."""

SHIFTS = (-1, 0, 1)
"""How far the surface of the pores is moved into the solid [voxels]."""

Record = dict[str, NDArray[Any]]
Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Cutout:
    """What is to be done with one cutout.

    Parameters
    ----------
    size : int
        Edge [voxels].
    pores : ndarray of uint8
        Its pores, packed to bits by `numpy.packbits`, for many of them wait their turn.
    voxel_size : float
        Edge of a voxel [m].
    opening : float
        Diameter of the ball of image closing [voxels].
    free_layers : int
        At both ends [voxels].
    surface_shift : bool
        Whether to move the surface, too.
    pore_sizes : bool
        Whether to measure the conducting pores, too.
    method : Multigrid
        How to solve.
    """

    size: int
    pores: NDArray[np.uint8]
    voxel_size: float
    opening: float
    free_layers: int
    surface_shift: bool
    pore_sizes: bool
    method: Multigrid

    def mask(self) -> Mask:
        """Return which voxels are pores."""
        bits = np.unpackbits(self.pores, count=self.size**3)
        return bits.view(np.bool_).reshape((self.size,) * 3)


def transport(cutout: Cutout) -> Record:
    """Solve one cutout along x, y and z.

    Layers of free electrolyte carry the current to the end planes without loss other than their own, which is taken
    off: a cutout of length L between n layers on either side has s = L/((L + 2 n)/s' - 2 n), where s' is the relative
    conductivity of the whole stack.

    Parameters
    ----------
    cutout : Cutout
        Pores and conditions.

    Returns
    -------
    dict of str to ndarray
        `relative_conductivity` (direction, condition), zero without a path; `electronic_conductivity` (direction) of
        the solid relative to itself; `converged`, whether every solve reached its tolerance; `percolating_porosity`
        (direction); `opened_share`, what image closing leaves of the pores; `moved_porosity` (shift) and
        `moved_conductivity` (direction, shift), NaN unless asked for; and of `pore_sizes.pore_sizes`, zero unless asked
        for, what is found of the conducting pores.
    """
    pores = cutout.mask()
    converged = []

    def solved(problem: conduction.Problem | None) -> tuple[Array, Array]:
        """Return relative conductivity and percolating fraction; zeros if nothing conducts."""
        if problem is None:
            return np.zeros(3), np.zeros(3)
        result = conduction.solve(problem, method=cutout.method, throw=False)
        converged.append(bool(result["solved"].all()))
        return result["relative_conductivity"].values, result["percolating_fraction"].values

    def problem(mask: Mask, boundary: Boundary, directions: str = AXES) -> conduction.Problem | None:
        if not mask.any():
            return None
        return conduction.Problem(mask, cutout.voxel_size, {1: 1.0}, boundary=boundary, directions=directions)

    given = problem(pores, "constant-current")
    current, percolating = solved(given)
    potential, _ = solved(problem(pores, "constant-potential"))
    stacks = [_between_layers(pores, axis, cutout.free_layers) for axis in range(3)]
    stack = np.array([solved(problem(mask, "constant-current", AXES[axis]))[0][0] for axis, mask in enumerate(stacks)])
    electronic, _ = solved(problem(~pores, "constant-current"))
    moved_porosity, moved = np.full(len(SHIFTS), np.nan), np.full((3, len(SHIFTS)), np.nan)
    if cutout.surface_shift:
        for place, shift in enumerate(SHIFTS):
            if shift == 0 or given is None:
                moved_porosity[place], moved[:, place] = pores.mean(), current
                continue
            phase = with_surface_moved(given, outwards=shift > 0)
            moved_porosity[place] = np.count_nonzero(phase) / phase.size
            moved[:, place], _ = solved(on_phases(given, phase))
    layers = _without_layers(stack, cutout.size, cutout.free_layers)
    return {
        "relative_conductivity": np.stack([current, potential, layers], axis=1),
        "electronic_conductivity": electronic,
        "converged": np.array(all(converged)),
        "percolating_porosity": percolating,
        "opened_share": np.array(opened(pores, cutout.opening).mean()),
        "moved_porosity": moved_porosity,
        "moved_conductivity": moved,
        **_sizes(cutout, pores),
    }


def _sizes(cutout: Cutout, pores: Mask) -> Record:
    """Measure the conducting pores, or nothing."""
    measured = conducting(pores) if cutout.pore_sizes else np.zeros_like(pores)
    return pore_sizes(measured, cutout.voxel_size, diameters(cutout.voxel_size))


def _between_layers(pores: Mask, axis: int, layers: int) -> Mask:
    """Return the cutout with free electrolyte at both ends of an axis."""
    return np.pad(pores, [(layers * (axis == other),) * 2 for other in range(3)], constant_values=True)


def _without_layers(stack: Array, length: int, layers: int) -> Array:
    """Return the relative conductivity of a cutout from that of the stack with free layers."""
    result = np.zeros_like(stack)
    conducts = stack > 0
    result[conducts] = length / ((length + 2 * layers) / stack[conducts] - 2 * layers)
    return result
