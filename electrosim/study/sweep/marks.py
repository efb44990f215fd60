"""Reference designs of a sweep: scenarios with a name and a place among the cases, which figures and tables show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.base.result import variable
from electrosim.base.toml import Document
from electrosim.study.sweep.axes import Value
from electrosim.study.sweep.case import Chunk, Record, solve_chunk

if TYPE_CHECKING:
    from electrosim.study.sweep.problem import Problem


@dataclass(frozen=True)
class Mark:
    """A reference design.

    Parameters
    ----------
    name : str
        What figures call it.
    place : tuple of Value
        For each axis of the sweep, where it stands.
    keys : mapping of str to values
        What it sets in its scenario.
    base : Document or None
        Its scenario; that of the sweep at its place if None.
    """

    name: str
    place: tuple[Value, ...]
    keys: Mapping[str, Any]
    base: Document | None = None

    def scenario(self, problem: Problem) -> tuple[Document, dict[str, Any]]:
        """Return what it starts from and the keys that it sets there."""
        if self.base is not None:
            return self.base, dict(self.keys)
        return problem.base, problem.overrides(self.place) | dict(self.keys)


def solve_marks(problem: Problem) -> list[Record]:
    """Return the records of all marks, each followed by that of the sweep's own case at its place."""
    found: list[Record] = []
    for mark in problem.marks:
        for base, keys in (mark.scenario(problem), (problem.base, problem.overrides(mark.place))):
            found += solve_chunk(Chunk(base, (keys,), problem.collect))
    return found


def mark_variables(problem: Problem, records: list[Record], first: Record) -> dict[str, Any]:
    """Return what was collected of the marks.

    Parameters
    ----------
    problem : Problem
        With the marks.
    records : list of records
        Of `solve_marks`.
    first : record
        Of the first case, whose quantities have the shapes that all must have.

    Returns
    -------
    dict of str to variables
        With dimension `mark`: its name, `mark_status`, `mark_solved`, for each axis its place as ``mark_<axis>``, and
        for each collected quantity ``mark_<name>`` of the mark and ``mark_<name>_swept`` of the sweep at its place.
    """
    marks = problem.marks
    if not marks:
        return {}
    own, swept = records[0::2], records[1::2]
    found = {
        "mark": ("mark", np.array([mark.name for mark in marks])),
        "mark_status": variable("mark", [str(one["status"]) for one in own], "1", "how each mark ended"),
        "mark_solved": variable("mark", [bool(one["solved"]) for one in own], "1", "whether it can be used"),
    }
    for number, axis in enumerate(problem.axes):
        values = [mark.place[number] for mark in marks]
        is_number = bool(np.isfinite([value.number for value in values]).all())
        entries = [value.number if is_number else value.label for value in values]
        words = f"place of each mark along {axis.name}"
        found[f"mark_{axis.name}"] = variable("mark", entries, axis.base_unit if is_number else "1", words)
    for name in (key.removeprefix("value:") for key in first if key.startswith("value:")):
        like, (units, words) = first[f"value:{name}"], map(str, first[f"words:{name}"])
        if like.dtype.kind != "f":
            continue
        dims = ("mark", *map(str, first[f"dims:{name}"]))
        for suffix, those, of in (("", own, "the mark"), ("_swept", swept, "the sweep at the place of the mark")):
            each = np.stack([_numbers(record, name, like) for record in those])
            found[f"mark_{name}{suffix}"] = variable(dims, each, units, f"{words}, of {of}")
    return found


def _numbers(record: Record, name: str, like: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a quantity of a record; NaN if it is missing or has another shape."""
    values = record.get(f"value:{name}")
    return np.full(like.shape, np.nan) if values is None or values.shape != like.shape else values
