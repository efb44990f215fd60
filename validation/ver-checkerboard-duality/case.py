"""The checkerboard against the geometric mean, and Keller's duality on a random image that is refined.

The finite volumes are a network of voxel centres whose conductances are harmonic means. Its planar dual is a network
of voxel corners: an edge between two corners crosses the face of two voxels, and its conductance is the arithmetic
mean of theirs, each inverted. So duality holds to rounding between the two schemes, on any grid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
from scipy.sparse.linalg import spsolve

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validate import compare_references
from electrosim.study.validation.metrics import Row
from electrosim.voxels.phantom import checkerboard

K1, K2 = 1.0, 3.0


def compare(folder: Path, observer: Observer) -> list[Row]:
    grid = compare_references(folder, observer)
    exact = {"series": "checkerboard", "reference": math.sqrt(10.0), "against": "exact", "uncertainty": 0.0}
    return [*grid, *(replace(row, **exact) for row in grid), *both_schemes(grid), *duality()]


def both_schemes(grid: list[Row]) -> Iterator[Row]:
    """A checkerboard with its colours exchanged is a checkerboard, so the two schemes are dual to each other."""
    for row in grid:
        voxels = int(row.resolution or 0)
        corners = corner_scheme(np.where(checkerboard((voxels, voxels)), 10.0, 1.0))
        mean = math.sqrt(row.value * corners)
        yield Row("geometric mean of both schemes", row.label, mean, math.sqrt(10.0), resolution=voxels)


def duality() -> Iterator[Row]:
    """Duality is about principal axes, so the image is its own mirror image: a current along x drives none along y."""
    half = (np.random.default_rng(1).random((12, 6)) < 0.5).astype(np.uint8)
    pixels = np.hstack([half, half[:, ::-1]])
    for split in (1, 2, 4, 8, 16):
        image = np.kron(pixels, np.ones((split, split), np.uint8))
        along = conductivity(image, {0: K1, 1: K2}, "x")
        across = conductivity(image, {0: K2, 1: K1}, "y")
        other = corner_scheme(np.where(image, K1, K2).T)
        label = f"{split} voxels per pixel"
        yield Row("duality", label, along * across / (K1 * K2), 1.0, resolution=split)
        yield Row("duality between the schemes", label, along * other / (K1 * K2), 1.0, resolution=split)


def conductivity(image: np.ndarray, phases: dict[int, float], direction: str) -> float:
    problem = Problem(image, 1e-6, phases, directions=direction, boundary="periodic", sides="periodic")
    return float(solve(problem, method=Multigrid(rtol=1e-9))["effective_conductivity"][0])


def corner_scheme(sigma: np.ndarray) -> float:
    """Return the conductivity along axis 0 of the periodic network of voxel corners, by its power."""
    corner = np.arange(sigma.size).reshape(sigma.shape)
    edges = np.arange(sigma.size)
    drops, means = [], []
    for axis in (0, 1):
        step = sparse.coo_array((np.ones(sigma.size), (edges, np.roll(corner, -1, axis).ravel())))
        drops.append(step - sparse.eye_array(sigma.size))
        means.append((sigma + np.roll(sigma, 1, 1 - axis)).ravel() / 2)  # the voxels on both sides of an edge
    drop, conductance = sparse.vstack(drops).tocsr(), np.concatenate(means)
    field = np.repeat([1.0, 0.0], sigma.size)  # a unit gradient along axis 0
    matrix = (drop.T @ sparse.diags_array(conductance) @ drop).tocsc()
    source = -(drop.T @ (conductance * field))
    potential = np.append(0.0, spsolve(matrix[1:, 1:], source[1:]))
    return float(conductance @ (drop @ potential + field) ** 2 / sigma.size)
