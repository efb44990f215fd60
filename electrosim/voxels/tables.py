"""The type of a scenario's [image] table: a file, a named public image, or a phantom."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Discriminator, Tag, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from electrosim.base.errors import nearest
from electrosim.base.scenario import refuse
from electrosim.voxels.electrode_tables import Electrode
from electrosim.voxels.file_tables import FileImage, NamedImage, StoredImage
from electrosim.voxels.phantom_tables import (
    Blobs,
    CarbonBinder,
    Checkerboard,
    Laminate,
    Phantom,
    Spheres,
    SquareInclusions,
)
from electrosim.voxels.table import ImageTable

__all__ = [
    "Blobs",
    "CarbonBinder",
    "Checkerboard",
    "Electrode",
    "FileImage",
    "Image",
    "ImageTable",
    "Laminate",
    "NamedImage",
    "Phantom",
    "Spheres",
    "SquareInclusions",
    "StoredImage",
]

# Tags hold a blank so that none can be taken for a key when an error is located in the document.
_FILE, _NAMED = "a file", "a named image"
_PHANTOMS = ("electrode", "carbon-binder", "blobs", "spheres", "laminate", "checkerboard", "square-inclusions")
_ORIGINS = ("file", "data", "phantom")


def _check_origin(value: Any) -> Any:
    """Refuse a table that names no image, two images, or a phantom that does not exist."""
    if isinstance(value, ImageTable):
        return value
    if not isinstance(value, dict):
        raise refuse("is not a table; write [image] with file, data or phantom below it")
    origins = [origin for origin in _ORIGINS if origin in value]
    if not origins:
        raise refuse("names no image; add file (a path), data (a named public image) or phantom (a generated one)")
    if len(origins) > 1:
        raise refuse(f"holds {' and '.join(origins)}; keep one of them")
    if "phantom" in value and value["phantom"] not in _PHANTOMS:
        message = f"is not a phantom; {nearest(value['phantom'], _PHANTOMS)}"
        error = PydanticCustomError("image", "{reason}", {"reason": message})
        raise ValidationError.from_exception_data(
            "image", [InitErrorDetails(type=error, loc=("phantom",), input=value["phantom"])]
        )
    return value


def _tag(value: Any) -> str:
    """Return the tag of the table that a checked value belongs to."""
    if isinstance(value, BaseModel):
        value = dict(value)
    if "phantom" in value:
        return f"phantom {value['phantom']}"
    return _FILE if "file" in value else _NAMED


Image = Annotated[
    Annotated[FileImage, Tag(_FILE)]
    | Annotated[NamedImage, Tag(_NAMED)]
    | Annotated[Electrode, Tag("phantom electrode")]
    | Annotated[CarbonBinder, Tag("phantom carbon-binder")]
    | Annotated[Blobs, Tag("phantom blobs")]
    | Annotated[Spheres, Tag("phantom spheres")]
    | Annotated[Laminate, Tag("phantom laminate")]
    | Annotated[Checkerboard, Tag("phantom checkerboard")]
    | Annotated[SquareInclusions, Tag("phantom square-inclusions")],
    Discriminator(_tag),
    BeforeValidator(_check_origin),
]
"""An image as scenarios describe it; every variant has `load` and `citations`."""
