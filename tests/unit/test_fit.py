"""``electrosim fit``: a table or a result in, a results folder out, and one sentence for what is wrong."""

import json
import re
import runpy
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import electrosim
from electrosim.base.columns import read_columns
from electrosim.base.errors import InputError
from electrosim.base.result import provenance, variable, write
from electrosim.study import report
from electrosim.study.library import shipped

WRITTEN_BY = Path(__file__).with_name("synthetic_cutouts.py")

HEAD = '#:schema ./scenario.schema.json\nkind = "fit"\ntitle = "ours"\n'
FIT = '[fit]\ncorrelations = ["power", "bruggeman"]\nresamples = 20\n'
CELLS = "porosity,relative_conductivity\n0.2,0.01\n0.3,0.04\n0.4,0.1\n0.5,0.2\n"


@pytest.fixture
def write_fit(tmp_path):
    def write(cells=CELLS, data='csv = "ours.csv"\n', fit=FIT):
        (tmp_path / "ours.csv").write_text(cells, encoding="utf-8")
        file = tmp_path / "ours.toml"
        file.write_text(f"{HEAD}[data]\n{data}{fit}", encoding="utf-8")
        return file

    return write


# ---- what comes out


def test_shipped_fit(command, tmp_path):
    text = (shipped("scenarios") / "fit-carbon-binder.csv").read_text(encoding="utf-8")
    assert text == runpy.run_path(str(WRITTEN_BY))["table"]()
    fewer = ("fit.resamples=20", 'fit.weights=["log-normal", "equal"]', 'fit.correlations=["power", "percolation"]')
    words = [word for assignment in fewer for word in ("--set", assignment)]
    done = command("fit", "fit-carbon-binder", *words, folder=tmp_path)
    assert (done.status, done.err) == (0, "")
    for title in ("Comparison", "Parameters", "Validity", "Averages of the points"):
        assert f"\n{title}\n" in done.out
    assert "1 of 60 points were left out" in done.out
    folder = tmp_path / "results" / "fit-carbon-binder"
    names = {"conductivity", "tortuosity", "residuals", "parameters"}
    assert {file.stem for file in (folder / "figures").iterdir()} == names
    dataset = electrosim.open(folder)
    assert dataset.sizes["fit"] == 4
    assert dataset["solved"].all()
    power = dataset.sel(fit="power, log-normal")
    for name, planted in (("gamma", 1.95), ("alpha", 3.31)):
        one = power.sel(parameter=name)
        assert one["profile_lower"] < planted < one["profile_upper"]
    assert dataset["residual"].sel(fit="power, log-normal").isnull().sum() == 1
    assert (dataset["aic_difference"].groupby(dataset["weights"]).min() == 0).all()
    assert all({"units", "long_name"} <= set(item.attrs) for item in dataset.data_vars.values())
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "<h2>Comparison</h2>" in page
    assert "<h2>Results</h2>" not in page
    assert command("show", folder).out.count("percolation") > 3
    assert "Bruggeman" in command("cite", "fit-carbon-binder").out


def test_points_of_a_result(tmp_path, write_fit):
    rng = np.random.default_rng(1)
    porosity = np.linspace(0.2, 0.5, 8)
    directions = 1.95 * porosity[:, None] ** 3.31 * np.exp(0.2 * rng.standard_normal((8, 3)))
    found = xr.Dataset(
        {
            "eps": variable("cutout", porosity, "1", "porosity"),
            "s": variable(("cutout", "direction"), directions, "1", "relative conductivity"),
            "kept": variable("cutout", np.arange(8) != 3, "1", "kept"),
            "block": variable("cutout", np.arange(8) // 2, "1", "block"),
            "status": variable((), "Solved.", "1", "status"),
            "solved": variable((), True, "1", "solved"),
        },
        attrs=provenance({"kind": "cutouts"}, title="", seed=1, references=()),
    )
    write(found, tmp_path / "result.nc")
    data = 'result = "result.nc"\nporosity = "eps"\nrelative_conductivity = "s"\nonly = "kept"\ncluster = "block"\n'
    problem = electrosim.load(write_fit(data=data)).problem
    kept = np.arange(8) != 3
    assert problem.abscissa == pytest.approx(porosity[kept])
    assert problem.ordinate == pytest.approx(directions.mean(axis=1)[kept])
    assert problem.standard_deviation == pytest.approx(directions.std(axis=1, ddof=1)[kept])
    assert problem.cluster.tolist() == [0, 0, 1, 2, 2, 3, 3]
    scatter = electrosim.run(electrosim.load(write_fit(data=data), {"fit.weights": "scatter"}))
    assert scatter["points"].values.tolist() == [7, 7]
    for changed, sentence in (
        (data.replace('"s"', '"sigma"'), '"sigma" is not a variable of the result; known here: block, eps, kept, s'),
        (data.replace('"eps"', '"s"'), "s has 2 dimensions; a fit needs one value per point"),
        (data.replace("relative_conductivity", "tortuosity"), "whose mean is not the tortuosity of their mean"),
        (data.replace('"kept"', '"s"'), "s has no single value per cutout"),
        (data.replace("result.nc", "nothing"), "there is no result here"),
    ):
        with pytest.raises(InputError, match=sentence):
            _ = electrosim.load(write_fit(data=changed)).problem


def test_tortuosity_stands_for_conductivity(write_fit):
    cells = "p;tau;half\n0.2;20;1\n0.3;7.5;1\n0.4;4;1\n\n# a remark\n0.5;2.5;1\n0.6;99;0\n"
    data = 'csv = "ours.csv"\nporosity = "p"\ntortuosity = "tau"\nonly = "half"\n'
    problem = electrosim.load(write_fit(cells, data)).problem
    assert problem.ordinate == pytest.approx([0.01, 0.04, 0.1, 0.2])


def test_fits_do_not_change_one_another(write_fit):
    both = electrosim.run(write_fit())
    one = electrosim.run(write_fit(fit=FIT.replace('"power", ', "")))
    name = "bruggeman, log-normal"
    for end in ("bootstrap_lower", "bootstrap_upper"):
        assert both[end].sel(fit=name, parameter="alpha") == one[end].sel(fit=name, parameter="alpha")


def test_tables_of_other_kinds_stay_general():
    result = electrosim.run(electrosim.load("quickstart", {"image.shape": [16, 16, 16], "transport.directions": "x"}))
    assert report.own_tables(result) == []
    assert json.loads(result.attrs["scenario"])["kind"] == "conduction"


# ---- what is refused


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (
            CELLS.replace("0.04", "wide"),
            r'ours.csv:3: column relative_conductivity holds "wide", which is not a',
        ),
        (CELLS.replace("0.04", ""), r"ours.csv:3: column relative_conductivity holds an empty cell, which is not a"),
        (CELLS.replace("0.04", "inf"), r"ours.csv:3: column relative_conductivity holds inf, which is not finite"),
        (CELLS.replace(",0.04", ""), r"ours.csv:3: there are 1 cells and 2 columns"),
        (CELLS.replace("porosity,", "porosty,"), r'there is no column "porosity"; did you mean "porosty"\?'),
        (CELLS.replace("relative_conductivity", "porosity"), r"there is no column|there are 2 columns"),
        ("\n# nothing\n", "the file holds no table"),
        (CELLS.replace("0.04", '"0.04'), r"ours.csv:3: the line cannot be read as CSV"),
        (CELLS.replace("0.3,", "30,"), r"ours.toml:\d+: porosity of point 2 is 30, but must be above 0 and at most 1"),
        (CELLS.replace("0.04", "-0.04"), "relative_conductivity of point 2 is -0.04"),
        (CELLS[: CELLS.index("0.4,")], r"a fit needs at least 3 different porosities, and there are 2"),
        ("porosity,relative_conductivity\n", "there is no point to fit to"),
    ],
)
def test_wrong_tables_are_one_sentence(cells, sentence, write_fit, command):
    file = write_fit(cells)
    refused = command("fit", file, folder=file.parent)
    assert refused.status == 2
    assert re.search(sentence, refused.sentence), refused.sentence
    assert not (file.parent / "results").exists()


@pytest.mark.parametrize(
    ("data", "fit", "sentence"),
    [
        ("", FIT, "data = a table: must name either csv or result"),
        ('csv = "ours.csv"\nresult = "x"\n', FIT, "must name either csv or result"),
        ('csv = "gone.csv"\n', FIT, "gone.csv: there is no such file"),
        ('csv = "ours.csv"\ncolumn = "x"\n', FIT, "data.column is not known here"),
        ('csv = "ours.csv"\n', FIT.replace("bruggeman", "brugeman"), 'is not a correlation; did you mean "bruggeman"?'),
        ('csv = "ours.csv"\n', FIT.replace('"power", "bruggeman"', ""), "must hold at least one name, and each once"),
        ('csv = "ours.csv"\n', FIT + 'weights = "even"\n', "is not a choice of weights; known here: equal, log-normal"),
        ('csv = "ours.csv"\n', FIT + 'weights = ["equal", "equal"]\n', "each once"),
        ('csv = "ours.csv"\n', FIT + 'weights = "scatter"\n', "scatter weights need a standard deviation"),
        ('csv = "ours.csv"\n', FIT + "confidence = 95\n", "fit.confidence = 95: must be less than 1"),
        ('csv = "ours.csv"\n', FIT.replace("20", "-1"), "fit.resamples = -1"),
        ('csv = "ours.csv"\nstandard_deviation = "sd"\ntortuosity = "t"\n', FIT, "not to tortuosity"),
    ],
)
def test_wrong_fit_files_are_one_sentence(data, fit, sentence, write_fit, command):
    refused = command("fit", write_fit(data=data, fit=fit))
    assert refused.status == 2
    assert sentence in refused.sentence


def test_fit_takes_fits_only(command):
    refused = command("fit", "quickstart")
    assert refused.status == 2
    assert 'kind = "conduction" is not a fit; use electrosim run' in refused.sentence


def test_files_that_are_no_table(tmp_path):
    (tmp_path / "bytes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not UTF-8"):
        read_columns(tmp_path / "bytes.csv", ["a"])
    with pytest.raises(InputError, match="there is no such file"):
        read_columns(tmp_path, ["a"])
    (tmp_path / "long.csv").write_bytes(b"a\n" + b"1\n" * 1_000_001)
    with pytest.raises(InputError, match="more than 1,000,000 lines; give a smaller table"):
        read_columns(tmp_path / "long.csv", ["a"])
