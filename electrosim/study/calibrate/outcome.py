"""The dataset of a calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.study.calibrate.profile import Profile
from electrosim.study.calibrate.residuals import Residuals
from electrosim.study.calibrate.spread import allowed_rise, inverse, variance
from electrosim.study.calibrate.words import identifiability
from electrosim.study.inverse.parameter import Parameter

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_SAME = 1e-2  # of a range, within which two searches have found the same place
_UNLIKELY = 1e-3  # chance of residuals as large, below which they are called too large


@dataclass(frozen=True)
class Fitted:
    """What the searches found: shares of least squares, where each search ended, profiles."""

    best: Array
    ends: list[Array]
    jacobian: Array
    profiles: list[Profile]


def as_dataset(residuals: Residuals, found: Fitted) -> xr.Dataset:
    """Return all that a calibration found."""
    import xarray as xr

    names = list(residuals.problem.family.names)
    variables = {
        **_of_parameters(residuals, found),
        **_of_points(residuals, found.best),
        **_of_profiles(residuals, found),
        **_of_the_search(residuals, found),
    }
    return xr.Dataset(variables, coords={"parameter": names, "other_parameter": names})


def _of_parameters(residuals: Residuals, found: Fitted) -> dict[str, Any]:
    parameters, best = residuals.problem.family.parameters, found.best
    covariance = variance(residuals, best) * inverse(found.jacobian)
    error = np.sqrt(np.diag(covariance))
    slope = np.array([item.slope(float(share)) for item, share in zip(parameters, best, strict=True)])
    shown = [item.shown_unit for item in parameters]

    def each(values: Any, long_name: str) -> Any:
        return variable("parameter", values, "see unit", long_name)

    def at(shares: Any) -> list[float]:
        return [item.at(share).number for item, share in zip(parameters, shares, strict=True)]

    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariance / np.outer(error, error)
    variables = {
        "value": each(at(best), "value of least squares"),
        "standard_error": each(error * slope, "standard error from the curvature"),
        "lower_bound": each(at(np.zeros(best.size)), "lower bound"),
        "upper_bound": each(at(np.ones(best.size)), "upper bound"),
        "unit": variable("parameter", [item.axis.base_unit for item in parameters], "1", "unit of a parameter"),
        "shown_unit": variable("parameter", [unit for unit, _ in shown], "1", "unit in which people read it"),
        "shown_scale": each([scale for _, scale in shown], "size of that unit"),
        "correlation_matrix": variable(
            ("parameter", "other_parameter"), correlation, "1", "correlation of the parameters' errors"
        ),
    }
    if found.profiles:
        lower, upper = (np.array([getattr(one, end) for one in found.profiles]) for end in ("lower", "upper"))
        sentences = [identifiability(found.profiles, residuals.problem.family, best, k) for k in range(best.size)]
        variables |= {
            "lower": each(at(np.where(np.isnan(lower), 0.0, lower)), "lower end of the interval, or the bound"),
            "upper": each(at(np.where(np.isnan(upper), 1.0, upper)), "upper end of the interval, or the bound"),
            "lower_is_open": variable("parameter", np.isnan(lower), "1", "whether the data allow the lower bound"),
            "upper_is_open": variable("parameter", np.isnan(upper), "1", "whether the data allow the upper bound"),
            "identifiability": variable("parameter", sentences, "1", "what the data say about a parameter"),
        }
    return variables


def _of_points(residuals: Residuals, best: Array) -> dict[str, Any]:
    parts = residuals.problem.comparisons
    predicted = residuals.predicted(best)
    nothing = np.nan

    def each(arrays: list[Any], units: str, long_name: str) -> Any:
        return variable("point", np.concatenate(arrays), units, long_name)

    def or_nothing(values: Any, size: int) -> Array:
        return np.full(size, nothing) if values is None else values

    return {
        "quantity": each([[item.name] * item.measured.size for item in parts], "1", "what is compared"),
        "quantity_unit": each([[item.unit or "1"] * item.measured.size for item in parts], "1", "unit of its column"),
        "measured": each([item.measured for item in parts], "SI units", "measured value"),
        "model": variable("point", predicted, "SI units", "value of the scenario with the best parameters"),
        "standard_deviation": each(
            [or_nothing(item.deviation, item.measured.size) for item in parts], "SI units", "of the measured value"
        ),
        "residual": variable(
            "point",
            residuals.weighed(predicted) / np.sqrt(variance(residuals, best) or 1.0),
            "1",
            "model less measured, in standard deviations",
        ),
        "curve": each([_curve_names(item, residuals.problem.runs) for item in parts], "1", "curve it belongs to"),
        "along": each(
            [or_nothing(item.along[1] if item.along else None, item.measured.size) for item in parts],
            "SI units",
            "place along a curve",
        ),
    }


def _curve_names(item: Any, runs: Any) -> list[str]:
    """Return for each point what chooses its run and entry, in words."""
    found = []
    for number, run in enumerate(item.run):
        words = [f"{key.rpartition('.')[2]} {value}" for key, value in runs[run].items()]
        words += [f"{dim} {entries[number]}" for dim, entries in item.at]
        found.append(", ".join(words))
    return found


def _of_profiles(residuals: Residuals, found: Fitted) -> dict[str, Any]:
    if not found.profiles:
        return {}
    allowed = allowed_rise(residuals, found.best)
    parameters = residuals.problem.family.parameters
    longest = max(len(one.points) for one in found.profiles)
    value, rise = np.full((2, len(parameters), longest), np.nan)
    others = np.full((len(parameters), longest, len(parameters)), np.nan)
    for row, (one, item) in enumerate(zip(found.profiles, parameters, strict=True)):
        for column, share in enumerate(sorted(one.points)):
            value[row, column] = item.at(share).number
            rise[row, column] = one.points[share][0] / allowed
            others[row, column] = residuals.problem.family.numbers(one.points[share][1])
    dims = ("parameter", "place")
    return {
        "profile_value": variable(dims, value, "see unit", "value at which a parameter is held"),
        "profile_rise": variable(dims, rise, "1", "rise of the sum of squares, 1 at the ends of the interval"),
        "profile_others": variable((*dims, "other_parameter"), others, "see unit", "all parameters there"),
    }


def _of_the_search(residuals: Residuals, found: Fitted) -> dict[str, Any]:
    problem, best = residuals.problem, found.best
    squares, freedom = residuals.squares(best), problem.points - best.size
    spread = float(np.sqrt(variance(residuals, best)))
    if problem.is_weighed:
        aic = squares + 2 * best.size
    else:
        spread *= residuals.scale
        aic = problem.points * np.log(max(squares / problem.points, 1e-300)) + 2 * best.size
    failed = sum(residuals.failures.values())
    per_freedom = squares / freedom if problem.is_weighed and freedom > 0 else np.nan
    agreeing = sum(bool(np.abs(end - best).max() < _SAME) for end in found.ends)
    return {
        "start_squares": variable("start", [residuals.squares(end) for end in found.ends], "1", "where searches ended"),
        "agreeing_searches": variable((), agreeing, "1", "searches that ended at the best place"),
        "sum_of_squares": variable((), squares, "1", "of the weighed residuals"),
        "spread": variable((), spread, "SI units", "standard deviation of the residuals; 1 if given with the data"),
        "chi_square_per_freedom": variable((), per_freedom, "1", "sum of squares per degree of freedom"),
        "aic": variable((), aic, "1", "Akaike's criterion, to compare calibrations to the same data"),
        "confidence": variable((), residuals.method.confidence, "1", "of the intervals"),
        "evaluations": variable((), residuals.evaluations, "1", "parameter sets solved for"),
        "failed_evaluations": variable((), failed, "1", "of which failed"),
        "status": variable((), _status(residuals, found, per_freedom, freedom), "1", "how the calibration ended"),
        "solved": variable((), True, "1", "whether the numbers can be used"),
    }


def _status(residuals: Residuals, found: Fitted, per_freedom: float, freedom: int) -> str:
    from scipy.stats import chi2

    sentences = ["The sum of squares is least here."]
    open_ended = sum(bool(np.isnan([one.lower, one.upper]).any()) for one in found.profiles)
    if open_ended:
        sentences.append(f"{open_ended} of {found.best.size} parameters have no interval within their bounds.")
    if np.isfinite(per_freedom) and chi2.sf(per_freedom * freedom, freedom) < _UNLIKELY:
        sentences.append(
            f"The residuals are {np.sqrt(per_freedom):.2g} times as large as the standard deviations: the scenario "
            "does not describe the data, or these are too small, and intervals are too narrow."
        )
    twin = _twin(residuals, found)
    if twin:
        sentences.append(f"Another place fits as well: {twin}.")
    if residuals.failures:
        worst = max(residuals.failures, key=lambda one: residuals.failures[one])
        sentences.append(f"{sum(residuals.failures.values())} parameter sets failed, most of them so: {worst}")
    return " ".join(sentences)


def _twin(residuals: Residuals, found: Fitted) -> str:
    """Return a place far from the best one where a search ended and that the data do not exclude; "" if none did."""
    allowed, least = allowed_rise(residuals, found.best), residuals.squares(found.best)
    ends = [np.array([one.lower, one.upper]) for one in found.profiles]
    for place in sorted(found.ends, key=residuals.squares):
        far = [
            not (np.isnan(end[0]) or end[0] <= share) or not (np.isnan(end[1]) or share <= end[1])
            for share, end in zip(place, ends, strict=False)
        ]
        if any(far) and residuals.squares(place) - least < allowed:
            parameters = zip(residuals.problem.family.parameters, place, strict=True)
            return ", ".join(f"{item.name} {_shown(item, share)}" for item, share in parameters)
    return ""


def _shown(item: Parameter, share: float) -> str:
    unit, scale = item.shown_unit
    return f"{item.at(share).number / scale:.4g} {unit}".rstrip()
