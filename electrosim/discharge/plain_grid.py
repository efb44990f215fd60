"""A cell cut into finite volumes: one number of every property per volume, and where which particles are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.mesh import NEGATIVE, POSITIVE, SEPARATOR, at, layers_on
from electrosim.discharge.trajectory import Mesh
from electrosim.materials.electrochemical import ActiveMaterial
from electrosim.materials.property import Property

Floats = NDArray[np.float64]

_LEAST = 3  # volumes in a layer


@dataclass(frozen=True)
class Particles:
    """One population of one layer: its row among the populations, its volumes, its material."""

    population: int
    where: slice
    material: ActiveMaterial


@dataclass(frozen=True)
class Grid:
    """Properties at the n volumes; the second index of the particles' is the population.

    Parameters
    ----------
    mesh : Mesh
        The volumes.
    porosity, efficiency, conductivity : ndarray, shape (n,)
        Of electrolyte; its effective over bulk transport; of the solid without background, zero in the separator.
    area, radius, film, maximum : ndarray, shape (p, n)
        Particle surface per volume of layer, zero where there are none [m-1]; [m]; [ohm m2]; [mol m-3].
    particles : tuple of Particles
        All populations of all layers.
    background : tuple of (slice, Property)
        Where a conductivity is added that depends on the mean stoichiometry of the first population.
    """

    mesh: Mesh
    porosity: Floats
    efficiency: Floats
    conductivity: Floats
    area: Floats
    radius: Floats
    film: Floats
    maximum: Floats
    particles: tuple[Particles, ...]
    background: tuple[tuple[slice, Property], ...]


def uniform(cell: Cell, cells: int) -> Mesh:
    """Return a mesh with about so many volumes per electrode, half as many in the separator, a face on each step."""
    width: list[Floats] = []
    region: list[int] = []
    layer: list[int] = []

    def add(thickness: float, count: int, place: int, index: int) -> None:
        width.append(np.full(count, thickness / count))
        region.extend([place] * count)
        layer.extend([index] * count)

    def add_electrode(electrode: Electrode, place: int) -> None:
        order = range(len(electrode.layers))
        for index in order if place == NEGATIVE else reversed(order):
            thickness = electrode.layers[index].thickness
            add(thickness, max(_LEAST, round(cells * thickness / electrode.thickness)), place, index)

    if isinstance(cell.negative, Electrode):
        add_electrode(cell.negative, NEGATIVE)
    add(cell.separator.thickness, max(_LEAST, cells // 2), SEPARATOR, -1)
    add_electrode(cell.positive, POSITIVE)
    return Mesh(np.concatenate(width), np.array(region), np.array(layer))


def lay_out(cell: Cell, mesh: Mesh) -> Grid:
    """Take every property at the middle of every volume."""
    parts = layers_on(cell, mesh)
    everywhere = np.ones(mesh.width.size)
    each = np.ones((max(len(layer.populations) for _, layer, _ in parts), mesh.width.size))
    grid = Grid(
        mesh,
        porosity=cell.separator.porosity * everywhere,
        efficiency=cell.separator.transport_efficiency * everywhere,
        conductivity=0 * everywhere,
        area=0 * each,
        radius=each.copy(),
        film=0 * each,
        maximum=each.copy(),
        particles=tuple(
            Particles(row, where, population.material)
            for where, layer, _ in parts
            for row, population in enumerate(layer.populations)
        ),
        background=tuple(
            (where, layer.background_conductivity) for where, layer, _ in parts if layer.background_conductivity
        ),
    )
    for where, layer, height in parts:
        grid.porosity[where] = at(layer.porosity, height)
        grid.efficiency[where] = at(layer.transport_efficiency, height)
        grid.conductivity[where] = at(layer.conductivity, height)
        for row, population in enumerate(layer.populations):
            reached = at(population.fraction, height) * at(population.wired, height)
            grid.radius[row, where] = at(population.radius, height)
            grid.area[row, where] = 3 * reached / grid.radius[row, where]
            grid.film[row, where] = at(population.film_resistance, height)
            grid.maximum[row, where] = population.material.maximum_concentration
    return grid
