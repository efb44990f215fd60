"""The [image] tables of generated images; lengths become voxels here and the generators do the rest."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError

from electrosim.base.memory import check_memory
from electrosim.base.scenario import entries, refuse
from electrosim.base.units import Fraction, FractionOrWhole, Length
from electrosim.voxels import carbon_binder, phantom, spheres
from electrosim.voxels.image import LabelledImage, label_image
from electrosim.voxels.table import ImageTable, PositiveCount, Seed, Shape, checked


class Phantom(ImageTable):
    """What all phantoms share."""

    phantom: str
    shape: Shape
    voxel_size: Length

    bytes_per_voxel: ClassVar[int] = 4

    @abstractmethod
    def generate(self) -> NDArray[np.uint8]:
        """Return the labels."""

    def bytes_needed(self) -> int:
        """Return how much memory the generator takes."""
        return math.prod(self.shape) * self.bytes_per_voxel

    def load(self) -> LabelledImage:
        """Generate the image."""
        check_memory(self.bytes_needed(), f"image.shape: the {self.phantom} phantom")
        seed = f", seed {self.seed}" if hasattr(self, "seed") else ""
        return label_image(
            self.generate(),
            voxel_size=(self.voxel_size,),
            phases=self.phase_labels(),
            source=f"phantom {self.phantom}{seed}",
        )


def in_voxels(length: float, voxel_size: float) -> float:
    """Return a length in voxels, without the rounding of the units.

    Parameters
    ----------
    length, voxel_size : float
        [m].
    """
    return round(length / voxel_size, 9)


class CarbonBinder(Phantom):
    """Level set of a Gaussian random field with spherical large pores; periodic along every axis."""

    phantom: Literal["carbon-binder"]
    porosity: Fraction
    seed: Seed = 0
    correlation_length: Annotated[Length, Field(description="median pore diameter is about 2.6 times as large")] = (
        "60 nm"  # type: ignore[assignment]
    )
    large_pore_diameter: Length = "400 nm"  # type: ignore[assignment]
    large_pores: Annotated[FractionOrWhole, Field(description="share of the volume, part of the porosity")] = 0.03

    bytes_per_voxel: ClassVar[int] = 16

    @field_validator("correlation_length")
    @classmethod
    def _fits(cls, value: float, info: ValidationInfo) -> float:
        if {"shape", "voxel_size"} <= info.data.keys():
            checked(
                carbon_binder.check_correlation_length, info.data["shape"], in_voxels(value, info.data["voxel_size"])
            )
        return value

    @field_validator("large_pores")
    @classmethod
    def _fit(cls, value: float, info: ValidationInfo) -> float:
        given = info.data
        if {"shape", "voxel_size", "porosity", "large_pore_diameter"} <= given.keys():
            diameter = in_voxels(given["large_pore_diameter"], given["voxel_size"])
            checked(carbon_binder.check_large_pores, given["shape"], given["porosity"], value, diameter)
        return value

    def phase_labels(self) -> dict[str, int]:
        """Return the label of each phase."""
        return {"pore": 1, "cbd": 0}

    def generate(self) -> NDArray[np.uint8]:
        """Return the labels."""
        return carbon_binder.carbon_binder(
            self.shape,
            self.porosity,
            correlation_length=in_voxels(self.correlation_length, self.voxel_size),
            large_pores=self.large_pores,
            large_pore_diameter=in_voxels(self.large_pore_diameter, self.voxel_size),
            seed=self.seed,
        )

    def citations(self) -> tuple[str, ...]:
        """Return the origin of the recipe."""
        return (
            "Graefensteiner et al., carbon-binder domain as level set of a Gaussian field, arXiv:2409.11080 (2024)",
        )


class Blobs(Phantom):
    """PoreSpy's blobs; periodic along every axis."""

    phantom: Literal["blobs"]
    porosity: Fraction
    blobiness: Annotated[float, Field(strict=True, ge=0.1, description="the larger, the finer")] = 1.0
    seed: Annotated[Seed, Field(lt=2**32)] = 0

    bytes_per_voxel: ClassVar[int] = 48

    def phase_labels(self) -> dict[str, int]:
        """Return the label of each phase."""
        return {"pore": 1, "solid": 0}

    def generate(self) -> NDArray[np.uint8]:
        """Return the labels."""
        return phantom.blobs(self.shape, self.porosity, blobiness=self.blobiness, seed=self.seed)

    def citations(self) -> tuple[str, ...]:
        """Return the paper on PoreSpy."""
        return ("Gostick et al., PoreSpy, J. Open Source Softw. 4 (2019) 1296, doi:10.21105/joss.01296",)


class Spheres(Phantom):
    """Equal spheres on a cubic lattice, or at random and overlapping; periodic along every axis."""

    phantom: Literal["spheres"]
    arrangement: Literal["sc", "bcc", "fcc", "random"]
    sphere_fraction: Fraction
    cells: Annotated[PositiveCount, Field(description="unit cells along the shortest edge, of cubic arrays")] = 1
    diameter: Annotated[Length | None, Field(description="of random spheres")] = None
    seed: Seed = 0

    bytes_per_voxel: ClassVar[int] = 8

    @field_validator("sphere_fraction")
    @classmethod
    def _do_not_overlap(cls, value: float, info: ValidationInfo) -> float:
        arrangement = info.data.get("arrangement", "random")
        if arrangement != "random" and "shape" in info.data:
            checked(spheres.cubic_radius, arrangement, value, len(info.data["shape"]))
        return value

    @field_validator("cells")
    @classmethod
    def _divide(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("arrangement") == "random" and value != 1:
            raise refuse("applies to cubic arrays; remove it")
        if info.data.get("arrangement", "random") != "random" and "shape" in info.data:
            checked(spheres.cubic_cell, info.data["shape"], value)
        return value

    @field_validator("diameter")
    @classmethod
    def _for_random(cls, value: float | None, info: ValidationInfo) -> float | None:
        given = info.data
        if given.get("arrangement") == "random":
            if value is None:
                raise PydanticKnownError("missing")
            if {"shape", "voxel_size", "sphere_fraction"} <= given.keys():
                diameter = in_voxels(value, given["voxel_size"])
                checked(spheres.mean_count, given["shape"], given["sphere_fraction"], diameter)
        elif "arrangement" in given and value is not None:
            raise refuse("follows from sphere_fraction in cubic arrays; remove it")
        return value

    def phase_labels(self) -> dict[str, int]:
        """Return the label of each phase."""
        return {"matrix": 0, "sphere": 1}

    def generate(self) -> NDArray[np.uint8]:
        """Return the labels."""
        if self.arrangement != "random":
            return spheres.cubic_array(self.shape, self.arrangement, self.sphere_fraction, cells=self.cells)
        if self.diameter is None:  # refused above
            raise ValueError("random spheres need a diameter")
        diameter = in_voxels(self.diameter, self.voxel_size)
        return spheres.random_spheres(self.shape, self.sphere_fraction, diameter, seed=self.seed)


class Laminate(Phantom):
    """Layers along an axis, repeated."""

    phantom: Literal["laminate"]
    axis: Literal["x", "y", "z"]
    layers: Annotated[
        tuple[PositiveCount, ...],
        AfterValidator(entries(2, 26)),
        Field(description="thickness of each layer in voxels; their phases are a, b, ..."),
    ]

    @field_validator("layers")
    @classmethod
    def _fit(cls, value: tuple[int, ...], info: ValidationInfo) -> tuple[int, ...]:
        if {"shape", "axis"} <= info.data.keys():
            checked(phantom.check_laminate, info.data["shape"], "xyz".index(info.data["axis"]), value)
        return value

    def phase_labels(self) -> dict[str, int]:
        """Return the label of each phase."""
        return phantom.layer_names(len(self.layers))

    def generate(self) -> NDArray[np.uint8]:
        """Return the labels."""
        return phantom.laminate(self.shape, "xyz".index(self.axis), self.layers)


class Checkerboard(Phantom):
    """Two phases that alternate along every axis."""

    phantom: Literal["checkerboard"]
    cells: Annotated[int, Field(strict=True, ge=2, description="fields along each edge")] = 2

    @field_validator("cells")
    @classmethod
    def _divide(cls, value: int, info: ValidationInfo) -> int:
        if "shape" in info.data:
            checked(phantom.check_checkerboard, info.data["shape"], value)
        return value

    def phase_labels(self) -> dict[str, int]:
        """Return the label of each phase."""
        return {"a": 0, "b": 1}

    def generate(self) -> NDArray[np.uint8]:
        """Return the labels."""
        return phantom.checkerboard(self.shape, cells=self.cells)


class SquareInclusions(Phantom):
    """One square of a quarter of the area in each square cell, extruded along z."""

    phantom: Literal["square-inclusions"]
    cells: Annotated[PositiveCount, Field(description="cells along x and along y")] = 1

    @field_validator("cells")
    @classmethod
    def _divide(cls, value: int, info: ValidationInfo) -> int:
        if "shape" in info.data:
            checked(phantom.check_inclusions, info.data["shape"], value)
        return value

    def phase_labels(self) -> dict[str, int]:
        """Return the label of each phase."""
        return {"matrix": 0, "inclusion": 1}

    def generate(self) -> NDArray[np.uint8]:
        """Return the labels."""
        return phantom.square_inclusions(self.shape, cells=self.cells)
