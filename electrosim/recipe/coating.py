"""A dry coating: layers of recipes turned into thicknesses, volume fractions and loadings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.graded import Graded
from electrosim.recipe.heterogeneity import heterogeneity, mean_carbon
from electrosim.recipe.profile import Profile, Uniform, mean
from electrosim.recipe.solids import Ingredients, Weights

Floats = NDArray[np.float64]
Of = Literal["active", "solids"]
Constituent = Literal["active", "carbon", "binder"]

_PLACES, _MIDDLE = np.linspace(0.0, 1.0, 101), np.array(0.5)


@dataclass(frozen=True)
class LayerRecipe:
    """What one layer is made of and how it conducts ions.

    Parameters
    ----------
    carbon : Profile
        Weight fraction through the thickness.
    film, binder : float, optional
        Thickness of the binder film [m], or weight fraction of the binder; one of the two.
    share : float, optional
        Of what `coat` is told that shares are of; all layers have one or none has.
    porosity : float, optional
        Of this layer, if it differs from the others.
    tortuosity : float, optional
        porosity/tortuosity is the transport efficiency; without it, that is porosity^bruggeman.
    bruggeman : float
        Exponent.
    """

    carbon: Profile
    film: float | None = None
    binder: float | None = None
    share: float | None = None
    porosity: float | None = None
    tortuosity: float | None = None
    bruggeman: float = 1.5

    def __post_init__(self) -> None:
        """Check once."""
        if (self.film is None) == (self.binder is None):
            raise InputError("a layer needs either the thickness of its binder film or its weight fraction of binder")
        carbon = self.carbon(_PLACES)
        if np.any(carbon < 0) or np.any(carbon > 1) or not np.all(np.isfinite(carbon)):
            raise InputError(
                f"the carbon profile runs from {100 * np.min(carbon):.4g} to {100 * np.max(carbon):.4g} % by weight; "
                "it stays between 0 and 100 %"
            )

    def weights(self, ingredients: Ingredients, place: Floats) -> Weights:
        """Return the weight fractions at each place in the layer."""
        carbon = self.carbon(place)
        if self.film is not None:
            return ingredients.with_film(carbon, self.film)
        return ingredients.with_binder(carbon, self.binder or 0.0)

    def transport_efficiency(self, porosity: float) -> float:
        """Return effective over bulk conductivity of the electrolyte."""
        if self.tortuosity is None:
            return float(porosity**self.bruggeman)
        return porosity / self.tortuosity


@dataclass(frozen=True)
class CoatedLayer:
    """A layer of a dry coating.

    Parameters
    ----------
    name : str
        ``"bottom"`` and ``"top"`` for two layers, ``"single"`` for one, else numbered from the collector.
    recipe : LayerRecipe
        What it is made of.
    ingredients : Ingredients
        The materials.
    thickness : float
        [m]
    porosity : float
        Share of the volume that is neither active material, carbon nor binder.
    """

    name: str
    recipe: LayerRecipe
    ingredients: Ingredients
    thickness: float
    porosity: float

    @property
    def transport_efficiency(self) -> float:
        """Effective over bulk conductivity of the electrolyte."""
        return self.recipe.transport_efficiency(self.porosity)

    @property
    def solids(self) -> float:
        """Mass of the solids per area [kg m-2]."""
        return self.thickness * (1 - self.porosity) * per_volume(self.recipe, self.ingredients, "solids")

    @property
    def loading(self) -> float:
        """Mass of the active material per area [kg m-2]."""
        return self.thickness * (1 - self.porosity) * per_volume(self.recipe, self.ingredients, "active")

    @property
    def carbon(self) -> float:
        """Mean weight fraction of the carbon."""
        whole = per_volume(self.recipe, self.ingredients, "solids")
        return per_volume(self.recipe, self.ingredients, "carbon") / whole

    def weights(self, place: Floats) -> Weights:
        """Return the weight fractions at each place, 0 at the collector side and 1 at the separator side."""
        return self.recipe.weights(self.ingredients, place)

    def fraction(self, constituent: Constituent) -> Graded:
        """Return the volume of active material, carbon or binder per volume of layer, through the thickness."""
        graded = VolumeFraction(self, constituent)
        return float(graded(_MIDDLE)) if isinstance(self.recipe.carbon, Uniform) else graded

    def mean_fraction(self, constituent: Constituent) -> float:
        """Return its mean over the thickness."""
        return mean(VolumeFraction(self, constituent), self.recipe.carbon.edges)


@dataclass(frozen=True)
class VolumeFraction:
    """Volume of a constituent per volume of a layer, as a function of the place in it."""

    layer: CoatedLayer
    constituent: Constituent

    def __call__(self, place: Floats) -> Floats:
        """Return the fraction at each place."""
        ingredients = self.layer.ingredients
        weights = self.layer.weights(place)
        specific = {
            "active": ingredients.active_volume,
            "carbon": 1 / ingredients.carbon.density,
            "binder": 1 / ingredients.binder.density,
        }[self.constituent]
        part = getattr(weights, self.constituent) * specific / ingredients.volume(weights)
        return np.broadcast_to((1 - self.layer.porosity) * part, place.shape)


@dataclass(frozen=True)
class Coating:
    """A dry coating, bottom layer (at the collector) first."""

    layers: tuple[CoatedLayer, ...]
    ingredients: Ingredients

    @property
    def thickness(self) -> float:
        """Of all layers [m]."""
        return sum(layer.thickness for layer in self.layers)

    @property
    def loading(self) -> float:
        """Mass of the active material per area [kg m-2]."""
        return sum(layer.loading for layer in self.layers)

    @property
    def solids(self) -> float:
        """Mass of the solids per area [kg m-2]."""
        return sum(layer.solids for layer in self.layers)

    @property
    def porosity(self) -> float:
        """Mean over the thickness."""
        return sum(layer.porosity * layer.thickness for layer in self.layers) / self.thickness

    @property
    def carbon(self) -> float:
        """Mean weight fraction of the carbon, f_c^t."""
        return mean_carbon([layer.carbon for layer in self.layers], [layer.solids for layer in self.layers])

    @property
    def heterogeneity(self) -> float:
        """Heterogeneity factor delta between the layers; what varies inside one does not count."""
        return heterogeneity([layer.carbon for layer in self.layers], [layer.solids for layer in self.layers])

    @property
    def active_shares(self) -> tuple[float, ...]:
        """Share of the active material in each layer, omega_a^i/omega_a^t."""
        return tuple(layer.loading / self.loading for layer in self.layers)

    @property
    def particle_surface(self) -> float:
        """Surface of the active particles per area of electrode, as spheres of their radius [m2 m-2]."""
        specific = sum(share * 3 / (material.density * material.radius) for material, share in self.ingredients.active)
        return self.loading * specific

    def capacity(self, specific: float) -> float:
        """Return the capacity per area [C m-2] from that per mass of active material [C kg-1]."""
        return self.loading * specific


def per_volume(recipe: LayerRecipe, ingredients: Ingredients, of: Of | Constituent) -> float:
    """Return the mass of all solids, or of one of them, per volume of solids, mean over the thickness [kg m-3]."""

    def density(place: Floats) -> Floats:
        weights = recipe.weights(ingredients, place)
        part = 1.0 if of == "solids" else getattr(weights, of)
        return np.broadcast_to(part / ingredients.volume(weights), place.shape)

    return float(density(_MIDDLE)) if isinstance(recipe.carbon, Uniform) else mean(density, recipe.carbon.edges)
