"""The cells along the thickness: how many a rate needs, and layers and populations as numbers on them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.discharge.cell import Cell, Electrode, Graded, Layer
from electrosim.discharge.constants import FARADAY
from electrosim.discharge.layout import STRIDE
from electrosim.discharge.trajectory import Mesh

Floats = NDArray[np.float64]

NEGATIVE, SEPARATOR, POSITIVE = range(3)


def choose(cell: Cell, current: float, target: float) -> Mesh:
    """Return a mesh on which the voltage at a current is right to about the target.

    A cell face stands on every step between layers. Neighbouring layers that are alike share their cells as one layer
    would, so that cutting a layer changes nothing.

    Parameters
    ----------
    cell : Cell
        What is discharged.
    current : float
        Largest magnitude of the current density [A m-2].
    target : float
        Error of the voltage [V].
    """
    refinement = math.sqrt(5e-4 / target)
    while True:
        negative = _layers(cell, cell.negative, current, refinement) if isinstance(cell.negative, Electrode) else []
        positive = _layers(cell, cell.positive, current, refinement)
        between = max(3, math.ceil(3 * refinement))
        if sum(negative) + between + sum(positive) <= most_cells(cell) or refinement < 0.05:
            return assemble(cell, negative, between, positive)
        refinement *= 0.9


def assemble(cell: Cell, negative: Sequence[int], separator: int, positive: Sequence[int]) -> Mesh:
    """Return the mesh with these numbers of cells in the layers, bottom first, and in the separator."""
    width, region, layer = [], [], []
    if isinstance(cell.negative, Electrode):
        for number, (count, part) in enumerate(zip(negative, cell.negative.layers, strict=True)):
            width += [part.thickness / count] * count
            region += [NEGATIVE] * count
            layer += [number] * count
    width += [cell.separator.thickness / separator] * separator
    region += [SEPARATOR] * separator
    layer += [-1] * separator
    for number in reversed(range(len(positive))):
        count, part = positive[number], cell.positive.layers[number]
        width += [part.thickness / count] * count
        region += [POSITIVE] * count
        layer += [number] * count
    if len(width) > most_cells(cell):
        raise InputError(f"a mesh of {len(width)} cells is more than the {most_cells(cell)} that the solver holds")
    return Mesh(np.array(width), np.array(region, np.int64), np.array(layer, np.int64))


def most_cells(cell: Cell) -> int:
    """Return the most cells that a mesh can have."""
    return (STRIDE - 8) // max(2, max(len(part.populations) for part in _all_layers(cell)))


def check(cell: Cell, mesh: Mesh) -> None:
    """Check that a mesh is one of a cell.

    Raises
    ------
    InputError
        If it is not.
    """
    thickness = cell.separator.thickness + sum(part.thickness for part in _all_layers(cell))
    parts = {(region, layer) for region, layer in zip(mesh.region.tolist(), mesh.layer.tolist(), strict=True)}
    if not math.isclose(mesh.width.sum(), thickness, rel_tol=1e-9) or len(parts) != len(_all_layers(cell)) + 1:
        raise InputError("the mesh is of another cell: its thickness or the number of its layers differs")


def layers_on(cell: Cell, mesh: Mesh) -> list[tuple[slice, Layer, Floats]]:
    """Return for each layer its cells, itself and the centres of its cells, 0 at its collector side to 1."""
    found = []
    for region, electrode in ((NEGATIVE, cell.negative), (POSITIVE, cell.positive)):
        if isinstance(electrode, Electrode):
            for number, part in enumerate(electrode.layers):
                inside = np.flatnonzero((mesh.region == region) & (mesh.layer == number))
                widths = mesh.width[inside] if region == NEGATIVE else mesh.width[inside][::-1]
                centres = (np.cumsum(widths) - 0.5 * widths) / widths.sum()
                where = slice(int(inside[0]), int(inside[-1]) + 1)
                found.append((where, part, centres if region == NEGATIVE else centres[::-1]))
    return found


def at(graded: Graded, places: Floats) -> Floats:
    """Return a graded quantity at places in its layer."""
    return np.broadcast_to(np.asarray(graded(places) if callable(graded) else graded, np.float64), places.shape)


def _all_layers(cell: Cell) -> list[Layer]:
    negative = cell.negative.layers if isinstance(cell.negative, Electrode) else ()
    return [*negative, *cell.positive.layers]


def _layers(cell: Cell, electrode: Electrode, current: float, refinement: float) -> list[int]:
    """Return the number of cells of each layer."""
    counts: list[int] = []
    groups: list[list[Layer]] = []
    for part in electrode.layers:
        if groups and _alike(groups[-1][0], part):
            groups[-1].append(part)
        else:
            groups.append([part])
    for group in groups:
        thickness = sum(part.thickness for part in group)
        share = thickness / electrode.thickness
        even = 2 * max(2, math.ceil(0.5 * share * refinement * _cells(cell, electrode, current)))
        counts += [max(1, math.ceil(even * part.thickness / thickness * (1 - 1e-9))) for part in group]
    return counts


def _alike(one: Layer, other: Layer) -> bool:
    """Return whether two layers differ in name and thickness at most and are the same all through."""
    graded = (one.porosity, one.transport_efficiency, one.conductivity)
    graded += tuple(
        value for part in one.populations for value in (part.fraction, part.radius, part.wired, part.film_resistance)
    )
    if any(callable(value) for value in graded):
        return False
    return replace(one, name="", thickness=1.0) == replace(other, name="", thickness=1.0)


def _cells(cell: Cell, electrode: Electrode, current: float) -> float:
    """Return the number of cells that an electrode needs for 0.5 mV, by how far the current empties its pores."""
    places = np.linspace(0.05, 0.95, 10)
    salt = cell.electrolyte
    resistance = sum(part.thickness / np.mean(at(part.transport_efficiency, places)) for part in electrode.layers)
    transference = float(salt.transference_number(salt.concentration))
    diffusivity = float(salt.diffusivity(salt.concentration))
    emptying = (1 - transference) * current * resistance / (FARADAY * diffusivity * salt.concentration)
    return 12 * max(0.8, (float(emptying) / 1.5) ** 1.5)
