"""Formulas in text: what they give, and that nothing but arithmetic gets through."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from electrosim.base.errors import InputError
from electrosim.base.expression import FUNCTIONS, Expression


def test_value_is_that_of_the_same_numpy_formula() -> None:
    x = np.linspace(0.01, 0.99, 7)
    found = Expression("1.97938*exp(-39.3631*x) + 0.2482 - tanh(29.85*(x-0.12))/-2**2 + max(x, .5) - pi")(x)
    expected = 1.97938 * np.exp(-39.3631 * x) + 0.2482 + np.tanh(29.85 * (x - 0.12)) / 4 + np.maximum(x, 0.5) - np.pi
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_variables_are_broadcast_in_their_order() -> None:
    found = Expression("rate/capacity", ("capacity", "rate"))([[1.0], [2.0]], [4.0, 6.0])
    assert found.tolist() == [[4.0, 6.0], [2.0, 3.0]]


def test_what_has_no_value_is_not_a_number_and_no_warning() -> None:
    assert np.isnan(Expression("log(x)")(-1.0))
    assert np.isinf(Expression("9**9**9")(0.0))


def test_formula_goes_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Expression("x**2")))(3.0) == 9.0  # noqa: S301  our own bytes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("x^2", "write **"),
        ("2*y", '"y" is not known'),
        ("1 + epx(x)", 'did you mean "exp"'),
        ("exp(x, x)", "takes 1 argument"),
        ("min(x)", "takes 2 argument"),
        ("exp(x=1)", "allowed"),
        ("exp", '"exp" is a function'),
        ("x.real", "allowed"),
        ("x[0]", "allowed"),
        ("x if x else x", "allowed"),
        ("x < 1", "allowed"),
        ("x and x", "allowed"),
        ("[x]", "allowed"),
        ("lambda: x", "allowed"),
        ("(y := x)", "allowed"),
        ("x // 2", "allowed"),
        ("f'{x}'", "allowed"),
        ("'a'", "plain numbers"),
        ("True", "plain numbers"),
        ("2j", "plain numbers"),
        ("1e200*x", "numbers lie between"),
        ("1e999", "numbers lie between"),
        ("9" * 3999, "numbers lie between|cannot be read|not a formula"),
        ("exp(*x)", "allowed"),
        ("__import__('os')", "no function"),
        ("exp.__class__(x)", "allowed"),
        ("1 +", "not a formula"),
        ("1or 2", "not a formula"),
        ("x; x", "not a formula"),
        ("x\x00", "formula"),
        ("-" * 3000 + "x", "formula"),
        ("(" * 1500 + "x" + ")" * 1500, "formula"),
        ("+".join("x" * 200), "nested deeper"),
        ("x" + "+1" * 2000, "characters"),
    ],
)
def test_anything_but_arithmetic_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason.replace("**", r"\*\*")):
        Expression(text)


def test_message_names_the_place() -> None:
    with pytest.raises(InputError, match=r'character 5 \(at "1 \+ foo'):
        Expression("1 + foo(x)")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function_is_that_of_numpy(name: str) -> None:
    arguments = ("x", "2*x")[: FUNCTIONS[name].nin]
    assert Expression(f"{name}({', '.join(arguments)})")(0.3) == FUNCTIONS[name](*(0.3, 0.6)[: FUNCTIONS[name].nin])
