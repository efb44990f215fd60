"""The tables of ``kind = "calibrate"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from electrosim.base import scenario as base
from electrosim.base.columns import read_columns
from electrosim.base.errors import InputError, concerning
from electrosim.base.scenario import refuse
from electrosim.base.units import Fraction, base_unit
from electrosim.correlations import LAWS
from electrosim.study.calibrate.comparison import Comparison
from electrosim.study.calibrate.law import law_family
from electrosim.study.calibrate.problem import LeastSquares, Problem
from electrosim.study.inverse.family import Family
from electrosim.study.inverse.tables import Scenario as SearchScenario
from electrosim.study.inverse.tables import check_scenario
from electrosim.study.inverse.units import in_si
from electrosim.study.sweep.axes import quantity
from electrosim.study.sweep.collect import Collected
from electrosim.study.sweep.scenario import Base, Key, Name

Column = Annotated[str, Field(min_length=1, max_length=200)]
Unit = Annotated[str, Field(max_length=60)]
Array = NDArray[np.float64]


class ColumnTable(base.Table):
    """A column of the table."""

    column: Column
    unit: Unit = Field("", description="of its numbers; left out for pure numbers")


class DataTable(base.Table):
    """What was measured."""

    csv: base.ScenarioPath = Field(description="a table with a head line")
    set: dict[Key, ColumnTable] = Field({}, description="keys of the base scenario that a column gives, line by line")


class AlongTable(ColumnTable):
    """What a curve is read along."""

    quantity: str = Field(max_length=1000, description="variable of the result, such as discharged")


class CompareTable(ColumnTable):
    """A column that the scenario should give."""

    quantity: str = Field(max_length=1000, description="variable of the result, a part of it, or a formula of these")
    standard_deviation: Column | None = Field(
        None, description="a column in the same unit, or a quantity for all points"
    )
    at: dict[Name, Column] = Field({}, description="dimensions of the quantity, and the columns that choose entries")
    along: AlongTable | None = Field(None, description="what the quantity is interpolated over")


class MethodTable(base.Table):
    """How parameters and intervals are searched for."""

    draws: int = Field(10, strict=True, ge=0, le=100_000, description="places that are looked at before searches begin")
    starts: int = Field(3, strict=True, ge=1, le=1000, description="searches, from the best of these places")
    seed: int = Field(1, strict=True, ge=0, lt=2**32)
    step: float = Field(0.004, strict=True, gt=0, le=0.1, description="of finite differences, as a share of a range")
    rtol: float = Field(1e-5, strict=True, gt=1e-15, lt=1, description="of the sum of squares")
    confidence: Fraction = Field(0.95, description="of intervals")
    profile: bool = Field(True, strict=True, description="follow profiles; false gives standard errors only")


class Scenario(SearchScenario):
    """Parameters of a scenario, or of a law, fitted to measured values."""

    kind: Literal["calibrate"]
    base: Base = ""
    law: str = Field(
        "",
        max_length=1000,
        description=f"in place of a base: {', '.join(LAWS)}, or a formula of parameters and columns",
    )
    data: DataTable
    compare: dict[Name, CompareTable] = Field(min_length=1, max_length=20)
    method_table: MethodTable = Field(MethodTable(), alias="method")

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Scenario:
        if bool(self.base) == bool(self.law):
            raise refuse("must give either base or law")
        if self.law and (self.set or any(table.key or table.keys for table in self.parameters.values())):
            raise refuse("a law has no keys to set: its parameters have names only")
        return self

    @functools.cached_property
    def family(self) -> Family:
        """The scenarios that are searched, or the law."""
        if not self.law:
            return super().family
        with concerning("law"):
            return law_family(self.law, self.searched, tuple(self.data.set))

    @property
    def setters(self) -> list[tuple[tuple[str, ...], Sequence[str]]]:
        """What sets keys of the base, the columns of the table too."""
        return [*super().setters, *((("data", "set", key), (key,)) for key in self.data.set)]

    @functools.cached_property
    def problem(self) -> Problem:
        """The measured values and the scenarios that should give them."""
        family = self.family
        columns = self._columns()
        runs, run = self._runs(columns)
        for keys in runs if self.base else ():
            check_scenario(family, ("data", "set"), keys)
        comparisons = []
        for name, table in self.compare.items():
            with concerning("compare", name):
                comparisons.append(_comparison(name, table, columns, run))
        wanted = frozenset[str]().union(*(item.variables for item in comparisons))
        return Problem(replace(family, only=wanted), tuple(comparisons), runs)

    def _columns(self) -> dict[str, NDArray[np.generic]]:
        """Read every column that is named: what chooses entries as words, the rest as numbers."""
        numbers = [table.column for table in self.data.set.values()]
        words: list[str] = []
        for table in self.compare.values():
            numbers += [table.column, *([table.along.column] if table.along else [])]
            if table.standard_deviation is not None and quantity(table.standard_deviation) is None:
                numbers.append(table.standard_deviation)
            words += table.at.values()
        with concerning("data", "csv"):
            as_numbers = read_columns(self.data.csv, numbers)
            as_words = read_columns(self.data.csv, (), words)
        return as_numbers | {f"words:{name}": values for name, values in as_words.items()}

    def _runs(self, columns: dict[str, NDArray[np.generic]]) -> tuple[tuple[dict[str, Any], ...], NDArray[np.int64]]:
        """Return the keys of every different run, and which run each line belongs to."""
        lines = next(iter(columns.values())).size
        if not self.data.set:
            return ({},), np.zeros(lines, np.int64)
        for key, table in self.data.set.items():
            with concerning("data", "set", key):
                base_unit(table.unit)
        written = [_written(columns[table.column], table.unit) for table in self.data.set.values()]
        cases = list(zip(*written, strict=True))
        different = list(dict.fromkeys(cases))
        runs = tuple(dict(zip(self.data.set, case, strict=True)) for case in different)
        return runs, np.array([different.index(case) for case in cases], np.int64)

    @property
    def method(self) -> LeastSquares:
        """How it is searched for."""
        return LeastSquares(**dict(self.method_table))

    def citations(self) -> Sequence[str]:
        """Return the references of the base scenario and of the method."""
        of_law = (LAWS[self.law].source,) if self.law in LAWS else ()
        return (
            *(self.base_citations() if self.base else of_law),
            "M. A. Branch et al., SIAM J. Sci. Comput. 21 (1999) 1, doi 10.1137/S1064827595289108 (search)",
            "A. Raue et al., Bioinformatics 25 (2009) 1923, doi 10.1093/bioinformatics/btp358 (profile likelihood)",
        )


def _comparison(
    name: str, table: CompareTable, columns: dict[str, NDArray[np.generic]], run: NDArray[np.int64]
) -> Comparison:
    measured = in_si(columns[table.column], table.unit)
    deviation = None
    if table.standard_deviation is not None:
        deviation = _deviation(table, columns, measured.size)
        if not (deviation > 0).all():
            raise InputError(f"standard_deviation = {table.standard_deviation}: it must be positive for every point")
    at = tuple((dim, np.asarray(columns[f"words:{column}"], str)) for dim, column in table.at.items())
    along = None
    if table.along is not None:
        along = (Collected("along", table.along.quantity), in_si(columns[table.along.column], table.along.unit))
    along_unit = table.along.unit if table.along else ""
    return Comparison(
        name, Collected(name, table.quantity), measured, deviation, run, at, along, table.unit, along_unit
    )


def _deviation(table: CompareTable, columns: dict[str, NDArray[np.generic]], count: int) -> Array:
    """Return standard deviations in SI units, from a column or a quantity."""
    text = str(table.standard_deviation)
    same = quantity(text)
    if same is None:
        return np.abs(in_si(columns[text], table.unit, of_difference=True))
    number, unit = same
    if base_unit(unit) != base_unit(table.unit):
        raise InputError(f'standard_deviation = "{text}" is not of the dimension of the column, "{table.unit}"')
    return np.full(count, in_si(np.array([number]), unit, of_difference=True)[0])


def _written(values: NDArray[np.generic], unit: str) -> list[Any]:
    """Return numbers as a scenario holds them."""
    numbers = [float(f"{value:.12g}") for value in np.asarray(values, np.float64).tolist()]
    return [f"{number!r} {unit}" if unit else int(number) if number.is_integer() else number for number in numbers]
