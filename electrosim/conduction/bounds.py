"""A guaranteed interval for the conductivity of the voxel geometry, from any approximate potential.

Thomson's principle: of all currents without sources, the true one loses the least power; so any such current gives a
lower bound, current squared over power. Dirichlet's principle: of all potentials with a given drop, the true one has
the least energy; so the energy of any of them, over the drop squared, is an upper bound. Both are integrated exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory, side_by_side
from electrosim.conduction import corner_kernels, lower_bound_kernels, tree_kernels, upper_bound_kernels
from electrosim.conduction.flow import Flow, length_per_area
from electrosim.conduction.network import Grid, view
from electrosim.conduction.problem import AXES, Problem

_BYTES_PER_VOXEL = 25  # of the image: potentials of voxels and corners, phases, runs
_STEPS = 1  # steps on the potentials of the corners
_ENDS = {
    "constant-potential": lower_bound_kernels.FIXED,
    "constant-current": lower_bound_kernels.IMPOSED,
    "periodic": lower_bound_kernels.JUMP,
}

Array = NDArray[np.float64]
Indices = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Interval:
    """What the relative conductivity of the voxel geometry lies between."""

    lower: float
    upper: float

    @property
    def best(self) -> float:
        """The middle."""
        return (self.lower + self.upper) / 2

    @property
    def half_width(self) -> float:
        """Half the width relative to the middle: how far the exact value can be from `best`; 0 where nothing flows."""
        return (self.upper - self.lower) / (self.upper + self.lower) if self.upper > 0 else 0.0

    def offset(self, value: float) -> float:
        """Return how far a value lies above the middle, relative to the middle; 0 where nothing flows."""
        return value / self.best - 1.0 if self.upper > 0 else 0.0


def check_bounds(problem: Problem) -> None:
    """Refuse what no interval is known for, and what the memory cannot hold.

    Raises
    ------
    InputError
        If the electrodes lie in the centres of the end voxels, or memory lacks.
    """
    if problem.electrode != "face" and problem.boundary != "periodic":
        raise InputError(
            f'bounds = true needs electrode = "face", not "{problem.electrode}"; change it or leave the interval out',
            ("transport", "electrode"),
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
    structure = _structure(problem, view(problem, direction), _turned(flow.potential, direction))
    scale = length_per_area(problem, direction)
    return Interval(scale * structure.lower(), scale * structure.upper(steps))


def _turned(potential: NDArray[Any], direction: str) -> NDArray[Any]:
    """Return the potential of the voxels, by rows, as `network.view` turns the image."""
    turned = np.ascontiguousarray(np.moveaxis(potential, AXES.index(direction), 0))
    return turned.reshape(-1, turned.shape[2])


@dataclass(frozen=True)
class _Structure:
    """What carries current: its runs, a tree along which surpluses leave it, its clusters and what drives them.

    `faces` holds the conducting end faces of the first and the last layer, as flat voxel indices, if currents are
    imposed; `shares` the current through each of them, by clusters.
    """

    phase: NDArray[np.uint8]
    grid: Grid
    sigma: Array
    potential: NDArray[Any]
    ends: int
    runs: tuple[Indices, ...]
    tree: tuple[Indices, ...]
    clusters: int
    inflow: Array
    faces: tuple[Indices, Indices]
    shares: tuple[Array, Array]

    def lower(self) -> float:
        """Return a lower bound of the conductance: finite-volume currents, balanced run by run."""
        conducts = (self.grid.face, self.grid.half, self.potential, self.grid.wrap, self.runs, self.tree)
        passed = lower_bound_kernels.surplus(
            self.phase.shape, self.grid.half, self.potential, self.runs, self.tree, self.ends, *self.shares, self.inflow
        )
        current, power = lower_bound_kernels.flux_power(
            self.phase, self.sigma, *conducts, passed, self.ends, *self.shares, self.clusters
        )
        return float(np.sum(np.divide(current**2, power, out=np.zeros_like(power), where=power > 0)))

    def upper(self, steps: int) -> float:
        """Return an upper bound of the conductance: a trilinear potential in every voxel, continuous where they join."""
        shape, wrap = self.phase.shape, self.grid.wrap
        split, nodes, before = corner_kernels.split_voxels(self.phase, self.grid.face, wrap)
        splits = (split, self.phase.ravel()[split], nodes, self.cluster_of(split), before)
        corners = [_face_corners(faces, shape, end, split, nodes) for end, faces in enumerate(self.faces)]
        owners = [self.cluster_of(faces) for faces in self.faces]
        currents = [share[owner] for share, owner in zip(self.shares, owners, strict=True)]
        x = upper_bound_kernels.corner_potentials(
            shape, self.sigma, self.grid.half, self.potential, wrap, self.runs, self.tree[4], splits, self.ends, *self.shares
        )
        for _ in range(steps + 1):
            drop, energy = self._drop(x, corners, owners), np.zeros(self.clusters)
            upper_bound_kernels.relax(
                shape, self.sigma, wrap, self.runs, self.tree[4], splits, self.ends, (*corners, *currents), x, energy
            )
        with np.errstate(divide="ignore"):
            return float(np.sum(energy / drop**2))

    def _drop(self, x: Array, corners: list[Indices], owners: list[Indices]) -> Array:
        """Return the drop of the mean potential from the first to the last end faces of each cluster."""
        if self.ends != lower_bound_kernels.IMPOSED:
            return np.ones(self.clusters)
        first, last = (
            np.bincount(owner, x[at].mean(axis=1)) / np.bincount(owner)
            for at, owner in zip(corners, owners, strict=True)
        )
        drop: Array = first - last
        return drop

    def cluster_of(self, voxels: Indices) -> Indices:
        """Return the clusters of voxels given by their flat indices."""
        return _cluster_of(voxels, self.phase.shape[2], self.runs, self.tree)


def _structure(problem: Problem, grid: Grid, potential: NDArray[Any]) -> _Structure:
    """Lay the tree and find the currents of the clusters."""
    phase = np.where(np.isfinite(potential).reshape(grid.phase.shape), grid.phase, np.uint8(0))
    sigma = np.diagonal(grid.face, axis1=1, axis2=2).copy()
    sigma[problem.image.ndim :] = 0.0
    ends = _ENDS[problem.boundary]
    electrodes = ends == lower_bound_kernels.FIXED
    conductances = np.concatenate([grid.face.ravel(), grid.half]) if electrodes else grid.face.ravel()
    runs = tree_kernels.list_runs(phase, grid.face)
    tree = tree_kernels.spanning_tree(
        phase.shape, grid.face, grid.half, grid.wrap, _decades(conductances), runs, electrodes
    )
    clusters = int(tree[4].max()) + 1
    inflow, mean = lower_bound_kernels.inflows(phase, grid.face, potential, grid.wrap, runs, tree, clusters)
    faces = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    shares = (np.zeros(clusters), np.zeros(clusters))
    if ends == lower_bound_kernels.IMPOSED:
        if phase.shape[0] == 1:
            mean[:] = 1.0  # any current does
        layer = phase[0].size
        first, last = (np.flatnonzero(grid.half[phase[end].ravel()]) for end in (0, -1))
        faces = (first, last + phase.size - layer)
        shares = tuple(mean / np.bincount(_cluster_of(face, phase.shape[2], runs, tree)) for face in faces)
    return _Structure(phase, grid, sigma, potential, ends, runs, tree, clusters, inflow, faces, shares)


def _cluster_of(voxels: Indices, length: int, runs: tuple[Indices, ...], tree: tuple[Indices, ...]) -> Indices:
    """Return the clusters of voxels given by their flat indices; `length` is that of a row."""
    first, _, _, row_start = runs
    begin = np.repeat(np.arange(row_start.size - 1) * length, np.diff(row_start)) + first
    cluster: Indices = tree[4][np.searchsorted(begin, voxels, "right") - 1]
    return cluster


def _face_corners(faces: Indices, shape: tuple[int, ...], end: int, split: Indices, nodes: Indices) -> Indices:
    """Return the four nodes of each end face, in the first layer of corners (end 0) or the last."""
    _, ny, nz = shape
    i, j, k = np.unravel_index(faces, shape)
    corner = ((i + end) * (ny + 1) + j) * (nz + 1) + k
    result: Indices = corner[:, None] + np.array([0, 1, nz + 1, nz + 2])
    at = np.searchsorted(split, faces)
    is_split = np.append(split, -1)[at] == faces
    result[is_split] = nodes[at[is_split], 4 * end : 4 * end + 4]
    return result


def _decades(conductances: Array) -> Array:
    """Return falling thresholds: the powers of ten below the conductances, and the least conductance itself."""
    positive = conductances[conductances > 0]
    return np.unique(np.append(10.0 ** np.floor(np.log10(positive)), positive.min()))[::-1]
