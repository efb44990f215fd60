"""Work spread over processes of one thread each, which end when their work or whoever asked for it ends."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from typing import TypeVar

from electrosim.base.errors import SolveError

Key = TypeVar("Key")
Task = TypeVar("Task")
Result = TypeVar("Result")

_AHEAD = 3  # tasks for each process that are handed over: one that it does, and some so that it need not wait
_ONE_THREAD = dict.fromkeys(("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@contextmanager
def as_they_end(
    function: Callable[[Task], Result], tasks: Mapping[Key, Task], workers: int
) -> Iterator[Iterator[tuple[Key, Result]]]:
    """Call a function for every task; give its results one by one, each as soon as it is there.

    Parameters
    ----------
    function : callable
        Of a module, for it is looked up by name in the processes; its answer must not depend on other tasks.
    tasks : mapping
        Argument of each call, by a key of the caller's; asked for shortly before it is needed.
    workers : int
        Processes; 1 means this one. They are started afresh, so threads and locks of this process are not theirs.

    Yields
    ------
    iterator of (key, result)
        When the block is left, by an exception or an interrupt too, nothing goes on working.

    Raises
    ------
    SolveError
        If a process was ended from outside, as the system does for want of memory.
    """
    with closing(_results(function, tasks, workers)) as results:
        yield results


def _results(
    function: Callable[[Task], Result], tasks: Mapping[Key, Task], workers: int
) -> Generator[tuple[Key, Result]]:
    if workers == 1:
        for key, task in tasks.items():
            yield key, function(task)
        return
    with _processes(min(workers, max(len(tasks), 1))) as pool:
        left = iter(tasks)
        running: dict[Future[Result], Key] = {}
        try:
            while True:
                for key in itertools.islice(left, _AHEAD * workers - len(running)):
                    running[pool.submit(function, tasks[key])] = key
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        except BrokenProcessPool:
            raise SolveError(
                "A worker process was ended from outside, most likely for want of memory; set fewer method.workers."
            ) from None


@contextmanager
def _processes(count: int) -> Iterator[Executor]:
    """Give a pool of spawned processes; if the block does not end well they are ended at once."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, initializer=_settle) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def _settle() -> None:
    """Prepare a process before it imports anything heavy: one thread, deaf to Ctrl-C, no longer there than its parent.

    The keyboard's interrupt goes to every process of a terminal; the parent hears it and ends the others.
    """
    os.environ.update(_ONE_THREAD)
    if "numba" in sys.modules:  # of a script that imports it at its top, which a spawned process repeats
        sys.modules["numba"].set_num_threads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
