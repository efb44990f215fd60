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
from electrosim.backscatter.stack import stacks_of
from electrosim.backscatter.tally_kernels import BARE, Counts
from electrosim.backscatter.variables import standard_error
from electrosim.base.memory import cores
from electrosim.base.observer import Observer

BLOCK = 1 << 14
"""Histories that are followed at a stretch; whether to go on is asked between blocks."""
_ONE_IN_SPACE = 8  # of so many blocks one follows x and y, too, for the lateral spread
_BETWEEN_NEWS = 0.1  # seconds


@dataclass
class _News:
    """Tells how far a job is, from several threads."""

    job: Job
    most: int
    observer: Observer
    every: bool
    done: int = 0
    told: float = -math.inf
    began: float = field(default_factory=time.perf_counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, electrons: int, part: Found) -> None:
        """Take the news of a block, with all that its thread has counted so far."""
        with self.lock:
            self.done += electrons
            now = time.perf_counter()
            if now < self.told + _BETWEEN_NEWS and self.done < self.most:
                return
            self.told = now
            rate = self.done / (now - self.began)
            error = standard_error(part, self.job, smooth=not self.every) * math.sqrt(part.electrons / self.done)
            remark = f"{rate:.2g} electrons/s, standard error {error:.1e}"
            self.observer(self.job.name, self.done / self.most, remark)


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
    parts, followed = empty_counts(job, face.size + 1, threads), [0] * threads
    fixed = (every or face.size == 0, job.film or 0, face, stacks, job.tables.media, job.beam, job.window)
    stop, news = threading.Event(), _News(job, electrons, observer, every)

    def work(thread: int, numbers: Iterable[int]) -> None:
        for number in numbers:
            if stop.is_set():
                return
            size = min(BLOCK, electrons - number * BLOCK)
            space = np.empty((0, 5)) if job.tilt > 0 or number % _ONE_IN_SPACE == 0 else None
            tally_kernels.block(job.key(seed), number * BLOCK, size, *fixed, parts[thread], space)
            followed[thread] += size
            news.add(size, _found([parts[thread]], followed[thread], face.size, every=every))

    blocks = -(-electrons // BLOCK)
    done, target = 0, 1 if enough else blocks
    with ThreadPoolExecutor(threads) as pool:
        while True:
            try:
                list(pool.map(work, range(threads), [range(done + first, target, threads) for first in range(threads)]))
            finally:
                stop.set()
            stop.clear()
            found = _found(parts, min(target * BLOCK, electrons), face.size, every=every)
            if target == blocks or (enough and standard_error(found, job, smooth=not every) <= enough):
                return found
            done, target = target, min(2 * target, blocks)


def _found(parts: Sequence[Counts], electrons: int, faces: int, *, every: bool) -> Found:
    """Return the sum of counts, and how many histories went on below each face."""
    first = parts[0]
    total = first._replace(**{name: sum(getattr(part, name) for part in parts) for name in Counts._fields[:6]})
    if every or faces == 0:
        return Found(total, electrons, np.full(faces, electrons))
    bare = -(-electrons // BARE)
    others = (electrons - bare - np.arange(faces - 1) + faces - 2) // (faces - 1)
    return Found(total, electrons, np.append(bare, others))
