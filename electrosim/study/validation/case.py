"""Validation cases as they lie on disk: a folder with case.toml and reference.csv or case.py."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from electrosim.base import toml
from electrosim.base.errors import InputError, nearest
from electrosim.base.scenario import Table, check

Metric = Literal[
    "relative-difference",
    "absolute-difference",
    "difference-in-uncertainties",
    "relative-excess",
    "order",
    "extrapolated-difference",
]
Against = Literal["exact", "bound", "published", "recomputed", "code"]
_NEED_AN_ORDER = ("order", "extrapolated-difference")

Text = Annotated[str, Field(min_length=1)]


class Source(Table):
    """Where the reference values come from."""

    citation: Text
    doi: str = Field("", pattern=r"^(10\.\d{4,9}/\S+)?$", description="of the original work, not of a review")


class Check(Table):
    """A metric over the rows of a case, and what it must not exceed."""

    metric: Metric
    series: str = Field("*", description="pattern of the series it covers")
    expected: float | None = Field(None, gt=0, description="order of convergence")
    threshold: float
    reason: str = Field(min_length=20, description="why this threshold")

    @model_validator(mode="after")
    def _needs_an_order(self) -> Check:
        if (self.expected is None) == (self.metric in _NEED_AN_ORDER):
            verb = "needs" if self.expected is None else "takes no"
            raise PydanticCustomError("check", "{reason}", {"reason": f"the metric {self.metric} {verb} expected"})
        return self


def _not_empty(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    if not checks:
        raise PydanticCustomError("check", "holds no check, so the case could not fail")
    return checks


class Case(Table):
    """What case.toml holds."""

    id: str = Field(pattern=r"^(ver|val|xcode)-[a-z0-9]+(-[a-z0-9]+)*$")
    claim: Text = Field(description="one sentence that the checks support")
    parameters: Literal["untuned", "tuned"] = Field(description="a tuned case is a calibration, not a validation")
    put_in: Text = Field(description="which numbers were given")
    came_out: Text = Field(description="which numbers were computed")
    deviations: str = Field("", description="known differences from the source, and why")
    known_miss: str = Field("", description="why the case is known to miss; it stays in the report as missed")
    heavy: bool = Field(False, description="takes minutes")
    needs: tuple[Text, ...] = Field((), description="packages without which the case is skipped")
    images: tuple[Text, ...] = Field((), description="public images and solutions without which the case is skipped")
    source: Source
    checks: Annotated[tuple[Check, ...], AfterValidator(_not_empty)] = Field(alias="check")


class Reference(Table):
    """A line of reference.csv: one variable of one run, and the value it should have."""

    label: Text
    series: Text = "all"
    overrides: str = Field("", description="key = value, several parted by semicolons")
    variable: Text
    direction: Literal["x", "y", "z"]
    reference: float
    against: Against
    uncertainty: float = Field(0.0, ge=0, description="of the reference; half of the last digit if it was printed")
    resolution: float | None = Field(None, gt=0, description="voxels per length, for convergence")

    def assignments(self) -> dict[str, object]:
        """Return the overrides as key paths and values."""
        pairs = [text.partition("=") for text in self.overrides.split(";") if text.strip()]
        return {key.strip(): toml.parse_value(value.strip()) for key, _, value in pairs}


AnyRow = TypeVar("AnyRow", bound=Table)


def read_case(folder: Path) -> Case:
    """Read and check case.toml.

    Raises
    ------
    InputError
        If the file is missing or wrong, or its id is not the folder's name.
    """
    document = toml.read(folder / "case.toml")
    case = check(Case, document)
    if case.id != folder.name:
        raise InputError(f'{document.place(("id",))}: id = "{case.id}" is not the name of its folder, {folder.name}')
    return case


def find_cases(library: Path, names: list[str]) -> list[Path]:
    """Return the folders of the named cases, of all cases if none is named.

    Raises
    ------
    InputError
        If a name is unknown; the sentence names the nearest.
    """
    known = {file.parent.name: file.parent for file in sorted(library.glob("*/case.toml"))}
    if not known:
        raise InputError(f"{library}: there is no validation case here")
    for name in names:
        if name not in known:
            raise InputError(f'"{name}" is not a validation case; {nearest(name, known)}')
    return [known[name] for name in dict.fromkeys(names or known)]


def read_rows(path: Path, model: type[AnyRow]) -> list[AnyRow]:
    """Read a .csv file with a head line; an empty cell takes the default.

    Raises
    ------
    InputError
        If the file is missing or wrong; the sentence names the line.
    """
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            reader = csv.DictReader((line for line in handle if not line.startswith("#")), strict=True)
            rows = list(reader)
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{path}: the table cannot be read ({error})") from None
    found = []
    for number, row in enumerate(rows, start=1):
        data = {str(key): value for key, value in row.items() if value}
        found.append(check(model, toml.Document(f"{path}, row {number}", path.parent, data)))
    return found
