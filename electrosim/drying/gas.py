"""The gas side: how fast a wet surface evaporates into moving air, by the analogy of heat and mass transfer."""

from __future__ import annotations

import math
from dataclasses import dataclass

from electrosim.base.constants import GAS_CONSTANT
from electrosim.base.errors import InputError
from electrosim.materials.solvents import Solvent

_AIR_MOLAR_HEAT = 29.1  # J/mol/K
_AIR_MOLAR_MASS = 0.028965  # kg/mol
_PRANDTL = 0.71
_DRIEST, _WETTEST = 1e-6, 1 - 1e-9  # mole fractions of vapour: in air, and at a surface just below the boiling point


@dataclass(frozen=True)
class Air:
    """Air over a film.

    Parameters
    ----------
    temperature : float
        [K]
    heat_transfer : float
        Heat transfer coefficient over the film [W m-2 K-1].
    humidity : float
        Partial pressure of the solvent over that of saturated vapour at the air's temperature.
    pressure : float
        [Pa]
    heat_transfer_below : float
        Heat transfer coefficient below the substrate, from air of the same temperature [W m-2 K-1].
    exponent : float
        n of Lewis' law alpha/beta = c_p rho Le^(1-n): 1/3 for laminar, 0.4 for turbulent flow.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    temperature: float
    heat_transfer: float
    humidity: float = 0.0
    pressure: float = 101325.0
    heat_transfer_below: float = 0.0
    exponent: float = 0.4

    def __post_init__(self) -> None:
        """Check every value."""
        if not 0 <= self.humidity <= 1:
            raise InputError(f"humidity = {100 * self.humidity:g} %: air holds from 0 to 100 % of the saturated vapour")
        if not self.heat_transfer > 0 or self.heat_transfer_below < 0:
            raise InputError("the heat transfer coefficient must be positive, that below the substrate not negative")


def vapour_fraction(air: Air, solvent: Solvent) -> float:
    """Return the mole fraction of the solvent in the air.

    Raises
    ------
    InputError
        If it would displace all air: the temperature is above the boiling point and the humidity high.
    """
    found = air.humidity * solvent.vapour_pressure(air.temperature) / air.pressure if air.humidity else 0.0
    if found >= 1:
        raise InputError(
            f"humidity = {100 * air.humidity:g} % at {air.temperature - 273.15:.4g} C makes the vapour's pressure "
            "higher than that of the air; lower it"
        )
    return found


def mass_transfer(air: Air, solvent: Solvent, temperature: float) -> float:
    """Return the mass transfer coefficient over a surface [m s-1].

    beta = alpha/(c_p rho Le^(1-n)) with molar density and heat capacity, Le = thermal diffusivity/D, at the mean of
    surface and air temperature. (Kumberg et al. print beta in m2/s; it is m/s.)

    Parameters
    ----------
    air : Air
        The air.
    solvent : Solvent
        What evaporates.
    temperature : float
        Of the surface [K].
    """
    mean = (air.temperature + temperature) / 2
    density = air.pressure / (GAS_CONSTANT * mean)
    lewis = air_conductivity(mean) / (density * _AIR_MOLAR_HEAT) / solvent.diffusivity_in_air(mean, air.pressure)
    return float(air.heat_transfer / (_AIR_MOLAR_HEAT * density * lewis ** (1 - air.exponent)))


def evaporation_flux(air: Air, solvent: Solvent, temperature: float) -> float:
    """Return the evaporation flux of a surface wet with pure solvent [kg m-2 s-1].

    m = M rho beta ln((1 - y_air)/(1 - y_surface)), Stefan flow included; negative where vapour condenses.

    Parameters
    ----------
    air : Air
        The air.
    solvent : Solvent
        What evaporates.
    temperature : float
        Of the surface [K].

    References
    ----------
    J. Kumberg et al., Energy Technol. 7 (2019) 1900722, eqs. 1 and 2, doi:10.1002/ente.201900722.
    """
    surface = min(solvent.vapour_pressure(temperature) / air.pressure, _WETTEST)
    density = air.pressure / (GAS_CONSTANT * (air.temperature + temperature) / 2)
    driving = math.log((1 - vapour_fraction(air, solvent)) / (1 - surface))
    return solvent.molar_mass * density * mass_transfer(air, solvent, temperature) * driving


def plate_heat_transfer(speed: float, length: float, temperature: float, pressure: float = 101325.0) -> float:
    """Return the mean heat transfer coefficient of air along a flat plate [W m-2 K-1].

    Nu = sqrt(Nu_laminar^2 + Nu_turbulent^2), Nu_laminar = 0.664 Re^1/2 Pr^1/3,
    Nu_turbulent = 0.037 Re^0.8 Pr/(1 + 2.443 Re^-0.1 (Pr^2/3 - 1)).

    Parameters
    ----------
    speed : float
        Of the air over the film [m s-1].
    length : float
        Along the flow [m].
    temperature : float
        [K]
    pressure : float
        [Pa]

    References
    ----------
    VDI Heat Atlas, 2nd ed., part G4.

    Examples
    --------
    >>> round(plate_heat_transfer(10.0, 0.5, 353.15), 1)
    41.3
    """
    density = pressure * _AIR_MOLAR_MASS / (GAS_CONSTANT * temperature)
    reynolds = density * speed * length / air_viscosity(temperature)
    laminar = 0.664 * reynolds**0.5 * _PRANDTL ** (1 / 3)
    turbulent = 0.037 * reynolds**0.8 * _PRANDTL / (1 + 2.443 * reynolds**-0.1 * (_PRANDTL ** (2 / 3) - 1))
    return math.hypot(laminar, turbulent) * air_conductivity(temperature) / length


def air_conductivity(temperature: float) -> float:
    """Return the thermal conductivity of air [W m-1 K-1], Sutherland's law (White, Viscous Fluid Flow)."""
    return float(0.0241 * (temperature / 273.15) ** 1.5 * (273.15 + 194.4) / (temperature + 194.4))


def air_viscosity(temperature: float) -> float:
    """Return the viscosity of air [Pa s], Sutherland's law (White, Viscous Fluid Flow)."""
    return float(1.716e-5 * (temperature / 273.15) ** 1.5 * (273.15 + 110.4) / (temperature + 110.4))


def air_heating(air: Air, solvent: Solvent, ambient: float) -> float:
    """Return the heat that fresh air takes per mass of solvent, if it leaves with the zone's vapour [J kg-1].

    Infinite for air with less than a millionth of vapour: no finite stream of it takes anything away.

    Parameters
    ----------
    air : Air
        The zone.
    solvent : Solvent
        What evaporates.
    ambient : float
        Temperature of the fresh air [K].
    """
    fraction = vapour_fraction(air, solvent)
    if fraction < _DRIEST:
        return math.inf
    fresh = (1 - fraction) / fraction / solvent.molar_mass  # mol of dry air per kg of solvent
    return fresh * _AIR_MOLAR_HEAT * (air.temperature - ambient)
