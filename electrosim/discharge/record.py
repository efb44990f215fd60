"""A run with the cell that was run and the programme it followed."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY
from electrosim.discharge.cell import Cell
from electrosim.discharge.groups import Group, Section, groups, sections
from electrosim.discharge.rate_programme import Programme
from electrosim.discharge.timeline import integral_weights
from electrosim.discharge.trajectory import Run

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Record:
    """A run, the cell, and the programme."""

    cell: Cell
    programme: Programme
    run: Run

    @functools.cached_property
    def sections(self) -> tuple[Section, ...]:
        """Layers of the electrodes on the run's mesh."""
        return sections(self.cell, self.run.mesh)

    @functools.cached_property
    def groups(self) -> tuple[Group, ...]:
        """Populations of particles in these layers."""
        return groups(self.sections)

    def of_step(self, step: int) -> slice:
        """Return which times belong to a step; none if the run ended before."""
        first, last = np.searchsorted(self.run.step, [step, step + 1])
        return slice(int(first), int(last))

    @property
    def measured(self) -> slice:
        """Which times belong to the measured discharge."""
        return self.of_step(self.programme.measured)

    def charge_of(self, current: Floats, times: slice) -> float:
        """Integrate a current at the times of the run over those of one step [C m-2].

        It is taken as linear between times, as solvers take it; so charge and lithium balance.
        """
        return float(np.trapezoid(current[times], self.run.time[times]))

    def integral(self, values: Floats, step: int) -> Floats:
        """Integrate values, shape (times of the run, ...), over a step; as cubics, but for the kinks of a table."""
        times = self.of_step(step)
        control = self.programme.steps[step % len(self.programme.steps)].control
        if control == "table":
            return np.asarray(np.trapezoid(values[times], self.run.time[times], axis=0))
        return np.tensordot(integral_weights(self.run.time[times]), values[times], axes=1)

    @functools.cached_property
    def charge(self) -> float:
        """Charge that the measured discharge gave [C m-2]; NaN if the run ended before."""
        return self.charge_of(self.run.current, self.measured) if self._was_measured else float("nan")

    @functools.cached_property
    def energy(self) -> float:
        """Energy that the measured discharge gave [J m-2]; NaN if the run ended before."""
        if not self._was_measured:
            return float("nan")
        return float(self.integral(self.run.current * self.run.voltage, self.programme.measured))

    @property
    def _was_measured(self) -> bool:
        return bool(self.measured.stop > self.measured.start)

    def held(self, section: Section, times: slice) -> Floats:
        """Return the charge of the lithium in a layer's reachable particles at times [C m-2]."""
        found = np.zeros(times.stop - times.start)
        for group in self.groups:
            if group.section is section:
                found += group.of(self.run.mean_concentration)[times] @ group.volume * FARADAY
        return found

    def mass(self, section: Section) -> float:
        """Return the mass of a layer's particles, those out of reach too [kg m-2]."""
        return sum(group.mass for group in self.groups if group.section is section)

    @property
    def active_mass(self) -> float:
        """Mass of the particles of the positive electrode [kg m-2]."""
        return sum(group.mass for group in self.groups if group.section.side == "positive")
