"""Tables of a sweep file about what its figures and tables show: reference designs, the best of an axis, panels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import Field, model_validator

from electrosim.base.errors import InputError, concerning, nearest
from electrosim.base.scenario import Table, refuse
from electrosim.base.toml import Document
from electrosim.base.units import base_unit
from electrosim.study.sweep.axes import Axis, Value, quantity, value_of
from electrosim.study.sweep.best import Best
from electrosim.study.sweep.marks import Mark
from electrosim.study.sweep.shown import Shown

Name = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,59}$")]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Base = Annotated[
    str | dict[str, Any],
    Field(description="scenario file, relative to this one, the name of one that comes along, or a whole scenario"),
]


class MarkTable(Table):
    """A reference design: a scenario with a name and a place among the cases."""

    name: str = Field(min_length=1, max_length=60, description="what figures call it")
    at: dict[str, str | int | float] = Field(description="for each axis, where it stands")
    base: Base | None = Field(
        None, description="its scenario, with the values of [set]; left out, the sweep's own at its place"
    )
    set: dict[Key, str | int | float | bool | list[Any] | dict[str, Any]] = Field(
        {}, description="keys that it sets there"
    )

    def mark(self, axes: Sequence[Axis], read: Callable[[Any], Document]) -> Mark:
        """Return the mark; `read` finds its scenario."""
        names = [axis.name for axis in axes]
        for name in self.at:
            if name not in names:
                raise InputError(f'of "{self.name}": "{name}" is not an axis of the sweep; {nearest(name, names)}')
        at = dict(self.at)
        if "repeat" in names:  # of the seeds a design has the first
            at.setdefault("repeat", axis_of(axes, "repeat").values[0].written[0])
        missing = [name for name in names if name not in at]
        if missing:
            raise InputError(f'"{self.name}" has no place along {", ".join(missing)}; add it to at')
        place = tuple(self._value(axis, at[axis.name]) for axis in axes)
        return Mark(self.name, place, dict(self.set), None if self.base is None else read(self.base))

    def _value(self, axis: Axis, written: str | int | float) -> Value:
        """Return a place along an axis, which must lie between the values of the sweep, or be one of its words."""
        value = value_of(written, max(len(axis.keys), 1))
        ends = axis.values or (axis.at(0.0), axis.at(1.0))
        numbers = [end.number for end in ends]
        if not np.isfinite(numbers).all():
            found = next((end for end in ends if end.label == value.label), None)
            if found is None:
                labels = [end.label for end in ends]
                raise InputError(f'of "{self.name}": {axis.name} has no "{written}"; {nearest(str(written), labels)}')
            return found
        unit = (quantity(written) or (0.0, ""))[1] if isinstance(written, str) else ""
        if not np.isfinite(value.number) or base_unit(unit) != axis.base_unit:
            raise InputError(
                f'of "{self.name}": {axis.name} = {written} is not of the dimension of the axis, {ends[0].label} to '
                f"{ends[-1].label}"
            )
        if not min(numbers) <= value.number <= max(numbers):
            raise InputError(
                f'of "{self.name}": {axis.name} = {written} lies outside of the axis, {ends[0].label} to '
                f"{ends[-1].label}"
            )
        return value


class BestTable(Table):
    """The best value of one axis for each value of the others."""

    over: str = Field(max_length=60, description="the axis")
    most: Name | None = Field(None, description="collected number that should be high")
    least: Name | None = Field(None, description="collected number that should be low")
    beside: str | int | float | None = Field(None, description="value of the axis from which the gain is counted")

    @model_validator(mode="after")
    def _is_one(self) -> BestTable:
        if (self.most is None) == (self.least is None):
            raise refuse("must give either most or least")
        return self

    def best(self, axes: Sequence[Axis]) -> Best:
        """Return what is asked for."""
        axis = axis_of(axes, self.over)
        beside = None if self.beside is None else entry(axis, self.beside)
        return Best(axis.name, self.most or self.least or "", self.most is not None, beside)


class HatchedTable(Table):
    """Where figures are hatched."""

    where: Name = Field(description="collected number that is above zero there")
    words: str = Field(min_length=1, max_length=200, description="what that means")


class ShowTable(Table):
    """What figures and tables show of a sweep with more to it than fits."""

    held: dict[str, str | int | float] = Field(
        {}, description="where axes are held on what shows another one, each at one of its values; else in the middle"
    )
    panels: dict[Name, Annotated[tuple[str | int | float, ...], Field(min_length=1, max_length=12)]] = Field(
        {}, description="entries of further dimensions of collected numbers that have a panel, such as rate = [1, 2]"
    )
    hatched: HatchedTable | None = None

    def shown(self, axes: Sequence[Axis]) -> Shown:
        """Return what is asked for."""
        with concerning("show", "held"):
            held = {name: entry(axis_of(axes, name), written) for name, written in self.held.items()}
        hatched = ("", "") if self.hatched is None else (self.hatched.where, self.hatched.words)
        return Shown(held, self.panels, *hatched)


def axis_of(axes: Sequence[Axis], name: str) -> Axis:
    """Return the axis of a name."""
    names = [axis.name for axis in axes]
    if name not in names:
        raise InputError(f'"{name}" is not an axis of the sweep; {nearest(name, names)}')
    return axes[names.index(name)]


def entry(axis: Axis, written: str | int | float) -> int:
    """Return the place of a value of an axis."""
    value = value_of(written, max(len(axis.keys), 1))
    for number, known in enumerate(axis.values):
        if known.label == value.label or np.isclose(known.number, value.number, rtol=1e-9, atol=1e-12):
            return number
    distances = np.abs(np.array([known.number for known in axis.values]) - value.number)
    if np.isfinite(distances).all():
        near = f"the nearest is {axis.values[int(distances.argmin())].label}"
    else:
        near = nearest(value.label, [known.label for known in axis.values])
    raise InputError(f"the axis {axis.name} has no value {written}; {near}")
