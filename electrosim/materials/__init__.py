"""What things are made of: tables of numbers with their source and valid range, elements, formulas, compounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from electrosim.base.lazy import attach

if TYPE_CHECKING:
    from electrosim.materials.compounds import Compound, compound, material, mixture, named_materials
    from electrosim.materials.elements import Element, element
    from electrosim.materials.formula import parse_formula

__all__ = ["Compound", "Element", "compound", "element", "material", "mixture", "named_materials", "parse_formula"]

# A discharge needs no elements, and they need scipy's constants.
__getattr__, __dir__ = attach(
    __name__,
    {
        "Compound": "compounds",
        "Element": "elements",
        "compound": "compounds",
        "element": "elements",
        "material": "compounds",
        "mixture": "compounds",
        "named_materials": "compounds",
        "parse_formula": "formula",
    },
)
