"""What an image may be and how much memory it may take, asked before the memory is taken."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from electrosim.base.errors import InputError

_UNKNOWN_MACHINE = 4 << 30


def available_memory() -> int:
    """Return the bytes of memory that are free or can be freed on this machine."""
    try:
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    except (AttributeError, OSError, ValueError):
        return _UNKNOWN_MACHINE


def check_memory(needed: int, what: str) -> None:
    """Refuse what would take more than half of the available memory.

    Parameters
    ----------
    needed : int
        Bytes.
    what : str
        Beginning of the sentence, such as ``"a.npy: the image"``.

    Raises
    ------
    InputError
        With the bytes needed and the bytes allowed.
    """
    allowed = available_memory() // 2
    if needed > allowed:
        raise InputError(
            f"{what} needs {needed} bytes of memory and at most {allowed}, half of what is free, may be taken; "
            "use a smaller image or a larger machine"
        )


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
