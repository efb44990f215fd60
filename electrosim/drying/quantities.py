"""Quantities that drying scenarios are written in."""

from __future__ import annotations

import math
from typing import Annotated

from annotated_types import Ge, Gt
from pydantic import AfterValidator

from electrosim.base.scenario import refuse
from electrosim.base.units import Quantity

_COLDEST, _HOTTEST = 200.0, 1000.0  # K


def _between(temperature: float) -> float:
    if not _COLDEST < temperature < _HOTTEST:
        raise refuse(f"must lie between {_COLDEST - 273.15:g} and {_HOTTEST - 273.15:g} degC")
    return temperature


Angle = Annotated[float, Ge(0), Quantity("rad", "angle", "20 deg", 1e-6, 2 * math.pi)]
Coefficient = Quantity("W/m^2/K", "heat transfer coefficient", "60 W/m^2/K", 1e-6, 1e6)
HeatTransfer = Annotated[float, Gt(0), Coefficient]
HeatTransferOrNone = Annotated[float, Ge(0), Coefficient]
Concentration = Annotated[float, Gt(0), Quantity("kg/m^3", "concentration", "80 g/L", 1e-6, 1e5)]
Flux = Annotated[float, Ge(0), Quantity("kg/m^2/s", "evaporation flux", "1 g/m^2/s", 1e-12, 1e3)]
HeatPerArea = Annotated[float, Ge(0), Quantity("J/m^2/K", "heat capacity per area", "34 J/m^2/K", 1e-6, 1e9)]
HeatPerMass = Annotated[float, Gt(0), Quantity("J/kg/K", "heat capacity", "800 J/kg/K", 1.0, 1e6)]
Pressure = Annotated[float, Gt(0), Quantity("Pa", "pressure", "101325 Pa", 1e2, 1e8)]
SettlingSpeed = Annotated[float, Ge(0), Quantity("m/s", "speed", "1 um/min", 1e-15, 1.0)]
Speed = Annotated[float, Gt(0), Quantity("m/s", "speed", "50 m/min", 1e-9, 1e3)]
Temperature = Annotated[float, AfterValidator(_between), Quantity("K", "temperature", "25 degC", 1.0, 1e4)]
Viscosity = Annotated[float, Gt(0), Quantity("Pa*s", "viscosity", "1 Pa*s", 1e-9, 1e6)]
