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
from electrosim.correlations import LAWS, WEIGHTS, literature
from electrosim.study.fit.data import Names, from_csv, from_result
from electrosim.study.fit.problem import Problem

Column = Annotated[str, Field(min_length=1, max_length=200)]


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
    porosity: Column = Field("porosity", description="column or variable of porosities")
    relative_conductivity: Column | None = Field(
        None, description="column or variable of effective over bulk conductivity; this or tortuosity"
    )
    tortuosity: Column | None = Field(None, description="column or variable of porosity over relative conductivity")
    standard_deviation: Column | None = Field(
        None, description="of each conductivity over directions; a result with directions has it anyway"
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
        return self

    @property
    def source(self) -> Path:
        """The file or folder."""
        return cast(Path, self.csv or self.result)  # one of them, as `_one_source` has seen

    @property
    def names(self) -> Names:
        """What is called what."""
        conductivity = self.tortuosity or self.relative_conductivity or "relative_conductivity"
        return Names(
            self.porosity, conductivity, self.tortuosity is not None, self.standard_deviation, self.cluster, self.only
        )


class FitTable(base.Table):
    """What is fitted, and how."""

    correlations: Annotated[tuple[Correlation, ...], AfterValidator(_check_list)] = Field(
        tuple(LAWS), description="laws to compare"
    )
    weights: AllWeights = Field("log-normal", description="how points are weighed, one choice or several to compare")
    confidence: Fraction = Field(0.95, description="of intervals and bands")
    resamples: int = Field(1000, strict=True, ge=0, le=100_000, description="of the bootstrap; 0 leaves it out")
    seed: int = Field(1, strict=True, ge=0, lt=2**63, description="of the bootstrap")


class Scenario(base.Scenario):
    """Correlations fitted to points of conductivity against porosity."""

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
        table = self.data
        with concerning("data", "csv" if table.csv else "result"):
            data = from_csv(table.csv, table.names) if table.csv else from_result(table.source, table.names)
        weights = self.fit.weights
        return Problem(
            data.porosity,
            data.relative_conductivity,
            data.standard_deviation,
            data.cluster,
            self.fit.correlations,
            (weights,) if isinstance(weights, str) else weights,
            self.fit.confidence,
            self.fit.resamples,
        )

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
        laws = [LAWS[name].source for name in self.fit.correlations]
        methods = [
            "M. Newville et al., LMFIT: non-linear least-square minimization and curve-fitting for Python, "
            "doi 10.5281/zenodo.11813 (profile intervals)",
            "B. Efron, R. J. Tibshirani, An Introduction to the Bootstrap, Chapman & Hall 1993 (bootstrap-t)",
        ]
        return tuple(dict.fromkeys([*laws, *methods, *(item.source for item in literature())]))
