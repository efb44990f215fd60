"""From a coating as recipes make it to an electrode as equations need it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from electrosim.base.graded import Graded, at
from electrosim.discharge.cell import Electrode, Layer, Population
from electrosim.discharge.conductivity import Law, Same, beyond
from electrosim.materials.property import Property
from electrosim.recipe import CoatedLayer, Coating, coat

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Electronics:
    """How electrons get through a coating.

    Parameters
    ----------
    conductivity : Law
        Of the coating, from its carbon [S m-1].
    background : Property or None
        Added, of the stoichiometry of the first active material [S m-1].
    contact : Law
        Resistance between collector and coating, from the carbon there [ohm m2].
    wired : Law
        Share of the particles that electrons reach, from the carbon around them.
    """

    conductivity: Law
    background: Property | None
    contact: Law
    wired: Law


@dataclass(frozen=True)
class _OfCarbon:
    """A law of the carbon as a function of the place in a layer: of its weight fraction and its volume fraction."""

    law: Law
    weight: Graded
    volume: Graded

    def __call__(self, place: Floats) -> Floats:
        return self.law(at(self.weight, place), at(self.volume, place))


@dataclass(frozen=True)
class _Share:
    """A share of something graded."""

    share: float
    whole: Graded

    def __call__(self, place: Floats) -> Floats:
        return self.share * at(self.whole, place)


def electrode(coating: Coating, electronics: Electronics, film_resistance: float = 0.0) -> Electrode:
    """Return the electrode that a coating makes on a collector; the film is around its particles [ohm m2]."""
    bottom = coating.layers[0]
    contact = _OfCarbon(electronics.contact, bottom.recipe.carbon, bottom.fraction("carbon"))(np.zeros(1))
    return Electrode(tuple(_layer(layer, electronics, film_resistance) for layer in coating.layers), float(contact[0]))


def single_layer(coating: Coating, number: int) -> Coating:
    """Return the coating of one layer with a layer's recipe and porosity, and as much active material as all layers."""
    layer = coating.layers[number]
    recipe = replace(layer.recipe, share=None, porosity=layer.porosity)
    return coat(coating.ingredients, [recipe], loading=coating.loading)


def _layer(layer: CoatedLayer, electronics: Electronics, film_resistance: float) -> Layer:
    """Return a layer as equations need it."""
    active, carbon, ingredients = layer.fraction("active"), layer.fraction("carbon"), layer.ingredients
    wired = _of_carbon(electronics.wired, layer, carbon)
    populations = []
    for material, share in ingredients.active:
        volume = share / (material.density * ingredients.active_volume)
        populations.append(
            Population(
                material,
                volume * active if isinstance(active, float) else _Share(volume, active),
                material.radius,
                wired,
                film_resistance,
            )
        )
    return Layer(
        name=layer.name,
        thickness=layer.thickness,
        porosity=layer.porosity,
        transport_efficiency=layer.transport_efficiency,
        conductivity=_of_carbon(electronics.conductivity, layer, carbon),
        populations=tuple(populations),
        background_conductivity=electronics.background,
        extrapolated=_of_carbon(beyond(electronics.conductivity), layer, carbon),
    )


def _of_carbon(law: Law, layer: CoatedLayer, volume: Graded) -> Graded:
    """Return a law of the carbon in a layer, whose volume fraction is given: a number where it does not vary."""
    if isinstance(law, Same):
        return law.value
    graded = _OfCarbon(law, layer.recipe.carbon, volume)
    return graded if callable(volume) else float(graded(np.full(1, 0.5))[0])
