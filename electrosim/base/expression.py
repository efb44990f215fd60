"""Formulas in text, such as ``"4.2 - 0.8*x + 0.1*tanh(20*(x - 0.5))"``, over numpy arrays; no code is run."""

from __future__ import annotations

import ast
import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from electrosim.base.errors import InputError, nearest, shortened

FUNCTIONS: Mapping[str, np.ufunc] = {
    "abs": np.absolute,
    "atan": np.arctan,
    "cos": np.cos,
    "cosh": np.cosh,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "max": np.maximum,
    "min": np.minimum,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "tan": np.tan,
    "tanh": np.tanh,
}
"""What a formula may call; min and max take two arguments, the others one."""

CONSTANTS = {"pi": math.pi}

_OPERATORS: Mapping[type[ast.AST], np.ufunc] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
    ast.USub: np.negative,
    ast.UAdd: np.positive,
}
_LONGEST = 4000  # characters: the longest published open-circuit fit has a quarter of that
_DEEPEST = 100  # operations in each other; a sum of n terms is n deep
_LARGEST = 1e100  # of a number's magnitude, and its inverse of the smallest


@dataclass(frozen=True)
class Expression:
    """A formula that can be called with arrays.

    What has no finite value (a logarithm of zero, a division by it, an overflow) becomes inf or NaN without a warning.

    Parameters
    ----------
    text : str
        Numbers, the variables, ``pi``, ``+ - * / **``, parentheses and the functions in `FUNCTIONS`; at most 4000
        characters, 100 operations deep, with numbers up to 1e100.
    variables : tuple of str
        Names of the variables, in the order of the arguments.

    Raises
    ------
    InputError
        If the text is anything else; the sentence says at which character and what is allowed.

    Examples
    --------
    >>> Expression("2*x**2 - exp(0)")([0, 1, 2]).tolist()
    [-1.0, 1.0, 7.0]
    """

    text: str
    variables: tuple[str, ...] = ("x",)
    _tree: ast.expr = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parse and check."""
        object.__setattr__(self, "text", " ".join(self.text.split()))
        object.__setattr__(self, "_tree", self._parse())
        self._check(self._tree, 0)

    def __call__(self, *values: ArrayLike) -> NDArray[np.float64]:
        """Return the formula's value where the variables have `values`, which are broadcast together."""
        names = dict(zip(self.variables, [np.asarray(value, np.float64) for value in values], strict=True))
        with np.errstate(all="ignore"):
            return np.asarray(_evaluate(self._tree, {**CONSTANTS, **names}), np.float64)

    def uses(self, variable: str) -> bool:
        """Tell whether a variable stands in the formula."""
        return any(isinstance(node, ast.Name) and node.id == variable for node in ast.walk(self._tree))

    def _parse(self) -> ast.expr:
        if not self.text:
            raise InputError("the formula is empty")
        if len(self.text) > _LONGEST:
            raise InputError(f"the formula has {len(self.text)} characters; at most {_LONGEST} are read")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # "1or 2" is read with a warning only
                return ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise self._refuse(
                (error.offset or 1) - 1, "this is not a formula (is a sign or a bracket missing?)"
            ) from None
        except (ValueError, RecursionError, MemoryError):
            raise self._refuse(0, "this cannot be read as a formula") from None

    def _check(self, node: ast.AST, depth: int) -> None:
        """Refuse whatever is not arithmetic on numbers, variables and known functions."""
        place = getattr(node, "col_offset", 0)
        if depth > _DEEPEST:
            raise self._refuse(place, f"operations are nested deeper than {_DEEPEST}")
        match node:
            case ast.Constant(value=value):
                self._check_number(place, value)
            case ast.Name(id=name):
                if name in FUNCTIONS and name not in self.variables:
                    raise self._refuse(place, f'"{name}" is a function; write {name}(...)')
                if name not in self.variables and name not in CONSTANTS:
                    known = (*self.variables, *CONSTANTS, *FUNCTIONS)
                    raise self._refuse(place, f'"{shortened(name)}" is not known; {nearest(name, known)}')
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in _OPERATORS:
                self._check(left, depth + 1)
                self._check(right, depth + 1)
            case ast.BinOp(op=ast.BitXor()):
                raise self._refuse(place, "write ** for powers, not ^")
            case ast.UnaryOp(op=operator, operand=operand) if type(operator) in _OPERATORS:
                self._check(operand, depth + 1)
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                self._check_call(place, name, arguments, depth)
            case _:
                raise self._refuse(
                    place,
                    f"only numbers, {', '.join(self.variables)}, + - * / ** and functions such as exp are allowed",
                )

    def _check_number(self, place: int, value: Any) -> None:
        if type(value) not in (int, float):
            raise self._refuse(place, "only plain numbers are allowed")
        if value != 0 and not 1 / _LARGEST <= abs(value) <= _LARGEST:
            raise self._refuse(place, f"numbers lie between {1 / _LARGEST:g} and {_LARGEST:g}")

    def _check_call(self, place: int, name: str, arguments: list[ast.expr], depth: int) -> None:
        if name not in FUNCTIONS:
            raise self._refuse(place, f'there is no function "{shortened(name)}"; {nearest(name, FUNCTIONS)}')
        if len(arguments) != FUNCTIONS[name].nin:
            raise self._refuse(place, f"{name} takes {FUNCTIONS[name].nin} argument(s), not {len(arguments)}")
        for argument in arguments:
            self._check(argument, depth + 1)

    def _refuse(self, place: int, reason: str) -> InputError:
        shown = self.text[max(0, place - 10) : place + 30]
        return InputError(f'formula, character {place + 1} (at "{shown}"): {reason}')


def _evaluate(node: ast.AST, names: Mapping[str, Any]) -> Any:
    """Return the value of a checked tree."""
    match node:
        case ast.Constant(value=value):
            return np.float64(value)  # type: ignore[arg-type]  # checked to be a number
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=operator, right=right):
            return _OPERATORS[type(operator)](_evaluate(left, names), _evaluate(right, names))
        case ast.UnaryOp(op=operator, operand=operand):
            return _OPERATORS[type(operator)](_evaluate(operand, names))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*(_evaluate(argument, names) for argument in arguments))
    raise AssertionError(node)  # pragma: no cover  `_check` lets nothing else through
