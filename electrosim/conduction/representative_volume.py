"""Conductivity against sub-volume size: whether an image is large enough to stand for its material.

Sub-volumes of one size scatter. Where they are larger than the structure's correlations, the variance of their
conductivity falls as one over their volume (Lantuejoul 1991; Kanit et al. 2003), so the scatter of small ones tells
that of the whole image, of which there is only one.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest
from electrosim.base.memory import side_by_side
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.conduction.flow import Method
from electrosim.conduction.other_image import on_phases
from electrosim.conduction.problem import Boundary, Problem

Array = NDArray[np.float64]

_ENOUGH = 8  # sub-volumes from which a standard deviation is known to about a quarter
_BYTES_PER_VOXEL = 200  # of a solve in which every voxel conducts


class _Stopped(Exception):  # noqa: N818  not an error: another sub-volume has ended the analysis
    """Ends the solve of a sub-volume whose result is no longer wanted."""


@dataclass(frozen=True)
class RepresentativeVolume:
    """Which sub-volumes to solve, and what counts as representative.

    Parameters
    ----------
    sizes : tuple of int
        Edges of the cubes (squares in 2-D), at least two [voxels].
    most : int
        Most cubes of one size; if more fit side by side, a random choice of them.
    seed : int
        Of that choice.
    boundary : {"constant-potential", "constant-current", "periodic"}
        What drives the current through a cube.
    accuracy : float
        The image is representative if one standard deviation of the conductivity of volumes of its size is at most
        this share of their mean.

    Raises
    ------
    InputError
        If there are fewer than two sizes, one is less than 2 or comes twice, or another value is impossible.
    """

    sizes: tuple[int, ...]
    most: int = 64
    seed: int = 0
    boundary: Boundary = "constant-potential"
    accuracy: float = 0.05

    def __post_init__(self) -> None:
        """Check every number."""
        if len(set(self.sizes)) < 2 or len(set(self.sizes)) < len(self.sizes) or min(self.sizes) < 2:
            raise InputError(
                f"rev.sizes = {list(self.sizes)}: give two different edges or more, each of two voxels at least",
                ("rev", "sizes"),
            )
        if self.boundary not in get_args(Boundary):
            raise InputError(
                f"rev.boundary = {self.boundary!r} is not known; {nearest(self.boundary, get_args(Boundary))}",
                ("rev", "boundary"),
            )
        if self.most < 2:
            raise InputError(f"rev.most = {self.most}: a scatter needs two cubes of a size or more", ("rev", "most"))
        if not 0 < self.accuracy < 1:
            raise InputError(f"rev.accuracy = {self.accuracy}: it must lie between 0 and 1", ("rev", "accuracy"))

    def check(self, shape: tuple[int, ...]) -> None:
        """Refuse cubes that do not fit an image of this shape."""
        if max(self.sizes) > min(shape):
            raise InputError(
                f"rev.sizes = {list(self.sizes)}: a cube of {max(self.sizes)} voxels does not fit the image of "
                f"{' x '.join(map(str, shape))}; at most {min(shape)} are possible",
                ("rev", "sizes"),
            )


@dataclass(frozen=True)
class _Cube:
    """A sub-volume: first voxel along each axis, and edge."""

    corner: tuple[int, ...]
    size: int

    def of(self, phase: NDArray[np.uint8]) -> NDArray[np.uint8]:
        part = tuple(slice(start, start + self.size) for start in self.corner)
        return np.ascontiguousarray(phase[part])


def representative_volume(
    problem: Problem, method: Method, asked: RepresentativeVolume, observer: Observer
) -> dict[str, Any]:
    """Solve the sub-volumes of an image, side by side, and say what their scatter means for the whole.

    Parameters
    ----------
    problem : Problem
        Image, conductivities, directions, electrodes and sides.
    method : Method
        How to solve.
    asked : RepresentativeVolume
        Which sub-volumes.
    observer : callable
        Hears the share of the work that is done.

    Returns
    -------
    dict of str to variables
        With dimension `rev_sample`: `rev_sample_size`, `rev_fraction`, and `rev_conductivity` with `direction`. With
        dimension `rev_size`: `rev_count`, `rev_fraction_mean`, `rev_fraction_standard_deviation` and, with
        `direction`, `rev_conductivity_mean`, `rev_conductivity_standard_deviation`, `rev_no_path_share`. With
        dimension `direction`: `rev_standard_error` (of a volume as large as the image, over the mean),
        `rev_size_needed` [voxels] and `rev_representative`; `rev_status` is the sentence. Conductivities are relative.

    Raises
    ------
    InputError
        If a cube is larger than the image.
    """
    asked.check(problem.image.shape)
    rng = np.random.default_rng(asked.seed)
    cubes = [cube for size in sorted(asked.sizes) for cube in _places(problem.image.shape, size, asked.most, rng)]
    conductivity, fraction = _solve_all(problem, method, asked.boundary, cubes, observer)
    return _statistics(problem, asked, np.array([cube.size for cube in cubes]), conductivity, fraction)


def _places(shape: tuple[int, ...], size: int, most: int, rng: np.random.Generator) -> Iterator[_Cube]:
    """Yield cubes that lie side by side, packed from the first voxel; at most so many, chosen at random."""
    grid = [length // size for length in shape]
    count = math.prod(grid)
    chosen = np.sort(rng.choice(count, min(count, most), replace=False))
    for place in zip(*np.unravel_index(chosen, grid), strict=True):
        yield _Cube(tuple(size * int(step) for step in place), size)


def _solve_all(
    problem: Problem, method: Method, boundary: Boundary, cubes: list[_Cube], observer: Observer
) -> tuple[Array, Array]:
    """Return relative conductivity (cubes, directions) and conducting fraction (cubes), the largest solved first."""
    stop = threading.Event()
    image = problem.phases[0].reshape(problem.image.shape)
    conductivity, fraction = np.zeros((len(cubes), len(problem.directions))), np.zeros(len(cubes))

    def report(_: float) -> None:
        if stop.is_set():
            raise _Stopped

    def one(number: int) -> int:
        phase = cubes[number].of(image)
        part = on_phases(problem, phase, boundary=boundary)
        fraction[number] = np.count_nonzero(phase) / phase.size
        for place, direction in enumerate(problem.directions if part else ""):
            report(0.0)
            flow = method.flow(part, direction, report)  # type: ignore[arg-type]
            conductivity[number, place] = flow.relative_conductivity if flow.status.solved else np.nan
        return phase.size

    work = sum(cube.size**problem.image.ndim for cube in cubes)
    needed = _BYTES_PER_VOXEL * max(cube.size for cube in cubes) ** problem.image.ndim
    with ThreadPoolExecutor(side_by_side(len(cubes), needed)) as pool:
        done = 0
        try:
            for future in as_completed([pool.submit(one, number) for number in reversed(range(len(cubes)))]):
                done += future.result()
                observer("representative volume", done / work, f"{len(cubes)} cubes")
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return conductivity, fraction


def _statistics(
    problem: Problem, asked: RepresentativeVolume, size: NDArray[np.int_], conductivity: Array, fraction: Array
) -> dict[str, Any]:
    """Return mean and scatter of each size and what follows for the whole image."""
    sizes = np.unique(size)
    groups = [size == one for one in sizes]
    count = np.array([group.sum() for group in groups])
    mean = np.stack([conductivity[group].mean(axis=0) for group in groups], axis=1)
    deviation = np.stack([_deviation(conductivity[group]) for group in groups], axis=1)
    no_path = np.stack([(conductivity[group] == 0).mean(axis=0) for group in groups], axis=1)
    fractions = np.array([fraction[group].mean() for group in groups])
    scatter = np.array([_deviation(fraction[group]) for group in groups])
    verdict = _verdict(problem, asked, sizes, count, mean, deviation)
    both = ("direction", "rev_size")
    return {
        "rev_size": variable("rev_size", sizes, "1", "edge of a sub-volume in voxels"),
        "rev_count": variable("rev_size", count, "1", "sub-volumes solved"),
        "rev_conductivity_mean": variable(both, mean, "1", "mean relative conductivity of sub-volumes"),
        "rev_conductivity_standard_deviation": variable(both, deviation, "1", "standard deviation of the same"),
        "rev_no_path_share": variable(both, no_path, "1", "share of sub-volumes without a path"),
        "rev_fraction_mean": variable("rev_size", fractions, "1", "mean conducting fraction of sub-volumes"),
        "rev_fraction_standard_deviation": variable("rev_size", scatter, "1", "standard deviation of the same"),
        "rev_sample_size": variable("rev_sample", size, "1", "edge of each sub-volume in voxels"),
        "rev_conductivity": variable(("direction", "rev_sample"), conductivity.T, "1", "relative conductivity of each"),
        "rev_fraction": variable("rev_sample", fraction, "1", "conducting fraction of each"),
    } | verdict


def _verdict(
    problem: Problem,
    asked: RepresentativeVolume,
    sizes: NDArray[np.int_],
    count: NDArray[np.int_],
    mean: Array,
    deviation: Array,
) -> dict[str, Any]:
    """Carry the scatter of the largest size of which there are enough cubes over to the whole image."""
    standard = np.full(len(mean), np.nan)
    needed = np.full(len(mean), np.nan)
    enough = np.flatnonzero(count >= _ENOUGH)
    base = int(enough[-1]) if enough.size else 0
    known = (mean[:, base] > 0) & bool(enough.size)
    ndim, edge = problem.image.ndim, int(sizes[base])
    relative = deviation[known, base] / mean[known, base]
    standard[known] = relative * math.sqrt(edge**ndim / problem.image.size)
    needed[known] = np.maximum(np.ceil(edge * (relative / asked.accuracy) ** (2 / ndim)), 1)
    representative = standard <= asked.accuracy
    words = "relative standard deviation of a volume as large as the image, by the variance-volume law"
    sentence = _sentence(asked, problem.directions, standard, needed, f"{count[base]} cubes of {edge} voxels")
    return {
        "rev_standard_error": variable("direction", standard, "1", words),
        "rev_size_needed": variable("direction", needed, "1", "edge in voxels of a cube that would be representative"),
        "rev_representative": variable("direction", representative, "1", "whether the image is representative"),
        "rev_status": variable((), sentence, "1", "whether the image is representative"),
    }


def _sentence(asked: RepresentativeVolume, directions: str, standard: Array, needed: Array, source: str) -> str:
    """Say whether the image is large enough, and how large it would have to be."""
    if np.isnan(standard).any():
        return (
            "Whether the image is representative cannot be said: that takes a mean conductivity above zero of at "
            f"least {_ENOUGH} cubes of one size; other rev.sizes may help."
        )
    worst = int(standard.argmax())
    scatter = (
        f"along {directions[worst]} the conductivity of volumes of its size scatters by {100 * standard[worst]:.3g} % "
        f"(one standard deviation, from {source})"
    )
    if standard[worst] <= asked.accuracy:
        return f"The image is representative within {100 * asked.accuracy:.3g} %: {scatter}."
    return (
        f"The image is too small to be representative within {100 * asked.accuracy:.3g} %: {scatter}; "
        f"it takes a cube of {int(needed.max())} voxels."
    )


def _deviation(values: Array) -> Array:
    """Return the standard deviation over the first axis, NaN for a single value."""
    return np.std(values, axis=0, ddof=1) if len(values) > 1 else np.full(values.shape[1:], np.nan)
