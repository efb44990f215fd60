"""From what is weighed to what is solved: recipes, slurries, coatings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.recipe.amounts import coat
from electrosim.recipe.coating import CoatedLayer, Coating, LayerRecipe
from electrosim.recipe.heterogeneity import heterogeneity, mean_carbon
from electrosim.recipe.problem import Problem
from electrosim.recipe.slurry import Slurry
from electrosim.recipe.solids import Ingredients, Weights

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.recipe.solve import solve

if TYPE_CHECKING:
    from electrosim.recipe.plot import figures
    from electrosim.recipe.scenario import Scenario

__all__ = [
    "CoatedLayer",
    "Coating",
    "Ingredients",
    "LayerRecipe",
    "Problem",
    "Scenario",
    "Slurry",
    "Weights",
    "coat",
    "figures",
    "heterogeneity",
    "mean_carbon",
    "solve",
]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot"})
