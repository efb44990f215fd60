"""Reads the points of a fit from a CSV file or from a result, whose names are given by the scenario."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from electrosim.base import result
from electrosim.base.columns import read_columns
from electrosim.base.errors import InputError, nearest

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Names:
    """Columns of a file, or variables of a result, that hold the points.

    Parameters
    ----------
    porosity : str
        Porosities.
    conductivity : str
        Relative conductivities, or tortuosities if `of_tortuosity`.
    of_tortuosity : bool
        Whether `conductivity` names tortuosities.
    deviation, cluster, only : str, optional
        Standard deviations over directions; groups of points that belong together; what is 1 or true for points to use.
    """

    porosity: str
    conductivity: str
    of_tortuosity: bool
    deviation: str | None = None
    cluster: str | None = None
    only: str | None = None


@dataclass(frozen=True)
class Data:
    """Points as they were read; see `electrosim.study.fit.Problem`."""

    porosity: Array
    relative_conductivity: Array
    standard_deviation: Array | None
    cluster: NDArray[np.generic] | None


def from_csv(path: Path, names: Names) -> Data:
    """Read points from the columns of a CSV file.

    Raises
    ------
    InputError
        As `read_columns`, or if a tortuosity is not positive, or no row is to be used.
    """
    wanted = [name for name in (names.porosity, names.conductivity, names.deviation, names.only) if name]
    columns = read_columns(path, wanted, [names.cluster] if names.cluster else [])

    def column(name: str | None) -> NDArray[np.generic] | None:
        return None if name is None else columns[name]

    return _points(
        str(path),
        names,
        np.asarray(columns[names.porosity], float),
        np.asarray(columns[names.conductivity], float),
        column(names.deviation),
        column(names.cluster),
        column(names.only),
    )


def from_result(path: Path, names: Names) -> Data:
    """Read points from the variables of a result.

    The cases of a sweep that were solved are points, whatever its axes. A conductivity that has more dimensions than
    the porosity, such as directions, is averaged over them, and its standard deviation over them is that of the point
    unless another is named.

    Raises
    ------
    InputError
        If there is no result, a variable is missing or of other dimensions, or no point is to be used.
    """
    dataset = _solved_cases(result.read(path))
    porosity = _variable(path, dataset, names.porosity)
    if porosity.ndim != 1:
        raise InputError(f"{path}: {names.porosity} has {porosity.ndim} dimensions; a fit needs one value per point")
    point = porosity.dims[0]
    conductivity = _variable(path, dataset, names.conductivity)
    over = [dim for dim in conductivity.dims if dim != point]
    if point not in conductivity.dims:
        raise InputError(f"{path}: {names.conductivity} has no dimension {point}, which that of {names.porosity} is")
    spread = None
    if over:
        if names.of_tortuosity:
            raise InputError(
                f"{path}: {names.conductivity} has several values per point, whose mean is not the tortuosity of their "
                "mean; name a relative conductivity"
            )
        spread = conductivity.std(over, ddof=1).values
        conductivity = conductivity.mean(over)

    def values(name: str | None) -> NDArray[np.generic] | None:
        if name is None:
            return None
        found = _variable(path, dataset, name)
        if found.dims != (point,):
            raise InputError(f"{path}: {name} has no single value per {point}")
        return found.values

    deviation = values(names.deviation) if names.deviation else spread
    return _points(
        str(path), names, porosity.values, conductivity.values, deviation, values(names.cluster), values(names.only)
    )


def _solved_cases(dataset: xr.Dataset) -> xr.Dataset:
    """Return the solved cases of a sweep along one dimension, and any other result as it is."""
    if "case_solved" not in dataset:
        return dataset
    flat = dataset.stack(all_cases=dataset["case_solved"].dims)
    return flat.isel(all_cases=np.flatnonzero(flat["case_solved"].values))


def _variable(path: Path, dataset: xr.Dataset, name: str) -> xr.DataArray:
    if name not in dataset:
        raise InputError(f'{path}: "{name}" is not a variable of the result; {nearest(name, map(str, dataset))}')
    return dataset[name]


def _points(
    place: str,
    names: Names,
    porosity: Array,
    conductivity: Array,
    deviation: NDArray[np.generic] | None,
    cluster: NDArray[np.generic] | None,
    only: NDArray[np.generic] | None,
) -> Data:
    """Keep the points to be used, and turn tortuosities into conductivities."""
    used = np.ones(porosity.size, bool) if only is None else np.asarray(only, float) != 0
    if not used.any():
        raise InputError(
            f"{place}: there is no point to fit to" + (f"; {names.only} is 0 for all" if only is not None else "")
        )
    if names.of_tortuosity:
        if (conductivity[used] <= 0).any():
            raise InputError(
                f"{place}: {names.conductivity} holds {conductivity[used].min():g}; a tortuosity is positive"
            )
        conductivity = porosity / conductivity
    return Data(
        np.asarray(porosity[used], float),
        np.asarray(conductivity[used], float),
        None if deviation is None else np.asarray(deviation[used], float),
        None if cluster is None else cluster[used],
    )
