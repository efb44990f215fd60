"""Solvents that leave a coating: water and N-methyl-2-pyrrolidone."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from electrosim.base.errors import InputError, nearest

ROOM = 298.15
"""Temperature of the constants in the table [K]."""

_WATER = "7732-18-5"
_GUGGENHEIM, _WATSON = 11 / 9, 0.38
_AIR_MOLAR_MASS, _AIR_DIFFUSION_VOLUME = 28.965, 19.7  # g/mol, cm3/mol


@dataclass(frozen=True)
class Solvent:
    """A pure solvent; constants are those of 25 degrees Celsius.

    Parameters
    ----------
    name : str
        "water" or "nmp".
    cas : str
        CAS number, by which `chemicals` knows it.
    density : float
        [kg m-3]
    viscosity : float
        [Pa s]
    diffusion_volume : float
        Of Fuller's law [cm3 mol-1].
    surface_tension_at_room : float or None
        [N m-1]; None if `chemicals` has the whole law.
    source : str
        Where the constants come from.
    """

    name: str
    cas: str
    density: float
    viscosity: float
    diffusion_volume: float
    surface_tension_at_room: float | None
    source: str

    @functools.cached_property
    def molar_mass(self) -> float:
        """Molar mass [kg mol-1]."""
        return float(_chemicals().MW(self.cas)) / 1000

    @functools.cached_property
    def boiling_point(self) -> float:
        """Boiling point at 1 atm [K]."""
        return float(_chemicals().Tb(self.cas))

    @functools.cached_property
    def critical_point(self) -> float:
        """Critical temperature [K]."""
        return float(_chemicals().Tc(self.cas))

    @functools.cached_property
    def heat_capacity(self) -> float:
        """Heat capacity of the liquid [J kg-1 K-1]."""
        table = _chemicals().heat_capacity.CRC_standard_data
        return float(table.loc[self.cas, "Cpl"]) / self.molar_mass

    def vapour_pressure(self, temperature: float) -> float:
        """Return the pressure of the saturated vapour [Pa].

        Water: IAPWS-IF97. NMP: Antoine's law of Landolt-Börnstein, 336 to 477 K; below that it is extrapolated (38 Pa
        at 25 degrees Celsius; data sheets have 32 to 46 Pa at 20 to 25).

        Parameters
        ----------
        temperature : float
            [K]

        Examples
        --------
        >>> round(solvent("water").vapour_pressure(373.124) / 1000, 2), round(solvent("nmp").vapour_pressure(353.15))
        (101.32, 1295)
        """
        chemicals = _chemicals()
        if self.cas == _WATER:
            return float(chemicals.Psat_IAPWS(temperature))
        constants = self._antoine
        return float(chemicals.Antoine(temperature, *constants, base=2.718281828459045))

    @functools.cached_property
    def _antoine(self) -> tuple[float, float, float]:
        row = _chemicals().vapor_pressure.Psat_data_Landolt_Antoine.loc[self.cas]
        return float(row["A"]), float(row["B"]), float(row["C"])

    def heat_of_vaporisation(self, temperature: float) -> float:
        """Return the heat of vaporisation [J kg-1].

        Water: law 150 of Perry's handbook. NMP: Watson's law, exponent 0.38, from that of 25 degrees Celsius.

        Parameters
        ----------
        temperature : float
            Below the critical point [K].

        Examples
        --------
        >>> round(solvent("water").heat_of_vaporisation(373.15) / 1e6, 2)
        2.26
        """
        if self.cas == _WATER:
            return float(_chemicals().EQ106(temperature, *self._perry)) / self.molar_mass
        reduced = (1 - temperature / self.critical_point) / (1 - ROOM / self.critical_point)
        return float(self._heat_at_room * reduced**_WATSON)

    @functools.cached_property
    def _perry(self) -> tuple[float, ...]:
        row = _chemicals().phase_change.phase_change_data_Perrys2_150.loc[self.cas]
        return tuple(float(row[name]) for name in ("Tc", "C1", "C2", "C3", "C4"))

    @functools.cached_property
    def _heat_at_room(self) -> float:
        table = _chemicals().phase_change.Hvap_data_Gharagheizi
        return float(table.loc[self.cas, "Hvap298"]) / self.molar_mass

    def surface_tension(self, temperature: float) -> float:
        """Return the surface tension [N m-1].

        Water: IAPWS 1994. NMP: Guggenheim's law, gamma ~ (1 - T/T_c)^(11/9), through the value at 25 degrees Celsius.

        Parameters
        ----------
        temperature : float
            Below the critical point [K].

        Examples
        --------
        >>> [round(1e3 * solvent("water").surface_tension(273.15 + celsius), 2) for celsius in (25, 60, 80)]
        [71.97, 66.24, 62.67]
        """
        if self.surface_tension_at_room is None:
            return float(_chemicals().sigma_IAPWS(temperature))
        reduced = (1 - temperature / self.critical_point) / (1 - ROOM / self.critical_point)
        return float(self.surface_tension_at_room * reduced**_GUGGENHEIM)

    def diffusivity_in_air(self, temperature: float, pressure: float) -> float:
        """Return the diffusivity of the vapour in air [m2 s-1].

        D = 0.00143 T^1.75 / (p M^1/2 (v_a^1/3 + v_b^1/3)^2) in cm2/s, with p in bar and M = 2/(1/M_a + 1/M_b) in g/mol.

        Parameters
        ----------
        temperature : float
            [K]
        pressure : float
            [Pa]

        References
        ----------
        E. N. Fuller, K. Ensley, J. C. Giddings, J. Phys. Chem. 73 (1969) 3679, doi:10.1021/j100845a020, in the form of
        Poling, Prausnitz, O'Connell, The Properties of Gases and Liquids, eq. 11-4.4.

        Examples
        --------
        >>> round(1e4 * solvent("water").diffusivity_in_air(298.15, 101325.0), 3)
        0.25
        """
        mass = 2 / (1 / (1000 * self.molar_mass) + 1 / _AIR_MOLAR_MASS)
        size = self.diffusion_volume ** (1 / 3) + _AIR_DIFFUSION_VOLUME ** (1 / 3)
        return float(1e-4 * 0.00143 * temperature**1.75 / (pressure / 1e5 * mass**0.5 * size**2))


@functools.cache
def solvent(name: str) -> Solvent:
    """Return a solvent of the table.

    Parameters
    ----------
    name : str
        "water" or "nmp".

    Raises
    ------
    InputError
        If the table has no such solvent.
    """
    table = _table()
    if name not in table:
        raise InputError(f'"{name}" is not a known solvent; {nearest(name, table)}')
    entry = dict(table[name])
    return Solvent(name, surface_tension_at_room=entry.pop("surface_tension", None), **entry)


@functools.cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((files("electrosim.materials") / "solvents.toml").read_text(encoding="utf-8"))


@functools.cache
def _chemicals() -> Any:
    """Import the package once; it takes half a second."""
    import chemicals

    return chemicals
