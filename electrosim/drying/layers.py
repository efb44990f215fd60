"""A drying result as layers of a dry electrode, for what is solved on it next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


def layers(dataset: xr.Dataset, count: int, species: str = "binder") -> list[tuple[float, float]]:
    """Return the dry film in layers of equal thickness, bottom first: share of the height, and amount over the mean.

    They are what `electrosim.drying.Species` takes as `layers`.

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
    return [(1 / count, float(amount)) for amount in _amounts(dataset, count, species)]


def electrode_layers(dataset: xr.Dataset, count: int) -> list[dict[str, float]]:
    """Return the dry film as the layers of an `[electrode]` table: weight fractions of carbon and binder, bottom first.

    A species with the name of a component moves that component's weight, and "binder" that of all binders. What did not
    migrate is even over the height. Shares are of the solids, for which the table needs ``shares_of = "solids"``.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.drying.solve`.
    count : int
        Number of layers, of equal thickness.

    Returns
    -------
    list of dict
        `carbon`, `binder`, `share` of each layer.

    Raises
    ------
    InputError
        If the film is not dry, or there is no layer or more than cells.
    """
    if np.isnan(dataset["dry_time"]):
        raise InputError(f"a film that is not dry is no electrode: {str(dataset['status'].values).rstrip('.')}")
    if count < 1:
        raise InputError(f"{count} layers make no electrode; ask for one or more")
    by_role = {"active": np.zeros(count), "carbon": np.zeros(count), "binder": np.zeros(count)}
    for name, role, weight in zip(*(dataset[key].values for key in ("component", "role", "weight")), strict=True):
        moved = next((key for key in (str(name), str(role)) if f"{key}_top_to_mean" in dataset), None)
        by_role[str(role)] += weight / count * (np.ones(count) if moved is None else _amounts(dataset, count, moved))
    whole = sum(by_role.values())
    shares = [whole, by_role["carbon"] / whole, by_role["binder"] / whole]
    return [
        {"carbon": float(carbon), "binder": float(binder), "share": float(share)}
        for share, carbon, binder in zip(*shares, strict=True)
    ]


def _amounts(dataset: xr.Dataset, count: int, species: str) -> Array:
    """Return the mean amount of a species in each layer, over the mean of all."""
    if f"{species}_profile" not in dataset:
        raise InputError(f'the result has no profile of "{species}"; add [{species}] to the scenario')
    profile = dataset[f"{species}_profile"].isel(time=-1).values
    if not 1 <= count <= profile.size:
        raise InputError(f"{count} layers cannot be had from {profile.size} cells")
    whole = np.concatenate([[0.0], np.cumsum(profile)]) / profile.size
    ends = np.interp(np.linspace(0, 1, count + 1), np.linspace(0, 1, profile.size + 1), whole)
    return np.asarray(np.diff(ends) * count)
