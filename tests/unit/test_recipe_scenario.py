"""Scenarios of kind recipe: what they compute and show, and how bad ones are refused."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomlkit

import electrosim
from electrosim.base.errors import InputError
from electrosim.base.graded import at
from electrosim.recipe.kind import figures, tables
from electrosim.recipe.tables import CoatingTable
from electrosim.study.library import shipped

YARI = shipped("scenarios") / "slurry-yari.toml"
COATING = {"active": "nmc622", "loading": "11 mg/cm^2", "porosity": "30 %"}


def coating(**changed: Any) -> CoatingTable:
    return CoatingTable.model_validate({**COATING, **changed})


def written(folder: Path, electrode: dict[str, Any]) -> Path:
    path = folder / "recipe.toml"
    path.write_text(tomlkit.dumps({"kind": "recipe", "electrode": electrode}))
    return path


def test_slurries_and_bilayer_of_yari() -> None:
    found = electrosim.run(YARI)
    assert found.sizes["slurry"] == 18
    exact, printed = found["solid_fraction"].values, found["approximate_solid_fraction"].values
    np.testing.assert_allclose(exact[9:], np.repeat([0.17, 0.20, 0.24], 3))
    np.testing.assert_allclose(found["approximation_error"], printed / exact - 1)
    assert found["approximation_error"].min() == pytest.approx(-0.163, abs=1e-3)
    assert found["approximation_error"].max() == pytest.approx(-0.041, abs=1e-3)
    assert float(found["heterogeneity"]) == pytest.approx(0.6)
    assert float(found["capacity"]) / 3600 == pytest.approx(19.25)
    whole = sum(found[f"{name}_fraction"] for name in ("active", "carbon", "binder", "pore"))
    np.testing.assert_allclose(whole, 1.0)
    assert float(found["x"][-1]) == pytest.approx(float(found["thickness"]))
    assert all("units" in item.attrs and "long_name" in item.attrs for item in found.data_vars.values())
    slurries, layers = tables(found)
    assert len(slurries.rows) == 18
    assert layers.rows[0][0] == "bottom"
    assert "1.925 mAh/cm²" in layers.remark
    drawn = figures(found)
    assert set(drawn) == {"slurries", "coating"}
    assert [line.get_label() for line in drawn["slurries"].axes[0].lines if line.get_marker() == "o"] == [
        *dict.fromkeys(map(str, found["series"].values))
    ]


def test_solids_by_weight(tmp_path: Path) -> None:
    """The NMC622 slurry of Dawson et al. 2026: 84:9:7 at 45 wt.% solids."""
    path = tmp_path / "slurry.toml"
    slurry = {"active": "nmc622", "carbon": ["9 %"], "binder": "7 %", "weight_solids": ["45 %"]}
    path.write_text(tomlkit.dumps({"kind": "recipe", "slurry": slurry}))
    found = electrosim.run(path)
    assert float(found["weight_solids"][0]) == pytest.approx(0.45)
    assert float(found["active_weight"][0]) == pytest.approx(0.84)
    assert float(found["solvent_ratio"][0]) == pytest.approx(0.55 / 0.45)
    assert "coating" not in figures(found)


@pytest.mark.parametrize(
    ("carbon", "places", "expected"),
    [
        ({"profile": "linear", "bottom": "1 %", "top": "4 %"}, [0.0, 0.5, 1.0], [0.01, 0.025, 0.04]),
        ({"profile": "exponential", "bottom": "1 %", "top": "4 %"}, [0.0, 0.5, 1.0], [0.01, 0.02, 0.04]),
        (
            {
                "profile": "points",
                "points": [{"at": 0, "carbon": "4 %"}, {"at": "50 %", "carbon": 0}, {"at": 1, "carbon": "2 %"}],
            },
            [0.0, 0.25, 0.75, 1.0],
            [0.04, 0.02, 0.01, 0.02],
        ),
        ("2.5 %", [0.0, 1.0], [0.025, 0.025]),
    ],
)
def test_profile_through_the_thickness(carbon: Any, places: list[float], expected: list[float]) -> None:
    (layer,) = coating(carbon=carbon).coating.layers
    np.testing.assert_allclose(np.broadcast_to(layer.weights(np.array(places)).carbon, len(places)), expected)
    assert callable(layer.fraction("carbon")) == isinstance(carbon, dict)
    assert at(layer.fraction("active"), places).shape == (len(places),)


def test_step_is_two_layers() -> None:
    found = coating(carbon={"profile": "step", "bottom": "1 %", "top": "4 %", "at": "40 %"}).coating
    bottom, top = found.layers
    assert bottom.thickness / found.thickness == pytest.approx(0.4)
    assert (bottom.carbon, top.carbon) == (pytest.approx(0.01), pytest.approx(0.04))
    assert found.loading == pytest.approx(0.11)


def test_layer_says_what_differs() -> None:
    found = coating(
        layers=[
            {"carbon": "1 %", "share": "60 %", "porosity": "40 %", "binder": "3 %", "bruggeman": 2.0},
            {"carbon": {"profile": "linear", "bottom": "1 %", "top": "4 %"}, "share": "40 %"},
        ],
        tortuosity=3.0,
    ).coating
    bottom, top = found.layers
    assert bottom.porosity == 0.4
    assert bottom.transport_efficiency == pytest.approx(0.16)
    assert bottom.weights(np.array(0.5)).binder == 0.03
    assert top.transport_efficiency == pytest.approx(0.1)
    assert found.active_shares == pytest.approx((0.6, 0.4))


def test_material_with_changes_and_blend() -> None:
    changed = {"material": "nmc622", "diffusivity": "5.5e-15 m^2/s", "radius": "4 um"}
    ((material, share),) = coating(carbon="2 %", active=changed).ingredients.active
    assert share == 1.0
    assert material.diffusivity(0.5) == pytest.approx(5.5e-15)
    assert material.radius == 4e-6
    blend = [{"material": "nmc622", "share": "70 %"}, {"material": "lco", "share": "30 %"}]
    names = [material.name for material, _ in coating(carbon="2 %", active=blend).ingredients.active]
    assert names == ["nmc622/tredenick-2024", "lco/marquis-2019"]


def test_material_file_beside_the_scenario(tmp_path: Path) -> None:
    from electrosim.materials.library import known

    (tmp_path / "mine.toml").write_text(known("active")["nmc622"].read_text().replace("4.72 g", "4.80 g"))
    scenario = electrosim.load(written(tmp_path, {**COATING, "active": "mine.toml", "carbon": "2 %"}))
    assert scenario.electrode.ingredients.active[0][0].density == 4800.0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"carbon": "60 %"}, "at most 48.99 % carbon fit"),
        ({"carbon": "50 %", "binder": "60 %"}, "leave -10 % for the active material"),
        ({"carbon": "2 %", "porosity": "-5 %"}, "electrode.porosity"),
        ({"carbon": "2 %", "thickness": "0 um"}, "electrode.thickness"),
        ({"carbon": "2 %", "thickness": "40 um"}, "two determine the third"),
        ({"carbon": "2 %", "loading": "11"}, "electrode.loading.*with its unit"),
        ({"carbon": "2 %", "active": "nmc633"}, 'did you mean "nmc622"'),
        ({"carbon": "2 %", "carbon_powder": "c46"}, 'did you mean "c45"'),
        ({"carbon": "2 %", "layers": [{"carbon": "2 %"}]}, "either carbon or layers"),
        ({}, "either carbon or layers"),
        ({"layers": []}, "at least 1 entry"),
        ({"layers": [{"carbon": "2 %", "share": "50 %"}]}, "add up to 50 %"),
        ({"layers": [{"carbon": "2 %", "share": "50 %"}, {"carbon": "2 %"}]}, "others none"),
        ({"layers": [{"carbon": {"profile": "step", "bottom": 0.01, "top": 0.02}}]}, "which is two layers"),
        ({"carbon": {"profile": "linear", "bottom": "-1 %", "top": "4 %"}}, "bottom"),
        ({"carbon": {"profile": "linear", "bottom": "1 %", "top": "104 %"}}, "top"),
        ({"carbon": {"profile": "linear", "bottom": "1 %"}}, "needs bottom and top"),
        ({"carbon": {"profile": "linear", "bottom": 0.01, "top": 0.02, "at": 0.5}}, "only a step"),
        ({"carbon": {"profile": "exponential", "bottom": 0, "top": 0.02}}, "above 0 %"),
        ({"carbon": {"profile": "points", "bottom": 0.01, "top": 0.02}}, "needs points"),
        (
            {"carbon": {"profile": "points", "points": [{"at": 0.1, "carbon": 0.01}, {"at": 1, "carbon": 0.02}]}},
            "rise from 0 to 1",
        ),
        ({"carbon": {"profile": "parabola"}}, "must be 'linear'"),
        ({"carbon": "2 %", "binder": "2 %", "binder_film": "10 nm"}, "one follows from the other"),
        ({"carbon": "2 %", "tortuosity": 2.0, "bruggeman": 1.5}, "leave one out"),
        ({"carbon": "2 %", "active": {"material": "nmc622", "density": "0 g/cm^3"}}, "density"),
    ],
)
def test_bad_coating_is_refused(tmp_path: Path, changed: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason) as error:
        electrosim.load(written(tmp_path, {**COATING, **changed}))
    assert "recipe.toml" in str(error.value)


@pytest.mark.parametrize(
    ("slurry", "reason"),
    [
        ({}, "needs a table"),
        ({"active": "nmc622", "carbon": ["2 %"]}, "needs an amount of solvent"),
        ({"active": "nmc622", "carbon": ["60 %"], "shells": ["1 um"]}, "at most 48.99 %"),
        ({"active": "nmc622", "carbon": ["2 %"], "solid_fractions": ["100 %"]}, "solid_fractions"),
        ({"active": "nmc622", "carbon": ["2 %"], "binder": 0.02, "binder_film": "9 nm", "shells": ["1 um"]}, "follows"),
    ],
)
def test_bad_slurry_is_refused(tmp_path: Path, slurry: dict[str, Any], reason: str) -> None:
    path = tmp_path / "slurry.toml"
    path.write_text(tomlkit.dumps({"kind": "recipe"} | ({"slurry": slurry} if slurry else {})))
    with pytest.raises(InputError, match=reason):
        electrosim.load(path)


def test_resolved_scenario_gives_the_same(tmp_path: Path) -> None:
    first = electrosim.load(YARI)
    path = tmp_path / "again.toml"
    path.write_text(tomlkit.dumps(first.resolved()))
    assert tomllib.loads(path.read_text())["slurry"]["shells"][0] == "3.6e-07 m"
    assert electrosim.run(path)["thickness"] == electrosim.run(first)["thickness"]
