"""Material files: every one loads, its curves make sense, and what is wrong is said."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from electrosim.base.errors import InputError
from electrosim.materials import library
from electrosim.materials.property import Property, constant
from electrosim.materials.ranges import outside

ELECTROLYTES = ("lipf6-ec-emc-3-7", "lipf6-ec-emc-3-7/nyman-2008", "lipf6-ec-dmc")
ACTIVE = ("nmc622", "nmc811", "lco", "lto", "graphite", "graphite/marquis-2019")


@pytest.mark.parametrize("name", ACTIVE)
def test_open_circuit_potential_falls_as_lithium_enters(name: str) -> None:
    curve = library.active_material(name).open_circuit_potential
    inside = np.linspace(curve.lower, curve.upper, 400)
    rise = np.diff(curve(inside)).max()
    assert rise < (
        0 if name != "graphite/marquis-2019" else 1e-3
    )  # Dualfoil's fit rises by a hair between its plateaus
    assert curve.source


def test_nmc622_meets_its_points_and_its_voltage_limits() -> None:
    file = library.toml.read(library.known("active")["nmc622"]).data
    stoichiometry, potential = np.transpose(file["variants"]["tredenick-2024"]["open_circuit_potential"]["points"])
    curve = library.active_material("nmc622").open_circuit_potential
    difference = curve(stoichiometry) - potential
    assert np.sqrt(np.mean(difference**2)) < 2.2e-3  # what the file says of the fit
    assert np.abs(difference).max() < 6.6e-3
    np.testing.assert_allclose(curve([curve.lower, curve.upper]), [4.3, 3.0], atol=1e-3)
    assert np.diff(curve(np.linspace(0, 1, 2000))).max() < 0


def test_landesfeind_at_room_temperature() -> None:
    found = library.electrolyte("lipf6-ec-emc-3-7")
    concentrations = [500.0, 1000.0, 1500.0, 2000.0]
    np.testing.assert_allclose(found.conductivity(concentrations), [0.756, 0.913, 0.810, 0.594], atol=5e-4)
    np.testing.assert_allclose(found.diffusivity(concentrations), [3.95e-10, 2.89e-10, 2.12e-10, 1.55e-10], atol=5e-13)
    np.testing.assert_allclose(found.transference_number(concentrations), [0.305, 0.221, 0.150, 0.106], atol=5e-4)
    np.testing.assert_allclose(found.thermodynamic_factor(concentrations), [1.37, 2.18, 2.94, 3.85], atol=5e-3)
    assert found.conductivity.upper == 3000.0


@pytest.mark.parametrize("name", ELECTROLYTES)
def test_electrolyte_conducts_and_goes_to_another_process(name: str) -> None:
    found = pickle.loads(pickle.dumps(library.electrolyte(name, 303.15)))  # noqa: S301  our own bytes
    concentrations = np.linspace(200.0, 2000.0, 10)
    assert np.all(found.conductivity(concentrations) > 0)
    assert np.all(found.diffusivity(concentrations) > 0)


def test_number_in_a_file_is_a_constant_property() -> None:
    found = library.electrolyte("lipf6-ec-emc-3-7/nyman-2008").transference_number
    assert found.is_constant
    assert found(1000.0) == 0.2594
    assert library.active_material("nmc811").diffusivity.is_constant


def test_powders_separator_and_lithium() -> None:
    carbon = library.powder("c45")
    assert (carbon.density, carbon.specific_surface) == (1900.0, 45_000.0)
    assert library.separator("celgard-2325").transport_efficiency == pytest.approx(0.39**1.5)
    assert library.lithium_metal().exchange_current == pytest.approx(70.6, abs=0.05)
    assert library.lithium_metal(500.0).exchange_current == pytest.approx(70.594 * 0.5**0.3, rel=1e-4)


@pytest.mark.parametrize("folder", ["active", "electrolytes", "separators", "powders", "metals", "cells"])
def test_every_file_names_source_and_licence(folder: str) -> None:
    files = library.known(folder)
    assert files
    for path in files.values():
        data = library.toml.read(path).data
        assert data["title"]
        assert data["licence"]
        for variant in data.get("variants", {"": data}).values():
            assert len(variant["source"]) > 20


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nmc6222", 'no material "nmc6222" here; did you mean "nmc622"'),
        ("graphite/chen", 'did you mean "chen-2020"'),
        ("absent.toml", "no such file"),
    ],
)
def test_unknown_material_names_the_nearest(name: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        library.active_material(name)


MINE = """
title = "mine"
licence = "CC0-1.0"
[variants.measured]
source = "our own half cell"
maximum_concentration = "50 mol/l"
diffusivity = { formula = "1e-14*(1 - 0.9*x)", unit = "m^2/s", range = [0.1, 0.9] }
reaction_rate = "1e-6 A*m^2.5/mol^1.5"
radius = "5 um"
density = "4.7 g/cm^3"
[variants.measured.open_circuit_potential]
points = [[0.2, 4300], [0.5, 3800], [0.9, 3600]]
unit = "mV"
"""


def test_file_of_ones_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(MINE)
    found = library.active_material(path)
    assert found.name == "mine/measured"
    assert found.maximum_concentration == 50_000.0
    np.testing.assert_allclose(found.open_circuit_potential([0.2, 0.5, 0.9]), [4.3, 3.8, 3.6])
    slope = np.diff(found.open_circuit_potential([0.0, 0.1, 0.2]))
    assert slope[0] == pytest.approx(slope[1])  # straight beyond the ends
    assert slope[0] < -0.1
    assert found.diffusivity(0.5) == pytest.approx(5.5e-15)
    assert found.diffusivity.upper == 0.9
    assert library.active_material(path) is found  # in a sweep it is read and tabulated once
    path.write_text(MINE.replace("4300", "4200"))
    changed = library.active_material(path)
    assert changed.open_circuit_potential(0.2) == pytest.approx(4.2)
    path.unlink()
    with pytest.raises(InputError, match="there is no such file"):
        library.active_material(path)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("50 mol/l", "50", "maximum_concentration"),
        ('"mV"', '"A"', "another dimension"),
        ("1e-14*(1", "1e-14*(y", '"y" is not known'),
        ("[0.5, 3800]", "[0.1, 3800]", "first number rises"),
        ("[0.1, 0.9]", "[0.9, 0.1]", "two rising numbers"),
        ("radius", "radios", "radios is not known here"),
        ("points = [[0.2, 4300], [0.5, 3800], [0.9, 3600]]", "", "needs a formula or points"),
    ],
)
def test_wrong_file_says_what_is_wrong(tmp_path: Path, old: str, new: str, reason: str) -> None:
    path = tmp_path / "mine.toml"
    assert old in MINE
    path.write_text(MINE.replace(old, new))
    with pytest.raises(InputError, match=reason):
        library.active_material(path)


def test_leaving_the_range_is_one_sentence_about_the_farthest_place() -> None:
    curve = Property(np.exp, 0.2, 0.9, "a paper")
    visited = np.array([[0.3, 0.1], [0.95, np.nan]])
    found = outside(curve, visited, "potential", "stoichiometry", lambda index: f"row {index[0]}, column {index[1]}")
    assert found is not None
    assert "0.1, but is known from 0.2 to 0.9 only (row 0, column 1; a paper)" in found
    assert outside(curve, [0.2 - 1e-9, 0.9], "potential", "stoichiometry", str) is None
    assert outside(constant(1.0), [0.0, 1e9], "potential", "stoichiometry", str) is None
