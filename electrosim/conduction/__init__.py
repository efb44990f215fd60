"""Conduction through voxel images: effective conductivity and tortuosity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach

if TYPE_CHECKING:
    from electrosim.conduction.direct import Direct
    from electrosim.conduction.multigrid import Multigrid
    from electrosim.conduction.plot import figures
    from electrosim.conduction.problem import Problem
    from electrosim.conduction.scenario import Scenario
    from electrosim.conduction.solve import solve

__all__ = ["Direct", "Multigrid", "Problem", "Scenario", "figures", "solve"]

__getattr__, __dir__ = attach(
    __name__,
    {
        "Direct": "direct",
        "Multigrid": "multigrid",
        "Problem": "problem",
        "Scenario": "scenario",
        "figures": "plot",
        "solve": "solve",
    },
)
