"""Quantities that scenarios of several physics are written in; those of one physics stand beside its tables."""

from __future__ import annotations

import math
from typing import Annotated

from annotated_types import Ge, Gt

from electrosim.base.units import Quantity

Angle = Annotated[float, Quantity("rad", "angle", "30 deg", 1e-9, 2 * math.pi)]
AreaResistance = Annotated[float, Ge(0), Quantity("ohm*m^2", "resistance of an area", "10 ohm*cm^2", 1e-12, 1e6)]
Density = Annotated[float, Gt(0), Quantity("kg/m^3", "density", "4.7 g/cm^3", 1e-3, 1e6)]
Diffusivity = Annotated[float, Gt(0), Quantity("m^2/s", "diffusivity", "4e-14 m^2/s", 1e-30, 1e3)]
Duration = Annotated[float, Gt(0), Quantity("s", "time", "15 min", 1e-9, 1e12)]
Loading = Annotated[float, Gt(0), Quantity("kg/m^2", "loading", "11 mg/cm^2", 1e-9, 1e6)]
Modulus = Annotated[float, Gt(0), Quantity("Pa", "modulus", "10 MPa", 1e-3, 1e13)]
SurfaceTension = Annotated[float, Gt(0), Quantity("N/m", "surface tension", "0.48 N/m", 1e-6, 1e3)]
Toughness = Annotated[float, Gt(0), Quantity("Pa*m^0.5", "fracture toughness", "10 kPa*m^0.5", 1e-6, 1e12)]
