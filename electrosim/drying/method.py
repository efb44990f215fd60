"""How a drying problem is solved."""

from __future__ import annotations

from dataclasses import dataclass

from electrosim.base.errors import InputError


@dataclass(frozen=True)
class Method:
    """How the equations are solved.

    Parameters
    ----------
    cells : int
        Cells of the profile of what migrates.
    steps : int
        Time steps of the migration, beside the times of the output.
    times : int
        Times of the output, beside the ends of stages and zones.
    rtol : float
        Relative tolerance of solvent and temperature over time.
    longest_time : float
        When to give up a film that does not dry [s].
    migration : {"own", "fipy"}
        Who solves the migration: `binder.migrate`, or FiPy as its plain twin, some seventy times slower and of first
        order in time.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    cells: int = 200
    steps: int = 400
    times: int = 200
    rtol: float = 1e-9
    longest_time: float = 30 * 86400.0
    migration: str = "own"

    def __post_init__(self) -> None:
        """Check every value."""
        if min(self.cells, self.steps, self.times) < 2 or not 0 < self.rtol < 1 or not self.longest_time > 0:
            raise InputError("method: cells, steps and times must be at least 2, rtol and longest_time positive")
        if self.migration not in ("own", "fipy"):
            raise InputError('method.migration must be "own" or "fipy"', ("method", "migration"))
