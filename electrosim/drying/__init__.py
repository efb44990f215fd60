"""Drying of coatings: film, solvent, binder migration, capillary stress, critical thickness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach
from electrosim.drying.coating import Coating, Component
from electrosim.drying.cracking import Cracking
from electrosim.drying.film import Film
from electrosim.drying.gas import Air
from electrosim.drying.layers import electrode_layers, layers
from electrosim.drying.method import Method
from electrosim.drying.problem import Problem, Zone, film_of

# Not lazily: the name is that of its module too, and whoever imports the module first would hide the function.
from electrosim.drying.solve import solve
from electrosim.drying.species import Species

if TYPE_CHECKING:
    from electrosim.drying.plot import figures
    from electrosim.drying.scenario import Scenario
    from electrosim.drying.summary import tables

__all__ = [
    "Air",
    "Coating",
    "Component",
    "Cracking",
    "Film",
    "Method",
    "Problem",
    "Scenario",
    "Species",
    "Zone",
    "electrode_layers",
    "figures",
    "film_of",
    "layers",
    "solve",
    "tables",
]

__getattr__, __dir__ = attach(__name__, {"Scenario": "scenario", "figures": "plot", "tables": "summary"})
