"""Recipes and coatings: Table 1 of Yari et al., balances by hand, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from electrosim.base.errors import InputError
from electrosim.base.graded import at
from electrosim.materials.library import active_material, powder
from electrosim.recipe import Coating, Ingredients, LayerRecipe, Slurry, Weights, coat, heterogeneity
from electrosim.recipe.profile import Exponential, Linear, PiecewiseLinear, Profile, Uniform, mean

INGREDIENTS = Ingredients(((active_material("nmc622"), 1.0),), powder("c45"), powder("pvdf"))
FILM = 13e-9


def layers(*carbon: float) -> list[LayerRecipe]:
    return [LayerRecipe(Uniform(value), film=FILM) for value in carbon]


@pytest.mark.parametrize(
    ("carbon", "active", "binder"),
    [
        (0.01, 97.03, 1.97),
        (0.015, 96.02, 2.48),
        (0.02, 95.01, 2.99),
        (0.025, 94.00, 3.50),
        (0.03, 92.99, 4.01),
        (0.035, 91.98, 4.52),
        (0.04, 90.97, 5.03),
    ],
)
def test_weights_of_the_seven_recipes(carbon: float, active: float, binder: float) -> None:
    found = INGREDIENTS.with_film(carbon, FILM)
    assert 100 * found.active == pytest.approx(active, abs=0.005)
    assert 100 * found.binder == pytest.approx(binder, abs=0.005)
    assert INGREDIENTS.film_thickness(found) == pytest.approx(FILM, rel=1e-12)


@pytest.mark.parametrize(
    ("carbon", "delta", "shares"),
    [
        ((0.02, 0.03), 0.2, (0.505, 0.495)),
        ((0.015, 0.035), 0.4, (0.511, 0.489)),
        ((0.01, 0.04), 0.6, (0.516, 0.484)),
        ((0.03, 0.02), 0.2, (0.495, 0.505)),
        ((0.035, 0.015), 0.4, (0.489, 0.511)),
        ((0.04, 0.01), 0.6, (0.484, 0.516)),
    ],
)
def test_table_1(carbon: tuple[float, float], delta: float, shares: tuple[float, float]) -> None:
    found = coat(INGREDIENTS, layers(*carbon), loading=0.11, porosity=0.3)
    assert found.heterogeneity == pytest.approx(delta, abs=1e-12)
    assert found.carbon == pytest.approx(0.025, abs=1e-12)
    np.testing.assert_allclose(found.active_shares, shares, atol=5e-4)
    assert found.layers[0].solids == pytest.approx(found.layers[1].solids)
    assert found.loading == pytest.approx(0.11)
    assert [layer.name for layer in found.layers] == ["bottom", "top"]


def test_coating_by_hand() -> None:
    """94 : 2.5 : 3.5 at 11 mg/cm2 and 30 %, from densities alone."""
    found = coat(INGREDIENTS, [LayerRecipe(Uniform(0.025), binder=0.035)], loading=0.11, porosity=0.3)
    volume = 0.94 / 4720 + 0.025 / 1900 + 0.035 / 1780
    assert found.thickness == pytest.approx(0.11 / 0.94 * volume / 0.7, rel=1e-12)
    layer = found.layers[0]
    assert layer.fraction("active") == pytest.approx(0.7 * 0.94 / 4720 / volume)
    assert layer.fraction("carbon") == pytest.approx(0.7 * 0.025 / 1900 / volume)
    assert layer.transport_efficiency == pytest.approx(0.3**1.5)
    assert found.solids == pytest.approx(0.11 / 0.94)
    assert found.capacity(175 * 3.6 * 1000) / 3600 == pytest.approx(19.25)  # A h/m2
    assert found.particle_surface == pytest.approx(3 * layer.fraction("active") / 4.94e-6 * found.thickness)


@pytest.mark.parametrize(
    "profile",
    [Uniform(0.02), Linear(0.01, 0.04), Exponential(0.01, 0.04), PiecewiseLinear((0, 0.3, 1), (0.04, 0, 0.02))],
)
def test_two_of_three_determine_the_third(profile: Profile) -> None:
    recipe = [LayerRecipe(profile, film=FILM, tortuosity=3.0), *layers(0.03)]
    first = coat(INGREDIENTS, recipe, loading=0.11, porosity=0.3)
    by_thickness = coat(INGREDIENTS, recipe, loading=0.11, thickness=first.thickness)
    assert by_thickness.porosity == pytest.approx(0.3, rel=1e-9)
    by_porosity = coat(INGREDIENTS, recipe, porosity=0.3, thickness=first.thickness)
    assert by_porosity.loading == pytest.approx(0.11, rel=1e-9)
    of_solids = coat(INGREDIENTS, recipe, loading=first.solids, porosity=0.3, loading_of="solids")
    assert of_solids.thickness == pytest.approx(first.thickness, rel=1e-9)
    assert first.layers[0].transport_efficiency == pytest.approx(0.1)


def test_profile_is_seen_through_the_thickness() -> None:
    (layer,) = coat(INGREDIENTS, [LayerRecipe(Linear(0.01, 0.04), film=FILM)], loading=0.11, porosity=0.3).layers
    place = np.linspace(0, 1, 5)
    expected = [coat(INGREDIENTS, layers(0.01 + 0.03 * s), loading=0.1, porosity=0.3).layers[0] for s in place]
    for name in ("active", "carbon", "binder"):
        graded = at(layer.fraction(name), place)
        np.testing.assert_allclose(graded, [item.fraction(name) for item in expected], rtol=1e-12)
        fine = at(layer.fraction(name), (np.arange(4000) + 0.5) / 4000)
        assert layer.mean_fraction(name) == pytest.approx(fine.mean(), rel=1e-6)


def test_flat_profile_is_the_plain_layer() -> None:
    plain = coat(INGREDIENTS, layers(0.025), loading=0.11, porosity=0.3)
    flat = coat(INGREDIENTS, [LayerRecipe(Linear(0.025, 0.025), film=FILM)], loading=0.11, porosity=0.3)
    assert flat.thickness == pytest.approx(plain.thickness, rel=1e-13)
    np.testing.assert_allclose(at(flat.layers[0].fraction("carbon"), [0.0, 0.7]), plain.layers[0].fraction("carbon"))


def test_porosities_and_shares_of_single_layers() -> None:
    recipe = [
        LayerRecipe(Uniform(0.02), film=FILM, porosity=0.4, share=0.25),
        LayerRecipe(Uniform(0.03), film=FILM, share=0.75),
    ]
    found = coat(INGREDIENTS, recipe, loading=0.11, thickness=45e-6)
    assert found.thickness == pytest.approx(45e-6)
    assert found.active_shares == pytest.approx((0.25, 0.75))
    assert found.layers[0].porosity == 0.4
    assert found.layers[1].porosity < 0.4
    of_solids = coat(INGREDIENTS, recipe, loading=0.11, porosity=0.3, shares_of="solids")
    assert of_solids.layers[0].solids / of_solids.solids == pytest.approx(0.25)


def test_two_active_materials_share_mass_and_surface() -> None:
    first, second = active_material("nmc622"), active_material("lco")
    blend = Ingredients(((first, 0.6), (second, 0.4)), powder("c45"), powder("pvdf"))
    assert blend.active_volume == pytest.approx(0.6 / 4720 + 0.4 / 5060)
    found = coat(blend, [LayerRecipe(Uniform(0.02), binder=0.02)], loading=0.1, porosity=0.3)
    assert found.particle_surface == pytest.approx(0.1 * 3 * (0.6 / 4720 / 4.94e-6 + 0.4 / 5060 / 10e-6))


def test_slurry_of_the_reference() -> None:
    weights = INGREDIENTS.with_film(0.025, FILM)
    slurry = Slurry.from_shell(INGREDIENTS, weights, 0.64e-6)
    assert slurry.film_thickness == pytest.approx(FILM)
    assert slurry.solvent_ratio == pytest.approx(0.64e-6 * 1028 * 1512.5, rel=1e-3)
    assert slurry.weight_solids == pytest.approx(0.5, abs=0.005)
    assert 0.192 < slurry.solid_fraction < 0.200
    assert slurry.approximate_solid_fraction == pytest.approx(0.1736, abs=5e-4)
    assert sum(slurry.volume_fractions) == pytest.approx(1)
    assert slurry.volume_fractions[3] == pytest.approx(1 - slurry.solid_fraction)


def test_heterogeneity_reaches_two() -> None:
    """The paper's 0 < delta < 1 holds for equal layers only."""
    assert heterogeneity([0.0, 0.05], [1, 1]) == pytest.approx(1.0)
    assert heterogeneity([0.0, 0.5], [9, 1]) == pytest.approx(1.8)


def test_mean_is_exact_for_polynomials_in_pieces() -> None:
    assert mean(lambda place: place**3, (0.0, 1.0)) == pytest.approx(0.25, rel=1e-14)
    assert mean(PiecewiseLinear((0, 0.3, 1), (1, 0, 1)), (0, 0.3, 1)) == pytest.approx(0.5, rel=1e-14)


def refused(reason: str) -> pytest.RaisesExc[InputError]:
    return pytest.raises(InputError, match=reason)


def test_what_does_not_fit_is_refused_with_the_numbers() -> None:
    with refused("leaves no active material; at most 48.99 % carbon fit"):
        INGREDIENTS.with_film(0.5, FILM)
    with refused("carbon 60 % and binder 50 % by weight leave -10 %"):
        INGREDIENTS.with_binder(0.6, 0.5)
    with refused(r"solids alone fill 27.15 um, more than the thickness of 20 um"):
        coat(INGREDIENTS, layers(0.025), loading=0.11, thickness=20e-6)
    with refused("thickness of 0 um"):
        coat(INGREDIENTS, layers(0.025), porosity=0.3, thickness=0.0)
    with refused("loading of -1"):
        coat(INGREDIENTS, layers(0.025), porosity=0.3, loading=-1.0)
    with refused("porosity of -10 %"):
        coat(INGREDIENTS, layers(0.025), porosity=-0.1, loading=0.11)
    with refused("two of loading, porosity and thickness"):
        coat(INGREDIENTS, layers(0.025), porosity=0.3)
    with refused("two of loading, porosity and thickness"):
        coat(INGREDIENTS, layers(0.025), thickness=1e-4)
    with refused("needs a porosity or a thickness"):
        coat(INGREDIENTS, layers(0.025), loading=0.11)
    with refused("two determine the third"):
        coat(INGREDIENTS, layers(0.025), loading=0.11, porosity=0.3, thickness=1e-4)
    with refused("the carbon profile runs from -1 to 2 %"):
        LayerRecipe(Linear(-0.01, 0.02), film=FILM)
    with refused("either the thickness of its binder film or"):
        LayerRecipe(Uniform(0.02))
    with refused(r"50 \+ 60 %, add up to 110 %"):
        coat(
            INGREDIENTS,
            [LayerRecipe(Uniform(0.02), film=FILM, share=share) for share in (0.5, 0.6)],
            loading=0.11,
            porosity=0.3,
        )
    with refused("some layers have a share and others none"):
        coat(INGREDIENTS, [LayerRecipe(Uniform(0.02), film=FILM, share=1.0), *layers(0.02)], loading=0.11, porosity=0.3)
    with refused("add up to 0.9, not to 1"):
        Ingredients(((active_material("nmc622"), 0.9),), powder("c45"), powder("pvdf"))
    with refused("there is none"):
        heterogeneity([0.0, 0.0], [1, 1])
    with refused("solid volume fraction of 1.2"):
        Slurry.from_solid_fraction(INGREDIENTS, INGREDIENTS.with_film(0.02, FILM), 1.2)
    with refused("a slurry has solvent"):
        Slurry(INGREDIENTS, INGREDIENTS.with_film(0.02, FILM), 0.0)
    with refused("a binder film needs a surface"):
        INGREDIENTS.film_thickness(Weights(0.0, 0.0, 1.0))


def test_coating_is_no_larger_than_its_layers() -> None:
    found: Coating = coat(INGREDIENTS, layers(0.01, 0.02, 0.04), loading=0.11, porosity=0.3)
    assert [layer.name for layer in found.layers] == ["layer 1", "layer 2", "layer 3"]
    assert found.thickness == pytest.approx(sum(layer.thickness for layer in found.layers))
