"""Programmes carried out by a method: each from the full cell, or all in sequence by one cell."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from electrosim.base.observer import Observer
from electrosim.base.status import Status
from electrosim.discharge.cell import Cell
from electrosim.discharge.problem import Problem
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.record import Record
from electrosim.discharge.trajectory import Run, State


class Method(Protocol):
    """A solver of a cell's equations."""

    def run(self, cell: Cell, steps: Sequence[Step], start: Stoichiometry | State, *, observer: Observer = ...) -> Run:
        """Do steps to a cell."""


def carry_out(problem: Problem, cell: Cell, method: Method, observer: Observer, task: str) -> list[Record]:
    """Carry out all programmes of a problem on a cell, that of the problem or another.

    Parameters
    ----------
    problem : Problem
        Programmes, the full cell, and whether one cell goes through all.
    cell : Cell
        What is discharged.
    method : Method
        How the equations are solved.
    observer : callable
        Hears the progress.
    task : str
        What the observer is told.

    Returns
    -------
    list of Record
        One for each rate.
    """
    observer(task, 0.0)
    records = (_in_sequence if problem.in_sequence else _one_by_one)(problem, cell, method, observer, task)
    observer(task, 1.0)
    return records


def _one_by_one(problem: Problem, cell: Cell, method: Method, observer: Observer, task: str) -> list[Record]:
    records = []
    for number, programme in enumerate(problem.programmes):
        observer(task, number / len(problem.programmes), f"{programme.rate:g}C")
        run = method.run(cell, programme.steps * programme.cycles, problem.start, observer=observer)
        records.append(Record(cell, programme, run))
    return records


def _in_sequence(problem: Problem, cell: Cell, method: Method, observer: Observer, task: str) -> list[Record]:
    """Make one run of all programmes, so that all are on one mesh, and cut it."""
    del task
    all_steps = [programme.steps * programme.cycles for programme in problem.programmes]
    run = method.run(cell, tuple(itertools.chain(*all_steps)), problem.start, observer=observer)
    ends = np.cumsum([0, *map(len, all_steps)]).tolist()
    return [
        Record(cell, programme, _part(run, first, last))
        for programme, (first, last) in zip(problem.programmes, itertools.pairwise(ends), strict=True)
    ]


def _part(run: Run, first: int, last: int) -> Run:
    """Return the steps from `first` to before `last` as a run of their own, with times from zero."""
    begun = len(run.ends) > first
    start, stop = np.searchsorted(run.step, [first, last])
    times = slice(int(start), int(stop)) if begun else slice(run.time.size - 1, run.time.size)
    done = len(run.ends) >= last and (len(run.ends) > last or run.status.solved)
    status = run.status
    if done:
        status = Status(run.status.sentence if run.status.solved else _BEFORE_A_FAILURE, solved=True)
    elif not begun:
        status = Status(f"Not begun, since the rate before failed: {run.status.sentence}", solved=False)
    fields = {name: getattr(run, name)[times] for name in _FIELDS}
    fields["time"] = fields["time"] - fields["time"][0]
    fields["step"] = fields["step"] - first if begun else np.full(1, -1)
    return replace(run, **fields, ends=run.ends[first:last] if begun else ("failed",), status=status)


_BEFORE_A_FAILURE = "Solved to the requested accuracy; a later rate failed."
_FIELDS = (
    "time",
    "voltage",
    "current",
    "step",
    "electrolyte_concentration",
    "ionic_current",
    "surface_concentration",
    "mean_concentration",
    "reaction_current",
    "electrolyte_potential",
    "electrode_potential",
)
