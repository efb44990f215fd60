"""The table of a sweep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.tables import Table
from electrosim.study.sweep.kept import collected_numbers

if TYPE_CHECKING:
    import xarray as xr


def tables(dataset: xr.Dataset) -> list[Table]:
    """Return where each collected number is lowest and highest."""
    dims = dataset["case_solved"].dims
    rows = []
    for name in collected_numbers(dataset):
        item = dataset[name]
        if not np.isfinite(item).any():
            continue
        low, high = (item.stack(all_cases=dims)[int(place)] for place in _extremes(item.values.ravel()))
        rows.append((name, _number(low), _where(low, dataset), _number(high), _where(high, dataset), _unit(item)))
    seconds = dataset["case_seconds"].values
    total = f"{int(np.isfinite(seconds).sum())} cases, {np.nanmedian(seconds):.3g} s each (median)"
    heads = ("", "lowest", "at", "highest", "at", "unit")
    found = [Table("What the cases give", heads, tuple(rows), total)]
    if "total_order" in dataset:
        found.append(_sensitivity(dataset))
    return found


def _extremes(values: np.ndarray) -> tuple[int, int]:
    return int(np.nanargmin(values)), int(np.nanargmax(values))


def _number(item: xr.DataArray) -> str:
    return f"{float(item):.5g}"


def _unit(item: xr.DataArray) -> str:
    unit = str(item.attrs.get("units", ""))
    return "" if unit == "1" else unit


def _where(item: xr.DataArray, dataset: xr.Dataset) -> str:
    parts = []
    for name in item.coords:
        if name in ("all_cases", "case") or item[name].size != 1 or name not in dataset.coords:
            continue
        value = item[name].item()
        parts.append(f"{name} {value:.4g}" if isinstance(value, (int, float)) else f"{name} {value}")
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
