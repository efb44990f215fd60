"""Read voxel arrays from files that are not trusted: the header first, then the memory, then the numbers."""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest
from electrosim.voxels.limits import check_header
from electrosim.voxels.read_tiff import read_tiff

_OPTIONS = {".npz": {"key"}, ".raw": {"shape", "dtype"}, ".npy": set(), ".tif": set(), ".tiff": set()}
_CHUNK = 1 << 24


def read_array(
    path: Path | str,
    key: str | None = None,
    shape: Sequence[int] | None = None,
    dtype: str | None = None,
) -> NDArray[Any]:
    """Read a voxel image of two or three axes.

    Axes come in the order of the file: the pages of a .tif stack are axis 0, and in .raw files the last axis runs
    fastest.

    Parameters
    ----------
    path : Path or str
        A .npz, .npy, .tif, .tiff or .raw file.
    key : str, optional
        Name of the array in a .npz file; needed if it holds several.
    shape : sequence of int, optional
        Voxels along each axis of a .raw file.
    dtype : str, optional
        Type of the numbers in a .raw file, such as ``"uint8"`` or ``">u2"``.

    Returns
    -------
    ndarray
        Booleans, integers or floats without NaN, C-contiguous, in the byte order of this machine.

    Raises
    ------
    InputError
        If the file is missing, damaged, of another kind, too large for the memory, or holds something that is not
        an image of two or three axes.
    """
    path = Path(path)
    ending = path.suffix.lower()
    options = _OPTIONS.get(ending)
    if options is None:
        raise InputError(f'{path}: the ending "{path.suffix}" is not known here; allowed are {", ".join(_OPTIONS)}')
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the path")
    for name, value in (("key", key), ("shape", shape), ("dtype", dtype)):
        if value is not None and name not in options:
            raise InputError(f"{path}: {name} has no meaning for a {ending} file; remove it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            array = _read(path, ending, key, shape, dtype)
    except InputError:
        raise
    except MemoryError:
        raise InputError(f"{path}: there is not enough memory to read the image; use a smaller one") from None
    except Exception as error:  # noqa: BLE001 parsers of damaged files raise whatever they like
        reason = (str(error) or type(error).__name__).split("\n")[0].rstrip(".")[:120]
        raise InputError(f"{path}: the file is damaged or not a {ending} image ({reason}); save it again") from None
    array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    if array.dtype.kind == "f":
        missing = sum(int(np.count_nonzero(np.isnan(plane))) for plane in array)
        if missing:
            raise InputError(f"{path}: {missing} voxels are not a number (NaN); fill them in first")
    return array


def _read(path: Path, ending: str, key: str | None, shape: Sequence[int] | None, dtype: str | None) -> NDArray[Any]:
    if ending == ".npz":
        return _read_npz(path, key)
    if ending == ".raw":
        return _read_raw(path, shape, dtype)
    if ending == ".npy":
        with path.open("rb") as handle:
            return _read_npy(handle, path)
    return read_tiff(path)


def _read_npy(handle: IO[bytes], path: Path) -> NDArray[Any]:
    version = np.lib.format.read_magic(handle)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"version {version[0]}.{version[1]} of the format")
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran_order, dtype = header(handle)
    check_header(path, shape, dtype)
    array = np.empty(math.prod(shape), dtype)
    content = array.view(np.uint8)
    filled = 0
    while filled < content.size:
        part = handle.read(min(_CHUNK, content.size - filled))
        if not part:
            raise ValueError(f"it ends after {filled} of {content.size} bytes of voxels")
        content[filled : filled + len(part)] = np.frombuffer(part, np.uint8)
        filled += len(part)
    handle.read(1)  # the end of a zip member is where its checksum is compared
    return array.reshape(shape, order="F" if fortran_order else "C")


def _read_npz(path: Path, key: str | None) -> NDArray[Any]:
    with zipfile.ZipFile(path) as archive:
        members = {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}
        known = ", ".join(list(members)[:10]) + (" ..." if len(members) > 10 else "")
        if not members:
            raise ValueError("it holds no array")
        if key is None and len(members) > 1:
            raise InputError(f"{path}: the file holds several arrays ({known}); name one with image.key")
        if key is not None and key not in members:
            raise InputError(f'{path}: there is no array "{key}" in the file; {nearest(key, members)}')
        with archive.open(members[key or next(iter(members))]) as handle:
            return _read_npy(handle, path)


def _read_raw(path: Path, shape: Sequence[int] | None, dtype: str | None) -> NDArray[Any]:
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
    return np.fromfile(path, kind).reshape(shape)
