"""The correlations of a study: of all cutouts and of those kept, by law, by weights, and with the surface moved."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.correlations import CorrelationFit
from electrosim.cutouts.fits import ALL_WEIGHTS, POWER, Fits, Points, curves, estimates, interval, law_at, numbers
from electrosim.cutouts.macropores import OTHER_SHARES
from electrosim.cutouts.problem import Problem
from electrosim.cutouts.summary import means, side_by_side

if TYPE_CHECKING:
    import xarray as xr

Mask = NDArray[np.bool_]
Found = dict[tuple[str, str, str], CorrelationFit]  # by selection, law and weights

GRID = np.linspace(0.01, 1.0, 100)
"""Porosities at which laws are tabulated."""

_LAW, _WEIGHTS, _GRID = ("selection", "correlation"), ("selection", "weights"), ("selection", "law_porosity")
_LIMITS = {"bruggeman": "eps^1.5", "isotropic_upper_bound": "2 eps/(3 - eps)", "straight_pores": "eps (tau = 1)"}
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


def correlated(dataset: xr.Dataset, problem: Problem, rng: np.random.Generator, observer: Observer) -> xr.Dataset:
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
        With the dimensions `selection`, `correlation`, `weights`, `law_porosity`, `estimate`, `share_limit` and, if
        the surface was moved, the power law by `shift`.
    """
    fits = problem.fits
    chosen = {"all": np.ones(dataset.sizes["cutout"], bool), "kept": dataset["kept"].values}
    points = {name: _points(dataset, which) for name, which in chosen.items()}
    found, reasons = _fits(points, fits, rng, observer)
    power = {name: found.get((name, POWER, fits.weights)) for name in chosen}
    summaries = {
        name: means(dataset.isel(cutout=which), power[name], reasons.get(name, ""), fits)
        for name, which in chosen.items()
    }
    dataset = dataset.assign(side_by_side(summaries))
    dataset["gamma"].attrs["weights"] = fits.weights
    by_law = [[found.get((name, law, fits.weights)) for law in fits.correlations] for name in chosen]
    by_weights = [[found.get((name, POWER, weights)) for weights in ALL_WEIGHTS] for name in chosen]
    dataset = dataset.assign(_by_law(by_law, fits) | _by_weights(by_weights, dataset["mean_porosity"].values))
    dataset = dataset.assign(_power(list(power.values()), fits) | _estimates(found))
    dataset = dataset.assign(_thresholds(dataset, fits, rng))
    if problem.surface_shift:
        dataset = dataset.assign(_moved(dataset, chosen["kept"], fits, rng))
    return dataset


def _points(dataset: xr.Dataset, which: Mask, shift: int | None = None) -> Points:
    """Return cutouts as points of a fit, with the surface as it is or moved."""
    given = dataset.isel(cutout=which)
    if shift is None:
        porosity, conductivity = given["porosity"].values, given["relative_conductivity"].values
    else:
        porosity = given["moved_porosity"].values[:, shift]
        conductivity = given["moved_conductivity"].values[:, :, shift]
    pores = porosity > 0  # a cutout that was eroded to nothing is no point
    conductivity = np.minimum(conductivity[pores], 1.0)  # that of free space is 1 within the tolerance of a solve
    deviation = conductivity.std(axis=1, ddof=1)
    return Points(porosity[pores], conductivity.mean(axis=1), deviation, given["overlap_group"].values[pores])


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


def _by_law(found: list[list[CorrelationFit | None]], fits: Fits) -> dict[str, Any]:
    """Return quality and curve of every law with the chosen weights."""
    aic = [numbers(row, lambda one: one.aic) for row in found]
    spread = [numbers(row, lambda one: one.residual_spread) for row in found]
    drawn = [[curves(one, GRID).law for one in row] for row in found]
    return {
        "correlation": variable("correlation", list(fits.correlations), "1", "law"),
        "law_porosity": variable("law_porosity", GRID, "1", "porosity"),
        "aic": variable(_LAW, aic, "1", f"Akaike's criterion, {fits.weights} weights"),
        "residual_spread": variable(_LAW, spread, "1", "standard deviation of the weighted residuals"),
        "law": variable((*_LAW, "law_porosity"), drawn, "1", "relative conductivity of the law"),
    }


def _by_weights(found: list[list[CorrelationFit | None]], mean_porosity: NDArray[np.float64]) -> dict[str, Any]:
    """Return the power law with every choice of weights."""
    at_mean = [[law_at(one, mean) for one in row] for row, mean in zip(found, mean_porosity, strict=True)]
    gamma = [numbers(row, lambda one: one["gamma"].value) for row in found]
    alpha = [numbers(row, lambda one: one["alpha"].value) for row in found]
    points = [numbers(row, lambda one: one.points) for row in found]
    drawn = [[curves(one, GRID).law for one in row] for row in found]
    return {
        "weights": variable("weights", list(ALL_WEIGHTS), "1", "how cutouts are weighed"),
        "gamma_by_weights": variable(_WEIGHTS, gamma, "1", "gamma of the power law"),
        "alpha_by_weights": variable(_WEIGHTS, alpha, "1", "alpha of the power law"),
        "law_at_mean_by_weights": variable(_WEIGHTS, at_mean, "1", "power law at the mean porosity"),
        "points_by_weights": variable(_WEIGHTS, points, "1", "cutouts that the fit could take"),
        "law_by_weights": variable((*_WEIGHTS, "law_porosity"), drawn, "1", "power law"),
    }


def _power(power: list[CorrelationFit | None], fits: Fits) -> dict[str, Any]:
    """Return the bands of the power law with the chosen weights, and where it ends."""
    drawn = [curves(one, GRID) for one in power]
    level = f"band of the power law, {fits.level:.0%}"
    bands = {
        "law_lower": ([one.law_lower for one in drawn], f"lower end of the confidence {level}"),
        "law_upper": ([one.law_upper for one in drawn], f"upper end of the confidence {level}"),
        "prediction_lower": ([one.lower for one in drawn], f"lower end of the prediction {level}"),
        "prediction_upper": ([one.upper for one in drawn], f"upper end of the prediction {level}"),
    }
    ends = {
        f"exceeds_{limit}": (
            numbers(power, lambda one, limit=limit: one.exceeds[limit]),  # type: ignore[misc]
            f"porosity from which the power law exceeds {words}",
        )
        for limit, words in _LIMITS.items()
    }
    ends["valid_from"] = numbers(power, lambda one: one.valid_range[0]), "the power law holds from this porosity"
    ends["valid_to"] = numbers(power, lambda one: one.valid_range[1]), "the power law holds up to this porosity"
    return {name: variable(_GRID, values, "1", words) for name, (values, words) in bands.items()} | {
        name: variable("selection", values, "1", words) for name, (values, words) in ends.items()
    }


def _estimates(found: Found) -> dict[str, Any]:
    """Return the parameters of every fit as one long list."""
    columns = list(zip(*estimates(found), strict=True)) or [()] * len(_ESTIMATE)
    return {
        f"estimate_{name}": variable("estimate", np.array(column, str if number < 4 else float), "1", words)
        for number, (column, (name, words)) in enumerate(zip(columns, _ESTIMATE.items(), strict=True))
    }


def _thresholds(dataset: xr.Dataset, fits: Fits, rng: np.random.Generator) -> dict[str, Any]:
    """Fit the power law to what other thresholds of the filter would keep; without bootstrap."""
    plain = dataclasses.replace(fits, resamples=0)
    limits = sorted({*OTHER_SHARES, float(dataset["macropore_limit"])})
    shape = dataset.sizes["macropore_diameter"], len(limits)
    kept, gamma, alpha, porosity = (np.full(shape, np.nan) for _ in range(4))
    for at in np.ndindex(shape):
        which = dataset["macropore_share_by_diameter"].values[:, at[0]] <= limits[at[1]]
        power = _power_of(_points(dataset, which), plain, rng)
        kept[at], porosity[at] = which.sum(), dataset["porosity"].values[which].mean() if which.any() else np.nan
        gamma[at], alpha[at] = interval(power, "gamma")[0], interval(power, "alpha")[0]
    dims = ("macropore_diameter", "share_limit")
    return {
        "share_limit": variable("share_limit", limits, "1", "share of macropores above which a cutout is dropped"),
        "kept_by_threshold": variable(dims, kept, "1", "cutouts kept by other thresholds"),
        "mean_porosity_by_threshold": variable(dims, porosity, "1", "mean porosity of those"),
        "gamma_by_threshold": variable(dims, gamma, "1", "gamma of their power law"),
        "alpha_by_threshold": variable(dims, alpha, "1", "alpha of their power law"),
    }


def _moved(dataset: xr.Dataset, kept: Mask, fits: Fits, rng: np.random.Generator) -> dict[str, Any]:
    """Fit the power law to the cutouts kept with their surface moved."""
    points = [_points(dataset, kept, place) for place in range(dataset.sizes["shift"])]
    found = [_power_of(one, fits, rng) for one in points]
    mean = [float(one.porosity.mean()) if one.porosity.size else float("nan") for one in points]
    variables = {
        "moved_mean_porosity": variable("shift", mean, "1", "mean porosity with the surface moved"),
        "moved_law": variable(
            ("shift", "law_porosity"), [curves(one, GRID).law for one in found], "1", "power law with the surface moved"
        ),
    }
    for parameter in ("gamma", "alpha"):
        value, lower, upper = np.array([interval(one, parameter) for one in found]).T
        words = f"{parameter} of the power law of the cutouts kept, with the surface moved"
        variables |= {
            f"moved_{parameter}": variable("shift", value, "1", words),
            f"moved_{parameter}_lower": variable("shift", lower, "1", f"lower end of its {fits.level:.0%} interval"),
            f"moved_{parameter}_upper": variable("shift", upper, "1", f"upper end of its {fits.level:.0%} interval"),
        }
    return variables


def _power_of(points: Points, fits: Fits, rng: np.random.Generator) -> CorrelationFit | None:
    """Return the power law with the chosen weights, None if the points do not suffice."""
    try:
        return points.fitted(POWER, fits.weights, fits, rng)
    except InputError:
        return None
