"""Records of several cases as one table of arrays, as it is kept on disk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from electrosim.study.sweep.case import Record


def pack(records: Sequence[Record]) -> Record:
    """Return the records of a chunk as one."""
    return {f"{number}/{name}": values for number, record in enumerate(records) for name, values in record.items()}


def unpack(packed: Record) -> list[Record]:
    """Return the records of a chunk."""
    found: dict[int, dict[str, Any]] = {}
    for key, values in packed.items():
        number, _, name = key.partition("/")
        found.setdefault(int(number), {})[name] = values
    return [found[number] for number in sorted(found)]
