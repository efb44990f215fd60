"""One time axis for runs that each chose their own times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.discharge.trajectory import Run

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_NEIGHBOURS = 4  # points that a cubic goes through
_LARGEST_WEIGHT = 20.0  # a run's last step can be so short that a cubic through its ends magnifies any error


@dataclass(frozen=True)
class Interpolation:
    """From values at some times to values at others, by the cubic through the four nearest times of the same step.

    Where some of these are so close to each other that one would count more than twentyfold, it is a straight line
    between the two nearest. Both are linear in the values: what adds up at the former times does so at the latter.

    Parameters
    ----------
    points : ndarray of int, shape (new times, 4)
        Which of the former times each new one depends on.
    weights : ndarray, shape (new times, 4)
        How much; NaN outside the former times.
    """

    points: Integers
    weights: Floats

    def of(self, values: Floats) -> Floats:
        """Return values of shape (former times, ...) at the new times."""
        shape = (-1, *[1] * (values.ndim - 1))
        found = self.weights[:, 0].reshape(shape) * values[self.points[:, 0]]
        for neighbour in range(1, _NEIGHBOURS):
            found += self.weights[:, neighbour].reshape(shape) * values[self.points[:, neighbour]]
        return np.asarray(found)


def interpolation(own: Floats, step: Integers, time: Floats) -> Interpolation:
    """Return how to get from times, strictly rising and each in a step, to other times."""
    left = np.clip(np.searchsorted(own, time, side="right") - 1, 0, own.size - 1)
    first_of_step = np.searchsorted(step, step, side="left")[left]
    last_of_step = np.searchsorted(step, step, side="right")[left] - 1
    start = np.maximum(np.minimum(left - 1, last_of_step - 3), first_of_step)
    points = start[:, None] + np.arange(_NEIGHBOURS)
    usable = points <= last_of_step[:, None]
    points = np.minimum(points, last_of_step[:, None])
    weights = np.where(usable, _lagrange(own[points], usable, time), 0.0)
    wild = (np.abs(weights).max(axis=1) > _LARGEST_WEIGHT) & (left < last_of_step)  # not after the end
    if wild.any():
        weights[wild] = _straight(own, left[wild], (left - start)[wild], time[wild])
    weights[(time > own[-1]) | (time < own[0])] = np.nan
    return Interpolation(points, weights)


def _lagrange(at: Floats, usable: NDArray[np.bool_], time: Floats) -> Floats:
    """Return the weights of the polynomial through the usable points."""
    weights = np.ones_like(at)
    for one in range(_NEIGHBOURS):
        for other in range(_NEIGHBOURS):
            if other != one:
                both = usable[:, one] & usable[:, other]
                distance = np.where(both, at[:, one] - at[:, other], 1.0)
                weights[:, one] *= np.where(both, (time - at[:, other]) / distance, 1.0)
    return weights


def _straight(own: Floats, left: Integers, place: Integers, time: Floats) -> Floats:
    """Return the weights of a line from the time on the left, whose place among the points is given, to the next."""
    share = (time - own[left]) / (own[left + 1] - own[left])
    weights = np.zeros((time.size, _NEIGHBOURS))
    rows = np.arange(time.size)
    weights[rows, place], weights[rows, place + 1] = 1 - share, share
    return weights


def common_times(runs: Sequence[Run], most: int) -> tuple[Floats, tuple[Interpolation, ...]]:
    """Return one rising series of times for all runs, and how to get to it from the times of each.

    Parameters
    ----------
    runs : sequence of Run
        With times of their own.
    most : int
        How many times of a run to keep at most, beside the ends of its steps.

    Returns
    -------
    time : ndarray
        [s]. Where a step follows another, the first time of the new one is the next larger number.
    tuple of Interpolation
        One for each run; it gives NaN after the run's end.
    """
    own = [strictly_rising(run.time) for run in runs]
    time = np.unique(np.concatenate([at[_kept(run, most)] for at, run in zip(own, runs, strict=True)]))
    return time, tuple(interpolation(at, run.step, time) for at, run in zip(own, runs, strict=True))


def strictly_rising(time: Floats) -> Floats:
    """Return times in which the first of a step comes right after the last of the step before."""
    rising = np.array(time)
    for number in range(rising.size - 1):
        if rising[number + 1] <= rising[number]:
            rising[number + 1] = np.nextafter(rising[number], np.inf)
    return rising


def _kept(run: Run, most: int) -> Integers:
    """Return which times of a run to keep: evenly spread ones, and both ends of each step."""
    count = run.time.size
    even = np.linspace(0, count - 1, min(count, most)).round().astype(np.int64)
    changes = np.flatnonzero(np.diff(run.step))
    return np.unique(np.concatenate([even, changes, changes + 1, [0, count - 1]]))


def integral_weights(time: Floats) -> Floats:
    """Return the weights with which values at the times of one step add up to their integral over time.

    Between two times the cubic through the four nearest is integrated, by Gauss's rule of two points, which is exact
    for cubics.
    """
    weights = np.zeros(time.size)
    if time.size < 2 or time[-1] <= time[0]:
        return weights
    rising, width = strictly_rising(time), np.diff(time)
    middle, shift = 0.5 * (time[1:] + time[:-1]), 0.5 / np.sqrt(3) * width
    found = interpolation(rising, np.zeros(time.size, np.int64), np.concatenate([middle - shift, middle + shift]))
    np.add.at(weights, found.points, 0.5 * np.tile(width, 2)[:, None] * found.weights)
    return weights
