"""All cutouts against those kept: mean porosities and conductivities, and the three tortuosities called their mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.base.status import ITERATION_LIMIT, SOLVED
from electrosim.correlations import CorrelationFit
from electrosim.cutouts.fits import Fits, interval, law_at
from electrosim.cutouts.variables import over

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]
Row = tuple[Any, str, str]  # value, units, long name


def means(given: xr.Dataset, power: CorrelationFit | None, reason: str, fits: Fits) -> dict[str, Row]:
    """Return the numbers of one selection of cutouts.

    Parameters
    ----------
    given : xarray.Dataset
        The cutouts selected.
    power : CorrelationFit or None
        Their power law.
    reason : str
        Why there is none.
    fits : Fits
        How it was fitted.

    Returns
    -------
    dict of str to (value, units, long name)
    """
    words = f"of s = gamma eps^alpha, {fits.weights} weights"
    rows: dict[str, Row] = {
        "status": (_status(given, power, reason), "1", "how the study ended"),
        "solved": (bool(given["cutout_solved"].all()), "1", "whether the numbers can be used"),
        "cutouts": (given.sizes["cutout"], "1", "number of cutouts"),
        "overlap_groups": (len(np.unique(given["overlap_group"])), "1", "groups of overlapping cutouts"),
    }
    rows |= _porosities(given["porosity"].values)
    rows |= _transport(given, power)
    for parameter in ("gamma", "alpha"):
        value, lower, upper = interval(power, parameter)
        rows[parameter] = (value, "1", f"{parameter} {words}")
        rows[f"{parameter}_lower"] = (lower, "1", f"lower end of its {fits.level:.0%} interval")
        rows[f"{parameter}_upper"] = (upper, "1", f"upper end of its {fits.level:.0%} interval")
    return rows


def side_by_side(selections: dict[str, dict[str, Row]]) -> dict[str, Any]:
    """Return the numbers of several selections as variables with the dimension `selection`."""
    first = next(iter(selections.values()))
    variables = {"selection": variable("selection", list(selections), "1", "which cutouts")}
    for name, (_, units, words) in first.items():
        variables[name] = variable("selection", np.array([rows[name][0] for rows in selections.values()]), units, words)
    return variables


def _status(given: xr.Dataset, power: CorrelationFit | None, reason: str) -> str:
    solved, count = int(given["cutout_solved"].sum()), given.sizes["cutout"]
    if solved < count:
        return f"{count - solved} of {count} cutouts: {ITERATION_LIMIT}"
    return f"{SOLVED} {power.status}" if power is not None else f"{SOLVED} The power law was left out: {reason}."


def _porosities(porosity: Array) -> dict[str, Row]:
    known = porosity if porosity.size else np.full(1, np.nan)
    deviation = porosity.std(ddof=1) if porosity.size > 1 else np.nan
    return {
        "mean_porosity": (known.mean(), "1", "mean porosity of the cutouts"),
        "porosity_deviation": (deviation, "1", "standard deviation of it"),
        "lowest_porosity": (known.min(), "1", "lowest porosity"),
        "highest_porosity": (known.max(), "1", "highest porosity"),
    }


def _transport(given: xr.Dataset, power: CorrelationFit | None) -> dict[str, Row]:
    """Return mean conductivities and the three tortuosities; NaN of no cutouts."""
    porosity, conductivity = given["porosity"].values, given["conductivity_by_condition"].values
    if not porosity.size:
        porosity, conductivity = np.full(1, np.nan), np.full((1, 3, 3), np.nan)
    mean_porosity, mean = float(porosity.mean()), conductivity.mean(axis=(0, 1))
    of_cutouts = conductivity[..., 0].mean(axis=1)
    tau = over(porosity, of_cutouts)
    values = {
        "mean_relative_conductivity": (mean[0], "mean relative conductivity, constant current"),
        "mean_relative_conductivity_potential": (mean[1], "the same at constant potential"),
        "mean_relative_conductivity_layers": (mean[2], "the same at constant current with free layers at the ends"),
        "mean_electronic_conductivity": (
            _mean(given["electronic_conductivity"].values), "mean electronic conductivity over that of the solid",
        ),
        "directions_without_path": (int((conductivity[..., 0] == 0).sum()), "directions of cutouts without a path"),
        "cutouts_without_path": (int((of_cutouts == 0).sum()), "cutouts without a path in any direction"),
        "mean_of_tortuosities": (_mean(tau[of_cutouts > 0]), "mean of tau_i = eps_i/s_i of cutouts that conduct"),
        "median_tortuosity": (float(np.median(tau)), "median of tau_i, infinite ones included"),
        "tortuosity_of_means": (float(over(np.array(mean_porosity), mean[0])), "mean eps over mean s"),
        "tortuosity_of_law": (mean_porosity / law_at(power, mean_porosity), "eps/law at the mean eps"),
        "mean_anisotropy": (_mean(given["anisotropy"].values[:, 0]), "mean of deviation over directions/mean"),
    }  # fmt: skip
    return {name: (value, "1", words) for name, (value, words) in values.items()}


def _mean(values: Array) -> float:
    """Return the mean of what is a number, NaN of nothing."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")
