"""Laws of capacity over rate: limits, planted parameters, and ``kind = "fit"`` on a table, a result and a sweep."""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

import electrosim
from electrosim.base.errors import InputError
from electrosim.base.result import provenance, variable, write
from electrosim.correlations import RATE_LAWS, fit
from electrosim.study.library import shipped

WRITTEN_BY = runpy.run_path(str(Path(__file__).with_name("synthetic_rate_test.py")))
RATES = np.geomspace(0.1, 20, 8)
PLANTED = {"peukert": (160.0, 0.15), "time-constant": (180.0, 0.12, 1.1)}
peukert, time_constant = (RATE_LAWS[name].ordinate for name in PLANTED)


# ---- the laws


def test_time_constant_law_ends_as_the_paper_says():
    capacity, tau, n = PLANTED["time-constant"]
    assert time_constant(np.array([0.0, 1e-9]), capacity, tau, n) == pytest.approx([capacity, capacity], rel=1e-9)
    fast = np.array([1e6, 1e9, 1e12])  # rates whose difference 1 - (1 - exp(-y))/y would cancel
    assert time_constant(fast, capacity, tau, n) == pytest.approx(capacity / 2 * (fast * tau) ** -n, rel=1e-5)
    assert time_constant(1 / tau, capacity, tau, n) == pytest.approx(capacity * np.exp(-1), rel=1e-12)


def test_time_constant_law_is_the_printed_one():
    rate = np.geomspace(1e-2, 1e3, 200)
    printed = WRITTEN_BY["law"](rate, *PLANTED["time-constant"])
    assert time_constant(rate, *PLANTED["time-constant"]) == pytest.approx(printed, rel=1e-9)


def test_peukert_law_falls_by_its_exponent():
    factor, exponent = PLANTED["peukert"]
    assert peukert(1.0, factor, exponent) == factor
    assert np.diff(np.log(peukert(RATES, factor, exponent))) / np.diff(np.log(RATES)) == pytest.approx(-exponent)
    assert peukert(2.0, factor, exponent) / peukert(1.0, factor, exponent) == pytest.approx(2**-exponent)


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("weights", ["log-normal", "equal"])
def test_planted_parameters_come_back(name, weights):
    exact = RATE_LAWS[name].ordinate(RATES, *PLANTED[name])
    found = fit(name, RATES, exact, weights=weights, resamples=0)
    assert [item.value for item in found.parameters] == pytest.approx(PLANTED[name], rel=1e-6)
    scatter = 1 + 0.01 * np.random.default_rng(1).standard_normal(8)
    noisy = fit(name, RATES, exact * scatter, weights=weights, resamples=0, level=0.99)
    for item, planted in zip(noisy.parameters, PLANTED[name], strict=True):
        assert item.profile[0] < planted < item.profile[1]


def test_unit_of_the_rate_scales_its_parameters_only():
    exact = time_constant(RATES, *PLANTED["time-constant"]) * (1 + 0.02 * np.cos(5 * np.arange(8)))
    hours, seconds = (fit("time-constant", RATES / unit, exact, weights="equal", resamples=0) for unit in (1, 3600))
    assert seconds["tau"].value == pytest.approx(3600 * hours["tau"].value, rel=1e-5)
    assert seconds["tau"].profile == pytest.approx(3600 * np.array(hours["tau"].profile), rel=1e-3)
    assert seconds["capacity"].value == pytest.approx(hours["capacity"].value, rel=1e-6)
    assert seconds.aic == pytest.approx(hours.aic, abs=1e-6)


def test_predictions_of_capacity_have_no_porosity_in_them():
    found = fit("time-constant", RATES, 1.01 * time_constant(RATES, *PLANTED["time-constant"]), resamples=0)
    assert found.exceeds == {}
    assert found.valid_range == found.fitted_range == (RATES[0], RATES[-1])
    assert not found.predict([0.1, 20]).unphysical.any()
    with pytest.warns(UserWarning, match="fitted from rate 0.1 to 20 and is asked for at 30"):
        found.predict(30)
    with pytest.raises(InputError, match=r"rate must be above 0$"):
        found.predict(0)


def test_a_power_law_does_not_tell_the_time_constant_law_apart():
    """Far above 1/tau the law is capacity/2 (rate tau)^-n, a power law: capacity and tau can make up for each other."""
    found = fit("time-constant", RATES, peukert(RATES, *PLANTED["peukert"]), resamples=0)
    assert found["n"].value == pytest.approx(0.15, rel=1e-2)
    assert "The points do not tell capacity and tau and n apart" in found.status
    assert np.isnan(found["tau"].standard_error)


def test_flat_capacities_do_not_tell_a_time():
    found = fit("time-constant", RATES, 150 + 1e-9 * np.arange(8), resamples=0)
    assert found["capacity"].value == pytest.approx(150, rel=1e-6)
    assert "The points do not tell the" in found.status


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("peukert", [0.0, 1, 2], [3, 2, 1]), "rate of point 1 is 0, but must be above 0"),
        (("peukert", [0.5, 1, 2], [3, -2, 1]), "capacity of point 2 is -2, but must not be negative"),
        (("peukert", [0.5, 1, 1], [3, 2, 2]), "at least 3 different rates, and there are 2"),
        (("time-constant", [0.5, 1, 2], [3, 2, 1]), "3 parameters and needs at least 4 different rates"),
        (("peukert", [0.5, 1, 2], [3, 0, 0]), "there are 1 .2 points without a finite weight left out"),
    ],
)
def test_wrong_points_are_refused(arguments, sentence):
    with pytest.raises(InputError, match=sentence):
        fit(*arguments)


def test_as_many_groups_as_parameters_give_no_bootstrap():
    """Three cells drawn with replacement are too often one or two, and a sandwich over these is singular."""
    rates = np.tile(RATES, 3)
    cell = np.repeat([0.98, 1.0, 1.03], 8)
    found = fit("peukert", rates, peukert(rates, *PLANTED["peukert"]) * cell, cluster=cell, resamples=50, rng=1)
    assert np.isnan([item.bootstrap for item in found.parameters]).all()
    assert "The bootstrap gives no interval: 3 groups are too few." in found.status


# ---- fit files


def test_shipped_fit(command, tmp_path):
    text = (shipped("scenarios") / "fit-rate-capability.csv").read_text(encoding="utf-8")
    assert text == WRITTEN_BY["table"]()
    done = command("fit", "fit-rate-capability", "--set", "fit.resamples=99", folder=tmp_path)
    assert (done.status, done.err) == (0, "")
    for words in ("Comparison", "Parameters", "Rate capability", "mA*h/g"):
        assert words in done.out
    assert "tau at mean" not in done.out
    folder = tmp_path / "results" / "fit-rate-capability"
    assert {file.stem for file in (folder / "figures").iterdir()} == {"rate_capability", "residuals", "parameters"}
    dataset = electrosim.open(folder)
    assert all({"units", "long_name"} <= set(item.attrs) for item in dataset.data_vars.values())
    best = dataset.sel(fit="time-constant, log-normal")
    assert float(best["aic_difference"]) == 0
    assert float(dataset["aic_difference"].sel(fit="peukert, log-normal")) > 100
    for name, planted in WRITTEN_BY["PLANTED"].items():
        one = best.sel(parameter=name)
        ends = [float(one[f"bootstrap_{end}"] / one["shown_scale"]) for end in ("lower", "upper")]
        assert ends[0] < planted < ends[1]
    # cells are off as wholes, which the profile cannot know and the bootstrap over cells does
    width = {kind: float(np.ptp([best.sel(parameter="capacity")[f"{kind}_{end}"] for end in ("lower", "upper")]))
             for kind in ("profile", "bootstrap")}  # fmt: skip
    assert width["bootstrap"] > 1.5 * width["profile"]
    half = float(best["rate_of_half"])
    capacity, tau, n = (float(best["value"].sel(parameter=name)) for name in ("capacity", "tau", "n"))
    at_lowest = float(best["law_at_lowest_rate"])
    assert time_constant(np.array([0.1, half]), capacity, tau, n) == pytest.approx([at_lowest, at_lowest / 2])
    assert "Tian" in command("cite", "fit-rate-capability").out
    assert "Bruggeman" not in command("cite", "fit-rate-capability").out


@pytest.fixture
def write_fit(tmp_path):
    def write_file(data, fit='weights = "equal"\nresamples = 0\n', cells=None):
        rows = "".join(f"{rate:.17g},{peukert(rate, 160, 0.15):.17g}\n" for rate in RATES)
        (tmp_path / "ours.csv").write_text(cells or f"rate,capacity\n{rows}", encoding="utf-8")
        file = tmp_path / "ours.toml"
        file.write_text(f'kind = "fit"\n[data]\n{data}[fit]\n{fit}', encoding="utf-8")
        return file

    return write_file


def discharge(tmp_path):
    """Write what a rate test of discharges leaves: a capacity per rate, one of which failed."""
    found = xr.Dataset(
        {
            "specific_capacity": variable("rate", 3600 * time_constant(RATES, 180, 0.12, 1.1), "C kg-1", "capacity"),
            "solved": variable("rate", np.arange(8) != 7, "1", "solved"),
            "status": variable("rate", ["Solved."] * 7 + ["Failed."], "1", "status"),
        },
        coords={"rate": variable("rate", RATES, "1", "rate")},
        attrs=provenance({"kind": "discharge"}, title="", seed=1, references=()),
    )
    write(found, tmp_path / "result.nc")


def test_points_of_a_rate_test(tmp_path, write_fit):
    discharge(tmp_path)
    data = 'result = "result.nc"\ncapacity = "specific_capacity"\nunit = "mA*h/g"\n'
    result = electrosim.run(electrosim.load(write_fit(data)))
    assert set(result["correlation"].values) == set(RATE_LAWS)
    assert result.sizes["point"] == 7  # the rate that failed is no point
    found = result.sel(fit="time-constant, equal", parameter=["capacity", "tau", "n"])
    assert (found["value"] / found["shown_scale"]).values == pytest.approx([180, 0.12, 1.1], rel=1e-6)
    assert found["shown_unit"].values.tolist() == ["mA*h/g", "h", ""]
    for changed, sentence in (
        (data.replace("mA*h/g", "W*h/g"), r'this is in "W\*h/g", and specific_capacity is in "C kg-1"'),
        (data.replace('"specific_capacity"', '"capacity"'), '"capacity" is not a variable.*"specific_capacity"'),
        (data + 'rate_unit = "mA/g"\n', 'this is in "mA/g", and rate is in "1"'),
        (data + "at = { gradient = 0 }\n", 'the result has no dimension "gradient"; known here: rate'),
        (data + 'cluster = "status"\nonly = "solvd"\n', '"solvd" is not a variable.*did you mean "solved"'),
    ):
        with pytest.raises(InputError, match=sentence):
            _ = electrosim.load(write_fit(changed)).problem


def test_points_of_a_sweep(tmp_path, write_fit):
    """Axes of a sweep: the rate is one, and an entry of the other is chosen by `at`; every entry is a point without."""
    capacity = peukert(RATES, 160, 0.15) * np.array([[1.0], [1.2]])
    found = xr.Dataset(
        {
            "capacity": variable(("gradient", "rate"), capacity, "mA h g-1", "capacity"),
            "case_solved": variable(("gradient", "rate"), (np.arange(8) != 0) & np.ones((2, 1), bool), "1", "solved"),
            "solved": variable((), False, "1", "solved"),
            "status": variable((), "14 of 16 cases were solved.", "1", "status"),
        },
        coords={"rate": variable("rate", RATES, "1", "rate"), "gradient": variable("gradient", [0.0, 0.5], "1", "g")},
        attrs=provenance({"kind": "sweep"}, title="", seed=1, references=()),
    )
    write(found, tmp_path / "result.nc")
    data = 'result = "result.nc"\ncapacity = "capacity"\n'
    assert electrosim.load(write_fit(data)).problem.abscissa.size == 14
    one = electrosim.load(write_fit(data + "at = { gradient = 0.5 }\n")).problem
    assert one.abscissa == pytest.approx(RATES[1:])
    assert one.ordinate == pytest.approx(capacity[1, 1:])
    with pytest.raises(InputError, match=r'"gradient" has no gradient = 0.3; there are 0, 0.5'):
        _ = electrosim.load(write_fit(data + "at = { gradient = 0.3 }\n")).problem


def test_currents_as_rates(write_fit):
    data = 'csv = "ours.csv"\nrate = "rate"\nrate_unit = "mA/g"\nunit = "mA*h/g"\n'
    result = electrosim.run(electrosim.load(write_fit(data)))
    assert result["rate"].values == pytest.approx(RATES)  # 1 mA/g is 1 A/kg
    units = result["shown_unit"]
    assert str(units.sel(parameter="factor").values) == "mA*h/g at 1 A/kg"
    assert str(units.sel(parameter="tau").values) == "g/mA"
    per_hour = electrosim.run(electrosim.load(write_fit(data.replace('"mA/g"', '"h^-1"'))))
    assert str(per_hour["shown_unit"].sel(parameter="tau").values) == "h"
    assert float(per_hour["shown_scale"].sel(parameter="tau")) == 3600


def test_signs_are_told_in_the_units_of_the_table(write_fit, command):
    data = 'csv = "ours.csv"\nrate = "rate"\nunit = "mA*h/g"\n'
    for cells, sentence in (
        ("rate,capacity\n1,150\n2,-148\n3,130\n4,110\n", "ours.csv: capacity holds -148; a capacity is not negative"),
        ("rate,capacity\n0,150\n2,148\n3,130\n4,110\n", "ours.csv: rate holds 0; a rate of discharge is positive"),
    ):
        refused = command("fit", write_fit(data, cells=cells))
        assert refused.status == 2
        assert sentence in refused.sentence


@pytest.mark.parametrize(
    ("data", "fit_table", "sentence"),
    [
        ('csv = "ours.csv"\nrate = "rat"\n', "", 'no column "rat"; did you mean "rate"'),
        ('csv = "ours.csv"\nrate = "rate"\nporosity = "rate"\n', "", "either porosity and its conductivity, or rate"),
        ('csv = "ours.csv"\nporosity = "rate"\nunit = "S/m"\n', "", "units belong to rate and capacity"),
        ('csv = "ours.csv"\nrate = "rate"\nunit = "mAhh/g"\n', "", r'ours.toml:5: "mAhh/g" is not a unit'),
        ('csv = "ours.csv"\nrate = "rate"\nunit = "S/m"\n', "", '"S/m" is not a unit of a capacity or energy, such as'),
        ('csv = "ours.csv"\nrate = "rate"\nrate_unit = "V"\n', "", '"V" is not a unit of a rate, current or power'),
        ('csv = "ours.csv"\nrate = "rate"\nrate_unit = "C"\n', "", "means coulombs; leave it out for C-rates"),
        ('csv = "ours.csv"\nrate = "rate"\nat = { g = 1 }\n', "", "at chooses entries of a result"),
        (
            'csv = "ours.csv"\nrate = "rate"\n',
            'correlations = ["power"]\n',
            '"power" is a law of relative cond',
        ),
        ('csv = "ours.csv"\n', 'correlations = ["peukert"]\n', "the points are of relative conductivity over porosity"),
        ('csv = "ours.csv"\nrate = "rate"\n', 'correlations = ["peuckert"]\n', 'did you mean "peukert"'),
    ],
)
def test_each_mistake_is_one_sentence(write_fit, command, data, fit_table, sentence):
    refused = command("fit", write_fit(data, fit_table))
    assert refused.status == 2, refused
    assert re.search(sentence, refused.sentence), refused.sentence
