"""Dimensionless groups of a drying film, and what they say."""

from __future__ import annotations

from dataclasses import dataclass

from electrosim.drying.film import stokes_velocity
from electrosim.drying.problem import Problem
from electrosim.drying.species import stokes_einstein


@dataclass(frozen=True)
class Groups:
    """Dimensionless groups with the mean flux until air enters and the first height of the film.

    Parameters
    ----------
    particle_peclet : float
        q h/D of the particles, D by Stokes and Einstein; NaN if their diameter is not known.
    sedimentation : float
        N_s, speed of a lone settling particle over q.
    capillary : float
        Ca = eta q/gamma.

    References
    ----------
    C. M. Cardinal et al., AIChE J. 56 (2010) 2769, doi:10.1002/aic.12190.
    """

    particle_peclet: float
    sedimentation: float
    capillary: float


def groups_of(problem: Problem, rate: float, temperature: float) -> Groups:
    """Return the groups.

    Parameters
    ----------
    problem : Problem
        What dries.
    rate : float
        Volume flux of the evaporating solvent [m s-1].
    temperature : float
        Of the film [K].
    """
    coating, viscosity = problem.coating, problem.liquid_viscosity
    tension = coating.solvent.surface_tension(temperature)
    diameter = coating.mean_diameter("active")
    if diameter is None or rate <= 0:
        return Groups(float("nan"), float("nan"), viscosity * rate / tension)
    density = coating.weight("active") / coating.volume("active")
    fall = stokes_velocity(diameter, density - coating.solvent.density, viscosity)
    diffusivity = stokes_einstein(diameter / 2, viscosity, temperature)
    height = float(problem.film.level(problem.film.initial_liquid))
    return Groups(rate * height / diffusivity, fall / rate, viscosity * rate / tension)


def migration_verdict(name: str, peclet: float, top: float, bottom: float) -> str:
    """Return in words what a species does, from its largest Peclet number and its profile at the end."""
    if max(abs(top - 1), abs(bottom - 1)) < 0.05:
        kind = "stays even"
    elif top > bottom:
        kind = "gathers at the top"
    else:
        kind = "stays richer at the bottom"
    return f"{name} {kind}: Pe up to {peclet:.3g}, top {top:.3g} and bottom {bottom:.3g} times the mean"


def particle_verdict(groups: Groups) -> str:
    """Return in words what the particles do, on Cardinal's map of drying."""
    if groups.particle_peclet != groups.particle_peclet:
        return "particles: no diameter is given, so no verdict"
    if groups.sedimentation > 1:
        kind = "settle faster than the surface falls, so clear liquid forms above a sediment"
    elif groups.particle_peclet > 1:
        kind = "are caught by the falling surface before they diffuse, so they pack from the top"
    else:
        kind = "diffuse faster than the surface falls, so they stay mixed"
    return f"particles {kind}: Pe = {groups.particle_peclet:.3g}, N_s = {groups.sedimentation:.3g}"


def capillary_verdict(groups: Groups) -> str:
    """Return in words whether viscous forces hinder the supply of the surface with liquid."""
    kind = "hold their own against" if groups.capillary > 1e-3 else "are nothing beside"
    return f"viscous forces {kind} capillarity: Ca = {groups.capillary:.3g}"
