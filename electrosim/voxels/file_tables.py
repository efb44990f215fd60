"""The [image] tables of images that lie in a file: the user's own, or a named public one."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from electrosim.base.data import IMAGES, locate
from electrosim.base.errors import nearest
from electrosim.base.scenario import ScenarioPath, Table, refuse
from electrosim.voxels.image import LabelledImage, label_image
from electrosim.voxels.read import read_array, read_labels
from electrosim.voxels.table import ImageTable, Shape, VoxelSize, per_axis


def _check_phases(phases: dict[str, int]) -> dict[str, int]:
    example = "write for instance phases = { pore = 1, solid = 0 }"
    if not phases:
        raise refuse(f"names no phase; {example}")
    if "" in phases:
        raise refuse(f"holds an empty name; {example}")
    named: dict[int, str] = {}
    for name, label in phases.items():
        if label in named:
            raise refuse(f'gives label {label} to both "{named[label]}" and "{name}"; give each phase its own')
        named[label] = name
    return phases


def _check_type(name: str) -> str:
    message = "is not a type of numbers; allowed are uint8, int16, float32 ..., with byte order <u2 or >u2"
    if not re.fullmatch(r"bool|u?int(8|16|32|64)|float(16|32|64)|[<>]?[iu][1248]|[<>]?f[248]", name):
        raise refuse(message)
    return np.dtype(name).str


def _check_name(name: str) -> str:
    if name not in IMAGES:
        raise refuse(f"is not a named image; {nearest(name, IMAGES)}")
    return name


Phases = Annotated[
    dict[str, Annotated[int, Field(strict=True)]],
    AfterValidator(_check_phases),
    Field(
        description="label of each phase; left out, the image is one of grey values", examples=[{"pore": 1, "solid": 0}]
    ),
]
Threshold = Annotated[
    Annotated[float, Field(strict=True)] | None,
    Field(description="grey values below become label 0, at or above label 1; phases then name 0 and 1"),
]


def _check_ends(ends: tuple[int, int]) -> tuple[int, int]:
    if ends[0] >= ends[1]:
        raise refuse("holds no voxel; give the first voxel and the one after the last, such as [0, 400]")
    return ends


Ends = Annotated[
    tuple[Annotated[int, Field(strict=True, ge=0)], Annotated[int, Field(strict=True, ge=1)]],
    AfterValidator(_check_ends),
    Field(description="first voxel and the one after the last", examples=[[0, 400]]),
]


class Crop(Table):
    """The part of an image that is read; an axis left out is read whole."""

    x: Ends | None = None
    y: Ends | None = None
    z: Ends | None = None


class StoredImage(ImageTable):
    """An image that lies in a file, of labels or of grey values."""

    voxel_size: VoxelSize
    phases: Phases | None = None
    threshold: Threshold = None
    crop: Crop | None = None

    @property
    @abstractmethod
    def source(self) -> str:
        """Where the image comes from, in a few words."""

    @abstractmethod
    def where(self) -> dict[str, Any]:
        """Return what `read_array` needs to find the numbers."""

    def read(self) -> NDArray[Any]:
        """Return the numbers as they are in the file."""
        return read_array(**self.where(), crop=self._ends())

    def _ends(self) -> tuple[tuple[int, int] | None, ...]:
        return (self.crop.x, self.crop.y, self.crop.z) if self.crop else ()

    def phase_labels(self) -> dict[str, int]:
        """Return the label of each named phase."""
        return dict(self.phases or {})

    def load(self) -> LabelledImage:
        """Read the file and label its voxels."""
        return label_image(
            read_labels(**self.where(), crop=self._ends(), threshold=self.threshold),
            voxel_size=per_axis(self.voxel_size),
            phases=self.phase_labels(),
            source=self.source,
        )


class FileImage(StoredImage):
    """An image in a file (.npz, .npy, .tif, .raw or HDF5) or a folder (zarr, or one .tif per plane along x)."""

    file: ScenarioPath
    key: str | None = Field(None, description="name of the array in a .npz, HDF5 or zarr file that holds several")
    shape: Shape | None = Field(None, description="voxels along each axis of a .raw file, the last runs fastest")
    dtype: Annotated[str, AfterValidator(_check_type)] | None = Field(
        None, description="type of the numbers in a .raw file", examples=["uint8", ">u2"]
    )

    @property
    def source(self) -> str:
        """The path of the file."""
        return str(self.file)

    def where(self) -> dict[str, Any]:
        """Return path and options."""
        return {"path": self.file, "key": self.key, "shape": self.shape, "dtype": self.dtype}


class NamedImage(StoredImage):
    """A public image, named as in the data registry."""

    data: Annotated[str, AfterValidator(_check_name), Field(json_schema_extra={"enum": list(IMAGES)})]

    @property
    def source(self) -> str:
        """The name of the image."""
        return f"the named image {self.data}"

    def where(self) -> dict[str, Any]:
        """Find or download the image."""
        return {"path": locate(self.data), "key": IMAGES[self.data].key}

    def citations(self) -> tuple[str, ...]:
        """Return whom the registry asks to cite."""
        return (IMAGES[self.data].citation,)
