"""Conduction through voxel images: effective conductivity and tortuosity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.conduction.direct import Direct
from electrosim.conduction.error_budget import Errors
from electrosim.conduction.multigrid import Multigrid
from electrosim.conduction.problem import Problem
from electrosim.conduction.representative_volume import RepresentativeVolume

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.conduction.solve import solve

if TYPE_CHECKING:
    from electrosim.conduction.plot import figures
    from electrosim.conduction.scenario import Scenario

__all__ = ["Direct", "Errors", "Multigrid", "Problem", "RepresentativeVolume", "Scenario", "figures", "solve"]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot"})
