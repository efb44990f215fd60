"""Which fits pictures show, and in which units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.units import scale_of
from electrosim.correlations import LAWS

if TYPE_CHECKING:
    import xarray as xr


def shown_fits(dataset: xr.Dataset) -> list[str]:
    """Return the fits that are not the same curve as another one that is there."""
    return [str(name) for name in dataset["fit"].values if _is_own_curve(dataset, name)]


def _is_own_curve(dataset: xr.Dataset, name: str) -> bool:
    """Tell whether a fit is not the same curve as another one that is there."""
    one = dataset.sel(fit=name)
    same = LAWS[str(one["correlation"].values)].same_as
    twins = (dataset["correlation"].values == same) & (dataset["weights"].values == str(one["weights"].values))
    return not bool(twins.any())


def first_weights(dataset: xr.Dataset) -> str:
    """Return the first choice of weights, the one whose laws are drawn."""
    return str(dataset["weights"].values[0])


def unit_and_scale(dataset: xr.Dataset, name: str) -> tuple[str, float]:
    """Return the unit in which people read a capacity or rate, and its size; "" and 1 for a pure number."""
    unit = str(dataset[f"{name}_unit"].values) if f"{name}_unit" in dataset else ""
    return unit, scale_of(unit)
