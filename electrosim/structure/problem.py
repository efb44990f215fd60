"""What is looked at: a labelled volume, the names of its phases, and which of them are pore space."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest

AXES = "xyz"
UNNAMED = "unnamed"
"""Phase of the voxels whose label has no name, if there are any."""

_MOST_PHASES = 100


@dataclass(frozen=True)
class Problem:
    """A labelled volume.

    Parameters
    ----------
    image : ndarray of bool or int, shape (nx, ny, nz)
        Label of every voxel; axes 0, 1, 2 are x, y, z.
    voxel_size : float or tuple of three equal floats
        Edge of a voxel, which must be a cube [m].
    phases : mapping of str to int
        Label of each named phase. Other labels together make the phase "unnamed".
    pore : sequence of str
        Phases that together are the pore space: what pore sizes, intrusion and network are about. Any phase will do;
        with the active material in its place, the sizes are those of particles.

    Raises
    ------
    InputError
        If an argument is impossible; the sentence says what to change.
    """

    image: NDArray[Any]
    voxel_size: float | tuple[float, ...]
    phases: Mapping[str, int]
    pore: Sequence[str] = ("pore",)

    def __post_init__(self) -> None:
        """Check every argument once."""
        image = np.asarray(self.image)
        object.__setattr__(self, "image", image)
        self._check_image(image)
        self._check_voxel_size()
        self._check_phases()
        check_pore(self.pore, self.phases)
        share = np.count_nonzero(self.pore_space) / image.size
        if share == 1:
            raise InputError(
                f"the pore space ({', '.join(self.pore)}) fills the whole image, so its pores have no walls; "
                "name fewer phases in analysis.pore",
                ("analysis", "pore"),
            )

    @staticmethod
    def _check_image(image: NDArray[Any]) -> None:
        if image.ndim != 3 or min(image.shape) < 2:
            raise InputError(
                f"the image has {' x '.join(map(str, image.shape))} voxels; structure needs three axes of at least two "
                "voxels each",
                ("image",),
            )
        if image.dtype.kind not in "bui":
            raise InputError(f"image has type {image.dtype}; labels are integers: segment a grey image by a threshold")

    def _check_voxel_size(self) -> None:
        sizes = self.voxel_size if isinstance(self.voxel_size, tuple) else (self.voxel_size,)
        if not all(math.isfinite(size) and size > 0 for size in sizes):
            raise InputError(f"voxel_size = {self.voxel_size}: it must be positive and finite", ("image", "voxel_size"))
        if len(sizes) not in (1, 3) or max(sizes) > min(sizes) * (1 + 1e-9):
            raise InputError(
                f"the voxels measure {' x '.join(f'{size:g}' for size in sizes)} m; distances are counted in voxels, "
                "which must be cubes: resample the image",
                ("image", "voxel_size"),
            )
        object.__setattr__(self, "voxel_size", float(sizes[0]))

    def _check_phases(self) -> None:
        if not self.phases:
            raise InputError("no phase has a name; name at least the pores", ("image", "phases"))
        if len(set(self.phases.values())) < len(self.phases) or len(self.phases) > _MOST_PHASES:
            raise InputError(f"give each phase a label of its own, and at most {_MOST_PHASES} phases")
        for name, label in self.phases.items():
            if not np.any(self.image == label):
                raise InputError(f'phase "{name}" (label {label}) has no voxel in the image; leave it out')

    @functools.cached_property
    def phase_number(self) -> NDArray[np.uint8]:
        """Number of each voxel's phase, as in `names`."""
        number = np.full(self.image.shape, len(self.phases), np.uint8)
        for place, label in enumerate(self.phases.values()):
            number[self.image == label] = place
        return number

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the phases, last the unnamed one if it has a voxel."""
        unnamed = bool(np.any(self.phase_number == len(self.phases)))
        return (*self.phases, UNNAMED) if unnamed else tuple(self.phases)

    @functools.cached_property
    def pore_space(self) -> NDArray[np.bool_]:
        """True in the pores."""
        return np.isin(self.image, [self.phases[name] for name in self.pore])

    @property
    def edge(self) -> float:
        """Edge of a voxel [m]."""
        return float(self.voxel_size)  # type: ignore[arg-type]  # a single number once it was checked

    def describe(self) -> dict[str, Any]:
        """Return the problem as plain values for a result's provenance, the image as its shape and checksum."""
        return {
            "kind": "structure",
            "image": {
                "shape": list(self.image.shape),
                "sha256": hashlib.sha256(np.ascontiguousarray(self.image).tobytes()).hexdigest(),
            },
            "voxel_size": self.edge,
            "phases": dict(self.phases),
        }


def check_pore(pore: Sequence[str], phases: Mapping[str, int]) -> None:
    """Refuse a pore space that names no phase, or one that the image does not have.

    Raises
    ------
    InputError
        With the nearest phase there is.
    """
    if not pore:
        raise InputError("analysis.pore names no phase; say which phases are pores", ("analysis", "pore"))
    for name in pore:
        if name not in phases:
            raise InputError(
                f'analysis.pore names "{name}", which is no phase of the image; {nearest(name, phases)}',
                ("analysis", "pore"),
            )
