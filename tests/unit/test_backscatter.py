"""Backscatter from a scenario file: what it gives, what is inferred and planned, and each mistake as one sentence."""

import re
import tomllib

import numpy as np
import pytest
import tomlkit
from scipy.constants import electron_volt

import electrosim as es
from electrosim.backscatter import Detector, Film, GreyLevel, Infer, Layer, MonteCarlo, Plan, Problem, solve
from electrosim.backscatter.criteria import visibility
from electrosim.backscatter.smooth import smoothed
from electrosim.materials import material

KEV = 1e3 * electron_volt
TEXT = """\
kind = "backscatter"
title = "tiny"
electrons = 3000
seed = 2
[beam]
energies = ["1 keV", "2 keV"]
[film]
material = "Ag802C7617O6615H10824"
density = "1.96 g/cm^3"
thicknesses = ["5 nm", "10 nm"]
[substrate]
material = "graphite"
thickness = "1 um"
[detector]
cut_off = "513 eV"
[output]
figures = false
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_run_gives_tables_pictures_and_sources(small, command):
    words = (
        "--set",
        "output.figures=true",
        "--set",
        "trajectories.number=5",
        "--set",
        'plan.thicknesses=["5 nm", "9 nm"]',
    )
    words += ("--set", 'infer={seen = ["1 keV"], unseen = ["2 keV"]}')
    outcome = command("run", small, *words, folder=small.parent)
    assert outcome.status == 0, outcome.err
    assert "Share of the counted electrons that turned in the film" in outcome.out
    assert "uncertain by density" in outcome.out
    folder = small.parent / "results" / "tiny"
    drawn = {file.stem for file in (folder / "figures").iterdir()}
    assert drawn == {"coefficient", "depth", "detector", "film", "inference", "plan", "trajectories"}
    result = es.open(folder)
    assert result["backscatter_coefficient"].dims == ("energy", "thickness")
    assert all({"units", "long_name"} <= set(item.attrs) for item in result.data_vars.values())
    resolved = tomllib.loads((folder / "scenario.resolved.toml").read_text(encoding="utf-8"))
    assert resolved["seed"] == 2
    assert result.attrs["seed"] == 2
    assert "Lobato" in result.attrs["references"]


def test_targets_are_looked_at_one_by_one(tmp_path):
    path = tmp_path / "bulk.toml"
    path.write_text('kind = "backscatter"\nelectrons = 4000\ntargets = ["C", "Au"]\n[beam]\nenergies = ["2 keV"]\n')
    result = es.run(path)
    assert list(result["target"].values) == ["C", "Au"]
    assert result["backscatter_coefficient"].dims == ("target", "energy")
    low, high = result["backscatter_coefficient"].values[:, 0]
    assert 0 < low < 0.15 < 0.35 < high < 0.6
    assert set(es.backscatter.figures(result)) == {"coefficient", "depth", "detector"}


def test_a_generator_is_a_seed():
    posed = Problem([KEV], Layer(material("Al")))
    one, two = (solve(posed, method=MonteCarlo(500), rng=np.random.default_rng(4)) for _ in range(2))
    assert float(one["backscatter_coefficient"][0]) == float(two["backscatter_coefficient"][0])
    assert one.attrs["seed"] == two.attrs["seed"] != 0


def test_mixtures_and_layers_are_read(small):
    cover = [{"material": {"Ag": 0.4, "carbon-black": 0.6}, "density": "3 g/cm^3", "thickness": "2 nm"}]
    loaded = es.load(
        small, {"cover": cover, "interlayers": [{"material": "SiO2", "density": "2.2 g/cm^3", "thickness": "3 nm"}]}
    )
    layers = loaded.problem.stacks()[""]
    assert [layer.thickness for layer in layers] == [2e-9, 10e-9, 3e-9, 1e-6]
    assert layers[0].material.composition["Ag"] == pytest.approx(0.4)


@pytest.fixture(scope="module")
def simulated():
    posed = Problem(
        [KEV, 1.5 * KEV, 2 * KEV],
        Layer(material("graphite")),
        Film(material("silver-stained-binder"), np.arange(1, 16) * 1e-9),
        detector=Detector(513 * electron_volt),
    )
    asked = Infer(seen=[KEV, 1.5 * KEV], unseen=[2 * KEV])
    result = solve(posed, method=MonteCarlo(60_000), infer=asked, plan=Plan((5e-9, 10e-9)))
    return posed, result


def test_sightings_bracket_a_thickness(simulated):
    _, result = simulated
    shown, error = visibility(result, "film-share", 0.5)
    assert np.diff(shown).min() > 0
    assert (error > 0).all()
    bracket = result["inferred_bracket"].sel(criterion="film-share", unseen_is="below").values
    assert bracket == pytest.approx(shown[1:], rel=1e-12)
    assert float(result["inferred_thickness"]) == pytest.approx(bracket.mean(), rel=1e-12)
    apart = result["inferred_uncertainty"].sel(source="density").values
    assert apart == pytest.approx(0.05 * bracket, rel=1e-12)
    whole = np.sqrt((result["inferred_uncertainty"].values[:, :5] ** 2).sum(axis=1))
    lower, upper = (float(result[f"inferred_thickness_{end}"]) for end in ("lower", "upper"))
    assert [lower, upper] == pytest.approx(bracket + 1.959964 * whole * [-1, 1], rel=1e-6)


def test_grey_levels_give_the_thickness_they_were_made_with(simulated):
    posed, result = simulated
    true = 7.3e-9
    levels = [
        GreyLevel(energy, float(np.interp(true, result["thickness"], row)), 0.02)
        for energy, row in zip(posed.energies, result["grey_level_ratio"].values, strict=True)
    ]
    found = solve(posed, method=MonteCarlo(60_000), infer=Infer(grey_levels=levels))
    assert float(found["inferred_thickness"]) == pytest.approx(true, abs=5e-12)
    assert float(found["inferred_thickness_lower"]) < true < float(found["inferred_thickness_upper"])
    assert (found["inferred_uncertainty"].sel(source="measurement") > 0).all()


def test_the_plan_names_the_energy_with_the_fewest_electrons(simulated):
    _, result = simulated
    needed = result["electrons_to_tell_apart"].values
    assert float(result["best_energy"]) == result["energy"].values[np.argmin(needed)]
    eta = result["backscatter_coefficient"].sel(thickness=[5e-9, 10e-9]).values[1]
    assert needed[1] == pytest.approx(9 * (eta * (1 - eta)).sum() / np.diff(eta)[0] ** 2, rel=1e-9)


def test_what_cannot_be_is_a_status(simulated):
    posed, _ = simulated
    upside_down = Infer(seen=[2 * KEV], unseen=[KEV])
    result = solve(posed, method=MonteCarlo(2000), infer=upside_down, throw=False)
    assert not result["solved"]
    assert "No thickness" in result["status"].item()
    with pytest.raises(es.SolveError, match="add thicker ones"):
        solve(posed, method=MonteCarlo(2000), infer=Infer(seen=[KEV], unseen=[2 * KEV], threshold=0.99))


def test_counts_of_zero_and_few_thicknesses_are_smoothed():
    share, variance, _ = smoothed(np.arange(4.0), np.array([50, 20, 0, 0]), np.full(4, 100))
    assert share == pytest.approx([0.5, 0.2, 0, 0], rel=1e-6)
    assert variance[:2] == pytest.approx([0.005, 0.002], rel=1e-5)
    share, _, _ = smoothed(np.arange(3.0), np.zeros(3, int), np.full(3, 100))
    assert not share.any()


MISTAKES = [
    ({"film.material": "Ag80Xq2"}, r'tiny.toml:7: film = a table: .*"Ag80Xq2" cannot be read at character 5: "Xq"'),
    ({"film.material": "Ag(C2"}, r'film = a table: the formula "Ag\(C2" cannot be read at character'),
    ({"film.density": "0 g/cm^3"}, r'film.density = "0 g/cm\^3": must be greater than 0'),
    ({"film.density": 1.96}, r'film.density = 1.96: .*such as "4.7 g/cm\^3"'),
    ({"substrate.material": "unobtainium"}, r"substrate = a table: .*not a known material"),
    ({"beam.energies": ["1 keV", "60 keV"]}, r"beam.energies: 60 keV is outside the cross-section tables, 50 eV to 50"),
    ({"beam.energies": ["1 keV", "40 eV"]}, r"beam.energies: 40 eV is outside the cross-section tables"),
    ({"beam.energies": ["1 keV", "1 keV"]}, r"beam.energies holds an energy twice"),
    ({"beam.energies": []}, r"beam.energies = .*: must have at least 1 entry"),
    ({"beam.energies": ["1 nm"]}, r'beam.energies.0 = "1 nm": .*such as "2 keV"'),
    (
        {"film.thicknesses": ["5 nm", "2 um"]},
        r"film.thicknesses: a film of 2000 nm is thicker than the stack of 1000 nm",
    ),
    ({"film.thicknesses": ["10 nm", "5 nm"]}, r"film.thicknesses must rise"),
    ({"film.thicknesses": ["0 nm"]}, r"film.thicknesses.0 = .*greater than 0"),
    ({"detector.cut_off": "1.5 keV"}, r"detector.cut_off = 1.5 keV is above the beam energy 1 keV"),
    ({"detector.cut_off": "20 eV"}, r"detector.cut_off = 20 eV is outside the cross-section tables"),
    ({"detector.angles": ["50 deg", "20 deg"]}, r"detector.angles = 50 deg and 20 deg: .*from 0 to 180 deg"),
    ({"detector.angles": ["0 deg", "200 deg"]}, r"detector.angles = 0 deg and 200 deg"),
    ({"beam.tilt": "95 deg"}, r"beam.tilt = 95 deg: .*less than 89.5 deg"),
    ({"beam.tilt": "-5 deg"}, r"beam.tilt = -5 deg"),
    ({"electrons": 0}, r"electrons = 0: must be greater than or equal to 1"),
    ({"electrons": 1.5}, r"electrons = 1.5: must be a whole number"),
    ({"seed": -1}, r"seed = -1"),
    ({"model.elastic": "rutherford"}, r"model.elastic = \"rutherford\": must be 'mott'"),
    ({"targets": ["Al"]}, r"give either targets, each a bulk of its own, or layers"),
    ({"trajectories.number": 0}, r"trajectories.number = 0"),
    ({"plan.thicknesses": ["5 nm", "12 nm"]}, r"plan.thicknesses: 12 nm is thicker than all of film.thicknesses"),
    ({"plan.thicknesses": ["9 nm", "5 nm"]}, r"plan.thicknesses: give the thinner one first"),
    ({"infer.seen": ["1 keV"]}, r"infer needs at least one energy in seen and one in unseen"),
    ({"infer.seen": ["1 keV"], "infer.unseen": ["3 keV"]}, r"infer names an energy that is not in beam.energies"),
    ({"infer.level": 0.9}, r"infer needs either grey_levels"),
    ({"method.standard_error": 0.0}, r"method.standard_error = 0.0"),
    ({"method.reuse": "all"}, r"method.reuse = \"all\": must be 'auto'"),
]


@pytest.mark.parametrize(("overrides", "sentence"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes_are_one_sentence(overrides, sentence, small, command):
    words = [word for key, value in overrides.items() for word in ("--set", f"{key}={tomlkit.item(value).as_string()}")]
    outcome = command("run", small, *words, folder=small.parent)
    assert outcome.status == 2, outcome
    assert re.search(sentence, outcome.sentence), outcome.sentence
    assert [file.name for file in small.parent.iterdir()] == ["tiny.toml"]


def test_nothing_to_meet_is_a_mistake(tmp_path, command):
    path = tmp_path / "empty.toml"
    path.write_text('kind = "backscatter"\n[beam]\nenergies = ["2 keV"]\n', encoding="utf-8")
    assert "there is nothing for the beam to meet" in command("run", path, folder=tmp_path).sentence
    with_targets = path.read_text(encoding="utf-8").replace("[beam]", 'targets = ["Zz"]\n[beam]')
    path.write_text(with_targets, encoding="utf-8")
    assert re.search(r'empty.toml:2: .*"Zz" is not a known material', command("run", path, folder=tmp_path).sentence)
