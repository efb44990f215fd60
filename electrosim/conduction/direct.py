"""The plain twin of the multigrid: the same discrete problem on one page of numpy and scipy.

It shares no kernel with the fast solver. Clusters that are not joined conduct side by side, so each is solved on its
own by a sparse factorisation and the conductances add up. Meant for reading and for tests: a factorisation fits
images up to about 50 voxels per edge.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy  # its parts are imported when they are used: they take a quarter of a second
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.status import SOLVED
from electrosim.conduction.flow import Flow, Report, no_flow
from electrosim.conduction.grid import length_per_area
from electrosim.conduction.problem import AXES, Problem

_MOST_UNKNOWNS = 150_000
_NOTHING = 1e-12  # conductance below which a cluster in a periodic image carries no current

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


@dataclass(frozen=True)
class Direct:
    """Sparse LU factorisation, for small images."""

    def prepare(self, problem: Problem) -> Callable[[str, Report], Flow]:
        """Return what solves along a direction."""
        return functools.partial(self.flow, problem)

    def flow(self, problem: Problem, direction: str, report: Report) -> Flow:
        """Solve along one direction.

        Raises
        ------
        InputError
            If the image has more conducting voxels than a factorisation should take.
        """
        phase, table = problem.phases
        if np.count_nonzero(phase) > _MOST_UNKNOWNS:
            raise InputError(f"the direct method takes at most {_MOST_UNKNOWNS} conducting voxels; use the multigrid")
        axis = AXES.index(direction)
        scale = (problem.spacing[axis] / np.array(problem.spacing)) ** 2 / problem.reference_conductivity
        sigma = np.moveaxis((table * scale)[phase], 3, 0)
        faces = _faces(problem, sigma, axis)
        number = np.arange(phase.size).reshape(phase.shape)
        half = 2 * sigma[axis].ravel()
        ends = [end[half[end] > 0] for end in (np.take(number, 0, axis).ravel(), np.take(number, -1, axis).ravel())]
        _, cluster = scipy.sparse.csgraph.connected_components(faces.graph(phase.size), directed=False)
        conducting = (phase > 0).ravel()
        potential, total, carrying = np.full(phase.size, np.nan), 0.0, 0
        for label in np.unique(cluster[conducting]):
            part = _Cluster(np.flatnonzero(cluster == label), faces.of(cluster == label), ends, half)
            phi, conductance = part.solve(problem)
            if conductance > _NOTHING:
                potential[part.nodes] = phi
                total += conductance
                carrying += 1
        report(0.0)
        isolated = np.unique(cluster[conducting]).size - carrying
        if carrying == 0:
            return no_flow(problem, isolated)
        relative = total * length_per_area(problem, direction)
        return Flow(potential.reshape(phase.shape), relative, carrying, isolated, np.ones(2), 0, 0.0, 0.0, SOLVED)


@dataclass(frozen=True)
class _Faces:
    """Faces between voxels: the two voxels, the conductance, and the jump of potential across a periodic end."""

    first: Indices
    second: Indices
    conductance: Array
    jump: Array

    def of(self, chosen: NDArray[np.bool_]) -> _Faces:
        at = chosen[self.first]
        return _Faces(self.first[at], self.second[at], self.conductance[at], self.jump[at])

    def graph(self, size: int) -> scipy.sparse.csr_array:
        return scipy.sparse.csr_array((self.conductance, (self.first, self.second)), (size, size))


def _faces(problem: Problem, sigma: Array, direction: int) -> _Faces:
    """Join every voxel to the next one along each axis by the harmonic mean of their conductances."""
    number = np.arange(sigma[0].size).reshape(sigma[0].shape)
    found = []
    for axis in range(problem.image.ndim):
        wraps = problem.boundary == "periodic" if axis == direction else problem.sides == "periodic"
        other, there = np.roll(number, -1, axis), np.roll(sigma[axis], -1, axis)
        total = sigma[axis] + there
        g = 2 * sigma[axis] * there / np.where(total > 0, total, 1.0)
        last = np.zeros(g.shape, bool)
        last[(slice(None),) * axis + (-1,)] = True
        keep = (g > 0) & (~last | wraps)
        found.append((number[keep], other[keep], g[keep], (last & (axis == direction))[keep].astype(float)))
    first, second, conductance, jump = (np.concatenate(arrays) for arrays in zip(*found, strict=True))
    return _Faces(first, second, conductance, jump)


@dataclass(frozen=True)
class _Cluster:
    """Voxels that are joined; their conductance between the electrodes is solved for as if they were alone."""

    nodes: Indices
    faces: _Faces
    ends: list[Indices]
    half: Array

    def solve(self, problem: Problem) -> tuple[Array, float]:
        """Return the potential under a unit drop and the conductance; zero if the electrodes are not joined."""
        ends = [np.flatnonzero(np.isin(self.nodes, end)) for end in self.ends]
        if problem.boundary == "periodic":
            return self._jump()
        if not (ends[0].size and ends[1].size):
            return np.zeros(self.nodes.size), 0.0
        if problem.boundary == "constant-current":
            return self._currents(ends, at_face=problem.electrode == "face")
        return self._potentials(ends, at_face=problem.electrode == "face")

    def _laplacian(self) -> scipy.sparse.csr_array:
        place = {
            "first": np.searchsorted(self.nodes, self.faces.first),
            "second": np.searchsorted(self.nodes, self.faces.second),
        }
        one_way = scipy.sparse.csr_array(
            (self.faces.conductance, (place["first"], place["second"])), (self.nodes.size,) * 2
        )
        graph = one_way + one_way.T
        return scipy.sparse.csr_array(scipy.sparse.diags_array(graph.sum(axis=1)) - graph)

    def _pinned(self, source: Array) -> Array:
        """Solve with the first node held at zero, which a balanced source allows."""
        phi = np.zeros(self.nodes.size)
        if phi.size > 1:
            phi[1:] = scipy.sparse.linalg.spsolve(self._laplacian()[1:, 1:].tocsc(), source[1:])
        return phi

    def _jump(self) -> tuple[Array, float]:
        first, second = np.searchsorted(self.nodes, self.faces.first), np.searchsorted(self.nodes, self.faces.second)
        g, jump = self.faces.conductance, self.faces.jump
        source = np.zeros(self.nodes.size)
        np.add.at(source, first, -g * jump)
        np.add.at(source, second, g * jump)
        phi = self._pinned(source)
        weight = np.abs(source)
        middle = np.average(phi, weights=weight) if weight.any() else 0.0
        return phi - middle + 0.5, float(np.sum(g * (phi[first] - phi[second] + jump) ** 2))

    def _currents(self, ends: list[Indices], *, at_face: bool) -> tuple[Array, float]:
        source = np.zeros(self.nodes.size)
        for end, sign in zip(ends, (1.0, -1.0), strict=True):
            source[end] += sign / end.size
        phi = self._pinned(source)
        inlet, outlet = (phi[end].mean() for end in ends)
        lost = sum(float(np.mean(1 / (end.size * self.half[self.nodes[end]]))) for end in ends) if at_face else 0.0
        drop = inlet - outlet + lost
        return (phi - (inlet + outlet) / 2) / drop + 0.5, 1 / drop

    def _potentials(self, ends: list[Indices], *, at_face: bool) -> tuple[Array, float]:
        laplacian = self._laplacian()
        phi = np.zeros(self.nodes.size)
        if at_face:
            ground, source = np.zeros_like(phi), np.zeros_like(phi)
            inflow = self.half[self.nodes[ends[0]]]
            for end in ends:
                ground[end] += self.half[self.nodes[end]]
            source[ends[0]] += inflow
            phi = np.atleast_1d(
                scipy.sparse.linalg.spsolve((laplacian + scipy.sparse.diags_array(ground)).tocsc(), source)
            )
            return phi, float(inflow @ (1 - phi[ends[0]]))
        phi[ends[0]] = 1.0
        free = np.setdiff1d(np.arange(phi.size), np.concatenate(ends))
        if free.size:
            phi[free] = scipy.sparse.linalg.spsolve(laplacian[free][:, free].tocsc(), -(laplacian @ phi)[free])
        return phi, float((laplacian @ phi)[ends[0]].sum())
