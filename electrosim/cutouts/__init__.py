"""Many small cubes of a large volume: selection, conductivity, correlation with porosity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.cutouts.fits import Fits
from electrosim.cutouts.macropores import MacroporeRule
from electrosim.cutouts.problem import Problem
from electrosim.cutouts.selection import Selection

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.cutouts.solve import Method, solve

if TYPE_CHECKING:
    from electrosim.cutouts.comparison import tables
    from electrosim.cutouts.plot import figures
    from electrosim.cutouts.scenario import Scenario

__all__ = ["Fits", "MacroporeRule", "Method", "Problem", "Scenario", "Selection", "figures", "solve", "tables"]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot", "tables": "comparison"})
