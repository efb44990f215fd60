"""The tables of ``kind = "fit"`` scenarios."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, Discriminator, Field, Tag, field_validator, model_validator

from electrosim.base import scenario as base
from electrosim.base.errors import concerning, nearest
from electrosim.base.scenario import refuse
from electrosim.base.units import Fraction, one_or_several
from electrosim.correlations import CAPACITY, CONDUCTIVITY, LAWS, WEIGHTS, Relation, literature
from electrosim.study.fit.data import Names, from_csv, from_result
from electrosim.study.fit.problem import Problem, check_relation

Column = Annotated[str, Field(min_length=1, max_length=200)]
Unit = Annotated[str, Field(max_length=60)]


def _check_name(name: str, what: str, known: Iterable[str]) -> str:
    if name not in known:
        raise refuse(f"is not {what}; {nearest(name, known)}")
    return name


def _check_list(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names or len(set(names)) != len(names):
        raise refuse("must hold at least one name, and each once")
    return names


Correlation = Annotated[
    str,
    AfterValidator(lambda name: _check_name(name, "a correlation", LAWS)),
    Field(json_schema_extra={"enum": list(LAWS)}),
]
WeightsName = Annotated[
    str,
    AfterValidator(lambda name: _check_name(name, "a choice of weights", WEIGHTS)),
    Field(json_schema_extra={"enum": list(WEIGHTS)}),
]
AllWeights = Annotated[
    Annotated[WeightsName, Tag("one value")]
    | Annotated[tuple[WeightsName, ...], AfterValidator(_check_list), Tag("several values")],
    Discriminator(one_or_several),
]


class DataTable(base.Table):
    """Where the points are."""

    csv: base.ScenarioPath | None = Field(None, description="a table with a head line")
    result: base.ScenarioPath | None = Field(None, description="a results folder or its result.nc")
    porosity: Column | None = Field(None, description='column or variable of porosities; "porosity" by default')
    relative_conductivity: Column | None = Field(
        None, description="column or variable of effective over bulk conductivity; this or tortuosity"
    )
    tortuosity: Column | None = Field(None, description="column or variable of porosity over relative conductivity")
    rate: Column | None = Field(
        None, description='in place of porosity: column or variable of rates; "rate" by default with a capacity'
    )
    capacity: Column | None = Field(
        None,
        description='column or variable of capacity or energy at a rate; "capacity" by default where there is rate',
    )
    unit: Unit = Field("", description="of capacities; left out for pure numbers, and for the SI unit of a result")
    rate_unit: Unit = Field("", description="of rates; left out for C-rates")
    at: dict[Column, str | int | float] = Field({}, description="of a result: dimensions and the entries to take")
    standard_deviation: Column | None = Field(
        None, description="of each conductivity over directions (a result with directions has it anyway), or capacity"
    )
    cluster: Column | None = Field(
        None, description="what names points that are not independent, such as overlapping cutouts"
    )
    only: Column | None = Field(None, description="what is 1 or true for the points to use")

    @model_validator(mode="after")
    def _one_source(self) -> DataTable:
        if (self.csv is None) == (self.result is None):
            raise refuse("must name either csv or result")
        if self.relative_conductivity and self.tortuosity:
            raise refuse("must name either relative_conductivity or tortuosity")
        if self.tortuosity and self.standard_deviation:
            raise refuse("standard_deviation belongs to relative_conductivity, not to tortuosity")
        if self.is_of_rates and (self.porosity or self.relative_conductivity or self.tortuosity):
            raise refuse("must name either porosity and its conductivity, or rate and its capacity")
        if (self.unit or self.rate_unit) and not self.is_of_rates:
            raise refuse("units belong to rate and capacity; porosities and relative conductivities are pure numbers")
        if self.at and self.csv is not None:
            raise refuse("at chooses entries of a result; in a csv, name a column for only")
        return self

    @field_validator("rate_unit")
    @classmethod
    def _no_coulombs(cls, value: str) -> str:
        if value == "C":
            raise refuse("means coulombs; leave it out for C-rates")
        return value

    @property
    def source(self) -> Path:
        """The file or folder."""
        return cast(Path, self.csv or self.result)  # one of them, as `_one_source` has seen

    @property
    def is_of_rates(self) -> bool:
        """Whether the points are capacities over rates."""
        return bool(self.rate or self.capacity)

    @property
    def names(self) -> Names:
        """What is called what."""
        if self.is_of_rates:
            abscissa, ordinate = self.rate or "rate", self.capacity or "capacity"
        else:
            abscissa = self.porosity or "porosity"
            ordinate = self.tortuosity or self.relative_conductivity or "relative_conductivity"
        return Names(
            abscissa,
            ordinate,
            of_tortuosity=self.tortuosity is not None,
            of_rates=self.is_of_rates,
            deviation=self.standard_deviation,
            cluster=self.cluster,
            only=self.only,
            unit=self.unit,
            rate_unit=self.rate_unit,
            at={dim: str(word) for dim, word in self.at.items()},
        )


class FitTable(base.Table):
    """What is fitted, and how."""

    correlations: Annotated[tuple[Correlation, ...], AfterValidator(_check_list)] | None = Field(
        None, description="laws to compare; by default all that are about what the data name"
    )
    weights: AllWeights = Field("log-normal", description="how points are weighed, one choice or several to compare")
    confidence: Fraction = Field(0.95, description="of intervals and bands")
    resamples: int = Field(1000, strict=True, ge=0, le=100_000, description="of the bootstrap; 0 leaves it out")
    seed: int = Field(1, strict=True, ge=0, lt=2**63, description="of the bootstrap")


class Scenario(base.Scenario):
    """Correlations fitted to points of conductivity against porosity, or of capacity against rate."""

    kind: Literal["fit"]
    data: DataTable
    fit: FitTable = FitTable()

    @field_validator("output")
    @classmethod
    def _no_fields(cls, value: base.Output) -> base.Output:
        if value.fields:
            raise refuse("fields are no part of a fit; remove them")
        return value

    @functools.cached_property
    def problem(self) -> Problem:
        """The points and what to fit to them."""
        table, correlations = self.data, self.correlations
        for name in correlations:
            check_relation(name, self.relation)
        with concerning("data", "csv" if table.csv else "result"):
            data = from_csv(table.csv, table.names) if table.csv else from_result(table.source, table.names)
        weights = self.fit.weights
        return Problem(
            data.abscissa,
            data.ordinate,
            data.standard_deviation,
            data.cluster,
            correlations,
            (weights,) if isinstance(weights, str) else weights,
            self.fit.confidence,
            self.fit.resamples,
            data.unit,
            data.rate_unit,
        )

    @property
    def relation(self) -> Relation:
        """What the points are about."""
        return CAPACITY if self.data.is_of_rates else CONDUCTIVITY

    @property
    def correlations(self) -> tuple[str, ...]:
        """The laws to compare."""
        return self.fit.correlations or tuple(name for name, law in LAWS.items() if law.relation is self.relation)

    @property
    def method(self) -> None:
        """There is one way to fit a correlation."""
        return

    @property
    def seed(self) -> int:
        """The seed of the bootstrap."""
        return self.fit.seed

    def options(self) -> Mapping[str, Any]:
        """Return what draws the resamples."""
        return {"rng": self.fit.seed}

    def citations(self) -> Sequence[str]:
        """Return the references behind the laws, the intervals and the curves drawn for comparison."""
        laws = [LAWS[name].source for name in self.correlations]
        methods = [
            "M. Newville et al., LMFIT: non-linear least-square minimization and curve-fitting for Python, "
            "doi 10.5281/zenodo.11813 (profile intervals)",
            "B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, Chapman & Hall 1993 (bootstrap-t)",
        ]
        drawn = () if self.data.is_of_rates else tuple(item.source for item in literature())
        return tuple(dict.fromkeys([*laws, *methods, *drawn]))
