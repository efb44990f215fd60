"""Inverse design: the parameters of a scenario that are best for something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.study.optimise.problem import Constraint, Problem, Search

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.study.optimise.solve import solve

if TYPE_CHECKING:
    from electrosim.study.optimise.plot import figures
    from electrosim.study.optimise.scenario import Scenario
    from electrosim.study.optimise.summary import tables

__all__ = ["Constraint", "Problem", "Scenario", "Search", "figures", "solve", "tables"]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot", "tables": "summary"})
