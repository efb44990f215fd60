"""Drying from a scenario file and from Python: what it gives, and each mistake of a user as one sentence."""

import math
import tomllib
from dataclasses import replace

import numpy as np
import pytest
import tomlkit

import electrosim as es
from electrosim.base.errors import InputError, SolveError
from electrosim.base.result import write
from electrosim.drying import (
    Air,
    Coating,
    Component,
    Cracking,
    Method,
    Problem,
    Species,
    Zone,
    electrode_layers,
    film_of,
    layers,
    solve,
)
from electrosim.drying.cracking import Recession
from electrosim.drying.gas import evaporation_flux, mass_transfer
from electrosim.drying.plot import figures
from electrosim.materials.solvents import solvent

TEXT = """\
kind = "drying"
title = "tiny"
[coating]
solvent = "water"
solids = "50 %"
components = [
  { name = "graphite", weight = "94 %", density = "2.26 g/cm^3", diameter = "16 um" },
  { name = "carbon", role = "carbon", weight = "2 %", density = "1.9 g/cm^3", diameter = "40 nm" },
  { name = "binder", role = "binder", weight = "4 %", density = "1.5 g/cm^3" },
]
[film]
thickness = "120 um"
packing = "55 %"
[[zones]]
time = "20 s"
air_temperature = "80 degC"
heat_transfer = "60 W/m^2/K"
humidity = "5 %"
[[zones]]
flux = "1 g/m^2/s"
temperature = "40 degC"
[drying]
belt_speed = "10 m/min"
[binder]
diffusivity = "1e-10 m^2/s"
[migrating.sbr]
hydrodynamic_radius = "60 nm"
adsorption = 2.0
[cracking]
toughness = "1 kPa*m^0.5"
shear_modulus = "10 GPa"
[cracking.intervals]
toughness = ["0.5 kPa*m^0.5", "2 kPa*m^0.5"]
logarithmic = ["toughness"]
[method]
cells = 40
steps = 40
times = 20
[output]
figures = false
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def water_film(**others):
    coating = Coating((Component("graphite", 1.0, 2260.0, diameter=16e-6),), solvent("water"), solids=0.5)
    return coating, film_of(coating, packing=0.6, thickness=100e-6, **others)


def test_a_run_gives_tables_pictures_and_sources(small, command):
    outcome = command("run", small, "--set", "output.figures=true", folder=small.parent)
    assert outcome.status == 0
    for words in ("length of the oven", "consolidation", "top/bottom", "critical thickness", "The film is dry."):
        assert words in outcome.out
    folder = small.parent / "results" / "tiny"
    assert {file.stem for file in (folder / "figures").iterdir()} == {
        "film", "migration", "stress", "critical_thickness"
    }  # fmt: skip
    result = es.open(folder)
    assert set(result.dims) == {"time", "stage", "x", "model", "component"}
    assert "Tirumkudulu" in result.attrs["references"]
    resolved = tomllib.loads((folder / "scenario.resolved.toml").read_text(encoding="utf-8"))
    assert resolved["cracking"]["intervals"]["toughness"][1] == "2000.0 Pa*m^0.5"
    assert resolved["zones"][1]["temperature"] == "313.15 K"


def test_same_scenario_same_numbers(small):
    first, second = (es.run(small) for _ in range(2))
    for name in ("critical_thickness_lower", "binder_profile", "stage_end_times"):
        np.testing.assert_array_equal(first[name], second[name])
    other = es.run(es.load(small, {"cracking.seed": 1}))
    assert float(other["critical_thickness_lower"][0]) != float(first["critical_thickness_lower"][0])


def test_units_and_names_are_there(small):
    for name, item in es.run(small).variables.items():
        assert name in ("stage", "model", "component") or {"units", "long_name"} <= set(item.attrs), name


def test_stages_follow_each_other_and_heat_is_used(small):
    result = es.run(small)
    ends = result["stage_end_times"].values
    assert (np.diff(ends) >= 0).all()
    assert result["temperature"].values.max() < 353.15
    flux = result["flux"].values
    assert flux[result["time"].values < 20].max() < flux.max()
    latent = result["evaporated"].values * 2.4e6
    assert (result["heat_to_film"].values >= 0.9 * latent - 1).all()


def test_a_film_that_leaves_wet_says_so(small):
    result = es.run(es.load(small, {"zones": [{"time": "5 s", "flux": "1 g/m^2/s"}]}))
    assert "before it is dry" in str(result["status"].values)
    assert bool(result["solved"])
    assert np.isnan(result["dry_time"])
    assert float(result["binder_profile"][-1].mean()) == pytest.approx(1, abs=1e-12)
    assert np.isnan(result["crack_onset_time"]).all()
    assert set(figures(result)) >= {"film", "stress"}


def test_a_film_that_never_dries_fails_with_a_sentence():
    coating, film = water_film()
    problem = Problem(coating, film, (Zone(air=Air(300.0, 20.0, 1.0)),), initial_temperature=300.0)
    with pytest.raises(SolveError, match="not dry after the longest time"):
        solve(problem, method=Method(longest_time=100.0))
    result = solve(problem, method=Method(longest_time=100.0), throw=False)
    assert not bool(result["solved"])


def test_a_zone_without_flux_only_waits():
    coating, film = water_film()
    waits = solve(Problem(coating, film, (Zone(30.0, flux=0.0), Zone(flux=1e-3)), species=(Species(diffusivity=1e-9),)))
    goes = solve(Problem(coating, film, (Zone(flux=1e-3),), species=(Species(diffusivity=1e-9),)))
    later = waits["stage_end_times"].values - goes["stage_end_times"].values
    np.testing.assert_allclose(later[1:], 30.0, rtol=1e-6)
    assert float(waits["binder_top_to_mean"][-1]) == pytest.approx(float(goes["binder_top_to_mean"][-1]), rel=1e-3)


def test_profile_becomes_layers(small):
    result = es.run(small)
    found = layers(result, 3)
    assert [share for share, _ in found] == pytest.approx([1 / 3] * 3)
    assert sum(share * amount for share, amount in found) == pytest.approx(1, abs=1e-12)
    assert found[0][1] < found[2][1]
    again = Species(diffusivity=1e-10, layers=tuple(found))
    assert again.layers == tuple(found)
    with pytest.raises(InputError, match="no profile"):
        layers(result, 3, "cmc")


def test_profile_becomes_an_electrode_that_recipe_takes(small, tmp_path):
    found = electrode_layers(es.run(small), 4)
    assert sum(layer["share"] for layer in found) == pytest.approx(1, abs=1e-12)
    for part, weight in (("binder", 0.04), ("carbon", 0.02)):
        assert sum(layer["share"] * layer[part] for layer in found) == pytest.approx(weight, rel=1e-12)
    assert found[0]["binder"] < 0.04 < found[3]["binder"]
    with pytest.raises(InputError, match="0 layers make no electrode"):
        electrode_layers(es.run(small), 0)
    with pytest.raises(InputError, match="41 layers cannot be had from 40 cells"):
        electrode_layers(es.run(small), 41)
    wet = es.run(es.load(small, {"zones": [{"time": "5 s", "flux": "1 g/m^2/s"}]}))
    with pytest.raises(InputError, match="not dry is no electrode: The film leaves the last zone"):
        electrode_layers(wet, 4)
    electrode = {
        "active": "graphite",
        "loading": "8 mg/cm^2",
        "porosity": "40 %",
        "layers": found,
        "shares_of": "solids",
    }
    path = tmp_path / "electrode.toml"
    path.write_text(tomlkit.dumps({"kind": "recipe", "electrode": electrode}), encoding="utf-8")
    assert bool(es.run(path)["solved"])


def test_a_dried_electrode_is_discharged():
    """The example of docs/drying.md."""
    dried = es.run(es.load("nmc-fast-drying", {"method.cells": 40, "method.steps": 80}))
    capacity = {}
    for count in (1, 8):
        layers = electrode_layers(dried, count)
        handed = {"electrode.layers": layers, "electrode.shares_of": "solids", "protocol.rates": [1, 3]}
        capacity[count] = es.run(es.load("single-layer", handed))["specific_capacity"].values
    even = {"electrode.layers": [{"carbon": "2.5 %"}], "electrode.binder": "3.5 %", "protocol.rates": [1, 3]}
    np.testing.assert_allclose(capacity[1], es.run(es.load("single-layer", even))["specific_capacity"], rtol=1e-5)
    loss = 1 - capacity[8] / capacity[1]
    assert abs(loss[0]) < 0.002  # slow discharges ask little of the electrons' way through the poor bottom
    assert 0.02 < loss[1] < 0.04


def test_more_binder_moves_faster_warmer_freer(small):
    top = {}
    for name, override in {
        "as it is": {},
        "adsorbed": {"binder.adsorption": 5.0},
        "bound": {"binder.frozen": 0.8},
        "gelling": {"binder.gelation": 1.2},
        "hindered": {"binder.bruggeman": 3.0},
        "in the pores": {"binder.moves_until": "constant rate"},
    }.items():
        result = es.run(es.load(small, override))
        top[name] = float(result["binder_top_to_mean"][-1])
        assert float(result["balance_error"].max()) < 1e-12, name
    assert top["bound"] - 1 == pytest.approx(0.2 * (top["as it is"] - 1), rel=1e-9)
    assert max(top["adsorbed"], top["gelling"]) < top["as it is"] < top["hindered"]
    assert top["in the pores"] > top["as it is"]


def test_throat_radius_from_a_structure_result(small, tmp_path):
    pores = {"image.shape": [24, 24, 24], "network": None}
    structure = es.run(es.load("structure-carbon-binder", pores))
    es.save(structure, tmp_path / "pores")
    result = es.run(es.load(small, {"cracking.throat_from": "pores"}))
    tension, radius = float(result["surface_tension"]), float(structure["intrusion_diameter_median"]) / 2
    assert 1e-8 < radius < 1e-7  # pores of a few voxels of 10 nm
    assert float(result["peak_stress"].sel(model="pore-throat")) == pytest.approx(2 * tension / radius, rel=1e-12)
    write(structure.drop_vars("intrusion_diameter_median"), tmp_path / "pores.nc")
    with pytest.raises(InputError, match=r"tiny.toml.*holds no mercury intrusion"):
        es.run(es.load(small, {"cracking.throat_from": "pores.nc"}))


def test_stress_rises_stays_is_released_and_falls(small):
    result = es.run(es.load(small, {"cracking.residual": 0.02, "method.times": 400}))
    one = result.sel(model="white")
    stress, time = one["stress"].values, result["time"].values
    entry = float(result["stage_end_times"].sel(stage="shrinkage"))
    assert (stress[time <= entry] == 0).all()
    assert bool(one["cracks"])
    assert entry < float(one["crack_onset_time"]) < time[stress.argmax()] + 1
    critical = 1000 / (1.4 * math.sqrt(float(result["dry_thickness"])))
    assert stress.max() == pytest.approx(critical, rel=1e-12)  # the rest is released by the cracks
    assert stress[-1] >= 0.02 * float(one["peak_stress"]) * (1 - 1e-12)
    tough = es.run(es.load(small, {"cracking.toughness": "1 MPa*m^0.5", "cracking.intervals": {}}))
    assert not bool(tough["cracks"].sel(model="white"))
    assert np.isnan(tough["crack_onset_time"].sel(model="white"))
    np.testing.assert_array_equal(tough["critical_thickness_lower"], tough["critical_thickness"])


def test_needed_toughness_is_where_cracks_begin():
    cracking = Cracking(0.6, 1e-6, 0.07)
    needed = cracking.needed_toughness(50e-6)[:2]
    for number, toughness in enumerate(needed):
        assert replace(cracking, toughness=toughness).critical_thickness()[number] == pytest.approx(50e-6, rel=1e-12)


def test_onset_is_where_the_rising_stress_meets_the_critical_one():
    recession = Recession(pore_liquid=40e-6, depth=4e-6)
    for load in (0.1, 0.5, 1.0):
        assert recession.load(np.array([recession.solvent_at(load)]))[0] == pytest.approx(load, rel=1e-12)
    falling = recession.load(np.linspace(36e-6, 0, 5))
    np.testing.assert_allclose(falling, np.linspace(1, 0, 5), atol=1e-12)
    assert (recession.load(np.array([40e-6, 80e-6])) == 0).all()


def test_critical_stress_and_thickness_are_inverse():
    cracking = Cracking(0.6, 1e-6, 0.07, 1e3, shear_modulus=1e10, throat_radius=2e-7)
    thickness, peak = cracking.critical_thickness(), cracking.peak_stress()
    for number in range(5):
        assert cracking.critical_stress(thickness[number])[number] == pytest.approx(peak[number], rel=1e-12)


def test_flux_vanishes_at_equilibrium_and_grows_with_heat():
    water = solvent("water")
    assert evaporation_flux(Air(300.0, 50.0, 1.0), water, 300.0) == pytest.approx(0, abs=1e-12)
    assert evaporation_flux(Air(300.0, 50.0, 1.0), water, 290.0) < 0
    fluxes = [evaporation_flux(Air(350.0, 50.0, 0.0), water, kelvin) for kelvin in (300.0, 320.0, 340.0, 372.0)]
    assert (np.diff(fluxes) > 0).all()
    assert math.isfinite(evaporation_flux(Air(420.0, 50.0, 0.0), water, 400.0))


def test_lewis_law_carries_diffusivities_over():
    """beta ~ D^(1-n) at the same heat transfer, and alpha = beta c_p rho where Le = 1."""
    water, nmp = solvent("water"), solvent("nmp")
    for exponent in (1 / 3, 0.4):
        air = Air(330.0, 50.0, exponent=exponent)
        ratio = mass_transfer(air, water, 320.0) / mass_transfer(air, nmp, 320.0)
        diffusivities = water.diffusivity_in_air(325.0, air.pressure) / nmp.diffusivity_in_air(325.0, air.pressure)
        assert ratio == pytest.approx(diffusivities ** (1 - exponent), rel=1e-12)
    assert mass_transfer(Air(300.0, 50.0), water, 300.0) == pytest.approx(50 / (1006 * 1.177), rel=0.12)


REFUSED = {
    "solids over 1": ({"coating.solids": "120 %"}, "tiny.toml (overridden): coating.solids"),
    "weights over 1": (
        {"coating.components.0.weight": "99 %"},
        "the weights of the solids sum to 0.99 + 0.02 + 0.04 = 1.05; they must sum to 1",
    ),
    "weights under 1": ({"coating.components.0.weight": "80 %"}, "0.8 + 0.02 + 0.04 = 0.86; they must sum to 1"),
    "packing below the slurry's": ({"film.packing": "20 %"}, "film.packing = 0.2 is not above the 0.2"),
    "more than all": ({"film.packing": "150 %"}, 'film.packing = "150 %": must be less than 1'),
    "more than all, by a part": (
        {"film.packing": "98 %", "film.packing_of": "active"},
        "film.packing = 0.98 makes particles fill 1.005 of the film; it must lie between 0 and 0.9753",
    ),
    "cannot consolidate": (
        {"film.packing": "95 %"},
        "film.packing = 0.95 leaves pores of 0.05 of the film, less than its binder takes (0.0594)",
    ),
    "temperature above boiling": (
        {"zones.1.temperature": "110 degC"}, "the film would boil, water does at 99.97 C; lower it"
    ),
    "start above boiling": ({"drying.initial_temperature": "101 degC"}, "drying.initial_temperature = 101 C"),
    "negative flux": ({"zones.1.flux": "-1 g/m^2/s"}, 'zones.1.flux = "-1 g/m^2/s": must be greater than or equal'),
    "zero toughness": ({"cracking.toughness": "0 Pa*m^0.5"}, 'toughness = "0 Pa*m^0.5": must be greater than 0'),
    "humidity over 100 %": ({"zones.0.humidity": "110 %"}, 'humidity = "110 %": must be less than or equal to 1'),
    "a key misspelt": ({"film.pakcing": "50 %"}, 'film.pakcing is not known here; did you mean "packing"?'),
    "a zone's key misspelt": ({"zones.1.fulx": "1 g/m^2/s"}, 'zones.1.fulx is not known here; did you mean "flux"?'),
    "another unit": (
        {"zones.1.flux": "1 g/m^2"},
        'zones.1.flux = "1 g/m^2": has a unit of another dimension; write an evaporation flux with its unit, such as',
    ),
    "no zones": ({"zones": []}, "zones = []: has 0 entries; give 1 to 50"),
    "no number": ({"film.packing": math.nan}, "film.packing = nan: must be finite"),
    "no number with a unit": ({"film.thickness": "nan um"}, 'film.thickness = "nan um": is not a number'),
    "no flux for ever": ({"zones.1.flux": "0 g/m^2/s"}, "the film never dries"),
    "flux and air": ({"zones.0.flux": "1 g/m^2/s"}, "zones.0: a zone has both a flux and air"),
    "neither": ({"zones.1": {"temperature": "30 degC"}}, "an oven zone needs either a flux or its air"),
    "no end": ({"zones.0": {"flux": "1 g/m^2/s"}}, "zones.0 has neither time nor length"),
    "length without a belt": ({"drying": {}, "zones.0.time": None, "zones.0.length": "2 m"}, "needs drying.belt_speed"),
    "too wet and hot": (
        {"zones.0.air_temperature": "150 degC", "zones.0.humidity": "40 %"},
        "zones.0.humidity = 40 % at 150 C makes the vapour's pressure higher than that of the air",
    ),
    "too hot": ({"zones.0.air_temperature": "600 degC"}, "zones.0.air_temperature = 600 C is above the critical point"),
    "a Peclet number without flux": (
        {"zones.0": {"time": "1 s", "flux": "0 g/m^2/s"}, "binder": {"initial_peclet": 1.0}}, "first flux"
    ),
    "two mobilities": ({"binder.initial_peclet": 1.0}, "needs one of diffusivity"),
    "two amounts": ({"film.loading": "5 mg/cm^2"}, "film needs one of thickness, dry_thickness and loading"),
    "settling of mixed particles": ({"film.settling": "1 um/s"}, 'set film.particles = "layered"'),
    "Stokes without viscosity": (
        {"film.settling": "stokes", "film.particles": "layered"}, 'film.settling = "stokes" needs drying.viscosity'
    ),
    "adsorption on layers": ({"film.particles": "layered"}, "sbr: adsorption is on particles that are well mixed"),
    "a cap that hangs over": (
        {"film.meniscus": "cap", "film.disc_diameter": "0.1 mm", "film.excess": "60 um"},
        "film.excess = 0.06 mm: a cap higher than the radius of its disc, 0.05 mm",
    ),
    "a liquid that does not wet": (
        {"cracking.contact_angle": "120 deg"}, "cracking.contact_angle = 120 deg: a liquid that is held back"
    ),
    "too cold": ({"zones.1.temperature": "-100 degC"}, "must lie between -73.15 and 726.85 degC"),
    "particles that rise": (
        {"film.settling": "-1 um/min", "film.particles": "layered"}, "must be greater than or equal to 0"
    ),
    "an interval with one end": ({"cracking.intervals.toughness": ["1 Pa*m^0.5"]}, "must have at least 2 entries"),
    "a cap without a disc": ({"film.meniscus": "cap"}, "film.disc_diameter goes with"),
    "an interval upside down": (
        {"cracking.intervals.diameter": ["2 um", "1 um"]}, "must be a lower and a higher limit"
    ),
    "unknown solvent": ({"coating.solvent": "ethanol"}, "must be 'water' or 'nmp'"),
    "unknown law": ({"cracking.prefactors.whit": 3.0}, 'did you mean "white"?'),
    "a name that is no variable": ({"migrating": {"S B R": {"diffusivity": "1 m^2/s"}}}, '"S B R" is not known'),
    "excess over the film": ({"film.excess": "1 mm"}, "film.excess is not less than film.thickness"),
    "no diameter": ({"coating.components.1.diameter": None}, "cracking.diameter is missing"),
    "a bare number": ({"film.thickness": 120e-6}, "is not a quantity; write a length with its unit"),
    "layers": ({"binder.layers": [{"share": 0.4, "amount": 1.0}]}, "shares of the height sum to 0.4"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_bad_input_is_refused_with_a_sentence(name, small):
    overrides, words = REFUSED[name]
    with pytest.raises(InputError) as error:
        es.run(es.load(small, overrides))
    sentence = str(error.value).replace(f"{small.parent}/", "")
    assert sentence.startswith("tiny.toml"), sentence
    assert words in sentence
    assert "more)" not in sentence  # one mistake is told once
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("coating.solids", "120 %"),
        ("film.packing", "20 %"),
        ("film.packing", "95 %"),
        ("zones.1.temperature", "110 degC"),
        ("zones.0.air_temperature", "600 degC"),
        ("zones.1.flux", "-1 g/m^2/s"),
        ("cracking.toughness", "0 Pa*m^0.5"),
        ("zones.0.humidity", "110 %"),
    ],
)
def test_the_command_line_names_file_and_key_of_a_mistake(small, command, key, value):
    outcome = command("run", small, "--set", f"{key}={value}", folder=small.parent)
    assert outcome.status == 2
    assert "tiny.toml" in outcome.sentence
    assert f"{key} = " in outcome.sentence
    assert not (small.parent / "results").exists()


def test_python_refuses_what_scenarios_do():
    coating, film = water_film()
    for arguments, words in (
        ({"flux": -1.0}, "no negative flux"),
        ({"flux": 1.0, "duration": 0.0}, "must be positive"),
        ({}, "either a flux or its air"),
    ):
        with pytest.raises(InputError, match=words):
            Zone(**arguments)
    with pytest.raises(InputError, match="humidity = 120 %"):
        Air(300.0, 10.0, 1.2)
    with pytest.raises(InputError, match=r"critical_saturation = 0"):
        Problem(coating, film, (Zone(flux=1.0),), final_saturation=0.0)
    with pytest.raises(InputError, match="toughness = 0"):
        Cracking(0.6, 1e-6, 0.07, 0.0)
    with pytest.raises(InputError, match="migration"):
        Method(migration="theirs")
    with pytest.raises(InputError, match="less than 90 deg"):
        Cracking(0.6, 1e-6, 0.07, contact_angle=2.0)
