"""One case of a sweep: a scenario, solved, and what is kept of it as plain arrays."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import ElectrosimError
from electrosim.base.scenario import Scenario
from electrosim.base.toml import Document
from electrosim.study.run import from_document, solve
from electrosim.study.sweep.collect import Collected, everything

if TYPE_CHECKING:
    import xarray as xr

Record = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Chunk:
    """Cases that are solved one after the other by one worker.

    Parameters
    ----------
    base : Document
        What all cases start from.
    overrides : tuple of mappings or str
        The keys that each case sets; a sentence instead where they could not be found.
    collect : tuple of Collected
        What is kept.
    """

    base: Document
    overrides: tuple[Mapping[str, Any] | str, ...]
    collect: tuple[Collected, ...]


def solve_chunk(chunk: Chunk) -> list[Record]:
    """Return a record of each case; a case that fails has its sentence and nothing else."""
    base = from_document(chunk.base)
    return [_solve_case(base, keys, chunk.collect) for keys in chunk.overrides]


def _solve_case(base: Scenario, keys: Mapping[str, Any] | str, collect: Sequence[Collected]) -> Record:
    """Return status, time and the collected values of one case, with dimensions, coordinates and units of each."""
    began = time.perf_counter()
    try:
        if isinstance(keys, str):
            return _failed(keys, began)
        wanted = {name for item in collect for name in item.variables}
        dataset = solve(base.changed(keys), throw=False, only=wanted)
        kept = _kept(dataset, collect)
    except ElectrosimError as error:
        return _failed(str(error), began)
    good, sentences = (np.atleast_1d(dataset.variables[name].values) for name in ("solved", "status"))
    return {
        "status": np.array(str(sentences[int(np.argmin(good))])),  # the first that failed, else the first
        "solved": np.array(bool(good.all())),
        "seconds": np.array(time.perf_counter() - began),
        **kept,
    }


def _failed(sentence: str, began: float) -> Record:
    return {
        "status": np.array(sentence),
        "solved": np.array(False),
        "seconds": np.array(time.perf_counter() - began),
    }


def _kept(dataset: xr.Dataset, collect: Sequence[Collected]) -> dict[str, NDArray[Any]]:
    """Return the arrays of what is collected: ``value:name``, ``dims:name``, ``words:name``, ``along:dim``."""
    found: dict[str, NDArray[Any]] = {}
    for item in collect or everything(dataset):
        value = item.of(dataset)
        values = value.values
        found[f"value:{item.name}"] = values.astype(np.float64) if values.dtype.kind in "fiub" else values.astype(str)
        found[f"dims:{item.name}"] = np.array(value.dims, str)
        words = (str(value.attrs.get(key, "1" if key == "units" else item.text)) for key in ("units", "long_name"))
        found[f"words:{item.name}"] = np.array(tuple(words), str)
        for dim in value.dims:
            if dim in dataset.coords:
                along = dataset.variables[dim].values
                found[f"along:{dim}"] = along if along.dtype.kind in "fiub" else along.astype(str)
    return found
