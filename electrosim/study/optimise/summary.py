"""The tables of an optimum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table
from electrosim.base.units import scale_of

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return the best parameters of each setting, and what holds them.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.study.optimise.solve`.

    Returns
    -------
    list of Table
    """
    return [_best(dataset), _held(dataset)]


def settings(dataset: xr.Dataset) -> list[tuple[str, xr.Dataset]]:
    """Return the settings in words and the part of each; one without words if there are none."""
    dims = dataset["solved"].dims
    if not dims:
        return [("", dataset)]
    (dim,) = map(str, dims)
    words = [f"{entry:g}" if isinstance(entry, float) else str(entry) for entry in dataset[dim].values.tolist()]
    return [(f"{dim} {word}", dataset.isel({dim: number})) for number, word in enumerate(words)]


def in_unit(one: xr.Dataset, name: str) -> float:
    """Return a value of a parameter in the unit in which people read it."""
    return float(one[name]) / float(one["shown_scale"])


def objective(dataset: xr.Dataset) -> tuple[str, float]:
    """Return the unit in which people read the objective, and its size."""
    unit = str(dataset["objective_unit"].values)
    return unit, scale_of(unit)


def _best(dataset: xr.Dataset) -> Table:
    unit, scale = objective(dataset)
    rows = []
    for words, one in settings(dataset):
        gain = float(one["gain"])
        value, at_start = (f"{float(one[name]) / scale:.5g}" for name in ("objective", "objective_at_start"))
        cells = []
        for name in one["parameter"].values:
            here = one.sel(parameter=name)
            cells += [
                f"{in_unit(here, 'value'):.4g}",
                f"{in_unit(here, 'near_lower'):.3g} to {in_unit(here, 'near_upper'):.3g}",
            ]
        rows.append((words, *cells, value, at_start, f"{gain:+.2%}" if np.isfinite(gain) else "none"))
    heads = [""]
    for name in dataset["parameter"].values:
        shown = str(dataset["shown_unit"].sel(parameter=name).values)
        heads += [f"{name} / {shown}" if shown else str(name), "within 1 %"]
    of = "objective" if unit == "1" else f"objective / {unit}"
    remark = f"Objective: {dataset['objective'].attrs['long_name']}. Within 1 %: the others at their best."
    return Table("Best parameters", (*heads, of, "at the start", "gain"), tuple(rows), remark)


def _held(dataset: xr.Dataset) -> Table:
    rows = []
    for words, one in settings(dataset):
        kept = [f"{float(value):.5g}" for value in one["constraint_value"].values]
        solves = f"{int(one['evaluations'])}, {int(one['failed_evaluations'])} failed"
        rows.append((words, str(one["limits"].values), *kept, solves))
    heads = ("", "held by", *(f"{name}, SI" for name in dataset["constraint"].values), "solves")
    return Table("What holds the optimum", heads, tuple(rows))
