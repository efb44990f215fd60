"""Compiled conductance of a face between two voxels."""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True, error_model="numpy")
def harmonic_mean(one, other):
    """Return the harmonic mean of two conductivities, the two halves of the way between two centres in series."""
    return 2 * one * other / (one + other) if one > 0 and other > 0 else 0.0
