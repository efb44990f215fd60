"""Results: one self-describing dataset, written whole or not at all."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import json
import os
import platform
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from electrosim.base.errors import InputError

if TYPE_CHECKING:
    import xarray as xr

RESULT_FILE = "result.nc"
SWEEP_FILE = "sweep.nc"
_ATTRIBUTES = {"title", "source", "references", "scenario", "scenario_sha256", "electrosim_version", "created"}
_RESULT_ENTRIES = frozenset({RESULT_FILE, SWEEP_FILE, "report.html", "scenario.resolved.toml", "figures"})


def variable(dims: str | Sequence[str], data: Any, units: str, long_name: str) -> tuple[Any, ...]:
    """Return a dataset variable with its unit ("1" for a pure number) and its name in words."""
    return dims, data, {"units": units, "long_name": long_name}


@functools.cache
def _version() -> str:
    """Return the installed version, looked up once: it takes longer than a small solve."""
    return version("electrosim")


def fingerprint(scenario: Mapping[str, Any]) -> tuple[str, str]:
    """Return a resolved scenario as JSON, and the sha256 of that."""
    text = json.dumps(scenario, sort_keys=True, ensure_ascii=False)
    return text, hashlib.sha256(text.encode()).hexdigest()


def provenance(
    scenario: Mapping[str, Any], *, title: str, seed: int | None, references: Sequence[str]
) -> dict[str, Any]:
    """Return the attributes that every dataset carries: what was asked, with what it was computed, and when."""
    import numba
    import numpy as np

    text, checksum = fingerprint(scenario)
    return {
        "Conventions": "CF-1.11",
        "title": title,
        "source": f"electrosim {_version()}",
        "references": "\n".join(references),
        "scenario": text,
        "scenario_sha256": checksum,
        "electrosim_version": _version(),
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
    OSError
        If the file cannot be written, for instance on a full disk.
    """
    encoding = {
        name: {"zlib": True, "complevel": 1}
        for name, item in dataset.data_vars.items()
        if item.dtype.kind in "fiu" and item.size > 1000
    }
    # By way of memory: on a full disk HDF5 cannot close its file and complains on stderr until the process ends.
    with memoryview(dataset.to_netcdf(engine="h5netcdf", encoding=encoding)) as content, path.open("wb") as file:
        file.write(content)


def read(path: Path) -> xr.Dataset:
    """Open a result from its folder or its file, whole into memory.

    Raises
    ------
    InputError
        If there is no result, or the file is not one that electrosim wrote.
    """
    import xarray as xr

    in_folder = (path / name for name in (RESULT_FILE, SWEEP_FILE))
    file = next((file for file in in_folder if file.is_file()), path / RESULT_FILE) if path.is_dir() else path
    if not file.is_file():
        raise InputError(f"{path}: there is no result here; give a results folder or a result.nc")
    try:
        dataset = xr.load_dataset(file, engine="h5netcdf", decode_times=False)
    except Exception as error:  # noqa: BLE001 readers of damaged files raise whatever they like
        reason = (str(error) or type(error).__name__).splitlines()[0][:120]
        raise InputError(f"{file}: the file is damaged or not NetCDF-4 ({reason}); run the scenario again") from None
    check_origin(dataset, str(file))
    return dataset


def check_origin(dataset: xr.Dataset, name: str) -> None:
    """Refuse a dataset that is not a result of electrosim; `name` is what the message calls it."""
    try:
        scenario = json.loads(dataset.attrs["scenario"])
        missing = {"status", "solved"}.difference(dataset.data_vars) or _ATTRIBUTES.difference(dataset.attrs)
    except (KeyError, TypeError, ValueError):
        scenario, missing = None, {"scenario"}
    if missing or not isinstance(scenario, dict):
        raise InputError(f"{name}: this is not a result of electrosim ({', '.join(sorted(missing))} is missing)")


@contextlib.contextmanager
def new_folder(folder: Path, entries: Collection[str] = _RESULT_ENTRIES) -> Iterator[Path]:
    """Give an empty folder to fill; it takes the place of `folder` in one step when the block ends without an error.

    Whatever happens before that, an interrupt or a full disk included, leaves a former `folder` as it was. A former
    one that holds anything but `entries` is refused: it is not ours to replace.

    Raises
    ------
    InputError
        If `folder` cannot be made or filled, is a file, or holds something that is not among `entries`.
    """
    folder = _checked_folder(folder, entries)
    partial = folder.with_name(f".{folder.name}.partial-{os.getpid()}")
    new_parents = [parent for parent in folder.parents if not parent.exists()]
    try:
        _clear_abandoned(folder)
        partial.mkdir(parents=True)
        yield partial
        _swap(partial, folder)
    except OSError as error:
        raise InputError(
            f"{folder}: the results cannot be written ({_reason(error)}); free space or choose another --out"
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        with contextlib.suppress(OSError):
            for parent in new_parents:
                parent.rmdir()  # fails where the new folder now is


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _checked_folder(folder: Path, entries: Collection[str]) -> Path:
    """Return the absolute path of a results folder, links followed; refuse what is not ours to replace."""
    try:
        folder = folder.resolve()
        if folder.is_symlink():  # what Python 3.13 leaves of a loop; older ones raise RuntimeError
            raise OSError("a loop of links")
        names = {item.name for item in folder.iterdir()} if folder.exists() else set()
    except (OSError, RuntimeError, ValueError) as error:
        raise InputError(f"{folder}: results need a folder ({_reason(error)}); choose another --out") from None
    foreign = sorted(names.difference(entries))
    if foreign:
        raise InputError(
            f"{folder}: the folder holds {foreign[0]}, which electrosim did not write; "
            "choose another --out or move it away"
        )
    if folder.is_mount() or folder in (Path.cwd(), *Path.cwd().parents):
        raise InputError(f"{folder}: the folder cannot be replaced as a whole; choose another --out, such as a new one")
    return folder


def _clear_abandoned(folder: Path) -> None:
    """Remove what runs that were killed have left beside the folder; a result that was set aside comes back."""
    if not folder.parent.exists():
        return
    for old in list(folder.parent.iterdir()):
        start, _, process = old.name.rpartition("-")
        if start not in (f".{folder.name}.partial", f".{folder.name}.former") or _is_running(process):
            continue
        if start.endswith("former") and not folder.exists():
            old.rename(folder)
        else:
            shutil.rmtree(old, ignore_errors=True)


def _is_running(process: str) -> bool:
    """Tell whether a process, named by its number, may still be writing; this one is not yet."""
    if os.name != "posix" or not process.isdecimal():
        return True
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return int(process) != os.getpid()


def _swap(new: Path, old: Path) -> None:
    """Put `new` in the place of `old`; where the system can exchange two folders in one step, it does."""
    if not old.exists():
        new.rename(old)
    elif not _exchange(new, old):
        aside = old.with_name(f".{old.name}.former-{os.getpid()}")
        old.rename(aside)
        try:
            new.rename(old)
        except BaseException:
            aside.rename(old)
            raise
        shutil.rmtree(aside, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; False if the system or the file system cannot."""
    rename = getattr(ctypes.CDLL(None), "renameat2", None) if os.name == "posix" else None
    here, flag = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), flag) == 0
