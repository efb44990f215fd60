"""Fits of named correlations to points of a results folder or of a user's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.study.fit.problem import Problem

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.study.fit.solve import solve

if TYPE_CHECKING:
    from electrosim.study.fit.plot import figures
    from electrosim.study.fit.scenario import Scenario
    from electrosim.study.fit.summary import tables

__all__ = ["Problem", "Scenario", "figures", "solve", "tables"]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot", "tables": "summary"})
