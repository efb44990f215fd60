"""Open .tif stacks that are not trusted; tifffile goes on after damage, so its log decides whether a file is whole."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory
from electrosim.voxels.limits import check_header
from electrosim.voxels.stored import Box, Part, Stored, stream

_UNCOMPRESSED = 1
_LARGEST_EXPANSION = 1032  # of deflate: that many bytes at most from one


@contextmanager
def open_tiff(path: Path) -> Iterator[Stored]:
    """Open the one stack in a .tif file; its pages are axis 0.

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
        If the stack is no image of two or three axes, holds colours, or the file has several stacks.
    Exception
        Whatever tifffile raises, or `ValueError` with what it logged, if the file is damaged.
    """
    import tifffile

    with _listening(logging.getLogger("tifffile")) as complaints:
        # is_ome: the description of an OME file may name further files, which are not to be opened
        with tifffile.TiffFile(path, is_ome=False) as file:
            series = file.series
            _refuse(complaints)
            if len(series) != 1:
                shapes = ", ".join(str(tuple(one.shape)) for one in series[:5])
                raise InputError(f"{path}: the file holds {len(series)} stacks ({shapes}); save one of them alone")
            stack = series[0]
            if "S" in stack.axes:
                raise InputError(f"{path}: the image is in colour; save it as grey values or labels")
            if stack.dtype is None:
                raise ValueError("its numbers have no type")
            check_header(path, stack.shape, np.dtype(stack.dtype))
            _check_compressed_blocks(path, stack)
            if stack.dataoffset is not None:  # the numbers follow one another, as they are in memory
                file.filehandle.seek(stack.dataoffset)
                dtype = np.dtype(stack.dtype).newbyteorder(file.byteorder)
                yield stream(file.filehandle, stack.shape, dtype)
            else:
                yield _page_by_page(path, stack)
        _refuse(complaints)


def _page_by_page(path: Path, stack: Any) -> Stored:
    """Describe a stack whose pages must be decoded."""
    whole = len(stack.shape) == len(stack.keyframe.shape)  # a single page, or one of three axes

    def parts(box: Box) -> Iterator[Part]:
        if whole:
            yield (slice(None),) * len(box), _decode(path, stack)[tuple(slice(*ends) for ends in box)]
            return
        (begin, end), *within = box
        for number in range(begin, end):
            page = _decode(path, stack.pages[number])
            yield (number - begin, *(slice(None) for _ in within)), page[tuple(slice(*ends) for ends in within)]

    dtype = np.dtype(stack.dtype)
    shape = stack.shape if whole else stack.shape[1:]
    return Stored(tuple(stack.shape), dtype, math.prod(shape) * dtype.itemsize, parts)


def _decode(path: Path, source: Any) -> NDArray[Any]:
    """Read a page or a stack; some compressions need a package that is not among the dependencies."""
    try:
        return np.asarray(source.asarray())
    except ValueError as error:
        if "imagecodecs" not in str(error):
            raise
        kind = source.keyframe.compression.name
        raise InputError(
            f"{path}: the image is compressed with {kind}; save it uncompressed or run: pip install imagecodecs"
        ) from None


def _check_compressed_blocks(path: Path, stack: Any) -> None:
    """Refuse a block that could expand beyond the memory: a decoder may not stop at the size that is expected."""
    for page in stack.pages:
        if page is not None and page.keyframe.compression != _UNCOMPRESSED:
            largest = max(page.databytecounts, default=0)
            check_memory(largest * _LARGEST_EXPANSION, f"{path}: a compressed block of {largest} bytes may expand and")


def _refuse(complaints: list[str]) -> None:
    if complaints:
        raise ValueError(complaints[0])


class _Errors(logging.Handler):
    """Keeps the texts of errors."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


@contextmanager
def _listening(logger: logging.Logger) -> Iterator[list[str]]:
    """Take a logger's errors instead of letting them be printed."""
    handler, propagate = _Errors(), logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.texts
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
