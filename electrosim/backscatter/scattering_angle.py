"""Tables from which scattering angles are drawn: inverse cumulative distributions that keep the forward tail."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline, PchipInterpolator

_CROWDING = 6.0
_NODES = 801

_PLACE = np.linspace(0, 1, _NODES)
ANGLES = np.pi * np.expm1(_CROWDING * _PLACE) / np.expm1(_CROWDING)
"""Angles [rad] at which differential cross-sections are tabulated: from 0 to pi, 1e-4 apart in the forward peak."""

_SLOPE = np.pi * _CROWDING * np.exp(_CROWDING * _PLACE) / np.expm1(_CROWDING)
_RING = 2 * np.pi * np.sin(ANGLES) * _SLOPE  # solid angle per place


def over_the_sphere(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Integrate values at `ANGLES`, along the last axis, over the solid angle [sr]."""
    return np.asarray(CubicSpline(_PLACE, values * _RING, axis=-1).integrate(0, 1))


def inverse_distribution(
    differential: NDArray[np.float64], cells: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return tables that turn a uniform random number u into mu = (1 - cos theta) / 2.

    With s = kappa u / (1 + kappa - u), mu is linear between its values at cells + 1 uniform nodes of s from 0 to 1.
    kappa is the root of the screening parameter of a Rutherford law of the same mean mu: the map spreads the
    forward peak as well as the rare large angles over the nodes. The values are then bent by a part in a thousand or
    less, mu -> mu + c mu (1 - mu), so that the mean of what is drawn is the exact one.

    Parameters
    ----------
    differential : array
        Differential cross-sections at `ANGLES`, one row per energy; the scale does not matter.
    cells : int
        Cells of the table.

    Returns
    -------
    kappa : array
        One per row [1].
    mu : array
        One row of cells + 1 values per row of the input [1].
    """
    cumulative = CubicSpline(_PLACE, differential * _RING, axis=-1).antiderivative()(_PLACE)
    cumulative /= cumulative[:, -1:]
    half_versine = np.sin(ANGLES / 2) ** 2
    mean = over_the_sphere(differential * half_versine) / over_the_sphere(differential)
    kappa = np.sqrt(_screening(mean))
    nodes = np.linspace(0, 1, cells + 1)
    table = np.empty((len(differential), cells + 1))
    for row, share, width in zip(table, cumulative, kappa, strict=True):
        s = width * share / (width + (1 - share))
        row[:] = PchipInterpolator(np.sqrt(s), np.sin(ANGLES / 2))(np.sqrt(nodes)) ** 2
        row[0], row[-1] = 0.0, 1.0
    bend = table * (1 - table)
    table += ((mean - table_mean(kappa, table)) / table_mean(kappa, bend))[:, None] * bend
    return kappa, table


def table_mean(kappa: NDArray[np.float64], table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the exact mean of what a table gives: integral of mu du with u = s (1 + kappa) / (s + kappa)."""
    s = np.linspace(0, 1, table.shape[-1])
    below = (1 + kappa[:, None]) * (s - kappa[:, None] * np.log1p(s / kappa[:, None]))  # integral of u ds
    slope = np.diff(table, axis=-1) * (s.size - 1)
    return np.asarray(table[:, -1] - (slope * np.diff(below, axis=-1)).sum(axis=-1))


def _screening(mean: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return eta of the Rutherford law 1 / (mu + eta)^2 whose mean is eta ((1 + eta) ln(1 + 1/eta) - 1)."""
    eta = np.geomspace(1e-9, 10, 2000)
    return np.interp(mean, eta * ((1 + eta) * np.log1p(1 / eta) - 1), eta)
