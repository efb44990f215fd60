"""The report of validation cases: report.md, report.json, one figure per case."""

from __future__ import annotations

import json
import math
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from electrosim.study.validation.figure import draw
from electrosim.study.validation.outcome import Outcome, threshold_text

ENTRIES = frozenset({"report.md", "report.json", "figures"})


def fill(folder: Path, outcome: Outcome) -> None:
    """Write all files of a report into an empty folder."""
    (folder / "figures").mkdir()
    for result in outcome.cases:
        if result.rows:
            draw(result).savefig(folder / "figures" / f"{result.case.id}.png", dpi=110)
        for name, figure in result.figures.items():
            figure.savefig(folder / "figures" / f"{result.case.id}-{name}.png", dpi=110)
    (folder / "report.json").write_text(_json(outcome), encoding="utf-8")
    (folder / "report.md").write_text(_page(outcome), encoding="utf-8")


def _json(outcome: Outcome) -> str:
    content = {
        "electrosim_version": version("electrosim"),
        "python_version": platform.python_version(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "passed": outcome.passed,
        "cases": [result.describe() for result in outcome.cases],
        "coverage": outcome.coverage,
    }
    return json.dumps(_finite(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: Any) -> Any:
    """Return plain values with None in place of what JSON has no number for."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _page(outcome: Outcome) -> str:
    import jinja2

    environment = jinja2.Environment(  # noqa: S701  Markdown, not HTML, and nothing from outside
        loader=jinja2.PackageLoader("electrosim.study.validation", "."),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = lambda text: str(text).replace("|", "\\|").replace("\n", " ")
    verdicts = sorted({name for counts in outcome.coverage.values() for name in counts})
    return environment.get_template("report.md.jinja").render(
        outcome=outcome, verdicts=verdicts, threshold_text=threshold_text, version=version("electrosim")
    )
