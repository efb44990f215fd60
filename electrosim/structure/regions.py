"""Pores told apart: the pore space parted at its necks into regions, one around each local maximum of the distance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory
from electrosim.voxels.guarded_porespy import guarded_porespy

_BYTES_PER_VOXEL = 50  # at its peak, in the watershed; 42 and 40 were measured on 128^3 and 200^3


@dataclass(frozen=True, eq=False)
class PoreRegions:
    """The regions of a pore space, numbered from 1; row i of each table is region i + 1.

    Parameters
    ----------
    labels : ndarray of int32, shape (nx, ny, nz)
        Number of the region of every voxel, 0 outside the pores.
    centre : ndarray, shape (n, 3)
        Centre of mass of each region [m], measured from the corner of the image: the first voxel's centre lies at half
        a voxel.
    volume : ndarray, shape (n,)
        Volume of each region [m3].
    inscribed_diameter : ndarray, shape (n,)
        Twice the largest distance inside a region from the centre of a voxel to the nearest one outside the pores [m];
        0 to 1 voxel more than the largest ball that fits between the faces, infinite in an image without any solid.
    """

    labels: NDArray[np.int32]
    centre: NDArray[np.float64]
    volume: NDArray[np.float64]
    inscribed_diameter: NDArray[np.float64]


def pore_regions(
    pores: NDArray[np.bool_], voxel_size: float, *, peak_radius: int = 4, smoothing: float = 0.4
) -> PoreRegions:
    """Part a pore space into regions by SNOW: a watershed from the peaks of the distance to the solid.

    Peaks on saddles, and of two peaks nearer to each other than to the solid the lower one, are dropped first. A
    cluster of pore voxels, joined through faces, that has no peak left is one region; PoreSpy lets regions from
    elsewhere seep into it, through the solid. What lies beyond the faces of the image counts as neither pore nor solid:
    the distance does not see the faces.

    Parameters
    ----------
    pores : ndarray of bool, shape (nx, ny, nz)
        True in the pores.
    voxel_size : float
        Edge of a cubic voxel [m].
    peak_radius : int
        A peak is the highest point of the distance within this radius [voxels]. PoreSpy's default of 4, as in the
        paper on SNOW: less finds more peaks on ridges, which the trimming then has to drop, and more makes one pore of
        two whose centres are that near.
    smoothing : float
        Standard deviation of the Gaussian that the distance is smoothed by before peaks are sought [voxels]. 0.4 as in
        the paper on SNOW: it takes the plateaus out that a distance between voxels has, and hardly moves a peak.

    Returns
    -------
    PoreRegions
        No region if there is no pore.

    Raises
    ------
    InputError
        If the image has not three axes of at least two voxels, or the memory does not suffice.

    References
    ----------
    J. T. Gostick, Phys. Rev. E 96 (2017) 023307, doi:10.1103/PhysRevE.96.023307.

    Examples
    --------
    >>> import numpy as np
    >>> two_rooms = np.zeros((24, 12, 12), bool)
    >>> two_rooms[1:11, 1:11, 1:11] = two_rooms[13:23, 1:11, 1:11] = True
    >>> found = pore_regions(two_rooms, 1e-6)
    >>> found.centre[:, 0].round(9).tolist(), found.volume.round(21).tolist()
    ([6e-06, 1.8e-05], [1e-15, 1e-15])
    """
    if pores.ndim != 3 or min(pores.shape) < 2:
        raise InputError(f"an image of shape {pores.shape} cannot be parted into pores; give three axes of 2 voxels")
    check_memory(_BYTES_PER_VOXEL * pores.size, f"parting {pores.size} voxels into pores")
    with guarded_porespy() as porespy:
        if pores.all():  # no distance to measure
            labels, distance = np.ones(pores.shape, np.int32), np.full(pores.shape, np.inf, np.float32)
        elif not pores.any():
            labels, distance = np.zeros(pores.shape, np.int32), np.zeros(pores.shape, np.float32)
        else:
            found = porespy.filters.snow_partitioning(pores, r_max=peak_radius, sigma=smoothing)
            labels, distance = _each_cluster_its_own(pores, found.regions, found.peaks), found.dt
    return measured(labels, distance, voxel_size)


def measured(labels: NDArray[np.int32], distance: NDArray[np.float32], voxel_size: float) -> PoreRegions:
    """Measure regions, however they were found.

    Parameters
    ----------
    labels : ndarray of int32, shape (nx, ny, nz)
        Numbers of the regions from 1, none left out; 0 outside.
    distance : ndarray of float32, shape (nx, ny, nz)
        Distance to what lies outside [voxels].
    voxel_size : float
        Edge of a cubic voxel [m].
    """
    count, first_moment, largest = _sums(labels, distance)
    centre = (first_moment / count[:, None] + 0.5) * voxel_size
    return PoreRegions(labels, centre, count * voxel_size**3, largest * (2 * voxel_size))


def _each_cluster_its_own(
    pores: NDArray[np.bool_], regions: NDArray[np.int32], peaks: NDArray[np.integer]
) -> NDArray[np.int32]:
    """Return the regions with every cluster that holds no peak made one of its own."""
    import cc3d

    clusters, count = cc3d.connected_components(pores, connectivity=6, binary_image=True, return_N=True)
    lacking = np.ones(count + 1, bool)
    lacking[np.unique(clusters[peaks > 0])] = lacking[0] = False
    number = np.where(lacking, regions.max() + np.cumsum(lacking), 0).astype(np.int32)[clusters]
    return np.where(number > 0, number, regions).astype(np.int32, copy=False)


def _sums(
    labels: NDArray[np.int32], distance: NDArray[np.float32]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return voxels, sum of indices and largest distance of each region; plane by plane, so that no copy is made."""
    regions = int(labels.max()) + 1
    count = np.zeros(regions)
    moment = np.zeros((regions, 3))
    largest = np.zeros(regions)
    y, z = np.indices(labels.shape[1:]).reshape(2, -1)
    for x, plane in enumerate(labels):
        flat = plane.ravel()
        here = np.bincount(flat, minlength=regions)
        count += here
        moment[:, 0] += x * here
        moment[:, 1] += np.bincount(flat, y, regions)
        moment[:, 2] += np.bincount(flat, z, regions)
        np.maximum.at(largest, flat, distance[x].ravel())
    return count[1:], moment[1:], largest[1:]
