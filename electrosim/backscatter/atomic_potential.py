"""The electrostatic potential of free atoms after Lobato and Van Dyck, in atomic units."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray
from scipy.constants import physical_constants

from electrosim.base.errors import InputError

BOHR = physical_constants["Bohr radius"][0]
_BOHR_IN_ANGSTROM = BOHR * 1e10


@dataclass(frozen=True)
class AtomicPotential:
    """A nucleus and its electrons as a sum of five terms.

    The potential energy of an electron and the density of the atom's electrons are

        V(r) = -sum_i N_i / r (1 + alpha_i r / 2) exp(-alpha_i r)
        4 pi rho(r) = sum_i N_i alpha_i^3 / 2 exp(-alpha_i r)

    which is Lobato and Van Dyck's fit of the scattering factor, transformed back.

    Parameters
    ----------
    atomic_number : int
        Z.
    charge : array
        N_i [e]; they sum to Z.
    screening : array
        alpha_i, inverse lengths [1/a0].

    References
    ----------
    I. Lobato, D. Van Dyck, Acta Cryst. A70 (2014) 636, doi 10.1107/S205327331401643X.
    """

    atomic_number: int
    charge: NDArray[np.float64]
    screening: NDArray[np.float64]

    def seen_by_electron(self, energy: float, r: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return V with the local exchange of Furness and McCarthy, (t - sqrt(t^2 + 4 pi rho)) / 2 where t = E - V.

        Parameters
        ----------
        energy : float
            Kinetic energy of the electron far away [Eh]; its relativistic form E + E^2 / 2 c^2 stands for E in t.
        r : array
            Distances [a0].

        References
        ----------
        J. B. Furness, I. E. McCarthy, J. Phys. B 6 (1973) 2280, doi 10.1088/0022-3700/6/11/021.
        """
        x = self.screening * r[..., None]
        decay = np.exp(-x)
        static = -((1 + x / 2) * decay) @ self.charge / r
        density = decay @ (self.charge * self.screening**3 / 2)  # 4 pi rho
        local = energy * (1 + energy / 2 * FINE_STRUCTURE**2) - static
        return static + 0.5 * (local - np.sqrt(local**2 + np.maximum(density, 0)))


FINE_STRUCTURE = physical_constants["fine-structure constant"][0]
"""Inverse of the speed of light in atomic units."""


@functools.cache
def _parameters() -> dict[int, tuple[float, ...]]:
    with resources.files("electrosim.backscatter").joinpath("lobato_van_dyck_2014.csv").open(encoding="utf-8") as file:
        rows = csv.reader(line for line in file if not line.startswith("#"))
        next(rows)
        return {int(row[0]): tuple(map(float, row[2:])) for row in rows}


@functools.cache
def atomic_potential(atomic_number: int) -> AtomicPotential:
    """Return the potential of a neutral atom of Z = 1 to 103.

    Raises
    ------
    InputError
        If there is no such element.
    """
    if atomic_number not in _parameters():
        raise InputError(f"there are no atomic data for Z = {atomic_number}; they run from 1 to 103")
    a, b = np.reshape(_parameters()[atomic_number], (2, 5))
    charge = 2 * np.pi**2 * _BOHR_IN_ANGSTROM * a / b
    charge *= atomic_number / charge.sum()  # the fit leaves the atom neutral to a few 1e-4
    return AtomicPotential(atomic_number, charge, 2 * np.pi * _BOHR_IN_ANGSTROM / np.sqrt(b))
