"""Open images in zarr folders that are not trusted: only codecs that make numbers of numbers are let in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from electrosim.base.errors import InputError
from electrosim.voxels.limits import check_header, chosen, is_image
from electrosim.voxels.stored import Stored, chunked

_CODECS = {
    *("blosc", "bz2", "gzip", "lz4", "lzma", "zlib", "zstd"),
    *("astype", "bitround", "bytes", "delta", "fixedscaleoffset", "packbits", "quantize", "shuffle", "transpose"),
    *("adler32", "crc32", "crc32c", "fletcher32", "sharding_indexed"),
}
"""The codec "pickle" of the old format would run code from the file."""


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
        If there is no such array, it is no image, or it is coded in a way that is not let in.
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
    for name in _codecs(array):
        if name not in _CODECS:
            raise InputError(f'{path}: the array is coded by "{name}"; save it with another codec, such as zstd')
    yield chunked(array, array.shape, dtype, array.shards or array.chunks)


def _codecs(array: Any) -> Iterator[str]:
    """Give the name of each codec of an array."""
    metadata = array.metadata
    if metadata.zarr_format == 2:
        for codec in (*(metadata.filters or ()), *([metadata.compressor] if metadata.compressor else ())):
            yield codec.codec_id
    else:
        yield from _nested(codec.to_dict() for codec in metadata.codecs)


def _nested(codecs: Iterable[Any]) -> Iterator[str]:
    """Give the name of each codec, and of those inside of shards."""
    for codec in codecs:
        yield codec["name"]
        configuration = codec.get("configuration", {})
        for inner in ("codecs", "index_codecs"):
            yield from _nested(configuration.get(inner, ()))
