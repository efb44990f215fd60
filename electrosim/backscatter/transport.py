"""Many histories: blocks spread over threads, whose counts add up to the same whoever did which."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from electrosim.backscatter import tally_kernels
from electrosim.backscatter.job import Found, Job, empty_counts
from electrosim.backscatter.problem import in_words
from electrosim.backscatter.stack import stacks_of
from electrosim.backscatter.tally_kernels import Counts
from electrosim.base.memory import cores
from electrosim.base.observer import Observer

BLOCK = 1 << 14
"""Histories that are followed at a stretch; whether to go on is asked between blocks."""
_ONE_IN_SPACE = 8  # of so many blocks one follows x and y, too, for the lateral spread


@dataclass
class _News:
    """Tells how far a job is, from several threads."""

    job: Job
    most: int
    observer: Observer
    error: float = math.nan
    done: int = 0
    began: float = field(default_factory=time.perf_counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, electrons: int) -> None:
        with self.lock:
            self.done += electrons
            rate = self.done / (time.perf_counter() - self.began)
            error = f", standard error {self.error:.1e}" if math.isfinite(self.error) else ""
            self.observer(f"{in_words(self.job.energy)}", self.done / self.most, f"{rate:.2g} electrons/s{error}")


def follow(
    job: Job, electrons: int, seed: int, *, every: bool, enough: float | None, workers: int | None, observer: Observer
) -> Found:
    """Follow the electrons of a job.

    Parameters
    ----------
    job : Job
        The beam and what it meets.
    electrons : int
        Most histories to follow.
    seed : int
        Number of the experiment.
    every : bool
        Whether each history goes on below every thickness of the film, or below one of them in turn.
    enough : float or None
        Standard error of the backscatter coefficient at which to stop; asked whenever the histories have doubled.
    workers : int or None
        Threads; as many as there are cores by default. They change nothing but the time.
    observer : callable
        Hears the progress, with electrons per second and the standard error so far.
    """
    threads = workers or cores()
    stacks, face = stacks_of(job.layers, job.film, (0.0, *job.thicknesses) if job.film is not None else (), job.tables)
    parts = empty_counts(job, face.size + 1, threads)
    fixed = (every, job.film or 0, face, stacks, job.tables.media, job.beam, job.window)
    stop, news = threading.Event(), _News(job, electrons, observer)

    def work(numbers: Iterable[int], counts: Counts) -> None:
        for number in numbers:
            if stop.is_set():
                return
            size = min(BLOCK, electrons - number * BLOCK)
            space = np.empty((0, 5)) if job.tilt > 0 or number % _ONE_IN_SPACE == 0 else None
            tally_kernels.block(job.key(seed), number * BLOCK, size, *fixed, counts, space)
            news.add(size)

    blocks = -(-electrons // BLOCK)
    done, target = 0, 1 if enough else blocks
    with ThreadPoolExecutor(threads) as pool:
        while True:
            try:
                list(pool.map(work, [range(done + first, target, threads) for first in range(threads)], parts))
            finally:
                stop.set()
            stop.clear()
            found = _found(parts, min(target * BLOCK, electrons), face.size, every=every)
            news.error = found.standard_error()
            if target == blocks or (enough and news.error <= enough):
                return found
            done, target = target, min(2 * target, blocks)


def _found(parts: Sequence[Counts], electrons: int, faces: int, *, every: bool) -> Found:
    """Return the sum of counts, and how many histories went on below each face."""
    first = parts[0]
    total = first._replace(**{name: sum(getattr(part, name) for part in parts) for name in Counts._fields[:6]})
    dealt = electrons if every else (electrons - np.arange(faces) + faces - 1) // max(faces, 1)
    return Found(total, electrons, np.broadcast_to(dealt, (faces,)).astype(np.int64))
