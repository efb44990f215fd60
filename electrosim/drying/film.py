"""The film and its levels: liquid, solid, and what lies between."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Film:
    """A film on a flat substrate, per unit of area.

    Particles fall only by settling, at a constant speed as in Kynch's theory, and when the liquid surface presses on
    them; they come to rest at the packing. So the top of the solid lies at min(liquid level, start - speed x time), but
    never below particles/packing. Well mixed particles keep one fraction throughout; layered ones keep their first
    fraction between a sediment below and a skin above, both at the packing.

    Parameters
    ----------
    particles : float
        Volume of the particles per area [m].
    binder : float
        Volume of the binder per area, which is part of the liquid until the film is dry [m].
    initial_packing : float
        Volume fraction of the particles below the first top of the solid.
    packing : float
        Volume fraction at which they come to rest.
    excess : float
        Mean height of clear liquid above the solid at the start [m].
    settling : float
        Speed at which the top of the solid falls [m s-1].
    layered : bool
        Whether particles are layered rather than well mixed.
    radius : float, optional
        Of the disc that carries the film, if the clear liquid is a spherical cap on it [m]; flat if left out.
    solid_share : float
        What porosity leaves out of the particles: the share of their volume that counts as solid.

    Raises
    ------
    InputError
        If the film cannot consolidate, or a length is impossible.

    References
    ----------
    G. J. Kynch, Trans. Faraday Soc. 48 (1952) 166, doi:10.1039/TF9524800166.
    """

    particles: float
    binder: float
    initial_packing: float
    packing: float
    excess: float = 0.0
    settling: float = 0.0
    layered: bool = False
    radius: float | None = None
    solid_share: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot dry."""
        if not 0 < self.packing < 1:
            raise InputError(
                f"film.packing = {self.packing * self.solid_share:.4g} makes particles fill {self.packing:.4g} of the "
                f"film; it must lie between 0 and {self.solid_share:.4g}",
                _PACKING,
            )
        if self.packing <= self.initial_packing:
            raise InputError(
                f"film.packing = {self.packing * self.solid_share:.4g} is not above the "
                f"{self.initial_packing * self.solid_share:.4g} that the film starts with, so it cannot consolidate; "
                "raise it or thin the slurry",
                _PACKING,
            )
        if self.pore_liquid <= self.binder:
            raise InputError(
                f"film.packing = {self.packing * self.solid_share:.4g} leaves pores of "
                f"{self.pore_liquid / self.dry_height:.3g} of the film, less than its binder takes "
                f"({self.binder / self.dry_height:.3g}), so the film cannot consolidate; lower it",
                _PACKING,
            )
        if self.settling > 0 and not self.layered:
            raise InputError('particles that settle are layered; set film.particles = "layered"', ("film", "particles"))

    @property
    def initial_height(self) -> float:
        """First top of the solid [m]."""
        return self.particles / self.initial_packing

    @property
    def dry_height(self) -> float:
        """Height of the consolidated solid [m]."""
        return self.particles / self.packing

    @property
    def pore_liquid(self) -> float:
        """Liquid in the consolidated solid, binder included [m]."""
        return self.dry_height - self.particles

    @property
    def is_even(self) -> bool:
        """Whether particles are spread evenly up to the liquid surface while it falls."""
        return not self.layered and self.excess == 0

    @property
    def initial_liquid(self) -> float:
        """Liquid at the start, binder included [m]."""
        return self.initial_height + self.excess - self.particles

    def level(self, liquid: Array | float) -> Array:
        """Return the mean liquid level [m]; below the top of the consolidated solid, as far as its pores are filled.

        Parameters
        ----------
        liquid : array or float
            Liquid per area, binder included [m].
        """
        liquid = np.asarray(liquid, float)
        filled = np.minimum(liquid / self.pore_liquid, 1.0)
        return np.where(liquid > self.pore_liquid, self.particles + liquid, filled * self.dry_height)

    def free_top(self, time: Array | float) -> Array:
        """Return where the top of the solid would be if only settling moved it [m]."""
        return np.maximum(self.initial_height - self.settling * np.asarray(time, float), self.dry_height)

    def solid_height(self, time: Array | float, liquid: Array | float) -> Array:
        """Return the top of the solid [m]."""
        return np.maximum(np.minimum(self.free_top(time), self.level(liquid)), self.dry_height)

    def excess_height(self, time: Array | float, liquid: Array | float) -> Array:
        """Return how far the liquid reaches above the solid, in the middle of the disc if it is a cap [m]."""
        mean = np.maximum(self.level(liquid) - self.solid_height(time, liquid), 0.0)
        return mean if self.radius is None else cap_height(mean, self.radius)

    def porosity(self, time: Array | float, liquid: Array | float) -> Array:
        """Return the share of the solid's height that does not count as solid."""
        return 1 - self.solid_share * self.particles / self.solid_height(time, liquid)

    def layers(self, time: float, liquid: float) -> tuple[Array, Array]:
        """Return the tops of the layers of particles, bottom first, and their volume fractions.

        Parameters
        ----------
        time : float
            [s]
        liquid : float
            Liquid per area, binder included [m].

        Returns
        -------
        tops, fractions : ndarray, shape (layers,)
            Heights [m]; the last is the top of the solid.
        """
        top = float(self.solid_height(time, liquid))
        if not self.layered:
            return np.array([top]), np.array([self.particles / top])
        first, last = self.initial_packing, self.packing
        packed = (self.particles - first * top) / (last - first)
        sediment = min(first * self.settling * time / (last - first), packed)
        return np.array([sediment, top - (packed - sediment), top]), np.array([last, first, last])

    def fractions(self, time: float, liquid: float, height: Array) -> Array:
        """Return the particles' volume fraction at heights above the substrate [m]; on a border, that below it."""
        tops, fractions = self.layers(time, liquid)
        at = np.searchsorted(tops, height, side="left")
        return np.append(fractions, 0.0)[at]


def cap_height(mean: Array, radius: float) -> Array:
    """Return the height of a spherical cap on a disc from its mean height [m]: mean = c/2 (1 + c^2/(3 radius^2)).

    Parameters
    ----------
    mean : ndarray
        Volume over the disc's area [m].
    radius : float
        Of the disc [m].

    Examples
    --------
    >>> round(float(cap_height(np.array(15e-6), 2e-3)) * 1e6, 3)
    29.998
    """
    half = 3 * mean / radius  # with u = c/radius: u^3 + 3 u = 2 half, by Cardano
    root = np.cbrt(half + np.sqrt(half**2 + 1))
    return radius * (root - 1 / root)


def mean_cap_height(height: float, radius: float) -> float:
    """Return the mean height over the disc of a spherical cap of a height in the middle [m]."""
    return height / 2 * (1 + height**2 / (3 * radius**2))


def stokes_velocity(diameter: float, density_difference: float, viscosity: float) -> float:
    """Return the speed at which a lone sphere settles [m s-1]: d^2 g d_rho/(18 eta).

    Parameters
    ----------
    diameter : float
        [m]
    density_difference : float
        Particle less liquid [kg m-3].
    viscosity : float
        Of the liquid [Pa s].

    Examples
    --------
    >>> round(stokes_velocity(10e-6, 3672.0, 1.0) * 60e6, 1)  # um/min
    12.0
    """
    return diameter**2 * _GRAVITY * density_difference / (18 * viscosity)


def hindered(fraction: float) -> float:
    """Return by how much a suspension settles slower than a lone sphere: (1 - phi)^4.65.

    References
    ----------
    J. F. Richardson, W. N. Zaki, Trans. Inst. Chem. Eng. 32 (1954) 35, for slow flow.
    """
    return math.pow(1 - fraction, 4.65)


_GRAVITY = 9.80665
_PACKING = ("film", "packing")
