"""The tables of a fit: comparison, parameters, and validity and averages or rate capability."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table
from electrosim.study.fit.shown import unit_and_scale

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return the tables of a fit.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.study.fit.solve`.

    Returns
    -------
    list of Table
    """
    own = [_validity(dataset), _averages(dataset)] if "porosity" in dataset else [_rates(dataset)]
    return [_comparison(dataset), _parameters(dataset), *own]


def _comparison(dataset: xr.Dataset) -> Table:
    is_of_conductivity = "porosity" in dataset
    rows = []
    for name in dataset["fit"].values:
        one = dataset.sel(fit=name)
        at_mean = (one["law_at_mean_porosity"], one["tortuosity_at_mean_porosity"]) if is_of_conductivity else ()
        rows.append(
            (
                str(one["correlation"].values),
                str(one["weights"].values),
                f"{float(one['aic']):.1f}",
                f"{float(one['aic_difference']):.1f}",
                _spread(one),
                str(int(one["points"])),
                str(int(one["left_out"])),
                *map(_text, at_mean),
            )
        )
    heads: tuple[str, ...] = ("correlation", "weights", "AIC", "above best", "spread", "points", "left out")
    remark = "AIC compares laws with the same weights only. The spread is that of weighted residuals."
    if is_of_conductivity:
        heads = (*heads, "s at mean", "tau at mean")
        remark += " Ge and archie are the power law in other letters. Mean: the law at the mean porosity."
    return Table("Comparison", heads, tuple(rows), remark)


def _spread(one: xr.Dataset) -> str:
    """Return the spread of residuals: in the unit of capacities where it has one, relative otherwise."""
    unit, scale = unit_and_scale(one, "capacity") if str(one["weights"].values) == "equal" else ("", 1.0)
    return f"{float(one['residual_spread']) / scale:.3g} {unit}".rstrip()


def _parameters(dataset: xr.Dataset) -> Table:
    has_units = bool((dataset["shown_unit"] != "").any())
    rows = []
    for name in dataset["fit"].values:
        for parameter in dataset["parameter"].values:
            one = dataset.sel(fit=name, parameter=parameter)
            if np.isfinite(one["value"]):
                scale = float(one["shown_scale"])
                intervals = (
                    _interval(one[f"{kind}_lower"] / scale, one[f"{kind}_upper"] / scale)
                    for kind in ("profile", "bootstrap")
                )
                rows.append(
                    (
                        str(one["correlation"].values),
                        str(one["weights"].values),
                        str(parameter),
                        _text(one["value"] / scale),
                        _text(one["standard_error"] / scale),
                        *intervals,
                        *((str(one["shown_unit"].values),) if has_units else ()),
                    )
                )
    heads = ("correlation", "weights", "parameter", "value", "standard error", "profile", "bootstrap")
    remark = f"{float(dataset['confidence']):.0%} intervals by profile likelihood and by bootstrap."
    return Table("Parameters", (*heads, "unit") if has_units else heads, tuple(rows), remark)


def _validity(dataset: xr.Dataset) -> Table:
    rows = []
    for name in dataset["fit"].values:
        one = dataset.sel(fit=name)
        limits = ("exceeds_bruggeman", "exceeds_isotropic_upper_bound", "exceeds_straight_pores")
        rows.append(
            (
                str(one["correlation"].values),
                str(one["weights"].values),
                f"{float(one['porosity_lowest']):.1%} to {float(one['porosity_highest']):.1%}",
                *(_percent(one[limit]) for limit in limits),
            )
        )
    heads = ("correlation", "weights", "fitted", "above Bruggeman from", "above isotropic bound from", "tau < 1 from")
    remark = "Porosities; outside the fitted range a law is a guess, and past the last column it is impossible."
    return Table("Validity", heads, tuple(rows), remark)


def _rates(dataset: xr.Dataset) -> Table:
    """Return where each law was fitted and what it says at the ends."""
    (unit, scale), (rate_unit, rate_scale) = (unit_and_scale(dataset, name) for name in ("capacity", "rate"))
    rate = rate_unit or "C"
    rows = []
    for name in dataset["fit"].values:
        one = dataset.sel(fit=name)
        lowest, highest, half = (
            float(one[key]) / rate_scale for key in ("rate_lowest", "rate_highest", "rate_of_half")
        )
        beyond = " (beyond the points)" if half > highest else ""
        rows.append(
            (
                str(one["correlation"].values),
                str(one["weights"].values),
                f"{lowest:.4g} to {highest:.4g}",
                _text(one["law_at_lowest_rate"] / scale),
                _text(one["law_at_highest_rate"] / scale),
                f"{half:.3g}{beyond}" if np.isfinite(half) else "never",
            )
        )
    heads = (
        "correlation",
        "weights",
        f"fitted, {rate}",
        "law at lowest",
        "at highest",
        f"half of that at, {rate}",
    )
    remark = "The last column: the rate at which a law gives half of what it gives at the lowest."
    return Table("Rate capability", heads, tuple(rows), remark + (f" Capacities in {unit}." if unit else ""))


def _averages(dataset: xr.Dataset) -> Table:
    names = ("mean_porosity", "mean_relative_conductivity", "tortuosity_of_means", "mean_tortuosity")
    rows = tuple((str(dataset[name].attrs["long_name"]), _text(dataset[name])) for name in names)
    remark = "The mean of tau is not the tau of the mean: points of low porosity weigh most in the former."
    return Table("Averages of the points", ("quantity", "value"), rows, remark)


def _text(value: xr.DataArray) -> str:
    return f"{float(value):.4g}" if np.isfinite(value) else "none"


def _percent(value: xr.DataArray) -> str:
    return f"{float(value):.1%}" if np.isfinite(value) else "never"


def _interval(lower: xr.DataArray, upper: xr.DataArray) -> str:
    if not (np.isfinite(lower) or np.isfinite(upper)):
        return "none"
    return " to ".join(f"{float(end):.4g}" if np.isfinite(end) else "?" for end in (lower, upper))
