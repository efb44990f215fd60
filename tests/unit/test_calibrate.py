"""Calibration: planted parameters and their intervals, what cannot be told, curves, failures, mistakes."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tomlkit
import xarray as xr
from scipy.stats import binom

import electrosim as es
from electrosim.base.errors import InputError, SolveError
from electrosim.base.toml import parse
from electrosim.study.calibrate import Comparison, LeastSquares, Problem, solve
from electrosim.study.inverse.family import Family
from electrosim.study.inverse.parameter import Parameter
from electrosim.study.library import shipped
from electrosim.study.sweep.axes import Axis
from electrosim.study.sweep.collect import Collected

FIT = """\
kind = "calibrate"
base = "laminate.toml"
[parameters]
a = { key = "conductivity.a", from = "0.5 S/m", to = "20 S/m", spacing = "logarithmic" }
b = { key = "conductivity.b", from = "5 mS/cm", to = "200 mS/cm", start = "3 S/m" }
[data]
csv = "data.csv"
[compare.sigma]
column = "sigma"
unit = "S/m"
quantity = "effective_conductivity"
standard_deviation = "0.05 S/m"
at = { direction = "direction" }
[method]
draws = 3
starts = 1
"""
PLANTED = (12.0, 1.0)  # with (3, 6) a second pair gives the same two conductivities


def series(a, b):
    return 1 / (0.25 / a + 0.75 / b)


def parallel(a, b):
    return 0.25 * a + 0.75 * b


@dataclass(frozen=True)
class Laminate(Family):
    """The laminate by its formulas: as the solver gives it, a thousand times faster."""

    most: float = np.inf

    def solve(self, shares, further=None):
        del further
        a, b, *_ = self.numbers(shares)
        if a > self.most:
            raise SolveError(f"No conductor has more than {self.most} S/m.")
        return xr.Dataset({"x": series(a, b), "y": parallel(a, b)})


def laminate(**options):
    axes = (Axis("a", ("a",), (), 0.5, 20, "S/m", True), Axis("b", ("b",), (), 0.5, 20, "S/m", True))
    return Laminate(parse("", name="none", folder=Path()), tuple(Parameter(axis) for axis in axes), **options)


def measured(name, values, deviation=None):
    values = np.asarray(values, float)
    error = None if deviation is None else np.full(values.size, deviation)
    return Comparison(name, Collected(name, name), values, error, np.zeros(values.size, int))


@pytest.fixture
def fit(laminate):
    lines = [f"x,{series(*PLANTED)!r}", f"y,{parallel(*PLANTED)!r}"] * 2
    laminate.with_name("data.csv").write_text("direction,sigma\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return changed(laminate.with_name("fit.toml"))


def changed(path, **tables):
    document = tomlkit.parse(FIT)
    for key, value in tables.items():
        table, *rest = key.split("__")
        if rest:
            document[table][rest[0]] = value
        else:
            document[table] = value
    path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return path


def test_planted_parameters_come_back(fit, command):
    outcome = command("fit", fit, folder=fit.parent)
    assert outcome.status == 0, outcome.err
    result = es.open(fit.parent / "results" / "fit")
    assert result["value"].values == pytest.approx(PLANTED, rel=1e-6)
    assert (result["lower"] < result["value"]).all()
    assert (result["value"] < result["upper"]).all()
    assert set(result["identifiability"].values) == {"identified"}
    # the curvature of the two formulas, by hand: d(1/series) and d(parallel) at the planted values, two points each
    a, b = PLANTED
    slopes = np.array([[0.25 / a**2, 0.75 / b**2], [0.25, 0.75]]) * np.array([[series(a, b) ** 2], [1]])
    covariance = np.linalg.inv(2 * slopes.T @ slopes) * 0.05**2
    assert result["standard_error"].values == pytest.approx(np.sqrt(np.diag(covariance)), rel=0.01)
    correlation = covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1])
    assert float(result["correlation_matrix"][0, 1]) == pytest.approx(correlation, rel=0.01)
    assert {"data.png", "residuals.png", "profiles.png", "correlation.png"} <= {
        file.name for file in (fit.parent / "results" / "fit" / "figures").iterdir()
    }
    assert "mS/cm" in outcome.out


def test_a_column_can_set_a_key_line_by_line(fit):
    values = [1.0, 4.0, 4.0, 10.0]
    lines = [f"{a},{series(a, 6.0)!r}" for a in values]
    (fit.parent / "data.csv").write_text("a,sigma\n" + "\n".join(lines), encoding="utf-8")
    file = changed(
        fit,
        parameters={"b": {"key": "conductivity.b", "from": "1 S/m", "to": "20 S/m"}},
        data={"csv": "data.csv", "set": {"conductivity.a": {"column": "a", "unit": "S/m"}}},
        compare={"sigma": {"column": "sigma", "unit": "S/m", "quantity": "effective_conductivity[direction=x]"}},
        method={"draws": 0, "profile": False},
    )
    problem = es.load(file).problem
    assert len(problem.runs) == 3
    assert float(es.run(es.load(file))["value"][0]) == pytest.approx(6.0, rel=1e-6)


@pytest.mark.parametrize("known", [True, False])
def test_intervals_hold_the_planted_parameters_at_their_rate(known):
    """Forty data sets, intervals of 80 %; known standard deviations (chi-squared) and unknown ones (F)."""
    count, level = 40, 0.8
    family, held = laminate(), np.zeros(2)
    method = LeastSquares(draws=0, starts=1, confidence=level)
    for seed in range(count):
        noise = 0.1 * np.random.default_rng(seed).standard_normal((2, 4))
        truth = [[series(*PLANTED)], [parallel(*PLANTED)]]
        if known:
            data = tuple(measured(name, row, 0.1) for name, row in zip("xy", truth + noise, strict=True))
        else:
            both = Collected("both", "both")
            at = (("direction", np.array(list("xxxxyyyy"))),)
            data = (Comparison("both", both, (truth + noise).ravel(), None, np.zeros(8, int), at),)
        result = solve(Problem(Both(**vars(family)) if not known else family, data), method=method)
        held += (result["lower"].values <= PLANTED) & (result["upper"].values >= PLANTED)
    low, high = binom.ppf([5e-4, 1 - 5e-4], count, level)
    assert (held >= low).all(), held
    assert (held <= high).all(), held


@dataclass(frozen=True)
class Both(Laminate):
    """Both conductivities as one variable over directions."""

    def solve(self, shares, further=None):
        one = super().solve(shares, further)
        return xr.Dataset({"both": ("direction", [float(one["x"]), float(one["y"])])}, {"direction": ["x", "y"]})


def test_what_cannot_be_told_is_said():
    """A single series conductivity bounds each layer's from below, and the other layer makes up for any above."""
    result = solve(Problem(laminate(), (measured("x", [4.8, 4.9], 0.05),)), method=LeastSquares(starts=1))
    assert result["upper_is_open"].all()
    assert not result["lower_is_open"].any()
    for name, other in (("a", "b"), ("b", "a")):
        sentence = str(result["identifiability"].sel(parameter=name).values)
        assert re.fullmatch(rf"bounded from below only.*; {other} can make up for it", sentence), sentence
    # with one layer without resistance the other has all of it; the interval ends where that is too much
    highest = 4.85 + 0.05 / np.sqrt(2) * 1.96
    lowest = 4.85 - 0.05 / np.sqrt(2) * 1.96
    assert float(result["lower"][0]) == pytest.approx(0.25 / (1 / lowest - 0.75 / 20), rel=1e-3)
    assert highest > lowest
    assert "2 of 2 parameters have no interval within their bounds" in str(result["status"].values)


def test_a_parameter_that_moves_nothing_is_not_identified():
    data = (measured("x", [series(*PLANTED)] * 2, 0.01), measured("y", [parallel(*PLANTED)] * 2, 0.01))
    axes = [Parameter(Axis(name, (), (), 0.5, 20, "S/m", True)) for name in "abc"]

    idle = Laminate(parse("", name="none", folder=Path()), tuple(axes))
    result = solve(Problem(idle, data))
    sentence = "not identified: every value within the bounds fits as well"
    assert np.isfinite(result["standard_error"].values).tolist() == [True, True, False]
    assert result["identifiability"].values.tolist() == ["identified", "identified", sentence]
    assert result["value"].values[:2] == pytest.approx(PLANTED, rel=1e-4)


def test_data_that_say_nothing_leave_a_parameter_open_on_both_sides():
    result = solve(Problem(laminate(), (measured("x", [4.8], 100.0), measured("y", [5.0], 0.01))))
    assert bool(result["lower_is_open"].sel(parameter="a"))
    sentence = str(result["identifiability"].sel(parameter="a").values)
    assert sentence.startswith(("not identified", "bounded from above only")), sentence


def test_failed_evaluations_are_avoided_and_counted():
    data = (measured("x", [series(*PLANTED)], 0.01), measured("y", [parallel(*PLANTED)], 0.01))
    result = solve(Problem(laminate(most=12.2), data))
    assert result["value"].values == pytest.approx(PLANTED, rel=1e-4)
    assert int(result["failed_evaluations"]) > 0
    assert "No conductor has more than 12.2 S/m." in str(result["status"].values)
    with pytest.raises(SolveError, match=r"None of 11 parameter sets .* more than 0\.1"):
        solve(Problem(laminate(most=0.1), data))
    with pytest.raises(SolveError, match=r"log\(-x\), which v is compared with, is not finite"):
        solve(Problem(laminate(), (Comparison("v", Collected("v", "log(-x)"), np.ones(3), None, np.zeros(3, int)),)))


RIPPLES = np.array([1.0e5, 1.3e5, 1.7e5, 2.1e5])


@dataclass(frozen=True)
class Rough(Family):
    """A saturating quantity and one that hardly matters, with the noise that adaptive solves have."""

    noise: float = 0.0

    def solve(self, shares, further=None):
        del further
        a, b = self.numbers(shares)
        weight = np.array([1.0, 2.0, 3.0, 4.0])
        values = weight * np.tanh(3 * a) + 0.1 * b * np.array([1, -1, 1, -1])
        return xr.Dataset({"v": ("place", values + self.noise * np.sin(RIPPLES * (a + b)))})


def test_noise_of_solves_does_not_end_an_interval():
    """Close together, places of a profile differ by noise, and a line through two of them leads astray."""
    values = np.array([1.0, 2, 3, 4]) * np.tanh(0.6) + 0.3 * np.random.default_rng(6).normal(size=4)
    at = (("place", np.array(list("0123"))),)
    data = (Comparison("v", Collected("v", "v"), values, np.full(4, 0.3), np.zeros(4, int), at),)
    axes = (Axis("a", ("a",), (), 0.01, 2.0, "", True), Axis("b", ("b",), (), 0.0, 10.0))
    families = [Rough(parse("", name="", folder=Path()), tuple(map(Parameter, axes)), noise=n) for n in (0.0, 1e-4)]
    smooth, rough = (solve(Problem(family, data)) for family in families)
    for end in ("lower", "upper"):
        assert rough[end].values == pytest.approx(smooth[end].values, rel=0.01)


def test_a_second_place_that_fits_as_well_is_named():
    """The series and parallel conductivity of two layers are symmetric functions: b b' is their product."""
    data = (measured("x", [series(3, 6)], 0.01), measured("y", [parallel(3, 6)], 0.01))
    result = solve(Problem(laminate(), data), method=LeastSquares(starts=8))
    assert "Another place fits as well: a " in str(result["status"].values)
    found = {round(float(result["value"].sel(parameter="b")), 3)}
    found |= {float(re.search(r"well: a \S+ S/m, b (\S+) S/m", str(result["status"].values))[1])}
    assert found == {6.0, 4.2}


def test_a_scenario_that_does_not_describe_the_data_is_named():
    result = solve(Problem(laminate(), (measured("x", [4.0, 5.0, 6.0], 0.01),)), method=LeastSquares(profile=False))
    assert re.search(r"residuals are .* times as large", str(result["status"].values))
    assert "lower" not in result


def curves():
    charge = np.array([[0.0, 1.0, 2.0, np.nan], [0.0, 0.5, 1.0, 1.5]])
    voltage = np.array([[4.0, 3.5, 3.0, np.nan], [3.9, 3.6, 3.2, 3.0]])
    return xr.Dataset(
        {"charge": (("rate", "time"), charge), "voltage": (("rate", "time"), voltage), "one": ((), 2.0)},
        coords={"rate": [0.5, 2.0]},
    )


def test_curves_are_read_along_another_quantity():
    at = (("rate", np.array(["0.5", "0.5", "2", "2"])),)
    along = (Collected("along", "charge"), np.array([0.5, 9.0, 0.75, -1.0]))
    item = Comparison("v", Collected("v", "voltage"), np.zeros(4), None, np.zeros(4, int), at, along)
    assert item.predicted([curves()]) == pytest.approx([3.75, 3.0, 3.4, 3.9])
    rounded = curves()
    rounded["charge"][1, 1] = rounded["charge"][1, 2] + 1e-12  # no turn, but what a sum of currents leaves
    rounded["voltage"][1, 1] = 3.2
    farther = Comparison("v", item.quantity, item.measured, None, item.run, at, (along[0], along[1] + 0.5))
    assert farther.predicted([rounded]) == pytest.approx([3.5, 3.0, 3.1, 3.9])
    falling = curves()
    falling["charge"] = -falling["charge"]
    mirrored = Comparison("v", item.quantity, item.measured, None, item.run, at, (along[0], -along[1]))
    assert mirrored.predicted([falling]) == pytest.approx([3.75, 3.0, 3.4, 3.9])
    back_again = curves()
    back_again["charge"][1, 3] = 0.2  # a charge follows
    assert item.predicted([back_again]) == pytest.approx([3.75, 3.0, 3.4, 3.9])


@pytest.mark.parametrize(
    ("quantity", "at", "along", "sentence"),
    [
        ("voltage", {"rate": "0.5"}, None, "has 4 values for a line of the table"),
        ("voltage", {"rate": "3"}, None, "no rate = 3; there are 0.5, 2"),
        ("voltage", {"rte": "3"}, None, 'no dimension "rte"'),
        ("voltage", {}, "charge", "need the same single dimension"),
        ("voltage", {"rate": "2"}, "one", "need the same single dimension"),
        ("charge", {"rate": "2"}, "voltage*1", "takes single ones"),
        ("volt", {}, None, 'did you mean "voltage"'),
    ],
)
def test_what_cannot_be_compared_is_named(quantity, at, along, sentence):
    where = tuple((dim, np.array([word])) for dim, word in at.items())
    over = None if along is None else (Collected("along", along), np.zeros(1))
    item = Comparison("v", Collected("v", quantity), np.zeros(1), None, np.zeros(1, int), where, over)
    with pytest.raises(InputError, match=re.escape(sentence)):
        item.predicted([curves()])


RATES = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
BY_LAW = {
    "peukert": ({"factor": (100, 300, 180.0), "exponent": (0.01, 0.9, 0.2)}, lambda r: 180 * r**-0.2),
    "time-constant": (
        {"capacity": (100, 300, 180.0), "tau": (0.01, 1, 0.3), "n": (0.2, 3, 1.2)},
        lambda r: 180 * (1 - (0.3 * r) ** 1.2 * (1 - np.exp(-((0.3 * r) ** -1.2)))),
    ),
    "top/(1 + rate*tau)": ({"top": (100, 300, 180.0), "tau": (0.01, 1, 0.3)}, lambda r: 180 / (1 + 0.3 * r)),
}


def by_law(path, name, **tables):
    parameters, formula = BY_LAW[name]
    lines = [f"{rate},{float(formula(rate))!r}" for rate in RATES]
    (path.parent / "data.csv").write_text("rate,capacity\n" + "\n".join(lines), encoding="utf-8")
    document = {
        "kind": "calibrate",
        "law": name,
        "parameters": {name: {"from": low, "to": high} for name, (low, high, _) in parameters.items()},
        "data": {"csv": "data.csv", "set": {"rate": {"column": "rate"}}},
        "compare": {"capacity": {"column": "capacity", "unit": "mA*h/g", "quantity": "law"}},
        "method": {"profile": False},
    }
    document["parameters"][next(iter(parameters))] = {"from": "100 mA*h/g", "to": "300 mA*h/g"}
    path.write_text(tomlkit.dumps(document | tables), encoding="utf-8")
    return path


@pytest.mark.parametrize("law", BY_LAW)
def test_laws_of_rate_capability_give_their_parameters_back(tmp_path, law):
    result = es.run(es.load(by_law(tmp_path / "law.toml", law)))
    found = result["value"].values / result["shown_scale"].values
    assert found == pytest.approx([planted for _, _, planted in BY_LAW[law][0].values()], rel=1e-4)
    assert float(result["aic"]) < -100


def test_laws_of_conductivity_are_calibrated_too(tmp_path):
    porosity = np.linspace(0.2, 0.5, 5)
    lines = [f"{eps:.3f},{1.95 * eps**3.31:.12g}" for eps in porosity]
    (tmp_path / "data.csv").write_text("eps,s\n" + "\n".join(lines), encoding="utf-8")
    (tmp_path / "law.toml").write_text(
        'kind = "calibrate"\nlaw = "power"\n'
        "[parameters]\ngamma = { from = 0.1, to = 5 }\nalpha = { from = 1, to = 5 }\n"
        '[data]\ncsv = "data.csv"\nset = { porosity = { column = "eps" } }\n'
        '[compare.s]\ncolumn = "s"\nquantity = "law"\n[method]\nprofile = false\n',
        encoding="utf-8",
    )
    result = es.run(es.load(tmp_path / "law.toml"))
    assert result["value"].values == pytest.approx([1.95, 3.31], rel=1e-4)


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"law": "factor*rat**(-exponent)"}, '"rat" is not known; did you mean "rate"'),
        ({"law": "factor*rate"}, '"exponent" does not stand in'),
        ({"law": "time-constant"}, '"factor" does not stand in capacity = Q'),
        ({"parameters": {"factor": {"from": 1, "to": 2}}}, 'peukert is .* and needs "exponent", a parameter; add it'),
        ({"data": {"csv": "data.csv"}}, 'needs "rate", a column in data.set; add it'),
        ({"base": "base.toml"}, "either base or law"),
        ({"set": {"rate": 1}}, "has no keys to set"),
    ],
)
def test_each_mistake_in_a_law_is_one_sentence(tmp_path, command, tables, sentence):
    outcome = command("fit", by_law(tmp_path / "law.toml", "peukert", **tables), folder=tmp_path)
    assert outcome.status == 2, outcome
    assert re.search(sentence, outcome.sentence), outcome.sentence


def a_from(lower, upper, key="conductivity.a", **more):
    return {"parameters__a": {"key": key, "from": lower, "to": upper, **more}}


def compared(name="sigma", **keys):
    table = {"column": "sigma", "unit": "S/m", "quantity": "effective_conductivity.mean"}
    return {f"compare__{name}": table | keys}


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        (a_from("1 S/m", "2 S/m", key="conductivty.a"), 'did you mean "conductivity"'),
        (a_from("1 S", "2 S"), "another dimension"),
        (a_from("2 S/m", "1 S/m"), "fit.toml:6: from = 2.0 S/m lies above to = 1.0 S/m; exchange them"),
        (a_from("2 S/m", "2 S/m"), "a range has two ends"),
        (a_from("1 S/m", "2 S/m", start="3 S/m"), "start = 3 S/m is not between 1.0 S/m and 2.0 S/m"),
        (a_from("1 S/m", "2 S/m", start="3 um"), "not of one dimension"),
        ({"parameters__a": {"key": "conductivity.a", "from": "1 S/m"}}, "parameters.a.to is missing"),
        (compared(column="sigm"), 'did you mean "sigma"'),
        (compared(unit=""), "pure number.*S m-1"),
        (compared(quantity="effective_conductvity.mean"), 'did you mean "effective_conductivity"'),
        (compared(unit="Smm"), '"Smm" is not a unit'),
        (compared(quantity="effective_conductivity"), "has 2 values for a line"),
        (compared(standard_deviation="5 um"), "not of the dimension of the column"),
        (compared("more"), "more has no standard_deviation"),
        (a_from("1 S/m", "2 S/m", key="conductivity.b"), "conductivity.b is set by parameters.b already"),
        ({"set": {"conductivity.a": "3 S/m"}}, "conductivity.a is set by parameters.a already; leave one of them out"),
        (compared(standard_deviation="0 S/m"), "it must be positive for every point"),
        ({"parameters": {}}, "parameters = a table: must have at least 1 entry"),
        ({"set": {"image.shape": {"formula": "a"}}}, "image.shape"),
        ({"set": {"image.shap": [4, 4]}}, 'did you mean "shape"'),
        ({"data__set": {"conductivity.c": {"column": "sigma"}}}, "conductivity"),
        ({"base": "nowhere.toml"}, "nowhere.toml: there is no such file"),
    ],
)
def test_each_mistake_is_one_sentence(fit, command, tables, sentence):
    outcome = command("fit", changed(fit, **tables), folder=fit.parent)
    assert outcome.status == 2, outcome
    assert re.search(sentence, outcome.sentence), outcome.sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("direction,sigma\nx,4.8\ny,much\n", r'data.csv:3: column sigma holds "much", which is not a number'),
        ("direction,sigma\nx,4.8\ny,1e300\n", r"data.csv:3: column sigma holds 1e300, which is beyond 1e\+30"),
        ("direction,sigma\nx,4.8\ny,nan\n", "data.csv:3: column sigma holds nan, which is not finite"),
        ("direction;sigma\nx;4,8\n", '"4,8", which is not a number; write decimals with a point'),
        ("direction,sigma,sigma\nx,4.8,5\n", 'there are 2 columns "sigma"; keep one'),
        ("direction,sigma\nx,4.8\n", "2 parameters need at least 2 points .*; the table gives 1"),
        ("direction,sigma\nz,4.8\ny,3\n", "no direction = z; there are x, y"),
        ("direction\nx\n", 'no column "sigma"'),
        ("", "holds no table"),
    ],
)
def test_each_mistake_in_the_table_is_one_sentence(fit, command, text, sentence):
    (fit.parent / "data.csv").write_text(text, encoding="utf-8")
    outcome = command("fit", fit, folder=fit.parent)
    assert outcome.status == 2, outcome
    assert re.search(sentence, outcome.sentence), outcome.sentence


def test_the_synthetic_rate_test_is_what_it_says():
    """The table that comes along is the scenario's capacity with the scatter that its head line names."""
    from electrosim.base.columns import read_columns

    found = read_columns(shipped("scenarios") / "calibrate-rate-test.csv", ("cell", "rate", "capacity"))
    capacity = es.run("rate-test")["specific_capacity"].values / 3600
    noise = 1.5 * np.random.default_rng(1).standard_normal((3, 4))
    assert found["capacity"] == pytest.approx((capacity + noise).ravel(), abs=0.06)
