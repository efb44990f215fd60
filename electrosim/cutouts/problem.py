"""What is studied: cutouts of volumes in which pores and carbon-binder domain are told apart."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.cutouts.fits import Fits
from electrosim.cutouts.macropores import MacroporeRule
from electrosim.cutouts.selection import Selection

Labels = NDArray[np.integer[Any]]
Volume = Labels | Callable[[], Labels]


@dataclass(frozen=True, eq=False)
class Problem:
    """Cutouts of labelled volumes that hold nothing but pores and the solid of the carbon-binder domain.

    Parameters
    ----------
    volumes : sequence of ndarray, or of callables that return one, shape (nx, ny, nz)
        Labels of each volume; axes 0, 1, 2 are x, y, z. A callable is called when its volume's turn comes and its
        array let go of before the next one, so that the memory stays that of one volume. It must return the same
        voxels whenever it is called.
    voxel_size : float
        Edge of a cubic voxel [m].
    pores : tuple of int
        Labels of what is pore, of all sorts.
    solid : tuple of int
        Labels of the solid of the carbon-binder domain. Everything else, such as active material, keeps out of
        cutouts.
    known_macropores : tuple of int
        Which of the pore labels are macropores, if the volumes know it, as phantoms do; the filter is then scored.
        Neither selection nor filter look at it.
    selection : Selection
        Size, placement, overlap and number of the cutouts.
    macropores : MacroporeRule
        Which cutouts are dropped.
    free_layers : int
        Layers of free electrolyte at both ends, in the third boundary condition [voxels].
    surface_shift : bool
        Whether to solve the cutouts kept with the surface of the pores moved by one voxel each way, too.
    pore_sizes : bool
        Whether to measure pore sizes and mercury intrusion, of the first volume at the coarsening of `macropores`, and
        of the conducting pores of each cutout kept.
    fits : Fits
        The correlations.
    seed : int
        Of selection and bootstrap.

    Raises
    ------
    InputError
        If an argument is impossible; the sentence says what to change.
    """

    volumes: Sequence[Volume]
    voxel_size: float
    pores: tuple[int, ...]
    solid: tuple[int, ...]
    known_macropores: tuple[int, ...] = ()
    selection: Selection = field(default_factory=Selection)
    macropores: MacroporeRule = field(default_factory=MacroporeRule)
    free_layers: int = 16
    surface_shift: bool = True
    pore_sizes: bool = True
    fits: Fits = field(default_factory=Fits)
    seed: int = 0

    def __post_init__(self) -> None:
        """Check every argument that can be checked before a volume is there."""
        if not len(self.volumes):
            raise InputError("volumes is empty; give one at least")
        if not (math.isfinite(self.voxel_size) and self.voxel_size > 0):
            raise InputError(f"voxel_size = {self.voxel_size}: it must be positive and finite", ("image", "voxel_size"))
        for name in ("pores", "solid"):
            if not getattr(self, name):
                raise InputError(f"{name} is empty; give one label at least", ("phases", name))
        both = sorted(set(self.pores).intersection(self.solid))
        if both:
            raise InputError(f"label {both[0]} is given for pores and for solid; give each label once", ("phases",))
        if not set(self.known_macropores) <= set(self.pores):
            raise InputError("known_macropores holds a label that is none of the pores", ("phases", "known_macropores"))
        if self.free_layers < 1:
            raise InputError(f"free_layers = {self.free_layers}: it is one at least", ("transport", "free_layers"))
        self.macropores.check(self.selection.size)

    def labels(self, number: int) -> Labels:
        """Return the labels of a volume, checked.

        Raises
        ------
        InputError
            If it does not have three axes, holds no integers, or lacks the pores, the solid or the known macropores.
        """
        volume = self.volumes[number]
        labels = np.asarray(volume() if callable(volume) else volume)
        where = f"volume {number + 1}"
        if labels.ndim != 3:
            raise InputError(f"{where} has {labels.ndim} axes; cutouts are taken from volumes with three", ("image",))
        if labels.dtype.kind not in "bui":
            raise InputError(f"{where} has type {labels.dtype}; labels are integers: segment it by a threshold")
        for name in ("pores", "solid", "known_macropores"):
            wanted = getattr(self, name)
            if wanted and not marked(labels, wanted).any():
                shown = " or ".join(map(str, wanted))
                raise InputError(
                    f"{where} has no voxel of the label {shown} that {name} names; correct it", ("phases", name)
                )
        return labels


def marked(labels: Labels, wanted: tuple[int, ...]) -> NDArray[np.bool_]:
    """Mark the voxels that have one of the labels."""
    found: NDArray[np.bool_] = labels == wanted[0]
    for label in wanted[1:]:
        found |= labels == label
    return found


def sha256(labels: Labels) -> str:
    """Return the checksum of a volume."""
    return hashlib.sha256(np.ascontiguousarray(labels).data).hexdigest()
