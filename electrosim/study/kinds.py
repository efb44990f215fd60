"""The kinds of scenario: each names the package that solves it."""

from __future__ import annotations

import importlib
from types import ModuleType

KINDS = {
    "conduction": "electrosim.conduction",
    "structure": "electrosim.structure",
    "cutouts": "electrosim.cutouts",
    "drying": "electrosim.drying",
    "discharge": "electrosim.discharge",
    "crack-pattern": "electrosim.crack_pattern",
    "recipe": "electrosim.recipe.kind",
    "backscatter": "electrosim.backscatter",
    "fit": "electrosim.study.fit",
    "sweep": "electrosim.study.sweep",
    "calibrate": "electrosim.study.calibrate",
    "optimise": "electrosim.study.optimise",
}


def physics(kind: str) -> ModuleType:
    """Return the package that solves a kind; it has `Scenario`, `solve`, `figures`, perhaps `tables`, `animations`."""
    return importlib.import_module(KINDS[kind])
