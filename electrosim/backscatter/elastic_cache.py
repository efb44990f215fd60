"""Arrays kept on disk between runs, each under a hash of what it was computed from."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

CACHE_VARIABLE = "ELECTROSIM_CACHE"
"""Environment variable with the folder that takes the place of the user's cache folder."""

_DIGEST = hashlib.sha256().digest_size


def cache_folder() -> Path:
    """Return the folder of cached arrays; it need not be there."""
    given = os.environ.get(CACHE_VARIABLE)
    if given:
        return Path(given).expanduser() / "elastic"
    import pooch

    return Path(pooch.os_cache("electrosim")) / "elastic"


def remembered(
    inputs: bytes, size: int, compute: Callable[[], NDArray[np.float64]], folder: Path
) -> NDArray[np.float64]:
    """Return an array from the cache, or compute it and put it there.

    Parameters
    ----------
    inputs : bytes
        All that the array depends on.
    size : int
        Its number of values.
    compute : callable
        Gives the array.
    folder : Path
        Of the cache. If it cannot be written, nothing is kept and nothing is said: the answer is the same.
    """
    path = folder / hashlib.sha256(inputs).hexdigest()[:40]
    found = _read(path, size)
    if found is None:
        found = compute()
        with contextlib.suppress(OSError):
            _write(path, found)
    return found


def _read(path: Path, size: int) -> NDArray[np.float64] | None:
    """Return what a file holds, None if it is missing or not what was once written."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, values = content[:_DIGEST], content[_DIGEST:]
    if len(values) != 8 * size or hashlib.sha256(values).digest() != digest:
        return None
    return np.frombuffer(values, dtype="<f8").astype(np.float64)


def _write(path: Path, values: NDArray[np.float64]) -> None:
    """Write beside, then rename: another process sees the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    content = values.astype("<f8").tobytes()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
