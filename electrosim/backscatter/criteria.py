"""When a film shows: the readings of a criterion, and the thickness from which on it is met at each energy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

Criterion = Literal["film-to-substrate-ratio", "film-share", "film-to-bare-ratio"]

CRITERIA: tuple[Criterion, ...] = get_args(Criterion)
"""What may have to exceed the threshold; each is the variable of that name."""


def curves(dataset: xr.Dataset, name: str) -> tuple[Array, Array, Array]:
    """Return thicknesses from 0 on, and a variable with its standard error over (energy, thickness)."""
    thickness = np.append(0.0, dataset["thickness"].values)
    bare = 1.0 if name == "grey_level_ratio" else 0.0
    values = np.pad(dataset[name].values, ((0, 0), (1, 0)), constant_values=bare)
    errors = np.pad(np.nan_to_num(dataset[f"{name}_standard_error"].values), ((0, 0), (1, 0)))
    return thickness, values, errors


def visibility(dataset: xr.Dataset, criterion: Criterion, threshold: float) -> tuple[Array, Array]:
    """Return per energy the least thickness at which a film meets a criterion, and its standard error [m].

    Infinite where none of the thicknesses looked at does.
    """
    thickness, values, errors = curves(dataset, criterion.replace("-", "_"))
    found, doubt = np.full((2, len(values)), np.inf)
    for row, (curve, error) in enumerate(zip(values, errors, strict=True)):
        above = np.flatnonzero(curve >= threshold)
        if above.size:
            i = above[0]
            top = curve[i] if np.isfinite(curve[i]) else 2 * threshold + curve[i - 1]
            slope = (top - curve[i - 1]) / (thickness[i] - thickness[i - 1])
            part = (threshold - curve[i - 1]) / (top - curve[i - 1])
            found[row] = thickness[i - 1] + part * (thickness[i] - thickness[i - 1])
            doubt[row] = ((1 - part) * error[i - 1] + part * error[i]) / slope
    return found, np.where(np.isfinite(found), doubt, np.nan)
