"""Cycle jumps: some cycles are resolved, the damage of those between is summed up without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import SolveError

Floats = NDArray[np.float64]
Resolved = TypeVar("Resolved")

_SAFETY = 0.8
_LARGEST_GROWTH = 3.0


@dataclass(frozen=True)
class CycleJumps:
    """How long the jumps may be.

    Parameters
    ----------
    tolerance : float
        Largest error of a jump, as a share of the damage of its kind that the jump does.
    longest : int
        Most cycles in one jump; 1 resolves every cycle.
    """

    tolerance: float = 0.01
    longest: int = 100


@dataclass(frozen=True)
class Landing(Generic[Resolved]):
    """A cycle that was resolved.

    Parameters
    ----------
    cycle : int
        How many cycles came before it.
    damage : ndarray, shape (kinds, layers)
        Before it.
    resolved : object
        What resolving it gave.
    error : float
        Estimated error of the jump to it, as a share of the damage that the jump did.
    """

    cycle: int
    damage: Floats
    resolved: Resolved
    error: float


def landings(
    resolve: Callable[[Floats], tuple[Floats, Resolved]], damage: Floats, stops: Sequence[int], method: CycleJumps
) -> Iterator[Landing[Resolved]]:
    """Resolve the cycle after no cycle at all, and as many later ones as the accuracy of the damage asks for.

    The damage of the n cycles k = 0 ... n - 1 from a resolved one on is summed up as if the damage per cycle r changed
    linearly: n r_0 + n (n - 1)/2 r'. The slope r' is known from the jump before; the cycle after the jump is resolved
    with the damage foreseen so, which gives the slope anew and a corrected sum. The difference of the two is the
    estimate of the error. Jumps that err too much are taken again, shorter; a jump of one cycle is exact.

    Parameters
    ----------
    resolve : callable
        From the damage before a cycle to the damage that the cycle does, and to anything else it gives.
    damage : ndarray, shape (kinds, layers)
        Before the first cycle.
    stops : sequence of int
        Cycles on which jumps must end, rising.
    method : CycleJumps
        Accuracy.

    Yields
    ------
    Landing
        The resolved cycles in turn, the stops among them.

    Raises
    ------
    SolveError
        If `resolve` raises it for the very next cycle; where a jump leads to it, a shorter one is tried.
    """
    cycle, slope, jump = 0, np.zeros_like(damage), 1
    rate, resolved = resolve(damage)
    yield Landing(0, damage, resolved, 0.0)
    for stop in stops:
        while cycle < stop:
            length = _even_part(stop - cycle, min(jump, method.longest))
            foreseen = damage + _sum(rate, slope, length)
            try:
                next_rate, resolved = resolve(foreseen)
            except SolveError:
                if length == 1:
                    raise
                jump = length // 2
                continue
            next_slope = (next_rate - rate) / length
            corrected = damage + _sum(rate, next_slope, length)
            error = _largest_share(corrected - foreseen, corrected - damage)
            rejected = error > method.tolerance and length > 1
            if rejected or length == jump:
                jump = max(1, int(length * _change(method.tolerance, error)))
            if not rejected:
                cycle, damage, rate, slope = cycle + length, corrected, next_rate, next_slope
                yield Landing(cycle, damage, resolved, error)


def _even_part(cycles: int, longest: int) -> int:
    """Return the first of the fewest jumps, as equal as can be, none over the longest, that make up so many cycles."""
    jumps = -(-cycles // longest)
    return -(-cycles // jumps)


def _sum(rate: Floats, slope: Floats, cycles: int) -> Floats:
    """Return the damage of cycles whose damage changes linearly."""
    return cycles * rate + cycles * (cycles - 1) / 2 * slope


def _largest_share(difference: Floats, whole: Floats) -> float:
    """Return the largest difference, each kind as a share of its damage in the layer that has most."""
    most = np.abs(whole).max(axis=1)
    differ = np.abs(difference).max(axis=1)
    return float(np.max(np.divide(differ, most, out=np.zeros_like(most), where=most > 0)))


def _change(tolerance: float, error: float) -> float:
    """Return by which factor to change the jump: the error as a share grows with its square."""
    return min(_LARGEST_GROWTH, _SAFETY * float(np.sqrt(tolerance / max(error, 1e-12))))
