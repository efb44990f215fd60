"""Phantoms of regular geometry and PoreSpy's blobs, in voxels; see also `carbon_binder`, `electrode` and `spheres`."""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.voxels.carbon_binder import carbon_binder
from electrosim.voxels.electrode import electrode
from electrosim.voxels.guarded_porespy import guarded_porespy
from electrosim.voxels.spheres import cubic_array, random_spheres

__all__ = [
    "blobs",
    "carbon_binder",
    "checkerboard",
    "cubic_array",
    "electrode",
    "laminate",
    "random_spheres",
    "square_inclusions",
]


def blobs(shape: Sequence[int], porosity: float, *, blobiness: float = 1.0, seed: int = 0) -> NDArray[np.uint8]:
    """Generate PoreSpy's blobs: 1 in pores, 0 in the solid.

    Parameters
    ----------
    shape : sequence of int
        Voxels along two or three axes.
    porosity : float
        Share of the pores.
    blobiness : float
        The larger, the finer: the noise is smoothed over mean(shape) / (40 blobiness) voxels.
    seed : int
        At most 2^32 - 1; numpy's global random state is left as it was.

    Returns
    -------
    ndarray of uint8
        Periodic along every axis.

    References
    ----------
    Gostick et al., J. Open Source Softw. 4 (2019) 1296, doi:10.21105/joss.01296.
    """
    with guarded_porespy() as porespy:
        image = porespy.generators.blobs(list(shape), porosity=porosity, blobiness=blobiness, seed=seed)
    return np.ascontiguousarray(image, dtype=bool).view(np.uint8)


def check_laminate(shape: Sequence[int], axis: int, layers: Sequence[int]) -> None:
    """Refuse layers that the image cannot hold.

    Raises
    ------
    InputError
        If the image has no such axis, or one repeat of the layers is thicker than the image.
    """
    if axis >= len(shape):
        raise InputError(f"an image of {len(shape)} axes has no axis {'xyz'[axis]}")
    if sum(layers) > shape[axis]:
        raise InputError(
            f"the layers add up to {sum(layers)} voxels and the image has {shape[axis]} along {'xyz'[axis]}; "
            "make them thinner"
        )


def laminate(shape: Sequence[int], axis: int, layers: Sequence[int]) -> NDArray[np.uint8]:
    """Stack layers along an axis, repeated until the image is full; the last repeat may be cut.

    Parameters
    ----------
    shape : sequence of int
        Voxels along two or three axes.
    axis : int
        0, 1 or 2 for x, y or z.
    layers : sequence of int
        Thickness of each layer [voxels].

    Returns
    -------
    ndarray of uint8
        Number of the layer, from 0.

    Raises
    ------
    InputError
        As `check_laminate`.

    Examples
    --------
    >>> laminate((2, 6), 1, [1, 2])
    array([[0, 1, 1, 0, 1, 1],
           [0, 1, 1, 0, 1, 1]], dtype=uint8)
    """
    check_laminate(shape, axis, layers)
    period = np.repeat(np.arange(len(layers), dtype=np.uint8), layers)
    profile = np.resize(period, shape[axis])
    image: NDArray[np.uint8] = np.broadcast_to(
        profile.reshape([-1 if other == axis else 1 for other in range(len(shape))]), tuple(shape)
    )
    return np.ascontiguousarray(image)


def layer_names(count: int) -> dict[str, int]:
    """Return the phases of a laminate: a, b, c and so on with labels from 0."""
    return {string.ascii_lowercase[label]: label for label in range(count)}


def check_checkerboard(shape: Sequence[int], cells: int) -> None:
    """Refuse an edge that is not made of whole cells.

    Raises
    ------
    InputError
        With the edge.
    """
    for name, size in zip("xyz", shape, strict=False):
        if size % cells:
            raise InputError(f"{cells} cells per edge do not divide the {size} voxels along {name}; use a multiple")


def checkerboard(shape: Sequence[int], *, cells: int = 2) -> NDArray[np.uint8]:
    """Alternate two phases along every axis.

    Parameters
    ----------
    shape : sequence of int
        Voxels along two or three axes.
    cells : int
        Fields along each edge.

    Returns
    -------
    ndarray of uint8
        0 and 1; the first field is 0.

    Raises
    ------
    InputError
        As `check_checkerboard`.

    Examples
    --------
    >>> checkerboard((2, 4))
    array([[0, 0, 1, 1],
           [1, 1, 0, 0]], dtype=uint8)
    """
    check_checkerboard(shape, cells)
    parities = [(np.arange(size) // (size // cells) % 2).astype(np.uint8) for size in shape]
    total: NDArray[np.uint8] = sum(np.ix_(*parities))  # type: ignore[assignment]
    return total % np.uint8(2)


def check_inclusions(shape: Sequence[int], cells: int) -> None:
    """Refuse an image in which the squares would not be squares of a quarter of the area.

    Raises
    ------
    InputError
        If x and y edge differ or are not a multiple of four times the cells.
    """
    if shape[0] != shape[1] or shape[0] % (4 * cells):
        raise InputError(
            f"{shape[0]} x {shape[1]} voxels along x and y do not hold {cells} x {cells} square cells; "
            f"give both the same multiple of {4 * cells}"
        )


def square_inclusions(shape: Sequence[int], *, cells: int = 1) -> NDArray[np.uint8]:
    """Centre a square of a quarter of the area in each of `cells` x `cells` square cells; extruded along z.

    Parameters
    ----------
    shape : sequence of int
        Voxels along two or three axes.
    cells : int
        Cells along x and along y.

    Returns
    -------
    ndarray of uint8
        1 in the squares, 0 elsewhere.

    Raises
    ------
    InputError
        As `check_inclusions`.

    References
    ----------
    Obnosov, SIAM J. Appl. Math. 59 (1999) 1267: the exact conductivity of this geometry.

    Examples
    --------
    >>> square_inclusions((4, 4))
    array([[0, 0, 0, 0],
           [0, 1, 1, 0],
           [0, 1, 1, 0],
           [0, 0, 0, 0]], dtype=uint8)
    """
    check_inclusions(shape, cells)
    quarter = shape[0] // cells // 4
    inside = np.tile(np.repeat([False, True, True, False], quarter), cells)
    image = np.zeros(tuple(shape), dtype=np.uint8)
    image[np.ix_(inside, inside)] = 1
    return image
