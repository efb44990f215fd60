"""How validation cases ended, and what that says in a line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from electrosim.study.validation.case import Case
from electrosim.study.validation.metrics import CheckResult, Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Verdict = Literal["passed", "missed", "skipped"]


@dataclass(frozen=True)
class CaseResult:
    """How a case ended.

    Parameters
    ----------
    case : Case
        What was asked.
    verdict : {"passed", "missed", "skipped"}
        A case that could not be run is never passed.
    reason : str
        Why it missed or was skipped.
    rows : tuple of Row
        All comparisons.
    checks : tuple of CheckResult
        The metrics.
    seconds : float
        Time it took.
    figures : mapping of str to matplotlib.figure.Figure
        Pictures that the case drew itself, by name.
    """

    case: Case
    verdict: Verdict
    reason: str = ""
    rows: tuple[Row, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    seconds: float = 0.0
    figures: Mapping[str, Figure] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What sort of evidence the case is; with tuned parameters it is a calibration."""
        if self.case.parameters == "tuned":
            return "calibration"
        prefix = self.case.id.partition("-")[0]
        return {"ver": "verification", "val": "validation", "xcode": "comparison with another code"}[prefix]

    def describe(self) -> dict[str, Any]:
        """Return the case as plain values."""
        case = self.case.model_dump(exclude={"source", "checks"})
        return case | {
            "kind": self.kind,
            "source": self.case.source.citation,
            "doi": self.case.source.doi,
            "verdict": self.verdict,
            "reason": self.reason,
            "seconds": round(self.seconds, 2),
            "checks": [check.describe() for check in self.checks],
            "rows": [row.describe() for row in self.rows],
        }


@dataclass(frozen=True)
class Outcome:
    """All cases of a run, and how much of the papers' numbers is covered.

    Parameters
    ----------
    cases : tuple of CaseResult
        In the order in which they ran.
    coverage : dict
        Number of quantities per paper and verdict.
    """

    cases: tuple[CaseResult, ...]
    coverage: dict[str, dict[str, int]]

    @property
    def passed(self) -> bool:
        """Whether no case missed."""
        return all(result.verdict != "missed" for result in self.cases)

    @property
    def summary(self) -> str:
        """The counts in one line."""
        counts = Counter(result.verdict for result in self.cases)
        return ", ".join(f"{counts[verdict]} {verdict}" for verdict in ("passed", "missed", "skipped"))

    @property
    def text(self) -> str:
        """The table for the terminal: a line per check, then the counts."""
        lines: list[tuple[str, ...]] = [("case", "metric", "series", "value", "threshold", "verdict", "s")]
        for result in self.cases:
            lines += _lines(result)
        widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
        table = ["  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)) for line in lines]
        reasons = [f"{item.case.id} {item.verdict}: {item.reason}" for item in self.cases if item.reason]
        return "\n".join([line.rstrip() for line in table] + ["", *reasons, self.summary])


def _lines(result: CaseResult) -> list[tuple[str, ...]]:
    """Return the lines of a case in the terminal's table, one per check."""
    lines: list[tuple[str, ...]] = [
        (
            item.check.metric,
            item.check.series,
            f"{item.value:.4g}",
            threshold_text(item),
            "passed" if item.passed else "missed",
        )
        for item in result.checks
    ]
    lines = lines or [("", "", "", "", result.verdict)]
    heads = [(result.case.id, f"{result.seconds:.1f}")] + [("", "")] * (len(lines) - 1)
    return [(name, *line, seconds) for (name, seconds), line in zip(heads, lines, strict=True)]


def threshold_text(item: CheckResult) -> str:
    """Return what a check demands."""
    if item.check.metric == "order":
        return f"{item.check.expected:.4g} ± {item.check.threshold:.4g}"
    return f"<= {item.check.threshold:.4g}"
