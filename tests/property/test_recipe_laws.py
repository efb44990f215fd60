"""Laws that hold for every slurry and every coating."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from electrosim.materials.library import active_material, powder
from electrosim.recipe import Ingredients, LayerRecipe, Slurry, coat
from electrosim.recipe.profile import Linear, Uniform

INGREDIENTS = Ingredients(((active_material("nmc622"), 1.0),), powder("c45"), powder("pvdf"))
carbon = st.floats(0.0, 0.2)
film = st.floats(1e-9, 4e-8)
shell = st.floats(1e-8, 1e-5)


@given(carbon=carbon, film=film, shell=shell)
def test_state_of_a_slurry_goes_there_and_back(carbon: float, film: float, shell: float) -> None:
    """(t_b, f_c, t_s) -> (f_i, ss) -> (t_b, f_c, t_s), and phi -> ss -> phi."""
    weights = INGREDIENTS.with_film(carbon, film)
    assert weights.active + weights.carbon + weights.binder == pytest.approx(1, rel=1e-14)
    ratio = Slurry.from_shell(INGREDIENTS, weights, shell).solvent_ratio
    slurry = Slurry(INGREDIENTS, weights, ratio)
    assert slurry.film_thickness == pytest.approx(film, rel=1e-12)
    assert slurry.shell_thickness == pytest.approx(shell, rel=1e-12)
    again = Slurry.from_solid_fraction(INGREDIENTS, weights, slurry.solid_fraction)
    assert again.solvent_ratio == pytest.approx(ratio, rel=1e-9)
    assert slurry.approximate_solid_fraction < slurry.solid_fraction


@given(
    bottom=carbon,
    top=carbon,
    loading=st.floats(0.01, 1.0),
    porosity=st.floats(0.05, 0.9),
    share=st.floats(0.05, 0.95),
)
def test_volumes_and_masses_close(bottom: float, top: float, loading: float, porosity: float, share: float) -> None:
    recipe = [
        LayerRecipe(Linear(bottom, top), film=13e-9, share=share),
        LayerRecipe(Uniform(top), binder=0.03, share=1 - share),
    ]
    found = coat(INGREDIENTS, recipe, loading=loading, porosity=porosity)
    assert found.loading == pytest.approx(loading, rel=1e-9)
    assert found.active_shares[0] == pytest.approx(share, rel=1e-9)
    for layer in found.layers:
        volumes = {name: layer.mean_fraction(name) for name in ("active", "carbon", "binder")}
        assert sum(volumes.values()) + layer.porosity == pytest.approx(1, rel=1e-12)
        mass = layer.thickness * volumes["active"] / INGREDIENTS.active_volume
        assert mass == pytest.approx(layer.loading, rel=1e-9)


@given(carbon=carbon, loading=st.floats(0.01, 1.0), cut=st.floats(0.1, 0.9))
def test_layer_cut_in_two_is_the_same_coating(carbon: float, loading: float, cut: float) -> None:
    whole = coat(INGREDIENTS, [LayerRecipe(Uniform(carbon), film=13e-9)], loading=loading, porosity=0.3)
    recipe = [LayerRecipe(Uniform(carbon), film=13e-9, share=share) for share in (cut, 1 - cut)]
    parts = coat(INGREDIENTS, recipe, loading=loading, porosity=0.3)
    assert parts.thickness == pytest.approx(whole.thickness, rel=1e-12)
    np.testing.assert_allclose(parts.carbon, whole.carbon, atol=1e-15)
