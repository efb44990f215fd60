"""What a solver of a cell gives back: times, voltages and fields, and the state in which it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.base.status import Status

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

End = Literal["lower_voltage", "upper_voltage", "lower_current", "charge", "longest", "failed"]


@dataclass(frozen=True)
class Mesh:
    """Cells from the collector of the negative electrode (or the lithium surface) to that of the positive one.

    Parameters
    ----------
    width : ndarray, shape (n,)
        [m]
    region : ndarray of int, shape (n,)
        0 negative electrode, 1 separator, 2 positive electrode.
    layer : ndarray of int, shape (n,)
        Index of the layer in its electrode, bottom first; -1 in the separator.
    """

    width: Floats
    region: Integers
    layer: Integers


@dataclass(frozen=True)
class State:
    """Where a run can go on, in the solver's own variables.

    Parameters
    ----------
    electrolyte : ndarray, shape (n,)
        Salt concentration [mol m-3].
    particles : ndarray, shape (populations, modes or shells, n)
        The solver's own particle variables.
    mesh : Mesh or None
        Cells on which it is given; a run that starts from it stays on them.
    """

    electrolyte: Floats
    particles: Floats
    mesh: Mesh | None = None


@dataclass(frozen=True)
class Run:
    """A programme of steps as solved, at the solver's own times.

    Parameters
    ----------
    mesh : Mesh
        n cells; populations that a place does not have are NaN there.
    time, voltage, current : ndarray, shape (t,)
        [s], [V], [A m-2], positive on discharge; the first is the state right after the first step began. Where a step
        follows another, the time occurs twice: last of the old step, first of the new one.
    step : ndarray of int, shape (t,)
        Index of the step.
    ends : tuple of str
        Why each step ended.
    electrolyte_concentration : ndarray, shape (t, n)
        [mol m-3]
    ionic_current : ndarray, shape (t, n + 1)
        In the electrolyte through the faces, along x [A m-2].
    surface_concentration, mean_concentration, reaction_current : ndarray, shape (t, populations, n)
        Of the particles [mol m-3] and per area of particle surface, positive where lithium leaves the particle [A m-2].
    electrolyte_potential, electrode_potential : ndarray, shape (t, n)
        phi_e, and phi_s (NaN in the separator), against the collector of the negative electrode [V].
    state : State
        At the end.
    status : Status
        How the run ended; what was computed before a failure is kept.
    """

    mesh: Mesh
    time: Floats
    voltage: Floats
    current: Floats
    step: Integers
    ends: tuple[End, ...]
    electrolyte_concentration: Floats
    ionic_current: Floats
    surface_concentration: Floats
    mean_concentration: Floats
    reaction_current: Floats
    electrolyte_potential: Floats
    electrode_potential: Floats
    state: State
    status: Status


@dataclass(frozen=True)
class Curve:
    """The light result of a run among many: what happened at the terminals.

    Parameters
    ----------
    time, voltage, current : ndarray, shape (t,)
        As in `Run`.
    step : ndarray of int, shape (t,)
        Index of the step.
    ends : tuple of str
        Why each step ended.
    status : Status
        How the run ended.
    """

    time: Floats
    voltage: Floats
    current: Floats
    step: Integers
    ends: tuple[End, ...]
    status: Status

    @property
    def charge(self) -> float:
        """Charge that has passed, positive on discharge [C m-2]."""
        return float(np.trapezoid(self.current, self.time))

    @property
    def energy(self) -> float:
        """Energy that the cell has given [J m-2]."""
        return float(np.trapezoid(self.current * self.voltage, self.time))
