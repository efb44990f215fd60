"""The migration scheme against its twin, its order, and films whose course is known in closed form."""

import numpy as np
import pytest

import electrosim as es
from electrosim.drying.binder import Carrier, Course, diffusivity_of, migrate
from electrosim.drying.binder_fipy import migrate_with_fipy
from electrosim.drying.film import Film
from electrosim.drying.species import Species


def silent(*news):
    del news


def reference(peclet, cells, steps, run=migrate, **species):
    """The reference problem: 20 % of particles to 60 % at a constant rate."""
    film, rate = Film(20e-6, 0.0, 0.2, 0.6), 1e-6
    liquid = np.linspace(film.initial_liquid, film.pore_liquid, steps + 1)
    time = (liquid[0] - liquid) / rate
    what = Species(initial_peclet=peclet, **species)
    carrier = Carrier(what, film, diffusivity_of(what, film, rate), cells)
    return run(carrier, Course(film, time, liquid, np.arange(steps + 1) == steps), silent)


@pytest.mark.parametrize(
    ("peclet", "top", "bottom"),
    [(0.05, 1.0112, 0.9945), (0.1, 1.0224, 0.9889), (1.0, 1.2406, 0.8918), (10, 5.044, 0.2585)],
)
def test_reference_table(peclet, top, bottom):
    found = reference(peclet, 100, 200)
    assert found.top[-1] == pytest.approx(top, rel=5e-4)
    assert found.bottom[-1] == pytest.approx(bottom, rel=5e-4)


def test_second_order():
    fine = reference(3.0, 480, 960).content[-1]
    errors = []
    for cells in (20, 40, 80):
        means = fine.reshape(cells, -1).mean(axis=1)
        errors.append(np.sqrt(np.mean((reference(3.0, cells, 2 * cells).content[-1] - means) ** 2)))
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    np.testing.assert_allclose(orders, 2, atol=0.1)


@pytest.mark.parametrize("species", [{}, {"adsorption": 2.0, "bruggeman": 1.5, "frozen": 0.3}])
def test_fipy_agrees(species):
    ours = reference(2.0, 30, 60, **species)
    theirs = reference(2.0, 30, 60, migrate_with_fipy, **species)
    np.testing.assert_allclose(ours.content[-1], theirs.content[-1], atol=0.01 * np.ptp(ours.content[-1]))
    assert abs(theirs.content[-1].mean() - 1) < 1e-12


def test_gelled_binder_stays_where_it_is_and_lets_none_pass():
    """Without diffusion c = c0 below the surface, so at once the top cell gels, and then the next: a front."""
    found = reference(1e7, 50, 400, gelation=1.5)
    liquid = (0.2 / 0.6 - 0.2) / 0.8  # at the end over that at the start
    np.testing.assert_allclose(found.content[-1].mean(), 1, rtol=1e-12)
    gelled = found.content[-1] > 1.5 * liquid * 1.001
    front = int(np.argmax(gelled))
    assert gelled[front:].all()
    np.testing.assert_allclose(found.content[-1][: front - 1], liquid, rtol=1e-6)
    assert found.top[-1] < 3 < reference(1e7, 50, 400).top[-1]


def test_settling_leaves_no_skin_and_the_liquid_surface_makes_one():
    """Kynch: above a sediment that grows at phi0 U/(phi_max - phi0) nothing has changed."""
    film = Film(36e-6, 0.0, 0.2, 0.5, excess=20e-6, settling=1e-6, layered=True)
    tops, fractions = film.layers(50.0, film.initial_liquid)
    np.testing.assert_allclose(tops, [0.2 / 0.3 * 50e-6, 130e-6, 130e-6], rtol=1e-12)
    assert (fractions == [0.5, 0.2, 0.5]).all()
    pressed, _ = film.layers(50.0, 74e-6)  # the liquid surface has come down to 110 um
    skin = pressed[2] - pressed[1]
    assert pressed[2] == pytest.approx(110e-6)
    assert pressed[0] == tops[0]
    assert 0.3 * (pressed[0] + skin) + 0.2 * pressed[2] == pytest.approx(36e-6, rel=1e-12)


@pytest.mark.parametrize("meniscus", ["flat", "cap"])
def test_film_of_300um_rests_when_it_was_fitted_to(meniscus):
    excess = 30e-6 if meniscus == "flat" else 15.0008e-6
    rate = (excess + 129e-6 * (27 / 21 - 1)) / 37
    overrides = {"zones.0.flux": f"{rate / 60 * 1028} kg/m^2/s", "film.settling": f"{129 * 6 / 21 / 37} um/min"}
    if meniscus == "flat":
        overrides |= {"film.meniscus": "flat", "film.disc_diameter": None}
    result = es.run(es.load("drying-300um", overrides))
    assert result["stage_end_times"].sel(stage="shrinkage").item() / 60 == pytest.approx(37, rel=1e-4)
    assert float(result["solvent_height"][0]) * 1e6 == pytest.approx(129 * 27 / 21 + 30, rel=1e-6)
    held = result["solid_height"] * (1 - result["porosity"])
    np.testing.assert_allclose(held, 34.83e-6, rtol=1e-9)
