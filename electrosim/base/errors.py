"""The two ways a run can fail, each with one sentence for the user."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ElectrosimError(Exception):
    """Base of every error that electrosim raises on purpose."""


class InputError(ElectrosimError, ValueError):
    """The input is wrong; the message is one sentence that says what to change (exit status 2)."""


class SolveError(ElectrosimError, RuntimeError):
    """A solve did not succeed; the message is the sentence of its status (exit status 3)."""


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the end of a sentence that names the nearest known word, or all of them if none is near."""
    names = sorted(known)
    close = difflib.get_close_matches(str(word), names, n=1, cutoff=0.55)
    if close:
        return f'did you mean "{close[0]}"?'
    return "known here: " + ", ".join(names)
