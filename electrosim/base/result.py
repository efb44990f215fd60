"""Results: one self-describing dataset, written whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from electrosim.base.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

RESULT_FILE = "result.nc"
_WRITTEN_BY_US = {RESULT_FILE, "report.html", "scenario.resolved.toml", "figures"}


def variable(dims: str | Sequence[str], data: Any, units: str, long_name: str) -> tuple[Any, ...]:
    """Return a dataset variable with its unit ("1" for a pure number) and its name in words."""
    return dims, data, {"units": units, "long_name": long_name}


def provenance(scenario: Mapping[str, Any], *, title: str, seed: int | None, references: Sequence[str]) -> dict[str, Any]:
    """Return the attributes that every dataset carries: what was asked, with what it was computed, and when."""
    import numba
    import numpy as np

    text = json.dumps(scenario, sort_keys=True, ensure_ascii=False)
    return {
        "Conventions": "CF-1.11",
        "title": title,
        "source": f"electrosim {version('electrosim')}",
        "references": "\n".join(references),
        "scenario": text,
        "scenario_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "electrosim_version": version("electrosim"),
        "python_version": platform.python_version(),
        "numpy_version": np.__version__,
        "numba_version": numba.__version__,
        "seed": "none" if seed is None else seed,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def write(dataset: xr.Dataset, path: Path) -> None:
    """Write a dataset as NetCDF-4; large variables are compressed.

    Raises
    ------
    InputError
        If the file cannot be written, for instance on a full disk.
    """
    encoding = {
        name: {"zlib": True, "complevel": 1} for name, item in dataset.data_vars.items() if item.dtype.kind in "fiu" and item.size > 1000
    }
    try:
        dataset.to_netcdf(path, engine="h5netcdf", encoding=encoding)
    except (OSError, RuntimeError) as error:
        raise InputError(f"{path}: the result cannot be written ({error}); free space or choose another --out") from error


def read(path: Path) -> xr.Dataset:
    """Open a result from its folder or its file, whole into memory.

    Raises
    ------
    InputError
        If there is no result, or the file is not one that electrosim wrote.
    """
    import xarray as xr

    file = path / RESULT_FILE if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"{path}: there is no result here; give a results folder or a result.nc")
    try:
        dataset = xr.load_dataset(file, engine="h5netcdf")
    except (OSError, RuntimeError, ValueError, KeyError, AttributeError, TypeError, MemoryError) as error:
        raise InputError(f"{file}: the file cannot be read as NetCDF ({type(error).__name__}: {error})") from None
    if "electrosim_version" not in dataset.attrs or "status" not in dataset:
        raise InputError(f"{file}: the file is NetCDF but not a result of electrosim")
    return dataset


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to fill; it takes the place of `folder` in one step when the block ends without an error.

    Whatever happens before that, an interrupt or a full disk included, leaves a former `folder` as it was.

    Raises
    ------
    InputError
        If `folder` cannot be made, is a file, or holds files that are not part of a result.
    """
    folder = folder.absolute()
    _refuse_foreign(folder)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    try:
        _remove_abandoned(folder)
        partial.mkdir(parents=True)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: the results folder cannot be made ({_reason(error)}); choose another --out") from None
    try:
        yield partial
        try:
            _swap(partial, folder)
        except OSError as error:
            raise InputError(f"{folder}: the result cannot be put in place ({_reason(error)})") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _refuse_foreign(folder: Path) -> None:
    try:
        if not folder.exists():
            return
        names = {item.name for item in folder.iterdir()}
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: results need a folder ({_reason(error)}); choose another --out") from None
    foreign = sorted(names - _WRITTEN_BY_US)
    if foreign:
        raise InputError(
            f"{folder}: the folder holds {foreign[0]}, which electrosim did not write; "
            "choose another --out or move it away"
        )


def _remove_abandoned(folder: Path) -> None:
    """Remove what runs that were killed have left beside the folder."""
    for old in folder.parent.glob(f".{folder.name}.partial-*"):
        process = old.name.rpartition("-")[2]
        if process.isdecimal() and not Path(f"/proc/{process}").exists() and Path("/proc/self").exists():
            shutil.rmtree(old, ignore_errors=True)


def _swap(new: Path, old: Path) -> None:
    """Put `new` in the place of `old`; where the system can exchange two folders in one step, it does."""
    if not old.exists():
        new.rename(old)
        return
    exchange = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if os.name == "posix" else None
    here, flag = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    if exchange is not None and exchange(here, os.fsencode(new), here, os.fsencode(old), flag) == 0:
        return
    aside = new.with_name(new.name + "-old")
    old.rename(aside)
    try:
        new.rename(old)
    except OSError:
        aside.rename(old)
        raise
    shutil.rmtree(aside, ignore_errors=True)
