"""Scenarios that differ in a few parameters, and what they give."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.scenario import Scenario
from electrosim.base.toml import Document
from electrosim.study.inverse.parameter import Parameter
from electrosim.study.run import from_document, solve
from electrosim.study.sweep.problem import Setting, overrides

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Family:
    """Scenarios that differ in parameters.

    Parameters
    ----------
    base : Document
        The scenario that all start from.
    parameters : tuple of Parameter
        In what they differ.
    settings : tuple of Setting
        Keys that follow from the parameters.
    only : set of str
        Variables that are wanted of a result; all if there are none.
    """

    base: Document
    parameters: tuple[Parameter, ...]
    settings: tuple[Setting, ...] = ()
    only: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """Of the parameters."""
        return tuple(item.name for item in self.parameters)

    @property
    def start(self) -> Array:
        """Shares at which a search begins, shape (parameters,)."""
        return np.array([item.start for item in self.parameters])

    def numbers(self, shares: Sequence[float] | Array) -> Array:
        """Return the parameters in SI units."""
        return np.array([item.at(float(share)).number for item, share in zip(self.parameters, shares, strict=True)])

    @functools.cached_property
    def _base(self) -> Scenario:
        return from_document(self.base)

    def scenario(self, shares: Sequence[float] | Array, further: Mapping[str, Any] | None = None) -> Scenario:
        """Return the scenario at shares of the parameters' ranges, with further keys set."""
        axes = tuple(item.axis for item in self.parameters)
        values = [item.at(float(share)) for item, share in zip(self.parameters, shares, strict=True)]
        return self._base.changed({**overrides(axes, self.settings, values), **(further or {})})

    def solve(self, shares: Sequence[float] | Array, further: Mapping[str, Any] | None = None) -> xr.Dataset:
        """Return the result there.

        Raises
        ------
        InputError
            If there is no such scenario.
        SolveError
            If its solve did not succeed.
        """
        return solve(self.scenario(shares, further), only=self.only)
