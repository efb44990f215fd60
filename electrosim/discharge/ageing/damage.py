"""What cycling has done to the layers of the positive electrode, and the cell that is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from electrosim.discharge.cell import Cell, Electrode, Graded, Layer

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Damage:
    """Damage of each layer of the positive electrode, bottom first; all arrays have shape (layers,).

    Parameters
    ----------
    lithium_consumed : ndarray
        By side reactions on the particles of the layer [mol m-2].
    lithium_trapped : ndarray
        In particles that were lost [mol m-2].
    material_lost : ndarray
        Share of the active material that was wired at first and no longer is.
    contact_growth : ndarray
        Growth of the electronic resistivity of the layer, as a share of the resistivity at first.
    film_growth : ndarray
        Of the resistance between particle and electrolyte [ohm m2 of particle surface].
    collector_growth : ndarray
        Of the resistance between collector and bottom layer [ohm m2]; zero in all other layers.
    """

    lithium_consumed: Floats
    lithium_trapped: Floats
    material_lost: Floats
    contact_growth: Floats
    film_growth: Floats
    collector_growth: Floats

    @classmethod
    def none(cls, layers: int) -> Damage:
        """Return no damage of so many layers."""
        return cls.of(np.zeros((len(fields(cls)), layers)))

    @classmethod
    def of(cls, values: Floats) -> Damage:
        """Return the damage whose kinds are the rows of an array, shape (kinds, layers)."""
        return cls(*values)

    @property
    def values(self) -> Floats:
        """All of it, shape (kinds, layers)."""
        return np.array([getattr(self, kind.name) for kind in fields(self)])

    @property
    def lithium_lost(self) -> float:
        """Lithium that no longer cycles [mol m-2]."""
        return float(np.sum(self.lithium_consumed + self.lithium_trapped))


def aged(cell: Cell, damage: Damage) -> Cell:
    """Return a cell with the damage done to it."""
    layers = tuple(_aged(layer, damage, number) for number, layer in enumerate(cell.positive.layers))
    contact = cell.positive.contact_resistance + float(damage.collector_growth.sum())
    return replace(cell, positive=Electrode(layers, contact))


def _aged(layer: Layer, damage: Damage, number: int) -> Layer:
    left, film = 1 - damage.material_lost[number], damage.film_growth[number]
    populations = tuple(
        replace(
            population,
            wired=_changed(population.wired, lambda wired: wired * left),
            film_resistance=_changed(population.film_resistance, lambda resistance: resistance + film),
        )
        for population in layer.populations
    )
    grown = 1 + damage.contact_growth[number]
    conductivity = _changed(layer.conductivity, lambda conductivity: conductivity / grown)
    return replace(layer, populations=populations, conductivity=conductivity)


def _changed(graded: Graded, change: Callable[[Floats], Floats]) -> Graded:
    """Return a number or profile after a change of its values; unchanged numbers stay equal to what they were."""
    if callable(graded):
        return lambda place: change(graded(place))
    return float(change(np.array(graded)))
