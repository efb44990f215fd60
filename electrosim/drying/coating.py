"""What a coating is made of: weights to volumes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from electrosim.base.errors import InputError
from electrosim.materials.solvents import Solvent

Role = Literal["active", "carbon", "binder"]


@dataclass(frozen=True)
class Component:
    """A solid of the dry coating.

    Parameters
    ----------
    name : str
        Its name.
    weight : float
        Share of the weight of all solids.
    density : float
        [kg m-3]
    role : {"active", "carbon", "binder"}
        Active material and carbon are particles; binder is dissolved or dispersed in the liquid until the film is dry.
    diameter : float, optional
        Of its particles [m].
    """

    name: str
    weight: float
    density: float
    role: Role = "active"
    diameter: float | None = None


@dataclass(frozen=True)
class Coating:
    """Solids and solvent of a coating, by weight.

    Parameters
    ----------
    components : tuple of Component
        The solids; their weights must sum to 1.
    solvent : Solvent
        What evaporates.
    solids : float, optional
        Share of the solids in the weight of the slurry.

    Raises
    ------
    InputError
        If the weights do not sum to 1, no component is a particle, or a value is impossible.
    """

    components: tuple[Component, ...]
    solvent: Solvent
    solids: float | None = None

    def __post_init__(self) -> None:
        """Check the sums."""
        for item in self.components:
            if not item.weight > 0 or not item.density > 0 or (item.diameter is not None and not item.diameter > 0):
                raise InputError(f"{item.name}: weight, density and diameter must be positive", _COMPONENTS)
        total = sum(item.weight for item in self.components)
        if abs(total - 1) > 1e-6:
            shown = " + ".join(f"{item.weight:.4g}" for item in self.components)
            raise InputError(f"the weights of the solids sum to {shown} = {total:.6g}; they must sum to 1", _COMPONENTS)
        if not any(item.role != "binder" for item in self.components):
            raise InputError("every component is a binder; a film needs particles", _COMPONENTS)
        if self.solids is not None and not 0 < self.solids < 1:
            raise InputError(
                f"coating.solids = {self.solids:g}: the share of solids by weight must lie between 0 and 1",
                ("coating", "solids"),
            )

    def volume(self, *roles: Role) -> float:
        """Return the volume of the components of some roles per mass of solids, all by default [m3 kg-1]."""
        return sum(item.weight / item.density for item in self.components if not roles or item.role in roles)

    def weight(self, *roles: Role) -> float:
        """Return the share of the components of some roles in the weight of the solids."""
        return sum(item.weight for item in self.components if item.role in roles)

    @property
    def particles(self) -> float:
        """Volume of the particles per mass of solids [m3 kg-1]."""
        return self.volume("active", "carbon")

    @property
    def slurry_volume(self) -> float:
        """Volume of the slurry per mass of solids [m3 kg-1].

        Raises
        ------
        InputError
            If `solids` is not given.
        """
        if self.solids is None:
            raise InputError(
                "coating.solids is missing; add the solids of the slurry by weight, or film.initial_packing",
                ("coating", "solids"),
            )
        return self.volume() + (1 / self.solids - 1) / self.solvent.density

    @property
    def slurry_fraction(self) -> float:
        """Volume fraction of the particles in the slurry; raises as `slurry_volume`."""
        return self.particles / self.slurry_volume

    def mean_diameter(self, *roles: Role) -> float | None:
        """Return the surface-weighted mean diameter of some roles [m]; None if one of them has no diameter.

        It is the sum of the volumes over the sum of volume/diameter.
        """
        found = [item for item in self.components if item.role in roles]
        per_diameter = 0.0
        for item in found:
            if item.diameter is None:
                return None
            per_diameter += item.weight / item.density / item.diameter
        return self.volume(*roles) / per_diameter if found else None


_COMPONENTS = ("coating", "components")
