"""The figures in the documentation are those that were measured."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_tables_of_the_documentation_are_printed_from_the_measurements():
    words = [sys.executable, "benchmarks/conduction.py", "--markdown"]
    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    text = (ROOT / "docs/benchmarks.md").read_text(encoding="utf-8")
    _, _, rest = text.partition("<!-- tables -->")
    tables, _, _ = rest.partition("<!-- end of tables -->")
    assert "sweeps" in printed
    assert tables.strip() == printed.strip()
