"""Sweeps: designs, what is collected, the same answer whoever solves it, resuming, and mistakes as one sentence."""

import re
import sys
from collections import UserDict

import numpy as np
import pytest
import tomlkit

import electrosim as es
from electrosim.base.errors import InputError
from electrosim.base.workers import as_they_end
from electrosim.study.sweep import case
from electrosim.study.sweep.best import _around
from electrosim.study.sweep.collect import Collected
from electrosim.study.sweep.plot import figures
from electrosim.study.sweep.solve import solve

BASE = """\
kind = "conduction"
[image]
phantom = "checkerboard"
shape = [4, 4]
voxel_size = "1 um"
[conductivity]
a = "1 S/m"
b = "2 S/m"
[transport]
directions = "xy"
"""
SWEEP = """\
kind = "sweep"
title = "tiny"
base = "base.toml"
[axes]
contrast = { key = "conductivity.b", from = "1 S/m", to = "4 S/m", count = 4 }
other = { key = "conductivity.a", values = ["1 S/m", "3 S/m"] }
[collect]
sigma = "effective_conductivity"
mean = "effective_conductivity.mean"
ratio = "2*effective_conductivity[direction=x]/effective_conductivity[direction=y]"
[output]
figures = false
"""


@pytest.fixture
def sweep(tmp_path):
    (tmp_path / "base.toml").write_text(BASE, encoding="utf-8")
    path = tmp_path / "sweep.toml"
    path.write_text(SWEEP, encoding="utf-8")
    return path


def changed(path, **tables):
    document = tomlkit.parse(SWEEP)
    for key, value in tables.items():
        if value is None:
            document.pop(key)
        else:
            document[key] = value
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path


def test_a_grid_is_a_dataset_over_its_axes(sweep, command):
    outcome = command("sweep", sweep, "--set", "output.figures=true", folder=sweep.parent)
    assert outcome.status == 0, outcome.err
    folder = sweep.parent / "results" / "sweep"
    assert (folder / "sweep.nc").is_file()
    result = es.open(folder)
    assert result["sigma"].dims == ("contrast", "other", "direction")
    assert result["contrast"].values == pytest.approx([1, 2, 3, 4])
    # Keller and Dykhne: the geometric mean of the two conductivities
    found = result["mean"].values
    exact = np.sqrt(result["contrast"].values[:, None] * np.array([1, 3]))
    assert found == pytest.approx(exact, rel=0.1)
    assert result["ratio"].values == pytest.approx(2)
    assert result["case_solved"].all()
    assert {"sigma.png", "mean.png", "mean_effects.png"} <= {file.name for file in (folder / "figures").iterdir()}
    assert "other 1" in command("show", folder).out


@pytest.mark.parametrize("who", [{"method.jobs": 2}, {"method.dask": "local", "method.jobs": 1}])
def test_the_answer_does_not_depend_on_who_solves(sweep, who):
    if "method.dask" in who:
        pytest.importorskip("distributed")
    here = es.run(es.load(sweep, {"method.jobs": 1}))
    there = es.run(es.load(sweep, who))
    timings = ["case_seconds", "wall_time"]
    assert there.drop_vars(timings).identical(here.drop_vars(timings).assign_attrs(there.attrs))
    assert here.attrs["scenario_sha256"] == there.attrs["scenario_sha256"]


def test_an_interrupted_sweep_goes_on_and_does_nothing_twice(sweep):
    problem = es.load(sweep).problem
    whole, kept, seen = solve(problem), {}, []

    def stop(task, share, remark=""):
        del remark
        if task == "cases" and share >= 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve(problem, observer=stop, finished=kept)
    done = set(kept)
    assert 1 < len(done) < problem.count
    resumed = solve(problem, finished=kept, observer=lambda *news: seen.append(news))
    assert len(seen) == problem.count - (len(done) - 1)
    assert resumed["sigma"].identical(whole["sigma"])


def test_a_sweep_goes_on_however_its_cases_were_parted_before(sweep, monkeypatch):
    problem, kept, seen = es.load(sweep).problem, {}, []
    monkeypatch.setattr(sys.modules[solve.__module__], "_CHUNKS_PER_WORKER", 2)  # four cases each, else one
    whole = solve(problem, finished=kept)
    assert set(kept) == {"cases-0-1", "cases-1-2", "cases-2-6", "cases-6-8"}
    del kept["cases-2-6"]
    monkeypatch.undo()
    resumed = solve(problem, finished=kept, observer=lambda *news: seen.append(news))
    assert len(seen) == 1 + 4  # what is known, then each of the four
    assert resumed["sigma"].identical(whole["sigma"])


def test_a_failed_case_is_a_row_with_its_sentence(sweep):
    file = changed(sweep, set={"transport.boundary_": {"formula": "contrast"}})
    with pytest.raises(InputError, match="boundary"):
        _ = es.load(file).problem
    file = changed(sweep, set={"image.cells": {"formula": "contrast/(contrast - 3)"}})
    document = tomlkit.parse(file.read_text(encoding="utf-8"))
    document["axes"] = {"contrast": {"values": [3.5, 3.0]}}
    file.write_text(tomlkit.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match=r"of the case contrast = 3"):
        _ = es.load(file).problem


def test_axes_that_move_together_and_lists(sweep):
    values = [["1 S/m", "2 S/m"], ["5 S/m", "5 S/m"]]
    together = {"pair": {"keys": ["conductivity.a", "conductivity.b"], "values": values}}
    result = es.run(es.load(changed(sweep, axes=together)))
    assert result["mean"][1] == pytest.approx(5)
    axes = {
        "a": {"key": "conductivity.a", "values": ["1 S/m", "2 S/m"]},
        "b": {"key": "conductivity.b", "values": ["4 S/m", "2 S/m"]},
    }
    result = es.run(es.load(changed(sweep, axes=axes, design="list")))
    assert result["mean"].dims == ("case",)
    assert result["mean"][1] == pytest.approx(2)
    assert result["a"].values == pytest.approx([1, 2])


def test_repeats_are_seeds(sweep):
    blobs = BASE.replace('"checkerboard"', '"blobs"').replace("a = ", "pore = ").replace('b = "2 S/m"\n', "")
    (sweep.parent / "base.toml").write_text(blobs.replace("[4, 4]", "[12, 12]\nporosity = 0.7"), encoding="utf-8")
    axes = {"porosity": {"key": "image.porosity", "values": [0.6, 0.9]}}
    repeat = {"key": "image.seed", "count": 3}
    result = es.run(es.load(changed(sweep, axes=axes, repeat=repeat, collect=["effective_conductivity"])))
    assert result["effective_conductivity"].dims == ("porosity", "repeat", "direction")
    assert result["repeat"].values.tolist() == [1, 2, 3]


def test_sobol_indices_of_a_sum(sweep):
    """The mean of a laminate across its layers: linear in the layer shares' conductivities along them."""
    laminate = BASE.replace('"checkerboard"', '"laminate"\naxis = "y"\nlayers = [1, 3]').replace('"xy"', '"x"')
    (sweep.parent / "base.toml").write_text(laminate, encoding="utf-8")
    axes = {
        "a": {"key": "conductivity.a", "from": "1 S/m", "to": "2 S/m"},
        "b": {"key": "conductivity.b", "from": "1 S/m", "to": "2 S/m"},
    }
    file = changed(sweep, axes=axes, design="sobol", samples=64, collect={"sigma": "effective_conductivity.mean"})
    result = es.run(es.load(file))
    found = result["first_order"].sel(collected="sigma")
    half = result["first_order_confidence"].sel(collected="sigma")
    for axis, share in (("a", 0.1), ("b", 0.9)):  # variances (1/4)^2 and (3/4)^2
        assert abs(float(found.sel(axis=axis)) - share) < max(float(half.sel(axis=axis)), 0.05)
    assert {"sigma", "sensitivity"} <= set(figures(result))


def at(keys=None, **place):
    return {"marks": [{"name": "m", "at": place, "set": keys or {}}]}


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"axes": {"c": {"key": "conductivty.b", "values": [1]}}}, 'conductivty.*did you mean "conductivity"'),
        ({"axes": {"c": {"key": "conductivity.b", "values": ["1 S"]}}}, "of the case c = 1 S.*another dimension"),
        ({"axes": {"c": {"key": "conductivity.b", "values": []}}}, "axes.c.*no values"),
        ({"axes": {}}, "axes"),
        ({"axes": {"c": {"key": "conductivity.b", "from": "1 S/m", "to": "2 um", "count": 2}}}, "not of one dimension"),
        ({"axes": {"c": {"key": "conductivity.b", "from": "1 S/m"}}}, "either values, or from and to"),
        ({"axes": {"c": {"key": "conductivity.b", "from": "1 S/m", "to": "2 S/m"}}}, "needs count"),
        ({"design": "sobol", "samples": 3}, "powers of two"),
        ({"design": "list"}, "different numbers of values"),
        ({"set": {"image.seed": {"formula": "contrast**2 + nothing"}}}, '"nothing" is not known'),
        ({"collect": {"x": "effective_conductivty"}}, 'did you mean "effective_conductivity"'),
        ({"collect": {"x": "effective_conductivity[direction=z]"}}, "no direction = z; there are x, y"),
        ({"collect": {"x": "2*effective_conductivity"}}, "takes single ones"),
        ({"collect": {"x": "__import__('os')"}}, "formula"),
        ({"base": "nowhere.toml"}, "nowhere.toml: there is no such file"),
        ({"pareto": {"most": ["mean"]}}, "two numbers or more"),
        ({"pareto": {"most": ["mean", "sigmaa"]}}, "not a collected number"),
        ({"repeat": {"key": "image.sed", "count": 2}}, "sed"),
        ({"method": {"dask": "tcp://127.0.0.1:9"}}, "no Dask scheduler answers"),
        (at(contrst="1 S/m"), 'of "m": "contrst" is not an axis of the sweep; did you mean "contrast"'),
        (at(other="3 S/m"), '"m" has no place along contrast'),
        (at(contrast="2 um", other="1 S/m"), "contrast = 2 um is not of the dimension of the axis, 1.0 S/m to 4"),
        (at(contrast=2, other="1 S/m"), "contrast = 2 is not of the dimension of the axis"),
        (at(contrast="9 S/m", other="1 S/m"), "contrast = 9 S/m lies outside of the axis, 1.0 S/m to 4.0 S/m"),
        (at({"conductivity.c": 1}, contrast="2 S/m", other="1 S/m"), 'of the mark "m": .*c = 1: is not a quantity'),
        ({"best": {"over": "contrst", "most": "mean"}}, '"contrst" is not an axis of the sweep; did you mean "contr'),
        ({"best": {"over": "contrast", "most": "meen"}}, '"meen" is not a collected number; did you mean "mean"'),
        ({"best": {"over": "contrast", "least": "mean", "beside": "9 S/m"}}, "no value 9 S/m; the nearest is 4.0 S/m"),
        ({"best": {"over": "contrast"}}, "either most or least"),
        ({"show": {"held": {"other": "2 S/m"}}}, r"sweep.toml:\d+: the axis other has no value 2 S/m"),
        ({"show": {"panels": {"rate": [1]}}}, 'nothing that is collected varies along "rate"; known here: direction'),
        ({"show": {"panels": {"direction": ["z"]}}}, "direction has no z in what is collected; there are x, y"),
        ({"show": {"hatched": {"where": "men", "words": "?"}}}, '"men" is not a collected number; did you mean "mean"'),
        ({"collect": {"x": {"of": "effective_conductivity", "unit": "W*h/kg"}}}, "another dimension than S m-1"),
    ],
)
def test_each_mistake_is_one_sentence(sweep, command, tables, sentence):
    if "method" in tables:
        pytest.importorskip("distributed")
    changed(sweep, **tables)
    outcome = command("sweep", sweep, folder=sweep.parent)
    assert outcome.status == 2, outcome
    assert re.search(sentence, outcome.sentence), outcome.sentence


MARKS = [
    {"name": "even", "at": {"contrast": "2 S/m", "other": "3 S/m"}, "set": {"conductivity.b": "3 S/m"}},
    {"name": "elsewhere", "at": {"contrast": "4 S/m", "other": "1 S/m"}, "base": "five.toml"},
]


def test_reference_designs_are_solved_beside_the_cases_and_shown(sweep, command):
    (sweep.parent / "five.toml").write_text(BASE.replace("1 S/m", "5 S/m").replace("2 S/m", "5 S/m"), encoding="utf-8")
    collect = {"sigma": "effective_conductivity", "mean": {"of": "effective_conductivity.mean", "unit": "mS/cm"}}
    changed(sweep, marks=MARKS, collect=collect, output={"figures": True})
    kept = {}
    result = es.run(es.load(sweep, {"method.jobs": 1}), finished=kept)
    assert result["mark"].values.tolist() == ["even", "elsewhere"]
    assert result["mark_sigma"].values == pytest.approx(np.array([[3, 3], [5, 5]]))
    assert result["mark_contrast"].values.tolist() == [2, 4]
    for number, place in enumerate(({"contrast": 2, "other": 3}, {"contrast": 4, "other": 1})):
        assert float(result["mark_mean_swept"][number]) == float(result["mean"].sel(place))
    again = es.run(es.load(sweep, {"method.jobs": 1}), finished={"marks": kept["marks"]})
    assert again["mark_mean"].identical(result["mark_mean"])
    outcome = command("sweep", sweep, folder=sweep.parent)
    assert re.search(r"even +2 +3 +30 \(\+\d", outcome.out), (
        outcome.out
    )  # mS/cm, and how much more than the sweep there
    assert "base.toml" not in result.attrs["scenario"]  # what marks start from is part of the resolved scenario
    assert "five.toml" not in result.attrs["scenario"]


@pytest.mark.parametrize("wish", ["most", "least"])
def test_the_best_of_an_axis_is_that_of_all_cases_and_of_those_not_hatched(sweep, wish):
    collect = {"off": "abs(effective_conductivity.mean - 2.4)", "over": "max(effective_conductivity.mean - 2.1, 0)"}
    best = {"over": "contrast", wish: "off", "beside": "2 S/m"}
    show = {"hatched": {"where": "over", "words": "too good"}, "held": {"other": "3 S/m"}}
    result = es.run(es.load(changed(sweep, best=best, collect=collect, show=show)))
    off, over, contrast = (result[name].values for name in ("off", "over", "contrast"))
    for column in range(2):
        for prefix, allowed in (("best", np.ones(4, bool)), ("unhatched", over[:, column] == 0)):
            usable = [row for row in range(4) if allowed[row]]
            place = (max if wish == "most" else min)(usable, key=lambda row: off[row, column])
            found = {key: float(result[f"{prefix}_{key}"][column]) for key in ("contrast", "off", "gain")}
            assert found["contrast"] == contrast[place]
            assert found["off"] == off[place, column]
            assert found["gain"] == pytest.approx(off[place, column] / off[1, column] - 1)
    assert (result["best_contrast"] != result["unhatched_contrast"]).any()
    assert set(figures(result)) == {"best", "off", "off_over_contrast", "off_effects"}


def test_axes_are_drawn_as_people_write_them(sweep):
    axes = {"contrast": {"key": "conductivity.b", "values": ["10 mS/m", "1 S/m", "100 S/m"]}}
    result = es.run(es.load(changed(sweep, axes=axes, collect={"mean": "effective_conductivity.mean"})))
    (drawn,) = figures(result)["mean"].axes
    assert (drawn.get_xscale(), drawn.get_yscale()) == ("log", "log")
    assert drawn.lines[0].get_xdata() == pytest.approx([10, 1000, 100_000])
    evenly = result.assign_coords(contrast=("contrast", [313.15, 323.15, 333.15], {"shown_unit": "degC"}))
    (drawn,) = figures(evenly)["mean"].axes
    assert (drawn.get_xscale(), drawn.get_xlabel()) == ("linear", "contrast / °C")
    assert drawn.lines[0].get_xdata() == pytest.approx([40, 50, 60])


def test_how_far_from_the_best_a_number_is_nearly_as_good():
    near = np.array([[1, 0], [0, 1], [1, 1], [1, 0], [0, 1], [1, 1]], bool)  # along the axis; two others
    lower, upper = _around(near, np.array([2, 5]))
    assert (lower.tolist(), upper.tolist()) == ([2, 4], [3, 5])


def test_very_many_cases_are_asked_for(sweep, command):
    axes = {name: {"key": f"conductivity.{name}", "from": "1 S/m", "to": "2 S/m", "count": 1000} for name in "ab"}
    outcome = command("sweep", changed(sweep, axes=axes), folder=sweep.parent)
    assert outcome.status == 2
    assert re.search(r"1000000 cases, which take about .* MB; add --yes", outcome.sentence)


def test_what_is_no_sweep_is_named(sweep, command):
    outcome = command("sweep", sweep.parent / "base.toml", folder=sweep.parent)
    assert outcome.status == 2
    assert "is not a sweep; use electrosim run" in outcome.sentence


def test_collecting_from_a_result():
    import xarray as xr

    result = xr.Dataset(
        {"v": (("rate", "time"), [[3.0, 2.0], [2.5, 1.0]]), "n": ((), 4.0)}, coords={"rate": [0.5, 2.0]}
    )
    assert float(Collected("x", "v[rate=2].last").of(result)) == 1.0
    assert float(Collected("x", "v[rate=2, time=0] - max(n, 2)").of(result)) == -1.5
    assert Collected("x", "v[rate=0.5]").of(result).dims == ("time",)
    assert float(Collected("x", "v.max").of(result)) == 3.0


def test_records_are_kept_as_they_were_also_where_cases_differ():
    """A case that failed has less in it, and one may have other shapes."""
    good = {"solved": np.array(True), "status": np.array("Solved."), "value:v": np.array([1.0, np.nan])}
    other = {"solved": np.array(True), "status": np.array("Solved, too."), "value:v": np.array([1.0, 2.0, 3.0])}
    failed = {"solved": np.array(False), "status": np.array("It failed.")}
    module = sys.modules[solve.__module__]
    for records in ([good], [good, good], [good, other], [failed, good, other], [failed]):
        found = module._unpack(module._pack(records))
        assert [set(record) for record in found] == [set(record) for record in records]
        for one, record in zip(found, records, strict=True):
            assert all(np.array_equal(one[name], record[name], equal_nan=name == "value:v") for name in record)


def test_a_failed_case_among_others_ends_nothing(sweep):
    """And leaves the others as they are, whether they share a chunk with it or are solved alone."""
    keys = [{"conductivity.b": "2 S/m"}, {"conductivity.b": "2 m"}, "no formula", {"conductivity.b": "3 S/m"}]
    problem = es.load(sweep).problem
    together = case.solve_chunk(case.Chunk(problem.base, tuple(keys), problem.collect))
    alone = [case.solve_chunk(case.Chunk(problem.base, (one,), problem.collect))[0] for one in keys]
    assert [bool(record["solved"]) for record in together] == [True, False, False, True]
    assert "another dimension" in str(together[1]["status"])
    assert str(together[2]["status"]) == "no formula"
    for one, other in zip(together, alone, strict=True):
        assert set(one) == set(other)
        assert all(np.array_equal(one[name], other[name]) for name in one if name != "seconds")


class Tasks(UserDict):
    """Tells how many of its entries were asked for."""

    made = 0

    def __getitem__(self, key):
        self.made += 1
        return super().__getitem__(key)


@pytest.mark.parametrize("workers", [1, 2])
def test_tasks_are_made_when_they_are_needed(workers):
    """So that a million cases take no more memory than a thousand."""
    tasks = Tasks({number: -number for number in range(20)})
    with as_they_end(abs, tasks, workers) as results:
        first = next(results)
        assert tasks.made <= 3 * workers
        assert dict([first, *results]) == {number: number for number in range(20)}
    assert tasks.made == 20
