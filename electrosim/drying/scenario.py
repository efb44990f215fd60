"""The tables of ``kind = "drying"`` scenarios."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import AfterValidator, Field, field_validator

from electrosim.base import scenario as base
from electrosim.base.quantities import Duration
from electrosim.drying.cracking_tables import CrackingTable
from electrosim.drying.film_tables import CoatingTable, DryingTable, FilmTable, ZoneTable, zones_of
from electrosim.drying.method import Method
from electrosim.drying.problem import Problem
from electrosim.drying.species_tables import SpeciesTable

_NAME = r"^[a-z][a-z0-9_]{0,30}$"


class MethodTable(base.Table):
    """How the equations are solved."""

    cells: int = Field(200, strict=True, ge=4, le=5000, description="of the profile of what migrates")
    steps: int = Field(400, strict=True, ge=2, le=100_000, description="in time, of the migration")
    times: int = Field(200, strict=True, ge=2, le=2000, description="of the output")
    rtol: float = Field(1e-9, strict=True, ge=1e-12, lt=1, description="of solvent and temperature over time")
    longest_time: Duration = "30 d"  # type: ignore[assignment]
    migration: Literal["own", "fipy"] = Field("own", description="who solves the migration; FiPy is the slow twin")


class Scenario(base.Scenario):
    """A coating from wet to dry."""

    kind: Literal["drying"]
    coating: CoatingTable
    film: FilmTable
    zones: Annotated[tuple[ZoneTable, ...], AfterValidator(base.entries(1, 50))] = Field(
        description="what the film goes through"
    )
    drying: DryingTable = DryingTable()
    binder: SpeciesTable | None = Field(None, description="migration of the binder")
    migrating: dict[str, SpeciesTable] = Field({}, max_length=5, description="what else migrates, by its name")
    cracking: CrackingTable | None = None
    method_table: MethodTable = Field(MethodTable(), alias="method")

    @field_validator("migrating")
    @classmethod
    def _names_make_variables(cls, value: dict[str, SpeciesTable]) -> dict[str, SpeciesTable]:
        for name in value:
            if not re.fullmatch(_NAME, name) or name == "binder":
                raise base.unknown_key(name, ["carbon", "sbr", "cmc"])
        return value

    @functools.cached_property
    def problem(self) -> Problem:
        """Coating, film, oven, and what migrates and cracks."""
        coating = self.coating.coating()
        viscosity = self.drying.viscosity
        film = self.film.film(coating, viscosity)
        tables = ({"binder": self.binder} if self.binder else {}) | self.migrating
        liquid = coating.solvent.viscosity if viscosity is None else viscosity
        return Problem(
            coating,
            film,
            zones_of(self.zones, self.drying.belt_speed),
            species=tuple(table.species(name, liquid) for name, table in tables.items()),
            cracking=self.cracking.cracking(coating, film) if self.cracking else None,
            **dict(self.drying),
        )

    @property
    def method(self) -> Method:
        """How it is solved."""
        return Method(**dict(self.method_table))

    @property
    def seed(self) -> int | None:
        """The seed of the Monte Carlo trials, if there are any."""
        return self.cracking.seed if self.cracking and self.cracking.intervals.intervals() else None

    def options(self) -> Mapping[str, Any]:
        """Return the source of the trials."""
        return {"rng": np.random.default_rng(self.seed or 0)}

    def citations(self) -> Sequence[str]:
        """Return the references behind what is asked for."""
        lines = []
        if any(zone.air_temperature is not None for zone in self.zones):
            lines.append("J. Kumberg et al., Energy Technol. 7 (2019) 1900722, doi 10.1002/ente.201900722 (gas side)")
        if self.film.particles == "layered":
            lines.append("G. J. Kynch, Trans. Faraday Soc. 48 (1952) 166, doi 10.1039/TF9524800166 (settling)")
        if self.binder or self.migrating:
            lines.append("F. Font et al., J. Power Sources 393 (2018) 177, arXiv 1801.01580 (binder)")
        if self.method_table.migration == "fipy":
            lines.append("J. E. Guyer et al., Comput. Sci. Eng. 11 (2009) 6, doi 10.1109/MCSE.2009.52 (FiPy)")
        if self.cracking:
            lines += [
                "W. J. Dawson et al., EES Batteries 2 (2026) 572, doi 10.1039/d5eb00201j (eqs. 1 and 2)",
                "L. R. White, J. Colloid Interface Sci. 90 (1982) 536",
                "M. S. Tirumkudulu, W. B. Russel, Langmuir 21 (2005) 4938, doi 10.1021/la048298k",
                "K. B. Singh, M. S. Tirumkudulu, Phys. Rev. Lett. 98 (2007) 218302, doi 10.1103/PhysRevLett.98.218302",
            ]
            if self.seed is not None:
                lines.append("JCGM 101:2008, Supplement 1 to the GUM (intervals)")
        return lines
