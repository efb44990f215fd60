"""From what is weighed to what is solved: recipes, slurries, coatings."""

from electrosim.recipe.coating import CoatedLayer, Coating, LayerRecipe, coat
from electrosim.recipe.heterogeneity import heterogeneity, mean_carbon
from electrosim.recipe.slurry import Slurry
from electrosim.recipe.solids import Ingredients, Weights

__all__ = [
    "CoatedLayer",
    "Coating",
    "Ingredients",
    "LayerRecipe",
    "Slurry",
    "Weights",
    "coat",
    "heterogeneity",
    "mean_carbon",
]
