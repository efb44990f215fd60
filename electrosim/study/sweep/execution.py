"""Where the cases of a sweep are solved: here, in processes of one thread each, or on a Dask cluster."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from electrosim.base.errors import InputError, SolveError
from electrosim.base.memory import cores
from electrosim.base.workers import as_they_end
from electrosim.study.sweep.case import Chunk, Record, solve_chunk

_PATIENCE = "10s"
_AHEAD = 3


@dataclass(frozen=True)
class Execution:
    """Who solves the cases; the answer is the same to the last bit.

    Parameters
    ----------
    jobs : int or None
        Processes; 1 means this one, None as many as there are cores, or this one if the sweep is short.
    dask : str or None
        Address of a Dask scheduler, or "local" for a cluster on this machine.
    """

    jobs: int | None = None
    dask: str | None = None

    def processes(self, seconds: float) -> int:
        """Return the number of processes for work of so many seconds: starting one takes some itself."""
        if self.jobs is not None:
            return self.jobs
        return cores() if seconds > _SECONDS_WORTH_PROCESSES else 1

    @contextmanager
    def results(self, tasks: Mapping[str, Chunk], seconds: float) -> Iterator[Iterator[tuple[str, list[Record]]]]:
        """Give the records of each chunk as soon as they are there; nothing goes on working after the block."""
        if self.dask is None:
            with as_they_end(solve_chunk, tasks, self.processes(seconds)) as results:
                yield results
        else:
            with self._client() as client, closing(_by_dask(client, tasks)) as results:
                yield results

    @contextmanager
    def _client(self) -> Iterator[Any]:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise InputError('--dask needs Dask; install it with pip install "electrosim[cluster]"') from None
        if self.dask == "local":
            with (
                LocalCluster(n_workers=self.jobs or cores(), threads_per_worker=1, dashboard_address=None) as cluster,
                Client(cluster) as client,
            ):
                yield client
            return
        try:
            client = Client(self.dask, timeout=_PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError(f"no Dask scheduler answers at {self.dask} within {_PATIENCE} ({reason})") from None
        with client:
            yield client


_SECONDS_WORTH_PROCESSES = 10.0


def _by_dask(client: Any, tasks: Mapping[str, Chunk]) -> Generator[tuple[str, list[Record]]]:
    from distributed import as_completed

    left, ended = iter(tasks), as_completed()
    running: dict[Any, str] = {}

    def submit() -> None:
        """Hand over some tasks for each thread that the cluster has now, so that none need wait."""
        most = max(_AHEAD * sum(client.nthreads().values()), 1)
        for key in itertools.islice(left, max(most - len(running), 0)):
            future = client.submit(solve_chunk, tasks[key], pure=False)
            running[future] = key
            ended.add(future)

    try:
        submit()
        for future in ended:
            if future.status != "finished":
                raise SolveError(f"A Dask worker failed: {future.exception()!r}.")
            yield running.pop(future), future.result()
            submit()
    finally:
        client.cancel(list(running))
