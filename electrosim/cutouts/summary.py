"""All cutouts against those kept: means, tortuosities, correlations, and what moving the surface does to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.base.status import ITERATION_LIMIT, SOLVED
from electrosim.correlations import CorrelationFit
from electrosim.cutouts.fits import ALL_WEIGHTS, POWER, Fits, Points, curves, estimates, interval, law_at, numbers
from electrosim.cutouts.problem import Problem
from electrosim.cutouts.variables import over

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Found = dict[tuple[str, str, str], CorrelationFit]  # by selection, law and weights

SELECTIONS = ("all", "kept")
GRID = np.linspace(0.01, 1.0, 100)
"""Porosities at which laws are tabulated."""


def summarised(dataset: xr.Dataset, problem: Problem, rng: np.random.Generator, observer: Observer) -> xr.Dataset:
    """Return the result with means and correlations of all cutouts and of those kept.

    Parameters
    ----------
    dataset : xarray.Dataset
        With the variables of volumes and cutouts.
    problem : Problem
        Which correlations are wanted.
    rng : numpy.random.Generator
        Of the bootstrap.
    observer : callable
        Hears the progress.

    Returns
    -------
    xarray.Dataset
        With the dimensions `selection`, `correlation`, `weights` and `estimate`, and, if the surface was moved, the
        power law by `shift`.
    """
    chosen = {"all": np.ones(dataset.sizes["cutout"], bool), "kept": dataset["kept"].values}
    points = {name: _points(dataset, which) for name, which in chosen.items()}
    found, reasons = _fits(points, problem.fits, rng, observer)
    dataset = dataset.assign(_means(dataset, chosen, found, reasons, problem.fits))
    dataset["gamma"].attrs["weights"] = problem.fits.weights
    dataset = dataset.assign(_laws(dataset, found, problem.fits))
    if problem.surface_shift:
        dataset = dataset.assign(_moved(dataset, chosen["kept"], problem.fits, rng))
    return dataset


def _points(dataset: xr.Dataset, which: Mask, shift: int | None = None) -> Points:
    """Return cutouts as points of a fit, with the surface as it is or moved."""
    given = dataset.isel(cutout=which)
    if shift is None:
        porosity = given["porosity"].values
        conductivity = given["relative_conductivity"].values
    else:
        porosity = given["moved_porosity"].values[:, shift]
        conductivity = given["moved_conductivity"].values[:, :, shift]
    known = np.isfinite(conductivity).all(axis=1) & (porosity > 0)  # a cutout that was eroded away is no point
    conductivity = np.minimum(conductivity[known], 1.0)  # that of free space is 1 within the tolerance of a solve
    return Points(
        porosity[known], conductivity.mean(axis=1), conductivity.std(axis=1, ddof=1), given["overlap_group"].values[known]
    )


def _fits(
    points: dict[str, Points], fits: Fits, rng: np.random.Generator, observer: Observer
) -> tuple[Found, dict[str, str]]:
    """Fit every law with the chosen weights, and the power law with all; say why where the power law cannot be."""
    asked = [(law, fits.weights) for law in fits.correlations]
    asked += [(POWER, weights) for weights in ALL_WEIGHTS if weights != fits.weights]
    found: Found = {}
    reasons: dict[str, str] = {}
    jobs = [(selection, *one) for selection in points for one in asked]
    for done, (selection, law, weights) in enumerate(jobs):
        observer("correlations", done / len(jobs), f"{law}, {weights}")
        try:
            found[selection, law, weights] = points[selection].fitted(law, weights, fits, rng)
        except InputError as error:
            reasons.setdefault(selection, str(error))  # the first one: that of the power law with the chosen weights
    observer("correlations", 1.0)
    return found, reasons


def _means(
    dataset: xr.Dataset, chosen: dict[str, Mask], found: Found, reasons: dict[str, str], fits: Fits
) -> dict[str, Any]:
    """Return the table: all cutouts beside those kept."""
    rows: dict[str, list[Any]] = {}
    words = {}

    def row(name: str, value: Any, units: str, long_name: str) -> None:
        rows.setdefault(name, []).append(value)
        words[name] = (units, long_name)

    for selection, which in chosen.items():
        given = dataset.isel(cutout=which)
        power = found.get((selection, POWER, fits.weights))
        row("status", _status(given, power, reasons.get(selection, "")), "1", "how the study ended")
        row("solved", bool(given["cutout_solved"].all()), "1", "whether the numbers can be used")
        row("cutouts", int(which.sum()), "1", "number of cutouts")
        row("overlap_groups", len(np.unique(given["overlap_group"])), "1", "groups of overlapping cutouts")
        _porosity_rows(row, given)
        _transport_rows(row, given, power)
        for parameter in ("gamma", "alpha"):
            value, lower, upper = interval(power, parameter)
            row(parameter, value, "1", f"{parameter} of s = gamma eps^alpha, {fits.weights} weights")
            row(f"{parameter}_lower", lower, "1", f"lower end of its {fits.level:.0%} interval")
            row(f"{parameter}_upper", upper, "1", f"upper end of its {fits.level:.0%} interval")
    return {"selection": variable("selection", list(chosen), "1", "which cutouts")} | {
        name: variable("selection", np.array(values), *words[name]) for name, values in rows.items()
    }


def _porosity_rows(row: Any, given: xr.Dataset) -> None:
    porosity = given["porosity"].values
    some = porosity.size > 0
    row("mean_porosity", porosity.mean() if some else np.nan, "1", "mean porosity of the cutouts")
    row("porosity_deviation", porosity.std(ddof=1) if porosity.size > 1 else np.nan, "1", "standard deviation of it")
    row("lowest_porosity", porosity.min() if some else np.nan, "1", "lowest porosity")
    row("highest_porosity", porosity.max() if some else np.nan, "1", "highest porosity")


def _transport_rows(row: Any, given: xr.Dataset, power: CorrelationFit | None) -> None:
    """Add mean conductivities and the three tortuosities that go by the name of a mean."""
    porosity, conductivity = given["porosity"].values, given["conductivity_by_condition"].values
    if not porosity.size:
        porosity, conductivity = np.full(1, np.nan), np.full((1, 3, 3), np.nan)
    mean_porosity = float(porosity.mean())
    mean = conductivity.mean(axis=(0, 1))
    row("mean_relative_conductivity", mean[0], "1", "mean relative conductivity, constant current")
    row("mean_relative_conductivity_potential", mean[1], "1", "the same at constant potential")
    row("mean_relative_conductivity_layers", mean[2], "1", "the same at constant current with free layers at the ends")
    row("mean_electronic_conductivity", _mean(given["electronic_conductivity"].values), "1",
        "mean electronic conductivity over that of the solid")  # fmt: skip
    row("directions_without_path", int((conductivity[..., 0] == 0).sum()), "1", "directions of cutouts without a path")
    of_cutouts = conductivity[..., 0].mean(axis=1)
    tau = over(porosity, of_cutouts)
    conducts = of_cutouts > 0
    row("cutouts_without_path", int((of_cutouts == 0).sum()), "1", "cutouts without a path in any direction")
    row("mean_of_tortuosities", _mean(tau[conducts]), "1", "mean of tau_i = eps_i/s_i of cutouts that conduct")
    row("median_tortuosity", float(np.median(tau)), "1", "median of tau_i, infinite ones included")
    row("tortuosity_of_means", float(over(np.array(mean_porosity), mean[0])), "1", "mean eps over mean s")
    law = law_at(power, mean_porosity)
    row("tortuosity_of_law", mean_porosity / law, "1", "eps/law at the mean eps")
    row("mean_anisotropy", _mean(given["anisotropy"].values[:, 0]), "1", "mean of deviation over directions/mean")


def _mean(values: Array) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else float("nan")


def _status(given: xr.Dataset, power: CorrelationFit | None, reason: str) -> str:
    solved = int(given["cutout_solved"].sum())
    count = given.sizes["cutout"]
    if solved < count:
        return f"{count - solved} of {count} cutouts: {ITERATION_LIMIT}"
    return f"{SOLVED} {power.status}" if power is not None else f"{SOLVED} The power law was left out: {reason}."


def _laws(dataset: xr.Dataset, found: Found, fits: Fits) -> dict[str, Any]:
    """Return every fit: its parameters as a list, its quality, and its curve."""
    by_law = [[found.get((one, law, fits.weights)) for law in fits.correlations] for one in SELECTIONS]
    by_weights = [[found.get((one, POWER, weights)) for weights in ALL_WEIGHTS] for one in SELECTIONS]
    power = [found.get((one, POWER, fits.weights)) for one in SELECTIONS]
    means = dataset["mean_porosity"].values
    at_mean = [[law_at(one, mean) for one in row] for row, mean in zip(by_weights, means, strict=True)]
    table = estimates(found)
    columns = list(zip(*table, strict=True)) if table else [()] * 10
    selection_law, selection_weights = ("selection", "correlation"), ("selection", "weights")
    drawn = [curves(one, GRID) for one in power]
    level = f"{fits.level:.0%}"
    variables = {
        "correlation": variable("correlation", list(fits.correlations), "1", "law"),
        "weights": variable("weights", list(ALL_WEIGHTS), "1", "how cutouts are weighed"),
        "law_porosity": variable("law_porosity", GRID, "1", "porosity"),
        "aic": variable(selection_law, [numbers(row, lambda one: one.aic) for row in by_law], "1",
                        f"Akaike's criterion, {fits.weights} weights"),
        "law": variable((*selection_law, "law_porosity"), [[curves(one, GRID).law for one in row] for row in by_law], "1",
                        "relative conductivity of the law"),
        "law_by_weights": variable((*selection_weights, "law_porosity"),
                                   [[curves(one, GRID).law for one in row] for row in by_weights], "1", "power law"),
        "gamma_by_weights": variable(selection_weights, [numbers(row, lambda one: one["gamma"].value) for row in by_weights],
                                     "1", "gamma of the power law"),
        "alpha_by_weights": variable(selection_weights, [numbers(row, lambda one: one["alpha"].value) for row in by_weights],
                                     "1", "alpha of the power law"),
        "law_at_mean_by_weights": variable(selection_weights, at_mean, "1", "power law at the mean porosity"),
        "points_by_weights": variable(selection_weights, [numbers(row, lambda one: one.points) for row in by_weights], "1",
                                      "cutouts that the fit could take"),
        "residual_spread": variable(selection_law, [numbers(row, lambda one: one.residual_spread) for row in by_law], "1",
                                    "standard deviation of the weighted residuals"),
    }  # fmt: skip
    bands = {
        "law_lower": "lower end of the confidence band of the power law",
        "law_upper": "upper end of the confidence band of the power law",
        "prediction_lower": "lower end of the prediction band of the power law",
        "prediction_upper": "upper end of the prediction band of the power law",
    }
    for name, words in bands.items():
        part = name.replace("prediction_", "")
        values = [getattr(one, part) for one in drawn]
        variables[name] = variable(("selection", "law_porosity"), values, "1", f"{words}, {level}")
    limits = {"bruggeman": "eps^1.5", "isotropic_upper_bound": "2 eps/(3 - eps)", "straight_pores": "eps (tau = 1)"}
    for limit, words in limits.items():
        values = numbers(power, lambda one, limit=limit: one.exceeds[limit])  # type: ignore[misc]
        variables[f"exceeds_{limit}"] = variable("selection", values, "1", f"porosity from which the power law exceeds {words}")
    variables["valid_from"] = variable("selection", numbers(power, lambda one: one.valid_range[0]), "1", "the power law holds from this porosity")
    variables["valid_to"] = variable("selection", numbers(power, lambda one: one.valid_range[1]), "1", "the power law holds up to this porosity")
    for number, (name, words) in enumerate(_ESTIMATE.items()):
        values = np.array(columns[number], dtype=str if number < 4 else float)
        variables[f"estimate_{name}"] = variable("estimate", values, "1", words)
    return variables


_ESTIMATE = {
    "selection": "which cutouts were fitted",
    "correlation": "law",
    "weights": "how they were weighed",
    "parameter": "parameter of the law",
    "value": "its value",
    "standard_error": "its standard error",
    "profile_lower": "lower end of its interval by profile likelihood",
    "profile_upper": "upper end of its interval by profile likelihood",
    "bootstrap_lower": "lower end of its interval by bootstrap over groups",
    "bootstrap_upper": "upper end of its interval by bootstrap over groups",
}


def _fitted(points: Points, fits: Fits, rng: np.random.Generator) -> CorrelationFit | None:
    """Return the power law with the chosen weights, None if the points do not suffice."""
    try:
        return points.fitted(POWER, fits.weights, fits, rng)
    except InputError:
        return None


def _moved(dataset: xr.Dataset, kept: Mask, fits: Fits, rng: np.random.Generator) -> dict[str, Any]:
    """Fit the power law to the cutouts kept with their surface moved."""
    points = [_points(dataset, kept, place) for place in range(dataset.sizes["shift"])]
    found = [_fitted(one, fits, rng) for one in points]
    variables = {}
    for parameter in ("gamma", "alpha"):
        value, lower, upper = np.array([interval(one, parameter) for one in found]).T
        words = f"{parameter} of the power law of the cutouts kept, with the surface moved"
        variables |= {
            f"moved_{parameter}": variable("shift", value, "1", words),
            f"moved_{parameter}_lower": variable("shift", lower, "1", f"lower end of its {fits.level:.0%} interval"),
            f"moved_{parameter}_upper": variable("shift", upper, "1", f"upper end of its {fits.level:.0%} interval"),
        }
    means = [float(one.porosity.mean()) if one.porosity.size else float("nan") for one in points]
    laws = [curves(one, GRID).law for one in found]
    return variables | {
        "moved_mean_porosity": variable("shift", means, "1", "mean porosity with the surface moved"),
        "moved_law": variable(("shift", "law_porosity"), laws, "1", "power law with the surface moved"),
    }
