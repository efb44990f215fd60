"""A coating from two of loading, porosity and thickness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from electrosim.base.errors import InputError
from electrosim.recipe.coating import CoatedLayer, Coating, Floats, LayerRecipe, Of, per_volume
from electrosim.recipe.solids import Ingredients

SharesOf = Literal["active", "solids", "volume"]

_WHOLE = 1e-6  # shares of layers may miss 1 by the rounding of what was typed


def coat(
    ingredients: Ingredients,
    layers: Sequence[LayerRecipe],
    *,
    loading: float | None = None,
    porosity: float | None = None,
    thickness: float | None = None,
    loading_of: Of = "active",
    shares_of: SharesOf | None = None,
) -> Coating:
    """Return a coating from two of loading, porosity and thickness.

    Parameters
    ----------
    ingredients : Ingredients
        The materials.
    layers : sequence of LayerRecipe
        Bottom (at the collector) first. Without shares, every layer has the same mass of solids.
    loading : float, optional
        Mass per area [kg m-2] of the active material, or of all solids, as `loading_of` says.
    porosity : float, optional
        Of the layers that name none of their own.
    thickness : float, optional
        Of all layers [m].
    loading_of : {"active", "solids"}
        What the loading counts.
    shares_of : {"active", "solids", "volume"}, optional
        What the shares of the layers are of; by default what the loading counts.

    Raises
    ------
    InputError
        If not two of the three are given, shares do not add up to 1, or the solids do not fit into the thickness; with
        the numbers.
    """
    if not layers:
        raise InputError("a coating needs at least one layer")
    solid = _solid_volumes(ingredients, layers, shares_of or loading_of)
    own = [layer.porosity for layer in layers]
    if loading is not None and not loading > 0:
        raise InputError(f"a loading of {loading:g} kg/m2 is not positive")
    if thickness is not None and not thickness > 0:
        raise InputError(f"a thickness of {1e6 * thickness:g} um is not positive")
    if loading is not None:
        per_solid = [per_volume(layer, ingredients, loading_of) for layer in layers]
        solid = solid * loading / float(solid @ per_solid)
        if porosity is None and None in own:
            porosity = _porosity(solid, own, thickness)
        elif thickness is not None:
            raise InputError("loading, porosity and thickness are given; two determine the third: leave one out")
    porosities = np.array([porosity if value is None else value for value in own], np.float64)
    _check_porosities(porosities)
    thicknesses = solid / (1 - porosities)
    if loading is None:
        if thickness is None:
            raise InputError("a coating needs two of loading, porosity and thickness")
        thicknesses *= thickness / thicknesses.sum()
    names = {1: ("single",), 2: ("bottom", "top")}.get(len(layers)) or tuple(
        f"layer {number}" for number in range(1, len(layers) + 1)
    )
    return Coating(
        tuple(
            CoatedLayer(name, layer, ingredients, float(height), float(pores))
            for name, layer, height, pores in zip(names, layers, thicknesses, porosities, strict=True)
        ),
        ingredients,
    )


def _solid_volumes(ingredients: Ingredients, layers: Sequence[LayerRecipe], shares_of: SharesOf) -> Floats:
    """Return the relative volume of solids in each layer."""
    shares = [layer.share for layer in layers]
    if all(share is None for share in shares):
        return 1 / np.array([per_volume(layer, ingredients, "solids") for layer in layers])
    given = np.array([np.nan if share is None else share for share in shares])
    if np.any(np.isnan(given)):
        raise InputError("some layers have a share and others none; give it for all of them or for none")
    if abs(given.sum() - 1) > _WHOLE or np.any(given <= 0):
        shown = " + ".join(f"{100 * share:.6g}" for share in given)
        raise InputError(f"the shares of the layers, {shown} %, add up to {100 * given.sum():.6g} %, not to 100 %")
    if shares_of == "volume":
        return given
    volumes: Floats = given / np.array([per_volume(layer, ingredients, shares_of) for layer in layers])
    return volumes


def _porosity(solid: Floats, own: Sequence[float | None], thickness: float | None) -> float:
    """Return the porosity of the layers that have none of their own, from the thickness that is left for them."""
    if thickness is None:
        raise InputError("a loading needs a porosity or a thickness with it")
    used = sum(volume / (1 - value) for volume, value in zip(solid, own, strict=True) if value is not None)
    rest = sum(volume for volume, value in zip(solid, own, strict=True) if value is None)
    porosity = 1 - rest / (thickness - used) if thickness > used else -np.inf
    if not porosity > 0:
        raise InputError(
            f"the solids alone fill {1e6 * (used + rest):.4g} um, more than the thickness of {1e6 * thickness:.4g} um: "
            "the porosity would be negative; lower the loading or raise the thickness"
        )
    return float(porosity)


def _check_porosities(porosities: Floats) -> None:
    if np.any(np.isnan(porosities)):
        raise InputError("a coating needs two of loading, porosity and thickness")
    wrong = porosities[(porosities <= 0) | (porosities >= 1)]
    if wrong.size:
        raise InputError(f"a porosity of {100 * wrong[0]:.4g} % is not between 0 and 100 %")
