"""The solids of a coating: weight fractions, and what follows from densities and surfaces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.materials.electrochemical import ActiveMaterial, Powder

Values = float | NDArray[np.float64]

_ROUNDING = 1e-9


@dataclass(frozen=True)
class Weights:
    """Weight fractions of the dry solids, numbers or arrays of one shape; they add up to 1."""

    active: Values
    carbon: Values
    binder: Values


@dataclass(frozen=True)
class Ingredients:
    """What a slurry is mixed from.

    Parameters
    ----------
    active : tuple of (ActiveMaterial, float)
        The active materials and their shares of the active mass, which add up to 1.
    carbon, binder : Powder
        Conductive carbon and binder.

    Raises
    ------
    InputError
        If the shares do not add up to 1, or a density is not positive.
    """

    active: tuple[tuple[ActiveMaterial, float], ...]
    carbon: Powder
    binder: Powder

    def __post_init__(self) -> None:
        """Check once."""
        whole = sum(share for _, share in self.active)
        if abs(whole - 1) > _ROUNDING or min(share for _, share in self.active) < 0:
            shares = ", ".join(f"{material.name} {share:.4g}" for material, share in self.active)
            raise InputError(f"the shares of the active materials ({shares}) add up to {whole:.6g}, not to 1")
        materials: list[ActiveMaterial | Powder] = [material for material, _ in self.active]
        for item in [*materials, self.carbon, self.binder]:
            if not item.density > 0:
                raise InputError(f"{item.name} has the density {item.density:g}; weights need a positive one")

    @property
    def active_volume(self) -> float:
        """Volume of the active material per mass of it [m3 kg-1]."""
        return sum(share / material.density for material, share in self.active)

    @property
    def active_surface(self) -> float:
        """Surface of the active material per mass of it, as a binder film covers it [m2 kg-1]."""
        return sum(share * material.specific_surface for material, share in self.active)

    def volume(self, weights: Weights) -> Values:
        """Return the volume of the solids per mass of them [m3 kg-1]."""
        return (
            weights.active * self.active_volume
            + weights.carbon / self.carbon.density
            + weights.binder / self.binder.density
        )

    def surface(self, weights: Weights) -> Values:
        """Return the surface of active material and carbon per mass of solids [m2 kg-1]."""
        return weights.active * self.active_surface + weights.carbon * self.carbon.specific_surface

    def film_thickness(self, weights: Weights) -> Values:
        """Return the thickness t_b of the binder film that covers active material and carbon evenly [m].

        t_b = f_b/(rho_b (f_a S_a + f_c S_c)), after ref. 39 of Yari et al. 2020 (doi 10.1021/acsaem.0c01966).
        """
        surface = self.surface(weights)
        if np.any(np.asarray(surface) <= 0):
            raise InputError("a binder film needs a surface: neither the active material nor the carbon has one")
        return weights.binder / (self.binder.density * surface)

    def with_film(self, carbon: Values, film: float) -> Weights:
        """Return the weights with a binder film of a given thickness.

        With k = rho_b t_b: f_a = (1 - f_c (1 + k S_c))/(1 + k S_a).

        Parameters
        ----------
        carbon : float or ndarray
            Weight fraction of the carbon f_c.
        film : float
            Thickness t_b [m].

        Raises
        ------
        InputError
            If carbon and its binder leave no room for active material.
        """
        cover = self.binder.density * film
        active = (1 - np.asarray(carbon) * (1 + cover * self.carbon.specific_surface)) / (
            1 + cover * self.active_surface
        )
        if (active <= 0).any():
            most = 1 / (1 + cover * self.carbon.specific_surface)
            raise InputError(
                f"{100 * np.max(carbon):.4g} % carbon under a binder film of {1e9 * film:.4g} nm leaves no active "
                f"material; at most {100 * most:.4g} % carbon fit"
            )
        return Weights(_plain(active), carbon, _plain(1 - active - carbon))

    def with_binder(self, carbon: Values, binder: float) -> Weights:
        """Return the weights with a given fraction of binder; the rest is active material.

        Raises
        ------
        InputError
            If the rest is nothing.
        """
        active = 1 - np.asarray(carbon) - binder
        if (active <= 0).any():
            raise InputError(
                f"carbon {100 * np.max(carbon):.4g} % and binder {100 * binder:.4g} % by weight leave "
                f"{100 * np.min(active):.4g} % for the active material"
            )
        return Weights(_plain(active), carbon, binder)


def _plain(values: NDArray[np.float64]) -> Values:
    """Return a float for an array without axes."""
    return values if np.ndim(values) else float(values)
