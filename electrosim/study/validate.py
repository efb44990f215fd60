"""Validation: runs cases against exact solutions, published results and other codes, and reports every one of them."""

from __future__ import annotations

import importlib.util
import runpy
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from electrosim.base.data import locate
from electrosim.base.errors import ElectrosimError, InputError, nearest
from electrosim.base.observer import Observer, silent
from electrosim.base.result import new_folder
from electrosim.study import run as study
from electrosim.study.library import shipped
from electrosim.study.validation.case import Case, Reference, find_cases, read_case, read_rows
from electrosim.study.validation.coverage import count, read_coverage, verdicts_of
from electrosim.study.validation.metrics import Comparison, Row, evaluate
from electrosim.study.validation.outcome import CaseResult, Outcome, Verdict
from electrosim.study.validation.report import ENTRIES, fill

if TYPE_CHECKING:
    import xarray as xr


def validate(
    names: Sequence[str] = (),
    *,
    heavy: bool = False,
    folder: Path | None = None,
    observer: Observer = silent,
    library: Path | None = None,
) -> Outcome:
    """Run validation cases and write their report.

    Parameters
    ----------
    names : sequence of str
        Cases to run, heavy ones included; all by default.
    heavy : bool
        Whether to run the cases that take minutes when all are run; otherwise they are skipped and say so.
    folder : Path, optional
        Where to write report.md, report.json and figures, whole or not at all; nothing is written by default.
    observer : callable, optional
        Hears the progress.
    library : Path, optional
        Folder of the cases; by default the one that comes with the package.

    Returns
    -------
    Outcome
        Every case with its rows, checks and verdict; `passed` is whether none missed.

    Raises
    ------
    InputError
        If a name is unknown, a case.toml or coverage.csv is wrong, or `folder` cannot be written.
    """
    library = library or shipped("validation")
    cases = [(place, read_case(place)) for place in find_cases(library, list(names))]
    quantities = read_coverage(library)

    def run_all() -> Outcome:
        results = []
        for number, (place, case) in enumerate(cases):
            report = _reporter(observer, case.id, number, len(cases))
            results.append(_run(place, case, leave_out=case.heavy and not heavy and not names, observer=report))
        observer("validation", 1.0)
        return Outcome(tuple(results), count(quantities, verdicts_of(results)))

    if folder is None:
        return run_all()
    with new_folder(folder, ENTRIES) as partial:
        outcome = run_all()
        fill(partial, outcome)
    return outcome


def compare_references(folder: Path, observer: Observer = silent) -> list[Row]:
    """Run scenario.toml once for each set of overrides in reference.csv and return the rows.

    Parameters
    ----------
    folder : Path
        The case's folder.
    observer : callable, optional
        Hears the progress.

    Raises
    ------
    InputError
        If scenario or table are wrong.
    SolveError
        If a run did not succeed.
    """
    solved: dict[str, xr.Dataset] = {}
    rows = []
    references = read_rows(folder / "reference.csv", Reference)
    for number, item in enumerate(references):
        place = number / len(references)
        observer(f"{item.series}, {item.label}", place)
        if item.overrides not in solved:
            scenario = study.load(folder / "scenario.toml", item.assignments())
            solved[item.overrides] = study.run(scenario, observer=_at(observer, place))
        value = _pick(solved[item.overrides], item)
        rows.append(
            Row(item.series, item.label, value, item.reference, item.against, item.uncertainty, item.resolution)
        )
    return rows


def _at(observer: Observer, place: float) -> Observer:
    """Return an observer that passes on what is done, not how far it is."""

    def report(task: str, share: float, remark: str = "") -> None:
        del share
        observer(f"{task} {remark}", place)

    return report


def _pick(dataset: xr.Dataset, item: Reference) -> float:
    if item.variable not in dataset:
        raise InputError(
            f'"{item.variable}" is not a variable of the result; {nearest(item.variable, map(str, dataset))}'
        )
    if item.direction not in dataset["direction"]:
        raise InputError(f'the row "{item.label}" asks for direction {item.direction}, which was not solved')
    return float(dataset[item.variable].sel(direction=item.direction))


def _run(place: Path, case: Case, *, leave_out: bool, observer: Observer) -> CaseResult:
    """Run one case; whatever goes wrong in it becomes its verdict."""
    lacking = "it takes minutes; add --heavy" if leave_out else _lacking(case)
    if lacking:
        return CaseResult(case, "skipped", lacking)
    began = time.perf_counter()
    observer("starting", 0.0)
    found = Comparison([])
    try:
        found = _compare(place)(place, observer)
        checks = tuple(evaluate(check, found.rows) for check in case.checks)
    except ElectrosimError as error:
        return _missed(case, f"it did not run: {error}", found, began)
    except Exception as error:  # noqa: BLE001  a case may fail in any way; the others go on
        return _missed(case, f"it did not run: {type(error).__name__}: {error}", found, began)
    failed = [check.sentence for check in checks if not check.passed]
    if failed and case.known_miss:
        failed.append(f"known: {case.known_miss}")
    seconds = time.perf_counter() - began
    verdict: Verdict = "missed" if failed else "passed"
    return CaseResult(case, verdict, "; ".join(failed), tuple(found.rows), checks, seconds, found.figures)


def _missed(case: Case, reason: str, found: Comparison, began: float) -> CaseResult:
    """Return the result of a case that could not be evaluated, with what it had compared so far."""
    return CaseResult(case, "missed", reason, tuple(found.rows), (), time.perf_counter() - began, found.figures)


def _lacking(case: Case) -> str:
    """Return what a case needs and cannot have here, as the end of a sentence; nothing if it can run."""
    absent = [name for name in case.needs if importlib.util.find_spec(name) is None]
    if absent:
        return f"it needs {' and '.join(absent)}, which is not installed"
    try:
        for name in case.images:
            locate(name)
    except InputError as error:
        return f"it needs a public file: {error}"
    return ""


def _compare(place: Path) -> Callable[[Path, Observer], Comparison]:
    """Return what runs a case: `compare` of its case.py, or else its scenario against its table."""
    script = place / "case.py"
    run: Callable[[Path, Observer], list[Row] | Comparison] | None = compare_references
    if script.is_file():
        run = runpy.run_path(str(script)).get("compare")
    if run is None:
        raise InputError(f"{script} has no function compare(folder, observer)")

    def compare(folder: Path, observer: Observer) -> Comparison:
        found = run(folder, observer)
        return found if isinstance(found, Comparison) else Comparison(found)

    return compare


def _reporter(observer: Observer, name: str, number: int, total: int) -> Observer:
    """Return an observer for one case whose news become a share of the whole."""

    def report(task: str, share: float, remark: str = "") -> None:
        del remark
        observer("validation", (number + min(share, 1.0)) / total, f"{name}: {task}")

    return report
