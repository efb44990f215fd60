"""The tables of ``kind = "optimise"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from electrosim.base import scenario as base
from electrosim.base.errors import InputError, concerning
from electrosim.base.scenario import refuse
from electrosim.base.units import base_unit
from electrosim.study.inverse.tables import Scenario as SearchScenario
from electrosim.study.inverse.tables import check_scenario
from electrosim.study.optimise.problem import Constraint, Problem, Search
from electrosim.study.sweep.axes import Axis, ends, quantity, value_of
from electrosim.study.sweep.collect import Collected
from electrosim.study.sweep.scenario import AxisTable, Name

Text = Annotated[str, Field(min_length=1, max_length=1000)]


class ObjectiveTable(base.Table):
    """What should be best: a variable of the result, a part of it, or a formula of these and of the parameters."""

    most: Text | None = Field(None, description="that should be high")
    least: Text | None = Field(None, description="that should be low")
    unit: str = Field("", max_length=60, description="what people read it in")

    @model_validator(mode="after")
    def _is_one(self) -> ObjectiveTable:
        if (self.most is None) == (self.least is None):
            raise refuse("must give either most or least")
        return self


class ConstraintTable(base.Table):
    """What must lie within limits."""

    quantity: Text = Field(description="variable of the result, a part of it, or a formula, also of the parameters")
    least: str | int | float | None = Field(None, description="lower limit, with its unit")
    most: str | int | float | None = Field(None, description="upper limit, with its unit")

    @model_validator(mode="after")
    def _limits_something(self) -> ConstraintTable:
        if self.least is None and self.most is None:
            raise refuse("must give least or most, or both")
        return self

    def constraint(self, name: str) -> Constraint:
        """Return the constraint."""
        limits: dict[str, Any] = {}
        for end in ("least", "most"):
            written = getattr(self, end)
            if written is not None:
                limits[end] = value_of(written, 1).number
                if limits[end] != limits[end]:  # NaN: neither a number nor a quantity
                    raise InputError(f"{end} = {written} is neither a number nor a quantity", ("constraints", name))
                split = quantity(written) if isinstance(written, str) else None
                limits["unit"] = split[1] if split else ""
        if self.least is not None and self.most is not None:
            ends(self.least, self.most, logarithmic=False)  # of one dimension, and not the same
            if limits["least"] > limits["most"]:
                raise InputError(f"least = {self.least} lies above most = {self.most}; exchange them")
        return Constraint(name, Collected(name, self.quantity), **limits)


class MethodTable(base.Table):
    """How the best parameters are searched for."""

    optimiser: Literal["cobyqa", "differential-evolution"] = Field(
        "cobyqa", description="trust regions with quadratic models, or a population: many more solves"
    )
    draws: int = Field(8, strict=True, ge=0, le=100_000, description="places that are looked at before searches begin")
    starts: int = Field(3, strict=True, ge=1, le=1000, description="searches, from the best of these places")
    seed: int = Field(1, strict=True, ge=0, lt=2**32)
    tolerance: float = Field(1e-3, strict=True, gt=1e-9, lt=0.1, description="of parameters, as a share of a range")
    most_evaluations: int = Field(200, strict=True, ge=10, le=1_000_000, description="of one search")
    curve_points: int = Field(13, strict=True, ge=4, le=1000, description="of curves along each parameter")


class Scenario(SearchScenario):
    """The parameters of a scenario that are best for something."""

    kind: Literal["optimise"]
    objective: ObjectiveTable
    constraints: dict[Name, ConstraintTable] = Field({}, max_length=20)
    each: dict[Name, AxisTable] = Field({}, max_length=1, description="a key for each value of which the best is found")
    method_table: MethodTable = Field(MethodTable(), alias="method")

    @property
    def setters(self) -> list[tuple[tuple[str, ...], Sequence[str]]]:
        """What sets keys of the base, those of each too."""
        of_each = [(("each", name), table.axis(name, "grid").keys) for name, table in self.each.items()]
        return [*super().setters, *of_each]

    @functools.cached_property
    def problem(self) -> Problem:
        """What should be best, and within which limits."""
        constraints = []
        for name, table in self.constraints.items():
            with concerning("constraints", name):
                constraints.append(table.constraint(name))
        text = self.objective.most or self.objective.least or ""
        with concerning("objective"):
            base_unit(self.objective.unit)
            objective = Collected("objective", text)
        is_most = self.objective.most is not None
        wanted = objective.variables.union(*(item.quantity.variables for item in constraints))
        family = replace(self.family, only=frozenset(wanted))
        return Problem(family, objective, is_most, tuple(constraints), self._each(), self.objective.unit)

    def _each(self) -> Axis | None:
        for name, table in self.each.items():
            with concerning("each", name):
                axis = table.axis(name, "grid")
                if name in self.parameters:
                    raise InputError("a parameter has this name; give one of them another")
                if not axis.keys:
                    raise InputError("needs a key of the base scenario")
            for value in axis.values:
                keys = dict(zip(axis.keys, value.written, strict=True))
                check_scenario(self.family, ("each", name), keys)
            return axis
        return None

    @property
    def method(self) -> Search:
        """How it is searched for."""
        return Search(**dict(self.method_table))

    def citations(self) -> Sequence[str]:
        """Return the references of the base scenario and of the optimiser."""
        of_search = {
            "cobyqa": "T. M. Ragonneau, Z. Zhang, COBYQA, version 1.1 (2024), https://www.cobyqa.com, in SciPy",
            "differential-evolution": "R. Storn, K. Price, J. Global Optim. 11 (1997) 341, doi 10.1023/A:1008202821328",
        }
        return (*self.base_citations(), of_search[self.method_table.optimiser])
