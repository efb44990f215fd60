"""Electrons scattered back from films and bulk: elastic and inelastic collisions, and the walk they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.backscatter.infer import GreyLevel, Infer
from electrosim.backscatter.method import MonteCarlo, Plain
from electrosim.backscatter.plan import Plan
from electrosim.backscatter.problem import Detector, Film, Layer, Problem

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.backscatter.solve import solve
from electrosim.backscatter.trajectories import Trajectories
from electrosim.base.lazy import attach

if TYPE_CHECKING:
    from electrosim.backscatter.plot import figures
    from electrosim.backscatter.scenario import Scenario
    from electrosim.backscatter.summary import tables

__all__ = [
    "Detector",
    "Film",
    "GreyLevel",
    "Infer",
    "Layer",
    "MonteCarlo",
    "Plain",
    "Plan",
    "Problem",
    "Scenario",
    "Trajectories",
    "figures",
    "solve",
    "tables",
]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot", "tables": "summary"})
