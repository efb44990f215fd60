"""The tables of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table
from electrosim.study.sweep.kept import BEST_OF, best_of, collected_numbers, hatched_name
from electrosim.study.sweep.shown import (
    held_at,
    held_words,
    name_of,
    panels_of,
    unit_of,
    values_of,
    words_of,
)

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return what is best, the reference designs, and where each collected number is lowest and highest."""
    found = [_best(dataset)] if best_of(dataset) else []
    found += _marks(dataset) if "mark" in dataset.dims else []
    found.append(_extremes(dataset))
    if "total_order" in dataset:
        found.append(_sensitivity(dataset))
    return found


def _best(dataset: xr.Dataset) -> Table:
    """Return the best value of an axis for each shown entry of a further dimension, the other axes held."""
    over, name = best_of(dataset) or ("", "")
    item = dataset[f"best_{over}"]
    held = held_at(dataset, [str(dim) for dim in item.dims if dim in dataset["case_solved"].dims])
    further = [str(dim) for dim in item.dims if dim not in held]
    entries = [{further[0]: number} for number in panels_of(dataset, further[0])] if further else [{}]
    rows = []
    for prefix, words in BEST_OF.items():
        for entry in entries if f"{prefix}_{over}" in dataset else ():
            one = dataset.isel(held | entry)
            values = (one[f"{prefix}_{over}{end}"] for end in ("", "_lower", "_upper"))
            value, low, high = (_cell(value, dataset[over]) for value in values)
            cells = [held_words(dataset, entry) + words, value, f"{low} to {high}"]
            cells.append(_cell(one[f"{prefix}_{name}"], dataset[name]))
            cells += [f"{float(one[f'{prefix}_gain']):+.2%}"] if "best_gain" in dataset else []
            rows.append(tuple(cells))
    heads = ["", f"best {name_of(dataset[over])}", f"{name} within 1 %", name_of(dataset[name])]
    heads += [f"beside {dataset['best_gain'].attrs['beside']}"] if "best_gain" in dataset else []
    where = held_words(dataset, held)
    remark = f"{words_of(dataset[name])}; the best of the values that were solved.{_hatched_words(dataset)}"
    return Table(f"Best {over}" + (f", {where}" if where else ""), tuple(heads), tuple(rows), remark)


def _hatched_words(dataset: xr.Dataset) -> str:
    name = hatched_name(dataset)
    return "" if name is None else f" Hatched: {dataset[name].attrs['hatched']}."


def _cell(item: xr.DataArray, like: xr.DataArray) -> str:
    """Return one value for people."""
    value = values_of(item, like)
    return f"{float(value):.4g}" if item.dtype.kind in "fiu" else str(item.item())


def _marks(dataset: xr.Dataset) -> list[Table]:
    """Return a table of the reference designs for each collected number: their own, and what the sweep has there."""
    axes = [str(dim) for dim in _axes(dataset)]
    found = []
    for name in collected_numbers(dataset, further=1):
        if name == hatched_name(dataset):
            continue
        item, own, swept = dataset[name], dataset[f"mark_{name}"], dataset[f"mark_{name}_swept"]
        further = [str(dim) for dim in own.dims if dim != "mark"]
        entries = [{further[0]: number} for number in panels_of(dataset, further[0])] if further else [{}]
        rows = []
        for mark in range(dataset.sizes["mark"]):
            cells = [str(dataset["mark"].values[mark])]
            cells += [_cell(dataset[f"mark_{dim}"][mark], dataset[dim]) for dim in axes]
            for entry in entries:
                one, there = (part.isel({"mark": mark} | entry) for part in (own, swept))
                more = float(one / there - 1)
                cells.append(_cell(one, item) + (f" ({round(more, 3) + 0:+.1%})" if np.isfinite(more) else ""))
            rows.append(tuple(cells))
        heads = ("", *(name_of(dataset[dim]) for dim in axes), *(held_words(dataset, e) or name for e in entries))
        remark = f"{words_of(item)}; in brackets: beside the sweep's own case at the same place."
        failed = [str(text) for text in dataset["mark_status"].values[~dataset["mark_solved"].values]]
        found.append(Table(f"Reference designs: {name_of(item)}", heads, tuple(rows), " ".join([remark, *failed])))
    return found


def _axes(dataset: xr.Dataset) -> list[str]:
    """Return the axes of the sweep along which marks have a place."""
    return [str(name) for name in dataset.coords if f"mark_{name}" in dataset and name != "repeat"]


def _extremes(dataset: xr.Dataset) -> Table:
    """Return where each collected number is lowest and highest, for each shown entry of a further dimension."""
    dims = dataset["case_solved"].dims
    rows = []
    for name in collected_numbers(dataset, further=1):
        item = dataset[name]
        further = [str(dim) for dim in item.dims if dim not in dims]
        if not np.isfinite(item).any() or name == hatched_name(dataset):
            continue
        for entry in [{further[0]: number} for number in panels_of(dataset, further[0])] if further else [{}]:
            one = item.isel(entry)
            if not np.isfinite(one).any():
                continue
            flat = one.stack(all_cases=dims)
            low, high = (flat[int(place)] for place in (np.nanargmin(one.values), np.nanargmax(one.values)))
            label = ", ".join(part for part in (name, held_words(dataset, entry)) if part)
            shown = (f"{float(values_of(end, item)):.5g}" for end in (low, high))
            rows.append((label, next(shown), _where(low, dataset), next(shown), _where(high, dataset), unit_of(item)))
    seconds = dataset["case_seconds"].values
    total = f"{int(np.isfinite(seconds).sum())} cases, {np.nanmedian(seconds):.3g} s each (median)"
    return Table("What the cases give", ("", "lowest", "at", "highest", "at", "unit"), tuple(rows), total)


def _where(item: xr.DataArray, dataset: xr.Dataset) -> str:
    """Return the place of a case along the axes."""
    axes = {str(dim) for dim in dataset["case_solved"].dims} | {
        str(name) for name, coordinate in dataset.coords.items() if coordinate.dims == ("case",)
    }
    parts = []
    for name in item.coords:
        if name not in axes or name == "case" or item[name].size != 1:
            continue
        value, unit = values_of(item[name], dataset[name]), unit_of(dataset[name])
        shown = f"{float(value):.4g} {unit}".rstrip() if item[name].dtype.kind in "fiu" else str(item[name].item())
        parts.append(f"{name} {shown}")
    return ", ".join(parts)


def _sensitivity(dataset: xr.Dataset) -> Table:
    rows = [
        (
            f"{name}: {axis}",
            *(
                f"{float(dataset[key].sel(collected=name, axis=axis)):.3f} ± "
                f"{float(dataset[f'{key}_confidence'].sel(collected=name, axis=axis)):.3f}"
                for key in ("first_order", "total_order")
            ),
        )
        for name in dataset["collected"].values
        for axis in dataset["axis"].values
    ]
    return Table("Shares of the variance (Sobol)", ("", "axis alone", "with interactions"), tuple(rows))
