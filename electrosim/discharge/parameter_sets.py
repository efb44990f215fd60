"""Whole cells as papers give them, ready to be discharged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from electrosim.base.errors import InputError
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.protocol import Stoichiometry
from electrosim.materials import library
from electrosim.materials.electrochemical import ActiveMaterial, Separator
from electrosim.materials.tables import ElectrodeSet


@dataclass(frozen=True)
class ParameterSet:
    """A cell and what is needed to run it.

    Parameters
    ----------
    cell : Cell
        What is discharged.
    start : Stoichiometry
        Of the charged cell.
    nominal_capacity : float
        Of one square metre of electrode; in one hour it passes at 1C [C m-2].
    lower_voltage, upper_voltage : float
        Cut-offs [V].
    source : str
        Where the numbers are from.
    """

    cell: Cell
    start: Stoichiometry
    nominal_capacity: float
    lower_voltage: float
    upper_voltage: float
    source: str

    @property
    def one_c(self) -> float:
        """Current density of 1C [A m-2]."""
        return self.nominal_capacity / 3600


def parameter_set(name: str | Path) -> ParameterSet:
    """Return a whole cell.

    Parameters
    ----------
    name : str or Path
        ``"chen-2020"``, ``"marquis-2019"`` or the path of a file like theirs, which ends in ``.toml``.

    Raises
    ------
    InputError
        If there is no such set (the nearest name is given), or the file is wrong.

    Examples
    --------
    >>> round(parameter_set("chen-2020").one_c, 2)
    48.69
    """
    file = library.cell_file(name)
    positive, above = _electrode("positive", file.positive)
    negative, below = _electrode("negative", file.negative)
    separator = file.separator
    cell = Cell(
        positive=positive,
        negative=negative,
        separator=Separator(
            str(name), separator.thickness, separator.porosity, separator.porosity**separator.bruggeman
        ),
        electrolyte=library.electrolyte(file.electrolyte),
    )
    return ParameterSet(
        cell=cell,
        start=Stoichiometry(positive=above, negative=below),
        nominal_capacity=file.nominal_capacity / file.area,
        lower_voltage=file.lower_voltage,
        upper_voltage=file.upper_voltage,
        source=file.source,
    )


def _electrode(name: str, table: ElectrodeSet) -> tuple[Electrode, float]:
    """Return an electrode of one layer, and the stoichiometry from which it starts."""
    material: ActiveMaterial = library.active_material(table.active)
    whole = table.porosity + table.active_fraction
    if whole > 1 + 1e-9:
        raise InputError(
            f"{name}: porosity {table.porosity:.4g} and active fraction {table.active_fraction:.4g} "
            f"add up to {whole:.4g}; they fit into 1"
        )
    if table.initial_concentration > material.maximum_concentration:
        raise InputError(
            f"{name}: the initial concentration {table.initial_concentration:.6g} mol/m3 is above the maximum of "
            f"{material.name}, {material.maximum_concentration:.6g} mol/m3"
        )
    layer = Layer(
        name=name,
        thickness=table.thickness,
        porosity=table.porosity,
        transport_efficiency=table.porosity**table.bruggeman,
        conductivity=table.conductivity,
        populations=(Population(material, table.active_fraction, material.radius),),
    )
    return Electrode((layer,)), table.initial_concentration / material.maximum_concentration
