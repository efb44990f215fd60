"""The tables of a calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return the parameters with their intervals, and how well each column is met.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.study.calibrate.solve`.

    Returns
    -------
    list of Table
    """
    found = [_parameters(dataset)]
    if "identifiability" in dataset:
        found.append(_identifiability(dataset))
    if dataset.sizes["parameter"] > 1:
        found.append(_correlation(dataset))
    return [*found, _misfit(dataset)]


def _parameters(dataset: xr.Dataset) -> Table:
    rows = []
    for name in dataset["parameter"].values:
        one = dataset.sel(parameter=name)
        interval = (_end(one, "lower"), _end(one, "upper")) if "lower" in dataset else ()
        bounds = f"{_shown(one, 'lower_bound')} to {_shown(one, 'upper_bound')}"
        cells = (_shown(one, "value"), _shown(one, "standard_error"), *interval, bounds, str(one["shown_unit"].values))
        rows.append((str(name), *cells))
    level = f"{float(dataset['confidence']):.0%}"
    ends = (f"{level} from", "to") if "lower" in dataset else ()
    remark = f"Intervals by profile likelihood; open: the bound is within the {level}." if ends else ""
    return Table("Parameters", ("parameter", "best", "standard error", *ends, "bounds", "unit"), tuple(rows), remark)


def _shown(one: xr.Dataset, name: str) -> str:
    value = float(one[name]) / float(one["shown_scale"])
    return f"{value:.4g}" if np.isfinite(value) else "none"


def _end(one: xr.Dataset, name: str) -> str:
    return "open" if bool(one[f"{name}_is_open"]) else _shown(one, name)


def _identifiability(dataset: xr.Dataset) -> Table:
    sentences = dataset["identifiability"].values
    rows = tuple((str(name), str(words)) for name, words in zip(dataset["parameter"].values, sentences, strict=True))
    return Table("What the data say", ("parameter", "within its bounds"), rows)


def _correlation(dataset: xr.Dataset) -> Table:
    names = tuple(map(str, dataset["parameter"].values))
    matrix = dataset["correlation_matrix"].values
    rows = tuple((name, *(f"{value:.3f}" for value in row)) for name, row in zip(names, matrix, strict=True))
    return Table("Correlation of the errors", ("", *names), rows, "Near 1 or -1: the data hold a combination only.")


def _misfit(dataset: xr.Dataset) -> Table:
    rows = []
    for name in dict.fromkeys(map(str, dataset["quantity"].values)):
        here = dataset["quantity"].values == name
        residual, model = dataset["residual"].values[here], dataset["model"].values[here]
        relative = (model - dataset["measured"].values[here]) / np.abs(dataset["measured"].values[here]).max()
        rms, worst = np.sqrt(np.mean(residual**2)), np.abs(residual).max()
        rows.append((name, str(here.sum()), f"{rms:.3g}", f"{worst:.3g}", f"{np.abs(relative).max():.2%}"))
    heads = ("column", "points", "residual", "largest", "largest miss / largest value")
    failed, count = (int(dataset[name]) for name in ("failed_evaluations", "evaluations"))
    remark = "Residuals in standard deviations: root of their mean square, and the largest. "
    remark += f"AIC {float(dataset['aic']):.1f}. {count} parameter sets solved for"
    remark += f", {failed} of which failed." if failed else "."
    return Table("Misfit", heads, tuple(rows), remark)
