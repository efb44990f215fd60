"""The study: from volumes to the conductivity of their cutouts and its correlation with porosity."""

from __future__ import annotations

import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, SolveError
from electrosim.base.memory import side_by_side
from electrosim.base.observer import Observer, announce_compilation, silent
from electrosim.base.result import variable
from electrosim.base.workers import as_they_end
from electrosim.conduction import checkerboard_kernels
from electrosim.conduction.multigrid import Multigrid
from electrosim.cutouts.laws import correlated
from electrosim.cutouts.pore_sizes import pore_size_variables
from electrosim.cutouts.problem import Labels, Problem, marked, sha256
from electrosim.cutouts.survey import survey
from electrosim.cutouts.transport import Cutout, transport
from electrosim.cutouts.variables import cutout_variables, volume_variables

if TYPE_CHECKING:
    import xarray as xr

Record = Mapping[str, NDArray[Any]]

_BYTES_PER_VOXEL = 400  # of a cutout that is being solved, with the interpreter's own 150 MB on top
_BYTES_OF_A_PROCESS = 150 << 20


@dataclass(frozen=True)
class Method:
    """How a study is solved.

    Parameters
    ----------
    conduction : Multigrid
        How each cutout is.
    workers : int, optional
        Processes that solve cutouts side by side, one thread each; by default as many as there are cores and memory
        for. The answer does not depend on it.

    Raises
    ------
    InputError
        If there is less than one worker.
    """

    conduction: Multigrid = field(default_factory=Multigrid)
    workers: int | None = None

    def __post_init__(self) -> None:
        """Check the number of workers."""
        if self.workers is not None and self.workers < 1:
            raise InputError(f"method.workers = {self.workers}: it is one at least", ("method", "workers"))


def solve(
    problem: Problem,
    *,
    method: Method | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
    finished: MutableMapping[str, Record] | None = None,
) -> xr.Dataset:
    """Take cutouts out of volumes, drop those with macropores, solve all, and fit conductivity against porosity.

    Parameters
    ----------
    problem : Problem
        Volumes, rules and correlations.
    method : Method, optional
        How to solve; ``Method()`` by default.
    rng : numpy.random.Generator, optional
        Of selection and bootstrap; made from the problem's seed by default.
    observer : callable, optional
        Hears the progress.
    throw : bool
        Whether a cutout that does not reach its tolerance raises; otherwise the `status` says so.
    finished : mutable mapping, optional
        Volumes surveyed and cutouts solved so far, by name. What is there is taken from it and what is done is put
        into it, so a study that was interrupted goes on with the same mapping.

    Returns
    -------
    xarray.Dataset
        See docs/cutouts.md for every variable. With dimension `selection` (all, kept): `status`, `solved`, and the
        means, tortuosities and power law of the table. With dimension `cutout`: where it lies, its porosity, what is
        known of its macropores, `kept`, and with `direction` and `condition` its `relative_conductivity`, zero where
        there is no path.

    Raises
    ------
    InputError
        If no volume holds a cutout, a label is missing, a cutout is larger than its volume, the memory does not
        suffice, or a volume is not the one that `finished` knows.
    SolveError
        If `throw` and a cutout did not reach its tolerance, or a worker process was ended from outside.
    """
    import xarray as xr

    began = time.perf_counter()
    method = method or Method()
    finished = {} if finished is None else finished
    rng = rng or np.random.default_rng(problem.seed)
    of_fits, *of_volumes = rng.spawn(1 + len(problem.volumes))
    surveys, cutouts = [], []
    for number, of_volume in enumerate(of_volumes):
        report = _of_volume(observer, number, len(of_volumes))
        found, solved = _volume(problem, method, number, of_volume, report, finished)
        surveys.append(found)
        cutouts += solved
    _refuse_nothing(problem, surveys)
    dataset = xr.Dataset(volume_variables(problem, surveys) | cutout_variables(problem, surveys, cutouts))
    if problem.pore_sizes:
        dataset = dataset.assign(
            pore_size_variables(surveys[0], cutouts, problem.voxel_size, problem.macropores.diameter)
        )
    dataset = correlated(dataset, problem, of_fits, observer)
    dataset["wall_time"] = variable((), time.perf_counter() - began, "s", "time the study took")
    if throw and not bool(dataset["solved"].all()):
        raise SolveError(str(dataset["status"].values[0]))
    return dataset


def _volume(
    problem: Problem,
    method: Method,
    number: int,
    rng: np.random.Generator,
    observer: Observer,
    finished: MutableMapping[str, Record],
) -> tuple[Record, list[Record]]:
    """Survey a volume and solve its cutouts, as far as that is not done; the volume is made only if something is."""
    name = f"volume-{number + 1}"
    found = finished.get(name)
    labels = None
    if found is None:
        observer("reading the volume", 0.0)
        labels = problem.labels(number)
        finished[name] = found = survey(problem, number, labels, rng, observer)
    names = [f"{name}-cutout-{place + 1}" for place in range(len(found["corner"]))]
    missing = [place for place, cutout in enumerate(names) if cutout not in finished]
    if missing and labels is None:
        observer("reading the volume", 0.0)
        labels = problem.labels(number)
        if sha256(labels) != str(found["checksum"]):
            raise InputError(f"volume {number + 1} is not the one that the interrupted study began with; begin anew")
    if missing and labels is not None:
        tasks = {
            names[place]: task
            for place, task in zip(missing, _tasks(problem, method, labels, found, missing), strict=True)
        }
        del labels
        needed = _BYTES_PER_VOXEL * (problem.selection.size + 2) ** 3 + _BYTES_OF_A_PROCESS
        workers = method.workers or side_by_side(len(tasks), needed)
        announce_compilation(observer, checkerboard_kernels, "apply")
        observer("cutouts", 1 - len(missing) / len(names), f"{len(names)} cutouts, {workers} side by side")
        with as_they_end(transport, tasks, workers) as results:
            for done, (key, result) in enumerate(results, len(names) - len(missing) + 1):
                finished[key] = result
                observer("cutouts", done / len(names), f"{done} of {len(names)} cutouts")
    return found, [finished[cutout] for cutout in names]


def _tasks(problem: Problem, method: Method, labels: Labels, found: Record, wanted: list[int]) -> list[Cutout]:
    """Cut out what is to be solved."""
    size = problem.selection.size
    tasks = []
    for place in wanted:
        kept = bool(found["macropore_share"][place] <= problem.macropores.share)
        part = tuple(slice(start, start + size) for start in found["corner"][place])
        tasks.append(
            Cutout(
                size=size,
                pores=np.packbits(marked(labels[part], problem.pores)),
                voxel_size=problem.voxel_size,
                opening=problem.macropores.diameter / problem.voxel_size,
                free_layers=problem.free_layers,
                surface_shift=problem.surface_shift and kept,
                pore_sizes=problem.pore_sizes and kept,
                method=method.conduction,
            )
        )
    return tasks


def _refuse_nothing(problem: Problem, surveys: list[Record]) -> None:
    """Refuse a study without a cutout, and say which size there would be."""
    if any(len(found["corner"]) for found in surveys):
        return
    largest = max(int(found["largest_cutout"]) for found in surveys)
    where = "the volume holds" if len(surveys) == 1 else f"the {len(surveys)} volumes hold"
    raise InputError(
        f"{where} no cutout of {problem.selection.size} voxels without other phases; "
        f"the largest that would fit has {largest}",
        ("selection", "size"),
    )


def _of_volume(observer: Observer, number: int, count: int) -> Observer:
    """Return an observer that says which volume it is about, if there are several."""
    if count == 1:
        return observer

    def report(task: str, share: float, remark: str = "") -> None:
        observer(task, (number + min(share, 1.0)) / count, f"volume {number + 1} of {count} {remark}".strip())

    return report
