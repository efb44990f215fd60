"""What the [image] tables of scenarios share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, Discriminator, Field, Tag

from electrosim.base.errors import InputError
from electrosim.base.scenario import Table, entries, refuse
from electrosim.base.units import Length, one_or_several
from electrosim.voxels.image import LabelledImage

LARGEST_IMAGE = 2**31
"""Voxels."""


class ImageTable(Table):
    """An [image] table: describes an image and can load it."""

    @abstractmethod
    def load(self) -> LabelledImage:
        """Read or generate the image.

        Returns
        -------
        LabelledImage

        Raises
        ------
        InputError
            If the image cannot be had as the table describes it.
        """

    @abstractmethod
    def phase_labels(self) -> dict[str, int]:
        """Return the label of each named phase, known without loading the image."""

    def citations(self) -> tuple[str, ...]:
        """Return the references behind the image, one line each."""
        return ()


def checked(check: Callable[..., object], *arguments: Any) -> None:
    """Run a check that raises `InputError`, inside a validator."""
    try:
        check(*arguments)
    except InputError as error:
        raise refuse(str(error)) from None


def _not_too_large(shape: tuple[int, ...]) -> tuple[int, ...]:
    voxels = 1
    for size in shape:
        voxels *= size
    if voxels > LARGEST_IMAGE:
        raise refuse(f"makes {voxels} voxels; at most {LARGEST_IMAGE} are allowed")
    return shape


PositiveCount = Annotated[int, Field(strict=True, ge=1)]
Seed = Annotated[int, Field(strict=True, ge=0, description="same seed, same voxels")]
Shape = Annotated[
    tuple[PositiveCount, ...],
    AfterValidator(entries(2, 3)),
    Field(description="voxels along x, y and z (or x and y)", examples=[[128, 128, 128]]),
    AfterValidator(_not_too_large),
]


VoxelSize = Annotated[
    Annotated[Length, Tag("one value")]
    | Annotated[tuple[Length, ...], AfterValidator(entries(2, 3)), Tag("several values")],
    Discriminator(one_or_several),
    Field(description="edge of a voxel, one for all axes or one per axis"),
]
"""One length for all axes, or a list with one per axis."""


def per_axis(voxel_size: float | tuple[float, ...]) -> tuple[float, ...]:
    """Return a voxel size as a tuple."""
    return voxel_size if isinstance(voxel_size, tuple) else (voxel_size,)
