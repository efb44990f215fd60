"""How a solve tells the outside how far it is."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Protocol


class Observer(Protocol):
    """Hears what is being done and which share of it is done.

    A solve calls it now and then, possibly from several threads; it must be quick and must not raise.
    """

    def __call__(self, task: str, share: float, remark: str = "") -> None:
        """Take the news: name of the task, share done from 0 to 1, a short remark such as the current error."""


def silent(task: str, share: float, remark: str = "") -> None:
    """Ignore all news."""


def announce_compilation(observer: Observer, kernels: ModuleType, first: str) -> None:
    """Say that kernels will be compiled if the cache of the function `first` in module `kernels` is empty."""
    folder = Path(getattr(kernels, first)._cache.cache_path)
    if not any(folder.glob(f"{kernels.__name__.rpartition('.')[2]}.{first}-*.nbi")):
        observer("compiling kernels, once per installation", 0.0)
