"""Ageing of cells, layer by layer: damage laws, long cycling by cycle jumps, check-ups, titration."""
