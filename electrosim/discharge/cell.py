"""The cell that is discharged: layers of electrodes, separator, electrolyte."""

from __future__ import annotations

from dataclasses import dataclass

from electrosim.base.graded import Graded as Graded
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, LithiumMetal, Separator
from electrosim.materials.property import Property


@dataclass(frozen=True)
class Population:
    """Particles of one kind and size in a layer.

    Parameters
    ----------
    material : ActiveMaterial
        What they are made of.
    fraction : Graded
        Their volume per volume of layer.
    radius : Graded
        [m]
    wired : Graded
        Share of them that electrons reach; the rest takes no part.
    film_resistance : Graded
        Between particle and electrolyte [ohm m2 of particle surface].
    """

    material: ActiveMaterial
    fraction: Graded
    radius: Graded
    wired: Graded = 1.0
    film_resistance: Graded = 0.0


@dataclass(frozen=True)
class Layer:
    """A layer of an electrode.

    Parameters
    ----------
    name : str
        What results call it, such as ``"bottom"``.
    thickness : float
        [m]
    porosity : Graded
        Share of the volume that electrolyte fills.
    transport_efficiency : Graded
        Effective over bulk conductivity and diffusivity of the electrolyte, epsilon over tortuosity.
    conductivity : Graded
        Effective electronic conductivity through the thickness [S m-1].
    background_conductivity : Property or None
        Added to it, of the mean stoichiometry of the first population [S m-1].
    populations : tuple of Population
        The active particles, at least one population.
    extrapolated : Graded
        1 where the conductivity is carried beyond the carbon contents for which it is known, else 0.
    """

    name: str
    thickness: float
    porosity: Graded
    transport_efficiency: Graded
    conductivity: Graded
    populations: tuple[Population, ...]
    background_conductivity: Property | None = None
    extrapolated: Graded = 0.0


@dataclass(frozen=True)
class Electrode:
    """Layers, bottom (at the collector) first, and the resistance between collector and bottom layer [ohm m2]."""

    layers: tuple[Layer, ...]
    contact_resistance: float = 0.0

    @property
    def thickness(self) -> float:
        """Of all layers [m]."""
        return sum(layer.thickness for layer in self.layers)


@dataclass(frozen=True)
class Cell:
    """What is discharged, per square metre of electrode.

    Parameters
    ----------
    positive : Electrode
        Where lithium goes on discharge.
    negative : Electrode or LithiumMetal
        Where it comes from.
    separator : Separator
        Between them.
    electrolyte : Electrolyte
        In all pores.
    temperature : float
        [K]
    series_resistance : float
        Of leads and collectors [ohm m2].
    """

    positive: Electrode
    negative: Electrode | LithiumMetal
    separator: Separator
    electrolyte: Electrolyte
    temperature: float = 298.15
    series_resistance: float = 0.0
