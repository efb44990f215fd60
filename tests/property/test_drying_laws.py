"""What holds for every film: solids, solvent and binder are conserved, stages follow each other."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from electrosim.base.uncertainty import Interval, propagate
from electrosim.drying import Air, Coating, Component, Cracking, Method, Problem, Species, Zone, film_of, solve
from electrosim.materials.solvents import solvent

SHARES = st.floats(0.01, 0.99)
FLUXES = st.floats(1e-5, 1e-2)


@st.composite
def problems(draw):
    """A film in an oven of one to three zones."""
    binder = draw(st.floats(0.005, 0.1))
    coating = Coating(
        (Component("a", 1 - binder, draw(st.floats(1500, 5000))), Component("b", binder, 1200.0, "binder")),
        solvent(draw(st.sampled_from(["water", "nmp"]))),
        solids=draw(st.floats(0.2, 0.6)),
    )
    layered = draw(st.booleans())
    excess = draw(st.sampled_from([0.0, 20e-6]))
    packing = coating.slurry_fraction + draw(st.floats(0.05, 0.5))
    assume(packing * (1 + coating.volume("binder") / coating.particles) < 0.95)
    film = film_of(
        coating,
        packing=packing,
        thickness=draw(st.floats(50e-6, 400e-6)),
        excess=excess,
        layered=layered,
        settling=draw(st.sampled_from([0.0, 1e-7, 1e-5])) if layered else 0.0,
        radius=draw(st.sampled_from([None, 2e-3])),
    )
    even = not layered and excess == 0
    species = Species(
        diffusivity=10 ** draw(st.floats(-12, -8)),
        bruggeman=draw(st.floats(1, 3)),
        adsorption=draw(st.floats(0, 10)) if even else 0.0,
        frozen=draw(st.floats(0, 1)),
        gelation=draw(st.sampled_from([None, 1.1, 2.0])),
        moves_until=draw(st.sampled_from(["shrinkage", "constant rate"])),
    )
    zones = [draw(zone()) for _ in range(draw(st.integers(0, 2)))]
    return Problem(
        coating,
        film,
        (*zones, Zone(flux=draw(FLUXES))),
        species=(species,),
        critical_saturation=draw(st.floats(0.02, 0.6)),
    )


@st.composite
def zone(draw):
    """A zone of a flux, or of air."""
    duration = draw(st.floats(1, 100))
    if draw(st.booleans()):
        return Zone(duration, flux=draw(st.sampled_from([0.0, 1e-4, 3e-3])))
    air = Air(draw(st.floats(290, 420)), draw(st.floats(5, 100)), draw(st.floats(0, 0.2)))
    return Zone(duration, air=air)


@settings(max_examples=40)
@given(problem=problems())
def test_everything_is_conserved_and_in_order(problem):
    result = solve(problem, method=Method(cells=24, steps=30, times=12))
    assert bool(result["solved"])
    assert float(result["balance_error"].max()) < 1e-12
    profile = result["binder_profile"].values
    assert (profile > -1e-9).all()
    ends = result["stage_end_times"].values
    assert (np.diff(ends[1:]) >= 0).all()
    assert ends[0] <= ends[2]
    solid, liquid = result["solid_height"].values, result["film_thickness"].values
    assert (np.diff(solid) <= 1e-12).all() or result["flux"].min() < 0  # vapour condenses on a cold film
    assert (liquid >= solid - 1e-15).all()
    assert solid[-1] == problem.film.dry_height
    held = solid * (1 - result["porosity"].values)
    np.testing.assert_allclose(held, problem.film.particles, rtol=1e-12)


@settings(max_examples=20)
@given(first=st.floats(-12, -8), second=st.floats(-12, -8), flux=FLUXES)
def test_less_mobile_binder_is_richer_at_the_top(first, second, flux):
    assume(abs(first - second) > 0.05)
    coating = Coating((Component("a", 1.0, 2260.0),), solvent("water"), solids=0.5)
    film = film_of(coating, packing=0.6, thickness=100e-6)
    names = {
        name: Species(name, 10**power) for name, power in (("slow", min(first, second)), ("fast", max(first, second)))
    }
    problem = Problem(coating, film, (Zone(flux=flux),), species=tuple(names.values()))
    result = solve(problem, method=Method(cells=40, steps=40, times=4)).isel(time=-1)
    slow, fast = (result[f"{name}_profile"].values for name in ("slow", "fast"))
    assert slow[-1] >= fast[-1] * (1 - 1e-9)
    assert slow[0] <= fast[0] * (1 + 1e-9)
    assert fast[-1] >= 1 - 1e-12


@given(
    diameter=st.floats(1e-8, 1e-4),
    fraction=st.floats(0.1, 0.9),
    tension=st.floats(0.01, 0.1),
    toughness=st.floats(1, 1e6),
)
def test_white_bounds_eq_1_and_thinner_films_are_safe(diameter, fraction, tension, toughness):
    cracking = Cracking(fraction, diameter, tension, toughness, shear_modulus=1e10)
    peak, thickness = cracking.peak_stress(), cracking.critical_thickness()
    assert peak[0] < peak[1]
    assert thickness[0] > thickness[1]
    for number in range(4):
        assert cracking.critical_stress(0.5 * thickness[number])[number] > peak[number]


@settings(max_examples=25)
@given(
    lower=st.floats(0.1, 10),
    width=st.floats(0.01, 10),
    power=st.sampled_from([-2.0, 0.5, 1.0, 3.0]),
    level=st.floats(0.5, 0.99),
)
def test_coverage_intervals_hold_their_share(lower, width, power, level):
    """Of a power of a uniform input; the shortest interval lies where the density is highest."""
    given_interval = Interval(lower, lower + width)
    low, high = propagate(
        lambda x: np.array([x**power]), {"x": given_interval}, samples=20_000, level=level, rng=np.random.default_rng(1)
    )
    ends = np.sort([low[0] ** (1 / power), high[0] ** (1 / power)])
    held = (ends[1] - ends[0]) / width
    assert abs(held - level) < 0.02
    whole = np.sort([lower**power, (lower + width) ** power])
    assert whole[0] <= low[0] < high[0] <= whole[1]


def test_the_interval_is_the_shortest():
    """x^3 of an even x is densest at its lower end, so the half of it that is nearest lies there."""
    low, high = propagate(
        lambda x: np.array([x**3]), {"x": Interval(1.0, 10.0)}, samples=20_000, level=0.5, rng=np.random.default_rng(3)
    )
    np.testing.assert_allclose([low[0], high[0]], [1.0, 5.5**3], rtol=0.03)


def test_logarithmic_interval_and_what_is_no_number():
    low, high = propagate(
        lambda x: np.array([np.log10(x), np.full_like(x, np.nan)]),
        {"x": Interval(1.0, 100.0, logarithmic=True)},
        samples=50_000,
        level=0.9,
        rng=np.random.default_rng(2),
    )
    assert abs(high[0] - low[0] - 1.8) < 0.02
    assert np.isnan([low[1], high[1]]).all()
