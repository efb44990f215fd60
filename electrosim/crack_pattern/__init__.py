"""Which cracks a drying film breaks into."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.crack_pattern.direct import Direct
from electrosim.crack_pattern.problem import Bubble, Film, Problem
from electrosim.crack_pattern.relaxation import Relaxation

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.crack_pattern.solve import solve
from electrosim.crack_pattern.updated import Updated

if TYPE_CHECKING:
    from electrosim.crack_pattern.animation import animations
    from electrosim.crack_pattern.plot import figures
    from electrosim.crack_pattern.scenario import Scenario

__all__ = ["Bubble", "Direct", "Film", "Problem", "Relaxation", "Scenario", "Updated", "animations", "figures", "solve"]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "animations": "animation", "figures": "plot"})
