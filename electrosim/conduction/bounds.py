"""A guaranteed interval for the conductivity of the voxel geometry, from any approximate potential.

Thomson's principle: of all currents without sources, the true one loses the least power; so any such current gives a
lower bound, current squared over power. Dirichlet's principle: of all potentials with a given drop, the true one has
the least energy; so the energy of any of them, over the drop squared, is an upper bound. Both are integrated exactly.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory, side_by_side
from electrosim.conduction import (
    corner_kernels,
    corner_potential_kernels,
    lower_bound_kernels,
    tree_kernels,
    upper_bound_kernels,
)
from electrosim.conduction.flow import Flow, Method
from electrosim.conduction.grid import Grid, length_per_area
from electrosim.conduction.multigrid import Multigrid
from electrosim.conduction.problem import AXES, Problem
from electrosim.conduction.turned import view

_BYTES_PER_VOXEL = 42  # potentials, phases, runs, split voxels; measured 18 on generated pores, 40 on noise
_STIFF = 0.01  # share of a voxel's strongest face below which a run ends at the next one
_RTOL = 1e-5  # of the solve at most: looser ones widen the interval
_STEPS = 1  # steps on the potentials of the corners
_ENDS = {
    "constant-potential": tree_kernels.FIXED,
    "constant-current": tree_kernels.IMPOSED,
    "periodic": tree_kernels.JUMP,
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


def sharpened(method: Method) -> Method:
    """Return a method whose potential does not widen the interval noticeably; the lower end needs it most."""
    return replace(method, rtol=min(method.rtol, _RTOL)) if isinstance(method, Multigrid) else method


def check_bounds(problem: Problem) -> None:
    """Refuse what no interval is known for, and what the memory cannot hold.

    Raises
    ------
    InputError
        If currents are imposed in the centres of the end voxels, a map holds too many conductivities, or memory lacks.
    """
    if problem.electrode == "first-voxel" and problem.boundary == "constant-current":
        raise InputError(
            'bounds = true with boundary = "constant-current" needs electrode = "face", not "first-voxel"; '
            "change it or leave the interval out",
            ("transport", "electrode"),
        )
    phase, table = problem.phases
    if phase.dtype != np.uint8:
        raise InputError(
            f"bounds = true takes images of at most 255 conductivities, this one has {len(table) - 1}; "
            "round them or leave the interval out",
            ("output", "bounds"),
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
    turned = np.ascontiguousarray(np.moveaxis(flow.potential, AXES.index(direction), 0), np.float64)
    grid = view(problem, direction)
    grid = replace(grid, phase=np.where(np.isfinite(turned), grid.phase, np.uint8(0)))
    sigma = grid.sigma.copy()
    if problem.boundary == "constant-potential" and problem.electrode == "first-voxel":
        grid, sigma, turned = _with_half_voxels(grid, sigma, turned)
    sigma[problem.image.ndim :] = 0.0
    structure = _structure(grid, sigma, turned.reshape(-1, turned.shape[2]), _ENDS[problem.boundary])
    scale = length_per_area(problem, direction)
    return Interval(scale * structure.lower(), scale * structure.upper(steps))


def _with_half_voxels(grid: Grid, sigma: Array, potential: Array) -> tuple[Grid, Array, Array]:
    """Cut the end voxels in halves at their centres, where the electrodes lie, and leave out the outer halves.

    Half a voxel conducts like a whole one of twice the conductivity along the direction and half of it across, so each
    phase gets a second number for the end layers. Their potentials are those of the centres of the halves.
    """
    conductivity = np.concatenate([sigma, sigma * np.array([[2.0], [0.5], [0.5]])], axis=1)
    phase = grid.phase.astype(np.min_scalar_type(conductivity.shape[1] - 1))
    potential = potential.copy()
    old = potential[[0, 1, -2, -1]]
    for end, at, inner in ((0, old[0], old[1]), (-1, old[3], old[2])):
        kind, beside = grid.phase[end], grid.phase[1 if end == 0 else -2]
        through = np.where(beside > 0, grid.face[0][kind, beside] * (at - inner), 0.0)
        potential[end] = at - np.divide(through, 4 * sigma[0][kind], out=np.zeros(at.shape), where=through != 0)
        phase[end][kind > 0] += sigma.shape[1]
    return Grid(phase, conductivity, grid.wrap), conductivity, potential


@dataclass(frozen=True)
class _Structure:
    """What carries current: its runs, a tree along which surpluses leave it, its clusters and what drives them.

    `faces` holds the conducting end faces of the first and the last layer, as flat voxel indices, if currents are
    imposed; `shares` the current through each of them, by clusters.
    """

    grid: Grid
    sigma: Array
    potential: Array
    ends: int
    runs: tuple[Indices, ...]
    tree: tuple[Indices, ...]
    clusters: int
    inflow: Array
    faces: tuple[Indices, Indices]
    shares: tuple[Array, Array]

    def lower(self) -> float:
        """Return a lower bound of the conductance: finite-volume currents, balanced run by run."""
        phase = self.grid.phase
        conducts = (self.grid.face, self.grid.half[0], self.potential, self.grid.wrap, self.runs, self.tree)
        ends = (self.ends, *self.shares)
        passed = lower_bound_kernels.surplus(
            phase.shape, self.grid.half[0], self.potential, self.runs, self.tree, *ends, self.inflow
        )
        current, power = lower_bound_kernels.flux_power(phase, self.sigma, *conducts, passed, *ends, self.clusters)
        return float(np.sum(np.divide(current**2, power, out=np.zeros_like(power), where=power > 0)))

    def upper(self, steps: int) -> float:
        """Return an upper bound of the conductance: a potential trilinear in voxels, continuous where they join."""
        shape, wrap, cluster = self.grid.phase.shape, self.grid.wrap, self.tree[4]
        split, nodes, before = corner_kernels.split_voxels(self.grid.phase, self.grid.face, wrap)
        row_split = np.searchsorted(split, np.arange(0, self.grid.phase.size + 1, shape[2]))
        splits = (split, self.grid.phase.ravel()[split], nodes, self.cluster_of(split), row_split, before)
        corners = [_face_corners(faces, shape, end, split, nodes) for end, faces in enumerate(self.faces)]
        owners = [self.cluster_of(faces) for faces in self.faces]
        currents = [share[owner] for share, owner in zip(self.shares, owners, strict=True)]
        x = corner_potential_kernels.corner_potentials(
            shape,
            self.sigma,
            self.grid.half[0],
            self.potential,
            wrap,
            self.runs,
            cluster,
            splits,
            self.ends,
            *self.shares,
        )
        for _ in range(steps + 1):
            drop, energy = self._drop(x, corners, owners), np.zeros(self.clusters)
            upper_bound_kernels.relax(
                shape, self.sigma, wrap, self.runs, cluster, splits, self.ends, (*corners, *currents), x, energy
            )
        with np.errstate(divide="ignore"):
            return float(np.sum(energy / drop**2))

    def _drop(self, x: Array, corners: list[Indices], owners: list[Indices]) -> Array:
        """Return the drop of the mean potential from the first to the last end faces of each cluster."""
        if self.ends != tree_kernels.IMPOSED:
            return np.ones(self.clusters)
        first, last = (
            np.bincount(owner, x[at].mean(axis=1)) / np.bincount(owner)
            for at, owner in zip(corners, owners, strict=True)
        )
        drop: Array = first - last
        return drop

    def cluster_of(self, voxels: Indices) -> Indices:
        """Return the clusters of voxels given by their flat indices."""
        return _cluster_of(voxels, self.grid.phase.shape[2], self.runs, self.tree)


def _structure(grid: Grid, sigma: Array, potential: Array, ends: int) -> _Structure:
    """Lay the tree and find the currents of the clusters."""
    phase = grid.phase
    thresholds = _decades(np.concatenate([grid.face.ravel(), grid.half[0] if ends == tree_kernels.FIXED else []]))
    runs = tree_kernels.list_runs(phase, _stiff_along_rows(grid.face))
    tree = tree_kernels.spanning_tree(phase.shape, grid.face, grid.half[0], grid.wrap, thresholds, runs, ends)
    clusters = int(tree[4].max()) + 1
    inflow, mean = lower_bound_kernels.inflows(phase, grid.face, potential, grid.wrap, runs, tree, clusters)
    faces = (np.zeros(0, np.int64), np.zeros(0, np.int64))
    shares = (np.zeros(clusters), np.zeros(clusters))
    if ends == tree_kernels.IMPOSED:
        if phase.shape[0] == 1:
            mean[:] = 1.0  # any current does
        layer = phase[0].size
        first, last = (np.flatnonzero(grid.half[0][phase[end].ravel()]) for end in (0, -1))
        faces = (first, last + phase.size - layer)
        shares = tuple(mean / np.bincount(_cluster_of(face, phase.shape[2], runs, tree)) for face in faces)
    return _Structure(grid, sigma, potential, ends, runs, tree, clusters, inflow, faces, shares)


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


def _stiff_along_rows(face: Array) -> NDArray[np.bool_]:
    """Return the phases whose voxels are joined along a row about as well as across it."""
    own = np.diagonal(face, axis1=1, axis2=2)
    stiff: NDArray[np.bool_] = own[2] > _STIFF * own.max(axis=0)
    return stiff


def _decades(conductances: Array) -> Array:
    """Return falling thresholds: the powers of ten below the conductances, and the least conductance itself."""
    positive = conductances[conductances > 0]
    return np.unique(np.append(10.0 ** np.floor(np.log10(positive)), positive.min()))[::-1]
