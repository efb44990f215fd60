"""The fast solver of a cell: few unknowns, one banded elimination, compiled from the first step to the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, announce_compilation, silent
from electrosim.base.status import SOLVED, Status
from electrosim.discharge import layout, sphere
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.mesh import choose, layers_on
from electrosim.discharge.packed import Packed, pack
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.trajectory import End, Mesh, Run, State

Floats = NDArray[np.float64]

_MODES = 12
_SHELLS = 24
_SHELL_RATIO = 1.2
_ENDS: tuple[End, ...] = get_args(End)
_CONTROLS = {"current": layout.CURRENT, "rest": layout.CURRENT, "voltage": layout.VOLTAGE, "power": layout.POWER}
_CONTROLS["table"] = layout.TABLE
_STEPS_AT_ONCE = 24  # between two calls of the observer


@dataclass(frozen=True)
class Structured:
    """Structured elimination: salt and ionic current as only unknowns, particles as a few exact modes, BDF2 in time.

    Parameters
    ----------
    rtol : float
        Accuracy of the voltage relative to 5 V, so the default stands for 0.5 mV.
    mesh : Mesh or None
        Cells to compute on; None lets the largest current and rtol choose them.
    """

    rtol: float = 1e-4
    mesh: Mesh | None = None

    def run(
        self,
        cell: Cell,
        steps: Sequence[Step],
        start: Stoichiometry | State,
        *,
        observer: Observer = silent,
    ) -> Run:
        """Do the steps one after the other."""
        from electrosim.discharge import kernels

        announce_compilation(observer, kernels, "discharge")
        mesh = self.mesh or choose(cell, _largest_current(cell, steps), 5 * self.rtol)
        packed, numbers, lithium, salt, programme = self._arguments(cell, mesh, steps, start)
        modes, shells = sphere.balanced_modes(_MODES), sphere.shells(_SHELLS, _SHELL_RATIO)
        cells, slots = packed.shape[0], packed.potential.size
        width = 5 + 4 * cells + 3 * slots
        history, rows, ends, reason = kernels.discharge(
            packed.shape, numbers, packed.fixed, packed.table, packed.potential, packed.background, packed.groups,
            packed.speeds, modes, shells, *programme, salt, lithium, width,
        )  # fmt: skip
        return _run(mesh, packed, history[:rows], ends, reason, salt, lithium)

    def _arguments(self, cell: Cell, mesh: Mesh, steps: Sequence[Step], start: Stoichiometry | State) -> Any:
        packed = _packed(cell, mesh)
        numbers = packed.numbers.copy()
        numbers[layout.TOLERANCE] = 4e-3 * (self.rtol / 1e-4) ** 1.5
        numbers[layout.CLOSE] = 5e-5 * self.rtol / 1e-4
        numbers[layout.FIRST] = 0.02
        lithium, salt = _initial(cell, mesh, packed, start)
        return packed, numbers, lithium, salt, _programme(steps)


_meshes: dict[int, Mesh] = {}


def _packed(cell: Cell, mesh: Mesh) -> Packed:
    return pack(cell, mesh)


def _initial(cell: Cell, mesh: Mesh, packed: Packed, start: Stoichiometry | State) -> tuple[Floats, Floats]:
    cells, populations = packed.shape[0], packed.shape[3]
    variables = _SHELLS if (packed.groups[:, 2] >= 0).any() else _MODES
    if isinstance(start, State):
        if start.particles.shape != (populations, variables, cells):
            raise InputError("the state is of another mesh; set method.mesh to the mesh of the run that it comes from")
        particles = start.particles.transpose(1, 0, 2).reshape(variables, -1)
        return np.ascontiguousarray(np.where(np.isnan(particles), 1.0, particles)), start.electrolyte.copy()
    maximum = packed.fixed[layout.MAXIMUM : layout.MAXIMUM + populations * cells]
    stoichiometry = np.full(cells, 0.5)
    stoichiometry[packed.shape[2] :] = start.positive
    if isinstance(cell.negative, Electrode):
        if start.negative is None:
            raise InputError("a cell with two porous electrodes starts from two stoichiometries")
        stoichiometry[: packed.shape[1]] = start.negative
    content = np.tile(stoichiometry, populations) * maximum
    lithium = np.zeros((variables, populations * cells))
    for first, last, kind in packed.groups:
        if kind < 0:
            lithium[0, first:last] = content[first:last] / np.sqrt(3)
        else:
            lithium[:, first:last] = content[first:last]
    return lithium, np.full(cells, cell.electrolyte.concentration)


def _programme(steps: Sequence[Step]) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64], Floats, Floats]:
    controls = np.array([_CONTROLS[step.control] for step in steps], np.int64)
    limits = np.array(
        [
            (
                0.0 if step.control == "rest" else step.value,
                -np.inf if step.lower_voltage is None else step.lower_voltage,
                np.inf if step.upper_voltage is None else step.upper_voltage,
                step.lower_current or 0.0,
                step.charge or np.inf,
                step.longest,
            )
            for step in steps
        ]
    )
    tables = [step.table if step.table is not None else (np.zeros(0), np.zeros(0)) for step in steps]
    starts = np.cumsum([0] + [times.size for times, _ in tables])
    return (
        controls,
        limits,
        starts.astype(np.int64),
        np.concatenate([times for times, _ in tables]).astype(np.float64),
        np.concatenate([currents for _, currents in tables]).astype(np.float64),
    )


def _largest_current(cell: Cell, steps: Sequence[Step]) -> float:
    """Return the largest magnitude of current that the steps name; power counts at 3 V."""
    found = [0.0]
    for step in steps:
        if step.control == "current":
            found.append(abs(step.value))
        elif step.control == "power":
            found.append(abs(step.value) / 3)
        elif step.table is not None:
            found.append(float(np.max(np.abs(step.table[1]))))
    return max(found)


_TROUBLE = {
    layout.GOOD: SOLVED,
    layout.NO_START: Status("No solution was found at the start of a step; the current may be too high.", solved=False),
    layout.NO_STEP: Status("Newton's method failed at the shortest step of time.", solved=False),
    layout.DEPLETED: Status("The electrolyte ran out of salt; lower the rate or give a lower voltage.", solved=False),
    layout.EXHAUSTED: Status("Particles are full or empty; give the step a lower or an upper voltage.", solved=False),
}


def _run(mesh: Mesh, packed: Packed, history: Floats, ends: Any, reason: int, salt: Floats, lithium: Floats) -> Run:
    cells, populations = packed.shape[0], packed.shape[3]
    slots = populations * cells
    rows = history.shape[0]
    areas = packed.fixed[layout.AREA : layout.AREA + slots]
    bounds = np.cumsum([4, cells, cells + 1, cells, cells, slots, slots, slots])
    salt_history, ionic, along, solid, surface, mean, reaction = (
        history[:, first:last] for first, last in zip(bounds[:-1], bounds[1:], strict=True)
    )
    absent = areas == 0
    by_population = []
    for field in (surface, mean, reaction):
        field[:, absent] = np.nan
        by_population.append(field.reshape(rows, populations, cells))
    particles = np.where(absent, np.nan, lithium).reshape(-1, populations, cells).transpose(1, 0, 2)
    return Run(
        mesh=mesh,
        time=history[:, 0],
        voltage=history[:, 1],
        current=history[:, 2],
        step=history[:, 3].astype(np.int64),
        ends=tuple(_ENDS[end] for end in ends if end >= 0),
        electrolyte_concentration=salt_history,
        ionic_current=ionic,
        surface_concentration=by_population[0],
        mean_concentration=by_population[1],
        reaction_current=by_population[2],
        electrolyte_potential=along,
        electrode_potential=solid,
        state=State(salt, particles),
        status=_TROUBLE[reason],
    )
