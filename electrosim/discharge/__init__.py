"""Discharge of porous-electrode cells: graded electrodes, rate capability, utilisation."""
