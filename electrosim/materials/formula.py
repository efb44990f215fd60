"""Chemical formulas."""

from __future__ import annotations

import math
import re
from collections import defaultdict

from electrosim.base.errors import InputError, nearest, shortened
from electrosim.materials.elements import elements

_PIECE = re.compile(r"(?P<symbol>[A-Z][a-z]?)(?P<count>[0-9.]*)|(?P<open>\()|(?P<close>\))(?P<times>[0-9.]*)")
_LONGEST = 200
_DEEPEST = 8
_MOST_ATOMS = 1e9


def parse_formula(formula: str) -> dict[str, float]:
    """Return the number of atoms of each element in a formula.

    Counts may be decimal (``"Li0.8CoO2"``) and groups stand in round brackets (``"Ca(OH)2"``).

    Parameters
    ----------
    formula : str
        The formula.

    Returns
    -------
    dict of str to float
        Atoms by symbol, in order of first appearance.

    Raises
    ------
    InputError
        If the formula does not parse; the sentence says at which character and why.

    Examples
    --------
    >>> parse_formula("Ag802C7617O6615H10824")
    {'Ag': 802.0, 'C': 7617.0, 'O': 6615.0, 'H': 10824.0}
    >>> parse_formula("Ca(OH)2")
    {'Ca': 1.0, 'O': 2.0, 'H': 2.0}
    """
    if not formula:
        raise InputError('the formula is empty; write one such as "C6H7O2"')
    if len(formula) > _LONGEST:
        raise InputError(f"the formula has {len(formula)} characters and may have {_LONGEST}")
    groups: list[dict[str, float]] = [defaultdict(float)]
    opened: list[int] = []
    place = 0
    while place < len(formula):
        piece = _PIECE.match(formula, place)
        if piece is None:
            raise _unreadable(formula, place, "an element's symbol or a bracket must stand there")
        if piece["symbol"]:
            symbol = _symbol(formula, place, piece["symbol"])
            groups[-1][symbol] += _count(formula, piece.start("count"), piece["count"])
        elif piece["open"]:
            if len(opened) == _DEEPEST:
                raise _unreadable(formula, place, f"brackets may be nested {_DEEPEST} deep")
            groups.append(defaultdict(float))
            opened.append(place)
        else:
            if not opened:
                raise _unreadable(formula, place, "this bracket was never opened")
            opened.pop()
            group = groups.pop()
            if not group:
                raise _unreadable(formula, place, "the brackets are empty")
            times = _count(formula, piece.start("times"), piece["times"])
            for symbol, count in group.items():
                groups[-1][symbol] += count * times
        place = piece.end()
    if opened:
        raise _unreadable(formula, opened[-1], "this bracket is never closed")
    return dict(groups[0])


def _symbol(formula: str, place: int, symbol: str) -> str:
    if symbol not in elements():
        hint = nearest(symbol, elements()) if len(symbol) > 1 else "elements run from H to Lr"
        raise _unreadable(formula, place, f'"{symbol}" is no element; {hint}')
    return symbol


def _count(formula: str, place: int, text: str) -> float:
    try:
        count = float(text or 1)
    except ValueError:
        raise _unreadable(formula, place, f'"{shortened(text)}" is not a number') from None
    if not (0 < count <= _MOST_ATOMS and math.isfinite(count)):
        raise _unreadable(formula, place, f"a count must be above 0 and at most {_MOST_ATOMS:g}")
    return count


def _unreadable(formula: str, place: int, reason: str) -> InputError:
    return InputError(f'the formula "{shortened(formula)}" cannot be read at character {place + 1}: {reason}')
