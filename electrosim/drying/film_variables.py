"""Levels, rates and balances of a drying film as variables over time."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.drying.evaporation import STAGES, DryingCurve
from electrosim.drying.gas import air_heating
from electrosim.drying.problem import Problem

Array = NDArray[np.float64]

HEIGHTS = 50
"""Cells of the particles' profile."""


def output_times(curve: DryingCurve, count: int, others: Array) -> Array:
    """Return evenly spaced times with the ends of stages and zones, and others, among them [s]."""
    edges = [*curve.ends.values(), *(item.end for item in curve.stretches), *others]
    known = [value for value in edges if 0 < value < curve.end]
    return np.unique(np.concatenate([np.linspace(0.0, curve.end, count), known]))


def film_variables(problem: Problem, curve: DryingCurve, times: Array) -> dict[str, Any]:
    """Return what the film and its solvent do.

    Returns
    -------
    dict of str to variables
        With dimension `time`: `film_thickness`, the mean level of the liquid or the consolidated solid, `solid_height`,
        `solvent_height`, up to which liquid reaches, in the middle of the disc if it is a cap [m], `saturation` of the
        pores of the consolidated solid, `porosity`, `flux` [kg m-2 s-1], `temperature` [K], `solvent_inventory`,
        `evaporated` [kg m-2], `heat_to_film`, `heat_to_air` [J m-2]; `particle_profile` (time, height) of layered
        films, over the relative height in the solid; `stage_end_times` (stage) [s], NaN for a stage that did not end;
        `dry_time` [s]; `oven_length` [m] if the belt's speed is known; `wet_thickness`, `dry_thickness` [m],
        `initial_solvent` [kg m-2], `loading` [kg m-2], `dry_porosity`, of the dry film with its binder; `role` and
        `weight` (component), as given.
    """
    film, solvent = problem.film, problem.coating.solvent
    state = curve.state(times)
    liquid = state[0] + film.binder
    level, solid = film.level(liquid), film.solid_height(times, liquid)
    apex = np.where(level > solid, solid + film.excess_height(times, liquid), level)
    zones = [stretch.zone.air for stretch in curve.stretches if stretch.zone.air is not None]
    known = all(math.isfinite(air_heating(air, solvent, problem.ambient)) for air in zones)
    found: dict[str, Any] = {
        "time": variable("time", times, "s", "time"),
        "film_thickness": variable("time", np.maximum(level, solid), "m", "thickness of the film"),
        "solid_height": variable("time", solid, "m", "top of the solid"),
        "solvent_height": variable("time", apex, "m", "height up to which liquid reaches"),
        "saturation": variable("time", np.minimum(liquid / film.pore_liquid, 1.0), "1", "filled share of the pores"),
        "porosity": variable("time", film.porosity(times, liquid), "1", _porosity_words(problem)),
        "flux": variable("time", curve.flux(times), "kg m-2 s-1", "evaporation flux"),
        "temperature": variable("time", state[1], "K", "temperature of the film"),
        "solvent_inventory": variable("time", state[0] * solvent.density, "kg m-2", "solvent in the film"),
        "evaporated": variable("time", state[2], "kg m-2", "solvent that has evaporated"),
        "heat_to_film": variable("time", state[3], "J m-2", "heat that has gone into the film"),
        "heat_to_air": variable(
            "time", state[4] if known else np.full(times.size, np.nan), "J m-2", "heat that fresh air has taken"
        ),
        "stage": ("stage", list(STAGES)),
        "stage_end_times": variable("stage", [curve.ends[name] for name in STAGES], "s", "time when a stage ends"),
        "dry_time": variable((), curve.ends["falling rate"], "s", "time until the film is dry"),
    }
    if problem.belt_speed is not None:
        length = curve.ends["falling rate"] * problem.belt_speed
        found["oven_length"] = variable((), length, "m", "length of the oven that dries the film")
    if film.layered:
        found |= _profile(problem, times, liquid)
    return found | _amounts(problem)


def _porosity_words(problem: Problem) -> str:
    solid = "particles" if problem.film.solid_share == 1 else "active material"
    return f"share of the height of the solid that is not {solid}"


def _profile(problem: Problem, times: Array, liquid: Array) -> dict[str, Any]:
    """Return the particles' volume fraction over the relative height in the solid."""
    height = (np.arange(HEIGHTS) + 0.5) / HEIGHTS
    rows = []
    for time, amount in zip(times, liquid, strict=True):
        top = float(problem.film.solid_height(time, amount))
        rows.append(problem.film.fractions(time, amount, height * top))
    return {
        "height": variable("height", height, "1", "height over the top of the solid"),
        "particle_profile": variable(("time", "height"), np.array(rows), "1", "volume fraction of the particles"),
    }


def _amounts(problem: Problem) -> dict[str, Any]:
    film = problem.film
    solids = (film.particles + film.binder) / film.dry_height
    return {
        "wet_thickness": variable((), float(film.level(film.initial_liquid)), "m", "mean level at the start"),
        "dry_thickness": variable((), film.dry_height, "m", "thickness of the dry film"),
        "loading": variable((), problem.solids_mass, "kg m-2", "mass of the solids"),
        "initial_solvent": variable((), problem.initial_solvent, "kg m-2", "solvent at the start"),
        "component": ("component", [item.name for item in problem.coating.components]),
        "role": variable(
            "component", [item.role for item in problem.coating.components], "1", "what it is in the film"
        ),
        "weight": variable(
            "component", [item.weight for item in problem.coating.components], "1", "share of the weight of all solids"
        ),
        "dry_porosity": variable((), 1 - solids, "1", "pores of the dry film, binder counted as solid"),
    }


def balance_error(problem: Problem, curve: DryingCurve, times: Array, species: list[Array]) -> Array:
    """Return the worst relative error of the balances of solvent, particles and species at each time.

    Parameters
    ----------
    problem : Problem
        What dries.
    curve : DryingCurve
        How it does.
    times : ndarray, shape (times,)
        [s]
    species : list of ndarray, shape (times, cells)
        Amounts of each species.
    """
    state, film = curve.state(times), problem.film
    errors = [(state[0] * problem.coating.solvent.density + state[2]) / problem.initial_solvent - 1]
    solids = []
    for time, liquid in zip(times, state[0] + film.binder, strict=True):
        tops, fractions = film.layers(time, liquid)
        solids.append(math.fsum(np.diff(tops, prepend=0.0) * fractions) / film.particles - 1)
    errors.append(np.array(solids))
    errors += [content.sum(axis=1) / content[0].sum() - 1 for content in species]
    return np.asarray(np.max(np.abs(errors), axis=0))
