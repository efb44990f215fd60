"""What things are made of: elements, formulas, compounds by name, each number with its source."""

from __future__ import annotations

from electrosim.materials.compounds import Compound, compound, material, mixture, named_materials
from electrosim.materials.elements import Element, element
from electrosim.materials.formula import parse_formula

__all__ = ["Compound", "Element", "compound", "element", "material", "mixture", "named_materials", "parse_formula"]
