"""The [cell] table: what faces the electrode, or a whole cell from a file or a paper."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Gt, Lt
from pydantic import Field, model_validator

from electrosim.base.errors import concerning
from electrosim.base.scenario import ScenarioPath, Table, refuse
from electrosim.base.units import Fraction, Quantity
from electrosim.discharge.bpx_file import read_bpx
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.equilibrium import electrode_potential
from electrosim.discharge.parameter_sets import ParameterSet, parameter_set
from electrosim.discharge.protocol import Stoichiometry
from electrosim.materials import library
from electrosim.materials.tables import MaterialName

Temperature = Annotated[float, Gt(200), Lt(500), Quantity("K", "temperature", "25 degC")]

_WHOLE = ("parameters", "bpx")
_PARTS = {
    "counter": "lithium",
    "separator": "celgard-2325",
    "electrolyte": "lipf6-ec-emc-3-7",
    "temperature": 298.15,
    "as_made": None,
}
"""What a whole cell brings along, and what each is where nothing is said."""


class AsMadeTable(Table):
    """Stoichiometries of both electrodes when the cell was closed, or any others with as much lithium."""

    positive: Fraction
    negative: Fraction


class CellTable(Table):
    """A whole cell by name or from a file, or what an [electrode] faces."""

    parameters: str | None = Field(None, description="a parameter set, such as chen-2020 or marquis-2019")
    bpx: ScenarioPath | None = Field(None, description="a BPX file")
    counter: Literal["lithium", "electrode"] = Field("lithium", description="electrode: the one of [negative]")
    separator: MaterialName = "celgard-2325"
    electrolyte: MaterialName = "lipf6-ec-emc-3-7"
    temperature: Temperature = Field("298.15 K", validate_default=True)
    as_made: AsMadeTable | None = Field(
        None, description="how much lithium there is; by default the positive electrode is full, the negative one empty"
    )

    @model_validator(mode="after")
    def _is_one_cell(self) -> CellTable:
        whole = [name for name in _WHOLE if getattr(self, name) is not None]
        parts = [name for name, ordinary in _PARTS.items() if getattr(self, name) != ordinary]
        if len(whole) > 1 or (whole and parts):
            both = " and ".join((*whole, *parts))
            raise refuse(f"gives {both}; a set or file holds a whole cell")
        if self.as_made is not None and self.counter == "lithium":
            raise refuse("has as_made, which a lithium counter electrode does not need; leave it out")
        return self

    @property
    def is_whole(self) -> bool:
        """Whether the cell comes with its electrodes."""
        return self.parameters is not None or self.bpx is not None

    def whole(self) -> ParameterSet:
        """Return the cell of a set or a file."""
        if self.bpx is not None:
            with concerning("cell", "bpx"):
                return read_bpx(self.bpx)
        with concerning("cell", "parameters"):
            return parameter_set(str(self.parameters))

    def cell(self, positive: Electrode, negative: Electrode | None, series_resistance: float) -> Cell:
        """Return the cell of electrodes; the negative one is lithium if there is none."""
        with concerning("cell", "electrolyte"):
            electrolyte = library.electrolyte(self.electrolyte, self.temperature)
        with concerning("cell", "separator"):
            separator = library.separator(self.separator)
        counter = library.lithium_metal(electrolyte.concentration) if negative is None else negative
        return Cell(positive, counter, separator, electrolyte, self.temperature, series_resistance)

    def lithium(self, cell: Cell) -> Stoichiometry | None:
        """Return a state of a cell of two porous electrodes that holds as much lithium as it has."""
        if not isinstance(cell.negative, Electrode):
            return None
        if self.as_made is not None:
            return Stoichiometry(self.as_made.positive, self.as_made.negative)
        return Stoichiometry(_end(cell.positive, full=True), _end(cell.negative, full=False))


def _end(electrode: Electrode, *, full: bool) -> float:
    """Return the stoichiometry at which the first material's potential curve ends."""
    curve = electrode_potential(electrode).materials[0].open_circuit_potential
    return min(curve.upper, 0.999) if full else max(curve.lower, 0.001)
