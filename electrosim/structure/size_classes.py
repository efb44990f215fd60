"""Classes of diameter that pore sizes and intrusion share, so that the two can be laid over each other."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.memory import check_memory
from electrosim.base.result import variable
from electrosim.structure.problem import Problem
from electrosim.voxels.guarded_porespy import guarded_porespy

Array = NDArray[np.float64]
Distance = NDArray[np.float32]
Radii = NDArray[np.int_]

_BYTES_PER_VOXEL = 36  # clusters, eroded and dilated pores, two distances, result; 32 were measured on 200^3


def distance_to_solid(problem: Problem) -> Distance:
    """Return the distance of the centre of each pore voxel to that of the nearest one of solid [voxels], 0 in solid.

    The faces of the image are no walls.

    Raises
    ------
    InputError
        If the memory does not suffice for this and for what is then done with it.
    """
    check_memory(_BYTES_PER_VOXEL * problem.image.size, f"measuring the pores of {problem.image.size} voxels")
    with guarded_porespy() as porespy:
        return np.asarray(porespy.tools.get_edt()(problem.pore_space), np.float32)


def radii_to_tell_apart(distance: Distance, most: int) -> Radii:
    """Return the radii [voxels] that pores are sorted by: all whole ones, or at most `most`, evenly spaced by ratio.

    PoreSpy's filters take whole radii only.
    """
    largest = int(distance.max())
    if largest <= most:
        return np.arange(1, largest + 1)
    return np.unique(np.geomspace(1, largest, most).round().astype(int))


@dataclass(frozen=True, eq=False)
class SizeClasses:
    """A pore space sorted by diameter.

    A place is of class r if a ball of radius r covers it, measured between centres of voxels, and none of the next
    radius does: its diameter lies from 2 r up to 2 (r + 1) voxels, or up to the next radius that is told apart. Walls
    lie between centres, so both ends may be up to one voxel high.

    Parameters
    ----------
    lower, upper : ndarray, shape (classes,)
        Ends of the classes [m], rising.
    number : ndarray of uint16, shape (nx, ny, nz)
        Class of each voxel from 1 upwards, 0 of none.
    voxels : ndarray of int, shape (classes,)
        Voxels in each.
    pore_voxels : int
        Voxels of the pore space, those of no class included.
    """

    lower: Array
    upper: Array
    number: NDArray[np.uint16]
    voxels: NDArray[np.int64]
    pore_voxels: int

    @functools.cached_property
    def middle(self) -> Array:
        """Geometric mean of both ends [m]."""
        return np.sqrt(self.lower * self.upper)

    @property
    def cumulative(self) -> Array:
        """Share of the pore space that is of each class or a larger one."""
        return np.asarray(self.voxels[::-1].cumsum()[::-1] / self.pore_voxels)

    @property
    def per_decade(self) -> Array:
        """Share of the pore space in each class, over its width in decades of diameter."""
        return np.asarray(self.voxels / self.pore_voxels / np.log10(self.upper / self.lower))

    def diameter_of(self, share: float) -> float:
        """Return the diameter [m] that `share` of what has a class is at least as large as; NaN if nothing has one."""
        ends, reached = np.append(self.lower, self.upper[-1]), np.append(self.cumulative, 0.0)
        if reached[0] == 0:
            return float("nan")
        return float(np.exp(np.interp(-share * reached[0], -reached, np.log(ends))))

    def image(self) -> NDArray[np.float32]:
        """Return the middle of the class of each voxel [m], 0 of none."""
        return np.append(0, self.middle).astype(np.float32)[self.number]

    def variables(self) -> dict[str, Any]:
        """Return the ends of the classes for a dataset, with dimension `size_class`."""
        return {
            "diameter_lower": variable("size_class", self.lower, "m", "smallest diameter of a size class"),
            "diameter_upper": variable("size_class", self.upper, "m", "diameter at which a size class ends"),
        }


def sorted_into(problem: Problem, radii: Radii, sizes: NDArray[Any], index: NDArray[Any]) -> SizeClasses:
    """Sort the pore space by what a filter of PoreSpy found.

    Parameters
    ----------
    problem : Problem
        The labelled volume.
    radii : ndarray of int
        The radii that were told apart, rising [voxels].
    sizes, index : ndarray
        What the filter returned: ``sizes[index]`` is the radius of each voxel, 0 where it found none.
    """
    class_of = np.where(sizes == 0, 0, np.searchsorted(radii, sizes) + 1).astype(np.uint16)
    number = class_of[index]
    voxels = np.bincount(number[problem.pore_space], minlength=radii.size + 1)
    ends = 2 * problem.edge * np.append(radii, radii[-1] + 1)
    return SizeClasses(ends[:-1], ends[1:], number, voxels[1:], int(voxels.sum()))
