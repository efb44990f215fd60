"""How much memory there is, asked before it is taken."""

from __future__ import annotations

import os
from pathlib import Path

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


def check_memory(needed: int, what: str, *, share: float = 0.5) -> None:
    """Refuse what would take more than a share of the available memory.

    Parameters
    ----------
    needed : int
        Bytes.
    what : str
        Beginning of the sentence, such as ``"a.npy: the image"``.
    share : float
        Half of it for estimates; more only where the bytes were measured and little else is needed beside them.

    Raises
    ------
    InputError
        With the bytes needed and the bytes allowed.
    """
    allowed = int(available_memory() * share)
    if needed > allowed:
        words = "half" if share == 0.5 else f"{share:.0%}"
        raise InputError(
            f"{what} needs {needed} bytes of memory and at most {allowed}, {words} of what is free, may be taken; "
            "use a smaller image or a larger machine"
        )


def cores() -> int:
    """Return how many threads this process may keep busy.

    NUMBA_NUM_THREADS where it is set, as in worker processes that share a machine, and the number of cores otherwise.
    """
    stated = os.environ.get("NUMBA_NUM_THREADS", "")
    count = os.cpu_count() or 1
    return min(int(stated), count) if stated.isdecimal() and int(stated) else count


def side_by_side(tasks: int, needed: int) -> int:
    """Return how many of equal tasks to work on at a time: as many as there are cores (see `cores`) and memory for.

    Parameters
    ----------
    tasks : int
        How many there are.
    needed : int
        Bytes that one of them takes; together they may take half of the available memory.
    """
    return max(1, min(tasks, cores(), available_memory() // (2 * needed)))
