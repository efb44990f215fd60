"""What migrates in the liquid of a drying film: a dissolved polymer, a latex, carbon black."""

from __future__ import annotations

import math
from dataclasses import dataclass

from electrosim.base.errors import InputError

BOLTZMANN = 1.380649e-23


@dataclass(frozen=True)
class Species:
    """A species that the liquid carries.

    Parameters
    ----------
    name : str
        Its name.
    diffusivity : float, optional
        In the liquid [m2 s-1].
    initial_peclet : float, optional
        q h0/(phi_l0 D_eff) instead, with the first flux q: what the reference problem is given by.
    bruggeman : float
        Exponent of the hindrance by the particles: D_eff = D phi_l^(bruggeman - 1); 1 for none.
    adsorption : float
        What a volume of particles holds over what the same volume of liquid does; it stays with the particles.
    frozen : float
        Share that is bound from the start and stays with the particles, as by a precipitation bath.
    gelation : float, optional
        Concentration over the initial mean at which the liquid gels: what is there is bound, and none passes.
    moves_until : {"shrinkage", "constant rate"}
        End of the stage at which all of it is bound: when air enters the pores, or when their liquid falls apart.
    layers : tuple of (float, float)
        Share of the film's height and relative amount of each layer at the start, bottom first; even if empty.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    name: str = "binder"
    diffusivity: float | None = None
    initial_peclet: float | None = None
    bruggeman: float = 1.0
    adsorption: float = 0.0
    frozen: float = 0.0
    gelation: float | None = None
    moves_until: str = "shrinkage"
    layers: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        """Check every value."""
        if (self.diffusivity is None) == (self.initial_peclet is None):
            raise InputError(
                f"{self.name} needs one of diffusivity, hydrodynamic_radius and initial_peclet", (self.name,)
            )
        for key in ("diffusivity", "initial_peclet", "gelation"):
            value = getattr(self, key)
            if value is not None and not 0 < value < math.inf:
                raise InputError(f"{self.name}.{key} = {value:g}: it must be positive and finite", (self.name, key))
        if not 0 <= self.frozen <= 1 or self.adsorption < 0 or self.bruggeman < 0:
            raise InputError(
                f"{self.name}: frozen must lie between 0 and 1, adsorption and bruggeman not be negative", (self.name,)
            )
        if self.moves_until not in ("shrinkage", "constant rate"):
            raise InputError(
                f'{self.name}.moves_until must be "shrinkage" or "constant rate"', (self.name, "moves_until")
            )
        if self.layers:
            shares = sum(share for share, _ in self.layers)
            if abs(shares - 1) > 1e-6 or min(min(layer) for layer in self.layers) < 0:
                raise InputError(
                    f"{self.name}.layers: shares of the height sum to {shares:.6g}; they must sum to 1, none negative",
                    (self.name, "layers"),
                )


def stokes_einstein(radius: float, viscosity: float, temperature: float) -> float:
    """Return the diffusivity of a sphere [m2 s-1]: D = k_B T/(6 pi eta R).

    Parameters
    ----------
    radius : float
        [m]
    viscosity : float
        Of the liquid [Pa s].
    temperature : float
        [K]

    Examples
    --------
    >>> f"{stokes_einstein(50e-9, 1e-3, 298.15):.2e}"
    '4.37e-12'
    """
    return BOLTZMANN * temperature / (6 * math.pi * viscosity * radius)
