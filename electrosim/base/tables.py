"""Tables that a kind of result has of its own, for the terminal and the report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """Words in rows and columns.

    Parameters
    ----------
    title : str
        What the table shows.
    heads : tuple of str
        Names of the columns; the first is that of the rows.
    rows : tuple of tuple of str
        One cell per column.
    remark : str
        What to know when reading it.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str = ""
