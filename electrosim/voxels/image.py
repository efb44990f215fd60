"""A labelled image: an array in which every voxel holds the number of its phase.

Axes 0, 1, 2 are called x, y, z and the array is C-ordered. A two-dimensional image has the axes x and y. The phases
give names to labels; a label without a name belongs to no phase that a scenario can speak of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError

Labels = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class LabelledImage:
    """Voxels with the names of their labels.

    Parameters
    ----------
    labels : ndarray of uint8, uint16 or int32, shape (x, y) or (x, y, z)
        Label of every voxel, C-contiguous.
    voxel_size : tuple of float
        Edge of a voxel along each axis [m].
    phases : dict of str to int
        Label of each named phase.
    source : str
        Where the image comes from, in a few words.
    """

    labels: Labels
    voxel_size: tuple[float, ...]
    phases: dict[str, int]
    source: str

    @property
    def volume_fractions(self) -> dict[str, float]:
        """Share of the voxels that each named phase holds."""
        size = self.labels.size
        return {name: int(np.count_nonzero(self.labels == label)) / size for name, label in self.phases.items()}


def label_image(
    array: NDArray[Any],
    *,
    voxel_size: tuple[float, ...],
    phases: dict[str, int],
    source: str,
) -> LabelledImage:
    """Give names to the labels of an array.

    Parameters
    ----------
    array : ndarray, two or three axes
        Booleans (labels 0 and 1) or integer labels.
    voxel_size : tuple of float
        Edge of a voxel [m]: one for all axes, or one per axis.
    phases : dict of str to int
        Label of each phase.
    source : str
        Where the image comes from; messages begin with it.

    Returns
    -------
    LabelledImage

    Raises
    ------
    InputError
        If a phase has no voxel, a label does not fit 32 bits, or the number of voxel sizes is not that of the axes.
    """
    if len(voxel_size) not in (1, array.ndim):
        raise InputError(
            f"{source}: image.voxel_size has {len(voxel_size)} lengths and the image {array.ndim} axes; "
            "give one length, or one per axis"
        )
    labels = _narrow(array, source)
    present = _labels_present(labels)
    for name, label in phases.items():
        if label not in present:
            raise InputError(f'{source}: phase "{name}" (label {label}) has no voxel; labels present: {_list(present)}')
    sizes = voxel_size if len(voxel_size) > 1 else voxel_size * array.ndim
    return LabelledImage(labels, sizes, dict(phases), source)


def narrowest(lowest: int, highest: int, source: object) -> type[np.uint8] | type[np.uint16] | type[np.int32]:
    """Return the narrowest of the three types that holds labels of a range.

    Raises
    ------
    InputError
        If none does; the message begins with the source.
    """
    for dtype in (np.uint8, np.uint16, np.int32):
        if np.iinfo(dtype).min <= lowest and highest <= np.iinfo(dtype).max:
            return dtype
    raise InputError(f"{source}: labels from {lowest} to {highest} do not fit 32 bits; is this a labelled image?")


def _narrow(array: NDArray[Any], source: str) -> Labels:
    """Return the labels in the narrowest of the three types."""
    array = np.ascontiguousarray(array)
    if array.dtype == np.bool_:
        return array.view(np.uint8)
    kind = narrowest(int(array.min()), int(array.max()), source)
    return array.astype(kind, copy=False)  # type: ignore[return-value]


def _labels_present(labels: Labels) -> set[int]:
    found: set[int] = set()
    for plane in labels:  # plane by plane: no copy of the whole image
        found.update(np.unique(plane).tolist())
    return found


def _list(present: set[int]) -> str:
    first = [str(label) for label in sorted(present)[:10]]
    return ", ".join(first) + (f" and {len(present) - 10} more" if len(present) > 10 else "")
