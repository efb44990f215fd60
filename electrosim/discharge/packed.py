"""A cell on a mesh as the flat arrays that the compiled loops read; layout.py says where what stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from electrosim.discharge import curve_tables, layout
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.constants import FARADAY, GAS_CONSTANT
from electrosim.discharge.mesh import POSITIVE, SEPARATOR, at, layers_on
from electrosim.discharge.trajectory import Mesh
from electrosim.materials.electrochemical import Electrolyte
from electrosim.materials.property import Property

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Parts = list[tuple[slice, Layer, Floats]]

_CURVE = 4 * layout.TABLE_CELLS
_ELECTROLYTE = 16 * layout.TABLE_CELLS


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
    """Properties whose pieces will stand one behind the other, each once."""

    def __init__(self) -> None:
        self.places: dict[Property, int] = {}

    def place(self, curve: Property) -> int:
        """Return where the pieces of a property of the stoichiometry begin."""
        return self.places.setdefault(curve, _ELECTROLYTE + len(self.places) * _CURVE)


def pack(cell: Cell, mesh: Mesh) -> Packed:
    """Return a cell on a mesh as arrays, without what depends on the method."""
    parts, pieces = layers_on(cell, mesh), _Tables()
    negative, first_positive = np.searchsorted(mesh.region, (SEPARATOR, POSITIVE)).tolist()
    populations = max(len(part.populations) for _, part, _ in parts)
    fixed = np.zeros(layout.FIXED_ROWS * layout.STRIDE)
    background = _cells(cell, mesh, parts, fixed, pieces)
    potential, groups, speeds = _slots(mesh, populations, parts, fixed, pieces)
    return Packed(
        (mesh.width.size, negative, first_positive, populations),
        _numbers(cell),
        fixed,
        _joined(cell.electrolyte, cell.temperature, tuple(pieces.places)),
        potential,
        background,
        groups,
        speeds,
    )


def _cells(cell: Cell, mesh: Mesh, parts: Parts, fixed: Floats, pieces: _Tables) -> Integers:
    """Fill the vectors over cells; return where the background conductivities begin."""
    cells = mesh.width.size
    efficiency = np.full(cells, cell.separator.transport_efficiency)
    porosity = np.full(cells, cell.separator.porosity)
    sigma = fixed[layout.SIGMA : layout.SIGMA + cells]
    sigma[:] = 1.0
    background = np.full(cells, -1)
    for where, part, places in parts:
        efficiency[where], porosity[where] = at(part.transport_efficiency, places), at(part.porosity, places)
        sigma[where] = at(part.conductivity, places)
        if part.background_conductivity is not None:
            background[where] = pieces.place(part.background_conductivity)
    half = 0.5 * mesh.width
    ionic = half / efficiency
    fixed[layout.STORAGE : layout.STORAGE + cells] = porosity * mesh.width
    fixed[layout.HALF : layout.HALF + cells] = half
    fixed[layout.IONIC : layout.IONIC + cells] = ionic
    fixed[layout.SHARE + 1 : layout.SHARE + cells] = ionic[1:] / (ionic[1:] + ionic[:-1])
    return background


def _slots(
    mesh: Mesh, populations: int, parts: Parts, fixed: Floats, pieces: _Tables
) -> tuple[Integers, Integers, Floats]:
    """Fill the vectors over slots; return where potentials begin, groups of slots that diffuse alike, their speeds."""
    cells = mesh.width.size
    slots = populations * cells
    area, maximum, rate, film, flux, sink = (fixed[row : row + slots] for row in _SLOT_ROWS)
    potential, place, speed = np.zeros(slots, np.int64), np.zeros(slots, np.int64), np.zeros(slots)

    def fill(slot: slice, population: Population, places: Floats, width: Floats | float) -> None:
        material = population.material
        radius = at(population.radius, places)
        area[slot] = 3 * at(population.fraction, places) * at(population.wired, places) / radius * width
        maximum[slot] = material.maximum_concentration
        rate[slot] = 4 * material.reaction_rate**2
        film[slot] = at(population.film_resistance, places)
        sink[slot] = 3 / (FARADAY * radius)
        potential[slot] = pieces.place(material.open_circuit_potential)
        if material.diffusivity.is_constant:
            constant = float(material.diffusivity.function(_HALF))
            speed[slot], place[slot], flux[slot] = constant / radius**2, -1, radius / (FARADAY * constant)
        else:
            speed[slot], place[slot], flux[slot] = 1 / radius**2, pieces.place(material.diffusivity), radius / FARADAY

    # slots without particles are computed along, as particles of no surface
    for number in range(populations):
        fill(slice(number * cells, (number + 1) * cells), parts[0][1].populations[0], np.full(cells, 0.5), 0.0)
    for where, part, places in parts:
        for number, population in enumerate(part.populations):
            slot = slice(number * cells + where.start, number * cells + where.stop)
            fill(slot, population, places, mesh.width[where])
    change = np.flatnonzero((speed[1:] != speed[:-1]) | (place[1:] != place[:-1])) + 1
    groups = np.zeros((change.size + 1, 3), np.int64)
    groups[1:, 0], groups[:-1, 1], groups[-1, 1] = change, change, slots
    groups[:, 2] = place[groups[:, 0]]
    return potential, groups, speed[groups[:, 0]]


def _numbers(cell: Cell) -> Floats:
    """Return the numbers of a run that depend on the cell alone."""
    numbers = np.zeros(layout.NUMBERS)
    salt = cell.electrolyte
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
    return numbers


@lru_cache(maxsize=64)
def _joined(salt: Electrolyte, temperature: float, curves: tuple[Property, ...]) -> Floats:
    """Return the pieces of an electrolyte and of properties of the stoichiometry, one behind the other."""
    parts = [curve_tables.of_concentration(salt, temperature), *(curve_tables.of_stoichiometry(curve) for curve in curves)]
    return np.concatenate([part.ravel() for part in parts])


_HALF = np.array(0.5)
_SLOT_ROWS = (layout.AREA, layout.MAXIMUM, layout.RATE, layout.FILM, layout.FLUX, layout.SINK)
