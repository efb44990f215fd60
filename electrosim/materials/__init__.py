"""What things are made of: tables of numbers with their source and valid range, elements, formulas, compounds."""

from __future__ import annotations

from electrosim.materials.compounds import Compound, compound, material, mixture, named_materials
from electrosim.materials.elements import Element, element
from electrosim.materials.formula import parse_formula

__all__ = ["Compound", "Element", "compound", "element", "material", "mixture", "named_materials", "parse_formula"]
