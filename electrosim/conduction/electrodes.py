"""What drives the current along an axis: fixed potentials, imposed currents or a periodic jump."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from electrosim.conduction.clusters import Clusters
from electrosim.conduction.grid import FloatArray, Grid
from electrosim.conduction.problem import Phase, Problem

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Drive:
    """What stands on the right-hand side of A phi = source, and the ground on the diagonal of A.

    Parameters
    ----------
    axis : int
        Axis of transport.
    phase : ndarray of uint8 or int32, shape (nx, ny, nz)
        Phases of the voxels of clusters that carry current, 0 elsewhere.
    grounded, ground : ndarray
        Flat indices of voxels tied to fixed potentials, and the conductances that tie them.
    driven, source : ndarray
        Flat indices of voxels into which a current is driven, and the currents.
    constant : float
        Energy of phi = 0 if potentials drive, else the power lost between centres and the faces of electrodes or walls.
    fixed_ends : bool
        Whether the potentials of the first and the last layer are given, 1 and 0, and not sought.
    circuit : ndarray of int, shape (nx, ny, nz), or (1, 1, 1) for a single circuit
        Cluster of each voxel, from 0, -1 for none, where the potential is determined only up to a constant in each.
    current, loss : ndarray, shape (circuits,)
        Currents imposed on the circuits and what they lose between end faces and first centres; empty if potentials
        drive.
    """

    axis: int
    phase: Phase
    grounded: Places
    ground: FloatArray
    driven: Places
    source: FloatArray
    constant: float
    fixed_ends: bool = False
    circuit: NDArray[np.int32] = field(default_factory=lambda: np.zeros((1, 1, 1), np.int32))
    current: FloatArray = field(default_factory=lambda: np.zeros(0))
    loss: FloatArray = field(default_factory=lambda: np.zeros(0))

    @property
    def current_driven(self) -> bool:
        """Whether currents, not potentials, are imposed."""
        return self.current.size > 0

    @property
    def singular(self) -> bool:
        """Whether the potential is determined only up to a constant per cluster."""
        return self.grounded.size == 0 and not self.fixed_ends

    @property
    def unknown(self) -> Phase:
        """Phases of the voxels whose potentials are sought, 0 elsewhere."""
        if not self.fixed_ends:
            return self.phase
        inner = self.phase.copy()
        np.moveaxis(inner, self.axis, 0)[[0, -1]] = 0
        return inner


def drive_along(problem: Problem, grid: Grid, clusters: Clusters, carrying: NDArray[np.bool_], axis: int) -> Drive:
    """Return what drives the clusters that carry current."""
    phase = clusters.phase(carrying)
    if problem.boundary == "periodic":
        return _jump(grid, phase, _numbers(clusters, carrying), axis)
    if problem.boundary == "constant-current":
        return _currents(grid, clusters, carrying, axis, half_cell=problem.electrode == "face")
    if problem.electrode == "first-voxel":
        return _potentials_in_centres(grid, phase, axis)
    return _potentials_on_faces(grid, phase, axis)


def uptake_from_end(
    grid: Grid, phase: Phase, axis: int, end: int, driven: Places, source: FloatArray, loss: float
) -> Drive:
    """Return what drives currents into voxels from the outer face of the first, 0, or the last, -1, layer alone.

    That face has potential 0, the other one is closed; `loss` is the power that the currents lose beyond the centres.
    """
    layer = _layer(phase.shape, axis, end)
    tied = _conducting([layer], [grid.half[axis, phase.ravel()[layer]]])
    current = np.array([source.sum()])
    return Drive(axis, phase, *tied, driven, source, constant=loss, current=current, loss=np.array([loss]))


def _layer(shape: tuple[int, ...], axis: int, number: int) -> Places:
    """Return the flat indices of a layer; negative numbers count from the end."""
    places: Places = np.arange(shape[axis])[number] * np.prod(shape[axis + 1 :], dtype=np.int64)
    for other in range(3):
        if other != axis:
            stride = np.prod(shape[other + 1 :], dtype=np.int64)
            places = np.add.outer(places, np.arange(shape[other]) * stride)
    return places.ravel()


def _potentials_on_faces(grid: Grid, phase: Phase, axis: int) -> Drive:
    """Tie the first layer to potential 1 and the last to 0, through half a voxel."""
    places = [_layer(phase.shape, axis, end) for end in (0, -1)]
    ties = [grid.half[axis, phase.ravel()[layer]] for layer in places]
    return _tied(phase, axis, places, ties, fixed_ends=False)


def _potentials_in_centres(grid: Grid, phase: Phase, axis: int) -> Drive:
    """Fix the potential of the first layer to 1 and of the last to 0."""
    ends = [phase.ravel()[_layer(phase.shape, axis, end)] for end in (0, -1)]
    places = [_layer(phase.shape, axis, inner) for inner in (1, -2)]
    if phase.shape[axis] == 2:
        places = [layer[:0] for layer in places]  # the ends meet: no potential is sought
        ends = [end[:0] for end in ends]
    ties = [grid.between(axis, end, phase.ravel()[layer]) for end, layer in zip(ends, places, strict=True)]
    return _tied(phase, axis, places, ties, fixed_ends=True)


def _tied(phase: Phase, axis: int, places: list[Places], ties: list[FloatArray], *, fixed_ends: bool) -> Drive:
    grounded, ground = _conducting(places, ties)
    driven, source = _conducting(places[:1], ties[:1])
    return Drive(axis, phase, grounded, ground, driven, source, float(source.sum()), fixed_ends)


def _numbers(clusters: Clusters, carrying: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return the circuit of every voxel; a single one needs no numbers."""
    return clusters.numbers(carrying) if carrying.sum() > 1 else np.zeros((1, 1, 1), np.int32)


def _jump(grid: Grid, phase: Phase, circuit: NDArray[np.int32], axis: int) -> Drive:
    """Let the potential fall by 1 from period to period."""
    first, last = _layer(phase.shape, axis, 0), _layer(phase.shape, axis, -1)
    across = grid.between(axis, phase.ravel()[last], phase.ravel()[first])
    driven, source = _conducting([first, last], [across, -across])
    return Drive(axis, phase, first[:0], across[:0], driven, source, float(across.sum()), circuit=circuit)


def _currents(grid: Grid, clusters: Clusters, carrying: NDArray[np.bool_], axis: int, *, half_cell: bool) -> Drive:
    """Spread each cluster's current evenly over its end faces.

    The currents are in proportion to the clusters' end faces; any choice gives the same conductances.
    """
    phase, count = clusters.phase(carrying), int(carrying.sum())
    circuit = _numbers(clusters, carrying)
    half = grid.half[axis]
    ends = [_layer(phase.shape, axis, end) for end in (0, -1)]
    ends = [layer[half[phase.ravel()[layer]] > 0] for layer in ends]
    owners = [circuit.ravel()[layer] if count > 1 else np.zeros(layer.size, np.int32) for layer in ends]
    faces = [np.bincount(owner, minlength=count) for owner in owners]
    current = (faces[0] + faces[1]) / (faces[0].sum() + faces[1].sum())
    source: list[FloatArray] = []
    loss = np.zeros(count)
    for layer, owner, number, sign in zip(ends, owners, faces, (1.0, -1.0), strict=True):
        density = (current / number)[owner]
        source.append(sign * density)
        if half_cell:
            loss += np.bincount(owner, weights=density**2 / half[phase.ravel()[layer]], minlength=count)
    nothing = ends[0][:0], np.zeros(0)
    driven = _conducting(ends, source)
    return Drive(
        axis, phase, *nothing, *driven, constant=float(loss.sum()), circuit=circuit, current=current, loss=loss
    )


def _conducting(places: list[Places], values: list[FloatArray]) -> tuple[Places, FloatArray]:
    """Return places and values as one list each without zeros; what two layers drive at the same place is added up."""
    place, value = np.concatenate(places), np.concatenate(values)
    if len(places) == 2 and np.array_equal(places[0][:1], places[1][:1]):  # the same layer twice
        place, at = np.unique(place, return_inverse=True)
        value = np.bincount(at, weights=value, minlength=place.size).astype(np.float64)
    return place[value != 0], value[value != 0]
