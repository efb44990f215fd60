"""Elastic scattering of electrons by atoms: Dirac partial waves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.constants import physical_constants

from electrosim.backscatter import partial_wave_kernels as kernels
from electrosim.backscatter.atomic_potential import BOHR, FINE_STRUCTURE, AtomicPotential, atomic_potential

HARTREE = physical_constants["Hartree energy"][0]
_INNERMOST = 1e-5  # a0, where waves start as those of the bare nucleus
_OUTERMOST = 60.0  # a0, beyond the end of every atom
_END = 1e-6  # r |V| [Eh a0] that ends the atom
_STEP = 0.05  # largest step in ln r
_PHASE = 0.2  # largest advance of a phase per step; errors fall with its fourth power, to 6e-5 of sigma or less


@dataclass(frozen=True)
class Phases:
    """Phase shifts of one atom at one energy.

    Parameters
    ----------
    wave_number : float
        k [1/a0].
    up : array
        Of kappa = -(l + 1), l = 0, 1, ... [rad].
    down : array
        Of kappa = l; the first is zero as there is none [rad].
    """

    wave_number: float
    up: NDArray[np.float64]
    down: NDArray[np.float64]

    def cross_section(self) -> float:
        """Return the total elastic cross-section [m2], 4 pi / k^2 sum (l + 1) sin^2 d+ + l sin^2 d-."""
        order = np.arange(self.up.size)
        waves = (order + 1) * np.sin(self.up) ** 2 + order * np.sin(self.down) ** 2
        return float(4 * np.pi / self.wave_number**2 * waves.sum()) * BOHR**2

    def differential_cross_section(self, angles: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return |f|^2 + |g|^2 of an unpolarised beam at angles [rad], in m2/sr."""
        real, imaginary, flip_real, flip_imaginary = (np.zeros(angles.size) for _ in range(4))
        kernels.amplitudes(
            self.up, self.down, np.cos(angles), np.sin(angles), real, imaginary, flip_real, flip_imaginary
        )
        return (real**2 + imaginary**2 + flip_real**2 + flip_imaginary**2) * (BOHR / self.wave_number) ** 2


def phases(atomic_number: int, energy: float) -> Phases:
    """Solve the Dirac equation of an electron in the field of an atom for all waves that feel it.

    The radial equations in t = ln r,

        dP/dt = -kappa P + r (E - V + 2 c^2) / c Q,    dQ/dt = -r (E - V) / c P + kappa Q,

    are integrated outwards for all kappa at once to where the atom ends, and matched there to free waves:
    tan delta = (P' u - u' P) / (P' v - v' P) with u = k r j_l(k r), v = k r n_l(k r).

    Parameters
    ----------
    atomic_number : int
        Z, 1 to 103.
    energy : float
        Kinetic energy [J].

    References
    ----------
    F. Salvat, A. Jablonski, C. J. Powell, Comput. Phys. Commun. 165 (2005) 157, doi 10.1016/j.cpc.2004.09.006
    (the expansion); S. Blanes, F. Casas, J. A. Oteo, J. Ros, Phys. Rep. 470 (2009) 151,
    doi 10.1016/j.physrep.2008.11.001 (the integrator).
    """
    atom, energy = atomic_potential(atomic_number), energy / HARTREE
    light = 1 / FINE_STRUCTURE
    wave_number = np.sqrt(energy * (energy + 2 * light**2)) / light
    edges, r1, r2 = _mesh(atom, energy)
    waves = int(wave_number * np.exp(edges[-1])) + 16
    kappa = np.concatenate([-np.arange(1.0, waves + 1), np.arange(1.0, waves)])
    scale = np.sqrt((energy + 2 * light**2) / energy)  # of Q, to make it as large as P outside
    large, small = _start(kappa, atomic_number / light, scale)
    (b1, c1), (b2, c2) = (_couplings(atom, energy, r, scale) for r in (r1, r2))
    kernels.integrate(kappa, large, small, np.diff(edges), b1, b2, c1, c2)
    radius = np.exp(edges[-1])
    slope = (-kappa * large + wave_number * radius * small) / radius
    delta = _match(kappa, large, slope, wave_number, radius, waves)
    return Phases(float(wave_number), delta[:waves], np.concatenate([[0.0], delta[waves:]]))


def _mesh(atom: AtomicPotential, energy: float) -> tuple[NDArray[np.float64], ...]:
    """Return the edges of the steps in ln r, and r at the two Gauss points of each."""
    t = np.linspace(np.log(_INNERMOST), np.log(_OUTERMOST), 500)
    r = np.exp(t)
    potential = atom.seen_by_electron(energy, r)
    atom_has_ended = r * np.abs(potential) < _END
    inside = slice(atom_has_ended.argmax() + 1)
    t, r, potential = t[inside], r[inside], potential[inside]
    advance = r * np.sqrt(2 * energy * (1 + energy / 2 * FINE_STRUCTURE**2) - 2 * potential)
    steps = np.cumsum(np.hypot(1 / _STEP, advance / _PHASE)) * (t[1] - t[0])
    edges = np.interp(np.linspace(steps[0], steps[-1], int(steps[-1] - steps[0]) + 2), steps, t)
    middle, offset = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / np.sqrt(12)
    return edges, np.exp(middle - offset), np.exp(middle + offset)


def _couplings(
    atom: AtomicPotential, energy: float, r: NDArray[np.float64], scale: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what couples P to Q and Q to P, at distances r."""
    excess = energy - atom.seen_by_electron(energy, r)
    return r * (excess * FINE_STRUCTURE + 2 / FINE_STRUCTURE) / scale, r * excess * FINE_STRUCTURE * scale


def _start(
    kappa: NDArray[np.float64], coupling: float, scale: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return P and Q (times scale) near a bare nucleus of Z / c = coupling, P growing as r^gamma."""
    gamma = np.sqrt(kappa**2 - coupling**2)
    ratio = np.where(kappa > 0, (gamma + kappa) / coupling, -coupling / (gamma - kappa)) * scale
    size = 1 + np.abs(ratio)
    return 1 / size, ratio / size


def _match(
    kappa: NDArray[np.float64],
    large: NDArray[np.float64],
    slope: NDArray[np.float64],
    wave_number: float,
    radius: float,
    waves: int,
) -> NDArray[np.float64]:
    """Return the phase shift of each wave, zero for those that no free irregular wave of finite size answers."""
    x = wave_number * radius
    j, n = np.empty(waves + 1), np.empty(waves + 1)
    kernels.riccati_bessel(x, j, n)
    order = np.where(kappa < 0, -kappa - 1, kappa).astype(int)
    j_slope = wave_number * ((order + 1) / x * j[order] - j[order + 1])
    with np.errstate(over="ignore", invalid="ignore"):
        n_slope = wave_number * ((order + 1) / x * n[order] - n[order + 1])
        delta = np.arctan((slope * j[order] - large * j_slope) / (slope * n[order] - large * n_slope))
    return np.where(np.isfinite(delta), delta, 0.0)
