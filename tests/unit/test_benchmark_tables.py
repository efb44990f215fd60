"""The figures in the documentation are those that were measured."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("script", "page", "word"),
    [("conduction.py", "benchmarks.md", "sweeps"), ("backscatter.py", "backscatter-solver.md", "histories per second")],
)
def test_tables_of_the_documentation_are_printed_from_the_measurements(script, page, word):
    words = [sys.executable, f"benchmarks/{script}", "--markdown"]
    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- tables -->")
    tables, _, _ = rest.partition("<!-- end of tables -->")
    assert word in printed
    assert tables.strip() == printed.strip()
