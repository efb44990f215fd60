"""A cell on a mesh as the flat arrays that the compiled loops read; layout.py says where what stands."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY, GAS_CONSTANT
from electrosim.discharge import curve_tables, layout
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
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
        Sizes in the order of layout.py.
    fixed : ndarray
        Vectors that stay the same, and numbers.
    table : ndarray
        Pieces of all properties.
    places : ndarray of int
        Where properties begin in the table; groups of slots that diffuse alike.
    """

    shape: tuple[int, ...]
    fixed: Floats
    table: Floats
    places: Integers

    @property
    def slots(self) -> int:
        """Kinds of particles times cells."""
        return self.shape[layout.POPULATIONS] * self.shape[layout.CELLS]

    @property
    def with_shells(self) -> bool:
        """Whether the diffusivity of some particles is not constant."""
        groups = self.shape[layout.GROUPS]
        return bool((self.places[layout.DIFFUSIVITY : layout.DIFFUSIVITY + groups] >= 0).any())


class _Tables:
    """Properties whose pieces will stand one behind the other, each once."""

    def __init__(self) -> None:
        self.places: dict[Property, int] = {}

    def place(self, curve: Property) -> int:
        """Return where the pieces of a property of the stoichiometry begin."""
        return self.places.setdefault(curve, _ELECTROLYTE + len(self.places) * _CURVE)


def pack(cell: Cell, mesh: Mesh, modes: Floats, shells: Floats) -> Packed:
    """Return a cell on a mesh, with modes and shells of its particles, as arrays; tolerances are still to be filled."""
    parts, pieces = layers_on(cell, mesh), _Tables()
    negative, first_positive = np.searchsorted(mesh.region, (SEPARATOR, POSITIVE)).tolist()
    populations = max(len(part.populations) for _, part, _ in parts)
    fixed = np.zeros(layout.FIXED_ROWS * layout.STRIDE)
    places = np.full(layout.PLACES_ROWS * layout.STRIDE, -1)
    _cells(cell, mesh, parts, fixed, places, pieces)
    groups = _slots(mesh, populations, parts, fixed, places, pieces)
    _numbers(cell, fixed)
    rates, surface, _ = modes
    volumes, exchange, _ = shells
    for row, values in (
        (layout.MODE_RATE, rates),
        (layout.MODE_SURFACE, surface),
        (layout.SHELL_VOLUME, volumes),
        (layout.SHELL_EXCHANGE, exchange),
    ):
        fixed[row : row + values.size] = values
    return Packed(
        (mesh.width.size, negative, first_positive, populations, groups, rates.size - 1, volumes.size),
        fixed,
        _joined(cell.electrolyte, cell.temperature, tuple(pieces.places)),
        places,
    )


def _cells(cell: Cell, mesh: Mesh, parts: Parts, fixed: Floats, places: Integers, pieces: _Tables) -> None:
    """Fill the vectors over cells."""
    cells = mesh.width.size
    efficiency = np.full(cells, cell.separator.transport_efficiency)
    porosity = np.full(cells, cell.separator.porosity)
    sigma = fixed[layout.SIGMA : layout.SIGMA + cells]
    sigma[:] = 1.0
    background = places[layout.BACKGROUND : layout.BACKGROUND + cells]
    for where, part, centres in parts:
        efficiency[where], porosity[where] = at(part.transport_efficiency, centres), at(part.porosity, centres)
        sigma[where] = at(part.conductivity, centres)
        if part.background_conductivity is not None:
            background[where] = pieces.place(part.background_conductivity)
    half = 0.5 * mesh.width
    ionic = half / efficiency
    fixed[layout.STORAGE : layout.STORAGE + cells] = porosity * mesh.width
    fixed[layout.HALF : layout.HALF + cells] = half
    fixed[layout.IONIC : layout.IONIC + cells] = ionic
    fixed[layout.SHARE + 1 : layout.SHARE + cells] = ionic[1:] / (ionic[1:] + ionic[:-1])


def _slots(mesh: Mesh, populations: int, parts: Parts, fixed: Floats, places: Integers, pieces: _Tables) -> int:
    """Fill the vectors over slots; return the number of groups of slots that diffuse alike."""
    cells = mesh.width.size
    slots = populations * cells
    area, maximum, rate, film, flux, sink = (fixed[row : row + slots] for row in _SLOT_ROWS)
    potential = places[layout.POTENTIAL : layout.POTENTIAL + slots]
    place, speed = np.zeros(slots, np.int64), np.zeros(slots)

    def fill(slot: slice, population: Population, centres: Floats, width: Floats | float) -> None:
        material = population.material
        radius = at(population.radius, centres)
        area[slot] = 3 * at(population.fraction, centres) * at(population.wired, centres) / radius * width
        maximum[slot] = material.maximum_concentration
        rate[slot] = 4 * material.reaction_rate**2
        film[slot] = at(population.film_resistance, centres)
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
    for where, part, centres in parts:
        for number, population in enumerate(part.populations):
            slot = slice(number * cells + where.start, number * cells + where.stop)
            fill(slot, population, centres, mesh.width[where])
    change = np.flatnonzero((speed[1:] != speed[:-1]) | (place[1:] != place[:-1])) + 1
    groups = change.size + 1
    firsts = places[layout.FIRST_SLOT : layout.FIRST_SLOT + groups]
    firsts[0], firsts[1:] = 0, change
    places[layout.LAST_SLOT : layout.LAST_SLOT + groups - 1] = change
    places[layout.LAST_SLOT + groups - 1] = slots
    places[layout.DIFFUSIVITY : layout.DIFFUSIVITY + groups] = place[firsts]
    fixed[layout.SPEED : layout.SPEED + groups] = speed[firsts]
    return groups


def _numbers(cell: Cell, fixed: Floats) -> None:
    """Fill in the numbers of a run that depend on the cell alone."""
    salt = cell.electrolyte
    fixed[layout.THERMAL] = GAS_CONSTANT * cell.temperature / FARADAY
    fixed[layout.LOGARITHM] = curve_tables.logarithm(salt, cell.temperature)
    fixed[layout.SPACING] = curve_tables.spacing(salt)
    fixed[layout.REST] = salt.concentration
    fixed[layout.RESISTANCES] = cell.series_resistance + cell.positive.contact_resistance
    if isinstance(cell.negative, Electrode):
        fixed[layout.BOTTOM] = cell.negative.contact_resistance
        fixed[layout.RESISTANCES] += cell.negative.contact_resistance
    else:
        fixed[layout.EXCHANGE] = cell.negative.exchange_current
        fixed[layout.EXPONENT] = cell.negative.concentration_exponent


@lru_cache(maxsize=64)
def _joined(salt: Electrolyte, temperature: float, curves: tuple[Property, ...]) -> Floats:
    """Return the pieces of an electrolyte and of properties of the stoichiometry, one behind the other."""
    parts = [
        curve_tables.of_concentration(salt, temperature),
        *(curve_tables.of_stoichiometry(curve) for curve in curves),
    ]
    return np.concatenate([part.ravel() for part in parts])


_HALF = np.array(0.5)
_SLOT_ROWS = (layout.AREA, layout.MAXIMUM, layout.RATE, layout.FILM, layout.FLUX, layout.SINK)
