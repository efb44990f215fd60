"""The notebooks run from top to bottom."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.md"))


@pytest.mark.parametrize("file", NOTEBOOKS, ids=lambda file: file.stem)
def test_a_notebook_runs(file, monkeypatch):
    monkeypatch.setattr(plt, "show", lambda: plt.close("all"))
    plt.switch_backend("agg")
    cells = re.findall(r"```python\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)
    assert len(cells) > 3
    space = {"__name__": "notebook"}
    for number, cell in enumerate(cells, 1):
        exec(compile(cell, f"{file.name}, cell {number}", "exec"), space)  # noqa: S102  our own text
