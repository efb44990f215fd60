"""Whether a cutout holds macropores: its surroundings are parted into pores, and the wide ones are looked up in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, silent
from electrosim.structure.regions import pore_regions
from electrosim.voxels.coarsen import coarsened

Box = tuple[slice, slice, slice]

OTHER_DIAMETERS = (0.5, 0.75, 1.0, 1.25, 1.5)
OTHER_SHARES = (0.05, 0.1, 0.2, 0.3)
"""Thresholds to compare with: diameters over that of the rule, and shares."""


@dataclass(frozen=True)
class MacroporeRule:
    """When a pore counts as a macropore, and when a cutout holds too much of them.

    Parameters
    ----------
    diameter : float
        A pore region is a macropore if its inscribed diameter is larger [m]. The default of 600 nm lies midway, by
        ratio, between the two kinds that are to be told apart: conducting pores of the carbon-binder domain of up to
        400 nm (Prasad et al.) and the porosimetry peak near 1 um. On a phantom whose macropores are known (400^3 voxels
        of 10 nm, pores of the domain of up to 500 nm) 600 nm was best: of the macropore voxels found in its cutouts
        80 %, 87 %, 91 %, 93 % and 94 % were macropores at 250, 400, 500, 600 and 800 nm, and 99.7 % to 98.6 % of them
        were found (`python benchmarks/cutouts.py`).
    share : float
        A cutout is dropped if macropores fill more of its volume. A cutout at the domain's edge always holds a corner
        of one, so zero would drop nearly all. 20 % still lets cutouts of high porosity pass, 5 % is strict.
    region : int
        Edge of the surroundings that are parted into pores [voxels], clipped at the faces of the volume. Macropores
        are larger than a cutout and cut off by its faces, so within it alone they cannot be measured.
    coarsening : int
        The surroundings are parted at voxels that many times as large. A macropore spans dozens of voxels, so 2 loses
        little and takes an eighth of the memory and a tenth of the time.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    diameter: float = 600e-9
    share: float = 0.2
    region: int = 800
    coarsening: int = 2

    def __post_init__(self) -> None:
        """Check every value."""
        if not (np.isfinite(self.diameter) and self.diameter > 0):
            raise InputError(
                f"macropores.diameter = {self.diameter}: it must be positive and finite", ("macropores", "diameter")
            )
        if not 0 <= self.share < 1:
            raise InputError(f"macropores.share = {self.share}: give a fraction from 0 to below 1")
        if not 1 <= self.coarsening <= 6:
            raise InputError(f"macropores.coarsening = {self.coarsening}: whole numbers from 1 to 6 are possible")

    def check(self, size: int) -> None:
        """Refuse surroundings that are smaller than a cutout of that size.

        Raises
        ------
        InputError
            With both edges.
        """
        if self.region < size:
            raise InputError(
                f"macropores.region = {self.region}: the surroundings are at least as large as a cutout, {size} voxels",
                ("macropores", "region"),
            )


@dataclass(frozen=True, eq=False)
class Pores:
    """The pores in one cutout.

    Parameters
    ----------
    macropores : ndarray of bool, shape (size, size, size)
        Voxels of macropores.
    by_diameter : ndarray, shape (len(OTHER_DIAMETERS),)
        Share of the cutout that they would fill if other diameters parted them from pores.
    count : int
        Pore regions that reach into the cutout.
    widest : float
        Largest inscribed diameter of one of them [m]; 0 if there is none.
    centred : bool
        Whether the centre of a macropore lies in the cutout.
    clipped : float
        Share of the surroundings that lies beyond the faces of the volume.
    """

    macropores: NDArray[np.bool_]
    by_diameter: NDArray[np.float64]
    count: int
    widest: float
    centred: bool
    clipped: float


def pores_of(
    pores: NDArray[np.bool_],
    corner: NDArray[np.int64],
    size: int,
    voxel_size: float,
    rule: MacroporeRule,
    observer: Observer = silent,
) -> Iterator[tuple[int, Pores]]:
    """Part the surroundings of cutouts into pores and yield what lies in each cutout, with its number.

    Parameters
    ----------
    pores : ndarray of bool, shape (nx, ny, nz)
        Pores of the volume, of all sorts.
    corner : ndarray of int, shape (n, 3)
        First voxel of each cutout.
    size : int
        Edge of a cutout [voxels].
    voxel_size : float
        Edge of a voxel [m].
    rule : MacroporeRule
        Surroundings, coarsening and what a macropore is.
    observer : callable
        Hears the share of the surroundings that is done.

    Yields
    ------
    int, Pores
        Surroundings by surroundings, so not in the order of the cutouts.

    Raises
    ------
    InputError
        If the memory does not suffice.
    """
    boxes = surroundings(corner, size, pores.shape, rule)
    for done, (box, served) in enumerate(boxes):
        observer("parting pores", done / len(boxes), "macropores")
        regions = pore_regions(coarsened(pores[box], rule.coarsening), voxel_size * rule.coarsening)
        diameter = np.concatenate([[0.0], regions.inscribed_diameter])
        centre = regions.centre / voxel_size + [part.start for part in box]  # voxels of the volume
        for number in served:
            part = tuple(slice(start, start + size) for start in corner[number])
            inside = _fine(regions.labels, part, box, rule.coarsening)
            present = np.unique(inside)
            present = present[present > 0]
            wide = diameter[present] > rule.diameter
            in_cutout = ((centre[present - 1] >= corner[number]) & (centre[present - 1] < corner[number] + size)).all(1)
            yield (
                int(number),
                Pores(
                    macropores=(diameter[inside] > rule.diameter) & pores[part],
                    by_diameter=_shares(diameter[inside][pores[part]], rule.diameter, size**3),
                    count=present.size,
                    widest=float(diameter[present].max(initial=0.0)),
                    centred=bool((in_cutout & wide).any()),
                    clipped=_clipped(corner[number] + size / 2, rule.region, pores.shape),
                ),
            )
    observer("parting pores", 1.0, "macropores")


def surroundings(
    corner: NDArray[np.int64], size: int, shape: tuple[int, ...], rule: MacroporeRule
) -> list[tuple[Box, NDArray[np.int64]]]:
    """Return boxes to part into pores, each with the numbers of the cutouts that are looked up in it.

    A box of the rule's edge is centred on a cutout and clipped at the faces of the volume. It also serves every other
    cutout that keeps half as much distance from its faces as the one in the middle; the faces of the volume itself do
    not count. A volume no larger than the surroundings is one box.
    """
    left = np.arange(len(corner))
    boxes = []
    ends = np.array(shape)
    if (ends <= rule.region).all():
        whole: Box = (slice(0, shape[0]), slice(0, shape[1]), slice(0, shape[2]))
        return [(whole, left)] if left.size else []
    margin = (rule.region - size) // 4
    while left.size:
        first = corner[left[0]] + size // 2 - rule.region // 2
        start = np.maximum(first, 0) // rule.coarsening * rule.coarsening
        stop = np.minimum(first + rule.region, ends)
        inside = (corner[left] >= np.where(start > 0, start + margin, 0)) & (
            corner[left] + size <= np.where(stop < ends, stop - margin, ends)
        )
        served = np.array(inside.all(axis=1), bool)
        served[0] = True  # of itself, however near
        x, y, z = (slice(int(low), int(high)) for low, high in zip(start, stop, strict=True))
        boxes.append(((x, y, z), left[served]))
        left = left[~served]
    return boxes


def opened(pores: NDArray[np.bool_], diameter: float) -> NDArray[np.bool_]:
    """Return what image closing of the solid leaves of the pores: the union of all balls of a diameter inside them.

    Parameters
    ----------
    pores : ndarray of bool, shape (nx, ny, nz)
        Pores of a cutout; what lies beyond its faces is neither pore nor solid.
    diameter : float
        Of the ball [voxels].

    Returns
    -------
    ndarray of bool
        Voxels of pores wider than the ball, seen from within the cutout alone.
    """
    from scipy.ndimage import distance_transform_edt

    if pores.all():
        return pores
    centres = np.asarray(distance_transform_edt(pores)) > diameter / 2
    if not centres.any():
        return centres
    return np.asarray(distance_transform_edt(~centres)) <= diameter / 2


def _shares(diameter: NDArray[np.float64], threshold: float, voxels: int) -> NDArray[np.float64]:
    """Return the share of all voxels whose pore is wider than each of several thresholds."""
    return np.array([np.count_nonzero(diameter > factor * threshold) / voxels for factor in OTHER_DIAMETERS])


def _fine(labels: NDArray[np.int32], part: tuple[slice, ...], box: Box, factor: int) -> NDArray[np.int32]:
    """Return coarse labels at the voxels of a part of the volume."""
    fine = labels
    for axis, (inside, whole) in enumerate(zip(part, box, strict=True)):
        place = np.arange(inside.start - whole.start, inside.stop - whole.start) // factor
        fine = np.take(fine, place, axis=axis)
    return fine


def _clipped(middle: NDArray[np.float64], region: int, shape: tuple[int, ...]) -> float:
    """Return the share of a cube around a point that lies beyond the volume."""
    low, high = np.maximum(middle - region / 2, 0), np.minimum(middle + region / 2, shape)
    return float(1 - np.prod((high - low) / region))
