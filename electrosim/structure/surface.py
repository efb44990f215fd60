"""Surface areas of phases and of the interfaces between them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.memory import check_memory
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.structure.problem import Problem

_SLAB = 32  # planes meshed at a time, so that the triangles of a large image do not fill the memory
_BYTES_PER_SLAB_VOXEL = 150  # smoothed values twice, vertices, normals and triangles where all is surface


def surface_variables(problem: Problem, observer: Observer) -> dict[str, Any]:
    """Return surface, specific surface and interface areas.

    The surface is meshed by marching cubes on the indicator of a phase, averaged over each voxel and its six
    neighbours. Voxel faces would be counted quicker, but they are too many by half and stay so however small the voxels
    are: a staircase keeps the area of its treads and risers, |n_x| + |n_y| + |n_z| times that of a smooth surface of
    normal n, which is 3/2 on average over all directions. Marching cubes on bare 0 and 1 are 8 % high, since they know
    few slopes; averaged first they find a ball of radius 5 voxels or more within 2 %. The averaging is PoreSpy's,
    scikit-image does the meshing. A single voxel and a thread of one voxel vanish in it, a sheet of one voxel does not.

    Where a phase meets a face of the image there is no surface. The interface between two phases is
    A_ij = (A_i + A_j - A_(i or j)) / 2.

    Parameters
    ----------
    problem : Problem
        The labelled volume.
    observer : callable
        Hears the progress.

    Returns
    -------
    dict of str to variables
        With dimension `phase`: `surface_area` [m2], `specific_surface_area` [m-1] per volume of the image,
        `surface_to_volume` [m-1] per volume of the phase; with `phase` and `other_phase`: `interface_area` [m2], NaN
        of a phase with itself.

    Raises
    ------
    InputError
        If the memory does not suffice.
    """
    slab = min(_SLAB + 3, problem.image.shape[0] + 2) * problem.image[0].size
    check_memory(_BYTES_PER_SLAB_VOXEL * slab + problem.image.size, "meshing the surfaces")
    number, count = problem.phase_number, len(problem.names)
    area = np.zeros(count)
    interface = np.full((count, count), np.nan)
    pairs = [(one, other) for one in range(count) for other in range(one)]
    for place in range(count):
        observer("surfaces", place / (count + len(pairs)), problem.names[place])
        area[place] = surface_area(number == place)
    for done, (one, other) in enumerate(pairs):
        observer("surfaces", (count + done) / (count + len(pairs)), f"{problem.names[other]} and {problem.names[one]}")
        both = _area_of_two(number, one, other, area)
        interface[one, other] = interface[other, one] = max((area[one] + area[other] - both) / 2, 0.0)
    unit = problem.edge**2
    volume = np.bincount(number.ravel(), minlength=count)
    return {
        "surface_area": variable("phase", area * unit, "m2", "surface area"),
        "specific_surface_area": variable(
            "phase", area / number.size / problem.edge, "m-1", "surface area over volume of the image"
        ),
        "surface_to_volume": variable("phase", area / volume / problem.edge, "m-1", "surface area over own volume"),
        "interface_area": variable(("phase", "other_phase"), interface * unit, "m2", "area of the interface"),
    }


def _area_of_two(number: NDArray[np.uint8], one: int, other: int, area: NDArray[np.float64]) -> float:
    """Return the surface area of two phases together; that of what is left over is the same and may be known."""
    left = set(range(len(area))) - {one, other}
    if len(left) < 2:
        return float(area[left.pop()]) if left else 0.0
    return surface_area((number == one) | (number == other))


def surface_area(mask: NDArray[np.bool_]) -> float:
    """Return the area of the surface of a phase inside the image [voxel faces].

    The image is continued by half a voxel beyond its outer voxels' centres, to its faces.

    Parameters
    ----------
    mask : ndarray of bool, shape (nx, ny, nz)
        True in the phase.
    """
    return sum(_slab_area(mask, first) for first in range(-1, mask.shape[0], _SLAB))


def _slab_area(mask: NDArray[np.bool_], first: int) -> float:
    """Return the area between the centres of plane `first` and of the one `_SLAB` behind it or behind the last."""
    from scipy.ndimage import convolve
    from skimage.measure import marching_cubes

    last = min(first + _SLAB, mask.shape[0])
    low, high = max(first, 0), min(last, mask.shape[0] - 1)
    part = mask[np.arange(low - 1, high + 2).clip(0, mask.shape[0] - 1)]
    cross = np.zeros((3, 3, 3), np.float32)
    cross[1, 1] = cross[1, :, 1] = cross[:, 1, 1] = 1 / 7
    smooth = convolve(part.astype(np.float32), cross, mode="nearest")[1:-1]
    if not smooth.min() < 0.5 < smooth.max():
        return 0.0
    smooth = np.pad(smooth, ((low - first, last - high), (1, 1), (1, 1)), mode="edge")
    corners, triangles, _, _ = marching_cubes(smooth, 0.5)  # type: ignore[no-untyped-call]
    a, b, c = (corners[triangles[:, number]].astype(np.float64) for number in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    middle = (a + b + c) / 3 + (first + 1, 0, 0)
    for axis, size in enumerate(mask.shape):
        # Beyond the outer centres the image repeats, so half of what lies in a cell there lies inside the image.
        area[(middle[:, axis] < 1) | (middle[:, axis] > size)] /= 2
    return float(area.sum())
