"""Stacks of layers as arrays for the walk, one for each thickness of the film."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from electrosim.backscatter.media import Materials
from electrosim.backscatter.problem import Layer
from electrosim.backscatter.walk_kernels import Stacks

Array = NDArray[np.float64]

_SURELY = 0.999  # of the range needed to come back, so that rounding in the tables never kills what could


def stacks_of(
    layers: Sequence[Layer], film: int | None, thicknesses: Sequence[float], tables: Materials
) -> tuple[Stacks, Array]:
    """Return stacks of layers that differ in one thickness.

    Parameters
    ----------
    layers : sequence of Layer
        From the surface down.
    film : int or None
        Number of the layer whose thickness varies.
    thicknesses : sequence of float
        Its thicknesses, ascending, perhaps from 0 [m].
    tables : Materials
        Tables of the materials.

    Returns
    -------
    stacks : Stacks
        One per thickness, then one in which the film has no lower face; without a film one alone.
    face : ndarray of float, shape (number of thicknesses,)
        Depth of the lower face of the film [m].
    """
    number = [tables.compounds.index(layer.material) for layer in layers]
    own = [layer.thickness for layer in layers]
    if film is None:
        rows, face = [own], np.empty(0)
    else:
        rows = [[*own[:film], value, *own[film + 1 :]] for value in (*thicknesses, math.inf)]
        face = np.cumsum([0.0, *own])[film] + np.array(thicknesses)
    edge = np.array([np.cumsum([0.0, *row]) for row in rows])
    limit = np.array([_limits(row, number, tables) for row in rows])
    return Stacks(edge, limit, np.array(number)), face


def _limits(thicknesses: Sequence[float], number: Sequence[int], tables: Materials) -> list[float]:
    """Return per layer the depth of its upper face less the range that an electron needs there to reach the surface."""
    limits, top, needed = [], 0.0, 0.0
    for layer, (thickness, m) in enumerate(zip(thicknesses, number, strict=True)):
        limits.append(top - _SURELY * needed)
        if layer + 1 == len(number) or not math.isfinite(thickness):
            break
        slowing, below = tables.slowing[m], tables.slowing[number[layer + 1]]
        needed += thickness
        reachable = needed <= slowing.residual_range[-1]
        needed = below.range_of(float(slowing.energy_of(needed))) if reachable else math.inf
        top += thickness
    return limits + [-math.inf] * (len(number) - len(limits))
