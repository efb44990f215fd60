"""Read voxel arrays from files that are not trusted: the header first, then the memory, then the numbers."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory
from electrosim.voxels.image import Labels, narrowest
from electrosim.voxels.read_hdf5 import open_hdf5
from electrosim.voxels.read_numpy import open_npy, open_npz, open_raw
from electrosim.voxels.read_slices import open_slices
from electrosim.voxels.read_tiff import open_tiff
from electrosim.voxels.read_zarr import is_zarr, open_zarr
from electrosim.voxels.stored import Box, Part, Stored

Crop = Sequence[tuple[int, int] | None]
"""First voxel and the one after the last along x, y and z; None for the whole axis."""

_FOLDER = "folder of slices"
_OPTIONS = {
    ".npz": {"key"},
    ".npy": set[str](),
    ".tif": set[str](),
    ".tiff": set[str](),
    ".raw": {"shape", "dtype"},
    ".h5": {"key"},
    ".hdf5": {"key"},
    ".zarr": {"key"},
    _FOLDER: set[str](),
}


def read_array(
    path: Path | str,
    key: str | None = None,
    shape: Sequence[int] | None = None,
    dtype: str | None = None,
    crop: Crop = (),
) -> NDArray[Any]:
    """Read a voxel image of two or three axes.

    Axes come in the order of the file: the pages of a .tif stack are axis 0, and in .raw files the last axis runs
    fastest.

    Parameters
    ----------
    path : Path or str
        A .npz, .npy, .tif, .tiff, .raw, .h5 or .hdf5 file, a .zarr folder, or a folder of .tif files, one per plane.
    key : str, optional
        Name of the array in a .npz, HDF5 or zarr file; needed if it holds several.
    shape : sequence of int, optional
        Voxels along each axis of a .raw file.
    dtype : str, optional
        Type of the numbers in a .raw file, such as ``"uint8"`` or ``">u2"``.
    crop : sequence, optional
        Per axis the first voxel and the one after the last, or None. Only the planes, pages or chunks that hold the
        box are read; a .npz file must be unpacked up to its end.

    Returns
    -------
    ndarray
        Booleans, integers or floats without NaN, C-contiguous, in the byte order of this machine.

    Raises
    ------
    InputError
        If the file is missing, damaged, of another kind, too large for the memory, holds something that is not an
        image of two or three axes, or does not contain the box.
    """
    path = Path(path)
    with _opened(path, key, shape, dtype) as stored:
        box = _box(path, stored.shape, crop)
        extent = tuple(end - begin for begin, end in box)
        native = stored.dtype.newbyteorder("=")
        check_memory(math.prod(extent) * native.itemsize, f"{path}: the image")
        array = np.empty(extent, native)
        for where, part in _parts(path, stored, box):
            array[where] = part
    return array


def read_labels(
    path: Path | str,
    key: str | None = None,
    shape: Sequence[int] | None = None,
    dtype: str | None = None,
    crop: Crop = (),
    threshold: float | None = None,
) -> Labels:
    """Read a voxel image of labels, or make labels of its grey values.

    The numbers are narrowed as they are read, so the memory needed is that of the labels, mostly a byte per voxel,
    and of one part of the file (16 MiB, or a page or chunk if that is more).

    Parameters
    ----------
    path, key, shape, dtype, crop
        As for `read_array`.
    threshold : float, optional
        Grey values below become label 0, the others label 1.

    Returns
    -------
    ndarray of uint8, uint16 or int32
        The narrowest of the types that holds the labels, C-contiguous.

    Raises
    ------
    InputError
        As `read_array`; and if grey values come without a threshold, or a label does not fit 32 bits.
    """
    path = Path(path)
    with _opened(path, key, shape, dtype) as stored:
        if threshold is None and stored.dtype.kind == "f":
            kind = stored.dtype.newbyteorder("=")
            raise InputError(f"{path}: the image holds {kind} grey values; add image.threshold to make labels")
        box = _box(path, stored.shape, crop)
        extent = tuple(end - begin for begin, end in box)
        check_memory(math.prod(extent), f"{path}: the image")
        labels: Labels = np.empty(extent, np.uint8)
        lowest = highest = 0
        for where, part in _parts(path, stored, box):
            numbers = part if threshold is None else part >= threshold
            lowest, highest = min(lowest, int(numbers.min())), max(highest, int(numbers.max()))
            kind = np.dtype(narrowest(lowest, highest, path))
            if kind != labels.dtype:
                check_memory(math.prod(extent) * kind.itemsize, f"{path}: the image with labels up to {highest}")
                labels = labels.astype(kind)
            labels[where] = numbers
    return labels


@contextmanager
def _opened(path: Path, key: str | None, shape: Sequence[int] | None, dtype: str | None) -> Iterator[Stored]:
    """Open a file; what goes wrong while it is open becomes one sentence."""
    ending = path.suffix.lower()
    folder = _is_folder(path)
    if folder:
        ending = ".zarr" if is_zarr(path) else _FOLDER
    options = _OPTIONS.get(ending)
    if options is None:
        known = ", ".join(ending for ending in _OPTIONS if ending != _FOLDER)
        raise InputError(f'{path}: the ending "{path.suffix}" is not known here; allowed are {known}, or a folder')
    if not folder and (ending == ".zarr" or not path.is_file()):
        raise InputError(f"{path}: there is no such {'folder' if ending == '.zarr' else 'file'}; check the path")
    for name, value in (("key", key), ("shape", shape), ("dtype", dtype)):
        if value is not None and name not in options:
            raise InputError(
                f"{path}: {name} has no meaning for a {ending}{'' if ending == _FOLDER else ' file'}; remove it"
            )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with _open(path, ending, key, shape, dtype) as stored:
                yield stored
    except InputError:
        raise
    except MemoryError:
        raise InputError(f"{path}: there is not enough memory to read the image; use a smaller one") from None
    except Exception as error:  # noqa: BLE001 parsers of damaged files raise whatever they like
        reason = (str(error) or type(error).__name__).split("\n")[0].rstrip(".")[:120]
        raise InputError(f"{path}: the file is damaged or not a {ending} image ({reason}); save it again") from None


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:  # such as a name that is too long
        return False


def _open(
    path: Path, ending: str, key: str | None, shape: Sequence[int] | None, dtype: str | None
) -> AbstractContextManager[Stored]:
    if ending == ".npz":
        return open_npz(path, key)
    if ending == ".raw":
        return open_raw(path, shape, dtype)
    if ending == ".npy":
        return open_npy(path)
    if ending in (".h5", ".hdf5"):
        return open_hdf5(path, key)
    if ending == ".zarr":
        return open_zarr(path, key)
    return open_slices(path) if ending == _FOLDER else open_tiff(path)


def _box(path: Path, shape: Sequence[int], crop: Crop) -> Box:
    """Return the box that is meant; raises if the image does not contain it."""
    ends = (*crop, *(None for _ in shape[len(crop) :]))
    for axis, given in zip("xyz", ends, strict=False):
        if given is None:
            continue
        if "xyz".index(axis) >= len(shape):
            raise InputError(f"{path}: image.crop.{axis} is given and the image has no axis {axis}; remove it")
        size = shape["xyz".index(axis)]
        if not 0 <= given[0] < given[1] <= size:
            raise InputError(
                f"{path}: image.crop.{axis} = [{given[0]}, {given[1]}] is not within the {size} voxels along {axis}; "
                f"give [first, end] between 0 and {size}"
            )
    return tuple(given or (0, size) for given, size in zip(ends, shape, strict=False))


def _parts(path: Path, stored: Stored, box: Box) -> Iterator[Part]:
    """Read part by part; not-a-number is counted on the way and refused at the end."""
    check_memory(stored.largest_part, f"{path}: one part of the image")
    missing = 0
    for where, part in stored.parts(box):
        if part.dtype.kind == "f":
            missing += int(np.count_nonzero(np.isnan(part)))
        yield where, part
    if missing:
        raise InputError(f"{path}: {missing} voxels are not a number (NaN); fill them in first")
