"""Phantoms of spheres, as arrays of 0 (matrix) and 1 (sphere); in two dimensions of discs.

A voxel belongs to a sphere if its centre does. All images are periodic along every axis.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError

Cubic = Literal["sc", "bcc", "fcc"]

# Centres in half cell edges, and the largest radius in cell edges: spheres touch.
_CENTRES: dict[str, tuple[tuple[int, ...], ...]] = {
    "sc": ((1, 1, 1),),
    "bcc": ((1, 1, 1), (0, 0, 0)),
    "fcc": ((0, 0, 0), (1, 1, 0), (1, 0, 1), (0, 1, 1)),
}
_TOUCHING = {"sc": 1 / 2, "bcc": math.sqrt(3) / 4, "fcc": math.sqrt(2) / 4}


def ball_volume(radius: float, axes: int) -> float:
    """Return the volume of a sphere, or the area of a disc for two axes."""
    return math.pi * radius * radius if axes == 2 else 4 / 3 * math.pi * radius * radius * radius


def cubic_cell(shape: Sequence[int], cells: int) -> int:
    """Return the edge [voxels] of a cubic cell of which `cells` lie along the shortest edge of the image.

    Raises
    ------
    InputError
        If the image is not made of whole cells.
    """
    edge = min(shape) // cells
    if edge == 0 or min(shape) != edge * cells or any(size % edge for size in shape):
        sizes = ", ".join(map(str, shape))
        raise InputError(f"shape [{sizes}] cannot be divided into whole cubic cells, {cells} along the shortest edge")
    return edge


def cubic_radius(arrangement: Cubic, sphere_fraction: float, axes: int) -> float:
    """Return the radius [cell edges] of the spheres of a cubic array.

    Raises
    ------
    InputError
        If the spheres would overlap, or a body- or face-centred array is wanted in two dimensions.
    """
    if axes == 2 and arrangement != "sc":
        raise InputError(f'the arrangement "{arrangement}" needs three axes; in two only "sc" and "random" exist')
    count, largest = len(_CENTRES[arrangement]), _TOUCHING[arrangement]
    touching = count * ball_volume(largest, axes)
    if sphere_fraction > touching * (1 + 1e-4):  # 0.5236 is meant to touch though pi/6 = 0.523599
        raise InputError(
            f"spheres in {arrangement} arrangement touch at a sphere_fraction of {touching:.4f}; stay below"
        )
    return largest * min(1.0, math.exp(math.log(sphere_fraction / touching) / axes))


def cubic_array(
    shape: Sequence[int], arrangement: Cubic, sphere_fraction: float, *, cells: int = 1
) -> NDArray[np.uint8]:
    """Place equal spheres on a cubic lattice.

    Parameters
    ----------
    shape : sequence of int
        Voxels along two or three axes.
    arrangement : {"sc", "bcc", "fcc"}
        Simple, body-centred or face-centred cubic; with two axes "sc" is the square array of discs.
    sphere_fraction : float
        Volume fraction of the true spheres, from which the radius follows.
    cells : int
        Unit cells along the shortest edge.

    Returns
    -------
    ndarray of uint8
        1 in spheres, 0 elsewhere; symmetric under reflection along each axis.

    Raises
    ------
    InputError
        As `cubic_cell` and `cubic_radius`.

    Examples
    --------
    >>> int(cubic_array((8, 8, 8), "sc", 0.5236).sum())  # of 512
    280
    """
    edge = cubic_cell(shape, cells)
    radius = cubic_radius(arrangement, sphere_fraction, len(shape))
    position = 2 * np.arange(edge) + 1  # of voxel centres, in half voxels: integers keep the symmetry exact
    cell = np.zeros((edge,) * len(shape), dtype=bool)
    for centre in _CENTRES[arrangement]:
        squares = []
        for half in centre[: len(shape)]:
            distance = np.abs(position - half * edge)
            squares.append(np.minimum(distance, 2 * edge - distance) ** 2)
        cell |= _sum_over_axes(squares) <= (2 * radius * edge) ** 2
    return np.tile(cell, [size // edge for size in shape]).view(np.uint8)


def mean_count(shape: Sequence[int], sphere_fraction: float, diameter: float) -> float:
    """Return how many random overlapping spheres cover a share of the image on average (not rounded).

    Raises
    ------
    InputError
        If a sphere is smaller than a voxel or larger than the image, one alone covers more than the share, or there
        would be too many.
    """
    if diameter < 1:
        raise InputError(f"a sphere of {diameter:.6g} voxels is smaller than a voxel; raise diameter")
    if diameter > min(shape):
        raise InputError(f"a sphere of {diameter:.6g} voxels does not fit in the image; lower diameter")
    one = ball_volume(diameter / 2, len(shape)) / math.prod(shape)
    if one > sphere_fraction:
        raise InputError(f"one sphere alone covers {one:.4g} of the image, more than sphere_fraction; lower diameter")
    count = math.log1p(-sphere_fraction) / math.log1p(-one)
    if count > 1e6:
        raise InputError(f"{count:.3g} spheres would be needed, more than a million; raise diameter")
    return count


def random_spheres(
    shape: Sequence[int], sphere_fraction: float, diameter: float, *, seed: int = 0
) -> NDArray[np.uint8]:
    """Place equal spheres at random; they may overlap and wrap around the edges.

    A voxel is free of n independent spheres with the probability (1 - v)^n, v being a sphere's share of the image.
    n is drawn from the two integers around the count that gives the wanted share, such that its expectation is exact.

    Parameters
    ----------
    shape : sequence of int
        Voxels along two or three axes.
    sphere_fraction : float
        Expected share of the image that the spheres cover.
    diameter : float
        Of each sphere [voxels].
    seed : int
        Of `numpy.random.default_rng`.

    Returns
    -------
    ndarray of uint8
        1 in spheres, 0 elsewhere.

    Raises
    ------
    InputError
        As `mean_count`.
    """
    count = math.floor(mean_count(shape, sphere_fraction, diameter))
    free = 1 - ball_volume(diameter / 2, len(shape)) / math.prod(shape)
    one_more = (free**count - (1 - sphere_fraction)) / (free**count * (1 - free)) if free > 0 else 0.0
    rng = np.random.default_rng(seed)
    count += int(rng.random() < one_more)
    covered = np.zeros(shape, dtype=bool)
    for centre in rng.random((count, len(shape))) * shape:
        where, square = ball(shape, centre, diameter / 2)
        covered[where] |= square <= (diameter / 2) ** 2
    return covered.view(np.uint8)


def ball(
    shape: Sequence[int], centre: NDArray[np.float64], radius: float
) -> tuple[tuple[NDArray[np.int64], ...], NDArray[np.float64]]:
    """Return the periodic box of voxels around a ball.

    Parameters
    ----------
    shape : sequence of int
        Voxels along each axis.
    centre : ndarray of float
        Of the ball [voxels]; the centre of the first voxel is at 0.5.
    radius : float
        [voxels], at most half of the shortest edge.

    Returns
    -------
    tuple
        An index of the box, made with `numpy.ix_`, and the squared distances [voxels^2] of its voxels from the centre.
    """
    indices, squares = [], []
    for size, middle in zip(shape, centre, strict=True):
        first = math.ceil(middle - radius - 0.5)
        last = min(math.floor(middle + radius - 0.5), first + size - 1)
        along = np.arange(first, last + 1)
        indices.append(along % size)
        squares.append((along + 0.5 - middle) ** 2)
    return np.ix_(*indices), _sum_over_axes(squares)


def _sum_over_axes(parts: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the sum of one vector per axis at each voxel."""
    total: NDArray[np.float64] = sum(np.ix_(*parts))  # type: ignore[assignment]
    return total
