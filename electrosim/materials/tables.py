"""The tables of material files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar

from annotated_types import Ge, Gt
from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo

from electrosim.base.quantities import Density, Diffusivity
from electrosim.base.scenario import Table, from_folder
from electrosim.base.units import Fraction, FractionOrWhole, Length, Quantity
from electrosim.materials.curves import Curve

Concentration = Annotated[float, Gt(0), Quantity("mol/m^3", "concentration", "1 mol/l", 1e-6, 1e9)]
SpecificSurface = Annotated[float, Ge(0), Quantity("m^2/kg", "specific surface", "45 m^2/g", 1e-6, 1e9)]
ReactionRate = Annotated[float, Gt(0), Quantity("A*m^2.5/mol^1.5", "reaction rate", "1e-6 A*m^2.5/mol^1.5")]
Bruggeman = Annotated[float, Ge(1), Field(le=10, strict=True)]


def _beside_the_scenario(name: str, info: ValidationInfo) -> str:
    return str(from_folder(Path(name), info)) if name.endswith(".toml") else name


MaterialName = Annotated[str, AfterValidator(_beside_the_scenario)]
"""In a scenario: a name such as "nmc622" or "graphite/marquis-2019", or a file .toml of one's own beside it."""


def _number_or_curve(value: Any) -> str:
    return "a curve" if isinstance(value, (dict, Curve)) else "a number"


DiffusivityOrCurve = Annotated[
    Annotated[Diffusivity, Tag("a number")] | Annotated[Curve, Tag("a curve")], Discriminator(_number_or_curve)
]


class ActiveMaterialTable(Table):
    """An active material."""

    source: str
    maximum_concentration: Concentration
    open_circuit_potential: Curve
    diffusivity: DiffusivityOrCurve
    reaction_rate: ReactionRate = Field(description="m of the exchange current m sqrt(c_e c_s (c_max - c_s))")
    radius: Length
    density: Density
    specific_surface: SpecificSurface = "0 m^2/g"  # type: ignore[assignment]
    electronic_conductivity: Curve | None = None


class ElectrolyteTable(Table):
    """An electrolyte; its curves are over c in mol/l and T in K."""

    source: str
    concentration: Concentration = Field(description="at rest")
    conductivity: Curve
    diffusivity: Curve
    transference_number: Curve
    thermodynamic_factor: Curve


class SeparatorTable(Table):
    """A separator; its transport efficiency is porosity^bruggeman."""

    source: str
    thickness: Length
    porosity: FractionOrWhole
    bruggeman: Bruggeman = 1.5


class PowderTable(Table):
    """A carbon or a binder."""

    source: str
    density: Density
    specific_surface: SpecificSurface = "0 m^2/g"  # type: ignore[assignment]


class LithiumTable(Table):
    """Lithium metal with j0 = F k c_Li^(1 - n) c_e^n."""

    source: str
    rate_constant: Annotated[float, Gt(0), Quantity("m/s", "rate constant", "3.5e-8 m/s")]
    molar_volume: Annotated[float, Gt(0), Quantity("m^3/mol", "molar volume", "13 cm^3/mol")]
    concentration_exponent: float = Field(ge=0, le=1, strict=True)


Variant = TypeVar("Variant", ActiveMaterialTable, ElectrolyteTable, SeparatorTable, PowderTable, LithiumTable)


class MaterialFile(Table, Generic[Variant]):
    """A material file: variants by the name of their source, the default first."""

    title: str
    licence: str
    variants: dict[str, Variant] = Field(min_length=1)


class ElectrodeSet(Table):
    """An electrode of a parameter set."""

    active: str
    thickness: Length
    porosity: Fraction
    active_fraction: Fraction
    bruggeman: Bruggeman = 1.5
    conductivity: Annotated[float, Gt(0), Quantity("S/m", "conductivity", "1 S/m", 1e-20, 1e12)] = Field(
        description="effective, of the porous electrode"
    )
    initial_concentration: Concentration


class SeparatorSet(Table):
    """A separator of a parameter set."""

    thickness: Length
    porosity: FractionOrWhole
    bruggeman: Bruggeman = 1.5


class CellFile(Table):
    """A whole cell as a paper gives it."""

    title: str
    licence: str
    source: str
    electrolyte: str
    nominal_capacity: Annotated[float, Gt(0), Quantity("C", "capacity", "5 A*h")]
    area: Annotated[float, Gt(0), Quantity("m^2", "area", "0.1027 m^2")]
    lower_voltage: Annotated[float, Quantity("V", "voltage", "2.5 V")]
    upper_voltage: Annotated[float, Quantity("V", "voltage", "4.2 V")]
    negative: ElectrodeSet
    separator: SeparatorSet
    positive: ElectrodeSet
