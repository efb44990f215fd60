"""What of a sweep's dataset was collected from its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray as xr

_OWN = ("case_seconds", "failed_cases", "wall_time")


def collected_numbers(dataset: xr.Dataset, further: int = 0) -> list[str]:
    """Return the names of the collected numbers: one for each case, or with so many further dimensions at most."""
    dims = dataset["case_solved"].dims
    return [
        str(name)
        for name, item in dataset.data_vars.items()
        if item.dtype.kind == "f"
        and item.dims[: len(dims)] == dims
        and len(item.dims) <= len(dims) + further
        and name not in _OWN
    ]
