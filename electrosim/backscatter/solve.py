"""Electrons scattered back: how many, from how deep, how fast, and whether a film shows."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.backscatter import tally_kernels
from electrosim.backscatter.infer import Infer, inferred
from electrosim.backscatter.job import ANGLE_CLASSES, ENERGY_CLASSES, Found, Job
from electrosim.backscatter.media import Materials, materials
from electrosim.backscatter.method import MonteCarlo, Plain
from electrosim.backscatter.plain import follow_plainly
from electrosim.backscatter.plan import Plan, planned
from electrosim.backscatter.problem import Problem
from electrosim.backscatter.stopping import StoppingModel
from electrosim.backscatter.trajectories import Trajectories, trajectory_variables
from electrosim.backscatter.transport import follow
from electrosim.backscatter.variables import ALONG, ENCLOSED, OF_ENERGY, WORDS, variables_of
from electrosim.base.errors import InputError, SolveError
from electrosim.base.observer import Observer, announce_compilation, silent
from electrosim.base.result import provenance, variable
from electrosim.base.status import Status

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

FOLLOWED = Status("All electrons were followed.", solved=True)
ENOUGH = Status("The requested standard error was reached.", solved=True)
TOO_FEW = Status(
    "The requested standard error was not reached with the electrons allowed; raise electrons, or relax "
    "method.standard_error.",
    solved=False,
)
_DEPTHS = 200
_OTHER: dict[StoppingModel, StoppingModel] = {"joy-luo": "casino", "casino": "joy-luo"}
"""The stopping power that an inferred thickness is compared with."""


def solve(
    problem: Problem,
    *,
    method: MonteCarlo | Plain | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
    trajectories: Trajectories | None = None,
    infer: Infer | None = None,
    plan: Plan | None = None,
) -> xr.Dataset:
    """Follow electrons through a stack of layers and count those that come back.

    Parameters
    ----------
    problem : Problem
        Beam, layers, detector.
    method : MonteCarlo or Plain, optional
        How many electrons, and how they are followed; ``MonteCarlo()`` by default.
    rng : numpy.random.Generator, optional
        If given, the seed is drawn from it, in place of that of `method`.
    observer : callable, optional
        Hears the progress, with electrons per second and the standard error.
    throw : bool
        Whether to raise if a requested standard error was not reached; otherwise `status` says so.
    trajectories : Trajectories, optional
        Keep the paths of some electrons.
    infer : Infer, optional
        Find the thickness of the film from what was seen; two more simulations, with other models.
    plan : Plan, optional
        Find the energies that tell two thicknesses apart.

    Returns
    -------
    xarray.Dataset
        Dimensions `energy` [J], with a film `thickness` [m], with targets `target`. Each variable below has a
        `..._standard_error` beside it. `backscatter_coefficient`; `stopped_share`; `max_depth_cdf` over `depth`, the
        distribution of the greatest depth of counted electrons, and its 90 % quantile `information_depth`;
        `energy_spectrum` over `relative_energy`; `exit_angle` over `angle`; `lateral_spread` over `enclosed_share`.
        With a film: `film_share`, `film_to_substrate_ratio`, `film_to_bare_ratio`, `grey_level_ratio`,
        `bare_backscatter_coefficient`. Without standard errors: `electrons`, `smooth_misfit`, `status`, `solved`,
        `wall_time` [s], and as asked for those of `trajectories.trajectory_variables`, `infer.inferred`,
        `plan.planned`.

    Raises
    ------
    InputError
        If the memory does not suffice.
    SolveError
        If `throw` and a requested standard error was not reached.

    Examples
    --------
    >>> from scipy.constants import electron_volt
    >>> from electrosim.backscatter import Layer
    >>> from electrosim.materials import material
    >>> result = solve(Problem([2e3 * electron_volt], Layer(material("graphite"))))
    >>> bool(0.06 < result["backscatter_coefficient"][0] < 0.09)
    True
    """
    began = time.perf_counter()
    method = method or MonteCarlo()
    seed = method.seed if rng is None else int(rng.integers(2**63))
    _check(problem, trajectories, infer, plan)
    announce_compilation(observer, tally_kernels, "block")
    jobs = list(jobs_of(problem, observer))
    dataset, status = _simulated(problem, jobs, method, seed, observer)
    if plan is not None:
        dataset = dataset.assign(planned(plan, dataset))
    if infer is not None:

        def variant(name: str) -> xr.Dataset:
            other = replace(problem, stopping=_OTHER[problem.stopping]) if name == "stopping" else problem
            scale = 1 + infer.elastic_error if name == "elastic" else 1.0
            told: Observer = lambda task, share, remark="": observer(f"{task}, other {name}", share, remark)  # noqa: E731
            return _simulated(other, list(jobs_of(other, told, elastic_scale=scale)), method, seed, told)[0]

        found, failed = inferred(infer, dataset, variant)
        dataset, status = dataset.assign(found), failed or status
    if trajectories is not None:
        dataset = dataset.assign(trajectory_variables(problem, jobs, trajectories, seed))
    dataset = dataset.assign(
        status=variable((), status.sentence, "1", "how the simulation ended"),
        solved=variable((), status.solved, "1", "whether the numbers can be used as they are"),
        wall_time=variable((), time.perf_counter() - began, "s", "time the simulation took"),
    )
    dataset.attrs = provenance(
        problem.describe() | {"method": {"name": type(method).__name__} | asdict(method)},
        title="backscatter",
        seed=seed,
        references=(),
    )
    if throw and not status.solved:
        raise SolveError(status.sentence)
    return dataset


def _check(problem: Problem, trajectories: Trajectories | None, infer: Infer | None, plan: Plan | None) -> None:
    """Refuse what the problem cannot answer."""
    if problem.film is None:
        for name, asked in (("infer", infer), ("plan", plan)):
            if asked is not None:
                raise InputError(f"{name} is about the thickness of a film, and there is none; add film", (name,))
        if trajectories is not None and trajectories.thickness is not None:
            raise InputError("trajectories.thickness: there is no film; leave it out", ("trajectories", "thickness"))
        return
    if infer is not None:
        infer.check(problem.energies)
    if plan is not None:
        plan.check(problem.film.thicknesses[-1])


def _simulated(
    problem: Problem, jobs: list[Job], method: MonteCarlo | Plain, seed: int, observer: Observer
) -> tuple[xr.Dataset, Status]:
    """Return the variables of all jobs, and how they ended."""
    found = [_follow(job, method, seed, observer) for job in jobs]
    return _dataset(problem, jobs, found, smooth=_is_smooth(problem, method)), _status(method, found)


def jobs_of(problem: Problem, observer: Observer = silent, *, elastic_scale: float = 1.0) -> Iterator[Job]:
    """Give a job for every target and energy, in this order."""
    highest = max(problem.energies) * (1 + 1e-9)
    film = len(problem.cover) if problem.film else None
    thicknesses = list(problem.film.thicknesses) if problem.film else []
    everything: list[Materials] = []
    for layers in problem.stacks().values():
        compounds = [layer.material for layer in layers]
        compounds = [item for at, item in enumerate(compounds) if item not in compounds[:at]]
        everything.append(
            materials(
                compounds,
                problem.detector.cut_off,
                highest,
                problem.elastic,
                problem.stopping,
                elastic_scale=elastic_scale,
                observer=observer,
            )
        )
    depth_edge = _depth_edges(problem, everything)
    for layers, tables in zip(problem.stacks().values(), everything, strict=True):
        for energy in problem.energies:
            yield Job(
                layers,
                film,
                thicknesses,
                energy,
                problem.tilt,
                problem.beam_diameter,
                problem.detector,
                tables,
                depth_edge,
                problem.elastic,
                problem.stopping,
            )


def _depth_edges(problem: Problem, everything: list[Materials]) -> Array:
    """Return depths down to where no counted electron can have been, fine near the surface, with all faces of films."""
    deepest = max(slowing.residual_range[-1] for tables in everything for slowing in tables.slowing) / 2
    depths = deepest * np.linspace(0, 1, _DEPTHS + 1) ** 3
    above = math.fsum(layer.thickness for layer in problem.cover)
    faces = [above + thickness for thickness in (0.0, *problem.film.thicknesses)] if problem.film else []
    return np.append(np.unique([*depths, *faces]), np.inf)


def _follow(job: Job, method: MonteCarlo | Plain, seed: int, observer: Observer) -> Found:
    if isinstance(method, Plain):
        return follow_plainly(job, method, seed, observer)
    return follow(
        job,
        method.electrons,
        seed,
        every=method.is_exact(len(job.thicknesses)),
        enough=method.standard_error,
        workers=method.workers,
        observer=observer,
    )


def _is_smooth(problem: Problem, method: MonteCarlo | Plain) -> bool:
    return isinstance(method, MonteCarlo) and problem.film is not None and not method.is_exact(
        len(problem.film.thicknesses)
    )  # fmt: skip


def _status(method: MonteCarlo | Plain, found: list[Found]) -> Status:
    enough = getattr(method, "standard_error", None)
    if enough is None:
        return FOLLOWED
    return ENOUGH if all(item.standard_error() <= enough for item in found) else TOO_FEW


def _dataset(problem: Problem, jobs: list[Job], found: list[Found], *, smooth: bool) -> xr.Dataset:
    """Put the variables of all jobs side by side."""
    import xarray as xr

    targets = list(problem.stacks()) if problem.targets else []
    outer = {"target": len(targets)} if targets else {}
    outer["energy"] = len(problem.energies)
    each = [variables_of(item, job, smooth=smooth) for item, job in zip(found, jobs, strict=True)]
    variables = {}
    for name in each[0]:
        plain = name.removesuffix("_standard_error")
        units, words = WORDS[plain]
        dims = [*outer, *(["thickness"] if problem.film and plain not in OF_ENERGY else [])]
        dims += [ALONG[plain]] if plain in ALONG else []
        values = np.array([item[name] for item in each])
        values = values.reshape(*outer.values(), *values.shape[1:])
        variables[name] = variable(dims, values, units, words if name == plain else f"standard error of {plain}")
    coordinates: dict[str, Any] = {
        "energy": variable("energy", list(problem.energies), "J", "energy of the beam"),
        "depth": variable("depth", jobs[0].depth_edge[:-1], "m", "depth below the surface"),
        "relative_energy": variable("relative_energy", _middles(ENERGY_CLASSES), "1", "energy over that of the beam"),
        "angle": variable("angle", np.pi / 2 * _middles(ANGLE_CLASSES), "rad", "angle to the normal of the surface"),
        "enclosed_share": variable("enclosed_share", list(ENCLOSED), "1", "share of the counted electrons"),
    }
    if targets:
        coordinates["target"] = targets
    if problem.film:
        coordinates["thickness"] = variable("thickness", list(problem.film.thicknesses), "m", "thickness of the film")
    return xr.Dataset(variables, coords=coordinates)


def _middles(classes: int) -> Array:
    """Return the middles of classes from 0 to 1."""
    return np.asarray((np.arange(classes) + 0.5) / classes)
