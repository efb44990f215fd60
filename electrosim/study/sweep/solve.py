"""Many cases of a scenario as one dataset."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory
from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.study.sweep.axes import numbers
from electrosim.study.sweep.case import Chunk, Record, solve_case
from electrosim.study.sweep.execution import Execution
from electrosim.study.sweep.problem import Problem
from electrosim.study.sweep.sensitivity import best_cases, sensitivity_variables

if TYPE_CHECKING:
    import xarray as xr

_CHUNKS_PER_WORKER = 20
_LARGEST_CHUNK = 64
_OWN = ("status", "solved", "seconds")


def solve(
    problem: Problem,
    *,
    method: Execution | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
    finished: MutableMapping[str, Any] | None = None,
) -> xr.Dataset:
    """Solve all cases of a sweep.

    Parameters
    ----------
    problem : Problem
        The scenario, how its cases differ, and what is kept.
    method : Execution, optional
        Who solves them; this process or all cores by default.
    rng : numpy.random.Generator, optional
        Accepted because every `solve` takes it; draws follow from the problem's seed.
    observer : callable, optional
        Hears the progress: cases done, rate, time left.
    throw : bool
        Accepted because every `solve` takes it; a case that fails is a status and does not end the sweep.
    finished : mutable mapping, optional
        Cases solved so far. What is there is taken from it and what is done is put into it, so a sweep that was
        interrupted goes on with the same mapping.

    Returns
    -------
    xarray.Dataset
        Dimensions: the axes of a grid, or `case` with the axes along it; then those of what is collected. Besides that
        `case_status`, `case_solved`, `case_seconds`, with `best` the `pareto` cases, with the designs "sobol" and
        "morris" the sensitivity of each collected number to each axis, and `status`, `solved`, `wall_time`.

    Raises
    ------
    InputError
        If the first case is no scenario, or what is collected is not in its result.
    """
    del rng, throw
    began = time.perf_counter()
    method = method or Execution()
    finished = {} if finished is None else finished
    cases = problem.cases
    check_memory(_BYTES_PER_CASE * len(cases), f"a sweep of {len(cases)} cases")
    first, seconds = _first(problem, cases, finished)
    records = _records(problem, cases, method, seconds, observer, finished)
    return _dataset(problem, cases, first, records, began)


_BYTES_PER_CASE = 4000


def _first(problem: Problem, cases: Sequence[Any], finished: MutableMapping[str, Any]) -> tuple[Record, float]:
    """Return the record of the first case and the seconds it takes once all is compiled and loaded.

    What is wrong with it is wrong with the sweep, most likely, and is said before hours of it are solved.
    """
    record: Record | None = finished.get("first")
    if record is None:
        keys = problem.overrides(cases[0])
        record = solve_case(problem.base, keys, problem.collect)
        if not any(name.startswith("value:") for name in record):
            raise InputError(f"the first case cannot be solved: {record['status']}")
        again = solve_case(problem.base, keys, problem.collect)
        record = dict(record) | {"seconds": again["seconds"]}
        finished["first"] = record
    return record, float(record["seconds"])


def _records(
    problem: Problem,
    cases: Sequence[Any],
    method: Execution,
    seconds: float,
    observer: Observer,
    finished: MutableMapping[str, Any],
) -> Iterator[tuple[int, Record]]:
    """Give number and record of every case, those that are finished first, the others as they end."""
    size = int(np.clip(len(cases) // (_CHUNKS_PER_WORKER * method.processes(seconds * len(cases))), 1, _LARGEST_CHUNK))
    chunks = {f"cases-{start}-{min(start + size, len(cases))}": start for start in range(0, len(cases), size)}
    known = [key for key in chunks if key in finished]
    done = 0
    for key in known:
        yield from _numbered(chunks[key], _unpack(finished[key]))
        done += size
    tasks = {
        key: Chunk(problem.base, tuple(_keys(problem, case) for case in cases[start : start + size]), problem.collect)
        for key, start in chunks.items()
        if key not in known
    }
    left = len(cases) - len(known) * size
    began = time.perf_counter()
    with method.results(tasks, seconds * max(left, 0)) as results:
        for key, solved in results:
            finished[key] = _pack(solved)
            done += len(solved)
            rate = (done - len(known) * size) / max(time.perf_counter() - began, 1e-9)
            remark = f"{min(done, len(cases))} of {len(cases)} cases, {rate:.3g} per second"
            observer("cases", min(done / len(cases), 1.0), f"{remark}, {_left(len(cases) - done, rate)} left")
            yield from _numbered(chunks[key], solved)


def _keys(problem: Problem, case: Any) -> dict[str, Any] | str:
    try:
        return problem.overrides(case)
    except InputError as error:
        return str(error)


def _left(cases: int, rate: float) -> str:
    seconds = max(cases, 0) / max(rate, 1e-9)
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _numbered(start: int, records: Sequence[Record]) -> Iterator[tuple[int, Record]]:
    yield from enumerate(records, start)


def _pack(records: Sequence[Record]) -> Record:
    """Return the records of a chunk as one."""
    return {f"{number}/{name}": values for number, record in enumerate(records) for name, values in record.items()}


def _unpack(packed: Record) -> list[Record]:
    """Return the records of a chunk."""
    found: dict[int, dict[str, Any]] = {}
    for key, values in packed.items():
        number, _, name = key.partition("/")
        found.setdefault(int(number), {})[name] = values
    return [found[number] for number in sorted(found)]


def _dataset(
    problem: Problem, cases: Sequence[Any], first: Record, records: Iterator[tuple[int, Record]], began: float
) -> xr.Dataset:
    """Fill the arrays of all cases."""
    import xarray as xr

    names = [name.removeprefix("value:") for name in first if name.startswith("value:")]
    clash = {str(dim) for name in names for dim in first[f"dims:{name}"]} & set(problem.dims)
    if clash:
        raise InputError(f'"{clash.pop()}" is an axis and a dimension of what is collected; call the axis otherwise')
    arrays = {name: _empty(len(cases), first[f"value:{name}"]) for name in names}
    status, solved, seconds = np.full(len(cases), "", object), np.zeros(len(cases), bool), np.full(len(cases), np.nan)
    for number, record in records:
        status[number], solved[number] = str(record["status"]), bool(record["solved"])
        seconds[number] = float(record["seconds"])
        for name, array in arrays.items():
            value = record.get(f"value:{name}")
            if value is not None and value.shape == array.shape[1:]:
                array[number] = value
            elif value is not None:
                status[number], solved[number] = f"{name} has another shape here than in the first case.", False
    shape, dims = problem.shape, problem.dims
    variables = {
        name: variable(
            (*dims, *map(str, first[f"dims:{name}"])),
            array.reshape(*shape, *array.shape[1:]),
            *map(str, first[f"words:{name}"]),
        )
        for name, array in arrays.items()
    }
    failed = int((~solved).sum())
    variables |= {
        "case_status": variable(dims, status.astype(str).reshape(shape), "1", "how each case ended"),
        "case_solved": variable(dims, solved.reshape(shape), "1", "whether the numbers of a case can be used"),
        "case_seconds": variable(dims, seconds.reshape(shape), "s", "time a case took"),
        "failed_cases": variable((), failed, "1", "cases that failed"),
        "status": variable((), _ended(len(cases), failed, status, solved), "1", "how the sweep ended"),
        "solved": variable((), True, "1", "whether the numbers can be used; see case_solved for each case"),
    }
    along = {
        name.removeprefix("along:"): (name.removeprefix("along:"), first[name])
        for name in first
        if name.startswith("along:")
    }
    dataset = xr.Dataset(variables, coords=along | _axes(problem, cases))
    dataset = dataset.assign(best_cases(problem, dataset) | sensitivity_variables(problem, dataset))
    dataset["wall_time"] = variable((), time.perf_counter() - began, "s", "time the sweep took")
    described = {"kind": "sweep", "axes": [axis.name for axis in problem.axes], "design": problem.design}
    dataset.attrs = provenance(json.loads(json.dumps(described)), title="sweep", seed=problem.seed, references=())
    return dataset


def _empty(cases: int, value: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if value.dtype.kind in "fiub":
        return np.full((cases, *value.shape), np.nan)
    return np.full((cases, *value.shape), "", value.dtype)


def _ended(cases: int, failed: int, status: Any, solved: Any) -> str:
    if not failed:
        return f"All {cases} cases were solved."
    return f"{failed} of {cases} cases failed, the first one so: {status[int(np.argmin(solved))]}"


def _axes(problem: Problem, cases: Sequence[Any]) -> dict[str, Any]:
    """Return the coordinates of the axes: SI numbers where the values have them, else what is written."""
    found = {}
    for place, axis in enumerate(problem.axes):
        values = axis.values if problem.design == "grid" else [case[place] for case in cases]
        dim = axis.name if problem.design == "grid" else "case"
        sequence = numbers(values) if problem.design == "grid" else np.array([value.number for value in values])
        is_number = sequence is not None and bool(np.isfinite(sequence).all())
        entries = sequence if is_number else np.array([value.label for value in values])
        words = ", ".join(axis.keys) or axis.name
        found[axis.name] = variable(dim, entries, axis.base_unit if is_number else "1", words)
    return found
