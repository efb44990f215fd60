"""Columns of numbers from a user's CSV file, which is not trusted."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest, shortened

_LARGEST_FILE = 100 << 20
_COMMA = re.compile(r"[+-]?\d+,\d+")
_MOST_LINES = 1_000_000
_LARGEST_NUMBER = 1e30  # as quantities of scenarios: products of a few do not overflow


def read_columns(path: Path, numbers: Iterable[str], words: Iterable[str] = ()) -> dict[str, NDArray[np.generic]]:
    """Read named columns of a CSV file with a head line; lines that start with # are left out.

    Parameters
    ----------
    path : Path
        The file; cells are parted by commas, or by semicolons if the head line holds any.
    numbers : iterable of str
        Columns to read as floats.
    words : iterable of str
        Columns to read as text.

    Returns
    -------
    dict of str to array
        Columns by name.

    Raises
    ------
    InputError
        If the file is missing, not text, larger than 100 MiB or of more than a million lines, a column is missing, or a
        cell is not a finite number up to 1e30; the sentence names file, line and column.
    """
    rows = _rows(path)
    if not rows:
        raise InputError(f"{path}: the file holds no table; its first line must name the columns")
    _, head = rows[0]
    numbers, words = list(dict.fromkeys(numbers)), list(dict.fromkeys(words))
    for name in (*numbers, *words):
        if name not in head:
            raise InputError(f'{path}: there is no column "{shortened(name)}"; {nearest(name, head)}')
        if head.count(name) > 1:
            raise InputError(f'{path}: there are {head.count(name)} columns "{shortened(name)}"; keep one')
    for line, cells in rows[1:]:
        if len(cells) != len(head):
            raise InputError(f"{path}:{line}: there are {len(cells)} cells and {len(head)} columns")
    found: dict[str, NDArray[np.generic]] = {}
    for name in numbers:
        at = head.index(name)
        found[name] = np.array([_number(cells[at], f"{path}:{line}", name) for line, cells in rows[1:]], dtype=float)
    for name in words:
        at = head.index(name)
        found[name] = np.array([cells[at] for _, cells in rows[1:]], dtype=str)
    return found


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the cells of every line that holds any, with its number."""
    try:
        if not path.is_file():
            raise InputError(f"{path}: there is no such file; check the path")
        if path.stat().st_size > _LARGEST_FILE:
            raise InputError(f"{path}: the file is larger than 100 MiB; give a smaller table")
        content = path.read_bytes()
        if content.count(b"\n") > _MOST_LINES:
            raise InputError(f"{path}: the file has more than {_MOST_LINES:,} lines; give a smaller table")
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path}: the file is not UTF-8 text; save it as CSV in UTF-8") from None
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path}: the file cannot be read: {getattr(error, 'strerror', error)}") from None
    kept = [(number, text) for number, text in enumerate(lines, 1) if text.strip() and not text.startswith("#")]
    separator = ";" if kept and ";" in kept[0][1] else ","
    rows = []
    for number, text in kept:
        try:
            cells = next(csv.reader([text], delimiter=separator, strict=True))
        except csv.Error as error:
            raise InputError(f"{path}:{number}: the line cannot be read as CSV ({error})") from None
        rows.append((number, [cell.strip() for cell in cells]))
    return rows


def _number(text: str, place: str, column: str) -> float:
    try:
        value = float(text)
    except ValueError:
        shown = f'"{shortened(text)}"' if text else "an empty cell"
        hint = "; write decimals with a point" if _COMMA.fullmatch(text) else ""
        raise InputError(f"{place}: column {column} holds {shown}, which is not a number{hint}") from None
    if not math.isfinite(value):
        raise InputError(f"{place}: column {column} holds {text}, which is not finite")
    if abs(value) > _LARGEST_NUMBER:
        raise InputError(f"{place}: column {column} holds {text}, which is beyond {_LARGEST_NUMBER:g}")
    return value
