"""BPX files: what they become, and that nothing in them is run."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from electrosim.base.errors import InputError
from electrosim.discharge.bpx_file import read_bpx
from electrosim.discharge.cell import Electrode

pytest.importorskip("bpx")

FARADAY = 96485.33212


def electrode(**changed: Any) -> dict[str, Any]:
    return {
        "Thickness [m]": 80e-6,
        "Porosity": 0.3,
        "Transport efficiency": 0.16,
        "Conductivity [S.m-1]": 0.5,
        "Minimum stoichiometry": 0.1,
        "Maximum stoichiometry": 0.9,
        "Maximum concentration [mol.m-3]": 50_000.0,
        "Particle radius [m]": 6e-6,
        "Surface area per unit volume [m-1]": 3e5,
        "Diffusivity [m2.s-1]": 1e-14,
        "Diffusivity activation energy [J.mol-1]": 20_000.0,
        "OCP [V]": "4.3 - 0.9*x",
        "Entropic change coefficient [V.K-1]": 0.0,
        "Reaction rate constant [mol.m-2.s-1]": 1e-5,
        **changed,
    }


BPX: dict[str, Any] = {
    "Header": {"BPX": "1.0.0", "Model": "DFN", "References": "made up for a test"},
    "Parameterisation": {
        "Cell": {
            "Electrode area [m2]": 0.01,
            "Number of electrode pairs connected in parallel to make a cell": 2,
            "Lower voltage cut-off [V]": 2.8,
            "Upper voltage cut-off [V]": 4.2,
            "Nominal cell capacity [A.h]": 0.5,
            "Reference temperature [K]": 298.15,
            "External surface area [m2]": 0.03,
            "Volume [m3]": 1e-5,
        },
        "Electrolyte": {
            "Cation transference number": 0.26,
            "Diffusivity [m2.s-1]": "8.794e-17*x*x - 3.972e-13*x + 4.862e-10",
            "Conductivity [S.m-1]": {"x": [0.0, 1000.0, 3000.0], "y": [0.0, 0.9, 0.3]},
        },
        "Negative electrode": electrode(**{"OCP [V]": "0.2 - 0.1*tanh(5*(x - 0.5))"}),
        "Separator": {"Thickness [m]": 2e-5, "Porosity": 0.47, "Transport efficiency": 0.32},
        "Positive electrode": electrode(),
    },
    "State": {
        "Initial conditions": {
            "Initial state-of-charge": 0.75,
            "Initial temperature [K]": 308.15,
            "Initial electrolyte concentration [mol.m-3]": 1200.0,
        }
    },
}


def written(folder: Path, data: Any) -> Path:
    path = folder / "cell.json"
    path.write_text(json.dumps(data))
    return path


def changed(place: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(BPX)
    here: Any = data
    *way, last = place.split("/")
    for key in way:
        here = here[key]
    here[last] = value
    return data


def test_file_becomes_a_cell(tmp_path: Path) -> None:
    found = read_bpx(written(tmp_path, BPX))
    assert found.one_c == pytest.approx(0.5 / 0.02)
    assert found.start.negative == pytest.approx(0.1 + 0.75 * 0.8)
    assert found.start.positive == pytest.approx(0.9 - 0.75 * 0.8)
    assert (found.lower_voltage, found.upper_voltage) == (2.8, 4.2)
    assert found.cell.temperature == 308.15
    fluid = found.cell.electrolyte
    assert fluid.concentration == 1200.0
    np.testing.assert_allclose(fluid.diffusivity([500.0]), 8.794e-17 * 25e4 - 3.972e-13 * 500 + 4.862e-10)
    np.testing.assert_allclose(fluid.conductivity([0.0, 1000.0, 3000.0]), [0.0, 0.9, 0.3], atol=1e-12)
    assert fluid.conductivity.upper == 3000.0
    (layer,) = found.cell.positive.layers
    (particles,) = layer.populations
    assert particles.fraction == pytest.approx(0.6)
    arrhenius = np.exp(20_000 / 8.31446261815324 * (1 / 298.15 - 1 / 308.15))
    assert particles.material.diffusivity(0.5) == pytest.approx(1e-14 * arrhenius)
    # F K sqrt(c_e/c_e0 x (1 - x)) at rest, half filled
    current = particles.material.reaction_rate * np.sqrt(1200.0) * 25_000.0
    assert current == pytest.approx(FARADAY * 1e-5 * 0.5)


@pytest.mark.filterwarnings("ignore")  # PyBaMM's own
def test_numbers_are_those_that_pybamm_reads(tmp_path: Path) -> None:
    pybamm = pytest.importorskip("pybamm")
    path = written(tmp_path, BPX)
    theirs = pybamm.ParameterValues.create_from_bpx(str(path))
    found = read_bpx(path)
    (layer,) = found.cell.positive.layers
    (particles,) = layer.populations
    assert particles.fraction == pytest.approx(theirs["Positive electrode active material volume fraction"])
    inside = 0.3 * 50_000.0
    ours = particles.material.reaction_rate * np.sqrt(1000.0 * inside * (50_000.0 - inside))
    current = theirs["Positive electrode exchange-current density [A.m-2]"](1000.0, inside, 50_000.0, 308.15)
    assert ours == pytest.approx(float(getattr(current, "value", current)))


def test_version_0_is_converted(tmp_path: Path) -> None:
    data = copy.deepcopy(BPX)
    data["Header"]["BPX"] = "0.4.0"
    del data["State"]
    data["Parameterisation"]["Electrolyte"]["Initial concentration [mol.m-3]"] = 1100.0
    found = read_bpx(written(tmp_path, data))
    assert found.cell.electrolyte.concentration == 1100.0
    assert found.start.negative == pytest.approx(0.9)


def test_blend_becomes_two_populations(tmp_path: Path) -> None:
    shared = ("Thickness [m]", "Porosity", "Transport efficiency", "Conductivity [S.m-1]")
    whole = electrode(**{"Surface area per unit volume [m-1]": 1e5})
    particle = {key: value for key, value in whole.items() if key not in shared}
    blend = {key: whole[key] for key in shared}
    blend["Particle"] = {"Primary": particle, "Secondary": {**particle, "OCP [V]": "4.1 - 0.5*x"}}
    found = read_bpx(written(tmp_path, changed("Parameterisation/Positive electrode", blend)))
    first, second = found.cell.positive.layers[0].populations
    assert first.fraction == pytest.approx(0.2)
    assert second.material.open_circuit_potential(1.0) == pytest.approx(3.6)
    assert isinstance(found.cell.negative, Electrode)


POSITIVE = "Parameterisation/Positive electrode"


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [
        (f"{POSITIVE}/OCP [V]", "breakpoint(x)", 'there is no function "breakpoint"'),
        (f"{POSITIVE}/OCP [V]", "__import__('os').system('true')", "OCP"),
        (f"{POSITIVE}/Diffusivity [m2.s-1]", {"x": [0, 0], "y": [1, 2]}, "rising x"),
        (f"{POSITIVE}/Diffusivity [m2.s-1]", {"x": [0, 1], "y": [1]}, "same length"),
        (f"{POSITIVE}/Porosity", 0.5, "add up to 1.1"),
        (f"{POSITIVE}/Porosity", -0.1, "Positive electrode.Porosity = -0.1"),
        (f"{POSITIVE}/Porosity", None, "Porosity"),
        (f"{POSITIVE}/Thickness [m]", 0, "Thickness"),
        (f"{POSITIVE}/Thicknes [m]", 1, "Thicknes"),
        ("Header/Model", "SPM", "model|Model"),
        ("Header/BPX", "new", "BPX"),
        ("State/Initial conditions/Initial state-of-charge", 2.0, "between 0 and 1"),
        ("State/Degradation", {"LLI": 0.1, "LAM: Positive electrode": 0, "LAM: Negative electrode": 0}, "fresh cells"),
        ("Parameterisation", 3, "valid dictionary"),
        ("Header", None, "no Header"),
    ],
)
def test_wrong_file_is_refused(tmp_path: Path, place: str, value: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_bpx(written(tmp_path, changed(place, value)))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no Header"),
        (b'{"a": NaN}', "not JSON"),
        (b" " * ((8 << 20) + 1), "larger than 8 MiB"),
    ],
)
def test_what_is_no_bpx_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "cell.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=reason):
        read_bpx(path)


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_bpx(tmp_path / "absent.json")


def test_the_library_runs_no_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import bpx

    def run(*_: object, **__: object) -> None:
        pytest.fail("a formula of the file was run as Python")

    monkeypatch.setattr(bpx.Function, "to_python_function", run)
    read_bpx(written(tmp_path, BPX))
