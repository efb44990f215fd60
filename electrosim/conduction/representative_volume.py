"""Conductivity against sub-volume size: whether an image is large enough to stand for its material.

Sub-volumes of one size scatter. Where they are larger than the structure's correlations, the variance of their
conductivity falls as one over their volume (Lantuejoul 1991; Kanit et al. 2003), so the scatter of small ones tells
that of the whole image, of which there is only one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.conduction.flow import Method
from electrosim.conduction.problem import Boundary, Problem
from electrosim.conduction.sub_volumes import places, solve_cubes

Array = NDArray[np.float64]

_ENOUGH = 8  # sub-volumes from which a standard deviation is known to about a quarter


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
    cubes = [cube for size in sorted(asked.sizes) for cube in places(problem.image.shape, size, asked.most, rng)]
    conductivity, fraction = solve_cubes(problem, method, asked.boundary, cubes, observer)
    return _statistics(problem, asked, np.array([cube.size for cube in cubes]), conductivity, fraction)


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
        "rev_status": variable((), sentence, "1", "what the scatter of the sub-volumes means"),
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
