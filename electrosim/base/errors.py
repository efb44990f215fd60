"""The two ways a run can fail, each with one sentence for the user."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class ElectrosimError(Exception):
    """Base of every error that electrosim raises on purpose."""


class InputError(ElectrosimError, ValueError):
    """The input is wrong; the message is one sentence that says what to change (exit status 2).

    Parameters
    ----------
    message : str
        The sentence.
    key : tuple of str, optional
        Key of a scenario that the sentence is about; whoever knows the scenario's file adds the line.
    """

    def __init__(self, message: str, key: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.key = key


class SolveError(ElectrosimError, RuntimeError):
    """A solve did not succeed; the message is the sentence of its status (exit status 3)."""


@contextmanager
def concerning(*key: str) -> Iterator[None]:
    """Note the key of a scenario that errors inside the block are about, unless they name one themselves."""
    try:
        yield
    except InputError as error:
        error.key = error.key or key
        raise


def shortened(text: str) -> str:
    """Return what a message can show of a text that may be long."""
    return text if len(text) <= 60 else text[:57] + "..."


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that names the nearest known word, or all of them if none is near."""
    names = sorted(known)
    close = difflib.get_close_matches(str(word), names, n=1, cutoff=0.55)
    if close:
        return f'did you mean "{close[0]}"?'
    return "known here: " + ", ".join(names)
