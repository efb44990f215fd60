"""The figures in the documentation are those that were measured."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("script", "page", "marker"),
    [
        ("conduction", "benchmarks", "tables"),
        ("discharge", "benchmarks", "discharge tables"),
        ("backscatter", "backscatter-solver", "tables"),
        ("sweep", "sweeps", "tables"),
    ],
)
def test_tables_of_the_documentation_are_printed_from_the_measurements(script, page, marker):
    words = [sys.executable, f"benchmarks/{script}.py", "--markdown"]
    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    text = (ROOT / f"docs/{page}.md").read_text(encoding="utf-8")
    _, _, rest = text.partition(f"<!-- {marker} -->")
    tables, _, _ = rest.partition(f"<!-- end of {marker} -->")
    assert len(printed.splitlines()) > 5
    assert tables.strip() == printed.strip()
