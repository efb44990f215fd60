"""The cells along the thickness: how many a rate needs, and layers and populations as numbers on them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY
from electrosim.base.errors import InputError
from electrosim.discharge.cell import Cell, Electrode, Graded, Layer
from electrosim.discharge.layout import STRIDE
from electrosim.discharge.trajectory import Mesh
from electrosim.materials.electrochemical import Electrolyte

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
        between = math.ceil((3 if isinstance(cell.negative, Electrode) else 6) * max(refinement, 1.0))
        if sum(negative) + between + sum(positive) <= most_cells(cell) or refinement < 0.05:
            return assemble(cell, negative, between, positive)
        refinement *= 0.9


def assemble(cell: Cell, negative: Sequence[int], separator: int, positive: Sequence[int]) -> Mesh:
    """Return the mesh with these numbers of cells in the layers, bottom first, and in the separator."""
    parts = [(SEPARATOR, -1, separator, cell.separator.thickness)]
    if isinstance(cell.negative, Electrode):
        layers = enumerate(zip(negative, cell.negative.layers, strict=True))
        parts = [(NEGATIVE, number, count, part.thickness) for number, (count, part) in layers] + parts
    layers = enumerate(zip(positive, cell.positive.layers, strict=True))
    parts += [(POSITIVE, number, count, part.thickness) for number, (count, part) in layers][::-1]
    counts = [count for _, _, count, _ in parts]
    if sum(counts) > most_cells(cell):
        raise InputError(f"a mesh of {sum(counts)} cells is more than the {most_cells(cell)} that the solver holds")
    return Mesh(
        np.repeat([thickness / count for _, _, count, thickness in parts], counts),
        np.repeat([region for region, _, _, _ in parts], counts),
        np.repeat([layer for _, layer, _, _ in parts], counts),
    )


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
    steps = np.flatnonzero((mesh.region[1:] != mesh.region[:-1]) | (mesh.layer[1:] != mesh.layer[:-1])) + 1
    bounds = [0, *steps.tolist(), mesh.width.size]
    found = []
    for first, last in itertools.pairwise(bounds):
        region = mesh.region[first]
        electrode = cell.negative if region == NEGATIVE else cell.positive
        if region != SEPARATOR and isinstance(electrode, Electrode):
            widths = mesh.width[first:last]
            ends = widths.cumsum()
            centres = (ends - 0.5 * widths) / ends[-1]
            if region == POSITIVE:  # its collector is on the right
                centres = 1 - centres
            found.append((slice(first, last), electrode.layers[mesh.layer[first]], centres))
    return found


def at(graded: Graded, places: Floats) -> Floats | float:
    """Return a graded quantity at places in its layer; one number if it is the same everywhere."""
    return np.broadcast_to(np.asarray(graded(places), np.float64), places.shape) if callable(graded) else graded


def _all_layers(cell: Cell) -> list[Layer]:
    negative = cell.negative.layers if isinstance(cell.negative, Electrode) else ()
    return [*negative, *cell.positive.layers]


def _layers(cell: Cell, electrode: Electrode, current: float, refinement: float) -> list[int]:
    """Return the number of cells of each layer."""
    emptied = emptying(cell, electrode, current)
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
        even = 2 * max(2, math.ceil(0.5 * share * refinement * _needed(electrode, group[0], current, emptied)))
        counts += [max(1, math.ceil(even * part.thickness / thickness * (1 - 1e-9))) for part in group]
    return counts


def _alike(one: Layer, other: Layer) -> bool:
    """Return whether two layers differ in name and thickness at most and are the same all through."""
    graded: tuple[Graded, ...] = (one.porosity, one.transport_efficiency, one.conductivity)
    graded += tuple(
        value for part in one.populations for value in (part.fraction, part.radius, part.wired, part.film_resistance)
    )
    if any(callable(value) for value in graded):
        return False
    return replace(one, name="", thickness=1.0) == replace(other, name="", thickness=1.0)


def emptying(cell: Cell, electrode: Electrode, current: float) -> float:
    """Return how far a current empties or fills the pores of an electrode: fall of the salt over that at rest."""
    resistance = sum(part.thickness / _mean(part.transport_efficiency) for part in electrode.layers)
    return _fall(cell.electrolyte) * current * resistance


@lru_cache(maxsize=128)
def _fall(salt: Electrolyte) -> float:
    """Return (1 - t+) / (F D c) at rest: the share of the salt that goes per current, length and efficiency."""
    rest = salt.concentration
    return float((1 - salt.transference_number(rest)) / (FARADAY * salt.diffusivity(rest) * rest))


def severity(cell: Cell, current: float) -> float:
    """Return how much more closely than at low rates time must be followed for the same error, 1 or more."""
    electrodes = [part for part in (cell.negative, cell.positive) if isinstance(part, Electrode)]
    return max(1.0, *(emptying(cell, part, current) / 1.5 for part in electrodes))


def _needed(electrode: Electrode, part: Layer, current: float, emptied: float) -> float:
    """Return the cells that an electrode all of such a layer needs for 0.5 mV (measured; docs/discharge-solver.md)."""
    sigma: float = _mean(part.conductivity)
    if part.background_conductivity is not None:
        sigma += float(part.background_conductivity(0.5))
    drop = current * electrode.thickness / sigma  # V
    by_salt = min(max(0.8, (emptied / 1.5) ** 1.75), 10.0)  # beyond, the salt is used up soon
    by_electrons = 2 * min(1.0, math.sqrt(drop / 0.3))
    return float(12 * max(by_salt, by_electrons))


def _mean(graded: Graded) -> float:
    """Return the harmonic mean of a graded quantity."""
    if not callable(graded):
        return graded
    values = np.asarray(graded(_PLACES), np.float64)
    return float(values.size / np.sum(1 / values))


_PLACES = np.linspace(0.05, 0.95, 10)
