"""Properties as cubic pieces that compiled loops can look up, made once for each property."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY, GAS_CONSTANT
from electrosim.discharge.layout import TABLE_CELLS
from electrosim.materials.electrochemical import Electrolyte
from electrosim.materials.property import Property

Floats = NDArray[np.float64]

_RANGE = 6.0
"""Times the concentration at rest: where tables of the electrolyte end."""
_LEAST = 1e-3
"""Times the value at rest: no conductivity or diffusivity of the electrolyte falls below it beyond its valid range."""


@lru_cache(maxsize=512)
def of_stoichiometry(curve: Property) -> Floats:
    """Return the pieces of a property between stoichiometries 0 and 1, shape (TABLE_CELLS, 4)."""
    ends = 1e-9  # a logarithm has no value at 0 and 1
    return pieces(lambda at: curve(np.clip(at, ends, 1 - ends)), 1.0)


def spacing(electrolyte: Electrolyte) -> float:
    """Return the cells of the electrolyte's tables per square root of concentration [(m3 mol-1)^0.5]."""
    return TABLE_CELLS / math.sqrt(_RANGE * electrolyte.concentration)


@lru_cache(maxsize=128)
def logarithm(electrolyte: Electrolyte, temperature: float) -> float:
    """Return 2 (1 - t+) TDF RT/F at vanishing concentration, the factor of ln c in the potential of the salt [V]."""
    return float(_salt_factor(electrolyte, temperature)(np.array([0.0]))[0])


@lru_cache(maxsize=128)
def of_concentration(electrolyte: Electrolyte, temperature: float) -> Floats:
    """Return the pieces of all properties of an electrolyte over the root of the concentration.

    Returns
    -------
    ndarray, shape (TABLE_CELLS, 16)
        Conductivity, diffusivity, (1 - t+) / F, and the integral of 2 (1 - t+) TDF RT/F d ln c without its logarithm,
        from the concentration at rest.
    """
    rest = electrolyte.concentration
    top = float(np.sqrt(_RANGE * rest))
    factor = _salt_factor(electrolyte, temperature)
    at_zero = logarithm(electrolyte, temperature)

    def floored(curve: Property, power: float) -> Callable[[Floats], Floats]:
        least = _LEAST * float(curve(rest))
        return lambda root: np.maximum(curve(root**2), least * np.minimum(root**2 / rest, 1) ** power)

    def integrand(root: Floats) -> Floats:
        root = np.maximum(root, 1e-4 * top)
        return 2 * (factor(root**2) - at_zero) / root

    return np.hstack(
        [
            pieces(floored(electrolyte.conductivity, 1), top),
            pieces(floored(electrolyte.diffusivity, 0), top),
            pieces(lambda root: (1 - electrolyte.transference_number(root**2)) / FARADAY, top),
            _integral(integrand, top),
        ]
    )


def _salt_factor(electrolyte: Electrolyte, temperature: float) -> Callable[[Floats], Floats]:
    thermal = GAS_CONSTANT * temperature / FARADAY
    return lambda c: 2 * thermal * (1 - electrolyte.transference_number(c)) * electrolyte.thermodynamic_factor(c)


def pieces(function: Callable[[Floats], Floats], top: float) -> Floats:
    """Return cubic Hermite pieces of a function between 0 and `top`, in the share of each piece."""
    at = np.linspace(0, top, TABLE_CELLS + 1)
    step = 1e-3 * at[1]
    below, above = np.maximum(at - step, 0), np.minimum(at + step, top)
    slopes = (function(above) - function(below)) / (above - below) * at[1]
    return _hermite(np.asarray(function(at), np.float64), slopes)


def _integral(function: Callable[[Floats], Floats], top: float) -> Floats:
    """Return cubic pieces of the integral of a function from 0."""
    at = np.linspace(0, top, TABLE_CELLS + 1)
    ends, middles = function(at), function(0.5 * (at[1:] + at[:-1]))
    parts = at[1] * (ends[:-1] + 4 * middles + ends[1:]) / 6
    return _hermite(np.concatenate([[0], np.cumsum(parts)]), ends * at[1])


def _hermite(values: Floats, slopes: Floats) -> Floats:
    rise = np.diff(values)
    first, last = slopes[:-1], slopes[1:]
    return np.stack([values[:-1], first, 3 * rise - 2 * first - last, first + last - 2 * rise], axis=1)
