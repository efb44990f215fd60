"""A cell on a mesh as the flat arrays that the compiled loops read; layout.py says where what stands."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.discharge import curve_tables, layout
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.constants import FARADAY, GAS_CONSTANT
from electrosim.discharge.mesh import NEGATIVE, SEPARATOR, at, layers_on
from electrosim.discharge.trajectory import Mesh
from electrosim.materials.property import Property

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Packed:
    """Arguments of the compiled loops that describe a cell.

    Parameters
    ----------
    shape : tuple of int
        Cells, cells of the negative electrode, first cell of the positive one, populations.
    numbers, fixed, table : ndarray
        Numbers of the run, vectors that stay the same, pieces of all properties.
    potential, background : ndarray of int
        Where in the table the open-circuit potential of each slot and the background conductivity of each cell begin.
    groups, speeds : ndarray
        Slots that diffuse alike: first, one past the last, where the diffusivity begins in the table (-1 if it is
        constant); D / R^2 [s-1], or 1 / R^2 [m-2].
    """

    shape: tuple[int, int, int, int]
    numbers: Floats
    fixed: Floats
    table: Floats
    potential: Integers
    background: Integers
    groups: Integers
    speeds: Floats

    @property
    def with_shells(self) -> bool:
        """Whether the diffusivity of some particles is not constant."""
        return bool((self.groups[:, 2] >= 0).any())


class _Tables:
    """Pieces of properties one behind the other, each once."""

    def __init__(self, first: Floats) -> None:
        self.parts = [first.ravel()]
        self.size = first.size
        self.places: dict[Property, int] = {}

    def place(self, curve: Property) -> int:
        """Return where the pieces of a property of the stoichiometry begin."""
        if curve not in self.places:
            part = curve_tables.of_stoichiometry(curve).ravel()
            self.places[curve] = self.size
            self.parts.append(part)
            self.size += part.size
        return self.places[curve]


def pack(cell: Cell, mesh: Mesh) -> Packed:
    """Return a cell on a mesh as arrays, without what depends on the method."""
    salt, cells = cell.electrolyte, mesh.width.size
    pieces = _Tables(curve_tables.of_concentration(salt, cell.temperature))
    parts = layers_on(cell, mesh)
    populations = max(len(part.populations) for _, part, _ in parts)
    fixed = np.zeros((layout.FIXED_ROWS, layout.STRIDE))
    rows = {name: fixed[getattr(layout, name) // layout.STRIDE] for name in _FIXED}
    efficiency = np.full(cells, cell.separator.transport_efficiency)
    porosity = np.full(cells, cell.separator.porosity)
    rows["SIGMA"][:cells] = 1.0
    background = np.full(cells, -1)
    for where, part, places in parts:
        efficiency[where], porosity[where] = at(part.transport_efficiency, places), at(part.porosity, places)
        rows["SIGMA"][where] = at(part.conductivity, places)
        if part.background_conductivity is not None:
            background[where] = pieces.place(part.background_conductivity)
    rows["STORAGE"][:cells] = porosity * mesh.width
    rows["HALF"][:cells] = 0.5 * mesh.width
    rows["IONIC"][:cells] = 0.5 * mesh.width / efficiency
    ionic = rows["IONIC"][:cells]
    rows["SHARE"][1:cells] = ionic[1:] / (ionic[1:] + ionic[:-1])

    slots = populations * cells
    potential = np.zeros(slots, np.int64)
    diffusivity = np.full(slots, -1)
    speed = np.zeros(slots)
    everywhere = [(slice(0, cells), parts[0][1].populations[0], np.full(cells, 0.5), 0.0, 0)]
    everywhere += [(slice(0, cells), parts[0][1].populations[0], np.full(cells, 0.5), 0.0, p) for p in range(1, populations)]
    for where, part, places in parts:
        for number, population in enumerate(part.populations):
            everywhere.append((where, population, places, 1.0, number))
    for where, population, places, present, number in everywhere:
        material = population.material
        slot = slice(number * cells + where.start, number * cells + where.stop)
        radius = at(population.radius, places)
        share = at(population.fraction, places) * at(population.wired, places)
        rows["AREA"][slot] = present * 3 * share / radius * mesh.width[where]
        rows["MAXIMUM"][slot] = material.maximum_concentration
        rows["RATE"][slot] = 4 * material.reaction_rate**2
        rows["FILM"][slot] = at(population.film_resistance, places)
        rows["SINK"][slot] = 3 / (FARADAY * radius)
        potential[slot] = pieces.place(material.open_circuit_potential)
        if material.diffusivity.is_constant:
            constant = float(material.diffusivity(0.5))
            speed[slot], diffusivity[slot] = constant / radius**2, -1
            rows["FLUX"][slot] = radius / (FARADAY * constant)
        else:
            speed[slot], diffusivity[slot] = 1 / radius**2, pieces.place(material.diffusivity)
            rows["FLUX"][slot] = radius / FARADAY
    change = np.flatnonzero((np.diff(speed) != 0) | (np.diff(diffusivity) != 0)) + 1
    firsts, lasts = np.append(0, change), np.append(change, slots)
    negative = int(np.sum(mesh.region == NEGATIVE))
    numbers = np.zeros(layout.NUMBERS)
    numbers[layout.THERMAL] = GAS_CONSTANT * cell.temperature / FARADAY
    numbers[layout.LOGARITHM] = curve_tables.logarithm(salt, cell.temperature)
    numbers[layout.SPACING] = curve_tables.spacing(salt)
    numbers[layout.REST] = salt.concentration
    numbers[layout.RESISTANCES] = cell.series_resistance + cell.positive.contact_resistance
    if isinstance(cell.negative, Electrode):
        numbers[layout.BOTTOM] = cell.negative.contact_resistance
        numbers[layout.RESISTANCES] += cell.negative.contact_resistance
    else:
        numbers[layout.EXCHANGE] = cell.negative.exchange_current
        numbers[layout.EXPONENT] = cell.negative.concentration_exponent
    return Packed(
        (cells, negative, negative + int(np.sum(mesh.region == SEPARATOR)), populations),
        numbers,
        fixed.ravel(),
        np.concatenate(pieces.parts),
        potential,
        background,
        np.stack([firsts, lasts, diffusivity[firsts]], axis=1),
        speed[firsts],
    )


_FIXED = ("STORAGE", "IONIC", "HALF", "SIGMA", "SHARE", "AREA", "MAXIMUM", "RATE", "FILM", "FLUX", "SINK")
