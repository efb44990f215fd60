"""Cracks that follow a drying result: thickness, times and strains from it, and what is refused."""

import json
import re

import numpy as np
import pytest

import electrosim as es
from electrosim.base.errors import InputError
from electrosim.base.result import write

TEXT = """\
kind = "crack-pattern"
[film]
modulus = "200 kPa"
toughness = "25 Pa*m^0.5"
interface_stiffness = "20 MPa/m"
[sample]
shape = "disc"
edges = "free"
size = "4 mm"
nodes_per_lag = 8
[shrinkage]
drying = "dried.nc"
strain = "8 %"
snapshots = 4
[method]
solver = "updated"
[output]
figures = false
"""
BY_STRESS = {"shrinkage.follows": "stress", "shrinkage.stress_model": "capillary", "shrinkage.strain": None}


@pytest.fixture(scope="module")
def dried():
    return es.run(es.load("drying-300um", {"binder": None}))


@pytest.fixture
def film(tmp_path, dried):
    write(dried, tmp_path / "dried.nc")
    path = tmp_path / "film.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_cracks_follow_the_solvent_after_consolidation(film, dried):
    problem = es.load(film).problem
    times, strains = problem.history
    assert problem.film.thickness == pytest.approx(129e-6, rel=1e-9)
    entry = float(dried["stage_end_times"].sel(stage="shrinkage"))
    assert times[0] == entry
    assert strains[0] == 0
    left = np.interp(times, dried["time"], dried["solvent_inventory"])
    lost = (left[0] - left) / (left[0] - left[-1])
    assert strains == pytest.approx(0.08 * lost, rel=1e-12)
    result = es.run(es.load(film))
    assert result.sizes["crack"] > 100
    assert result["time"][0] > entry
    assert result["time"][-1] == dried["time"][-1]
    assert es.load(film, {"film.thickness": "100 um"}).problem.film.thickness == pytest.approx(1e-4)


def test_cracks_follow_the_stress_while_it_rises(film, dried):
    problem = es.load(film, BY_STRESS).problem
    times, strains = problem.history
    modulus = problem.film.biaxial_modulus
    peak = float(dried["peak_stress"].sel(model="capillary"))
    assert problem.strain == pytest.approx(peak / modulus, rel=1e-5)
    # Not cut where the drying film is thought to crack, and cracks at the same stress here as there.
    assert peak > float(dried["stress"].sel(model="capillary").max())
    cracks = np.interp(problem.film.mean_strength / modulus, strains, times)
    assert cracks == pytest.approx(float(dried["crack_onset_time"].sel(model="capillary")), abs=3)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"shrinkage.times": ["1 min", "2 min"]}, "drying as well as times"),
        ({"shrinkage.follows": "stress"}, "has strain, but it follows the stress"),
        ({"shrinkage.follows": "stress", "shrinkage.strain": None}, "needs stress_model"),
        ({"shrinkage.stress_model": "white"}, "does not follow the stress"),
        ({"shrinkage.strain": None}, "needs strain"),
        ({"shrinkage.drying": None}, "film.thickness is missing"),
        ({"shrinkage.drying": None, "shrinkage.follows": "stress", "shrinkage.strain": None}, "without drying"),
        ({"shrinkage.drying": "nowhere"}, "there is no result here"),
        (BY_STRESS | {"shrinkage.stress_model": "whyte"}, 'no stress by "whyte"; did you mean "white"'),
        (BY_STRESS | {"shrinkage.stress_model": "pore-throat"}, "by pore-throat is not known"),
        (BY_STRESS | {"film.modulus": "1 kPa"}, "raise film.modulus"),
    ],
)
def test_each_mistake_is_one_sentence(film, overrides, sentence):
    with pytest.raises(InputError, match=re.escape(sentence)):
        es.load(film, overrides).problem  # noqa: B018


def altered(dried, name, values):
    return dried.assign({name: dried[name].copy(data=np.full(dried[name].shape, values))})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda dried: dried.assign_attrs(scenario=json.dumps({"kind": "structure"})), 'of kind "structure"'),
        (lambda dried: altered(dried, "solved", False), "the drying did not succeed"),
        (lambda dried: altered(dried, "stage_end_times", np.nan), "never consolidates"),
        (lambda dried: altered(dried, "stage_end_times", 1e9), "ends before air enters"),
        (lambda dried: altered(dried, "solid_height", np.inf), "not finite"),
        (lambda dried: altered(dried, "solvent_inventory", 1.0), "no solvent leaves"),
        (lambda dried: dried.drop_vars("solid_height"), "lacks something"),
        (lambda dried: dried.drop_dims("stage"), "(\"No variable named 'stage_end_times'"),
        (lambda dried: dried.assign(solid_height=dried["stress"]), "solid_height is not over time"),
    ],
)
def test_a_result_is_not_trusted(film, dried, change, sentence):
    write(change(dried), film.parent / "other.nc")
    with pytest.raises(InputError, match=re.escape(sentence)):
        es.load(film, {"shrinkage.drying": "other.nc"}).problem  # noqa: B018


def test_a_result_without_stress_is_refused(film, dried):
    write(dried.drop_vars("stress_whole"), film.parent / "other.nc")
    with pytest.raises(InputError, match="holds no stress"):
        es.load(film, BY_STRESS | {"shrinkage.drying": "other.nc"}).problem  # noqa: B018
