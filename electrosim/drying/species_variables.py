"""Profiles of what migrates, as variables over time and height."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.drying.binder import Carrier, Course, Migration, diffusivity_of, migrate
from electrosim.drying.binder_fipy import migrate_with_fipy
from electrosim.drying.evaporation import DryingCurve
from electrosim.drying.method import Method
from electrosim.drying.problem import Problem
from electrosim.drying.species import Species

Array = NDArray[np.float64]


def migrations(
    problem: Problem, curve: DryingCurve, times: Array, method: Method, observer: Observer
) -> dict[str, Migration]:
    """Return how each species migrates, by its name; after it is bound whole its profile stays.

    Parameters
    ----------
    problem : Problem
        What dries.
    curve : DryingCurve
        How it does.
    times : ndarray
        Times of the output [s].
    method : Method
        Cells, steps, solver.
    observer : callable
        Hears the progress.

    Raises
    ------
    InputError
        If FiPy is asked to gel.
    """
    first_rate = float(curve.flux(np.zeros(1))[0]) / problem.coating.solvent.density
    run = migrate_with_fipy if method.migration == "fipy" else migrate
    found = {}
    for species in problem.species:
        if species.gelation is not None and method.migration == "fipy":
            raise InputError(
                f'{species.name}.gelation is not in method.migration = "fipy"; leave one of them out',
                (species.name, "gelation"),
            )
        carrier = Carrier(species, problem.film, diffusivity_of(species, problem.film, first_rate), method.cells)
        course = _course(problem, curve, times, species, method.steps)
        found[species.name] = _held(run(carrier, course, observer), times.size)
    return found


def _course(problem: Problem, curve: DryingCurve, times: Array, species: Species, steps: int) -> Course:
    """Return the film's course until a species is bound; output times are among its steps."""
    end = curve.ends[species.moves_until]
    end = min(curve.end, end) if np.isfinite(end) else curve.end
    inside = times[times <= end]
    time = np.unique(np.concatenate([inside, np.linspace(0.0, end, steps + 1)]))
    return Course(problem.film, time, curve.liquid(time), np.isin(time, inside))


def _held(found: Migration, count: int) -> Migration:
    """Return a migration with its last state repeated to the end."""
    at = np.minimum(np.arange(count), found.top.size - 1)
    return Migration(found.content[at], found.top[at], found.bottom[at], found.peclet[at], found.coarsest)


def species_variables(found: dict[str, Migration]) -> dict[str, Any]:
    """Return the variables of all species.

    Returns
    -------
    dict of str to variables
        For each species, here "binder": `binder_profile` (time, x), amount over the mean, `binder_top_to_mean`,
        `binder_bottom_to_mean`, `binder_peclet` (time). `peclet` is that of the first species. x is the share of the
        liquid below, which is the relative height wherever particles are mixed, and in any film that has consolidated.
    """
    variables: dict[str, Any] = {}
    for name, item in found.items():
        cells = item.content.shape[1]
        variables["x"] = variable("x", (np.arange(cells) + 0.5) / cells, "1", "share of the liquid below")
        variables |= {
            f"{name}_profile": variable(("time", "x"), item.content, "1", f"{name} over its mean"),
            f"{name}_top_to_mean": variable("time", item.top, "1", f"{name} at the top over its mean"),
            f"{name}_bottom_to_mean": variable("time", item.bottom, "1", f"{name} at the bottom over its mean"),
            f"{name}_peclet": variable("time", item.peclet, "1", f"Peclet number of {name} below the surface"),
        }
        variables.setdefault("peclet", variables[f"{name}_peclet"])
    return variables
