"""Colours that pictures share."""

DIRECTION = {"x": "#1b6ca8", "y": "#d1701c", "z": "#4a8f3c"}
SOLID = "#3b3b40"
ISOLATED = "#c9b7a0"
PHASES = ("#dfe9ee", "#5b6470", "#e0a33b", "#7a4f8f", "#4f9d8f", "#b5523b")
"""Fills of the phases of an image, repeated if there are more."""
