"""An interrupted study is kept beside its results, goes on where it stopped, and is refused to another scenario."""

import importlib

import numpy as np
import pytest

import electrosim as es
from electrosim.study.unfinished import FolderOfParts

STUDY = """\
kind = "cutouts"
title = "tiny"
[image]
phantom = "electrode"
shape = [40, 40, 40]
voxel_size = "20 nm"
active_share = "20 %"
particle_diameter = "500 nm"
macropore_length = "200 nm"
porosity_length = "300 nm"
pore_length = "30 nm"
[phases]
pores = ["cbd-pore", "macropore"]
solid = "cbd"
[selection]
size = 10
most = 6
[macropores]
diameter = "250 nm"
[transport]
free_layers = 2
[fit]
correlations = ["power"]
resamples = 5
[errors]
segmentation = false
[output]
figures = false
pore_sizes = false
[method]
workers = 1
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return path


@pytest.fixture
def interrupted(study, command, monkeypatch):
    """A folder in which the study was stopped at its fourth cutout."""
    module = importlib.import_module("electrosim.cutouts.solve")
    solved, calls = module.transport, []

    def stop(cutout):
        calls.append(cutout)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return solved(cutout)

    with monkeypatch.context() as patch:
        patch.setattr(module, "transport", stop)
        outcome = command("run", study, "--out", "out", folder=study.parent)
    assert outcome.status == 130
    assert "4 parts of the study are kept, --resume goes on with them" in outcome.sentence
    return study.parent


def test_a_stopped_study_goes_on_and_leaves_nothing_behind(study, command, interrupted):
    parts = interrupted / ".out.unfinished"
    assert len(list(parts.glob("*.npz"))) == 4
    assert not (interrupted / "out").exists()
    assert command("run", study, "--out", "out", "--resume", folder=interrupted).status == 0
    assert not parts.exists()
    assert command("run", study, "--out", "whole", folder=interrupted).status == 0
    one, other = (es.open(interrupted / name).drop_vars("wall_time") for name in ("out", "whole"))
    assert one.equals(other)
    assert one.attrs["scenario_sha256"] == other.attrs["scenario_sha256"]


def test_the_number_of_workers_is_no_other_scenario(study):
    one, two = (es.load(study, {"method.workers": count}) for count in (1, 2))
    assert one.resolved() == two.resolved()
    assert (one.method.workers, two.method.workers) == (1, 2)


def test_parts_of_another_scenario_are_refused_and_stay(study, command, interrupted):
    outcome = command("run", study, "--out", "out", "--resume", "--set", "image.seed=3", folder=interrupted)
    assert outcome.status == 2
    assert "is of another scenario or version; leave --resume out to begin anew" in outcome.sentence
    assert len(list((interrupted / ".out.unfinished").glob("*.npz"))) == 4


def test_without_resume_a_study_begins_anew(study, command, interrupted):
    assert command("run", study, "--out", "out", "--set", "image.seed=3", folder=interrupted).status == 0
    assert not (interrupted / ".out.unfinished").exists()


def test_a_kind_that_is_solved_in_one_go_is_not_resumed(tiny, command):
    outcome = command("run", tiny, "--resume", folder=tiny.parent)
    assert outcome.status == 2
    assert 'kind = "conduction" is solved in one go; leave --resume out' in outcome.sentence


def test_a_damaged_part_counts_as_missing(tmp_path):
    parts = FolderOfParts(tmp_path / "parts", {})
    parts["one-1"] = {"numbers": np.arange(3.0), "word": np.array("a")}
    parts["two"] = {"flag": np.array(True)}
    assert sorted(parts) == ["one-1", "two"]
    np.testing.assert_array_equal(parts["one-1"]["numbers"], np.arange(3.0))
    assert str(parts["one-1"]["word"]) == "a"
    whole = (tmp_path / "parts" / "two.npz").read_bytes()
    (tmp_path / "parts" / "two.npz").write_bytes(whole[: len(whole) // 2])
    assert "two" not in parts
    assert parts.get("two") is None
    del parts["one-1"]
    assert len(parts) == 1
    with pytest.raises(ValueError, match="cannot be the name of a part"):
        parts["../else"] = {}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ('selection.size="12"', "selection.size"),
        ("selection.size=41", "a cutout of 41 voxels does not fit the volume of 40 x 40 x 40"),
        ("selection.size=39", "holds no cutout of 39 voxels without other phases; the largest that would fit has"),
        ('phases.pores="pore"', 'pores names "pore", which is no phase of the image; known here: active, cbd'),
        ('phases.known_macropores="cbd"', "known_macropores names a phase that is none of the pores"),
        ("macropores.region=9", "region is smaller than a cutout, 10 voxels"),
        ("macropores.diameter=250", "write a length with its unit"),
        ('fit.weights="logarithmic"', "fit.weights"),
        ('image={file="a.npy", phases={pore=1, cbd=0}}', "voxel_size is missing"),
        ('image={file="a.npy", voxel_size="1 nm"}', "names no phases; add image.phases"),
        (
            'image={file="a.npy", voxel_size=["1 nm", "2 nm", "1 nm"], phases={pore=1, cbd=0}}',
            "has voxels that are not cubic",
        ),
        ('image={phantom="laminate", axis="x", layers=[2, 2], shape=[9, 9, 9], voxel_size="1 nm"}', "pores names"),
    ],
)
def test_bad_input_is_one_sentence(study, command, change, sentence):
    outcome = command("run", study, "--set", change, folder=study.parent)
    assert outcome.status == 2
    assert sentence in outcome.sentence
    assert not (study.parent / "results" / "study").exists()


def test_several_volumes_need_a_seed_to_differ_by(study, command):
    image = 'image={phantom="laminate", axis="x", layers=[2, 2], shape=[40, 40, 40], voxel_size="1 nm"}'
    words = ["--set", image, "--set", 'phases={pores="a", solid="b"}', "--set", "selection.volumes=2"]
    assert "has no seed by which they would differ" in command("run", study, *words, folder=study.parent).sentence
