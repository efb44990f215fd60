"""Which printed quantities of the five papers have been reproduced, predicted, or cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from electrosim.base.scenario import Table
from electrosim.study.validation.case import read_rows
from electrosim.study.validation.outcome import CaseResult

_SHOWN = ("reproduced", "predicted")


class Quantity(Table):
    """A line of coverage.csv."""

    paper: str = Field(pattern=r"^\d{3}$")
    id: str
    quantity: str
    verdict: Literal["open", "reproduced", "predicted", "contradicts itself", "input", "needs raw data"]
    case: str = Field("", description="the validation case that shows it, or case: series if one series of it does")
    remark: str = ""

    @model_validator(mode="after")
    def _names_its_case(self) -> Quantity:
        if (self.verdict in _SHOWN) and not self.case:
            reason = f"{self.paper} {self.id} is called {self.verdict} but names no case"
            raise PydanticCustomError("coverage", "{reason}", {"reason": reason})
        return self


def read_coverage(library: Path) -> list[Quantity]:
    """Return the quantities listed beside the validation cases; none if there is no list.

    Raises
    ------
    InputError
        If the list is wrong.
    """
    path = library / "coverage.csv"
    return read_rows(path, Quantity) if path.is_file() else []


def verdicts_of(results: Iterable[CaseResult]) -> dict[str, str]:
    """Return the verdict of each case by its name and, as "case: series", of the checks that name a series."""
    found: dict[str, str] = {}
    for result in results:
        found[result.case.id] = result.verdict
        for item in result.checks:
            key = f"{result.case.id}: {item.check.series}"
            found[key] = "passed" if item.passed and found.get(key) != "missed" else "missed"
    return found


def count(quantities: list[Quantity], verdicts: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return the number of quantities per paper and verdict.

    A quantity does not count as shown if its case, or the series that it names, did not pass in this run: it is counted
    as "case missed" or "case skipped". A case that was not asked for is taken at the word of the list.

    Parameters
    ----------
    quantities : list of Quantity
        The list.
    verdicts : mapping of str to str
        As `verdicts_of` returns them; a series without one shares the verdict of its case.
    """
    papers: dict[str, Counter[str]] = {}
    for item in quantities:
        whole = verdicts.get(item.case.partition(":")[0], "passed")
        of_case = verdicts.get(item.case, whole) if item.verdict in _SHOWN else "passed"
        verdict = item.verdict if of_case == "passed" else f"case {of_case}"
        papers.setdefault(item.paper, Counter())[verdict] += 1
    return {paper: dict(sorted(counts.items())) for paper, counts in sorted(papers.items())}
