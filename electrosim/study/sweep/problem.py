"""What a sweep asks for: a scenario, the ways in which its cases differ, and what is kept of each result."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest
from electrosim.base.expression import Expression
from electrosim.base.toml import Document
from electrosim.study.sweep.axes import Axis, Value
from electrosim.study.sweep.best import Best
from electrosim.study.sweep.collect import Collected
from electrosim.study.sweep.marks import Mark
from electrosim.study.sweep.shown import Shown

Design = Literal["grid", "list", "latin-hypercube", "sobol", "morris"]
SAMPLED = ("latin-hypercube", "sobol", "morris")


@dataclass(frozen=True)
class Setting:
    """A key that follows from the axes by a formula of their SI numbers; `unit` is what the value is written in."""

    key: str
    formula: Expression
    unit: str = ""


@dataclass(frozen=True)
class Problem:
    """Cases of a scenario.

    Parameters
    ----------
    base : Document
        The scenario that all cases start from.
    axes : tuple of Axis
        How cases differ.
    design : {"grid", "list", "latin-hypercube", "sobol", "morris"}
        All combinations; the values side by side; or drawn from ranges.
    samples : int
        Number of draws; "sobol" and "morris" make several cases of each.
    seed : int
        Of the draws.
    settings : tuple of Setting
        Keys that follow from the axes.
    collect : tuple of Collected
        What is kept; without any, all numbers of which a result has few.
    pareto : tuple of (name, "most" or "least")
        Collected quantities that compete: the result names the cases that no other beats in all of them.
    best : Best or None
        Of a grid: which value of one axis is best for each of the others.
    marks : tuple of Mark
        Reference designs that are solved beside the cases.
    shown : Shown
        What figures and tables show.
    """

    base: Document
    axes: tuple[Axis, ...]
    design: Design = "grid"
    samples: int = 0
    seed: int = 0
    settings: tuple[Setting, ...] = ()
    collect: tuple[Collected, ...] = ()
    pareto: tuple[tuple[str, str], ...] = ()
    best: Best | None = None
    marks: tuple[Mark, ...] = ()
    shown: Shown = field(default_factory=Shown)

    def __post_init__(self) -> None:
        """Check what does not need a run."""
        if self.design not in get_args(Design):
            raise InputError(f"design = {self.design!r} is not known; {nearest(self.design, get_args(Design))}")
        if not self.axes:
            raise InputError("a sweep needs at least one axis", ("axes",))
        names = [axis.name for axis in self.axes]
        if len(set(names)) != len(names):
            raise InputError("two axes have the same name", ("axes",))
        if self.marks and "mark" in names:
            raise InputError('an axis is called "mark", and there are marks; call it otherwise', ("axes", "mark"))
        if len({mark.name for mark in self.marks}) != len(self.marks):
            raise InputError("two marks have the same name", ("marks",))
        if self.best is not None and self.design != "grid":
            raise InputError(f'best needs all combinations, and the design is "{self.design}"', ("best",))
        if self.design in SAMPLED:
            self._check_ranges()
        else:
            self._check_values()

    def _check_ranges(self) -> None:
        if self.samples < 1:
            raise InputError(f"samples = {self.samples}: a drawn design needs at least one", ("samples",))
        if self.design == "sobol" and self.samples & (self.samples - 1):
            raise InputError(
                f"samples = {self.samples}: Sobol's sequence is balanced for powers of two; choose for instance "
                f"{1 << self.samples.bit_length()}",
                ("samples",),
            )
        for axis in self.axes:
            if axis.values:
                raise InputError(
                    f'axis "{axis.name}" lists values, and the design "{self.design}" draws from a range; '
                    "give from and to",
                    ("axes", axis.name),
                )

    def _check_values(self) -> None:
        for axis in self.axes:
            if not axis.values:
                raise InputError(
                    f'axis "{axis.name}" has no values; give values, or from, to and count', ("axes", axis.name)
                )
        lengths = {len(axis.values) for axis in self.axes}
        if self.design == "list" and len(lengths) > 1:
            shown = ", ".join(f"{axis.name} {len(axis.values)}" for axis in self.axes)
            raise InputError(f"the axes of a list have different numbers of values ({shown})", ("axes",))

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the results: one length per axis of a grid, else the number of cases."""
        if self.design == "grid":
            return tuple(len(axis.values) for axis in self.axes)
        return (self.count,)

    @property
    def dims(self) -> tuple[str, ...]:
        """Names of these dimensions."""
        return tuple(axis.name for axis in self.axes) if self.design == "grid" else ("case",)

    @property
    def count(self) -> int:
        """Number of cases, without making them."""
        if self.design == "grid":
            return int(np.prod([len(axis.values) for axis in self.axes], dtype=object))
        if self.design == "list":
            return len(self.axes[0].values)
        from electrosim.study.sweep.designs import count

        return count(self.design, self.samples, len(self.axes))

    @property
    def cases(self) -> Sequence[tuple[Value, ...]]:
        """The values of the axes in each case."""
        if self.design == "grid":
            return _Grid(self.axes)
        if self.design == "list":
            return list(zip(*(axis.values for axis in self.axes), strict=True))
        from electrosim.study.sweep.designs import unit_points

        points: NDArray[np.float64] = unit_points(self.design, self.samples, len(self.axes), self.seed)
        return [tuple(axis.at(share) for axis, share in zip(self.axes, point, strict=True)) for point in points]

    def overrides(self, values: Sequence[Value]) -> dict[str, Any]:
        """Return the keys that a case sets."""
        return overrides(self.axes, self.settings, values)


def overrides(axes: Sequence[Axis], settings: Sequence[Setting], values: Sequence[Value]) -> dict[str, Any]:
    """Return the keys that values of axes set, and those that follow from them by formulas."""
    found: dict[str, Any] = {}
    numbers = {axis.name: value.number for axis, value in zip(axes, values, strict=True)}
    for axis, value in zip(axes, values, strict=True):
        found |= dict(zip(axis.keys, value.written, strict=False))
    for setting in settings:
        used = [numbers[name] for name in setting.formula.variables]
        number = float(setting.formula(*used))
        if not np.isfinite(number):
            raise InputError(f"the formula of {setting.key} has no finite value here")
        number = float(f"{number:.12g}")
        found[setting.key] = f"{number!r} {setting.unit}" if setting.unit else number
    return found


class _Grid(Sequence[tuple[Value, ...]]):
    """All combinations of values, last axis fastest, made when asked for."""

    def __init__(self, axes: Sequence[Axis]) -> None:
        self.values = [axis.values for axis in axes]
        self.lengths = [len(values) for values in self.values]

    def __len__(self) -> int:
        return int(np.prod(self.lengths))

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        places = np.unravel_index(number, self.lengths)
        return tuple(values[place] for values, place in zip(self.values, places, strict=True))

    def __iter__(self) -> Any:
        return itertools.product(*self.values)
