"""Open images in zarr folders that are not trusted; zarr refuses codecs of Python objects, pickle among them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from electrosim.base.errors import InputError
from electrosim.voxels.limits import check_header, chosen, is_image
from electrosim.voxels.stored import Stored, chunked


def is_zarr(path: Path) -> bool:
    """Return whether a path is a folder of zarr, of the format 2 or 3."""
    return path.is_dir() and any((path / name).is_file() for name in ("zarr.json", ".zarray", ".zgroup"))


@contextmanager
def open_zarr(path: Path, key: str | None) -> Iterator[Stored]:
    """Open an array of a zarr folder.

    Parameters
    ----------
    path : Path
        A folder for which `is_zarr` holds.
    key : str, optional
        Path of the array in the folder, such as ``"0"``; needed if several can be images.

    Yields
    ------
    Stored

    Raises
    ------
    InputError
        If there is no such array, or it is no image.
    Exception
        Whatever damage leads to.
    """
    import zarr

    node = zarr.open(path, mode="r")
    if isinstance(node, zarr.Array):
        if key is not None:
            raise InputError(f"{path}: the folder is a single array; remove image.key")
        array = node
    else:
        arrays = {name: item for name, item in node.members(max_depth=None) if isinstance(item, zarr.Array)}
        key = key.strip("/") if key else None
        images = [name for name, item in arrays.items() if is_image(item.shape, np.dtype(item.dtype))]
        array = arrays[chosen(path, key, arrays if key else images)]
    dtype = np.dtype(array.dtype)
    check_header(path, array.shape, dtype)
    yield chunked(array, array.shape, dtype, array.shards or array.chunks)
