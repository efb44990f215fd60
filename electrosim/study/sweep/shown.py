"""How a sweep is shown to people: in which units, where other axes are held, which panels, where hatched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest
from electrosim.base.units import base_unit, registry, scale_of, zero_of

if TYPE_CHECKING:
    import xarray as xr

    from electrosim.study.sweep.case import Record
    from electrosim.study.sweep.problem import Problem

MOST_PANELS = 6


@dataclass(frozen=True)
class Shown:
    """What figures and tables show of a sweep with more to it than fits.

    Parameters
    ----------
    held : mapping of str to int
        For axes, by the place of a value, where they are held on what shows another one; else in their middle.
    panels : mapping of str to tuple of float or str
        For further dimensions of collected numbers, the entries that have a panel and a column.
    hatched : str
        A collected number: where it is above zero, figures are hatched.
    hatched_words : str
        What that means.
    """

    held: Mapping[str, int] = field(default_factory=dict)
    panels: Mapping[str, tuple[float | str, ...]] = field(default_factory=dict)
    hatched: str = ""
    hatched_words: str = ""


def check_shown(problem: Problem, first: Record) -> None:
    """Refuse what is to be shown but is not in the results, as soon as the first one is there.

    Raises
    ------
    InputError
        If a number is not collected, a panel has no entry, or a unit is of another dimension.
    """
    names = {key.removeprefix("value:"): first[key].dtype.kind == "f" for key in first if key.startswith("value:")}
    known = [name for name, is_number in names.items() if is_number]
    asked: list[tuple[str, tuple[str, ...]]] = [(name, ("pareto",)) for name, _ in problem.pareto]
    asked += [(problem.best.name, ("best",))] if problem.best else []
    asked += [(problem.shown.hatched, ("show", "hatched"))] if problem.shown.hatched else []
    for name, key in asked:
        if name not in known:
            raise InputError(f'"{name}" is not a collected number; {nearest(name, known)}', key)
    if problem.best and first[f"dims:{problem.best.name}"].size > 1:
        shown = ", ".join(map(str, first[f"dims:{problem.best.name}"]))
        raise InputError(f'"{problem.best.name}" has several further dimensions ({shown}); collect a part', ("best",))
    for item in problem.collect:
        if item.unit and item.name in known:
            _check_unit(item.unit, str(first[f"words:{item.name}"][0]), ("collect", item.name))
    _panels(problem, first)


def _check_unit(unit: str, si: str, key: tuple[str, ...]) -> None:
    """Refuse a unit of another dimension than an SI unit such as "J kg-1"."""
    base_unit(unit)
    factors = "*".join(re.sub(r"(-?\d+)$", r"**\1", factor) for factor in si.split() if factor != "1")
    if not registry().Quantity(1, unit).is_compatible_with(factors or "dimensionless"):
        raise InputError(f'unit = "{unit}" is of another dimension than {si}, in which the result is', key)


def _panels(problem: Problem, first: Record) -> dict[str, list[int]]:
    """Return the places of the entries that have a panel."""
    found = {}
    for dim, entries in problem.shown.panels.items():
        known = [key.removeprefix("along:") for key in first if key.startswith("along:")]
        if dim not in known:
            said = f"; {nearest(dim, known)}" if known else ""
            raise InputError(f'nothing that is collected varies along "{dim}"{said}', ("show", "panels"))
        along = first[f"along:{dim}"].tolist()
        for entry in entries:
            if entry not in along:
                shown = ", ".join(map(str, along))
                raise InputError(f"{dim} has no {entry} in what is collected; there are {shown}", ("show", "panels"))
        found[dim] = [along.index(entry) for entry in entries]
    return found


def note(problem: Problem, first: Record, dataset: xr.Dataset) -> xr.Dataset:
    """Note in the attributes of a dataset how it is shown."""
    units = {item.name: item.unit for item in problem.collect if item.unit}
    units |= {axis.name: axis.written_unit for axis in problem.axes}
    for name, unit in units.items():
        if unit and name in dataset.variables and dataset[name].dtype.kind == "f":
            dataset[name].attrs["shown_unit"] = unit
    for name, number in problem.shown.held.items():
        dataset[name].attrs["held"] = number
    for dim, numbers in _panels(problem, first).items():
        dataset[dim].attrs["panels"] = numbers
    if problem.shown.hatched:
        dataset[problem.shown.hatched].attrs["hatched"] = problem.shown.hatched_words
    return dataset


def mean_of(item: xr.DataArray) -> xr.DataArray:
    """Return the mean over repeats."""
    return item.mean("repeat", keep_attrs=True) if "repeat" in item.dims else item


def unit_of(item: xr.DataArray) -> str:
    """Return the unit in which people read something, as it is printed."""
    unit = str(item.attrs.get("shown_unit", ""))
    if not unit:
        si = str(item.attrs.get("units", "1"))
        return "" if si == "1" else si
    return unit.replace("*", "").replace("^2", "²").replace("^3", "³").replace("deg", "°")


def values_of(item: xr.DataArray, like: xr.DataArray | None = None) -> NDArray[Any]:
    """Return numbers in the unit in which people read them, or in that of something like them; words as they are."""
    if item.dtype.kind not in "fiu":
        return item.values
    unit = str((item if like is None else like).attrs.get("shown_unit", ""))
    return item.values if not unit else (item.values - zero_of(unit)) / scale_of(unit)


def name_of(item: xr.DataArray) -> str:
    """Return the name of something with its unit, for the axis of a figure or the head of a table."""
    unit = unit_of(item)
    return f"{item.name} / {unit}" if unit else str(item.name)


def words_of(item: xr.DataArray) -> str:
    """Return what something is in words, with its unit."""
    words, unit = str(item.attrs.get("long_name") or item.name), unit_of(item)
    return f"{words} / {unit}" if unit else words


def entry_of(dataset: xr.Dataset, dim: str, number: int) -> str:
    """Return an entry of a dimension for people, with its unit."""
    if dim not in dataset.coords:
        return str(number)
    value = values_of(dataset[dim])[number]
    if not isinstance(value, (int, float, np.number)):
        return str(value)
    unit = unit_of(dataset[dim])
    return f"{value:.4g} {unit}".rstrip()


def panels_of(dataset: xr.Dataset, dim: str) -> list[int]:
    """Return the places of the entries of a dimension that are shown: those chosen, or some spread over it."""
    chosen = dataset[dim].attrs.get("panels") if dim in dataset.coords else None
    if chosen is None:
        count = dataset.sizes[dim]
        return sorted(set(np.linspace(0, count - 1, min(count, MOST_PANELS)).round().astype(int).tolist()))
    return [int(number) for number in np.atleast_1d(chosen)]


def held_at(dataset: xr.Dataset, dims: list[str]) -> dict[str, int]:
    """Return at which place each axis is held."""
    return {dim: int(dataset[dim].attrs.get("held", (dataset.sizes[dim] - 1) // 2)) for dim in dims}


def held_words(dataset: xr.Dataset, held: Mapping[str, int]) -> str:
    """Return where axes are held in words; nothing about those that have one value."""
    return ", ".join(
        f"{dim} {entry_of(dataset, dim, number)}" for dim, number in held.items() if dataset.sizes[dim] > 1
    )
