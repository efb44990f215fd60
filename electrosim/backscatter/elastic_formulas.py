"""Closed formulas for elastic scattering, which partial waves replace."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.constants import electron_volt

_REST_ENERGY = 511.0  # keV, as the formulas round it


def screened_rutherford(atomic_number: int, energy: float, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the screened Rutherford cross-section, in m2/sr.

    References
    ----------
    D. C. Joy, Monte Carlo Modeling for Electron Microscopy and Microanalysis, Oxford (1995), chapter 3.
    """
    kilovolts = energy / (1e3 * electron_volt)
    screening = 3.4e-3 * atomic_number**0.67 / kilovolts
    relativistic = ((kilovolts + _REST_ENERGY) / (kilovolts + 2 * _REST_ENERGY + 2)) ** 2
    total: float = (
        5.21e-25 * (atomic_number / kilovolts) ** 2 * 4 * np.pi / (screening * (1 + screening)) * relativistic
    )
    return total * _rutherford_shape(screening, angles)


def browning(atomic_number: int, energy: float, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Browning's fit of Mott cross-sections, in m2/sr: a screened Rutherford and an isotropic part.

    References
    ----------
    R. Browning, T. Z. Li, B. Chui, J. Ye, R. F. W. Pease, Z. Czyzewski, D. C. Joy, J. Appl. Phys. 76 (1994) 2016,
    doi 10.1063/1.357669.
    """
    kilovolts = energy / (1e3 * electron_volt)
    root = math.sqrt(kilovolts)
    total: float = (
        3.0e-22
        * atomic_number**1.7
        / (kilovolts + 0.005 * atomic_number**1.7 * root + 0.0007 * atomic_number**2 / root)
    )
    ratio = 300 * kilovolts / atomic_number + atomic_number**3 / (3e5 * kilovolts)
    shape: NDArray[np.float64] = (ratio * _rutherford_shape(7e-3 / kilovolts, angles) + 1 / (4 * np.pi)) / (1 + ratio)
    return total * shape


def _rutherford_shape(screening: float, angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probability per solid angle [1/sr] of 1 / (sin^2(theta/2) + screening)^2."""
    return screening * (1 + screening) / (4 * np.pi * (np.sin(angles / 2) ** 2 + screening) ** 2)
