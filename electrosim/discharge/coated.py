"""From a coating as recipes make it to an electrode as equations need it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.graded import Graded, at
from electrosim.discharge.cell import Electrode, Layer, Population
from electrosim.discharge.conductivity import Law
from electrosim.materials.property import Property
from electrosim.recipe import CoatedLayer, Coating

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
    """

    conductivity: Law
    background: Property | None
    contact: Law


@dataclass(frozen=True)
class _OfCarbon:
    """A law of the carbon as a function of the place in a layer."""

    law: Law
    layer: CoatedLayer

    def __call__(self, place: Floats) -> Floats:
        weight = np.broadcast_to(np.asarray(self.layer.weights(place).carbon, np.float64), place.shape)
        return self.law(weight, at(self.layer.fraction("carbon"), place))


@dataclass(frozen=True)
class _Share:
    """A share of something graded."""

    share: float
    whole: Graded

    def __call__(self, place: Floats) -> Floats:
        return self.share * at(self.whole, place)


def electrode(coating: Coating, electronics: Electronics) -> Electrode:
    """Return the electrode that a coating makes on a collector."""
    bottom = _OfCarbon(electronics.contact, coating.layers[0])
    return Electrode(
        tuple(_layer(layer, electronics) for layer in coating.layers), float(bottom(np.zeros(1))[0])
    )


def _layer(layer: CoatedLayer, electronics: Electronics) -> Layer:
    """Return a layer; what does not vary in it is a number."""
    active = layer.fraction("active")
    uniform = not callable(active)
    conductivity: Graded = _OfCarbon(electronics.conductivity, layer)
    volumes = [share / material.density / layer.ingredients.active_volume for material, share in layer.ingredients.active]
    return Layer(
        name=layer.name,
        thickness=layer.thickness,
        porosity=layer.porosity,
        transport_efficiency=layer.transport_efficiency,
        conductivity=float(conductivity(np.full(1, 0.5))[0]) if uniform else conductivity,
        populations=tuple(
            Population(material, volume * active if isinstance(active, float) else _Share(volume, active), material.radius)
            for (material, _), volume in zip(layer.ingredients.active, volumes, strict=True)
        ),
        background_conductivity=electronics.background,
    )
