"""The tables of ``kind = "structure"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator

from electrosim.base import scenario as base
from electrosim.base.errors import concerning
from electrosim.base.quantities import Angle, SurfaceTension
from electrosim.base.scenario import entries, refuse
from electrosim.structure.analysis import FACES, Analysis, Network, Porosimetry
from electrosim.structure.problem import Problem, check_pore
from electrosim.voxels.tables import Image

Face = Literal["xmin", "xmax", "ymin", "ymax", "zmin", "zmax"]


class AnalysisTable(base.Table):
    """What to find out beside volume fractions and connectivity."""

    pore: tuple[str, ...] = Field(("pore",), description="phases that together are the pore space")
    surface: bool = Field(True, strict=True, description="surface and interface areas")
    chords: bool = Field(True, strict=True, description="chord lengths along each axis")
    correlation: bool = Field(True, strict=True, description="two-point correlation along each axis")
    pore_sizes: bool = Field(True, strict=True, description="local thickness and its distribution")
    sizes: int = Field(40, strict=True, ge=2, le=1000, description="most diameters to tell apart")


class PorosimetryTable(base.Table):
    """Mercury intrusion; left out, none is simulated."""

    contact_angle: Angle = "140 deg"  # type: ignore[assignment]
    surface_tension: SurfaceTension = "0.48 N/m"  # type: ignore[assignment]
    faces: Annotated[
        tuple[Face, ...], AfterValidator(entries(1, 6)), Field(description="faces that mercury enters from")
    ] = FACES  # type: ignore[assignment]


class NetworkTable(base.Table):
    """The pore space as a network, and its conductance; left out, none is extracted."""

    peak_radius: int = Field(4, strict=True, ge=1, le=10, description="radius of the search for pore centres [voxels]")
    smoothing: float = Field(0.4, strict=True, ge=0, le=10, description="deviation of the Gaussian before it [voxels]")


class Scenario(base.Scenario):
    """What a volume looks like."""

    kind: Literal["structure"]
    image: Image
    analysis: AnalysisTable = AnalysisTable()
    porosimetry: PorosimetryTable | None = None
    network: NetworkTable | None = None

    @field_validator("image")
    @classmethod
    def _has_phases(cls, image: Image) -> Image:
        if not image.phase_labels():
            raise refuse("names no phase; add for instance phases = { pore = 1, solid = 0 }")
        return image

    @functools.cached_property
    def problem(self) -> Problem:
        """The image and its pore space."""
        check_pore(self.analysis.pore, self.image.phase_labels())
        with concerning("image", "file"):
            image = self.image.load()
        return Problem(image.labels, image.voxel_size, image.phases, self.analysis.pore)

    @property
    def method(self) -> Analysis:
        """What to find out."""
        asked = dict(self.analysis)
        del asked["pore"]
        return Analysis(
            **asked,
            porosimetry=Porosimetry(**dict(self.porosimetry)) if self.porosimetry else None,
            network=Network(**dict(self.network)) if self.network else None,
        )

    @property
    def seed(self) -> int | None:
        """The seed of the phantom, if the image is a random one."""
        return getattr(self.image, "seed", None)

    def options(self) -> Mapping[str, Any]:
        """Return what to keep beside the numbers."""
        return {"fields": self.output.fields}

    def citations(self) -> Sequence[str]:
        """Return the references behind what is asked for, and behind the image."""
        lines = []
        if self.analysis.surface:
            lines.append("W. E. Lorensen, H. E. Cline, Comput. Graph. 21 (1987) 163, doi 10.1145/37402.37422 (surface)")
        if self.analysis.correlation:
            lines.append("S. Torquato, Random Heterogeneous Materials, Springer 2002 (two-point correlation)")
        if self.analysis.pore_sizes:
            lines.append(
                "B. Münch, L. Holzer, J. Am. Ceram. Soc. 91 (2008) 4059, doi 10.1111/j.1551-2916.2008.02736.x "
                "(continuous pore sizes)"
            )
        if self.porosimetry:
            lines.append("E. W. Washburn, Proc. Natl. Acad. Sci. 7 (1921) 115, doi 10.1073/pnas.7.4.115 (intrusion)")
        if self.network:
            lines.append("J. T. Gostick, Phys. Rev. E 96 (2017) 023307, doi 10.1103/PhysRevE.96.023307 (network)")
            lines.append("J. Gostick et al., Comput. Sci. Eng. 18 (2016) 60, doi 10.1109/MCSE.2016.49 (OpenPNM)")
        if self.analysis.pore_sizes or self.porosimetry or self.network:
            lines.append("J. Gostick et al., J. Open Source Softw. 4 (2019) 1296, doi 10.21105/joss.01296 (PoreSpy)")
        return (*dict.fromkeys((*lines, *self.image.citations())),)
