"""Sweeps: many cases of a scenario as one dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.study.sweep.axes import Axis
from electrosim.study.sweep.collect import Collected
from electrosim.study.sweep.execution import Execution
from electrosim.study.sweep.problem import Problem

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.study.sweep.solve import solve

if TYPE_CHECKING:
    from electrosim.study.sweep.plot import figures
    from electrosim.study.sweep.scenario import Scenario
    from electrosim.study.sweep.summary import tables

__all__ = ["Axis", "Collected", "Execution", "Problem", "Scenario", "figures", "solve", "tables"]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot", "tables": "summary"})
