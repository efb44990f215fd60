"""Laws in place of a scenario: formulas of parameters and of what a table's columns set, such as capacity over rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest
from electrosim.base.expression import Expression
from electrosim.base.toml import Document
from electrosim.study.inverse.family import Family
from electrosim.study.inverse.parameter import Parameter
from electrosim.study.sweep.axes import value_of

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

VALUE = "law"
"""What the value of a law is called where a result's variables are."""


@dataclass(frozen=True)
class Named:
    """A law with a name: its formula, and where it comes from."""

    formula: str
    source: str


LAWS = {
    "peukert": Named(
        "factor*rate**(-exponent)",
        "S. Yari et al., ACS Appl. Energy Mater. 3 (2020) 11820, doi 10.1021/acsaem.0c01966, eq. 6 (Peukert's law)",
    ),
    "time-constant": Named(
        "capacity*(1 - (rate*tau)**n*(1 - exp(-(rate*tau)**(-n))))",
        "R. Tian et al., Nat. Commun. 10 (2019) 1933, doi 10.1038/s41467-019-09792-9, eq. 2",
    ),
}
"""Laws of rate capability. In the second, `rate` is the current over the capacity that was measured at it."""


@dataclass(frozen=True)
class LawFamily(Family):
    """A law over its parameters, solved at what the columns of a line set.

    Parameters
    ----------
    formula : Expression
        Of the names of all parameters and columns, in SI units.
    """

    formula: Expression = field(default_factory=lambda: Expression("x"))

    def solve(self, shares: Sequence[float] | Array, further: Mapping[str, Any] | None = None) -> xr.Dataset:
        """Return the law's value as the variable `law`, whose unit nobody knows."""
        import xarray as xr

        known = dict(zip(self.names, self.numbers(shares), strict=True))
        known |= {name: value_of(written, 1).number for name, written in (further or {}).items()}
        return xr.Dataset({VALUE: float(self.formula(*(known[name] for name in self.formula.variables)))})


def law_family(text: str, parameters: tuple[Parameter, ...], columns: Sequence[str]) -> LawFamily:
    """Return the family of a law, given by its name or its formula.

    Raises
    ------
    InputError
        If the formula cannot be read, or a parameter is not in it.
    """
    names = (*(item.name for item in parameters), *columns)
    formula = Expression(LAWS[text].formula if text in LAWS else text, names)
    for name in names:
        if not formula.uses(name):
            known = [known for known in names if formula.uses(known)]
            raise InputError(f'"{name}" does not stand in {formula.text}; {nearest(name, known)}')
    return LawFamily(Document("law", Path(), {}), parameters, formula=formula)
