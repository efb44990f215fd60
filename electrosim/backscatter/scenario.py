"""The tables of ``kind = "backscatter"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from electrosim.backscatter.method import MonteCarlo, Plain
from electrosim.backscatter.problem import Film, Problem
from electrosim.backscatter.scenario_tables import (
    BeamTable,
    DetectorTable,
    FilmTable,
    InferTable,
    LayerTable,
    MethodTable,
    ModelTable,
    PlanTable,
    SubstrateTable,
    TrajectoriesTable,
)
from electrosim.base import scenario as base
from electrosim.base.errors import concerning
from electrosim.materials import material


class Scenario(base.Scenario):
    """Electrons scattered back from films and bulk."""

    kind: Literal["backscatter"]
    electrons: int = Field(100_000, strict=True, ge=1, le=10**13, description="per energy of the beam")
    seed_key: int = Field(0, alias="seed", strict=True, ge=0, lt=2**63, description="number of the experiment")
    beam: BeamTable
    film: FilmTable | None = None
    substrate: SubstrateTable | None = None
    cover: tuple[LayerTable, ...] = Field((), max_length=20, description="layers above the film, from the surface down")
    interlayers: tuple[LayerTable, ...] = Field((), max_length=20, description="layers between film and substrate")
    targets: tuple[str, ...] = Field((), max_length=200, description="bulk materials, each alone, in place of layers")
    detector: DetectorTable = DetectorTable()
    model: ModelTable = ModelTable()
    method_table: MethodTable = Field(MethodTable(), alias="method")
    trajectories: TrajectoriesTable | None = None
    infer: InferTable | None = None
    plan: PlanTable | None = None

    @functools.cached_property
    def problem(self) -> Problem:
        """The beam, what it meets, and what is counted."""
        with concerning("targets"):
            targets = [material(name) for name in self.targets]
        return Problem(
            energies=self.beam.energies,
            substrate=self.substrate.layer() if self.substrate else None,
            film=Film(self.film.compound(), self.film.thicknesses) if self.film else None,
            cover=[layer.layer() for layer in self.cover],
            interlayers=[layer.layer() for layer in self.interlayers],
            targets=targets,
            target_names=self.targets,
            detector=self.detector.detector(),
            tilt=self.beam.tilt,
            beam_diameter=self.beam.diameter,
            elastic=self.model.elastic,
            stopping=self.model.stopping,
        )

    @property
    def method(self) -> MonteCarlo | Plain:
        """How the electrons are followed."""
        return self.method_table.method(self.electrons, self.seed_key)

    @property
    def seed(self) -> int:
        """The seed of all random numbers."""
        return self.seed_key

    def options(self) -> Mapping[str, Any]:
        """Return what to find out beside the counts."""
        return {
            "trajectories": self.trajectories.trajectories() if self.trajectories else None,
            "infer": self.infer.infer() if self.infer else None,
            "plan": self.plan.plan() if self.plan else None,
        }

    def citations(self) -> Sequence[str]:
        """Return the references behind the collisions and the walk."""
        lines = []
        if self.model.elastic == "mott":
            lines += [
                "I. Lobato, D. Van Dyck, Acta Crystallogr. A 70 (2014) 636, doi 10.1107/S205327331401643X (atoms)",
                "J. B. Furness, I. E. McCarthy, J. Phys. B 6 (1973) 2280, doi 10.1088/0022-3700/6/11/021 (exchange)",
            ]
        if self.model.elastic == "browning":
            lines.append("R. Browning et al., J. Appl. Phys. 76 (1994) 2016, doi 10.1063/1.357669 (cross-sections)")
        lines += [
            "D. C. Joy, S. Luo, Scanning 11 (1989) 176, doi 10.1002/sca.4950110404 (stopping power)",
            "G. L. Steele, D. Lea, C. H. Flood, OOPSLA 2014, doi 10.1145/2660193.2660195 (random numbers)",
        ]
        if self.film is not None:
            lines.append(
                "S. P. Zankowski et al., Nat. Commun. (2026), doi 10.1038/s41467-026-69002-1 (visibility of a film)"
            )
        return lines
