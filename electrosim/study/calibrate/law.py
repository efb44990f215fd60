"""Laws in place of a scenario: named ones, or formulas, of parameters and of what a table's columns set."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest
from electrosim.base.expression import Expression
from electrosim.base.toml import Document
from electrosim.correlations import LAWS
from electrosim.study.inverse.family import Family
from electrosim.study.inverse.parameter import Parameter
from electrosim.study.sweep.axes import value_of

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

VALUE = "law"
"""What the value of a law is called where a result's variables are."""


@dataclass(frozen=True)
class Formula:
    """A function of named numbers.

    Parameters
    ----------
    variables : tuple of str
        Their names, in the order in which `value` takes them.
    value : callable
        The function.
    """

    variables: tuple[str, ...]
    value: Callable[..., Any]


@dataclass(frozen=True)
class LawFamily(Family):
    """A law over its parameters, solved at what the columns of a line set.

    Parameters
    ----------
    formula : Formula
        Of the names of all parameters and columns, in SI units.
    """

    formula: Formula = field(default_factory=lambda: Formula(("x",), lambda x: x))

    def solve(self, shares: Sequence[float] | Array, further: Mapping[str, Any] | None = None) -> xr.Dataset:
        """Return the law's value as the variable `law`, whose unit nobody knows."""
        import xarray as xr

        known = dict(zip(self.names, self.numbers(shares), strict=True))
        known |= {name: value_of(written, 1).number for name, written in (further or {}).items()}
        with np.errstate(all="ignore"):
            value = self.formula.value(*(known[name] for name in self.formula.variables))
        return xr.Dataset({VALUE: float(value)})


def law_family(text: str, parameters: tuple[Parameter, ...], columns: Sequence[str]) -> LawFamily:
    """Return the family of a law, given by its name or its formula.

    Raises
    ------
    InputError
        If the formula cannot be read, a parameter is not in it, or a named law has one that is not given.
    """
    names = (*(item.name for item in parameters), *columns)
    formula = _named(text, names) if text in LAWS else _written(text, names)
    return LawFamily(Document("law", Path(), {}), parameters, formula=formula)


def _named(name: str, given: Sequence[str]) -> Formula:
    """Return a law of `electrosim.correlations` as a function of its abscissa and parameters."""
    law = LAWS[name]
    variables = (law.relation.abscissa, *(item.name for item in law.parameters))
    for one in given:
        if one not in variables:
            raise InputError(f'"{one}" does not stand in {law.equation}; {nearest(one, variables)}')
    for one in variables:
        if one not in given:
            where = "a column in data.set" if one == law.relation.abscissa else "a parameter"
            raise InputError(f'{name} is {law.equation} and needs "{one}", {where}; add it')
    return Formula(variables, law.ordinate)


def _written(text: str, given: tuple[str, ...]) -> Formula:
    """Return a formula that a scenario holds."""
    expression = Expression(text, given)
    for one in given:
        if not expression.uses(one):
            known = [known for known in given if expression.uses(known)]
            raise InputError(f'"{one}" does not stand in {expression.text}; {nearest(one, known)}')
    return Formula(given, expression)
