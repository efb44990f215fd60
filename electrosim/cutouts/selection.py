"""Where cutouts lie: cubes of a volume that hold nothing but what is wanted in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest

Placement = Literal["packed", "random"]

MOST_CUTOUTS = 10_000
"""Of a volume; a study of more would take days."""


@dataclass(frozen=True)
class Selection:
    """Which cutouts to take out of a volume.

    Parameters
    ----------
    size : int
        Edge of a cutout [voxels]. 128 voxels of 10 nm are the cutouts of Prasad et al., as large as a voxel of their
        synchrotron image.
    overlap : float
        Largest share of its volume that a cutout may have in common with another one; 0 for none. Overlapping cutouts
        are no independent data: `groups` says which hang together.
    placement : {"packed", "random"}
        Packed: one after the other from a corner of the volume (the seed chooses the corner and the order of the
        axes), which gives most cutouts, but many of them touch what they must not hold. Random: each anywhere among
        the places left, without that preference, which gives fewer.
    most : int, optional
        Most cutouts of a volume; of more, a random choice of them.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    size: int = 128
    overlap: float = 0.0
    placement: Placement = "packed"
    most: int | None = None

    def __post_init__(self) -> None:
        """Check every value."""
        if self.size < 2:
            raise InputError(f"selection.size = {self.size}: a cutout has two voxels at least", ("selection", "size"))
        if not 0 <= self.overlap < 1:
            reason = f"selection.overlap = {self.overlap}: two cutouts share less than all of their volume"
            raise InputError(f"{reason}; give a fraction from 0 to below 1", ("selection", "overlap"))
        if self.placement not in get_args(Placement):
            hint = nearest(self.placement, get_args(Placement))
            raise InputError(
                f"selection.placement = {self.placement!r} is not known; {hint}", ("selection", "placement")
            )
        if self.most is not None and self.most < 1:
            raise InputError(f"selection.most = {self.most}: it is one at least, or left out", ("selection", "most"))


def candidates(free: NDArray[np.bool_], size: int) -> NDArray[np.bool_]:
    """Mark every place where a cube lies wholly in the free voxels.

    The smallest value in a box is that along x of that along y of that along z, so three running minima find all
    places exactly. (A chessboard distance finds the same ones, but of cubes with a middle voxel, of odd edge, only.)

    Parameters
    ----------
    free : ndarray of bool, shape (nx, ny, nz)
        Voxels that a cube may hold.
    size : int
        Edge of the cube [voxels].

    Returns
    -------
    ndarray of bool, shape (nx - size + 1, ny - size + 1, nz - size + 1)
        True where the first voxel of a cube may lie.

    Raises
    ------
    InputError
        If a cube is larger than the volume.
    """
    from scipy.ndimage import minimum_filter1d

    if size > min(free.shape):
        raise InputError(
            f"a cutout of {size} voxels does not fit the volume of {' x '.join(map(str, free.shape))}; "
            f"at most {min(free.shape)} are possible",
            ("selection", "size"),
        )
    smallest = free.view(np.uint8)
    for axis in range(3):
        here = [slice(None)] * 3
        here[axis] = slice(free.shape[axis] - size + 1)
        smallest = minimum_filter1d(smallest, size, axis=axis, origin=-(size // 2))[tuple(here)]
    return np.ascontiguousarray(smallest).view(np.bool_)


def largest_cube(free: NDArray[np.bool_]) -> int:
    """Return the edge of the largest cube that lies wholly in the free voxels [voxels]."""
    from scipy.ndimage import distance_transform_cdt

    reach = int(distance_transform_cdt(np.pad(free, 1), "chessboard").max())
    if reach == 0:
        return 0
    even = 2 * reach  # a cube with a middle voxel has the edge 2 reach - 1
    return even if even <= min(free.shape) and candidates(free, even).any() else even - 1


def place(candidate: NDArray[np.bool_], selection: Selection, rng: np.random.Generator) -> NDArray[np.int64]:
    """Choose among the places of `candidates`.

    Parameters
    ----------
    candidate : ndarray of bool
        Places of the first voxel of a cube.
    selection : Selection
        Edge, overlap, placement and number.
    rng : numpy.random.Generator
        Of corner and order of axes, or of the places.

    Returns
    -------
    ndarray of int, shape (n, 3)
        First voxel of each cutout along x, y, z, in ascending order.

    Raises
    ------
    InputError
        If there are more than `MOST_CUTOUTS`.
    """
    axes, flips = rng.permutation(3), rng.integers(0, 2, 3).astype(bool)
    turned = np.flip(candidate.transpose(axes), tuple(np.flatnonzero(flips).tolist())).copy()
    too_near = _too_near(selection.size, selection.overlap)
    in_plane = np.count_nonzero(turned, axis=(1, 2))
    chosen: list[NDArray[np.int64]] = []
    random = selection.placement == "random"
    while (left := int(in_plane.sum())) and not (random and len(chosen) == selection.most):
        if len(chosen) == MOST_CUTOUTS:
            raise InputError(
                f"more than {MOST_CUTOUTS} cutouts of {selection.size} voxels lie in the volume; enlarge "
                'selection.size, or choose placement = "random" and set selection.most',
                ("selection", "size"),
            )
        corner = _true_place(turned, in_plane, int(rng.integers(left)) if random else 0)
        chosen.append(corner)
        first = np.maximum(corner - selection.size + 1, 0)
        end = np.minimum(corner + selection.size, turned.shape)
        around = tuple(map(slice, first, end))
        shift = selection.size - 1 - corner
        turned[around] &= ~too_near[tuple(map(slice, first + shift, end + shift))]
        in_plane[around[0]] = np.count_nonzero(turned[around[0]], axis=(1, 2))
    return _in_order(chosen, turned.shape, axes, flips, selection.most, rng)


def groups(corner: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """Return the groups of cutouts that overlap, directly or by way of others: blocks for a bootstrap.

    Parameters
    ----------
    corner : ndarray of int, shape (n, 3)
        First voxel of each cutout.
    size : int
        Edge of a cutout [voxels].

    Returns
    -------
    ndarray of int, shape (n,)
        Number of its group, from 0.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    count = len(corner)
    pairs = cKDTree(corner).query_pairs(size - 0.5, p=np.inf, output_type="ndarray") if count else np.empty((0, 2), int)
    overlaps = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return connected_components(overlaps, directed=False)[1].astype(np.int64)


def _too_near(size: int, overlap: float) -> NDArray[np.bool_]:
    """Mark the shifts, from 1 - size to size - 1 along each axis, at which two cubes share more than they may."""
    shared = (size - np.abs(np.arange(1 - size, size))) / size
    together = shared[:, None, None] * shared[:, None] * shared
    return together > overlap * (1 + 1e-12)


def _true_place(mask: NDArray[np.bool_], in_plane: NDArray[np.int64], number: int) -> NDArray[np.int64]:
    """Return the index of the true entry of that number, in the order of the array."""
    before = np.cumsum(in_plane)
    plane = int(np.searchsorted(before, number, side="right"))
    inside = number - (int(before[plane - 1]) if plane else 0)
    return np.array([plane, *np.unravel_index(np.flatnonzero(mask[plane])[inside], mask.shape[1:])])


def _in_order(
    chosen: list[NDArray[np.int64]],
    shape: tuple[int, ...],
    axes: NDArray[np.int64],
    flips: NDArray[np.bool_],
    most: int | None,
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Turn places back to the axes of the volume and sort them; of too many, a random choice."""
    places = np.array(chosen, np.int64).reshape(-1, 3)
    if most is not None and len(places) > most:
        places = places[rng.choice(len(places), most, replace=False)]
    places[:, flips] = np.array(shape)[flips] - 1 - places[:, flips]
    corner = np.empty_like(places)
    corner[:, axes] = places
    return corner[np.lexsort(corner.T[::-1])]
