"""A coating from wet to dry: film, solvent, binder, stress."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.base.errors import SolveError
from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.drying.binder import Migration
from electrosim.drying.evaporation import DryingCurve, dry
from electrosim.drying.film_variables import balance_error, film_variables, output_times
from electrosim.drying.groups import capillary_verdict, groups_of, migration_verdict, particle_verdict
from electrosim.drying.method import Method
from electrosim.drying.problem import Problem
from electrosim.drying.species_variables import migrations, species_variables
from electrosim.drying.stress_variables import stress_times, stress_variables

if TYPE_CHECKING:
    import xarray as xr


def solve(
    problem: Problem,
    *,
    method: Method | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
) -> xr.Dataset:
    """Dry a film.

    Parameters
    ----------
    problem : Problem
        Coating, film, oven, species, cracking.
    method : Method, optional
        How; ``Method()`` by default.
    rng : numpy.random.Generator, optional
        Source of the Monte Carlo trials behind the intervals of the critical thickness; seed 0 by default.
    observer : callable, optional
        Hears the progress.
    throw : bool
        Whether a film that is not dry after the longest time raises; otherwise its `status` says so. A film that leaves
        the last zone wet is a result, and its `status` says so.

    Returns
    -------
    xarray.Dataset
        With dimension `time`: `film_thickness`, `solid_height`, `solvent_height` [m], `flux` [kg m-2 s-1],
        `temperature` [K], `porosity`, `saturation`, `solvent_inventory` [kg m-2], `evaporated` [kg m-2],
        `heat_to_film`, `heat_to_air` [J m-2], `balance_error`; for each species, here "binder", `binder_profile`
        (time, x), over its mean, `binder_top_to_mean`, `binder_bottom_to_mean`, `binder_peclet`, and `peclet`, that of
        the first species.
        `particle_profile` (time, height) of layered films. With dimension `stage`: `stage_end_times` [s].
        With dimension `model`, if cracking is asked for: see `stress_variables.stress_variables`. Further
        `particle_peclet`, `sedimentation_number`, `capillary_number`, `verdict`, `dry_time` [s], `oven_length` [m],
        `status`, `solved`, `wall_time` [s].

    Raises
    ------
    SolveError
        If `throw` and the film is not dry after the longest time, or the integration failed.

    Examples
    --------
    >>> from electrosim.drying import Coating, Component, Problem, Zone, film_of
    >>> from electrosim.materials.solvents import solvent
    >>> coating = Coating((Component("graphite", 1.0, 2260.0),), solvent("water"), solids=0.5)
    >>> film = film_of(coating, packing=0.6, thickness=100e-6)
    >>> result = solve(Problem(coating, film, (Zone(flux=1e-3),)))
    >>> result["stage_end_times"].sel(stage="shrinkage").item()
    48...
    """
    method = method or Method()
    began = time.perf_counter()
    curve = dry(problem, rtol=method.rtol, longest_time=method.longest_time, observer=observer)
    if throw and not curve.status.solved:
        raise SolveError(curve.status.sentence)
    others = np.empty(0) if problem.cracking is None else stress_times(problem, curve)
    times = output_times(curve, method.times, others)
    found = film_variables(problem, curve, times)
    moved = migrations(problem, curve, times, method, observer)
    found |= species_variables(moved)
    errors = balance_error(problem, curve, times, [item.content for item in moved.values()])
    found["balance_error"] = variable("time", errors, "1", "worst relative error of the balances")
    found |= _group_variables(problem, curve, moved)
    if problem.cracking is not None:
        found |= stress_variables(problem, curve, times, rng or np.random.default_rng(0))
    found |= {
        "status": variable((), _sentence(curve, moved), "1", "how the drying ended"),
        "solved": variable((), curve.status.solved, "1", "whether the numbers can be used"),
        "wall_time": variable((), time.perf_counter() - began, "s", "time the solve took"),
    }
    return _dataset(problem, found)


def _group_variables(problem: Problem, curve: DryingCurve, moved: dict[str, Migration]) -> dict[str, Any]:
    """Return the dimensionless groups and what they say."""
    rate, temperature = curve.mean_shrinkage()
    groups = groups_of(problem, rate, temperature)
    said = [
        migration_verdict(name, float(item.peclet.max()), float(item.top[-1]), float(item.bottom[-1]))
        for name, item in moved.items()
    ]
    said += [particle_verdict(groups), capillary_verdict(groups)]
    return {
        "particle_peclet": variable((), groups.particle_peclet, "1", "Peclet number of the active particles"),
        "sedimentation_number": variable((), groups.sedimentation, "1", "settling speed over speed of the surface"),
        "capillary_number": variable((), groups.capillary, "1", "viscous over capillary forces"),
        "verdict": variable((), "; ".join(said), "1", "what the dimensionless groups say"),
    }


def _sentence(curve: DryingCurve, moved: dict[str, Migration]) -> str:
    """Return the status, with a warning where cells are too coarse for a profile."""
    coarse = [name for name, item in moved.items() if item.coarsest > 2]
    if not coarse:
        return curve.status.sentence
    return f"{curve.status.sentence} The cells are too coarse for {' and '.join(coarse)}; raise method.cells."


def _dataset(problem: Problem, found: dict[str, Any]) -> xr.Dataset:
    import xarray as xr

    coordinates = {
        name: found.pop(name) for name in ("time", "x", "height", "stage", "model", "component") if name in found
    }
    dataset = xr.Dataset(found, coords=coordinates)
    dataset.attrs = provenance(problem.describe(), title="drying", seed=None, references=())
    return dataset
