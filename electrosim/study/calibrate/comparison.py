"""A column of measured values, and how a result gives the values to compare with."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.study.inverse.units import check_unit
from electrosim.study.sweep.collect import Collected, place

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_ROUNDING = 1e-9  # of a curve's range: what it may turn back without turning


@dataclass(frozen=True)
class Comparison:
    """Measured values and where in a result their counterparts are.

    Parameters
    ----------
    name : str
        What results call it.
    quantity : Collected
        What of a result is compared.
    measured : array, shape (points,)
        In SI units.
    deviation : array, shape (points,), or None
        Standard deviations of `measured`; None if they are all the same and not known.
    run : array of int, shape (points,)
        Which of the runs of a parameter set a point belongs to.
    at : tuple of (dimension, array of words)
        Entries of dimensions at which the quantity is taken, one per point.
    along : (Collected, array of shape (points,)) or None
        A further quantity over which the first is interpolated linearly, and its values in SI units. A curve is read up
        to where that quantity first turns back, as charge does when a charge follows a discharge. Beyond the ends of a
        curve its end value counts, so that a curve that is too short is a misfit and not a failure.
    unit : str
        Unit of `measured` as its column has it; "" for a pure number.
    along_unit : str
        The same for `along`.
    """

    name: str
    quantity: Collected
    measured: Array
    deviation: Array | None
    run: NDArray[np.int64]
    at: tuple[tuple[str, NDArray[np.str_]], ...] = ()
    along: tuple[Collected, Array] | None = None
    unit: str = ""
    along_unit: str = ""

    @property
    def variables(self) -> set[str]:
        """Names of the variables of a result that are looked at."""
        return self.quantity.variables | (set() if self.along is None else self.along[0].variables)

    def predicted(self, results: Sequence[xr.Dataset]) -> Array:
        """Return the values to compare with, one per point, from the results of all runs.

        Raises
        ------
        InputError
            If a result does not hold what is compared.
        """
        values = np.empty(self.measured.size)
        for (run, *words), members in self._groups:
            values[members] = self._of_group(results[int(run)], words, members)
        return values

    @functools.cached_property
    def _groups(self) -> list[tuple[list[str], NDArray[np.int64]]]:
        """Run and entries in words, and the points that have them."""
        entries = np.stack([self.run.astype(str), *(words for _, words in self.at)], axis=1)
        groups, group = np.unique(entries, axis=0, return_inverse=True)
        return [(list(map(str, words)), np.flatnonzero(group.ravel() == n)) for n, words in enumerate(groups)]

    def _of_group(self, result: xr.Dataset, words: Sequence[str], members: NDArray[np.int64]) -> Array:
        """Return the values of points that differ in nothing but `along`."""
        whole = self.quantity.of(result)
        for dim, _ in self.at:
            if dim not in whole.dims:
                raise InputError(f'{self.quantity.text} has no dimension "{dim}"; it has {_dims(whole)}')
        found = self._chosen(result, self.quantity, words)
        if self.along is None:
            if found.size != 1:
                raise InputError(
                    f"{self.quantity.text} has {found.size} values for a line of the table, over "
                    f"{', '.join(map(str, found.dims))}; choose one by at, along or set, or reduce it as in energy.mean"
                )
            return np.full(members.size, float(found))
        along = self._chosen(result, self.along[0], words)
        if found.ndim != 1 or along.dims != found.dims:
            raise InputError(
                f"{self.quantity.text} over {_dims(found)} cannot be read along {self.along[0].text} over "
                f"{_dims(along)}; both need the same single dimension, the others chosen by at"
            )
        return _interpolated(self.along[1][members], along.values, found.values, self.along[0].text)

    def _chosen(self, result: xr.Dataset, quantity: Collected, words: Sequence[str]) -> xr.Variable:
        """Return the part of a quantity at entries of its dimensions."""
        item = quantity.of(result)
        for (dim, _), word in zip(self.at, words, strict=True):
            if dim in item.dims:
                item = item.isel({dim: place(result, quantity.text, item, dim, str(word))})
        return item

    def check_units(self, result: xr.Dataset) -> None:
        """Refuse a column whose unit is of another dimension than what it is compared with."""
        check_unit(self.quantity.text, self.quantity.of(result), self.unit)
        if self.along is not None:
            check_unit(self.along[0].text, self.along[0].of(result), self.along_unit)


def _dims(item: xr.Variable) -> str:
    return ", ".join(map(str, item.dims)) or "no dimension"


def _interpolated(wanted: Array, x: Array, y: Array, name: str) -> Array:
    known = np.isfinite(x) & np.isfinite(y)
    x, y = x[known], y[known]
    if x.size < 2:
        raise InputError(f"{name} has {x.size} values; a curve needs two")
    moving = np.flatnonzero(x != x[0])
    sign = 1.0 if not moving.size or x[moving[0]] > x[0] else -1.0
    farthest = np.maximum.accumulate(sign * x)
    turned = np.flatnonzero(sign * x < farthest - _ROUNDING * np.ptp(x))
    end = int(turned[0]) if turned.size else x.size
    return np.asarray(np.interp(sign * wanted, farthest[:end], y[:end]))
