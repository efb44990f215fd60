"""The tables of ``kind = "cutouts"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo, field_validator

from electrosim.base import scenario as base
from electrosim.base.errors import concerning
from electrosim.base.scenario import entries, refuse
from electrosim.base.units import Fraction, FractionOrWhole, Length, one_or_several
from electrosim.conduction.multigrid import Multigrid
from electrosim.correlations import CONDUCTIVITY_LAWS, WEIGHTS
from electrosim.cutouts.fits import Fits
from electrosim.cutouts.macropores import MacroporeRule
from electrosim.cutouts.problem import Labels, Problem
from electrosim.cutouts.selection import Placement, Selection
from electrosim.cutouts.solve import Method
from electrosim.voxels.table import ImageTable, PositiveCount, Seed, per_axis
from electrosim.voxels.tables import Image

Names = Annotated[
    Annotated[str, Tag("one value")]
    | Annotated[tuple[str, ...], AfterValidator(entries(1, 255)), Tag("several values")],
    Discriminator(one_or_several),
]
"""One name of a phase, or a list."""


def _several(names: str | tuple[str, ...]) -> tuple[str, ...]:
    return names if isinstance(names, tuple) else (names,)


class Phases(base.Table):
    """Which phases of the image are pore and which are solid; all others keep out of cutouts."""

    pores: Annotated[Names, Field(description="what is pore, of all sorts")] = "pore"
    solid: Annotated[Names, Field(description="the solid of the carbon-binder domain")] = "cbd"
    known_macropores: Annotated[
        Names | None, Field(description="which of the pores are macropores, if the image knows it: scores the filter")
    ] = None

    def labels(self, known: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
        """Return the labels of each role."""
        return {
            role: tuple(known[name] for name in _several(names)) if names else ()
            for role, names in ((role, getattr(self, role)) for role in ("pores", "solid", "known_macropores"))
        }


class SelectionTable(base.Table):
    """Which cutouts to take out of the volumes."""

    size: int = Field(128, strict=True, ge=2, le=2048, description="edge of a cutout in voxels")
    overlap: Annotated[FractionOrWhole, Field(lt=1, description="largest share that two cutouts have in common")] = 0.0
    placement: Placement = Field("packed", description="packed gives most cutouts, random prefers no place")
    most: PositiveCount | None = Field(None, description="most cutouts of a volume; of more, a random choice")
    volumes: int = Field(1, strict=True, ge=1, le=1000, description="phantoms of successive seeds, one after the other")
    seed: Annotated[Seed, Field(description="of selection and bootstrap")] = 0


class MacroporesTable(base.Table):
    """Which cutouts are dropped, because macropores fill too much of them."""

    diameter: Annotated[Length, Field(description="pore regions of larger inscribed diameter are macropores")] = (
        "600 nm"  # type: ignore[assignment]
    )
    share: Annotated[FractionOrWhole, Field(lt=1, description="largest share of a cutout that they may fill")] = 0.2
    region: int = Field(800, strict=True, ge=2, description="edge in voxels of the surroundings parted into pores")
    coarsening: int = Field(
        2, strict=True, ge=1, le=6, description="edge in voxels of the voxels that they are parted at"
    )


class Transport(base.Table):
    """How the conductivities are found."""

    free_layers: int = Field(
        16, strict=True, ge=1, le=4096, description="layers of free electrolyte at both ends, in the third condition"
    )


class FitTable(base.Table):
    """The correlations of conductivity with porosity."""

    weights: Literal[tuple(WEIGHTS)] = "log-normal"  # type: ignore[valid-type]
    correlations: tuple[Literal[tuple(CONDUCTIVITY_LAWS)], ...] = Field(  # type: ignore[valid-type]
        tuple(CONDUCTIVITY_LAWS), description="the power law is always fitted"
    )
    resamples: int = Field(1000, strict=True, ge=0, le=100_000, description="of the bootstrap")
    level: Fraction = Field(0.95, description="of intervals and bands")


class ErrorsTable(base.Table):
    """Which uncertainties to carry through to the correlation."""

    segmentation: bool = Field(True, strict=True, description="surface of the pores moved by a voxel each way")


class Output(base.Output):
    """What is written beside the numbers."""

    pore_sizes: bool = Field(True, strict=True, description="measure pore sizes and mercury intrusion")


class MethodTable(base.Table):
    """How the equations are solved."""

    rtol: float = Field(1e-3, strict=True, gt=0, lt=1, description="relative error of a conductivity at which to stop")
    max_iterations: int = Field(200, strict=True, ge=1, le=100_000)
    workers: PositiveCount | None = Field(
        None, exclude=True, description="processes side by side, as many as fit by default; the answer is the same"
    )


class Scenario(base.Scenario):
    """Conductivity of the cutouts of a large volume, and its correlation with porosity."""

    resumable = True

    kind: Literal["cutouts"]
    image: Image
    phases: Phases = Phases()
    selection: SelectionTable = SelectionTable()
    macropores: MacroporesTable = MacroporesTable()
    transport: Transport = Transport()
    fit: FitTable = FitTable()
    errors: ErrorsTable = ErrorsTable()
    output: Output = Output()
    method_table: MethodTable = Field(MethodTable(), alias="method")

    @field_validator("image")
    @classmethod
    def _can_be_cut(cls, value: ImageTable) -> ImageTable:
        sizes = per_axis(value.voxel_size)  # type: ignore[attr-defined]
        if len(set(sizes)) > 1:
            raise refuse("has voxels that are not cubic, but pores are measured along all axes alike; resample it")
        if not value.phase_labels():
            raise refuse("names no phases; add image.phases")
        return value

    @field_validator("phases")
    @classmethod
    def _are_known(cls, value: Phases, info: ValidationInfo) -> Phases:
        if "image" not in info.data:
            return value
        known = info.data["image"].phase_labels()
        for role in ("pores", "solid", "known_macropores"):
            for name in _several(getattr(value, role) or ()):
                if name not in known:
                    raise refuse(
                        f'{role} names "{name}", which is no phase of the image; known here: {", ".join(known)}'
                    )
        labels = value.labels(known)
        if set(labels["pores"]) & set(labels["solid"]):
            raise refuse("names a phase both as pores and as solid; give each once")
        if not set(labels["known_macropores"]) <= set(labels["pores"]):
            raise refuse("known_macropores names a phase that is none of the pores; add it to pores")
        return value

    @field_validator("selection")
    @classmethod
    def _volumes_differ(cls, value: SelectionTable, info: ValidationInfo) -> SelectionTable:
        if value.volumes > 1 and "image" in info.data and not hasattr(info.data["image"], "seed"):
            raise refuse("volumes is more than one, but the image has no seed by which they would differ; remove it")
        return value

    @field_validator("macropores")
    @classmethod
    def _surround(cls, value: MacroporesTable, info: ValidationInfo) -> MacroporesTable:
        size = info.data["selection"].size if "selection" in info.data else 0
        if value.region < size:
            raise refuse(f"region is smaller than a cutout, {size} voxels; enlarge it")
        return value

    @functools.cached_property
    def problem(self) -> Problem:
        """The volumes, made when the study comes to them, and what is asked of them."""
        image: ImageTable = self.image
        selection = self.selection
        images = [image]
        if selection.volumes > 1:
            first = image.seed  # type: ignore[attr-defined]
            images = [image.model_copy(update={"seed": first + number}) for number in range(selection.volumes)]
        return Problem(
            volumes=[_loader(one) for one in images],
            voxel_size=per_axis(self.image.voxel_size)[0],
            **cast(Any, self.phases.labels(image.phase_labels())),
            selection=Selection(selection.size, selection.overlap, selection.placement, selection.most),
            macropores=MacroporeRule(**dict(self.macropores)),
            free_layers=self.transport.free_layers,
            surface_shift=self.errors.segmentation,
            pore_sizes=self.output.pore_sizes,
            fits=Fits(**dict(self.fit)),
            seed=selection.seed,
        )

    @property
    def method(self) -> Method:
        """How it is solved."""
        table = self.method_table
        return Method(Multigrid(rtol=table.rtol, max_iterations=table.max_iterations), table.workers)

    @property
    def seed(self) -> int:
        """The seed of selection and bootstrap."""
        return self.selection.seed

    def citations(self) -> Sequence[str]:
        """Return the references behind method, filter and image."""
        return (
            "M. Prasad et al., Analysis of carbon-binder domain morphology and correlation to effective ion transport "
            "properties (the study)",
            "J. T. Gostick, Phys. Rev. E 96 (2017) 023307, doi 10.1103/PhysRevE.96.023307 (pore regions)",
            "Y. Notay, P. S. Vassilevski, Numer. Linear Algebra Appl. 15 (2008) 473, doi 10.1002/nla.542",
            *(CONDUCTIVITY_LAWS[name].source for name in self.fit.correlations),
            *self.image.citations(),
        )


def _loader(image: ImageTable) -> Callable[[], Labels]:
    """Return what reads or makes a volume."""

    def load() -> Labels:
        with concerning("image", "file"):
            return cast(Labels, image.load().labels)

    return load
