"""Elastic scattering of electrons in a material: cross-sections, and the tables a Monte Carlo walk draws from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.constants import electron_volt
from scipy.interpolate import CubicSpline

from electrosim.backscatter import partial_wave_kernels
from electrosim.backscatter.atomic_potential import atomic_potential
from electrosim.backscatter.elastic_cache import cache_folder, remembered
from electrosim.backscatter.elastic_formulas import browning, screened_rutherford
from electrosim.backscatter.partial_waves import phases
from electrosim.backscatter.scattering_angle import ANGLES, inverse_distribution, over_the_sphere
from electrosim.base.errors import InputError, nearest
from electrosim.base.observer import Observer, announce_compilation, silent
from electrosim.materials import Compound

ElasticModel = Literal["mott", "screened-rutherford", "browning"]

LOWEST, HIGHEST = 50 * electron_volt, 50e3 * electron_volt
"""Energies between which elastic scattering is computed [J]; below 100 eV free atoms are a poor picture of a solid."""

_PER_DECADE = 32  # neighbouring angle tables then differ so little that drawing from either is exact to 0.1 %
_GRID = LOWEST * 10 ** (np.arange(3 * _PER_DECADE + 1) / _PER_DECADE)
_VERSION = "partial waves 3"  # change it with anything that changes a number


@dataclass(frozen=True)
class ElasticTables:
    """What a walk needs of elastic scattering in one material.

    Parameters
    ----------
    energies : array (n,)
        Energies of the tables, uniform in their logarithm [J].
    total : array (n,)
        Inverse mean free path, sum of n_i sigma_i [m-1].
    transport : array (n,)
        Inverse transport mean free path, sum of n_i sigma_i <1 - cos theta>_i [m-1].
    kappa : array (n,)
        Of the map s = kappa u / (1 + kappa - u) of a uniform random number u [1].
    half_versine : array (n, cells + 1)
        mu = (1 - cos theta) / 2 at uniform nodes of s from 0 to 1; linear between them, and drawn from either of two
        neighbouring energies with the odds of a linear interpolation in ln E. 2 <mu> total is exactly transport.
    """

    energies: NDArray[np.float64]
    total: NDArray[np.float64]
    transport: NDArray[np.float64]
    kappa: NDArray[np.float64]
    half_versine: NDArray[np.float64]

    def inverse_mean_free_path(self, energy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return collisions per path [m-1] at energies [J] inside the tables (cubic spline of logarithms)."""
        return np.exp(self._splines[0](np.log(energy)))

    def inverse_transport_mean_free_path(self, energy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return sum n sigma <1 - cos theta> [m-1] at energies [J] inside the tables (cubic spline of logarithms)."""
        return np.exp(self._splines[1](np.log(energy)))

    @cached_property
    def _splines(self) -> tuple[CubicSpline, CubicSpline]:
        x = np.log(self.energies)
        return CubicSpline(x, np.log(self.total)), CubicSpline(x, np.log(self.transport))


def energy_grid(lowest: float, highest: float) -> NDArray[np.float64]:
    """Return the energies [J] at which tables are made to cover a range; always of one grid, so that caches are shared.

    Raises
    ------
    InputError
        If the range is not inside that of the cross-sections.
    """
    if not LOWEST <= lowest < highest <= HIGHEST:
        raise InputError(
            f"elastic cross-sections are computed from {LOWEST / electron_volt:g} eV to "
            f"{HIGHEST / electron_volt / 1e3:g} keV, not from {lowest / electron_volt:g} eV to "
            f"{highest / electron_volt / 1e3:g} keV"
        )
    first = np.searchsorted(_GRID, lowest, side="right") - 1
    last = np.searchsorted(_GRID, highest, side="left")
    return np.asarray(_GRID[first : last + 1])


def differential_cross_section(
    atomic_number: int, energy: float, model: ElasticModel = "mott"
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the elastic differential cross-section of a free atom.

    Parameters
    ----------
    atomic_number : int
        Z, 1 to 103.
    energy : float
        Kinetic energy of the electron [J], 50 eV to 50 keV.
    model : str, optional
        ``"mott"``: Dirac partial waves in the Lobato-Van Dyck potential with Furness-McCarthy exchange, cached on
        disk; ``"screened-rutherford"``; ``"browning"``.

    Returns
    -------
    angles : array
        From 0 to pi, crowded forwards [rad].
    values : array
        [m2/sr].

    Raises
    ------
    InputError
        If the element, the energy or the model is not known.

    Examples
    --------
    >>> angles, values = differential_cross_section(79, 1e3 * 1.602176634e-19)
    >>> angles.shape == values.shape
    True
    """
    if not LOWEST <= energy <= HIGHEST:
        raise InputError(
            f"elastic cross-sections are computed from {LOWEST / electron_volt:g} eV to "
            f"{HIGHEST / electron_volt / 1e3:g} keV, not at {energy / electron_volt:g} eV"
        )
    return ANGLES, _differential(atomic_number, energy, model, cache_folder())


def elastic_tables(
    compound: Compound,
    energies: NDArray[np.float64],
    model: ElasticModel = "mott",
    *,
    cells: int = 256,
    observer: Observer = silent,
) -> ElasticTables:
    """Return the tables of a material: atoms scatter independently, so that their cross-sections add up.

    Parameters
    ----------
    compound : Compound
        The material.
    energies : array
        From `energy_grid` [J].
    model : str, optional
        As in `differential_cross_section`.
    cells : int, optional
        Cells of each angle table.
    observer : Observer, optional
        Hears how far it is.

    Raises
    ------
    InputError
        If the model is not known.
    """
    if model == "mott":
        announce_compilation(observer, partial_wave_kernels, "integrate")
    folder = cache_folder()
    differential = np.zeros((energies.size, ANGLES.size))
    number_densities = compound.number_densities()
    done = 0
    for element, density in number_densities.items():
        for at, energy in enumerate(energies):
            differential[at] += density * _differential(element.atomic_number, float(energy), model, folder)
            done += 1
            observer(f"cross-sections of {compound.name}", done / (energies.size * len(number_densities)))
    kappa, half_versine = inverse_distribution(differential, cells)
    total = over_the_sphere(differential)
    transport = over_the_sphere(differential * (1 - np.cos(ANGLES)))
    return ElasticTables(energies, total, transport, kappa, half_versine)


def _differential(atomic_number: int, energy: float, model: str, folder: Path) -> NDArray[np.float64]:
    """Return a differential cross-section at `ANGLES` [m2/sr], from the cache if it takes long to compute."""
    atom = atomic_potential(atomic_number)
    match model:
        case "mott":
            inputs = f"{_VERSION} {atomic_number} {energy.hex()} ".encode()
            inputs += atom.charge.tobytes() + atom.screening.tobytes() + ANGLES.tobytes()
            return remembered(inputs, ANGLES.size, lambda: _partial_waves(atomic_number, energy), folder)
        case "screened-rutherford":
            return screened_rutherford(atomic_number, energy, ANGLES)
        case "browning":
            return browning(atomic_number, energy, ANGLES)
    raise InputError(f'elastic = "{model}" is not known; {nearest(model, get_args(ElasticModel))}')


def _partial_waves(atomic_number: int, energy: float) -> NDArray[np.float64]:
    return phases(atomic_number, energy).differential_cross_section(ANGLES)
