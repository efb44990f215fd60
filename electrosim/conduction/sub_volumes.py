"""Sub-volumes of an image, solved side by side."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.memory import side_by_side
from electrosim.base.observer import Observer
from electrosim.conduction.flow import Method
from electrosim.conduction.other_image import on_phases
from electrosim.conduction.problem import Boundary, Problem
from electrosim.conduction.stoppable_pool import stoppable_pool

Array = NDArray[np.float64]

_BYTES_PER_VOXEL = 200  # of a solve in which every voxel conducts, see `directions`


@dataclass(frozen=True)
class Cube:
    """A sub-volume: its first voxel along each axis, and its edge in voxels."""

    corner: tuple[int, ...]
    size: int

    @property
    def part(self) -> tuple[slice, ...]:
        """The index of its voxels in the image."""
        return tuple(slice(start, start + self.size) for start in self.corner)

    @property
    def voxels(self) -> int:
        """How many there are."""
        return int(self.size ** len(self.corner))


def places(shape: tuple[int, ...], size: int, most: int, rng: np.random.Generator) -> Iterator[Cube]:
    """Yield cubes that lie side by side, packed from the first voxel; at most so many, chosen at random."""
    grid = [length // size for length in shape]
    count = math.prod(grid)
    chosen = np.sort(rng.choice(count, min(count, most), replace=False))
    for place in zip(*np.unravel_index(chosen, grid), strict=True):
        yield Cube(tuple(size * int(step) for step in place), size)


def solve_cubes(
    problem: Problem, method: Method, boundary: Boundary, cubes: Sequence[Cube], observer: Observer
) -> tuple[Array, Array]:
    """Solve cubes of an image on all cores, the last ones first.

    An exception in one of them, or an interrupt, ends the others at their next iteration.

    Returns
    -------
    conductivity : ndarray, shape (cubes, directions)
        Relative conductivity; zero without a path, NaN where the solve did not succeed.
    fraction : ndarray, shape (cubes,)
        Conducting volume fraction.
    """
    image = problem.phases[0].reshape(problem.image.shape)
    conductivity, fraction = np.zeros((len(cubes), len(problem.directions))), np.zeros(len(cubes))

    def one(number: int, go_on: Callable[[], None]) -> int:
        phase = np.ascontiguousarray(image[cubes[number].part])
        fraction[number] = np.count_nonzero(phase) / phase.size
        part = on_phases(problem, phase, boundary=boundary)
        if part is not None:
            solve = method.prepare(part)
            for place, direction in enumerate(problem.directions):
                flow = solve(direction, lambda _: go_on())
                conductivity[number, place] = flow.relative_conductivity if flow.status.solved else np.nan
        return phase.size

    work, done = sum(cube.voxels for cube in cubes), 0
    needed = _BYTES_PER_VOXEL * max(cube.voxels for cube in cubes)
    with stoppable_pool(side_by_side(len(cubes), needed)) as (pool, go_on):
        for future in as_completed([pool.submit(one, number, go_on) for number in reversed(range(len(cubes)))]):
            done += future.result()
            observer("representative volume", done / work, f"{len(cubes)} cubes")
    return conductivity, fraction
