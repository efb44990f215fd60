"""Stress over the drying of a film, by every law side by side, and whether and when it cracks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.uncertainty import Interval, propagate
from electrosim.drying import stress as laws

Array = NDArray[np.float64]

MODELS = ("capillary", "white", "tirumkudulu-russel", "singh-tirumkudulu", "pore-throat")
UNCERTAIN = ("surface_tension", "fraction", "diameter", "toughness", "shear_modulus", "coordination", "throat_radius")
_POSITIVE = ("surface_tension", "diameter", "toughness", "shear_modulus", "coordination", "throat_radius")


@dataclass(frozen=True)
class Cracking:
    """What stress and cracking depend on.

    Parameters
    ----------
    fraction : float
        Volume fraction of the consolidated particles in the laws: of all that is solid, or of a random close packing.
    diameter : float
        The particles' effective diameter [m]; models disagree by powers of it.
    surface_tension : float, optional
        Of the liquid [N m-1]; that of the solvent when air enters the pores if left out.
    toughness : float, optional
        K of the consolidated wet film [Pa m^0.5]; without it, laws that need it give none.
    toughness_diameter : float, optional
        Diameter of the particles for which `toughness` holds, which is then scaled with d^-0.8 [m].
    shear_modulus : float, optional
        Of the particles [Pa]; without it, laws of elastic spheres give none.
    coordination : float
        Contacts of a particle.
    contact_angle : float
        [rad]
    throat_radius : float, optional
        Of the throats between pores, for instance from mercury intrusion [m].
    residual : float
        Share of the highest stress that the dry binder keeps.
    prefactors : mapping of str to float
        In place of those published: capillary 2, white 3, griffith 1.4, tirumkudulu-russel 0.1877, singh-tirumkudulu
        0.64, film-over-pressure 0.8.
    intervals : mapping of str to Interval
        Limits of those inputs that are uncertain, by their names.
    samples : int
        Monte Carlo trials for them.
    level : float
        Coverage probability of the intervals that come out.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    fraction: float
    diameter: float
    surface_tension: float | None = None
    toughness: float | None = None
    toughness_diameter: float | None = None
    shear_modulus: float | None = None
    coordination: float = 6.0
    contact_angle: float = 0.0
    throat_radius: float | None = None
    residual: float = 0.0
    prefactors: Mapping[str, float] = field(default_factory=dict)
    intervals: Mapping[str, Interval] = field(default_factory=dict)
    samples: int = 100_000
    level: float = 0.95

    def __post_init__(self) -> None:
        """Check every value."""
        for name in (*_POSITIVE, "toughness_diameter"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise InputError(f"cracking.{name} = {value:g}: it must be positive and finite", ("cracking", name))
        if not 0 < self.fraction < 1:
            raise InputError(
                f"cracking.fraction = {self.fraction:g}: it must lie between 0 and 1", ("cracking", "fraction")
            )
        if not 0 <= self.contact_angle < math.pi / 2:
            raise InputError(
                f"cracking.contact_angle = {math.degrees(self.contact_angle):g} deg: a liquid that is held back by "
                "capillarity wets, with less than 90 deg",
                ("cracking", "contact_angle"),
            )
        for name, interval in self.intervals.items():
            if not interval.lower < interval.upper or (interval.lower <= 0 and name != "fraction"):
                raise InputError(
                    f"cracking.intervals.{name} runs from {interval.lower:g} to {interval.upper:g}; give a lower and a "
                    "higher limit, both positive",
                    ("cracking", "intervals", name),
                )

    def _prefactor(self, name: str) -> float:
        return self.prefactors.get(name, PREFACTORS[name])

    def _inputs(self, values: Mapping[str, Array]) -> dict[str, Array]:
        """Return all inputs, those given in place of ours; what is unknown is NaN."""
        found = {}
        for name in UNCERTAIN:
            value = values.get(name, getattr(self, name))
            found[name] = np.asarray(np.nan if value is None else value, float)
        if self.toughness_diameter is not None:
            found["toughness"] = laws.toughness_of_size(found["toughness"], found["diameter"], self.toughness_diameter)
        found["stiffness"] = laws.contact_stiffness(found["shear_modulus"], found["coordination"], found["fraction"])
        return found

    def peak_stress(self, **values: Array) -> Array:
        """Return the highest stress by each of the `MODELS` [Pa], shape (models, ...); NaN where an input lacks."""
        given = self._inputs(values)
        size = given["surface_tension"], given["fraction"], given["diameter"]
        pressure = laws.white_pressure(*size, self.contact_angle) * self._prefactor("white") / 3
        found = (
            laws.capillary_stress(*size) * self._prefactor("capillary") / 2,
            pressure,
            pressure * self._prefactor("film-over-pressure"),
            pressure,
            laws.throat_pressure(given["surface_tension"], given["throat_radius"], self.contact_angle),
        )
        return np.array(np.broadcast_arrays(*found))

    def critical_thickness(self, **values: Array) -> Array:
        """Return the thickness above which a film cracks by each of the `MODELS` [m], shape (models, ...)."""
        given = self._inputs(values)
        peak = self.peak_stress(**values)
        tension, stiffness = given["surface_tension"], given["stiffness"]
        griffith = self._prefactor("griffith")
        found = (
            laws.griffith_thickness(given["toughness"], peak[0], griffith),
            laws.griffith_thickness(given["toughness"], peak[1], griffith),
            laws.tirumkudulu_russel_thickness(
                peak[2], tension, given["diameter"], stiffness, self._prefactor("tirumkudulu-russel")
            ),
            laws.singh_tirumkudulu_thickness(peak[3], tension, stiffness, self._prefactor("singh-tirumkudulu")),
            laws.griffith_thickness(given["toughness"], peak[4], griffith),
        )
        return np.array(np.broadcast_arrays(*found))

    def critical_stress(self, thickness: float) -> Array:
        """Return the stress at which a film of a thickness cracks by each of the `MODELS` [Pa]."""
        given = self._inputs({})
        tension, stiffness = given["surface_tension"], given["stiffness"]
        griffith = given["toughness"] / (self._prefactor("griffith") * math.sqrt(thickness))
        return np.array(
            [
                griffith,
                griffith,
                laws.tirumkudulu_russel_stress(
                    thickness, tension, given["diameter"], stiffness, self._prefactor("tirumkudulu-russel")
                ),
                laws.singh_tirumkudulu_pressure(thickness, tension, stiffness, self._prefactor("singh-tirumkudulu")),
                griffith,
            ]
        )

    def needed_toughness(self, thickness: float) -> Array:
        """Return the toughness below which a film of a thickness cracks under the highest stress [Pa m^0.5]."""
        return self._prefactor("griffith") * self.peak_stress() * math.sqrt(thickness)

    def thickness_interval(self, rng: np.random.Generator) -> tuple[Array, Array]:
        """Return the shortest coverage interval of the critical thickness by each of the `MODELS` [m]."""
        if not self.intervals:
            whole = self.critical_thickness()
            return whole, whole
        return propagate(self.critical_thickness, self.intervals, samples=self.samples, level=self.level, rng=rng)


PREFACTORS = {
    "capillary": 2.0,
    "white": 3.0,
    "griffith": laws.CHANNEL,
    "tirumkudulu-russel": laws.TIRUMKUDULU_RUSSEL,
    "singh-tirumkudulu": laws.SINGH_TIRUMKUDULU,
    "film-over-pressure": laws.FILM_OVER_PRESSURE,
}


@dataclass(frozen=True)
class Recession:
    """How the liquid's withdrawal from the pores loads the consolidated film.

    Menisci bend until the liquid has receded by one effective diameter, and the stress rises in proportion. From there
    on the pressure stays, and what it pulls on is the filled share of the pores (Bishop's parameter is the saturation).
    Once a film cracks it bears no more than the stress at which it does.

    Parameters
    ----------
    pore_liquid : float
        Solvent that fills the pores [m].
    depth : float
        Solvent that leaves them until the menisci are bent [m].

    References
    ----------
    A. W. Bishop, Teknisk Ukeblad 106 (1959) 859. The shape, a sharp rise when air enters and a steady fall, is that
    measured by A. Moorhead and L. F. Francis, J. Am. Ceram. Soc. 107 (2024) 2837.
    """

    pore_liquid: float
    depth: float

    def load(self, solvent: Array) -> Array:
        """Return the stress over its highest value, before any crack, at amounts of solvent per area [m]."""
        receded = np.maximum(self.pore_liquid - solvent, 0.0)
        bent = np.minimum(receded / self.depth, 1.0)
        return np.minimum(bent, np.maximum(solvent, 0.0) / (self.pore_liquid - self.depth))

    def solvent_at(self, load: float) -> float:
        """Return the solvent per area when the stress first reaches a share of its highest value [m]."""
        return self.pore_liquid - load * self.depth

    def history(self, solvent: Array, peak: Array, critical: Array, residual: float) -> Array:
        """Return the stress by each model [Pa], shape (times, models).

        Parameters
        ----------
        solvent : ndarray, shape (times,)
            Per area, falling [m].
        peak, critical : ndarray, shape (models,)
            Highest stress, and that at which the film cracks [Pa]; it does not where `critical` is NaN.
        residual : float
            Share of the highest stress that stays when the film is dry.
        """
        load = self.load(solvent)[:, None]
        falling = solvent[:, None] < self.pore_liquid - self.depth
        load = np.where(falling, np.maximum(load, residual), load)
        return np.fmin(load * peak, critical)
