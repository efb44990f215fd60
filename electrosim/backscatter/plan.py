"""Which energies of the beam tell two thicknesses of a film apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.backscatter.criteria import curves
from electrosim.base.errors import InputError
from electrosim.base.result import variable

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True)
class Plan:
    """Two thicknesses to tell apart.

    Parameters
    ----------
    thicknesses : pair of float
        The two, within those of the film that are looked at [m].
    deviations : float
        How many standard deviations apart their counts are to be.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    thicknesses: tuple[float, float]
    deviations: float = 3.0

    def __post_init__(self) -> None:
        """Check every argument once."""
        if not 0 <= self.thicknesses[0] < self.thicknesses[1] < math.inf:
            raise InputError("plan.thicknesses: give the thinner one first, then the thicker", ("plan", "thicknesses"))
        if not 0 < self.deviations < 100:
            raise InputError(f"plan.deviations = {self.deviations:g}: it must be positive and below 100", ("plan",))

    def check(self, thickest: float) -> None:
        """Refuse thicknesses beyond those that are looked at."""
        if self.thicknesses[1] > thickest * (1 + 1e-9):
            raise InputError(
                f"plan.thicknesses: {1e9 * self.thicknesses[1]:g} nm is thicker than all of film.thicknesses; "
                "add it there",
                ("plan", "thicknesses"),
            )


def planned(asked: Plan, dataset: xr.Dataset) -> dict[str, Any]:
    """Return how many electrons of the beam tell the two thicknesses apart at each energy.

    With n electrons on either film, the counts n eta1 and n eta2 scatter binomially; they are k deviations apart with
    n = k^2 (eta1 (1 - eta1) + eta2 (1 - eta2))/(eta1 - eta2)^2.

    Parameters
    ----------
    asked : Plan
        The thicknesses.
    dataset : xarray.Dataset
        The simulation.

    Returns
    -------
    dict of str to variable
        `electrons_to_tell_apart` over `energy`, with its standard error, infinite where the two look the same within
        three standard errors of the simulation; `best_energy`, where they are fewest [J].
    """
    thickness, values, errors = curves(dataset, "backscatter_coefficient")
    values[:, 0] = dataset["bare_backscatter_coefficient"]
    errors[:, 0] = dataset["bare_backscatter_coefficient_standard_error"]
    eta = np.array([np.interp(asked.thicknesses, thickness, row) for row in values])
    error = np.hypot(*np.array([np.interp(asked.thicknesses, thickness, row) for row in errors]).T)
    apart = np.abs(eta[:, 1] - eta[:, 0])
    variance = np.sum(eta * (1 - eta), axis=1)
    shown = apart > 3 * error
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(shown, asked.deviations**2 * variance / apart**2, np.inf)
        doubt = np.where(shown, 2 * needed * error / apart, np.nan)
    best = float(dataset["energy"][int(np.argmin(needed))]) if shown.any() else math.nan
    one, other = (f"{1e9 * value:g}" for value in asked.thicknesses)
    words = f"electrons of the beam, on either film, that tell {one} nm from {other} nm"
    return {
        "electrons_to_tell_apart": variable("energy", needed, "1", words),
        "electrons_to_tell_apart_standard_error": variable("energy", doubt, "1", "its standard error"),
        "best_energy": variable((), best, "J", "energy of the beam at which that takes the fewest electrons"),
    }
