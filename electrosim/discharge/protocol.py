"""What is done to a cell: steps with end conditions, and programmes of steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Control = Literal["current", "voltage", "power", "rest", "table"]


@dataclass(frozen=True)
class Step:
    """One step; it ends at the first of its end conditions, and at `longest` in any case.

    Parameters
    ----------
    control : {"current", "voltage", "power", "rest", "table"}
        What is held.
    value : float
        Current density, positive on discharge [A m-2]; voltage [V]; power per area, positive on discharge [W m-2].
    lower_voltage, upper_voltage : float or None
        Ends the step when the voltage falls below or rises above [V].
    lower_current : float or None
        Ends a voltage step when the magnitude of the current falls below [A m-2].
    charge : float or None
        Ends the step when this much has passed in it, counted positive in either direction [C m-2].
    longest : float
        Ends the step [s].
    table : tuple of arrays or None
        Times from the start of the step [s] and current densities [A m-2], joined linearly.
    """

    control: Control
    value: float = 0.0
    lower_voltage: float | None = None
    upper_voltage: float | None = None
    lower_current: float | None = None
    charge: float | None = None
    longest: float = 1e6
    table: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None


@dataclass(frozen=True)
class Stoichiometry:
    """Uniform stoichiometries from which a cell starts at rest, one per electrode (None for lithium metal)."""

    positive: float
    negative: float | None = None
