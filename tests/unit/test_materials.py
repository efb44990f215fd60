"""Elements, formulas, named materials and mixtures."""

import math
from itertools import pairwise

import pytest

from electrosim.base.errors import InputError
from electrosim.materials import Compound, compound, material, mixture, named_materials, parse_formula
from electrosim.materials.elements import elements


def test_the_binder_of_the_paper():
    binder = material("silver-stained-binder")
    assert parse_formula("Ag802C7617O6615H10824") == {"Ag": 802, "C": 7617, "O": 6615, "H": 10824}
    assert binder.composition["Ag"] == pytest.approx(0.2935, abs=5e-5)  # backscatter.md, section 3
    assert sum(binder.number_densities().values()) == pytest.approx(103.55e27, rel=1e-4)


def test_groups_and_decimals():
    assert parse_formula("Al2(SO4)3") == {"Al": 2, "S": 3, "O": 12}
    assert parse_formula("LiNi0.6Mn.2Co0.2O2") == pytest.approx({"Li": 1, "Ni": 0.6, "Mn": 0.2, "Co": 0.2, "O": 2})
    assert parse_formula("Ca((CH3)2C)2")["H"] == 12


@pytest.mark.parametrize(
    ("formula", "place", "reason"),
    [
        ("Ag802C7617Ox6615", 11, '"Ox" is no element; did you mean "O"?'),
        ("h2o", 1, "an element's symbol or a bracket must stand there"),
        ("H2 O", 3, "an element's symbol or a bracket must stand there"),
        ("H2.1.2O", 2, '"2.1.2" is not a number'),
        ("H0O", 2, "a count must be above 0"),
        ("C(OH", 2, "this bracket is never closed"),
        ("COH)2", 4, "this bracket was never opened"),
        ("C()2", 3, "the brackets are empty"),
        ("C" + "(" * 9 + "H" + ")" * 9, 10, "brackets may be nested 8 deep"),
    ],
)
def test_where_a_formula_does_not_parse(formula, place, reason):
    with pytest.raises(InputError, match=f"cannot be read at character {place}: ") as caught:
        parse_formula(formula)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: parse_formula(""), "the formula is empty"),
        (lambda: parse_formula("C" * 300), "has 300 characters and may have 200"),
        (lambda: compound("C", 0.0), "the density of C is 0 kg/m3; it must be above zero"),
        (lambda: compound("C", math.nan), "must be above zero"),
        (lambda: material("grafite"), 'did you mean "graphite"'),
        (lambda: material("astatine"), "the density of astatine is not known; give formula and density"),
        (lambda: Compound("x", {"C": 0.5}, 1.0), "sum to 0.5 and not to 1"),
        (lambda: Compound("x", {"Xx": 1.0}, 1.0), '"Xx" is no element'),
        (lambda: mixture("x", [(material("C"), 0.5), (material("Ag"), 0.6)]), "not to 1.1 (carbon 0.5, silver 0.6)"),
    ],
    ids=["empty", "long", "no density", "nan", "near", "not known", "sum", "symbol", "parts"],
)
def test_what_is_no_material(wrong, sentence):
    with pytest.raises(InputError) as caught:
        wrong()
    assert sentence in str(caught.value)


def test_a_mixture_keeps_mass_and_volume():
    parts = [(material("pvdf"), 0.1), (material("graphite"), 0.9)]
    mixed = mixture("electrode", parts)
    assert 1 / mixed.density == pytest.approx(0.1 / 1780 + 0.9 / 2260)
    for symbol in ("C", "H", "F"):
        assert mixed.composition[symbol] == pytest.approx(
            sum(share * part.composition.get(symbol, 0) for part, share in parts)
        )
    assert mixture("dense", parts, density=2e3).density == 2e3


def test_every_listed_number_is_sensible():
    assert [item.atomic_number for item in elements().values()] == list(range(1, 104))
    masses = [item.atomic_mass for item in elements().values()]
    assert sum(b < a for a, b in pairwise(masses)) <= 8  # Ar-K, Co-Ni, Te-I and the like
    for item in (*named_materials().values(), *(material(symbol) for symbol in ("Li", "Os", "U"))):
        assert 500 < item.density < 23000
        assert item.source
