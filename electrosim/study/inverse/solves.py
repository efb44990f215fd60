"""What parameter sets gave, each solved for once, and kept so that an interrupted search goes on where it stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import ElectrosimError

Array = NDArray[np.float64]
Record = Mapping[str, "NDArray[np.generic]"]

_EVERY = 2.0  # seconds between parts: what a killed search loses, besides the solve that is running


@dataclass(frozen=True)
class Outcome:
    """What a parameter set gave: numbers, or the sentence that says why there are none."""

    values: Array | None
    sentence: str = ""


@dataclass
class Solves(AbstractContextManager["Solves"]):
    """Outcomes by parameter set; searches are deterministic, so one that begins anew asks for the same sets again.

    Left by an interrupt, it keeps what has not been kept yet.

    Parameters
    ----------
    finished : mutable mapping
        Where parts are kept, each the outcomes of a few parameter sets.
    name : str
        What the parts belong to: other names are other problems.
    """

    finished: MutableMapping[str, Record] = field(default_factory=dict)
    name: str = "solves"
    _known: dict[bytes, Outcome] = field(default_factory=dict)
    _new: list[tuple[Array, Outcome]] = field(default_factory=list)
    _parts: int = 0
    _kept_at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        """Read what is kept."""
        for key in list(self.finished):
            part = self.finished.get(key) if key.startswith(f"{self.name}-") else None
            if part is None:
                continue
            self._parts = max(self._parts, int(key.rpartition("-")[2]) + 1)
            for shares, values, sentence in zip(part["shares"], part["values"], part["sentence"], strict=True):
                outcome = Outcome(None, str(sentence)) if sentence else Outcome(np.asarray(values, float))
                self._known[_key(shares)] = outcome

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Keep what is new of an interrupted search."""
        if isinstance(error, KeyboardInterrupt):
            self._keep()

    def outcome(self, shares: Array, solve: Callable[[Array], Array]) -> Outcome:
        """Return what a parameter set gives; it is solved for unless it is known."""
        key = _key(shares)
        if key not in self._known:
            try:
                found = Outcome(solve(shares))
            except ElectrosimError as error:
                found = Outcome(None, str(error))
            self._known[key] = found
            self._new.append((np.array(shares, np.float64), found))
            if time.monotonic() - self._kept_at > _EVERY:
                self._keep()
        return self._known[key]

    def _keep(self) -> None:
        """Put the outcomes that are new into a part of their own."""
        if not self._new:
            return
        sizes = [found.values.size for _, found in self._new if found.values is not None]
        nothing = np.full(max(sizes, default=0), np.nan)
        self.finished[f"{self.name}-{self._parts}"] = {
            "shares": np.stack([shares for shares, _ in self._new]),
            "values": np.stack([nothing if found.values is None else found.values for _, found in self._new]),
            "sentence": np.array([found.sentence for _, found in self._new], str),
        }
        self._parts += 1
        self._new, self._kept_at = [], time.monotonic()


def _key(shares: Array) -> bytes:
    return np.ascontiguousarray(shares, np.float64).tobytes()
