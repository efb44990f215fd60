"""Threads that solve side by side and end together."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


class _Stopped(Exception):  # noqa: N818  not an error: another solve has ended the work
    """Ends a solve whose result is no longer wanted."""


@contextmanager
def stoppable_pool(workers: int) -> Iterator[tuple[ThreadPoolExecutor, Callable[[], None]]]:
    """Give a pool and what its tasks call from time to time: after an exception, or an interrupt, that ends them."""
    stop = threading.Event()

    def go_on() -> None:
        if stop.is_set():
            raise _Stopped

    with ThreadPoolExecutor(workers) as pool:
        try:
            yield pool, go_on
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
