"""A phantom of the carbon-binder domain: level set of a Gaussian random field, and spherical large pores."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.voxels.spheres import ball, ball_volume


def check_large_pores(shape: Sequence[int], porosity: float, large_pores: float, large_pore_diameter: float) -> None:
    """Refuse large pores that do not fit.

    Raises
    ------
    InputError
        If they take the whole porosity, are larger than the image or smaller than a voxel, or would be too many.
    """
    if large_pores == 0:
        return
    if large_pore_diameter < 1:
        raise InputError(
            f"large pores of {large_pore_diameter:.4g} voxels are smaller than a voxel; raise large_pore_diameter"
        )
    if large_pores >= porosity:
        raise InputError(
            f"large_pores ({large_pores:.4g}) must be smaller than porosity ({porosity:.4g}), which includes them"
        )
    volume = large_pores * math.prod(shape)
    whole = ball_volume(large_pore_diameter / 2, len(shape))
    diameter = large_pore_diameter * min(1.0, volume / whole) ** (1 / len(shape))
    if diameter > min(shape):
        raise InputError(
            f"a large pore of {diameter:.4g} voxels does not fit in an image of {min(shape)} voxels; "
            "lower large_pore_diameter or large_pores"
        )
    if volume / whole > 1e5:
        raise InputError(
            f"{volume / whole:.3g} large pores would be needed, more than 100000; raise large_pore_diameter"
        )


def check_correlation_length(shape: Sequence[int], correlation_length: float) -> None:
    """Refuse a correlation length that the image cannot show.

    Raises
    ------
    InputError
        If it is longer than half of the longest edge.
    """
    if correlation_length > max(shape) / 2:
        raise InputError(
            f"a correlation_length of {correlation_length:.4g} voxels is longer than half of the longest edge, "
            f"{max(shape)} voxels; lower it or enlarge the image"
        )


def carbon_binder(
    shape: Sequence[int],
    porosity: float,
    *,
    correlation_length: float = 6.0,
    large_pores: float = 0.03,
    large_pore_diameter: float = 40.0,
    seed: int = 0,
) -> NDArray[np.uint8]:
    """Generate a carbon-binder domain: 1 in pores, 0 in carbon and binder.

    Spherical large pores are placed at random until they fill their share. Of the other voxels, those with the lowest
    values of a Gaussian random field are pores, as many as the porosity asks for. Field and large pores are periodic
    along every axis. Both shares are met to a voxel.

    Parameters
    ----------
    shape : sequence of int
        Voxels along two or three axes.
    porosity : float
        Share of all pores.
    correlation_length : float
        l [voxels] in the covariance exp(-r^2 / (4 l^2)) of the field, which is white noise smoothed with a Gaussian
        of standard deviation l. At a porosity of 0.34 the median pore diameter is about 2.6 l.
    large_pores : float
        Share of the large pores, part of the porosity; they may overlap.
    large_pore_diameter : float
        [voxels]; the last pore is smaller, so that the share is met.
    seed : int
        Of `numpy.random.default_rng`.

    Returns
    -------
    ndarray of uint8

    Raises
    ------
    InputError
        If large pores or correlation length do not fit the image, or the porosity leaves no voxel of a phase.

    References
    ----------
    Graefensteiner et al., arXiv:2409.11080: level sets of Gaussian fields and spherical large pores, fitted to
    FIB-SEM images of electrodes.

    Examples
    --------
    >>> int(carbon_binder((32, 32, 32), 0.25, seed=1).sum())  # of 32768
    8192
    """
    check_large_pores(shape, porosity, large_pores, large_pore_diameter)
    check_correlation_length(shape, correlation_length)
    size = math.prod(shape)
    pores = round(porosity * size)
    if not 0 < pores < size:
        raise InputError(f"a porosity of {porosity:.4g} leaves one phase without a voxel; enlarge the image")
    rng = np.random.default_rng(seed)
    large = _large_pores(shape, round(large_pores * size), large_pore_diameter / 2, rng)
    field = gaussian_field(shape, correlation_length, rng)
    field[large] = -np.inf
    return _lowest(field, pores).view(np.uint8)


def gaussian_field(shape: Sequence[int], correlation_length: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a periodic Gaussian random field of covariance exp(-r^2 / (4 l^2)), up to a factor.

    Parameters
    ----------
    shape : sequence of int
        Voxels along each axis.
    correlation_length : float
        l [voxels].
    rng : numpy.random.Generator
        Source of the white noise.

    Returns
    -------
    ndarray of float32
    """
    spectrum = scipy.fft.rfftn(rng.standard_normal(shape, dtype=np.float32), overwrite_x=True)
    for axis, size in enumerate(shape):
        frequency = np.fft.rfftfreq(size) if axis == len(shape) - 1 else np.fft.fftfreq(size)
        damping = np.exp(-0.5 * (2 * np.pi * correlation_length * frequency) ** 2).astype(np.float32)
        spectrum *= damping.reshape([-1 if other == axis else 1 for other in range(len(shape))])
    spectrum.flat[0] = 0  # the mean, which would only cost digits
    field: NDArray[np.float32] = scipy.fft.irfftn(spectrum, s=tuple(shape), overwrite_x=True)
    return field


def _large_pores(shape: Sequence[int], wanted: int, radius: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Place balls until they cover the wanted number of voxels; the last one is filled from its centre."""
    covered = np.zeros(shape, dtype=bool)
    radius = min(radius, min(shape) / 2)
    while wanted > 0:
        where, square = ball(shape, rng.random(len(shape)) * shape, radius)
        box = covered[where]
        new = np.flatnonzero((square <= radius**2) & ~box)
        if new.size > wanted:
            new = new[np.argsort(square.ravel()[new], kind="stable")[:wanted]]
        box.ravel()[new] = True
        covered[where] = box
        wanted -= new.size
    return covered


def _lowest(field: NDArray[np.float32], count: int) -> NDArray[np.bool_]:
    """Mark exactly `count` voxels of lowest value; among equal ones the first in the array."""
    level = np.partition(field, count - 1, axis=None)[count - 1]
    mask: NDArray[np.bool_] = field < level
    equal = np.flatnonzero(field == level)[: count - np.count_nonzero(mask)]
    mask.ravel()[equal] = True
    return mask
