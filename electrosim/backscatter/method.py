"""How the electrons are followed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

from electrosim.base.errors import InputError, nearest

Reuse = Literal["auto", "exact", "smooth"]

FEW = 12
"""Thicknesses up to which ``reuse = "auto"`` is exact."""
_MOST_ELECTRONS = 10**13
_MOST_PLAIN_ELECTRONS = 10**7
_MOST_WORKERS = 1024


@dataclass(frozen=True)
class MonteCarlo:
    """Compiled histories with the optical depth as their clock.

    Parameters
    ----------
    electrons : int
        Histories per energy of the beam; the most of them if `standard_error` is given.
    seed : int
        Number of the experiment; the same number gives the same electrons.
    reuse : {"auto", "exact", "smooth"}
        How one run serves all thicknesses of the film. Exact: each history goes on below every thickness, so the counts
        are those of separate runs. Smooth: it goes on below one of them in turn, and what turned below the film is a
        smooth curve over the thickness; many times cheaper. Auto: exact up to 12 thicknesses.
    standard_error : float, optional
        Stop once the backscatter coefficient is known to this standard error at every thickness.
    workers : int, optional
        Threads; as many as there are cores by default. The answer does not depend on them.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    electrons: int = 100_000
    seed: int = 0
    reuse: Reuse = "auto"
    standard_error: float | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        """Check every argument once."""
        _check_number("electrons", self.electrons, _MOST_ELECTRONS)
        if self.seed < 0:
            raise InputError(f"seed = {self.seed}: it must not be negative", ("seed",))
        if self.reuse not in get_args(Reuse):
            raise InputError(f"reuse = {self.reuse!r} is not known; {nearest(self.reuse, get_args(Reuse))}")
        if self.standard_error is not None and not 0 < self.standard_error < math.inf:
            raise InputError(f"standard_error = {self.standard_error}: it must be positive and finite")
        if self.workers is not None:
            _check_number("workers", self.workers, _MOST_WORKERS)

    def is_exact(self, thicknesses: int) -> bool:
        """Return whether each history goes on below every one of so many thicknesses."""
        return self.reuse == "exact" or (self.reuse == "auto" and thicknesses <= FEW)


@dataclass(frozen=True)
class Plain:
    """The same walk on one page of NumPy: short steps, the element drawn at each collision, every thickness by itself.

    Parameters
    ----------
    electrons : int
        Histories per energy and thickness.
    seed : int
        Number of the experiment.
    loss : float
        Greatest share of its energy that an electron loses in a step.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    electrons: int = 20_000
    seed: int = 0
    loss: float = 0.005

    def __post_init__(self) -> None:
        """Check every argument once."""
        _check_number("electrons", self.electrons, _MOST_PLAIN_ELECTRONS)
        if not 0 < self.loss <= 0.1:
            raise InputError(f"loss = {self.loss}: it must be positive and at most 0.1")


def _check_number(name: str, value: int, most: int) -> None:
    if not 1 <= value <= most:
        raise InputError(f"{name} = {value}: it must be a whole number from 1 to {most}", (name,))
