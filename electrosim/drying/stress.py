"""Laws of capillary stress and of the thickness at which a film cracks, as published; all take arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

Values = Any
"""A float or an array; what comes in is broadcast."""

CHANNEL = 1.4
"""Z^1/2 of a channel crack in eq. 2 of Dawson et al.: K = 1.4 sigma h^1/2; Z = sigma^2 h/(K^2) = 1.96."""


def capillary_stress(tension: Values, fraction: Values, diameter: Values) -> Values:
    """Return the stress 2 phi gamma/d [Pa], eq. 1 of Dawson et al.

    Parameters
    ----------
    tension : float or array
        Surface tension gamma [N m-1].
    fraction : float or array
        Volume fraction phi of the particles.
    diameter : float or array
        d [m].

    References
    ----------
    R. C. Chiu, M. J. Cima, J. Am. Ceram. Soc. 76 (1993) 2769.

    Examples
    --------
    >>> [round(capillary_stress(0.0408, phi, 10e-6) / 1e3, 2) for phi in (0.27, 0.40, 0.64)]
    [2.2, 3.26, 5.22]
    """
    return 2 * fraction * tension / diameter


def white_pressure(tension: Values, fraction: Values, diameter: Values, contact_angle: Values = 0.0) -> Values:
    """Return White's bound of the capillary pressure [Pa]: 3 phi gamma cos(theta)/((1 - phi) R), with R = d/2.

    It is the wetting energy of all particle surface over the pore volume, so no pressure can be higher.

    Parameters
    ----------
    tension, fraction, diameter : float or array
        As `capillary_stress`.
    contact_angle : float or array
        [rad]

    References
    ----------
    L. R. White, J. Colloid Interface Sci. 90 (1982) 536.

    Examples
    --------
    >>> round(float(white_pressure(1.0, 0.64, 2.0)), 2)
    5.33
    """
    return 3 * fraction * tension * np.cos(contact_angle) / ((1 - fraction) * diameter / 2)


def throat_pressure(tension: Values, radius: Values, contact_angle: Values = 0.0) -> Values:
    """Return the entry pressure of a throat [Pa]: 2 gamma cos(theta)/r."""
    return 2 * tension * np.cos(contact_angle) / radius


def griffith_thickness(toughness: Values, stress: Values, prefactor: Values = CHANNEL) -> Values:
    """Return the critical thickness (K/(1.4 sigma))^2 [m], eq. 2 of Dawson et al.

    With K^2 = G_c E it is the generic G_c E/(Z sigma^2) with Z = 1.96. The paper's text calls it proportional to d and
    inversely so to gamma; its equations at a constant K make it d^2 and gamma^-2.

    Parameters
    ----------
    toughness : float or array
        K [Pa m^0.5].
    stress : float or array
        [Pa]
    prefactor : float or array
        1.4 in the paper.

    Examples
    --------
    >>> round(griffith_thickness(10.2e3, 1e6) * 1e6, 1)
    53.1
    """
    return (toughness / (prefactor * stress)) ** 2


def contact_stiffness(shear_modulus: Values, coordination: Values, fraction: Values) -> Values:
    """Return G M phi, the stiffness of a packing of elastic spheres [Pa].

    Parameters
    ----------
    shear_modulus : float or array
        Of the particles, G [Pa].
    coordination : float or array
        Contacts of a particle, M.
    fraction : float or array
        Volume fraction phi.
    """
    return shear_modulus * coordination * fraction


TIRUMKUDULU_RUSSEL = 0.1877
SINGH_TIRUMKUDULU = 0.64
FILM_OVER_PRESSURE = 0.8
"""Stress in the plane over the liquid's pressure, of a saturated film that can only get thinner.

Contacts that push with the square of their strain, averaged over all directions n, carry <n_x^2 n_z^4> in the plane for
<n_z^6> across it, a fifth. Across, the packing balances the liquid, so the stress in the plane is 1 - 1/5 of the
pressure.
"""


def tirumkudulu_russel_stress(
    thickness: Values, tension: Values, diameter: Values, stiffness: Values, prefactor: Values = TIRUMKUDULU_RUSSEL
) -> Values:
    """Return the stress at which a film of a thickness cracks [Pa].

    sigma_c R/(2 gamma) = 0.1877 (2R/h)^(2/3) (G M phi R/(2 gamma))^(1/3). Measured critical stresses are about three
    times as high; prefactors derived on other assumptions differ by a factor of 2 to 6.

    Parameters
    ----------
    thickness : float or array
        h [m].
    tension, diameter : float or array
        As `capillary_stress`; R = d/2.
    stiffness : float or array
        As `contact_stiffness` [Pa].
    prefactor : float or array
        0.1877 as published.

    References
    ----------
    M. S. Tirumkudulu, W. B. Russel, Langmuir 21 (2005) 4938, doi:10.1021/la048298k.
    """
    radius = diameter / 2
    relative = prefactor * (2 * radius / thickness) ** (2 / 3) * (stiffness * radius / (2 * tension)) ** (1 / 3)
    return relative * 2 * tension / radius


def tirumkudulu_russel_thickness(
    stress: Values, tension: Values, diameter: Values, stiffness: Values, prefactor: Values = TIRUMKUDULU_RUSSEL
) -> Values:
    """Return the thickness at which a stress makes a film crack [m], the inverse of `tirumkudulu_russel_stress`."""
    at_one_metre = tirumkudulu_russel_stress(1.0, tension, diameter, stiffness, prefactor)
    return (at_one_metre / stress) ** 1.5


def singh_tirumkudulu_thickness(
    pressure: Values, tension: Values, stiffness: Values, prefactor: Values = SINGH_TIRUMKUDULU
) -> Values:
    """Return the greatest thickness free of cracks in the stress-limited regime [m].

    h = 0.64 (G M phi/(2 gamma))^(1/2) (2 gamma/P)^(3/2).

    Parameters
    ----------
    pressure : float or array
        Highest capillary pressure P [Pa].
    tension : float or array
        [N m-1]
    stiffness : float or array
        As `contact_stiffness` [Pa].
    prefactor : float or array
        0.64 as published.

    References
    ----------
    K. B. Singh, M. S. Tirumkudulu, Phys. Rev. Lett. 98 (2007) 218302, doi:10.1103/PhysRevLett.98.218302.
    """
    return prefactor * (stiffness / (2 * tension)) ** 0.5 * (2 * tension / pressure) ** 1.5


def singh_tirumkudulu_pressure(
    thickness: Values, tension: Values, stiffness: Values, prefactor: Values = SINGH_TIRUMKUDULU
) -> Values:
    """Return the pressure at which a film of a thickness cracks [Pa], the inverse of `singh_tirumkudulu_thickness`."""
    return 2 * tension * (prefactor / thickness * (stiffness / (2 * tension)) ** 0.5) ** (2 / 3)


def toughness_of_size(toughness: Values, diameter: Values, reference: Values) -> Values:
    """Return the toughness of a packing of other particles [Pa m^0.5]: K ~ d^-0.8, as measured on colloids.

    Parameters
    ----------
    toughness : float or array
        Of the packing of particles of the diameter `reference` [Pa m^0.5].
    diameter, reference : float or array
        [m]

    References
    ----------
    P. Birk-Braun et al., Phys. Rev. E 95 (2017) 022610, doi:10.1103/PhysRevE.95.022610.
    """
    return toughness * (diameter / reference) ** -0.8
