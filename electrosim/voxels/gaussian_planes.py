"""Periodic Gaussian random fields evaluated plane by plane, for images too large to hold a field of floats.

White noise lies on a coarse grid whose spacing is at most the correlation length l, and a Gaussian of standard
deviation l spreads it to the voxels, along one axis after the other. The sum of squares of the weights at each voxel
is one, so the variance is the same everywhere; the covariance is exp(-r^2 / (4 l^2)) as in
`carbon_binder.gaussian_field`, which needs 8 bytes per voxel and a Fourier transform of the whole image.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.voxels import electrode_kernels as kernels

_REACH = 4.5  # correlation lengths at which the Gaussian is cut off: 4e-5 of its middle


def check_length(shape: Sequence[int], name: str, length: float) -> None:
    """Refuse a correlation length that the image cannot show.

    Parameters
    ----------
    shape : sequence of int
        Voxels along each axis.
    name : str
        What the length is called in the message.
    length : float
        [voxels].

    Raises
    ------
    InputError
        If it is shorter than a voxel or longer than half of the shortest edge.
    """
    if length < 1:
        raise InputError(f"a {name} of {length:.4g} voxels is shorter than a voxel; raise it or use smaller voxels")
    if length > min(shape) / 2:
        raise InputError(
            f"a {name} of {length:.4g} voxels is longer than half of the shortest edge, {min(shape)} voxels; "
            "lower it or enlarge the image"
        )


@dataclass(frozen=True, eq=False)
class GaussianPlanes:
    """A Gaussian random field of three axes, periodic along each, of mean zero and variance one over the image.

    Parameters
    ----------
    noise : ndarray of float32, three axes
        Values at the nodes of the coarse grid.
    first : tuple of ndarray of int64
        Per axis, for each voxel the first node that it takes part of.
    weights : tuple of ndarray of float32
        Per axis, for each voxel its weights of that node and the following ones.
    """

    noise: NDArray[np.float32]
    first: tuple[NDArray[np.int64], ...]
    weights: tuple[NDArray[np.float32], ...]

    @classmethod
    def draw(cls, shape: Sequence[int], length: float, rng: np.random.Generator) -> GaussianPlanes:
        """Draw a field.

        Parameters
        ----------
        shape : sequence of int
            Voxels along x, y and z.
        length : float
            Correlation length l [voxels], from one to half of the shortest edge.
        rng : numpy.random.Generator
            Source of the noise.

        Returns
        -------
        GaussianPlanes
        """
        spread = [_spread(size, length) for size in shape]
        noise = rng.standard_normal([dense.shape[1] for dense in spread], dtype=np.float32)
        noise -= noise.mean(dtype=np.float64)
        noise -= np.float32(_over_the_image([dense.mean(axis=0)[None] for dense in spread], noise))
        smoothed = _along_each_axis([dense.T @ dense / len(dense) for dense in spread], noise)
        noise /= np.float32(math.sqrt(float(np.vdot(noise.astype(np.float64), smoothed))))
        first, weights = zip(*(_band(dense, length) for dense in spread), strict=True)
        return cls(noise, first, weights)

    def plane(self, x: int) -> NDArray[np.float32]:
        """Return the values of the voxels at x, shape (y, z)."""
        out = np.empty((len(self.first[1]), len(self.first[2])), np.float32)
        kernels.plane(self.noise, self.first, self.weights, x, out)
        return out


def _spread(size: int, length: float) -> NDArray[np.float64]:
    """Return the weight of every node at every voxel of an axis, the periodic images of the node added up."""
    nodes = math.ceil(size / length)
    distance = (np.arange(size) + 0.5)[:, None] - (np.arange(nodes) + 0.5) * (size / nodes)
    images = np.arange(-math.ceil(_REACH * length / size) - 1, math.ceil(_REACH * length / size) + 2) * size
    weights = np.exp(-0.5 * ((distance[..., None] + images) / length) ** 2).sum(axis=-1)
    unit: NDArray[np.float64] = weights / np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return unit


def _band(dense: NDArray[np.float64], length: float) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return for each voxel the first node within reach, and the weights from there on; nodes follow periodically."""
    size, nodes = dense.shape
    spacing = size / nodes
    count = min(nodes, 2 * math.ceil(_REACH * length / spacing) + 1)
    first = np.floor((np.arange(size) + 0.5) / spacing).astype(np.int64) - count // 2
    weights = np.take_along_axis(dense, (first[:, None] + np.arange(count)) % nodes, axis=1)
    return first % nodes, weights.astype(np.float32)


def _along_each_axis(matrices: Sequence[NDArray[np.float64]], values: NDArray[np.float32]) -> NDArray[np.float64]:
    found = values.astype(np.float64)
    for matrix in matrices:  # each turn puts the axis that was worked on last, so three turns restore the order
        found = np.tensordot(found, matrix, axes=(0, 1))
    return found


def _over_the_image(means: Sequence[NDArray[np.float64]], noise: NDArray[np.float32]) -> float:
    """Return the mean of a field over the image, over that of a constant noise of one."""
    total = math.prod(float(mean.sum()) for mean in means)
    return float(_along_each_axis(means, noise).sum()) / total
