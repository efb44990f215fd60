"""What an array must be to become an image, asked before it is read."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory


def check_header(path: Path, shape: Sequence[int], dtype: np.dtype[Any]) -> None:
    """Refuse an array that is no image or that does not fit the memory, before it is read.

    Parameters
    ----------
    path : Path
        File that the header was read from.
    shape, dtype
        What the header promises.

    Raises
    ------
    InputError
        If the numbers are no labels or grey values, there are not two or three axes, or the memory does not suffice.
    """
    if dtype.kind not in "buif":
        raise InputError(f"{path}: the numbers are of type {dtype}; allowed are booleans, integers and real floats")
    if len(shape) not in (2, 3) or min(shape) < 1:
        sizes = ", ".join(map(str, shape))
        raise InputError(f"{path}: the array has the shape ({sizes}); an image has two or three axes, none empty")
    check_memory(math.prod(shape) * dtype.itemsize, f"{path}: the image")
