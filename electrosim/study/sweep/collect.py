"""What a sweep keeps of each result: variables, parts of them, and formulas of these."""

from __future__ import annotations

import functools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from electrosim.base.errors import InputError, nearest, shortened
from electrosim.base.expression import FUNCTIONS, Expression

if TYPE_CHECKING:
    import xarray as xr

_REDUCTIONS = ("first", "last", "max", "mean", "min", "sum")
_REFERENCE = re.compile(r"\b([A-Za-z_]\w*)(\[[^\[\]]*\])?(?:\.(" + "|".join(_REDUCTIONS) + r"))?(?!\w*\s*\()")
_SELECTION = re.compile(r"\s*([A-Za-z_]\w*)\s*=\s*([^,=]+?)\s*")


@dataclass(frozen=True)
class Reference:
    """A variable of a result, such as ``voltage[rate=2].last``.

    Parameters
    ----------
    variable : str
        Its name.
    at : tuple of (dimension, value)
        Where along dimensions it is taken, by their coordinates.
    reduction : str
        What is done over the dimensions left, or "".
    """

    variable: str
    at: tuple[tuple[str, str], ...] = ()
    reduction: str = ""

    def of(self, dataset: xr.Dataset) -> xr.Variable:
        """Return the values, without coordinates: that is ten times as fast, and `place` knows them.

        Raises
        ------
        InputError
            If the result has no such variable, dimension or place.
        """
        if self.variable not in dataset.variables:
            known = [str(name) for name in dataset.variables]
            raise InputError(
                f'the result has no variable "{shortened(self.variable)}"; {nearest(self.variable, known)}'
            )
        found = dataset.variables[self.variable]
        for dim, value in self.at:
            found = found.isel({dim: place(dataset, self.variable, found, dim, value)})
        if self.reduction in ("first", "last"):
            return found.isel(dict.fromkeys(found.dims, 0 if self.reduction == "first" else -1))
        return getattr(found, self.reduction)(keep_attrs=True) if self.reduction else found


def place(dataset: xr.Dataset, name: str, item: xr.Variable, dim: str, value: str) -> int:
    """Return where along a dimension of an item of a dataset, called `name`, the coordinate has a value."""
    if dim not in item.dims:
        raise InputError(f'"{name}" has no dimension "{dim}"; {nearest(dim, map(str, item.dims))}')
    if dim not in dataset.coords:
        if not value.isdigit() or int(value) >= item.sizes[dim]:
            raise InputError(f'"{name}" has {item.sizes[dim]} entries along {dim}; give a number from 0')
        return int(value)
    entries = dataset.variables[dim].values
    if entries.dtype.kind in "UO":
        matches = entries == value
    else:
        try:
            matches = np.abs(entries - float(value)) <= 1e-9 * abs(float(value))
        except ValueError:
            raise InputError(f'{dim} = {value} of "{name}" is not a number') from None
    if not matches.any():
        shown = ", ".join(f"{entry:g}" if entry.dtype.kind in "iuf" else str(entry) for entry in entries[:12])
        raise InputError(f'"{name}" has no {dim} = {value}; there are {shown}')
    return int(np.argmax(matches))


@dataclass(frozen=True)
class Collected:
    """A quantity that a sweep keeps, by name.

    Parameters
    ----------
    name : str
        What the sweep calls it.
    text : str
        A variable, such as ``"tortuosity"``, of which all dimensions are kept; a part of it, such as
        ``"energy[rate=2]"`` or ``"voltage[rate=1].last"``; or a formula of these.
    unit : str
        What people read it in; SI if empty.
    """

    name: str
    text: str
    unit: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be read."""
        _ = self._formula

    @functools.cached_property
    def _formula(self) -> tuple[Expression | None, list[Reference]]:
        references: list[Reference] = []

        def number(match: re.Match[str]) -> str:
            if match[1] in FUNCTIONS or match[1] == "pi":
                return match[0]
            reference = Reference(match[1], _selection(match[2] or ""), match[3] or "")
            if reference not in references:
                references.append(reference)
            return f"v{references.index(reference)}"

        text = _REFERENCE.sub(number, self.text)
        if not references:
            raise InputError(f'"{shortened(self.text)}" names no variable of the result')
        if text.strip() == "v0":
            return None, references
        return Expression(text, tuple(f"v{place}" for place in range(len(references)))), references

    @property
    def variables(self) -> set[str]:
        """Names of the variables that are used."""
        return {reference.variable for reference in self._formula[1]}

    def of(self, dataset: xr.Dataset) -> xr.Variable:
        """Return the quantity of a result; units and a name in words are its attributes if they are known."""
        import xarray as xr

        formula, references = self._formula
        parts = [reference.of(dataset) for reference in references]
        if formula is None:
            return parts[0]
        for reference, part in zip(references, parts, strict=True):
            if part.size != 1:
                raise InputError(
                    f'"{reference.variable}" has {part.size} values, and a formula takes single ones; '
                    "choose one, as in energy[rate=2], or reduce it, as in energy.mean"
                )
        value = float(formula(*(float(part) for part in parts)))
        return xr.Variable((), value if math.isfinite(value) else math.nan)


def _selection(text: str) -> tuple[tuple[str, str], ...]:
    parts = [part for part in text.strip("[]").split(",") if part.strip()]
    found: list[tuple[str, str]] = []
    for part in parts:
        match = _SELECTION.fullmatch(part)
        if match is None:
            raise InputError(f'"{shortened(text)}" is not a choice such as [rate=2] or [direction=x, layer=top]')
        found.append((match[1], match[2].strip("\"'")))
    return tuple(found)


def everything(dataset: xr.Dataset) -> tuple[Collected, ...]:
    """Return the numbers of a result that have at most a few values: what is kept if nothing is chosen."""
    names = [
        str(name)
        for name, item in dataset.data_vars.items()
        if item.dtype.kind in "fiub" and item.size <= _FEW and name not in ("solved", "wall_time")
    ]
    return tuple(Collected(name, name) for name in names)


_FEW = 12
