"""Crack patterns from a scenario file: what it gives, and each mistake of a user as one sentence."""

import re

import numpy as np
import pytest
import tomlkit
from PIL import Image

import electrosim as es

TEXT = """\
kind = "crack-pattern"
[film]
thickness = "100 um"
modulus = "100 MPa"
toughness = "3 kPa*m^0.5"
[sample]
size = "1 mm"
nodes_per_lag = 3
[[bubbles]]
x = "0.1 mm"
y = "0 mm"
radius = "0.1 mm"
[shrinkage]
strain = "0.3 %"
snapshots = 4
times = ["10 min", "20 min"]
strains = ["0 %", "0.3 %"]
[output]
figures = false
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_run_gives_a_pattern_and_pictures(small, command):
    wanted = ["--set", "output.figures=true", "--set", "output.animation=true"]
    outcome = command("run", small, *wanted, folder=small.parent)
    assert outcome.status == 0
    with Image.open(small.parent / "results" / "tiny" / "figures" / "growth.gif") as picture:
        assert picture.n_frames >= 3
    assert "it broke" in outcome.out
    folder = small.parent / "results" / "tiny"
    drawn = {file.stem for file in (folder / "figures").iterdir()}
    assert drawn == {"map", "growth", "course", "depth", "widths", "over-time"}
    result = es.open(folder)
    assert (np.diff(result["crack_intensity"]) >= 0).all()
    assert (np.diff(result["crack_strain"]) >= 0).all()
    assert result["time"].values == pytest.approx([750, 900, 1050, 1200])
    # A whole film shrinks by twice the strain; a bonded one by less.
    assert 0 < result["crack_intensity"][-1] < 2 * 0.003
    mean = np.trapezoid(result["crack_intensity_at_height"], result["height"], axis=1)
    assert mean == pytest.approx(result["crack_intensity"].values, rel=2e-3)
    assert (result["crack_intensity_at_height"][:, 0] == 0).all()
    assert "Xia" in command("cite", small).out


def test_a_strong_film_stays_whole(small):
    result = es.run(es.load(small, {"film.toughness": "1 MPa*m^0.5"}))
    assert "nothing broke" in result["status"].item()
    assert result.sizes["crack"] == 0
    assert np.isnan(result["onset_strain"])
    assert set(es.crack_pattern.figures(result)) == {"map", "growth", "course", "depth", "widths", "over-time"}


def test_the_seed_repeats(small):
    once, again, other = (es.run(es.load(small, {"sample.seed": seed})) for seed in (1, 1, 2))
    assert once["crack_x"].equals(again["crack_x"])
    assert not once["crack_x"].equals(other["crack_x"])


def test_a_film_that_slides_opens_down_to_its_base(small):
    held = es.run(es.load(small))
    slides = es.run(es.load(small, {"film.adhesion": "10 kPa"}))
    assert slides["delaminated_fraction"][-1] > 0.1
    base = slides["crack_intensity_at_height"][-1, 0]
    assert base > held["crack_intensity_at_height"][-1, 0]
    assert slides["intensity_at_base"][-1] == pytest.approx(1 - (1 - base) * (1 - slides["delaminated_fraction"][-1]))


def test_a_soft_layer_opens_cracks_at_the_base_and_further(small):
    """Of an opening the share k_s / k_i is the layer's; the lag length grows by 1 / sqrt(1 - k_s / k_i)."""
    held = es.load(small).problem.film
    soft = es.load(small, {"film.interface_stiffness": f"{held.shear_stiffness / 3} Pa/m"})
    assert soft.problem.film.lag_length == pytest.approx(2 * held.lag_length)
    result = es.run(soft)
    base, surface = (float(result["crack_intensity_at_height"][-1, height]) for height in (0, -1))
    assert base / float(result["crack_intensity"][-1]) == pytest.approx(0.75)
    assert surface / float(result["crack_intensity"][-1]) == pytest.approx(0.75 + 0.25 * 1.5)


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("film.toughness", "0 Pa*m^0.5", "film.toughness = .*greater than 0"),
        ("film.toughness", "3 kPa", 'film.toughness = "3 kPa": has a unit of another dimension'),
        ("film.strength", "0.1 MPa", "either toughness or strength"),
        ("film.poisson_ratio", 0.5, "film.poisson_ratio = 0.5"),
        ("film.slip", "100 %", "film.slip"),
        ("sample.size", "1 m", "the sample would have .* nodes"),
        ("sample.size", "1 um", "the sample would have .* nodes"),
        ("sample.shape", "disk", "sample.shape"),
        ("sample.shape", "disc", 'a disc has no opposite edges; set edges = "free"'),
        ("sample.nodes_per_lag", 2, "bubbles.0.radius = 10 um is less than the pitch"),
        ("film.thikness", "1 um", 'film.thikness is not known here; did you mean "thickness"'),
        ("film.weibull_modulus", float("nan"), "film.weibull_modulus = nan: must be finite"),
        ("film.thickness", "-1 um", 'film.thickness = "-1 um": must be greater than 0'),
        ("bubbles.0.x", "0.45 mm", "bubbles.0 reaches 0.55 mm from the middle of the sample"),
        ("shrinkage.strain", "120 %", "shrinkage.strain"),
        ("shrinkage.snapshots", 0, "shrinkage.snapshots = 0"),
        ("shrinkage.times", ["20 min", "10 min"], "times and strains of a history must rise"),
        ("shrinkage.strains", ["0 %", "0.2 %"], "the strains of the history end at 0.002"),
        ("shrinkage.strains", ["0 %"], "as many times as strains"),
        ("method.tolerance", 0, "method.tolerance = 0"),
    ],
)
def test_each_mistake_is_one_sentence(small, command, key, value, sentence):
    document = tomlkit.parse(TEXT)
    if key == "sample.nodes_per_lag":
        document["bubbles"][0]["radius"] = "10 um"
    table = document
    *path, last = key.split(".")
    for part in path:
        table = table[int(part)] if part.isdigit() else table.setdefault(part, tomlkit.table())
    table[last] = value
    small.write_text(tomlkit.dumps(document), encoding="utf-8")
    outcome = command("run", small, folder=small.parent)
    assert outcome.status == 2
    assert re.search(sentence, outcome.sentence), outcome.sentence
    assert not (small.parent / "results").exists()
