"""Migration of what the liquid carries, by finite volumes that follow the liquid.

Cells hold equal shares of the liquid, so s, the liquid below a height over all liquid, runs from 0 to 1 whatever the
film does. Solvent leaves at the top only, so what passes the height s from below is a share s of it:

    d(R c)/dt + d/ds( s q c - k dc/ds ) = 0,   k = phi_l^2 D_eff/h_l,   zero flux at s = 0 and 1,

with the liquid per area h_l, its loss q = -dh_l/dt, and R = h_l + adsorption x particles. Where particles are well
mixed s is the relative height x/h and k = phi_l D_eff/h. Derivation: docs/drying.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgtsv

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer
from electrosim.drying.film import Film
from electrosim.drying.species import Species

Array = NDArray[np.float64]

_GAMMA = 2 - np.sqrt(2)  # of TR-BDF2, where both parts have the same implicit factor
_IMPLICIT = 1 - np.sqrt(0.5)
_HEIGHTS = 2000  # cells of the table that finds the height below which a share of the liquid lies


@dataclass(frozen=True)
class Course:
    """A film's course in steps.

    Parameters
    ----------
    film : Film
        Its levels.
    time : ndarray, shape (steps + 1,)
        [s]
    liquid : ndarray, shape (steps + 1,)
        Per area, binder included [m].
    kept : ndarray of bool, shape (steps + 1,)
        Which of these are wanted.
    """

    film: Film
    time: Array
    liquid: Array
    kept: NDArray[np.bool_]


@dataclass(frozen=True)
class Migration:
    """Where a species is, at the times that were wanted.

    Parameters
    ----------
    content : ndarray, shape (times, cells)
        Amount per share of the liquid over the mean, whether it moves or not.
    top, bottom : ndarray, shape (times,)
        The same at the two faces.
    peclet : ndarray, shape (times,)
        q h/(phi_l D_eff), below the liquid surface.
    coarsest : float
        Largest Peclet number of a cell; above 2 the profile is smeared.
    """

    content: Array
    top: Array
    bottom: Array
    peclet: Array
    coarsest: float


class Carrier:
    """A species in the liquid of a film: what its transport takes at any time.

    Parameters
    ----------
    species : Species
        What migrates.
    film : Film
        What it migrates in.
    diffusivity : float
        In the liquid [m2 s-1].
    cells : int
        Cells.
    """

    def __init__(self, species: Species, film: Film, diffusivity: float, cells: int) -> None:
        self.species, self.film, self.diffusivity, self.cells = species, film, diffusivity, cells
        self.faces = np.linspace(0, 1, cells + 1)[1:]  # all but the bottom

    def retained(self, liquid: float) -> float:
        """Return R [m]."""
        return liquid + self.species.adsorption * self.film.particles

    def conductance(self, time: float, liquid: float) -> Array:
        """Return k at all faces but the bottom [m s-1]."""
        film = self.film
        if liquid <= film.pore_liquid:
            fraction = np.full(self.cells, liquid / film.dry_height)
        elif film.is_even:
            fraction = np.full(self.cells, liquid / (liquid + film.particles))
        else:
            fraction = 1 - film.fractions(time, liquid, self._heights(time, liquid))
        return np.asarray(fraction ** (self.species.bruggeman + 1) * self.diffusivity / liquid)

    def _heights(self, time: float, liquid: float) -> Array:
        """Return the heights below which the shares of the liquid lie [m]."""
        film, level = self.film, float(self.film.level(liquid))
        grid = np.linspace(0.0, level, _HEIGHTS + 1)
        liquid_in = 1 - film.fractions(time, liquid, (grid[1:] + grid[:-1]) / 2)
        below = np.concatenate([[0.0], np.cumsum(liquid_in)])
        return np.asarray(np.interp(self.faces * below[-1], below, grid))


def diffusivity_of(species: Species, film: Film, first_rate: float) -> float:
    """Return the diffusivity in the liquid [m2 s-1]; from the first Peclet number if that is given.

    Parameters
    ----------
    species : Species
        What migrates.
    film : Film
        Its levels.
    first_rate : float
        Volume flux of the evaporating solvent at the start [m s-1].

    Raises
    ------
    InputError
        If the Peclet number is given and there is no flux.
    """
    if species.diffusivity is not None:
        return species.diffusivity
    if first_rate <= 0:
        raise InputError(
            f"{species.name}.initial_peclet is about the first flux, which is not positive here; give a diffusivity",
            (species.name, "initial_peclet"),
        )
    level = float(film.level(film.initial_liquid))
    fraction = film.initial_liquid / level
    effective = first_rate * level / (fraction * (species.initial_peclet or 1.0))
    return float(effective * fraction ** (1 - species.bruggeman))


def initial_content(species: Species, cells: int) -> Array:
    """Return the first amount in every cell, over the mean."""
    if not species.layers:
        return np.ones(cells)
    shares, amounts = np.array(species.layers).T
    ends = np.concatenate([[0.0], np.cumsum(shares) / shares.sum()])
    whole = np.concatenate([[0.0], np.cumsum(amounts * np.diff(ends))])
    content = np.diff(np.interp(np.linspace(0, 1, cells + 1), ends, whole)) * cells
    return np.asarray(content / content.mean())


def migrate(carrier: Carrier, course: Course, observer: Observer) -> Migration:
    """Follow a species through a film's course.

    Fluxes by exponential fitting (Scharfetter-Gummel), steps by TR-BDF2, both of second order; amounts are changed by
    differences of fluxes only, so their sum keeps to rounding.

    Parameters
    ----------
    carrier : Carrier
        The species in its film.
    course : Course
        The film's.
    observer : callable
        Hears the progress.

    Returns
    -------
    Migration

    References
    ----------
    D. L. Scharfetter, H. K. Gummel, IEEE Trans. Electron Devices 16 (1969) 64, doi:10.1109/T-ED.1969.16566; R. E. Bank
    et al., IEEE Trans. Electron Devices 32 (1985) 1992, doi:10.1109/T-ED.1985.22232 (TR-BDF2).
    """
    species = carrier.species
    total = initial_content(species, carrier.cells)
    bound, moving = species.frozen * total, (1 - species.frozen) * total
    gels_at = np.inf if species.gelation is None else species.gelation / carrier.retained(course.liquid[0])
    gelled = np.zeros(carrier.cells, bool)
    rates = -np.diff(course.liquid) / np.diff(course.time)
    peclet = rates[0] / carrier.conductance(course.time[0], course.liquid[0])[-1]
    snapshots, coarsest = [(bound, moving, peclet)], 0.0
    for step, rate in enumerate(rates, start=1):
        if step % 100 == 0:
            observer(f"migration of {species.name}", step / rates.size)
        begin, end = course.time[step - 1 : step + 1]
        moving, last = _step(carrier, moving, ~gelled, begin, course.liquid[step - 1], rate, end)
        coarsest = max(coarsest, last.coarsest)
        gelled |= moving >= gels_at * carrier.retained(course.liquid[step])
        bound, moving = bound + np.where(gelled, moving, 0.0), np.where(gelled, 0.0, moving)
        if course.kept[step]:
            snapshots.append((bound, moving, last.peclet))
    content = np.array([bound + moving for bound, moving, _ in snapshots])
    ends = np.array([face_values(*snapshot) for snapshot in snapshots])
    return Migration(content, ends[:, 0], ends[:, 1], np.array([item[2] for item in snapshots]), coarsest)


def _step(
    carrier: Carrier, moving: Array, free: NDArray[np.bool_], time: float, liquid: float, rate: float, end: float
) -> tuple[Array, _Fluxes]:
    """Advance the moving amounts by one step of TR-BDF2; return them, and the fluxes at its end."""
    dt = end - time
    first = _Fluxes(carrier, free, time, liquid, rate)
    middle = _Fluxes(carrier, free, time + _GAMMA * dt, liquid - _GAMMA * dt * rate, rate)
    last = _Fluxes(carrier, free, end, liquid - dt * rate, rate)
    half = moving + _IMPLICIT * dt * first.gain(moving / first.retained)
    half = middle.implicit(half, _IMPLICIT * dt)
    weight = 1 / (_GAMMA * (2 - _GAMMA))
    whole = last.implicit(weight * half + (1 - weight) * moving, _IMPLICIT * dt)
    return whole, last


class _Fluxes:
    """Fluxes between cells at one time, linear in the concentrations; none into or out of cells that are not free."""

    def __init__(self, carrier: Carrier, free: NDArray[np.bool_], time: float, liquid: float, rate: float) -> None:
        self.width = 1 / carrier.cells
        self.retained = carrier.retained(liquid)
        conductance = carrier.conductance(time, liquid)
        self.peclet = float(rate / conductance[-1])
        cell = carrier.faces[:-1] * rate * self.width / conductance[:-1]
        self.coarsest = float(cell.max())
        passes = free[:-1] & free[1:]
        self.backward = passes * conductance[:-1] / self.width * bernoulli(cell)
        self.forward = self.backward + passes * carrier.faces[:-1] * rate  # bernoulli(-p) = bernoulli(p) + p

    def gain(self, concentration: Array) -> Array:
        """Return the rate at which amounts grow."""
        flux = np.zeros(concentration.size + 1)
        flux[1:-1] = self.forward * concentration[:-1] - self.backward * concentration[1:]
        return -np.diff(flux) / self.width

    def implicit(self, amounts: Array, dt: float) -> Array:
        """Return amounts + dt gain, the gain taken at the result."""
        factor = dt / self.width
        diagonal = np.full(amounts.size, self.retained)
        diagonal[:-1] += factor * self.forward
        diagonal[1:] += factor * self.backward
        *_, concentration, _ = dgtsv(-factor * self.forward, diagonal, -factor * self.backward, amounts)
        return np.asarray(amounts + dt * self.gain(concentration))


def bernoulli(p: Array) -> Array:
    """Return p/(exp(p) - 1)."""
    small = np.abs(p) < 1e-5
    safe = np.where(small, 1.0, np.minimum(p, 600.0))
    return np.where(small, 1 - p / 2, safe / np.expm1(safe))


def face_values(bound: Array, moving: Array, peclet: float) -> tuple[float, float]:
    """Return the amounts at top and bottom, third order where cells resolve the profile.

    What moves has the slope of no flux there, dc/ds = peclet c and 0; what is bound is extrapolated.
    """
    coarse = peclet / moving.size
    top = (7 * moving[-1] - moving[-2]) / (6 - 2 * coarse) if coarse < 1 else moving[-1]
    bottom = (7 * moving[0] - moving[1]) / 6
    return (
        float(top + (3 * bound[-1] - bound[-2]) / 2),
        float(bottom + (3 * bound[0] - bound[1]) / 2),
    )
