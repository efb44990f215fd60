"""What a volume looks like: shares, surfaces, pore sizes, intrusion, network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.structure.analysis import Analysis, Network, Porosimetry
from electrosim.structure.problem import Problem
from electrosim.structure.regions import PoreRegions, pore_regions

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.structure.solve import solve

if TYPE_CHECKING:
    from electrosim.structure.plot import figures
    from electrosim.structure.scenario import Scenario

__all__ = [
    "Analysis",
    "Network",
    "PoreRegions",
    "Porosimetry",
    "Problem",
    "Scenario",
    "figures",
    "pore_regions",
    "solve",
]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot"})
