"""The fast solver of a cell: few unknowns, one banded elimination, compiled from the first step to the last."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.memory import cores
from electrosim.base.observer import Observer, announce_compilation, silent
from electrosim.base.status import Status
from electrosim.discharge import layout, sphere
from electrosim.discharge.cell import Cell
from electrosim.discharge.mesh import check, choose, severity
from electrosim.discharge.outcome import History, curve, run_of
from electrosim.discharge.packed import Packed, pack
from electrosim.discharge.programme import Programme, initial, largest_current, programme
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.trajectory import Curve, Mesh, Run, State

Floats = NDArray[np.float64]

_VOLTAGE = 5.0  # V; what rtol is relative to
_STEPS_AT_ONCE = 32  # of a protocol, between two calls of the observer
_CASES_AT_ONCE = 16  # of many cells
_REMEMBERED = 32  # cells that need not be packed again
_COARSE = 1e-4  # rtol at which the numbers below hold
_TIME_TOLERANCE = 4e-3  # V, of prediction against solution: an error of 0.2 to 0.3 mV
_REMAINDER = 5e-5  # V, of Newton's method
_FIRST_STEP = 0.02  # s


@dataclass(frozen=True)
class Structured:
    """Structured elimination: salt and ionic current as only unknowns, particles as a few exact modes, BDF2 in time.

    Theory and measured accuracy: docs/discharge-solver.md.

    Parameters
    ----------
    rtol : float
        Accuracy of the voltage relative to 5 V, so the default stands for 0.5 mV.
    mesh : Mesh or None
        Cells to compute on. None takes those of the state that a run starts from, or else chooses them by the largest
        current among the steps and rtol.

    Raises
    ------
    InputError
        If rtol is not between 1e-9 and 1e-2.
    """

    rtol: float = 1e-4
    mesh: Mesh | None = None

    def __post_init__(self) -> None:
        """Check the accuracy."""
        if not 1e-9 <= self.rtol <= 1e-2:
            raise InputError(f"method.rtol is {self.rtol:g}; it must be between 1e-9 and 1e-2", ("method", "rtol"))

    def run(
        self, cell: Cell, steps: Sequence[Step], start: Stoichiometry | State, *, observer: Observer = silent
    ) -> Run:
        """Do the steps one after the other.

        Parameters
        ----------
        cell : Cell
            What is discharged.
        steps : sequence of Step
            What is done to it; a step that fails is the last. Cycles are the same steps again and again.
        start : Stoichiometry or State
            At rest, or as an earlier run by this method left it.
        observer : Observer
            Hears how many steps are done.

        Returns
        -------
        Run

        Raises
        ------
        InputError
            If a state or a mesh is of another cell, or a table of currents does not go forward in time.
        """
        from electrosim.discharge import kernels

        if not kernels.discharge.overloads:
            announce_compilation(observer, kernels, "discharge")
        mesh, packed = self._packed(cell, steps, start)
        salt, lithium = initial(cell, packed, start, *self._spheres())
        histories: list[History] = []
        for first in range(0, len(steps), _STEPS_AT_ONCE):
            part = programme(steps[first : first + _STEPS_AT_ONCE])
            histories.append(self._solve(packed, part, salt, lithium, fields=True))
            observer("discharging", min(1.0, (first + _STEPS_AT_ONCE) / len(steps)))
            if histories[-1].reason != layout.GOOD:
                break
        return run_of(mesh, packed, histories, salt, lithium)

    def run_many(
        self,
        cells: Sequence[Cell],
        steps: Sequence[Step] | Sequence[Sequence[Step]],
        starts: Sequence[Stoichiometry | State],
        *,
        workers: int | None = None,
        observer: Observer = silent,
    ) -> list[Curve]:
        """Discharge many cells, each by itself; threads share the work.

        Parameters
        ----------
        cells : sequence of Cell
            What is discharged.
        steps : sequence of Step, or a sequence of such sequences
            What is done to all cells, or to each.
        starts : sequence of Stoichiometry or State
            Where each begins.
        workers : int, optional
            Threads; all processors by default. The answer does not depend on it.
        observer : Observer
            Hears how many are done, from several threads.

        Returns
        -------
        list of Curve
            In the order of the cells. A case that cannot be solved has its reason as status.
        """
        from electrosim.discharge import kernels

        if not kernels.discharge.overloads:
            announce_compilation(observer, kernels, "discharge")
        alike = not steps or isinstance(steps[0], Step)
        shared = programme(steps) if alike else None  # type: ignore[arg-type]
        done = 0

        def solve(number: int) -> Curve:
            own = steps if alike else steps[number]
            try:
                _, packed = self._packed(cells[number], own, starts[number], remember=False)  # type: ignore[arg-type]
                salt, lithium = initial(cells[number], packed, starts[number], *self._spheres())
                part = shared or programme(own)  # type: ignore[arg-type]
            except InputError as error:
                return Curve(
                    np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.int64), (), Status(str(error), solved=False)
                )
            return curve(self._solve(packed, part, salt, lithium, fields=False))

        def solve_some(first: int) -> list[Curve]:
            nonlocal done
            found = [solve(number) for number in range(first, min(first + _CASES_AT_ONCE, len(cells)))]
            done += len(found)
            observer("discharging", done / len(cells))
            return found

        with ThreadPoolExecutor(workers or cores()) as pool:
            parts = list(pool.map(solve_some, range(0, len(cells), _CASES_AT_ONCE)))
        return [one for part in parts for one in part]

    def _packed(
        self, cell: Cell, steps: Sequence[Step], start: Stoichiometry | State, *, remember: bool = True
    ) -> tuple[Mesh, Packed]:
        """Return the mesh for a cell and the cell on it."""
        given = self.mesh or (start.mesh if isinstance(start, State) else None)
        current = largest_current(steps)
        key = (id(cell), id(given) if given else current, self.rtol)
        found = _recent.get(key)
        if found is None:
            if given is not None:
                check(cell, given)
            mesh = given or choose(cell, current, _VOLTAGE * self.rtol)
            packed = pack(cell, mesh, *self._spheres())
            ratio = self.rtol / _COARSE
            packed.fixed[layout.TOLERANCE] = _TIME_TOLERANCE * ratio**1.5 / severity(cell, current)
            packed.fixed[layout.CLOSE] = _REMAINDER * min(ratio, 1.0)
            packed.fixed[layout.FIRST] = _FIRST_STEP * min(ratio, 1.0)
            found = (cell, mesh, packed)
            if remember:
                while len(_recent) >= _REMEMBERED:
                    _recent.pop(next(iter(_recent)), None)
                _recent[key] = found
        return found[1], found[2]

    def _spheres(self) -> tuple[Floats, Floats]:
        """Return modes (a multiple of four) and shells as fine as the accuracy asks for."""
        modes, count, ratio = (
            (12, 16, 1.45) if self.rtol > 5e-5 else (16, 20, 1.35) if self.rtol > 1e-5 else (24, 24, 1.3)
        )
        return sphere.balanced_modes(modes), sphere.shells(count, ratio)

    def _solve(self, packed: Packed, part: Programme, salt: Floats, lithium: Floats, *, fields: bool) -> History:
        """Run the compiled loop; salt and lithium become those of the end."""
        from electrosim.discharge.kernels import discharge

        width = layout.history_width(packed.shape[layout.CELLS], packed.slots) if fields else layout.AT_FIELDS
        history, rows, ends, reason = discharge(
            packed.shape, packed.fixed, packed.table, packed.places, *part, salt, lithium, width, _work_space()
        )
        return History(history[:rows], ends, reason)


_recent: dict[tuple[int, float, float], tuple[Cell, Mesh, Packed]] = {}  # a cell in it keeps its id
_thread = threading.local()


def _work_space() -> Floats:
    """Return the work space of this thread."""
    if not hasattr(_thread, "work"):
        _thread.work = np.zeros(layout.WORK_SIZE)
    return _thread.work  # type: ignore[no-any-return]
