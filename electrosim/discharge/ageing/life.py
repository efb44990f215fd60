"""The life of a cell: cycles resolved where the damage asks for it, check-ups between, post-mortem at the end."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY
from electrosim.base.errors import SolveError
from electrosim.base.observer import Observer
from electrosim.base.status import SOLVED, Status
from electrosim.discharge.ageing.cycling import Cycle, Solver, lithium_of, settled, solved
from electrosim.discharge.ageing.damage import Damage, aged
from electrosim.discharge.ageing.jumps import landings
from electrosim.discharge.ageing.laws import Use, damage_of, uses
from electrosim.discharge.ageing.problem import Ageing
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.groups import groups, sections
from electrosim.discharge.protocol import Stoichiometry
from electrosim.discharge.trajectory import Run

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Resolved:
    """A cycle that was resolved.

    Parameters
    ----------
    cycle : Cycle
        Its capacities and its run.
    used : tuple of Use
        How it used each layer.
    lithium_balance_error : float
        Lithium in the electrodes at its end and lithium lost before it, against the lithium at first, as a share of
        that; NaN against lithium metal.
    """

    cycle: Cycle
    used: tuple[Use, ...]
    lithium_balance_error: float


@dataclass(frozen=True)
class Point:
    """The cell after some cycles, and the resolved cycle that comes next."""

    number: int
    damage: Damage
    resolved: Resolved
    jump_error: float


@dataclass(frozen=True)
class Life:
    """All that was found.

    Parameters
    ----------
    points : tuple of Point
        At the cycles that were resolved.
    check_ups : tuple of (int, Cycle)
        Numbers of cycles and the slow cycle after them.
    post_mortem : tuple of Cycle
        Against lithium, of the fresh and of the aged electrode; none if not asked for or not reached.
    lithium : float or None
        In the electrodes at first [mol m-2]; None against lithium metal.
    status : Status
        How it ended.
    """

    points: tuple[Point, ...]
    check_ups: tuple[tuple[int, Cycle], ...]
    post_mortem: tuple[Cycle, ...]
    lithium: float | None
    status: Status

    @property
    def outermost_runs(self) -> tuple[Run, ...]:
        """First and last resolved cycle and check-up: they meet the widest ranges of all properties."""
        cycles = [point.resolved.cycle for point in self.points]
        slow = [cycle for _, cycle in self.check_ups]
        return tuple(cycle.run for found in (cycles, slow) if found for cycle in (found[0], found[-1]))


@dataclass(frozen=True)
class Patient:
    """A cell and what resolves its cycles at any state of damage."""

    fresh: Cell
    lithium: float | None
    ageing: Ageing
    solver: Solver

    def left(self, damage: Damage) -> float | None:
        """Return the lithium that still cycles [mol m-2]."""
        return None if self.lithium is None else self.lithium - damage.lithium_lost

    def resolve(self, values: Floats) -> tuple[Floats, Resolved]:
        """Return the damage that the next cycle does, and that cycle."""
        damage = Damage.of(values)
        cell = aged(self.fresh, damage)
        cycle = settled(self.solver, cell, self.ageing.cycling, self.left(damage))
        used = uses(cycle.run, cell)
        error = np.nan
        if self.lithium is not None:
            held = _lithium_at_the_end(cycle, cell)
            error = (held + damage.lithium_lost) / self.lithium - 1
        return damage_of(used, self.ageing.laws, damage).values, Resolved(cycle, used, error)

    def check_up(self, damage: Damage) -> Cycle:
        """Return a slow cycle."""
        return solved(self.solver, aged(self.fresh, damage), self.ageing.check_up, self.left(damage))

    def post_mortem(self, damage: Damage) -> tuple[Cycle, ...]:
        """Return a slow cycle of the fresh and of the aged electrode against fresh lithium in fresh electrolyte."""
        asked = self.ageing.post_mortem
        if asked is None:
            return ()
        cells = (replace(cell, negative=asked.metal) for cell in (self.fresh, aged(self.fresh, damage)))
        return tuple(solved(self.solver, cell, asked.cycling, None) for cell in cells)


def live(cell: Cell, ageing: Ageing, start: Stoichiometry, solver: Solver, observer: Observer) -> Life:
    """Age a cell.

    Parameters
    ----------
    cell : Cell
        As it is at first.
    ageing : Ageing
        What it goes through.
    start : Stoichiometry
        Any state of the fresh cell at rest: it says how much lithium there is.
    solver : Solver
        What solves the cycles.
    observer : callable
        Hears the progress.

    Returns
    -------
    Life
        Up to where a cycle could not be solved, if so.
    """
    lithium = lithium_of(cell, start) if isinstance(cell.negative, Electrode) else None
    patient = Patient(cell, lithium, ageing, solver)
    points: list[Point] = []
    check_ups: list[tuple[int, Cycle]] = []
    post_mortem: tuple[Cycle, ...] = ()
    status = SOLVED
    fresh = Damage.none(len(cell.positive.layers)).values
    try:
        for landing in landings(patient.resolve, fresh, ageing.checks, ageing.jumps):
            damage = Damage.of(landing.damage)
            points.append(Point(landing.cycle, damage, landing.resolved, landing.error))
            if landing.cycle in ageing.checks:
                check_ups.append((landing.cycle, patient.check_up(damage)))
            observer("ageing", landing.cycle / ageing.cycles, f"cycle {landing.cycle}")
        post_mortem = patient.post_mortem(points[-1].damage)
    except SolveError as error:
        status = Status(f"After {points[-1].number if points else 0} cycles the next was not solved: {error}", False)
    return Life(tuple(points), tuple(check_ups), post_mortem, lithium, status)


def _lithium_at_the_end(cycle: Cycle, cell: Cell) -> float:
    """Return the lithium in wired particles at the end of a cycle [mol m-2]."""
    run = cycle.run
    parts = groups(sections(cell, run.mesh))
    held = sum(
        float((part.of(run.mean_concentration)[-1] / part.material.maximum_concentration) @ part.capacity)
        for part in parts
    )
    return held / FARADAY
