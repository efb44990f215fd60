"""Colours that the pictures of conduction share."""

DIRECTION = {"x": "#1b6ca8", "y": "#d1701c", "z": "#4a8f3c"}
SOLID = "#3b3b40"
ISOLATED = "#c9b7a0"
