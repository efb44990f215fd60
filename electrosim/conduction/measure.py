"""From a potential to the conductance between the electrodes: measured on the potential itself, whatever found it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction import current_kernels
from electrosim.conduction.electrodes import Drive
from electrosim.conduction.grid import FloatArray, Grid


@dataclass(frozen=True)
class Measured:
    """What a potential conducts.

    Parameters
    ----------
    potential : ndarray, shape (nx, ny, nz)
        Potential under a unit drop; NaN where no current can flow.
    conductance : float
        Conductance between the electrodes.
    layer_currents : ndarray
        Current through each plane between layers, electrode planes included if potentials are fixed there.
    rounding : float
        Relative difference of two layer currents that the rounding of the potential alone can make: two ends of two
        planes, whose voxels conduct well while little current flows.
    """

    potential: NDArray[np.floating]
    conductance: float
    layer_currents: FloatArray
    rounding: float


def measure(grid: Grid, drive: Drive, potential: NDArray[np.floating]) -> Measured:
    """Measure a potential after shifting each layer so that all planes pass the same current.

    Of all such shifts these give the least energy, so the conductance comes nearer to the solution's, too. Clusters on
    which currents are imposed are circuits of their own that conduct side by side: their conductances, current squared
    over power, add up.
    """
    if drive.fixed_ends:
        _fix_ends(drive, potential)
    dissipation, current, joined = current_kernels.dissipate(
        drive.phase, potential, grid.sigma, grid.wrap, drive.axis, drive.circuit, max(1, drive.current.size), 0, 2
    )
    if drive.current_driven:
        return _driven_by_currents(grid, drive, potential, dissipation, current, joined)
    periodic = bool(grid.wrap[drive.axis])
    if not periodic and not drive.fixed_ends:
        dissipation += _through_end_faces(grid, drive, potential, current[0], joined[0])
    planes = slice(1 if periodic or drive.fixed_ends else 0, -1 if drive.fixed_ends else None)
    current, joined = current[0], joined[0]
    drop = np.zeros(current.size)
    common = np.sum(current[planes] / joined[planes]) / np.sum(1 / joined[planes])
    drop[planes] = (common - current[planes]) / joined[planes]
    conductance = dissipation[0] + np.sum(2 * current * drop + joined * drop**2)
    _shift_layers(drive.axis, potential, drop)
    if drive.singular:
        _centre(drive, potential, np.ones(int(drive.circuit.max()) + 1))
    rounding = _rounding(potential, joined[planes], float(conductance))
    return Measured(potential, float(conductance), _layer_currents(grid, drive, potential)[planes], rounding)


def _driven_by_currents(
    grid: Grid,
    drive: Drive,
    potential: NDArray[np.floating],
    dissipation: FloatArray,
    current: FloatArray,
    joined: FloatArray,
) -> Measured:
    """Finish a measurement under imposed currents."""
    lack = drive.current[:, None] - current[:, 1:-1]
    drop = np.zeros_like(current)
    drop[:, 1:-1] = lack / joined[:, 1:-1]
    owner = _circuits(drive)
    work = np.bincount(owner, weights=drive.source * potential.ravel()[drive.driven], minlength=drive.current.size)
    power = 2 * work - dissipation + drive.loss + (lack * drop[:, 1:-1]).sum(axis=1)
    if drive.current.size == 1:
        _shift_layers(drive.axis, potential, drop[0])
    else:
        shift = -np.cumsum(drop, axis=1)[:, :-1]
        layer = np.arange(potential.shape[drive.axis]).reshape([-1 if a == drive.axis else 1 for a in range(3)])
        potential += np.where(drive.circuit >= 0, shift[np.maximum(drive.circuit, 0), layer], 0).astype(potential.dtype)
    _centre(drive, potential, drive.current / power)
    conductance = float(np.sum(drive.current**2 / power))
    layers = _layer_currents(grid, drive, potential)
    layers[[0, -1]] = conductance  # imposed
    return Measured(potential, conductance, layers, _rounding(potential, joined.sum(axis=0), conductance))


def _rounding(potential: NDArray[np.floating], joined: FloatArray, conductance: float) -> float:
    return float(2 * np.finfo(potential.dtype).eps * joined.max() / conductance)


def _layer_currents(grid: Grid, drive: Drive, potential: NDArray[np.floating]) -> FloatArray:
    """Return the current through each plane, summed over all circuits, afresh from the potential as it is returned."""
    axis = drive.axis
    _, current, joined = current_kernels.dissipate(
        drive.phase, potential, grid.sigma, grid.wrap, axis, drive.circuit, 1, axis, axis
    )
    if not drive.current_driven and not drive.singular and not drive.fixed_ends:
        _through_end_faces(grid, drive, potential, current[0], joined[0])
    layers: FloatArray = current[0]
    return layers


def _fix_ends(drive: Drive, potential: NDArray[np.floating]) -> None:
    """Write the given potentials of the end layers."""
    layers, carrying = np.moveaxis(potential, drive.axis, 0), np.moveaxis(drive.phase, drive.axis, 0) > 0
    for end, value in ((0, 1.0), (-1, 0.0)):
        layers[end] = np.where(carrying[end], value, np.nan)


def _through_end_faces(
    grid: Grid, drive: Drive, potential: NDArray[np.floating], current: FloatArray, joined: FloatArray
) -> float:
    """Fill in the two planes between electrodes and first centres; return what they dissipate."""
    phase, phi = (np.moveaxis(array, drive.axis, 0)[[0, -1]] for array in (drive.phase, potential))
    tie = grid.half[drive.axis, phase]
    drop = np.where(phase > 0, [[[1.0]], [[0.0]]] - phi, 0.0) * [[[1.0]], [[-1.0]]]
    joined[[0, -1]] = tie.sum(axis=(1, 2))
    current[[0, -1]] = (tie * drop).sum(axis=(1, 2))
    return float((tie * drop**2).sum())


def _shift_layers(axis: int, potential: NDArray[np.floating], drop: FloatArray) -> None:
    """Let the drop of potential over each plane grow."""
    shift = -np.cumsum(drop)[:-1].astype(potential.dtype)
    np.moveaxis(potential, axis, -1)[...] += shift


def _circuits(drive: Drive) -> NDArray[np.int32]:
    """Return the circuit of every driven voxel."""
    single = drive.circuit.size == 1
    return np.zeros(drive.driven.size, np.int32) if single else drive.circuit.ravel()[drive.driven]


def _centre(drive: Drive, potential: NDArray[np.floating], scale: FloatArray) -> None:
    """Scale the potential of each circuit and move its middle, weighted by the currents that drive it, to 1/2."""
    if drive.driven.size == 0:  # the ends of the only layer drive nothing: it has one potential
        potential[drive.phase > 0] = 0.5
        return
    owner, weight = _circuits(drive), np.abs(drive.source)
    phi = potential.ravel()[drive.driven]
    total = np.bincount(owner, weights=weight, minlength=scale.size)
    middle = np.bincount(owner, weights=weight * phi, minlength=scale.size).astype(np.float64)
    np.divide(middle, total, out=middle, where=total > 0)  # a single layer that repeats needs no driving
    if scale.size == 1:
        potential -= potential.dtype.type(middle[0])
        potential *= potential.dtype.type(scale[0])
        potential += potential.dtype.type(0.5)
    else:
        of = np.maximum(drive.circuit, 0)
        potential[...] = (potential - middle[of]) * scale[of] + 0.5
