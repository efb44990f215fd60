"""An image that is opened but not yet read: what its header promises, and its numbers part by part."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

CHUNK = 1 << 24
"""Bytes of the file that are read at a time, if the format has a choice."""

Box = tuple[tuple[int, int], ...]
"""First voxel and the one after the last, along each axis."""

Part = tuple[tuple[slice | int, ...], NDArray[Any]]
"""Where in the box, and the numbers there."""


class Seekable(Protocol):
    """A binary file, or what acts as one."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, fewer at the end of the file."""

    def seek(self, offset: int, /) -> int:
        """Go to a place."""

    def tell(self) -> int:
        """Return the place."""


@dataclass(frozen=True)
class Stored:
    """An open image.

    Parameters
    ----------
    shape : tuple of int
        Voxels along each axis.
    dtype : numpy.dtype
        Type of the numbers.
    largest_part : int
        Bytes that a part may take.
    parts : callable
        Takes a box and reads it: yields parts that fill it.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    largest_part: int
    parts: Callable[[Box], Iterator[Part]]


def stream(handle: Seekable, shape: Sequence[int], dtype: np.dtype[Any], *, fortran_order: bool = False) -> Stored:
    """Describe an image whose numbers follow one another in a file, from where the file now stands.

    Parameters
    ----------
    handle : binary file
        Must be able to seek forwards.
    shape : sequence of int
        Voxels along each axis.
    dtype : numpy.dtype
        Of each number in the file.
    fortran_order : bool
        Whether the first axis runs fastest, not the last one.

    Returns
    -------
    Stored
    """
    offset = handle.tell()
    outwards = -1 if fortran_order else 1  # an array in Fortran order is the transpose of one in C order
    plane_shape = tuple(shape)[::outwards][1:]
    plane = math.prod(plane_shape) * dtype.itemsize
    at_a_time = max(1, CHUNK // plane)

    def parts(box: Box) -> Iterator[Part]:
        (begin, end), *within = box[::outwards]
        for first in range(begin, end, at_a_time):
            last = min(first + at_a_time, end)
            handle.seek(offset + first * plane)
            numbers = np.frombuffer(_exactly(handle, (last - first) * plane), dtype)
            cut = numbers.reshape(-1, *plane_shape)[(slice(None), *(slice(*ends) for ends in within))]
            where = (slice(first - begin, last - begin), *(slice(None) for _ in within))
            yield where[::outwards], cut.transpose() if fortran_order else cut

    return Stored(tuple(shape), dtype, plane * min(at_a_time, tuple(shape)[::outwards][0]), parts)


def _exactly(handle: Seekable, count: int) -> bytearray:
    content = bytearray(count)
    view, filled = memoryview(content), 0
    while filled < count:
        part = handle.read(count - filled)
        if not part:
            raise ValueError(f"it ends {count - filled} bytes before the end of the voxels")
        view[filled : filled + len(part)] = part
        filled += len(part)
    return content


def chunked(array: Any, shape: Sequence[int], dtype: np.dtype[Any], chunks: Sequence[int]) -> Stored:
    """Describe an image of a library that stores it in chunks and reads slices of it.

    Parameters
    ----------
    array : object
        Is read by ``array[slices]``.
    shape : sequence of int
        Voxels along each axis.
    dtype : numpy.dtype
        Type of the numbers.
    chunks : sequence of int
        Voxels of a chunk along each axis.

    Returns
    -------
    Stored
        Each part is made of whole chunks, cut at the box, so no chunk is read twice.
    """
    thickness = [min(chunk, size) for chunk, size in zip(chunks, shape, strict=True)]
    size = math.prod(thickness) * dtype.itemsize
    for axis in reversed(range(len(thickness))):
        more = max(1, min(math.ceil(shape[axis] / thickness[axis]), CHUNK // size))
        thickness[axis] *= more
        size *= more

    def parts(box: Box) -> Iterator[Part]:
        per_axis = []
        for (begin, end), step in zip(box, thickness, strict=True):
            edges = [begin, *range((begin // step + 1) * step, end, step), end]
            per_axis.append(list(itertools.pairwise(edges)))
        for corner in itertools.product(*per_axis):
            where = tuple(slice(low - start, high - start) for (low, high), (start, _) in zip(corner, box, strict=True))
            yield where, np.asarray(array[tuple(slice(*ends) for ends in corner)])

    return Stored(tuple(shape), dtype, size, parts)
