"""How a solve ended, as a sentence a person can act on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Status:
    """The end of a solve.

    Parameters
    ----------
    sentence : str
        What happened and, if something is to be done, what.
    solved : bool
        Whether the numbers can be used as they are.
    """

    sentence: str
    solved: bool

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence


SOLVED = Status("Solved to the requested accuracy.", solved=True)
ITERATION_LIMIT = Status(
    "The iteration limit was reached before the requested accuracy; raise method.max_iterations or relax method.rtol.",
    solved=False,
)
STALLED = Status(
    "The iteration stopped improving before the requested accuracy, most likely at the limit of rounding; "
    "relax method.rtol.",
    solved=False,
)
