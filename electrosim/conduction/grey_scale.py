"""The [conductivity] table of grey images: a calibration from grey value to conductivity."""

from __future__ import annotations

import itertools
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from electrosim.base.scenario import Table, refuse
from electrosim.base.units import Conductivity
from electrosim.voxels.table import ImageTable
from electrosim.voxels.tables import StoredImage


def _rising(values: tuple[float, ...]) -> tuple[float, ...]:
    if not all(low < high for low, high in itertools.pairwise(values)):
        raise refuse("must rise from each value to the next")
    return values


class GreyScale(Table):
    """Conductivity of each voxel by its grey value: linear between the points given, constant beyond them."""

    grey_values: Annotated[
        tuple[Annotated[float, Field(strict=True, allow_inf_nan=False)], ...], AfterValidator(_rising)
    ] = Field(min_length=2, description="grey values of which the conductivity is known", examples=[[60, 120]])
    conductivities: tuple[Conductivity, ...] = Field(
        description="their conductivities; linear in between, constant beyond", examples=[["1 S/m", "0 S/m"]]
    )

    @field_validator("conductivities")
    @classmethod
    def _one_each(cls, value: tuple[float, ...], info: ValidationInfo) -> tuple[float, ...]:
        count = len(info.data.get("grey_values", value))
        if len(value) != count:
            raise refuse(f"has {len(value)} entries for {count} grey_values; give one each")
        return value

    def check(self, image: ImageTable) -> None:
        """Refuse an image that is not one of grey values."""
        if not isinstance(image, StoredImage):
            raise refuse("by grey_values needs an image with image.file or image.data; name the phases instead")
        for key in ("phases", "threshold"):
            if getattr(image, key) is not None:
                raise refuse(f"by grey_values needs a grey image; leave out image.{key}, or name the phases instead")

    def conductivity(self, grey: NDArray[Any]) -> NDArray[np.float64]:
        """Return the conductivity of every voxel [S m-1]."""
        found: NDArray[np.float64] = np.interp(grey, self.grey_values, self.conductivities)
        return found


def by_phase_or_grey_value(value: Any) -> str:
    """Tell the two kinds of [conductivity] tables apart; no key looks like the tags."""
    keys = GreyScale.model_fields.keys()
    grey = isinstance(value, GreyScale) or (isinstance(value, dict) and not keys.isdisjoint(value))
    return "by grey value" if grey else "by phase"
