"""PoreSpy kept to itself: it changes numpy's error handling and the root log when imported, and seeds globally."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from electrosim.base.memory import cores


@contextmanager
def guarded_porespy() -> Iterator[Any]:
    """Give the module `porespy` for the body of a ``with``; what it changed globally is put back afterwards.

    Yields
    ------
    module
        Its warnings are ignored inside the body; numpy's error handling and global random state, and the handlers
        of the root log, are as before when the body ends. It takes as many threads as `base.memory.cores` says.
    """
    handlers = logging.getLogger().handlers[:]
    with warnings.catch_warnings(), np.errstate():
        warnings.simplefilter("ignore")
        state = np.random.get_state()  # noqa: NPY002 it is the global state that is kept
        try:
            import porespy

            threads, porespy.settings.ncores = porespy.settings.ncores, cores()
            try:
                yield porespy
            finally:
                porespy.settings.ncores = threads
        finally:
            np.random.set_state(state)  # noqa: NPY002
            logging.getLogger().handlers[:] = handlers
