"""Simulates porous battery electrodes: transport through voxel images, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach

if TYPE_CHECKING:
    from electrosim import (
        backscatter,
        conduction,
        correlations,
        crack_pattern,
        cutouts,
        discharge,
        drying,
        recipe,
        structure,
    )
    from electrosim.base.errors import ElectrosimError, InputError, SolveError
    from electrosim.study.report import open, save
    from electrosim.study.run import load, run

__version__ = "0.1.0"
__all__ = [
    "ElectrosimError",
    "InputError",
    "SolveError",
    "backscatter",
    "conduction",
    "correlations",
    "crack_pattern",
    "cutouts",
    "discharge",
    "drying",
    "load",
    "open",
    "recipe",
    "run",
    "save",
    "structure",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "ElectrosimError": "base.errors",
        "InputError": "base.errors",
        "SolveError": "base.errors",
        "backscatter": "",
        "conduction": "",
        "correlations": "",
        "crack_pattern": "",
        "cutouts": "",
        "drying": "",
        "discharge": "",
        "load": "study.run",
        "open": "study.report",
        "recipe": "",
        "run": "study.run",
        "save": "study.report",
        "structure": "",
    },
)
