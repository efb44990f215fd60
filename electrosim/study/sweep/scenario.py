"""The tables of ``kind = "sweep"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from electrosim.base import toml
from electrosim.base.errors import InputError, concerning
from electrosim.base.expression import Expression
from electrosim.base.scenario import Output, Table, refuse
from electrosim.base.scenario import Scenario as BaseScenario
from electrosim.base.units import base_unit
from electrosim.study.library import find
from electrosim.study.run import from_document
from electrosim.study.sweep.axes import Axis, ends, spaced, value_of
from electrosim.study.sweep.best import Best
from electrosim.study.sweep.collect import Collected
from electrosim.study.sweep.execution import Execution
from electrosim.study.sweep.figure_tables import Base as Base
from electrosim.study.sweep.figure_tables import BestTable, MarkTable, ShowTable
from electrosim.study.sweep.figure_tables import Key as Key
from electrosim.study.sweep.figure_tables import Name as Name
from electrosim.study.sweep.marks import Mark
from electrosim.study.sweep.problem import SAMPLED, Design, Problem, Setting

Written = str | int | float | bool | list[Any] | dict[str, Any]


class AxisTable(Table):
    """What is varied."""

    key: Key | None = Field(None, description="key of the base scenario; left out, only formulas use the axis")
    keys: tuple[Key, ...] | None = Field(None, min_length=1, max_length=100, description="several that move together")
    values: tuple[Written, ...] | None = Field(None, description="each a value, or a list of one per key")
    lower: str | int | float | None = Field(None, alias="from")
    upper: str | int | float | None = Field(None, alias="to")
    count: int | None = Field(None, strict=True, ge=1, le=1_000_000)
    spacing: Literal["linear", "logarithmic"] = "linear"

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> AxisTable:
        if self.key is not None and self.keys is not None:
            raise refuse("gives key and keys; leave one out")
        ranged = (self.lower is not None, self.upper is not None)
        if (self.values is None) == (not any(ranged)) or any(ranged) != all(ranged):
            raise refuse("needs either values, or from and to (and count for a grid)")
        if self.values is not None and not self.values:
            raise refuse("has no values; an axis needs at least one")
        return self

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Keys of the base scenario."""
        return self.keys or ((self.key,) if self.key else ())

    def axis(self, name: str, design: Design) -> Axis:
        """Return the axis."""
        keys, logarithmic = self.all_keys, self.spacing == "logarithmic"
        count = max(len(keys), 1)
        if self.values is not None:
            return Axis(name, keys, tuple(value_of(value, count) for value in self.values))
        first, last, unit = ends(self.lower, self.upper, logarithmic=logarithmic)
        if design in SAMPLED:
            return Axis(name, keys, (), first, last, unit, logarithmic)
        if self.count is None:
            raise InputError(f"a range needs count in the design {design!r}")
        written = spaced(self.lower, self.upper, self.count, logarithmic=logarithmic)
        return Axis(name, keys, tuple(value_of(value, count) for value in written))


class SettingTable(Table):
    """A key that follows from the axes."""

    formula: str = Field(max_length=1000, description="of the axes' values in SI units")
    unit: str = Field("", max_length=60, description="of what the formula gives")


def _formula_or_value(value: Any) -> str:
    """Tell a formula from a value: the discriminator of the union; no key looks like its tags."""
    return "a formula" if isinstance(value, (dict, SettingTable)) else "a value"


Set = Annotated[
    Annotated[SettingTable, Tag("a formula")] | Annotated[str | int | float | bool | list[Any], Tag("a value")],
    Discriminator(_formula_or_value),
]


def settings_of(tables: Mapping[str, Any], names: Collection[str]) -> tuple[Setting, ...]:
    """Return the keys that follow from the axes of these names by a formula."""
    found = []
    for key, table in tables.items():
        if not isinstance(table, SettingTable):
            continue
        with concerning("set", key, "formula"):
            every = Expression(table.formula, tuple(names))
            used = tuple(name for name in names if every.uses(name))
            found.append(Setting(key, Expression(table.formula, used), table.unit))
    return tuple(found)


class CollectedTable(Table):
    """What is kept of each result, and the unit in which people read it."""

    of: str = Field(min_length=1, max_length=1000, description="a variable, a part of it, or a formula of these")
    unit: str = Field("", max_length=60)


class RepeatTable(Table):
    """Every case with several seeds."""

    key: Key = Field(description="key of the seed")
    count: int = Field(strict=True, ge=1, le=100_000)
    first: int = Field(1, strict=True, ge=0)


class ParetoTable(Table):
    """Collected numbers that compete."""

    most: tuple[Name, ...] = Field((), max_length=10, description="that should be high")
    least: tuple[Name, ...] = Field((), max_length=10, description="that should be low")


def read_base(base: str | dict[str, Any], folder: Path, tables: Mapping[str, Any]) -> toml.Document:
    """Return the scenario that others start from, a file, one that comes along, or a table; set fixed keys."""
    with concerning("base"):
        if isinstance(base, dict):
            document = toml.Document("base", folder, base)
        else:
            document = toml.read(folder / base if Path(base).suffix else find(base))
        from_document(document)
    return toml.override(document, {key: value for key, value in tables.items() if not isinstance(value, SettingTable)})


def _kind_of_list(value: Any) -> str:
    """Tell names from named texts: the discriminator of the union; no key looks like its tags."""
    return "names" if isinstance(value, (list, tuple)) else "named quantities"


def _text_or_table(value: Any) -> str:
    """Tell a text from a table: the discriminator of the union."""
    return "a table" if isinstance(value, (dict, CollectedTable)) else "a text"


Quantity = Annotated[
    Annotated[CollectedTable, Tag("a table")] | Annotated[str, Tag("a text")], Discriminator(_text_or_table)
]
Collect = Annotated[
    Annotated[dict[Name, Quantity], Tag("named quantities")] | Annotated[tuple[Name, ...], Tag("names")],
    Discriminator(_kind_of_list),
]


class MethodTable(Table):
    """Who solves the cases; the answer does not depend on it."""

    jobs: int | None = Field(None, strict=True, ge=1, le=1024, description="processes; 1 means the program itself")
    dask: str | None = Field(None, max_length=200, description='address of a Dask scheduler, or "local"')


class Scenario(BaseScenario):
    """Many cases of a scenario."""

    resumable = True

    kind: Literal["sweep"]
    base: Base
    axes: dict[Name, AxisTable] = Field(min_length=1, max_length=20)
    set: dict[Key, Set] = Field({}, description="keys of all cases: values, or formulas of the axes")
    design: Design = "grid"
    samples: int = Field(0, strict=True, ge=0, le=10_000_000, description="of a drawn design")
    draws: int = Field(1, strict=True, ge=0, lt=2**32, alias="seed", description="seed of a drawn design")
    collect: Collect = Field((), description="what is kept of each result")
    repeat: RepeatTable | None = None
    pareto: ParetoTable | None = None
    best: BestTable | None = None
    marks: tuple[MarkTable, ...] = Field((), max_length=100, description="reference designs that are solved beside it")
    show: ShowTable = ShowTable()
    method_table: MethodTable = Field(MethodTable(), alias="method")

    @field_validator("output")
    @classmethod
    def _no_fields(cls, value: Output) -> Output:
        if value.fields:
            raise refuse("fields are no part of a sweep; collect what you want of each result")
        return value

    @functools.cached_property
    def base_document(self) -> toml.Document:
        """The scenario that all cases start from."""
        return self._read(self.base)

    @functools.cached_property
    def problem(self) -> Problem:
        """The cases."""
        axes = []
        for name, table in self.axes.items():
            with concerning("axes", name):
                axes.append(table.axis(name, self.design))
        if self.repeat is not None:
            if self.design != "grid":
                raise InputError("repeat belongs to a grid; draw more samples instead", ("repeat",))
            seeds = range(self.repeat.first, self.repeat.first + self.repeat.count)
            axes.append(Axis("repeat", (self.repeat.key,), tuple(value_of(seed, 1) for seed in seeds)))
        problem = Problem(
            base=self.base_document,
            axes=tuple(axes),
            design=self.design,
            samples=self.samples,
            seed=self.draws,
            settings=settings_of(self.set, self.axes),
            collect=self._collected(),
            pareto=self._pareto(),
            best=self._best(axes),
            marks=self._marks(axes),
            shown=self.show.shown(axes),
        )
        self._check_values(problem)
        self._check_marks(problem)
        return problem

    def _collected(self) -> tuple[Collected, ...]:
        entries = self.collect.items() if isinstance(self.collect, dict) else ((name, name) for name in self.collect)
        found = []
        for name, what in entries:
            with concerning("collect", name):
                text, unit = (what.of, what.unit) if isinstance(what, CollectedTable) else (what, "")
                base_unit(unit)
                found.append(Collected(name, text, unit))
        return tuple(found)

    def _best(self, axes: Sequence[Axis]) -> Best | None:
        with concerning("best"):
            return None if self.best is None else self.best.best(axes)

    def _marks(self, axes: Sequence[Axis]) -> tuple[Mark, ...]:
        with concerning("marks"):
            return tuple(mark.mark(axes, self._read) for mark in self.marks)

    def _read(self, base: str | dict[str, Any]) -> toml.Document:
        return read_base(base, self._document.folder, self.set)

    def _check_marks(self, problem: Problem) -> None:
        """Check each mark in the tables of its kind."""
        for mark in problem.marks:
            try:
                from_document(toml.override(*mark.scenario(problem)))
            except InputError as error:
                raise InputError(f'of the mark "{mark.name}": {error}', ("marks",)) from None

    def _pareto(self) -> tuple[tuple[str, str], ...]:
        if self.pareto is None:
            return ()
        best = [(name, "most") for name in self.pareto.most] + [(name, "least") for name in self.pareto.least]
        if len(best) < 2:
            raise InputError("a Pareto front needs two numbers or more that compete", ("pareto",))
        return tuple(best)

    def _check_values(self, problem: Problem) -> None:
        """Check each value of each axis in the tables of the base's kind, the other axes at their first value."""
        if self.design in SAMPLED:
            cases = problem.cases
            self._check_case(problem, cases[0], problem.axes[0].name)
            return
        first = [axis.values[0] for axis in problem.axes]
        for place, axis in enumerate(problem.axes):
            for value in axis.values[:_MOST_CHECKED]:
                self._check_case(problem, [*first[:place], value, *first[place + 1 :]], axis.name)

    def _check_case(self, problem: Problem, case: Sequence[Any], axis: str) -> None:
        try:
            from_document(toml.override(self.base_document, problem.overrides(case)))
        except InputError as error:
            raise InputError(f"of the case {self._named(problem, case)}: {error}", ("axes", axis)) from None

    @staticmethod
    def _named(problem: Problem, case: Sequence[Any]) -> str:
        return ", ".join(f"{axis.name} = {value.label}" for axis, value in zip(problem.axes, case, strict=True))

    @property
    def method(self) -> Execution:
        """Who solves the cases."""
        return Execution(self.method_table.jobs, self.method_table.dask)

    @property
    def seed(self) -> int | None:
        """Of a drawn design."""
        return self.draws if self.design in SAMPLED else None

    def resolved(self) -> dict[str, Any]:
        """Return the sweep and its base as plain values; who solves it is not part of the question."""
        found = {key: value for key, value in super().resolved().items() if key != "method"}
        found["base"] = from_document(self.base_document).resolved()
        for table, written in zip(self.marks, found.get("marks", ()), strict=True):
            if table.base is not None:
                written["base"] = from_document(self._read(table.base)).resolved()
        return found

    def citations(self) -> Sequence[str]:
        """Return the references of the base scenario and of the design."""
        of_design = {
            "latin-hypercube": ("M. D. McKay et al., Technometrics 21 (1979) 239, doi 10.2307/1268522",),
            "sobol": ("A. Saltelli et al., Comput. Phys. Commun. 181 (2010) 259, doi 10.1016/j.cpc.2009.09.018",),
            "morris": ("M. D. Morris, Technometrics 33 (1991) 161, doi 10.1080/00401706.1991.10484804",),
        }.get(self.design, ())
        return (*from_document(self.base_document).citations(), *of_design)


_MOST_CHECKED = 200  # values per axis that are checked before the sweep; the rest are cases with a status
