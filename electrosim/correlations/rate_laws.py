"""The laws of capacity, or energy, against the rate of a discharge, each a function of its parameters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.correlations.law import Law, Parameter
from electrosim.correlations.relation import CAPACITY

Array = NDArray[np.float64]


def _peukert(rate: Any, factor: float, exponent: float) -> Any:
    return factor * rate**-exponent


def _time_constant(rate: Any, capacity: float, tau: float, n: float) -> Any:
    """Return Q (1 - z (1 - exp(-1/z))), z = (rate tau)^n; of z = 0, at no rate, and of a z without end too."""
    with np.errstate(divide="ignore"):
        inverse = (rate * tau) ** -n
    return capacity * _share_left(np.asarray(inverse, float))


def _share_left(inverse: Array) -> Array:
    """Return 1 - (1 - exp(-y))/y of y = 1/z, by its series where the difference would cancel."""
    safe = np.where(inverse > 1e-3, inverse, 1.0)
    small = np.minimum(inverse, 1e-3)
    return np.where(
        inverse > 1e-3, 1 + np.expm1(-safe) / safe, small / 2 * (1 - small / 3 * (1 - small / 4 * (1 - small / 5)))
    )


def _lowest_and_highest(rate: Array, giving: Array) -> tuple[float, float]:
    del giving
    return float(rate.min()), float(rate.max())


def _time_constant_starts(factor: float, exponent: float, bounds: tuple[float, float]) -> list[tuple[float, ...]]:
    """Start from the capacity at the lowest rate, with times that are short or long for the rates, and three bends."""
    lowest, highest = bounds
    capacity = factor * lowest**exponent
    times = (0.1 / highest, 1 / highest, 1 / np.sqrt(lowest * highest), 1 / lowest)
    return [(capacity, float(tau), n) for tau in times for n in (0.5, 1.0, 2.0)]


RATE_LAWS = {
    law.name: law
    for law in (
        Law(
            "peukert",
            CAPACITY,
            "capacity = factor rate^-exponent",
            (
                Parameter("factor", "capacity of the law at a rate of 1", "logarithmic", "ordinate"),
                Parameter("exponent", "exponent of the rate, with the sign turned"),
            ),
            _peukert,
            lambda factor, exponent, _: [(factor, -exponent)],
            is_straight=True,
            source="S. Yari et al., ACS Appl. Energy Mater. 3 (2020) 11820, doi 10.1021/acsaem.0c01966, eq. 6 "
            "(Peukert's law)",
        ),
        Law(
            "time-constant",
            CAPACITY,
            "capacity = Q (1 - (rate tau)^n (1 - exp(-(rate tau)^-n))), Q the parameter capacity",
            (
                Parameter("capacity", "capacity of the law without current", "logarithmic", "ordinate"),
                Parameter("tau", "characteristic time", "logarithmic", "inverse abscissa"),
                Parameter("n", "exponent of the rate far above 1/tau, with the sign turned", "logarithmic"),
            ),
            _time_constant,
            _time_constant_starts,
            _lowest_and_highest,
            source="R. Tian et al., Nat. Commun. 10 (2019) 1933, doi 10.1038/s41467-019-09792-9, eq. 2",
        ),
    )
}
"""Laws of rate capability. In the second, the rate of the paper is the current over the capacity measured at it."""
