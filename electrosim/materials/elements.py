"""The elements, from ``elements.csv``."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources

from scipy.constants import electron_volt, physical_constants

from electrosim.base.errors import InputError, nearest, shortened

_ATOMIC_MASS_UNIT = physical_constants["atomic mass constant"][0]


@dataclass(frozen=True)
class Element:
    """An element.

    Parameters
    ----------
    symbol : str
        Symbol, such as Ag.
    name : str
        English name.
    atomic_number : int
        Z, 1 to 103.
    atomic_mass : float
        Mean mass of an atom [kg].
    density : float or None
        Of the solid or liquid [kg m-3]; None where it is not known.
    mean_ionisation : float or None
        Mean ionisation potential J after Berger and Seltzer (1983) [J]; None beyond Z = 100.
    """

    symbol: str
    name: str
    atomic_number: int
    atomic_mass: float
    density: float | None
    mean_ionisation: float | None


@functools.cache
def elements() -> dict[str, Element]:
    """Return all elements by symbol, in order of atomic number."""
    with resources.files("electrosim.materials").joinpath("elements.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {
            row["symbol"]: Element(
                row["symbol"],
                row["name"],
                int(row["z"]),
                float(row["atomic_mass_u"]) * _ATOMIC_MASS_UNIT,
                float(row["density_g_cm3"]) * 1e3 if row["density_g_cm3"] else None,
                float(row["mean_ionisation_eV"]) * electron_volt if row["mean_ionisation_eV"] else None,
            )
            for row in rows
        }


def element(symbol: str) -> Element:
    """Return an element by its symbol.

    Raises
    ------
    InputError
        If there is no such element among Z = 1 to 103.

    Examples
    --------
    >>> element("Ag").atomic_number
    47
    """
    if symbol not in elements():
        raise InputError(f'"{shortened(symbol)}" is no element of Z = 1 to 103; {nearest(symbol, elements())}')
    return elements()[symbol]
