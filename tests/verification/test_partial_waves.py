"""The plain twin of the partial-wave solver: scipy's integrator, Bessel and Legendre functions, one wave at a time."""

import numpy as np
import pytest
from scipy.constants import electron_volt
from scipy.integrate import solve_ivp
from scipy.special import lpmv, spherical_jn, spherical_yn

from electrosim.backscatter.atomic_potential import FINE_STRUCTURE, atomic_potential
from electrosim.backscatter.partial_waves import HARTREE, Phases, phases
from electrosim.backscatter.scattering_angle import ANGLES, inverse_distribution, over_the_sphere, table_mean

LIGHT = 1 / FINE_STRUCTURE
END = 15.0  # a0


def phase_of_one_wave(atomic_number, energy, kappa):
    """Integrate dP/dr = -kappa/r P + (E - V + 2c^2)/c Q, dQ/dr = -(E - V)/c P + kappa/r Q, and match at END."""
    atom = atomic_potential(atomic_number)
    order = kappa if kappa > 0 else -kappa - 1

    def slopes(r, y):
        r = np.asarray(r)
        excess = energy - float(atom.seen_by_electron(energy, r))
        return [-kappa / r * y[0] + (excess + 2 * LIGHT**2) / LIGHT * y[1], -excess / LIGHT * y[0] + kappa / r * y[1]]

    gamma = np.sqrt(kappa**2 - (atomic_number / LIGHT) ** 2)
    # deep inside the barrier the wave is r^gamma; starting there keeps it from overflowing
    start = 1e-5 if order < 4 else 1e-2
    ratio = (gamma + kappa) * LIGHT / atomic_number
    solution = solve_ivp(slopes, (start, END), [1e-12, ratio * 1e-12], method="DOP853", rtol=1e-11, atol=1e-30)
    large, small = solution.y[:, -1]
    k = np.sqrt(energy * (energy + 2 * LIGHT**2)) / LIGHT
    slope = -kappa / END * large + (energy + 2 * LIGHT**2) / LIGHT * small
    x = k * END
    u, v = x * spherical_jn(order, x), x * spherical_yn(order, x)
    u_slope = k * (spherical_jn(order, x) + x * spherical_jn(order, x, derivative=True))
    v_slope = k * (spherical_yn(order, x) + x * spherical_yn(order, x, derivative=True))
    return np.arctan((slope * u - u_slope * large) / (slope * v - v_slope * large))


@pytest.mark.parametrize(("atomic_number", "energy"), [(6, 200.0), (79, 1000.0)])
def test_phases_of_single_waves(atomic_number, energy):
    found = phases(atomic_number, energy * electron_volt)
    hartree = energy * electron_volt / HARTREE
    for kappa in (-1, 1, -2, 3, -8):
        here = found.down[kappa] if kappa > 0 else found.up[-kappa - 1]
        assert np.tan(here - phase_of_one_wave(atomic_number, hartree, kappa)) == pytest.approx(0, abs=1e-5)


def test_amplitudes_of_any_phases():
    rng = np.random.default_rng(1)
    up, down = rng.uniform(-1.5, 1.5, (2, 12))
    down[0] = 0
    angles = np.linspace(0, np.pi, 37)
    x, order = np.cos(angles), np.arange(12)
    direct = sum(((n + 1) * np.expm1(2j * up[n]) + n * np.expm1(2j * down[n])) * lpmv(0, n, x) / 2j for n in order)
    flip = sum((np.exp(2j * down[n]) - np.exp(2j * up[n])) * lpmv(1, n, x) / 2j for n in order[1:])
    expected = abs(direct) ** 2 + abs(flip) ** 2
    scale = Phases(1.0, up, down).differential_cross_section(angles)[0] / expected[0]  # a0^2
    np.testing.assert_allclose(
        Phases(2.0, up, down).differential_cross_section(angles), expected * scale / 4, rtol=1e-10
    )
    node, weight = np.polynomial.legendre.leggauss(40)
    integral = 2 * np.pi * weight @ Phases(2.0, up, down).differential_cross_section(np.arccos(node))
    assert Phases(2.0, up, down).cross_section() == pytest.approx(integral, rel=1e-10, abs=0)


def test_angles_follow_the_distribution():
    """A Rutherford law and one with a deep minimum: the share below an angle is the one drawn."""
    mu = np.sin(ANGLES / 2) ** 2
    shapes = np.array([1 / (mu + 1e-4) ** 2, (0.3 - mu) ** 2 + 0.002, np.ones_like(mu)])
    kappa, table = inverse_distribution(shapes, 256)
    np.testing.assert_allclose(
        table_mean(kappa, table), over_the_sphere(shapes * mu) / over_the_sphere(shapes), rtol=1e-12
    )
    uniform = (np.arange(100_000) + 0.5) / 100_000
    for shape, width, row in zip(shapes, kappa, table, strict=True):
        drawn = np.interp(width * uniform / (1 + width - uniform), np.linspace(0, 1, 257), row)
        for limit in (1e-4, 1e-3, 0.1, 0.3, 0.9):
            share = over_the_sphere(np.where(mu < limit, shape, 0)) / over_the_sphere(shape)
            assert (drawn < limit).mean() == pytest.approx(float(share), abs=3e-3)
