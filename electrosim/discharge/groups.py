"""The particles of a cell sorted into groups: one population in one layer, on the mesh of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY
from electrosim.base.graded import Graded, at
from electrosim.discharge.cell import Cell, Electrode, Layer
from electrosim.discharge.trajectory import Mesh
from electrosim.materials.electrochemical import ActiveMaterial

Floats = NDArray[np.float64]
Side = Literal["negative", "positive"]

SIDES: dict[int, Side] = {0: "negative", 2: "positive"}


@dataclass(frozen=True)
class Section:
    """A layer of an electrode on a mesh.

    Parameters
    ----------
    side : {"negative", "positive"}
        The electrode.
    name : str
        Of the layer, as results call it.
    layer : Layer
        What it is.
    cells : slice
        Its cells on the mesh.
    place : ndarray, shape (cells,)
        Middle of each cell in the layer, 0 at the layer's collector side and 1 at its separator side.
    width : ndarray, shape (cells,)
        [m]
    """

    side: Side
    name: str
    layer: Layer
    cells: slice
    place: Floats
    width: Floats

    def values(self, graded: Graded) -> Floats:
        """Return what a layer's number or function of the place is in each cell."""
        return at(graded, self.place)


@dataclass(frozen=True)
class Group:
    """One population of particles in one layer.

    Parameters
    ----------
    section : Section
        The layer.
    population : int
        Index of the population in the layer.
    material : ActiveMaterial
        What the particles are made of.
    volume : ndarray, shape (cells,)
        Of the particles that electrons reach, per area of electrode [m].
    area : ndarray, shape (cells,)
        Surface of these particles per area of electrode [1].
    mass : float
        Of all particles, those out of reach too, per area of electrode [kg m-2].
    """

    section: Section
    population: int
    material: ActiveMaterial
    volume: Floats
    area: Floats
    mass: float

    @property
    def capacity(self) -> Floats:
        """Charge between stoichiometry 0 and 1 in each cell, per area of electrode [C m-2]."""
        return np.asarray(self.volume * self.material.maximum_concentration * FARADAY)

    def of(self, field: Floats) -> Floats:
        """Return the part of a field of shape (times, populations, cells) that is this group's."""
        return np.asarray(field[:, self.population, self.section.cells])


def sections(cell: Cell, mesh: Mesh) -> tuple[Section, ...]:
    """Return the layers of both electrodes, each electrode's bottom first, the positive electrode first."""
    found = []
    for region, electrode in ((2, cell.positive), (0, cell.negative)):
        if isinstance(electrode, Electrode):
            for number, layer in enumerate(electrode.layers):
                cells = np.flatnonzero((mesh.region == region) & (mesh.layer == number))
                where = slice(int(cells[0]), int(cells[-1]) + 1)
                width = mesh.width[where]
                place = (np.cumsum(width) - width / 2) / width.sum()
                side = SIDES[region]
                name = layer_name(cell, side, layer)
                found.append(Section(side, name, layer, where, place if region == 0 else 1 - place, width))
    return tuple(found)


def layer_name(cell: Cell, side: Side, layer: Layer) -> str:
    """Return what results call a layer: its own name and, where there are two porous electrodes, that of the side."""
    if not isinstance(cell.negative, Electrode):
        return layer.name
    electrode = cell.positive if side == "positive" else cell.negative
    return side if len(electrode.layers) == 1 else f"{side} {layer.name}"


def groups(sections_of_cell: tuple[Section, ...]) -> tuple[Group, ...]:
    """Return all populations in all layers."""
    found = []
    for section in sections_of_cell:
        for number, population in enumerate(section.layer.populations):
            fraction = section.values(population.fraction) * section.width
            volume = fraction * section.values(population.wired)
            area = 3 * volume / section.values(population.radius)
            mass = float(fraction.sum()) * population.material.density
            found.append(Group(section, number, population.material, volume, area, mass))
    return tuple(found)
