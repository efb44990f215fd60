"""Calibration: parameters of a scenario fitted to a user's table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.study.calibrate.comparison import Comparison
from electrosim.study.calibrate.problem import LeastSquares, Problem

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.study.calibrate.solve import solve

if TYPE_CHECKING:
    from electrosim.study.calibrate.plot import figures
    from electrosim.study.calibrate.scenario import Scenario
    from electrosim.study.calibrate.summary import tables

__all__ = ["Comparison", "LeastSquares", "Problem", "Scenario", "figures", "solve", "tables"]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot", "tables": "summary"})
