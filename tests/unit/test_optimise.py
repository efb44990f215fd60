"""Inverse design: optima that follow by calculus, constraints, settings, failures, mistakes."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tomlkit
import xarray as xr

import electrosim as es
from electrosim.base.errors import InputError, SolveError
from electrosim.base.toml import parse
from electrosim.study.inverse.family import Family
from electrosim.study.inverse.parameter import Parameter
from electrosim.study.inverse.starts import apart
from electrosim.study.optimise import Constraint, Problem, Search, solve
from electrosim.study.sweep.axes import Axis
from electrosim.study.sweep.collect import Collected

DESIGN = """\
kind = "optimise"
base = "laminate.toml"
[parameters]
sigma_b = { key = "conductivity.b", from = "0.5 S/m", to = "20 S/m", start = "10 S/m" }
[each]
sigma_a = { key = "conductivity.a", values = ["1 S/m", "2 S/m"] }
[objective]
most = "effective_conductivity[direction=x] - 0.25*effective_conductivity[direction=y]"
[method]
draws = 3
starts = 1
curve_points = 5
"""


@dataclass(frozen=True)
class Formulas(Family):
    """A landscape with two tops, and two quantities that limit it."""

    def solve(self, shares, further=None):
        x, y = self.numbers(shares)
        x += (further or {}).get("shift", 0.0)
        if x > 0.97:
            raise SolveError("There is nothing beyond 0.97.")
        low, high = (np.exp(-(((x - at) / 0.12) ** 2)) for at in (0.2, 0.8))
        return xr.Dataset({"height": 0.8 * low + high - y**2, "sum": x + y, "many": ("place", [1.0, 2.0])})


def formulas():
    axes = (Axis("p", (), (), 0.0, 1.0), Axis("q", (), (), -1.0, 1.0))
    return Formulas(parse("", name="none", folder=Path()), tuple(Parameter(axis) for axis in axes))


def highest(*constraints, text="height", **options):
    return Problem(formulas(), Collected("objective", text), True, constraints, **options)


@pytest.fixture
def design(laminate):
    return changed(laminate.with_name("design.toml"))


def changed(path, **tables):
    path.write_text(tomlkit.dumps(tomlkit.parse(DESIGN).unwrap() | tables), encoding="utf-8")
    return path


def test_the_best_layer_follows_by_calculus(design, command):
    """d/db of 1/(fa/a + fb/b) - c (fa a + fb b) vanishes at b = a (1/root of c - fb)/fa."""
    outcome = command("fit", design, folder=design.parent)
    assert outcome.status == 0, outcome.err
    result = es.open(design.parent / "results" / "design")
    assert result["value"].dims == ("sigma_a", "parameter")
    a = np.array([1.0, 2.0])
    b = a * (1 / np.sqrt(0.25) - 0.75) / 0.25
    assert result["value"].values[:, 0] == pytest.approx(b, abs=1e-3 * 19.5)
    best = 1 / (0.25 / a + 0.75 / b) - 0.25 * (0.25 * a + 0.75 * b)
    assert result["objective"].values == pytest.approx(best, rel=1e-5)
    start = 1 / (0.25 / a + 0.075) - 0.25 * (0.25 * a + 7.5)
    assert result["gain"].values == pytest.approx(best / start - 1, rel=1e-4)
    assert {"sensitivity.png", "best.png"} <= {
        file.name for file in (design.parent / "results" / "design" / "figures").iterdir()
    }
    assert "lies inside all limits" in outcome.out


@pytest.mark.parametrize("optimiser", ["cobyqa", "differential-evolution"])
def test_the_higher_of_two_tops_is_found(optimiser):
    result = solve(highest(), method=Search(optimiser=optimiser, most_evaluations=400))
    assert result["value"].values == pytest.approx([0.8, 0.0], abs=0.01)
    assert int(result["failed_evaluations"]) > 0
    # the objective along q is 1 - q^2 there: within one per cent up to 0.1
    near = [float(result[end].sel(parameter="q")) for end in ("near_lower", "near_upper")]
    assert near == pytest.approx([-0.1, 0.1], abs=0.1)
    assert near[0] < 0 < near[1]


@pytest.mark.parametrize("optimiser", ["cobyqa", "differential-evolution"])
def test_a_constraint_holds_the_optimum_and_is_named(optimiser):
    """Along p + q = 0.7 the slopes of both terms are equal: -d/dp of the top = 2 q."""
    constraint = Constraint("total", Collected("total", "sum"), most=0.7)
    method = Search(optimiser=optimiser, most_evaluations=1500)
    result = solve(highest(constraint), method=method)
    p = np.linspace(0.6, 0.9, 300_001)
    best = np.max(0.8 * np.exp(-(((p - 0.2) / 0.12) ** 2)) + np.exp(-(((p - 0.8) / 0.12) ** 2)) - (0.7 - p) ** 2)
    assert float(result["objective"]) == pytest.approx(best, rel=2e-4)
    assert float(result["constraint_value"][0]) <= 0.7 + 1e-6
    assert bool(result["binds"][0])
    assert str(result["limits"].values) == "total binds"


def test_searches_begin_apart():
    places = [np.array(place) for place in ([0.5, 0.5], [0.55, 0.45], [0.5, 0.9], [0.1, 0.5], [0.9, 0.9])]
    assert [place.tolist() for place in apart(places, 3)] == [[0.5, 0.5], [0.5, 0.9], [0.1, 0.5]]


def test_formulas_may_use_the_parameters():
    constraint = Constraint("place", Collected("place", "p*1"), most=0.5)
    result = solve(highest(constraint, text="height + 0*q"))
    assert result["value"].values == pytest.approx([0.2, 0.0], abs=0.01)


def test_a_parameter_with_the_name_of_a_variable_is_refused():
    axes = (Axis("p", (), (), 0.0, 1.0), Axis("sum", (), (), -1.0, 1.0))
    family = Formulas(parse("", name="none", folder=Path()), tuple(Parameter(axis) for axis in axes))
    problem = Problem(family, Collected("objective", "height"), True)
    with pytest.raises(InputError, match='the result has a variable "sum" itself'):
        solve(problem)


def test_limits_that_nothing_keeps_are_a_status_of_their_own():
    problem = highest(Constraint("total", Collected("total", "sum"), least=5.0))
    result = solve(problem, throw=False)
    assert not bool(result["solved"])
    assert re.search(r"keeps the constraint total: the nearest misses it by 6\d\.", str(result["status"].values))
    with pytest.raises(SolveError, match="total"):
        solve(problem)


def test_an_objective_that_is_no_number_anywhere_is_said():
    problem = Problem(formulas(), Collected("objective", "log(-1 - height*height)"), True)
    with pytest.raises(SolveError, match=r"None of .* can be solved for: The objective or a constraint is"):
        solve(problem)


def test_what_is_least_may_be_at_a_bound():
    result = solve(Problem(formulas(), Collected("objective", "sum"), False))
    assert result["value"].values == pytest.approx([0.0, -1.0], abs=1e-3)
    assert str(result["limits"].values) == "p is at its bound, q is at its bound"
    assert result["is_at_bound"].all()


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ({"objective": {"most": "conductivity"}}, "the result has no variable .conductivity.; did you mean"),
        ({"objective": {"most": "effective_conductivity"}}, "has 2 values over direction; choose one"),
        ({"objective": {"most": "effective_conductivity.mean", "unit": "um"}}, "S m-1"),
        ({"objective": {"most": "effective_conductivity.mean", "least": "tortuosity.mean"}}, "either most or least"),
        ({"objective": {"most": "2 +"}}, "names no variable"),
        ({"constraints": {"c": {"quantity": "sigma_b*1"}}}, "least or most"),
        ({"constraints": {"c": {"quantity": "sigma_b*1", "least": 3, "most": 1}}}, "exchange them"),
        ({"constraints": {"c": {"quantity": "sigma_b*1", "least": "much"}}}, "neither a number nor a quantity"),
        ({"constraints": {"c": {"quantity": "sigma*1", "least": 1}}}, 'no variable "sigma"; did you mean "sigma_b"'),
        ({"each": {"s": {"key": "conductivity.c", "values": ["1 S"]}}}, "of the base scenario"),
        ({"each": {"s": {"values": [1]}}}, "needs a key"),
        ({"each": {"sigma_b": {"key": "conductivity.a", "values": ["1 S/m"]}}}, "a parameter has this name"),
        ({"each": {"s": {"key": "conductivity.b", "values": ["1 S/m"]}}}, "conductivity.b is set by .* already"),
        ({"parameters": {}}, "parameters"),
        ({"method": {"optimiser": "simplex"}}, "cobyqa"),
    ],
)
def test_each_mistake_is_one_sentence(design, command, tables, sentence):
    outcome = command("fit", changed(design, **tables), folder=design.parent)
    assert outcome.status == 2, outcome
    assert re.search(sentence, outcome.sentence), outcome.sentence
