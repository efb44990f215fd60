"""What a cell is made of, as the numbers that its equations need."""

from __future__ import annotations

from dataclasses import dataclass

from electrosim.materials.property import Property


@dataclass(frozen=True)
class ActiveMaterial:
    """Particles that take up lithium.

    Parameters
    ----------
    name : str
        What messages call it.
    maximum_concentration : float
        Lithium per volume at stoichiometry 1 [mol m-3].
    open_circuit_potential : Property
        Against lithium, of the stoichiometry [V].
    diffusivity : Property
        Of lithium in the particle, of the stoichiometry [m2 s-1].
    reaction_rate : float
        m in the exchange current density m sqrt(c_e c_s (c_max - c_s)) [A m-2 (m3 mol-1)^1.5], that is F times the rate
        constant.
    radius : float
        Of a particle [m].
    density : float
        [kg m-3]
    specific_surface : float
        As measured by gas adsorption, for the slurry's binder film [m2 kg-1].
    electronic_conductivity : Property or None
        Of the particles themselves, of the stoichiometry [S m-1].
    """

    name: str
    maximum_concentration: float
    open_circuit_potential: Property
    diffusivity: Property
    reaction_rate: float
    radius: float
    density: float
    specific_surface: float = 0.0
    electronic_conductivity: Property | None = None


@dataclass(frozen=True)
class Electrolyte:
    """A binary electrolyte; every property depends on the concentration [mol m-3].

    Parameters
    ----------
    name : str
        What messages call it.
    concentration : float
        Of the salt at rest [mol m-3].
    conductivity, diffusivity : Property
        [S m-1], [m2 s-1].
    transference_number, thermodynamic_factor : Property
        t+ of the cation, and 1 + d ln f/d ln c.
    """

    name: str
    concentration: float
    conductivity: Property
    diffusivity: Property
    transference_number: Property
    thermodynamic_factor: Property


@dataclass(frozen=True)
class Separator:
    """A porous film: thickness [m], porosity, and transport efficiency (effective over bulk conductivity)."""

    name: str
    thickness: float
    porosity: float
    transport_efficiency: float


@dataclass(frozen=True)
class Powder:
    """A carbon or a binder: density [kg m-3] and specific surface [m2 kg-1]."""

    name: str
    density: float
    specific_surface: float = 0.0


@dataclass(frozen=True)
class LithiumMetal:
    """A lithium foil as counter electrode with j0 = k F c_Li^0.7 c_e^0.3 written as factor times c_e^exponent.

    Parameters
    ----------
    exchange_current : float
        At the concentration of the electrolyte at rest [A m-2].
    concentration_exponent : float
        Of the electrolyte concentration, relative to that at rest.
    """

    exchange_current: float
    concentration_exponent: float = 0.3
