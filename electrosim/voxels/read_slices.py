"""Open a folder of .tif files, one for each plane of an image."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from electrosim.base.errors import InputError
from electrosim.voxels.read_tiff import open_tiff
from electrosim.voxels.stored import Box, Part, Stored


@contextmanager
def open_slices(folder: Path) -> Iterator[Stored]:
    """Open the .tif files of a folder as the planes of axis 0, sorted by the numbers in their names.

    Parameters
    ----------
    folder : Path
        An existing folder; files with other endings are left aside.

    Yields
    ------
    Stored

    Raises
    ------
    InputError
        If there is no such file, a number is missing between two others, or the files are not single slices of one
        size and type; of files outside the box that is read only the first is looked at.
    Exception
        Whatever damage leads to.
    """
    paths = [path for path in folder.iterdir() if path.suffix.lower() in (".tif", ".tiff") and path.is_file()]
    if not paths:
        raise InputError(f"{folder}: there is no .tif or .tiff file in the folder; check the path")
    paths.sort(key=lambda path: ([int(number) for number in re.findall(r"\d+", path.name)], path.name))
    _check_numbers(folder, paths)
    with open_tiff(paths[0]) as first:
        shape, dtype, largest = first.shape, first.dtype, first.largest_part
    if len(shape) != 2:
        raise InputError(f"{paths[0]}: the file holds {shape[0]} slices; a folder needs one in each file")

    def parts(box: Box) -> Iterator[Part]:
        (begin, end), *within = box
        for number in range(begin, end):
            with open_tiff(paths[number]) as plane:
                if (plane.shape, plane.dtype) != (shape, dtype):
                    raise InputError(
                        f"{paths[number]}: the slice has {_described(plane)} and {paths[0].name} has "
                        f"{_described(first)}; all slices must be alike"
                    )
                for where, numbers in plane.parts(tuple(within)):
                    yield (number - begin, *where), numbers

    yield Stored((len(paths), *shape), dtype, largest, parts)


def _described(plane: Stored) -> str:
    return f"{' x '.join(map(str, plane.shape))} voxels of {plane.dtype}"


def _check_numbers(folder: Path, paths: list[Path]) -> None:
    """Refuse a gap where the last numbers in the names otherwise rise evenly."""
    found = [re.findall(r"\d+", path.stem) for path in paths]
    if not all(found):
        return
    steps = [int(last[-1]) - int(first[-1]) for first, last in itertools.pairwise(found)]
    if not steps or min(steps) < 1:
        return
    for step, (path, following) in zip(steps, itertools.pairwise(paths), strict=True):
        if step != min(steps):
            raise InputError(
                f"{folder}: a slice is missing between {path.name} and {following.name}; add it, or number without gaps"
            )
