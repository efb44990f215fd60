"""``kind = "recipe"`` as `study` asks for it; in the package itself the module `tables` hides the function."""

from electrosim.recipe.plot import figures
from electrosim.recipe.problem import Problem
from electrosim.recipe.scenario import Scenario
from electrosim.recipe.solve import solve
from electrosim.recipe.summary import tables

__all__ = ["Problem", "Scenario", "figures", "solve", "tables"]
