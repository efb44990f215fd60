"""The tables of a fit: comparison, parameters, validity, averages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table

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
    return [_comparison(dataset), _parameters(dataset), _validity(dataset), _averages(dataset)]


def _comparison(dataset: xr.Dataset) -> Table:
    rows = []
    for name in dataset["fit"].values:
        one = dataset.sel(fit=name)
        rows.append(
            (
                str(one["correlation"].values),
                str(one["weights"].values),
                f"{float(one['aic']):.1f}",
                f"{float(one['aic_difference']):.1f}",
                f"{float(one['residual_spread']):.3g}",
                str(int(one["points"])),
                str(int(one["left_out"])),
                _text(one["law_at_mean_porosity"]),
                _text(one["tortuosity_at_mean_porosity"]),
            )
        )
    heads = ("correlation", "weights", "AIC", "above best", "spread", "points", "left out", "s at mean", "tau at mean")
    remark = (
        "AIC compares laws with the same weights only; ge and archie are the power law in other letters. The spread "
        "is that of weighted residuals. Mean: the law at the mean porosity."
    )
    return Table("Comparison", heads, tuple(rows), remark)


def _parameters(dataset: xr.Dataset) -> Table:
    rows = []
    for name in dataset["fit"].values:
        for parameter in dataset["parameter"].values:
            one = dataset.sel(fit=name, parameter=parameter)
            if np.isfinite(one["value"]):
                intervals = (_interval(one[f"{kind}_lower"], one[f"{kind}_upper"]) for kind in ("profile", "bootstrap"))
                rows.append(
                    (
                        str(one["correlation"].values),
                        str(one["weights"].values),
                        str(parameter),
                        _text(one["value"]),
                        _text(one["standard_error"]),
                        *intervals,
                    )
                )
    heads = ("correlation", "weights", "parameter", "value", "standard error", "profile", "bootstrap")
    return Table("Parameters", heads, tuple(rows), "Intervals by profile likelihood and by bootstrap.")


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
