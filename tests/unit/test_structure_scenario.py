"""Structure from a scenario file: what it gives, and each mistake of a user as one sentence."""

import re
import tomllib

import numpy as np
import pytest
import tomlkit

import electrosim as es
from electrosim.base import memory
from electrosim.structure import Analysis, Network, Porosimetry

TEXT = """\
kind = "structure"
title = "tiny"
[image]
phantom = "carbon-binder"
shape = [12, 12, 12]
voxel_size = "10 nm"
porosity = "40 %"
correlation_length = "15 nm"
large_pore_diameter = "40 nm"
[analysis]
pore = ["pore"]
[porosimetry]
[network]
[output]
figures = false
"""


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "tiny.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_a_run_gives_tables_pictures_and_sources(small, command):
    outcome = command("run", small, "--set", "output.figures=true", folder=small.parent)
    assert outcome.status == 0
    assert "connected_share[x]" in outcome.out
    assert outcome.out.split()[:3] == ["pore", "cbd", "unit"]
    assert "All that was asked for was found." in outcome.out
    folder = small.parent / "results" / "tiny"
    assert {file.stem for file in (folder / "figures").iterdir()} >= {"cut", "intrusion", "pore_sizes", "network"}
    result = es.open(folder)
    assert "local_thickness" not in result
    assert float(result["volume_fraction"].sel(phase="pore")) == pytest.approx(0.4, abs=0.01)
    resolved = tomllib.loads((folder / "scenario.resolved.toml").read_text(encoding="utf-8"))
    assert resolved["porosimetry"]["surface_tension"] == "0.48 N/m"
    assert "Washburn" in result.attrs["references"]
    assert "Washburn" in command("cite", small).out
    assert "connected_share[x]" in command("show", folder).out


def test_defaults_of_tables_are_those_of_python(small):
    loaded = es.load(small)
    method = loaded.method
    assert method.porosimetry.contact_angle == pytest.approx(Porosimetry().contact_angle, rel=1e-14)
    assert method == Analysis(porosimetry=Porosimetry(method.porosimetry.contact_angle), network=Network())
    assert es.load(small, {"analysis": {}}).problem.pore == ("pore",)
    result = es.run(es.load(small, {"output.fields": True}))
    assert result["local_thickness"].shape == (12, 12, 12)
    assert result.attrs["seed"] == 0


MISTAKES = [
    ({"analysis.pore": ["pores"]}, r'tiny.toml .overridden.: analysis.pore names "pores", .*did you mean "pore"'),
    ({"analysis.pore": []}, r"tiny.toml .overridden.: analysis.pore names no phase"),
    ({"analysis.pore": "pore"}, r'analysis.pore = "pore": must be a list'),
    ({"analysis.pore": ["pore", "cbd"]}, r"tiny.toml .overridden.: the pore space \(pore, cbd\) fills the whole image"),
    ({"analysis.sizes": 1}, r"analysis.sizes = 1: .*greater than or equal to 2"),
    ({"analysis.poor": 1}, 'analysis.poor is not known here; did you mean "pore"'),
    ({"image.shape": [12, 12]}, r"tiny.toml:3: the image has 12 x 12 voxels; structure needs three axes"),
    (
        {"porosimetry.contact_angle": "40 deg"},
        r"porosimetry.contact_angle = 40 deg: .*more than 90 and at most 180 deg",
    ),
    ({"porosimetry.contact_angle": 140}, r'porosimetry.contact_angle = 140: .*such as "30 deg"'),
    ({"porosimetry.surface_tension": "0.48 N m"}, r'surface_tension = "0.48 N m": .*"0.48 N/m"'),
    ({"porosimetry.faces": ["top"]}, r'porosimetry.faces.0 = "top": must be \'xmin\', '),
    ({"porosimetry.faces": []}, "porosimetry.faces = .*give 1 to 6"),
    ({"network.peak_radius": 0}, "network.peak_radius = 0"),
    ({"network.smoothing": -1.0}, "network.smoothing = -1"),
]


@pytest.mark.parametrize(("overrides", "sentence"), MISTAKES, ids=range(len(MISTAKES)))
def test_mistakes_are_one_sentence(overrides, sentence, small, command):
    words = [word for key, value in overrides.items() for word in ("--set", f"{key}={tomlkit.item(value).as_string()}")]
    outcome = command("run", small, *words, folder=small.parent)
    assert outcome.status == 2
    assert re.search(sentence, outcome.sentence), outcome.sentence
    assert [file.name for file in small.parent.iterdir()] == ["tiny.toml"]


IMAGE = """\
kind = "structure"
[image]
file = "labels.npy"
voxel_size = "1 um"
phases = { pore = 1, solid = 0 }
"""
FILE_MISTAKES = [
    ('voxel_size = "1 um"\n', "", "own.toml:2: image.voxel_size is missing; add it"),
    ('"1 um"', '["1 um", "1 um", "2 um"]', "own.toml:4: the voxels measure .* must be cubes: resample"),
    ("solid = 0", "solid = 5", r'phase "solid" \(label 5\) has no voxel; labels present: 0, 1'),
    ("pore = 1", "hole = 1", r'own.toml: analysis.pore names "pore", which is no phase .*known here: hole, solid'),
    ("phases = { pore = 1, solid = 0 }\n", "", "names no phase; add for instance phases"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), FILE_MISTAKES, ids=range(len(FILE_MISTAKES)))
def test_mistakes_about_an_image_are_one_sentence(old, new, sentence, tmp_path, command):
    np.save(tmp_path / "labels.npy", (np.indices((6, 6, 6)).sum(axis=0) % 3 == 0).astype(np.uint8))
    path = tmp_path / "own.toml"
    assert old in IMAGE
    path.write_text(IMAGE.replace(old, new), encoding="utf-8")
    outcome = command("run", path, folder=tmp_path)
    assert outcome.status == 2
    assert re.search(sentence, outcome.sentence), outcome.sentence


def test_an_image_larger_than_the_memory_is_one_sentence(small, command, monkeypatch):
    monkeypatch.setattr(memory, "available_memory", lambda: 150_000)
    outcome = command("run", small, folder=small.parent)
    assert outcome.status == 2
    assert re.search(r"needs \d+ bytes of memory and at most 75000", outcome.sentence)
