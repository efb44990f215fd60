"""What of a sweep's dataset was collected from its cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray as xr

BEST_OF = {"best": "", "unhatched": ", not hatched"}
"""Beginnings of the names of what is best, and which cases it is the best of, in words."""
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


def hatched_name(dataset: xr.Dataset) -> str | None:
    """Return the name of the collected number above zero of which figures are hatched."""
    return next((str(name) for name, item in dataset.data_vars.items() if "hatched" in item.attrs), None)


def best_of(dataset: xr.Dataset) -> tuple[str, str] | None:
    """Return the axis of which the best value was found, and the collected number that it is best for."""
    for name, item in dataset.data_vars.items():
        if "best_of" in item.attrs:
            return str(name).removeprefix("best_"), str(item.attrs["best_of"])
    return None
