"""Simulates porous battery electrodes."""
