"""Reads the points of a fit from a CSV file or from a result, whose names are given by the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from electrosim.base import result
from electrosim.base.columns import read_columns
from electrosim.base.errors import InputError, concerning, nearest
from electrosim.base.units import scale_of
from electrosim.study.fit.units import check_dimensions
from electrosim.study.inverse.units import check_unit, in_si, unit_of
from electrosim.study.sweep.collect import place

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Names:
    """Columns of a file, or variables of a result, that hold the points.

    Parameters
    ----------
    abscissa : str
        Porosities, or rates.
    ordinate : str
        Relative conductivities, or tortuosities if `of_tortuosity`, or capacities if `of_rates`.
    of_tortuosity, of_rates : bool
        What they are.
    deviation, cluster, only : str, optional
        Standard deviations; groups of points that belong together; what is 1 or true for points to use.
    unit, rate_unit : str
        Of capacities and rates.
    at : mapping of str to str
        Entries of a result's dimensions at which the points are taken.
    """

    abscissa: str
    ordinate: str
    of_tortuosity: bool = False
    of_rates: bool = False
    deviation: str | None = None
    cluster: str | None = None
    only: str | None = None
    unit: str = ""
    rate_unit: str = ""
    at: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Data:
    """Points as they were read; see `electrosim.study.fit.Problem`."""

    abscissa: Array
    ordinate: Array
    standard_deviation: Array | None
    cluster: NDArray[np.generic] | None
    unit: str = ""
    rate_unit: str = ""


def from_csv(path: Path, names: Names) -> Data:
    """Read points from the columns of a CSV file.

    Raises
    ------
    InputError
        As `read_columns`, or if a tortuosity is not positive, a unit is none, or no row is to be used.
    """
    wanted = [name for name in (names.abscissa, names.ordinate, names.deviation, names.only) if name]
    columns = read_columns(path, wanted, [names.cluster] if names.cluster else [])

    def numbers(name: str, unit: str = "", *, of_difference: bool = False) -> Array:
        return in_si(np.asarray(columns[name], float), unit, of_difference=of_difference)

    if names.of_rates:
        check_dimensions(names.unit, names.rate_unit)
    with concerning("data", "rate_unit"):
        abscissa = numbers(names.abscissa, names.rate_unit)
    with concerning("data", "unit"):
        ordinate = numbers(names.ordinate, names.unit)
        deviation = numbers(names.deviation, names.unit, of_difference=True) if names.deviation else None
    cluster = columns[names.cluster] if names.cluster else None
    return _points(
        str(path), names, abscissa, ordinate, deviation, cluster, columns[names.only] if names.only else None
    )


def from_result(path: Path, names: Names) -> Data:
    """Read points from the variables of a result.

    The cases of a sweep that were solved are points, whatever its axes. A conductivity that has more dimensions than
    the porosity, such as directions, is averaged over them, and its standard deviation over them is that of the point
    unless another is named. Of capacities every entry is a point.

    Raises
    ------
    InputError
        If there is no result, a variable is missing or of other dimensions, or no point is to be used.
    """
    dataset = _chosen(path, result.read(path), names.at)
    return _of_capacities(path, dataset, names) if names.of_rates else _of_conductivities(path, dataset, names)


def _chosen(path: Path, dataset: xr.Dataset, at: Mapping[str, str]) -> xr.Dataset:
    """Return the part of a result at entries of its dimensions."""
    for dim, word in at.items():
        if dim not in dataset.dims:
            raise InputError(f'{path}: the result has no dimension "{dim}"; {nearest(dim, map(str, dataset.dims))}')
        dataset = dataset.isel({dim: place(dataset, dim, dataset.variables[dim], dim, word)})
    return dataset


def _of_capacities(path: Path, dataset: xr.Dataset, names: Names) -> Data:
    """Return every solved entry of a capacity as a point, with what belongs to it."""
    import xarray as xr

    check_dimensions(names.unit, names.rate_unit)
    rate, capacity = (_variable(path, dataset, name) for name in (names.abscissa, names.ordinate))
    for key, item, unit in (("rate_unit", rate, names.rate_unit), ("unit", capacity, names.unit)):
        with concerning("data", key):
            check_unit(str(item.name), item, unit or unit_of(item))
    others = [_variable(path, dataset, name) for name in (names.deviation, names.cluster, names.only) if name]
    solved = [dataset[name] for name in ("case_solved", "solved") if name in dataset][:1]  # a sweep has both
    whole = xr.broadcast(rate, capacity)[1]
    for item in (*others, *solved):
        if not set(item.dims) <= set(whole.dims):
            raise InputError(
                f"{path}: {item.name} has the dimensions {', '.join(map(str, item.dims))}, and {names.ordinate} over "
                f"{names.abscissa} has {', '.join(map(str, whole.dims)) or 'none'}"
            )
    like_whole = xr.broadcast(whole, rate, *others, *solved)
    usable = np.isfinite(whole.values)
    for item in like_whole[2 + len(others) :]:
        usable &= item.values.astype(bool)
    by_name = {str(item.name): item.values[usable] for item in like_whole[2 : 2 + len(others)]}
    return _points(
        str(path),
        replace(names, unit=names.unit or unit_of(capacity), rate_unit=names.rate_unit or unit_of(rate)),
        np.asarray(like_whole[1].values[usable], float),
        np.asarray(whole.values[usable], float),
        np.asarray(by_name[names.deviation], float) if names.deviation else None,
        by_name[names.cluster] if names.cluster else None,
        by_name[names.only] if names.only else None,
    )


def _of_conductivities(path: Path, dataset: xr.Dataset, names: Names) -> Data:
    dataset = _solved_cases(dataset)
    porosity = _variable(path, dataset, names.abscissa)
    if porosity.ndim != 1:
        raise InputError(f"{path}: {names.abscissa} has {porosity.ndim} dimensions; a fit needs one value per point")
    point = porosity.dims[0]
    conductivity = _variable(path, dataset, names.ordinate)
    over = [dim for dim in conductivity.dims if dim != point]
    if point not in conductivity.dims:
        raise InputError(f"{path}: {names.ordinate} has no dimension {point}, which that of {names.abscissa} is")
    spread = None
    if over:
        if names.of_tortuosity:
            raise InputError(
                f"{path}: {names.ordinate} has several values per point, whose mean is not the tortuosity of their "
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
    abscissa: Array,
    ordinate: Array,
    deviation: NDArray[np.generic] | None,
    cluster: NDArray[np.generic] | None,
    only: NDArray[np.generic] | None,
) -> Data:
    """Keep the points to be used, and turn tortuosities into conductivities."""
    used = np.ones(abscissa.size, bool) if only is None else np.asarray(only, float) != 0
    if not used.any():
        raise InputError(
            f"{place}: there is no point to fit to" + (f"; {names.only} is 0 for all" if only is not None else "")
        )
    if names.of_rates:
        _check_signs(place, names, abscissa[used], ordinate[used])
    if names.of_tortuosity:
        if (ordinate[used] <= 0).any():
            raise InputError(f"{place}: {names.ordinate} holds {ordinate[used].min():g}; a tortuosity is positive")
        ordinate = abscissa / ordinate
    return Data(
        np.asarray(abscissa[used], float),
        np.asarray(ordinate[used], float),
        None if deviation is None else np.asarray(deviation[used], float),
        None if cluster is None else cluster[used],
        names.unit,
        names.rate_unit,
    )


def _check_signs(place: str, names: Names, rate: Array, capacity: Array) -> None:
    """Refuse rates and capacities that are none, in the user's units."""
    if (rate <= 0).any():
        lowest = rate.min() / scale_of(names.rate_unit)
        raise InputError(f"{place}: {names.abscissa} holds {lowest:g}; a rate of discharge is positive")
    if (capacity < 0).any():
        lowest = capacity.min() / scale_of(names.unit)
        raise InputError(f"{place}: {names.ordinate} holds {lowest:g}; a capacity is not negative")
