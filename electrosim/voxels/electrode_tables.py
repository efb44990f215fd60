"""The [image] table of the electrode phantom; lengths become voxels here and the generator does the rest."""

from __future__ import annotations

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, ValidationInfo, field_validator

from electrosim.base.units import Fraction, FractionOrWhole, Length
from electrosim.voxels import electrode, gaussian_planes
from electrosim.voxels.phantom_tables import Phantom, in_voxels
from electrosim.voxels.table import Seed, checked

_USUAL_DIAMETER = 6e-6  # m


class Electrode(Phantom):
    """Active material, carbon-binder domain with its pores, and macropores; periodic along every axis."""

    phantom: Literal["electrode"]
    seed: Seed = 0
    active_share: Annotated[FractionOrWhole, Field(lt=1, description="of the volume")] = 0.575
    particle_diameter: Annotated[
        Length | None,
        Field(description="of the mean volume; 6 um by default, or three quarters of the shortest edge if less"),
    ] = None
    macropore_share: Annotated[FractionOrWhole, Field(lt=1, description="of the volume")] = 0.187
    macropore_length: Annotated[
        Length, Field(description="correlation length; median diameter is about twice as large")
    ] = "600 nm"  # type: ignore[assignment]
    cbd_porosity: Annotated[Fraction, Field(description="mean inner porosity of the carbon-binder domain")] = 0.337
    cbd_porosity_spread: Annotated[FractionOrWhole, Field(description="standard deviation of the local porosity")] = 0.1
    porosity_length: Annotated[Length, Field(description="correlation length of the local porosity")] = "1.2 um"  # type: ignore[assignment]
    pore_length: Annotated[
        Length, Field(description="least of three correlation lengths; median pore diameter is about 4.5 times it")
    ] = "40 nm"  # type: ignore[assignment]

    @field_validator("shape")
    @classmethod
    def _three_axes(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        checked(electrode.check_axes, value)
        return value

    @field_validator("particle_diameter")
    @classmethod
    def _fits(cls, value: float | None, info: ValidationInfo) -> float | None:
        given = info.data
        if value is not None and {"shape", "voxel_size", "active_share"} <= given.keys():
            diameter = in_voxels(value, given["voxel_size"])
            checked(electrode.check_particles, given["shape"], given["active_share"], diameter)
        return value

    @field_validator("macropore_share")
    @classmethod
    def _leaves_room(cls, value: float, info: ValidationInfo) -> float:
        if "active_share" in info.data:
            checked(electrode.check_shares, info.data["active_share"], value)
        return value

    @field_validator("macropore_length", "porosity_length")
    @classmethod
    def _can_be_shown(cls, value: float, info: ValidationInfo) -> float:
        if {"shape", "voxel_size"} <= info.data.keys():
            length = in_voxels(value, info.data["voxel_size"])
            checked(gaussian_planes.check_length, info.data["shape"], info.field_name, length)
        return value

    @field_validator("pore_length")
    @classmethod
    def _have_room(cls, value: float, info: ValidationInfo) -> float:
        if {"shape", "voxel_size"} <= info.data.keys():
            checked(electrode.check_pore_length, info.data["shape"], in_voxels(value, info.data["voxel_size"]))
        return value

    def bytes_needed(self) -> int:
        """Return one byte per voxel, and what drawing the finest coarse grid takes."""
        voxels = math.prod(self.shape)
        return round(voxels * (1 + 40 / in_voxels(self.pore_length, self.voxel_size) ** 3))

    def phase_labels(self) -> dict[str, int]:
        """Return the label of each phase that has a share."""
        absent = {name for name in ("active", "macropore") if getattr(self, f"{name}_share") == 0}
        return {name: label for name, label in electrode.PHASES.items() if name not in absent}

    def generate(self) -> NDArray[np.uint8]:
        """Return the labels."""
        voxel_size = self.voxel_size
        diameter = in_voxels(self.particle_diameter or _USUAL_DIAMETER, voxel_size)
        return electrode.electrode(
            self.shape,
            active_share=self.active_share,
            particle_diameter=diameter if self.particle_diameter else min(diameter, 0.75 * min(self.shape)),
            macropore_share=self.macropore_share,
            macropore_length=in_voxels(self.macropore_length, voxel_size),
            cbd_porosity=self.cbd_porosity,
            cbd_porosity_spread=self.cbd_porosity_spread,
            porosity_length=in_voxels(self.porosity_length, voxel_size),
            pore_length=in_voxels(self.pore_length, voxel_size),
            seed=self.seed,
        )

    def citations(self) -> tuple[str, ...]:
        """Return the electrode that is imitated, and the origin of the recipe."""
        return (
            "Prasad et al., Analysis of carbon-binder domain morphology and correlation to effective ion transport "
            "properties (2026): composition of the electrode phantom",
            "Graefensteiner et al., carbon-binder domain as level set of a Gaussian field, arXiv:2409.11080 (2024)",
        )
