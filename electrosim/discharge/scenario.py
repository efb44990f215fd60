"""The tables of ``kind = "discharge"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from electrosim.base import scenario as base
from electrosim.base.units import FractionOrWhole
from electrosim.discharge.cell_tables import CellTable
from electrosim.discharge.parameter_sets import ParameterSet
from electrosim.discharge.problem import Analysis, Problem
from electrosim.discharge.protocol_tables import ProtocolTable
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials


class AnalysisTable(base.Table):
    """What to find out beside capacity and energy."""

    gamma_base: Literal["power-of-two", "paper"] = Field(
        "power-of-two", description="rate capability as 2^-alpha, the factor per doubling of current, or as 0.301^alpha"
    )
    fit: Literal["energy", "capacity"] = Field("energy", description="what Peukert's law is fitted to")
    residuals: Literal["logarithmic", "linear"] = Field("logarithmic", description="what that fit makes least")
    depths: tuple[FractionOrWhole, ...] = Field(
        (0.1, 0.5, 0.9), min_length=1, max_length=100, description="depths of discharge to keep profiles at"
    )
    samples: int = Field(300, strict=True, ge=2, le=100_000, description="times of each run to keep at most")
    single_layers: bool = Field(
        True, strict=True, description="discharge single layers of each layer's recipe too, to compare with (eq. 7)"
    )


class Method(base.Table):
    """How the equations are solved."""

    solver: Literal["structured", "sundials"] = Field("structured", description="sundials is the slow, plain twin")
    rtol: float = Field(1e-4, strict=True, gt=0, lt=1, description="relative to 5 V: the default means 0.5 mV")


class Output(base.Output):
    """What is written beside the numbers."""

    animation: bool = Field(False, strict=True, description="draw profiles over time as figures/profiles.gif")


class Scenario(base.Scenario):
    """Discharge of a cell with porous electrodes."""

    kind: Literal["discharge"]
    cell: CellTable
    protocol: ProtocolTable = ProtocolTable()
    analysis: AnalysisTable = AnalysisTable()
    method_table: Method = Field(Method(), alias="method")
    output: Output = Output()

    @functools.cached_property
    def problem(self) -> Problem:
        """The cell and what is done to it."""
        found = self.cell.whole()
        lower = self.protocol.lower_voltage or found.lower_voltage
        upper = self.protocol.upper_voltage or found.upper_voltage
        analysis = {name: value for name, value in self.analysis if name != "single_layers"}
        return Problem(
            cell=found.cell,
            start=found.start,
            programmes=self.protocol.programmes(found.nominal_capacity, lower, upper),
            nominal_capacity=found.nominal_capacity,
            in_sequence=self.protocol.in_sequence,
            analysis=Analysis(**analysis),
        )

    @property
    def method(self) -> Structured | Sundials:
        """How it is solved."""
        return (Sundials if self.method_table.solver == "sundials" else Structured)(rtol=self.method_table.rtol)

    def options(self) -> Mapping[str, Any]:
        """Return what to keep beside the numbers."""
        return {"fields": self.output.fields or self.output.animation}
