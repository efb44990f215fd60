"""The kinds of scenario: each names the package of its physics."""

from __future__ import annotations

import importlib
from types import ModuleType

KINDS = {
    "conduction": "electrosim.conduction",
    "structure": "electrosim.structure",
    "cutouts": "electrosim.cutouts",
}


def physics(kind: str) -> ModuleType:
    """Return the package that solves a kind; it has `Scenario`, `solve` and `figures`."""
    return importlib.import_module(KINDS[kind])
