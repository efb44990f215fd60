"""The tables that calibration and inverse design share."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from electrosim.base import scenario, toml
from electrosim.base.errors import InputError, concerning
from electrosim.base.scenario import refuse
from electrosim.study.inverse.family import Family
from electrosim.study.inverse.parameter import Parameter, parameter
from electrosim.study.run import from_document
from electrosim.study.sweep.axes import Axis, ends, value_of
from electrosim.study.sweep.scenario import Base, Key, Name, Set, read_base, settings_of


class ParameterTable(scenario.Table):
    """A parameter that is searched for."""

    key: Key | None = Field(None, description="key of the base scenario; left out, only formulas use the parameter")
    keys: tuple[Key, ...] | None = Field(None, min_length=1, max_length=100, description="several that move together")
    lower: str | int | float = Field(alias="from", description="lower bound")
    upper: str | int | float = Field(alias="to", description="upper bound")
    start: str | int | float | None = Field(None, description="where the search begins; half-way by default")
    spacing: Literal["linear", "logarithmic"] = "linear"

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> ParameterTable:
        if self.key is not None and self.keys is not None:
            raise refuse("gives key and keys; leave one out")
        return self

    def parameter(self, name: str) -> Parameter:
        """Return the parameter."""
        logarithmic = self.spacing == "logarithmic"
        first, last, unit = ends(self.lower, self.upper, logarithmic=logarithmic)
        axis = Axis(name, self.keys or ((self.key,) if self.key else ()), (), first, last, unit, logarithmic)
        if self.start is not None and self.start != self.lower:
            ends(self.lower, self.start, logarithmic=False)  # of one dimension
        return parameter(axis, None if self.start is None else value_of(self.start, 1))


class Scenario(scenario.Scenario):
    """A scenario whose parameters are searched for."""

    resumable = True

    base: Base
    parameters: dict[Name, ParameterTable] = Field(min_length=1, max_length=20)
    set: dict[Key, Set] = Field({}, description="keys that follow from the parameters by a formula, or are fixed")

    @field_validator("output")
    @classmethod
    def _no_fields(cls, value: scenario.Output) -> scenario.Output:
        if value.fields:
            raise refuse("fields are no part of a search; run the scenario that it finds")
        return value

    @functools.cached_property
    def base_document(self) -> toml.Document:
        """The scenario that all start from."""
        return read_base(self.base, self._document.folder, self.set)

    @functools.cached_property
    def family(self) -> Family:
        """The scenarios that are searched."""
        base = self.base_document
        family = Family(base, self.searched, settings_of(self.set, self.parameters))
        self._check(family)
        return family

    @property
    def searched(self) -> tuple[Parameter, ...]:
        """The parameters."""
        found = []
        for name, table in self.parameters.items():
            with concerning("parameters", name):
                found.append(table.parameter(name))
        return tuple(found)

    @property
    def setters(self) -> list[tuple[tuple[str, ...], Sequence[str]]]:
        """What sets keys of the base, as the place in this file and the keys."""
        of_parameters = [(("parameters", item.name), item.axis.keys) for item in self.searched]
        return [*of_parameters, *((("set", key), (key,)) for key in self.set)]

    def _check(self, family: Family) -> None:
        """Check the keys of each parameter in the tables of the base, then all together where a search begins."""
        _refuse_keys_set_twice(self.setters)
        if self.set:
            check_scenario(family, ("set",), {})
        for item in family.parameters:
            value = item.at(item.start)
            keys = dict(zip(item.axis.keys, value.written, strict=False))
            check_scenario(family, ("parameters", item.name), keys)
        with concerning("set" if self.set else "parameters"):
            family.scenario(family.start)

    @property
    def seed(self) -> int | None:
        """Of the places where searches begin."""
        return int(self.method.seed)

    def resolved(self) -> dict[str, Any]:
        """Return the search and its base as plain values."""
        found = super().resolved()
        if self.base:
            found["base"] = from_document(self.base_document).resolved()
        return found

    def base_citations(self) -> Sequence[str]:
        """Return the references of the base scenario."""
        return from_document(self.base_document).citations()


def _refuse_keys_set_twice(setters: Sequence[tuple[tuple[str, ...], Sequence[str]]]) -> None:
    """Refuse a key that two set: one of them would say nothing."""
    known: dict[str, str] = {}
    for place, keys in setters:
        for key in keys:
            if key in known:
                raise InputError(f"{key} is set by {known[key]} already; leave one of them out", place)
            known[key] = ".".join(place)


def check_scenario(family: Family, key: tuple[str, ...], keys: Mapping[str, Any]) -> None:
    """Refuse keys that the base scenario cannot take; `key` is what the error is about."""
    try:
        from_document(toml.override(family.base, keys))
    except InputError as error:
        raise InputError(f"of the base scenario: {error}", key) from None
