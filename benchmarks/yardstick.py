"""The yardstick: one pass of the 7-point stencil over a padded array, in single precision on one thread.

No solver on the same grid can do with less than a few of these; how many a whole solve takes does not depend on the
machine, as long as both are limited by the same caches and memory.
"""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def sweep(x, y):
    """y = A x inside a border one voxel wide, A the Laplacian of a block in which everything conducts."""
    six = np.float32(6)
    for i in range(1, x.shape[0] - 1):
        for j in range(1, x.shape[1] - 1):
            for k in range(1, x.shape[2] - 1):
                y[i, j, k] = six * x[i, j, k] - (
                    (x[i - 1, j, k] + x[i + 1, j, k])
                    + (x[i, j - 1, k] + x[i, j + 1, k])
                    + (x[i, j, k - 1] + x[i, j, k + 1])
                )


def seconds_per_sweep(shape: tuple[int, ...]) -> float:
    """Return the least processor time of one sweep over an image of a shape, of those that fit into half a second."""
    padded: Any = [size + 2 for size in shape]
    x, y = np.ones(padded, np.float32), np.zeros(padded, np.float32)
    sweep(x, y)
    spent = []
    end = time.perf_counter() + 0.5
    while time.perf_counter() < end or len(spent) < 5:
        began = time.thread_time()
        sweep(x, y)
        spent.append(time.thread_time() - began)
    return min(spent)
