"""Many cases of a scenario as one dataset."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory
from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.study.sweep.axes import numbers
from electrosim.study.sweep.best import best_variables
from electrosim.study.sweep.case import Chunk, Record, solve_chunk
from electrosim.study.sweep.execution import Execution
from electrosim.study.sweep.marks import mark_variables, solve_marks
from electrosim.study.sweep.problem import Problem
from electrosim.study.sweep.sensitivity import best_cases, sensitivity_variables
from electrosim.study.sweep.shown import check_shown, note

if TYPE_CHECKING:
    import xarray as xr

_CHUNKS_PER_WORKER = 20
_LARGEST_CHUNK = 64
_BYTES_PER_CASE = 4000
_FIRST_PARTS = 2
_PART = re.compile(r"cases-(\d+)-(\d+)")


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
        `case_status`, `case_solved`, `case_seconds`, with competing quantities the `pareto` cases, with the designs
        "sobol" and "morris" the sensitivity of each collected number to each axis, what `best.best_variables` and
        `marks.mark_variables` find if asked for, and `status`, `solved`, `wall_time`.

    Raises
    ------
    InputError
        If the first case is no scenario, or what is collected is not in its result.
    """
    del rng, throw
    began = time.perf_counter()
    method = method or Execution()
    cases = problem.cases
    check_memory(_BYTES_PER_CASE * len(cases), f"a sweep of {len(cases)} cases")
    kept = _Forgetful() if finished is None else finished
    first = _alone(problem, cases, 0, kept)
    check_shown(problem, first)
    # the first case also loads and compiles, the second tells the time that the others take
    seconds = float(_alone(problem, cases, min(1, len(cases) - 1), kept)["seconds"])
    marks = _marks(problem, kept)
    records = _records(problem, cases, method, seconds, observer, kept)
    dataset = _dataset(problem, cases, first, records).assign(mark_variables(problem, marks, first))
    dataset = note(problem, first, dataset)
    dataset = dataset.assign(best_cases(problem, dataset) | sensitivity_variables(problem, dataset))
    dataset = dataset.assign(best_variables(problem, dataset))
    dataset["wall_time"] = variable((), time.perf_counter() - began, "s", "time the sweep took")
    described = {"kind": "sweep", "axes": [axis.name for axis in problem.axes], "design": problem.design}
    dataset.attrs = provenance(json.loads(json.dumps(described)), title="sweep", seed=problem.seed, references=())
    return dataset


class _Forgetful(dict[str, Any]):
    """What was finished if nobody asks for it: no more than the first few parts, whatever the number of cases."""

    def __setitem__(self, key: str, part: Any) -> None:
        if len(self) < _FIRST_PARTS:
            super().__setitem__(key, part)


class _Chunks(Mapping[str, Chunk]):
    """The cases that are to be solved, in chunks that are made when they are asked for."""

    def __init__(self, problem: Problem, cases: Sequence[Any], numbers: Mapping[str, range]) -> None:
        self.problem = problem
        self.cases = cases
        self.numbers = numbers

    def __getitem__(self, key: str) -> Chunk:
        keys = tuple(_keys(self.problem, self.cases[number]) for number in self.numbers[key])
        return Chunk(self.problem.base, keys, self.problem.collect)

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)


def _alone(problem: Problem, cases: Sequence[Any], number: int, finished: MutableMapping[str, Any]) -> Record:
    """Return the record of a case that is solved by itself, before all others.

    What is wrong with the first one is wrong with the sweep, most likely, and is said before hours of it are solved.
    """
    key = f"cases-{number}-{number + 1}"
    kept = finished.get(key)
    if kept is None:
        (record,) = solve_chunk(Chunk(problem.base, (_keys(problem, cases[number]),), problem.collect))
        if number == 0 and not any(name.startswith("value:") for name in record):
            raise InputError(f"the first case cannot be solved: {record['status']}")
        finished[key] = kept = _pack([record])
    return _unpack(kept)[0]


def _marks(problem: Problem, finished: MutableMapping[str, Any]) -> list[Record]:
    """Return the records of the reference designs."""
    kept = finished.get("marks")
    if kept is None and problem.marks:
        finished["marks"] = kept = _pack(solve_marks(problem))
    return [] if kept is None else _unpack(kept)


def _records(
    problem: Problem,
    cases: Sequence[Any],
    method: Execution,
    seconds: float,
    observer: Observer,
    finished: MutableMapping[str, Any],
) -> Iterator[tuple[int, Record]]:
    """Give number and record of every case, those that are finished first, the others as they end."""
    known: set[int] = set()
    for start, records in _kept(finished):
        known.update(range(start, start + len(records)))
        yield from enumerate(records, start)
    missing = [number for number in range(len(cases)) if number not in known]
    workers = method.processes(seconds * len(missing))
    size = min(max(len(cases) // (_CHUNKS_PER_WORKER * workers), 1), _LARGEST_CHUNK)
    numbers = {f"cases-{run.start}-{run.stop}": run for run in _neighbours(missing, size)}
    observer("cases", len(known) / len(cases), f"{len(known)} of {len(cases)} cases")
    done, began = len(known), time.perf_counter()
    with method.results(_Chunks(problem, cases, numbers), seconds * len(missing)) as results:
        for key, solved in results:
            finished[key] = _pack(solved)
            done += len(solved)
            rate = (done - len(known)) / max(time.perf_counter() - began, 1e-9)
            remark = f"{done} of {len(cases)} cases, {rate:.3g} per second"
            observer("cases", done / len(cases), f"{remark}, {_left(len(cases) - done, rate)} left")
            yield from zip(numbers[key], solved, strict=True)


def _kept(finished: MutableMapping[str, Any]) -> Iterator[tuple[int, list[Record]]]:
    """Give the number of the first case and the records of each finished part, whoever parted the cases so."""
    for key in list(finished):
        match, part = _PART.fullmatch(key), finished.get(key)
        if match is not None and part is not None:
            yield int(match[1]), _unpack(part)


def _neighbours(numbers: Sequence[int], most: int) -> Iterator[range]:
    """Give runs of consecutive numbers, each of `most` at most."""
    run = range(0)
    for number in numbers:
        if run and (number != run.stop or len(run) == most):
            yield run
            run = range(0)
        run = range(run.start if run else number, number + 1)
    if run:
        yield run


def _keys(problem: Problem, case: Any) -> dict[str, Any] | str:
    try:
        return problem.overrides(case)
    except InputError as error:
        return str(error)


def _left(cases: int, rate: float) -> str:
    seconds = max(cases, 0) / max(rate, 1e-9)
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _pack(records: Sequence[Record]) -> Record:
    """Return the records of a chunk as one: arrays that all cases have alike in one piece, others by their case."""
    packed: dict[str, Any] = {}
    for name in dict.fromkeys(name for record in records for name in record):
        values = {str(number): record[name] for number, record in enumerate(records) if name in record}
        if len(values) == len(records) and len({(value.shape, value.dtype.kind) for value in values.values()}) == 1:
            values = {"all": np.stack(list(values.values()))}
        packed |= {f"{number}/{name}": value for number, value in values.items()}
    return packed


def _unpack(packed: Record) -> list[Record]:
    """Return the records of a chunk."""
    found: list[dict[str, Any]] = [{} for _ in packed["all/solved"]]
    for key, values in packed.items():
        number, _, name = key.partition("/")
        for place, value in enumerate(values) if number == "all" else ((int(number), values),):
            found[place][name] = value
    return list(found)


def _dataset(
    problem: Problem, cases: Sequence[Any], first: Record, records: Iterator[tuple[int, Record]]
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
    return xr.Dataset(variables, coords=along | _axes(problem, cases))


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
