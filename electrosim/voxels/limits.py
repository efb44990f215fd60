"""What an array must be to become an image, asked before it is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from electrosim.base.errors import InputError, nearest


def check_header(path: Path, shape: Sequence[int], dtype: np.dtype[Any]) -> None:
    """Refuse an array that is no image, before it is read.

    Parameters
    ----------
    path : Path
        File that the header was read from.
    shape, dtype
        What the header promises.

    Raises
    ------
    InputError
        If the numbers are no labels or grey values, or there are not two or three axes.
    """
    if dtype.kind not in "buif":
        raise InputError(f"{path}: the numbers are of type {dtype}; allowed are booleans, integers and real floats")
    if not is_image(shape, dtype):
        sizes = ", ".join(map(str, shape))
        raise InputError(f"{path}: the array has the shape ({sizes}); an image has two or three axes, none empty")


def is_image(shape: Sequence[int], dtype: np.dtype[Any]) -> bool:
    """Return whether an array of that shape and type can be an image."""
    return dtype.kind in "buif" and len(shape) in (2, 3) and min(shape) >= 1


def chosen(path: Path, key: str | None, names: Iterable[str]) -> str:
    """Return the name of the array that is meant, of those in a file that may hold several.

    Parameters
    ----------
    path : Path
        The file.
    key : str, optional
        The name asked for; needed if there are several.
    names : iterable of str
        The names there are.

    Raises
    ------
    InputError
        If there is no array of that name, or several and none is named.
    ValueError
        If there is none at all.
    """
    known = list(names)
    if not known:
        raise ValueError("it holds no array that is an image")
    if key is None and len(known) > 1:
        listed = ", ".join(known[:10]) + (" ..." if len(known) > 10 else "")
        raise InputError(f"{path}: the file holds several arrays ({listed}); name one with image.key")
    if key is not None and key not in known:
        raise InputError(f'{path}: there is no array "{key}" in the file; {nearest(key, known)}')
    return key or known[0]
