"""A drying result as layers of a dry electrode, for what is solved on it next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.errors import InputError

if TYPE_CHECKING:
    import xarray as xr


def layers(dataset: xr.Dataset, count: int, species: str = "binder") -> list[tuple[float, float]]:
    """Return the dry film in layers of equal thickness, bottom first: share of the height, and amount over the mean.

    A layer's weight fraction of the species is its mean weight fraction times that amount. They are what
    `electrosim.drying.Species` takes as `layers`, and what a graded electrode is given by.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.drying.solve`.
    count : int
        Number of layers.
    species : str
        Name of what migrated.

    Returns
    -------
    list of (float, float)

    Raises
    ------
    InputError
        If the species is not in the result, or there are more layers than cells.
    """
    if f"{species}_profile" not in dataset:
        raise InputError(f'the result has no profile of "{species}"; add [{species}] to the scenario')
    profile = dataset[f"{species}_profile"].isel(time=-1).values
    if not 1 <= count <= profile.size:
        raise InputError(f"{count} layers cannot be had from {profile.size} cells")
    whole = np.concatenate([[0.0], np.cumsum(profile)]) / profile.size
    ends = np.interp(np.linspace(0, 1, count + 1), np.linspace(0, 1, profile.size + 1), whole)
    return [(1 / count, float(amount)) for amount in np.diff(ends) * count]
