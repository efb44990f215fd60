"""The tables of ``kind = "discharge"`` scenarios."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from electrosim.base import scenario as base
from electrosim.base.errors import InputError
from electrosim.base.scenario import entries, refuse
from electrosim.base.units import FractionOrWhole
from electrosim.discharge.ageing.problem import Ageing
from electrosim.discharge.ageing_tables import AgeingTable
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.cell_tables import CellTable
from electrosim.discharge.conductivity_tables import ConductivityTable, ContactTable
from electrosim.discharge.electrode_tables import ElectrodeTable, NegativeTable
from electrosim.discharge.equilibrium import active_mass, at_voltage, capacity
from electrosim.discharge.parameter_sets import ParameterSet
from electrosim.discharge.problem import Analysis, Problem
from electrosim.discharge.protocol import Stoichiometry
from electrosim.discharge.protocol_tables import ProtocolTable
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials
from electrosim.materials import library
from electrosim.recipe.tables import SpecificCapacity


class AnalysisTable(base.Table):
    """What to find out beside capacity and energy."""

    gamma_base: Literal["power-of-two", "paper"] = Field(
        "power-of-two", description="rate capability as 2^-alpha, the factor per doubling of current, or as 0.301^alpha"
    )
    fit: Literal["energy", "capacity"] = Field("energy", description="what Peukert's law is fitted to")
    residuals: Literal["logarithmic", "linear"] = Field("logarithmic", description="what that fit makes least")
    depths: Annotated[tuple[FractionOrWhole, ...], AfterValidator(entries(1, 100))] = Field(
        (0.1, 0.5, 0.9), description="depths of discharge to keep profiles at"
    )
    samples: int = Field(300, strict=True, ge=2, le=100_000, description="times of each run to keep at most")
    single_layers: bool = Field(
        True, strict=True, description="discharge single layers of each layer's recipe too, to compare with (eq. 7)"
    )
    single_layer_capacities: tuple[tuple[SpecificCapacity, ...], ...] | None = Field(
        None, description="their capacities instead: a list for each layer, bottom first, of one for each rate"
    )

    @model_validator(mode="after")
    def _is_a_rectangle(self) -> AnalysisTable:
        if self.single_layer_capacities and len({len(given) for given in self.single_layer_capacities}) > 1:
            raise refuse("single_layer_capacities has lists of different lengths; give each layer one for each rate")
        return self

    def analysis(self) -> Analysis:
        """Return what is asked for beside single layers."""
        return Analysis(self.gamma_base, self.fit, self.residuals, self.depths, self.samples)


class Method(base.Table):
    """How the equations are solved."""

    solver: Literal["structured", "sundials"] = Field("structured", description="sundials is the slow, plain twin")
    rtol: float = Field(1e-4, strict=True, ge=1e-9, le=1e-2, description="relative to 5 V: the default means 0.5 mV")


class Output(base.Output):
    """What is written beside the numbers."""

    animation: bool = Field(False, strict=True, description="draw profiles over time as figures/profiles.gif")


class Scenario(base.Scenario):
    """Discharge of a cell with porous electrodes."""

    selective = True

    kind: Literal["discharge"]
    cell: CellTable = CellTable()
    electrode: ElectrodeTable | None = None
    negative: NegativeTable | None = None
    conductivity: ConductivityTable | None = None
    contact: ContactTable = ContactTable()
    protocol: ProtocolTable = ProtocolTable()
    analysis: AnalysisTable = AnalysisTable()
    ageing: AgeingTable | None = None
    method_table: Method = Field(Method(), alias="method")
    output: Output = Output()

    @model_validator(mode="after")
    def _is_one_cell(self) -> Scenario:
        parts = {name: getattr(self, name) for name in ("electrode", "conductivity", "negative")}
        given = [name for name, part in parts.items() if part is not None]
        if self.cell.is_whole:
            if given:
                raise refuse(f"cell names a whole cell, and {given[0]} is there too; leave one of the two out")
        elif self.electrode is None or self.conductivity is None:
            missing = "electrode" if self.electrode is None else "conductivity"
            raise refuse(f"{missing} is missing; add the table, or name a whole cell in cell")
        elif (self.cell.counter == "electrode") != (self.negative is not None):
            raise refuse('a negative electrode needs cell.counter = "electrode" and a table negative; give both')
        return self

    @functools.cached_property
    def problem(self) -> Problem:
        """The cell and what is done to it."""
        cell, full, lower, upper = self._whole() if self.cell.is_whole else self._of_recipes()
        nominal_capacity = self._nominal_capacity(cell, full, lower)
        return Problem(
            cell=cell,
            start=full,
            programmes=self.protocol.programmes(nominal_capacity, lower, upper),
            nominal_capacity=nominal_capacity,
            in_sequence=self.protocol.in_sequence,
            single_layers=self._single_layers(cell),
            single_layer_capacities=tuple(zip(*(self.analysis.single_layer_capacities or ()), strict=True)),
            analysis=self.analysis.analysis(),
            ageing=self._ageing(cell, nominal_capacity / 3600, lower, upper),
        )

    def _ageing(self, cell: Cell, one_c: float, lower: float, upper: float) -> Ageing | None:
        """Return what ages the cell, if it is asked for; fresh lithium is for the post-mortem."""
        if self.ageing is None:
            return None
        return self.ageing.ageing(one_c, lower, upper, library.lithium_metal(cell.electrolyte.concentration))

    @functools.cached_property
    def _set(self) -> ParameterSet:
        return self.cell.whole()

    def _whole(self) -> tuple[Cell, Stoichiometry, float, float]:
        """Return a set's cell, its state when full, and the cut-offs."""
        protocol, found = self.protocol, self._set
        full = found.start
        if protocol.upper_voltage is not None:
            full = at_voltage(found.cell, protocol.upper_voltage, found.start)
        lower, upper = protocol.lower_voltage or found.lower_voltage, protocol.upper_voltage or found.upper_voltage
        return found.cell, full, lower, upper

    def _of_recipes(self) -> tuple[Cell, Stoichiometry, float, float]:
        """Return the cell of the electrodes, its state when full, and the cut-offs."""
        assert self.electrode is not None and self.conductivity is not None  # noqa: S101, PT018  as `_is_one_cell` saw
        negative = None
        if self.negative is not None:
            negative = self.negative.electrode(self.negative.conductivity, self.negative.contact)
        cell = self.cell.cell(self.electrode.electrode(self.conductivity, self.contact), negative, self.contact.series)
        lower, upper = self._cut_offs(cell)
        return cell, at_voltage(cell, upper, self.cell.lithium(cell)), lower, upper

    def _cut_offs(self, cell: Cell) -> tuple[float, float]:
        """Return the protocol's cut-offs; against lithium, the ends of the material's potential curve by default."""
        lower, upper = self.protocol.lower_voltage, self.protocol.upper_voltage
        curve = cell.positive.layers[0].populations[0].material.open_circuit_potential
        for name, value in (("lower_voltage", lower), ("upper_voltage", upper)):
            if value is None and (isinstance(cell.negative, Electrode) or not math.isfinite(curve.upper - curve.lower)):
                raise InputError(f"protocol.{name} is missing; add it", ("protocol",))
        if lower is None:
            lower = round(float(curve(curve.upper)), 3)
        if upper is None:
            upper = round(float(curve(curve.lower)), 3)
        return lower, upper

    def _nominal_capacity(self, cell: Cell, full: Stoichiometry, lower: float) -> float:
        """Return the charge that 1C passes in an hour [C m-2]."""
        protocol = self.protocol
        if protocol.areal_capacity is not None:
            return protocol.areal_capacity
        if protocol.nominal_capacity is not None:
            return protocol.nominal_capacity * active_mass(cell.positive)
        if self.cell.is_whole:
            return self._set.nominal_capacity
        ends = at_voltage(cell, lower, full)
        return capacity(cell.positive) * (ends.positive - full.positive)

    def _single_layers(self, cell: Cell) -> tuple[Cell, ...]:
        """Return a cell with a single layer for the recipe of each layer, if there are several."""
        analysis = self.analysis
        asked = analysis.single_layers and not analysis.single_layer_capacities and not self.ageing
        if self.electrode is None or self.conductivity is None or not asked or len(cell.positive.layers) == 1:
            return ()
        alone = self.electrode.single_layers(self.conductivity, self.contact)
        return tuple(replace(cell, positive=electrode) for electrode in alone)

    @property
    def method(self) -> Structured | Sundials:
        """How it is solved."""
        return (Sundials if self.method_table.solver == "sundials" else Structured)(rtol=self.method_table.rtol)

    def options(self) -> Mapping[str, Any]:
        """Return what to keep beside the numbers."""
        return {"fields": self.output.fields or self.output.animation}

    def citations(self) -> Sequence[str]:
        """Return the references behind the equations, the analysis and the materials."""
        lines = [
            "M. Doyle et al., J. Electrochem. Soc. 140 (1993) 1526, doi 10.1149/1.2221597 (equations)",
            "A. Nyman et al., J. Electrochem. Soc. 157 (2010) A1236, doi 10.1149/1.3486161 (overpotential split)",
        ]
        if self.method_table.solver == "sundials":
            lines.append("A. C. Hindmarsh et al., ACM Trans. Math. Softw. 31 (2005) 363, doi 10.1145/1089014.1089020")
        if self.electrode is not None:
            lines.append("S. Yari et al., ACS Appl. Energy Mater. 3 (2020) 11820, doi 10.1021/acsaem.0c01966 (layers)")
        if self.conductivity is not None and self.conductivity.sigma_0 is not None:
            lines.append("S. Kirkpatrick, Rev. Mod. Phys. 45 (1973) 574, doi 10.1103/RevModPhys.45.574 (conductivity)")
        return (*dict.fromkeys((*lines, *self._sources())),)

    def _sources(self) -> Sequence[str]:
        """Return the sources of the numbers, each as one line."""
        if self.cell.is_whole:
            return (" ".join(self._set.source.split()),)
        cell = self.problem.cell
        electrodes = [cell.positive] + ([cell.negative] if isinstance(cell.negative, Electrode) else [])
        materials = {p.material.name for e in electrodes for layer in e.layers for p in layer.populations}
        found = [library.source("active", name) for name in sorted(materials)]
        found.append(library.source("electrolytes", cell.electrolyte.name))
        found.append(library.source("separators", cell.separator.name))
        return tuple(" ".join(text.split()) for text in found)
