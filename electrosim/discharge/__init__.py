"""Discharge of porous-electrode cells: graded electrodes, rate capability, utilisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.problem import Analysis, Problem
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.rate_programme import Programme, constant_current

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.discharge.solve import solve

if TYPE_CHECKING:
    from electrosim.discharge.animation import animations
    from electrosim.discharge.plot import figures
    from electrosim.discharge.scenario import Scenario
    from electrosim.discharge.structured import Structured
    from electrosim.discharge.summary import tables
    from electrosim.discharge.sundials import Sundials

__all__ = [
    "Analysis",
    "Cell",
    "Electrode",
    "Layer",
    "Population",
    "Problem",
    "Programme",
    "Scenario",
    "Step",
    "Stoichiometry",
    "Structured",
    "Sundials",
    "animations",
    "constant_current",
    "figures",
    "solve",
    "tables",
]

__getattr__, __dir__ = attach(
    __name__,
    {
        "Scenario": "scenario",
        "Structured": "structured",
        "Sundials": "sundials",
        "animations": "animation",
        "figures": "plot",
        "tables": "summary",
    },
)
