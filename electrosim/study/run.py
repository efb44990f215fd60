"""One scenario, from its file to its dataset."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from electrosim.base import toml
from electrosim.base.errors import InputError, nearest
from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance
from electrosim.base.scenario import Scenario, shown, validate
from electrosim.study.kinds import KINDS, physics
from electrosim.study.library import find

if TYPE_CHECKING:
    import xarray as xr


def load(path: str | Path, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Read and check a scenario file.

    Parameters
    ----------
    path : str or Path
        The file, or the bare name of a scenario that comes with the package, such as ``"quickstart"``.
    overrides : mapping of str to values, optional
        Values for keys such as ``"image.seed"``, checked as if they stood in the file.

    Returns
    -------
    Scenario
        Its `problem` and `method` are what the `solve` of its kind takes.

    Raises
    ------
    InputError
        If the file or an override is wrong; the sentence names file, line, key, value and what is allowed.
    """
    document = toml.override(toml.read(find(path)), overrides or {})
    return from_document(document)


def from_document(document: toml.Document) -> Scenario:
    """Check a parsed document against the tables of its kind."""
    kind = document.data.get("kind")
    if kind is None:
        raise InputError(f'{document.name}: kind is missing; add for instance kind = "conduction"')
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputError(f"{document.place(('kind',))}: kind = {shown(kind)} is not known; {nearest(str(kind), KINDS)}")
    model: type[Scenario] = physics(kind).Scenario
    return validate(model, document)


@contextmanager
def placed(scenario: Scenario) -> Iterator[None]:
    """Say in which file and line of a scenario the key stands that an error inside the block is about."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{scenario.place(error.key)}: {error}") from None


def run(
    scenario: Scenario | str | Path,
    *,
    observer: Observer = silent,
    throw: bool = True,
    finished: MutableMapping[str, Any] | None = None,
    only: Collection[str] = (),
) -> xr.Dataset:
    """Solve a scenario; no file is written.

    Parameters
    ----------
    scenario : Scenario, str or Path
        A loaded scenario, its file, or the bare name of one that comes with the package.
    observer : callable, optional
        Hears the progress.
    throw : bool
        Whether a solve that does not succeed raises; otherwise the dataset's `status` says so.
    finished : mutable mapping, optional
        Parts of a long study that are done, for a kind that is `resumable`: those found in it are not solved again, and
        those solved are put into it.
    only : collection of str
        Variables that are wanted; a kind that is `selective` leaves out what only others need. All by default.

    Returns
    -------
    xarray.Dataset
        What the `solve` of its kind returns, with the scenario in the attributes.

    Raises
    ------
    InputError
        If the scenario is wrong.
    SolveError
        If `throw` and the solve did not succeed.

    Examples
    --------
    >>> result = run(load("quickstart", {"image.shape": [64, 64, 64]}))
    >>> result["tortuosity"].dims
    ('direction',)
    """
    if not isinstance(scenario, Scenario):
        scenario = load(scenario)
    dataset = solve(scenario, observer=observer, throw=throw, finished=finished, only=only)
    dataset.attrs = provenance(
        scenario.resolved(), title=scenario.name, seed=scenario.seed, references=scenario.citations()
    )
    return dataset


def solve(
    scenario: Scenario,
    *,
    observer: Observer = silent,
    throw: bool = True,
    finished: MutableMapping[str, Any] | None = None,
    only: Collection[str] = (),
) -> xr.Dataset:
    """Solve a loaded scenario as `run` does; what is in the attributes is the problem, not the scenario."""
    with placed(scenario):
        options = dict(scenario.options()) | ({} if finished is None else {"finished": finished})
        if scenario.selective:
            options["only"] = only
        dataset: xr.Dataset = physics(scenario.kind).solve(
            scenario.problem, method=scenario.method, observer=observer, throw=throw, **options
        )
    return dataset
