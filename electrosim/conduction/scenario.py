"""The tables of ``kind = "conduction"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator

from electrosim.base import scenario as base
from electrosim.base.errors import concerning
from electrosim.base.scenario import refuse
from electrosim.base.units import Conductivity, one_or_several
from electrosim.conduction.certainty_tables import ErrorsTable, RepresentativeVolumeTable
from electrosim.conduction.direct import Direct
from electrosim.conduction.grey_scale import GreyScale, by_phase_or_grey_value
from electrosim.conduction.multigrid import Multigrid
from electrosim.conduction.problem import Boundary, Electrode, Problem, Sides
from electrosim.voxels.tables import Image, StoredImage

PerAxisConductivity = Annotated[
    Annotated[Conductivity, Tag("one value")]
    | Annotated[tuple[Conductivity, ...], Field(min_length=2, max_length=3), Tag("several values")],
    Discriminator(one_or_several),
]


ByPhase = Annotated[
    dict[str, PerAxisConductivity],
    Field(
        min_length=1, description="conductivity of each conducting phase, one or one per axis; other phases insulate"
    ),
]


class Transport(base.Table):
    """How the current is driven."""

    directions: Literal["all", "x", "y", "z", "xy", "xz", "yz", "xyz"] = Field("all", description="axes to solve along")
    boundary: Boundary = "constant-potential"
    electrode: Electrode = Field("face", description="where the end planes lie")
    sides: Sides = Field("no-flux", description="what happens across the direction")
    reference: Conductivity | None = Field(
        None, gt=0, description="conductivity that relative ones refer to; the largest given one by default"
    )


class Method(base.Table):
    """How the equations are solved."""

    solver: Literal["multigrid", "direct"] = Field("multigrid", description="direct is for small images")
    rtol: float = Field(
        1e-3, strict=True, gt=0, lt=1, description="relative error of the conductivity at which to stop"
    )
    max_iterations: int = Field(200, strict=True, ge=1, le=100_000)


class Output(base.Output):
    """What is written beside the numbers."""

    bounds: bool = Field(False, strict=True, description="compute a guaranteed interval of the conductivity")
    surface: bool = Field(False, strict=True, description="draw what carries current in three dimensions")
    dead_ends: bool = Field(False, strict=True, description="count what joins the electrodes but carries no current")
    electrode_tortuosity: bool = Field(
        False, strict=True, description="compute the tortuosity of a blocking electrode, whose dead ends count"
    )


class Scenario(base.Scenario):
    """Conductivity of a voxel image."""

    kind: Literal["conduction"]
    image: Image
    conductivity: Annotated[
        Annotated[ByPhase, Tag("by phase")] | Annotated[GreyScale, Tag("by grey value")],
        Discriminator(by_phase_or_grey_value),
    ]
    transport: Transport = Transport()
    method_table: Method = Field(Method(), alias="method")
    output: Output = Output()
    errors: ErrorsTable = ErrorsTable()
    rev: RepresentativeVolumeTable | None = None

    @field_validator("conductivity")
    @classmethod
    def _fits_the_image(cls, value: ByPhase | GreyScale, info: ValidationInfo) -> ByPhase | GreyScale:
        image = info.data.get("image")
        if image is None:
            return value
        if isinstance(value, GreyScale):
            value.check(image)
        else:
            known = image.phase_labels()
            if not known:
                raise refuse("names phases, and the image has none; add image.phases, or give grey_values here")
            for name in value:
                if name not in known:
                    raise base.unknown_key(name, known)
        return value

    @field_validator("errors")
    @classmethod
    def _band_needs_a_threshold(cls, value: ErrorsTable, info: ValidationInfo) -> ErrorsTable:
        if "image" in info.data:
            value.check(info.data["image"])
        return value

    @functools.cached_property
    def problem(self) -> Problem:
        """The image and what is asked of it."""
        asked = dict(self.transport)
        if isinstance(self.conductivity, GreyScale):
            with concerning("image", "file"):
                grey = cast(StoredImage, self.image).read()  # as `GreyScale.check` has seen
            return Problem(self.conductivity.conductivity(grey), self.image.voxel_size, "image", **asked)
        with concerning("image", "file"):
            image = self.image.load()
        return Problem(
            image=image.labels,
            voxel_size=image.voxel_size,
            conductivity={image.phases[name]: value for name, value in self.conductivity.items()},
            phase_names={label: name for name, label in image.phases.items()},
            **asked,
        )

    @property
    def method(self) -> Multigrid | Direct:
        """How it is solved."""
        if self.method_table.solver == "direct":
            return Direct()
        return Multigrid(rtol=self.method_table.rtol, max_iterations=self.method_table.max_iterations)

    @property
    def seed(self) -> int | None:
        """The seed of the phantom, if the image is a random one."""
        return getattr(self.image, "seed", None)

    def options(self) -> Mapping[str, Any]:
        """Return what to compute and keep beside the conductivity."""
        output = ("fields", "bounds", "surface", "dead_ends", "electrode_tortuosity")
        return {name: getattr(self.output, name) for name in output} | {
            "errors": self.errors.errors(self.image),
            "rev": self.rev.asked() if self.rev else None,
        }

    def citations(self) -> Sequence[str]:
        """Return the references behind method, boundary condition and image."""
        lines = []
        if self.method_table.solver == "multigrid":
            lines.append("Y. Notay, P. S. Vassilevski, Numer. Linear Algebra Appl. 15 (2008) 473, doi 10.1002/nla.542")
        if self.transport.boundary == "constant-current":
            lines.append(
                "M. Prasad et al., Analysis of carbon-binder domain morphology and correlation to effective ion "
                "transport properties (boundary condition and eq. 1)"
            )
        if self.output.dead_ends:
            lines.append("J. Hopcroft, R. Tarjan, Commun. ACM 16 (1973) 372, doi 10.1145/362248.362272 (dead ends)")
        if self.output.electrode_tortuosity:
            lines.append(
                "T.-T. Nguyen et al., npj Comput. Mater. 6 (2020) 123, doi 10.1038/s41524-020-00386-4 "
                "(electrode tortuosity)"
            )
        if self.errors.cutout:
            lines.append("C. Huet, J. Mech. Phys. Solids 38 (1990) 813, doi 10.1016/0022-5096(90)90041-2")
        if self.rev:
            lines.append("T. Kanit et al., Int. J. Solids Struct. 40 (2003) 3647, doi 10.1016/S0020-7683(03)00143-4")
        return (*lines, *self.image.citations())
