"""Open .npy, .npz and .raw files that are not trusted; nothing is unpickled."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import numpy as np

from electrosim.base.errors import InputError
from electrosim.voxels.limits import check_header, chosen
from electrosim.voxels.stored import Stored, stream


@contextmanager
def open_npy(path: Path) -> Iterator[Stored]:
    """Open a .npy file.

    Parameters
    ----------
    path : Path
        An existing file.

    Yields
    ------
    Stored

    Raises
    ------
    InputError
        If the array is no image.
    Exception
        Whatever damage leads to.
    """
    with path.open("rb") as handle:
        yield _npy(handle, path)


@contextmanager
def open_npz(path: Path, key: str | None) -> Iterator[Stored]:
    """Open an array in a .npz file; as `open_npy`, and ``key`` names the array if there are several."""
    with zipfile.ZipFile(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}
        with archive.open(members[chosen(path, key, members)]) as handle:
            yield _npy(handle, path)
            handle.read(1)  # the end of a member is where its checksum is compared


@contextmanager
def open_raw(path: Path, shape: Sequence[int] | None, dtype: str | None) -> Iterator[Stored]:
    """Open a file of bare numbers, the last axis running fastest.

    Raises
    ------
    InputError
        If shape or type are missing, are no image, or do not make up the size of the file.
    """
    if shape is None or dtype is None:
        raise InputError(f"{path}: a .raw file has no header; add image.shape and image.dtype")
    try:
        kind = np.dtype(dtype)
    except (TypeError, ValueError, SyntaxError):
        raise InputError(f'{path}: image.dtype "{dtype}" is not a type; allowed are uint8, >u2, float32 ...') from None
    check_header(path, shape, kind)
    expected, found = math.prod(shape) * kind.itemsize, path.stat().st_size
    if expected != found:
        raise InputError(
            f"{path}: the file holds {found} bytes where {' x '.join(map(str, shape))} voxels of {kind} are "
            f"{expected} bytes; correct image.shape or image.dtype"
        )
    with path.open("rb") as handle:
        yield stream(handle, shape, kind)


def _npy(handle: IO[bytes], path: Path) -> Stored:
    version = np.lib.format.read_magic(handle)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"version {version[0]}.{version[1]} of the format")
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran_order, dtype = header(handle)
    check_header(path, shape, dtype)
    return stream(handle, shape, dtype, fortran_order=fortran_order)
