"""Cells at rest: which stoichiometries belong to a voltage, and the reverse."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY
from electrosim.base.errors import InputError
from electrosim.base.graded import at
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.protocol import Stoichiometry
from electrosim.materials.electrochemical import ActiveMaterial
from electrosim.materials.property import Property

Floats = NDArray[np.float64]

_ENDS = (1e-4, 1 - 1e-4)
_SAMPLES = 4001
_PLACES = (np.arange(200) + 0.5) / 200


class Potential:
    """Open-circuit potential of particles of several materials that share one potential.

    Parameters
    ----------
    materials : sequence of ActiveMaterial
        What they are made of.
    capacities : sequence of float
        Charge between stoichiometry 0 and 1 of each [C m-2].
    """

    def __init__(self, materials: Sequence[ActiveMaterial], capacities: Sequence[float]) -> None:
        curves = [material.open_circuit_potential.function for material in materials]
        first = [curves.index(curve) for curve in curves]
        kept = sorted(set(first))
        self.materials = tuple(materials[number] for number in kept)
        self.capacities = np.bincount(first, capacities)[kept]
        if len(self.materials) > 1:
            tables = [material.open_circuit_potential(np.linspace(*_ENDS, _SAMPLES)) for material in self.materials]
            highest, lowest = max(table.max() for table in tables), min(table.min() for table in tables)
            self._potentials = np.linspace(lowest, highest, 4 * _SAMPLES)
            shares = self.capacities / self.capacities.sum()
            each = [stoichiometries(material.open_circuit_potential, self._potentials) for material in self.materials]
            self._means = shares @ np.array(each)

    def at(self, mean: Floats) -> Floats:
        """Return the potential [V] of the electrode at rest for means of stoichiometry weighted by capacity."""
        if len(self.materials) == 1:
            return self.materials[0].open_circuit_potential(mean)
        return np.interp(mean, self._means[::-1], self._potentials[::-1])

    def share(self, material: ActiveMaterial, mean: float) -> float:
        """Return the stoichiometry of one of the materials at rest, where the mean is known."""
        if len(self.materials) == 1:
            return mean
        return _stoichiometry(material.open_circuit_potential, float(self.at(np.array([mean]))[0]))

    def mean(self, potential: float) -> float:
        """Return the mean stoichiometry at rest at a potential [V]."""
        each = [_stoichiometry(material.open_circuit_potential, potential) for material in self.materials]
        return float(np.average(each, weights=self.capacities))


@functools.lru_cache(maxsize=1024)
def _stoichiometry(curve: Property, potential: float) -> float:
    """Return one of `stoichiometries`, found once: all cases of a sweep end at the same cut-offs, most likely."""
    return float(stoichiometries(curve, np.array([potential]))[0])


def stoichiometries(curve: Property, potential: Floats) -> Floats:
    """Return the stoichiometries at which a material has open-circuit potentials [V]; its ends where it has none.

    The potential falls with stoichiometry. Where a fit rises beyond the range of its source, only the falling part
    around that range is used.
    """
    lattice, values = _falling_part(curve)
    guess = np.interp(potential, values[::-1], lattice[::-1])
    step = lattice[1] - lattice[0]
    for _ in range(3):  # secant steps from the table's linear interpolation to round-off
        slope = (curve(guess + 0.01 * step) - curve(guess - 0.01 * step)) / (0.02 * step)
        with np.errstate(divide="ignore", invalid="ignore"):
            change = np.where(slope < 0, (potential - curve(guess)) / slope, 0.0)
        guess = np.clip(guess + np.clip(change, -step, step), lattice[0], lattice[-1])
    return np.asarray(guess)


@functools.lru_cache(maxsize=16)
def _falling_part(curve: Property) -> tuple[Floats, Floats]:
    """Return the lattice of stoichiometries on which a potential falls, and the potentials there."""
    lattice = np.linspace(*_ENDS, _SAMPLES)
    values = np.asarray(curve(lattice), np.float64)
    middle = 0.5 * (max(curve.lower, _ENDS[0]) + min(curve.upper, _ENDS[1]))
    centre = int(np.searchsorted(lattice, middle))
    rising = np.flatnonzero(np.diff(values) > 0)
    first = int(rising[rising < centre].max(initial=-1)) + 1
    last = int(rising[rising >= centre].min(initial=lattice.size - 1)) + 1
    return lattice[first:last], values[first:last]


def electrode_potential(electrode: Electrode) -> Potential:
    """Return the open-circuit potential of an electrode's reachable particles."""
    materials, capacities = [], []
    for layer in electrode.layers:
        for population in layer.populations:
            reached = float(np.mean(at(population.fraction, _PLACES) * at(population.wired, _PLACES)))
            materials.append(population.material)
            capacities.append(FARADAY * reached * layer.thickness * population.material.maximum_concentration)
    return Potential(materials, capacities)


def capacity(electrode: Electrode) -> float:
    """Return the charge between stoichiometry 0 and 1 of an electrode's reachable particles [C m-2]."""
    return float(electrode_potential(electrode).capacities.sum())


def active_mass(electrode: Electrode) -> float:
    """Return the mass of an electrode's particles, those out of reach too, per area [kg m-2]."""
    return sum(
        float(np.mean(at(population.fraction, _PLACES))) * layer.thickness * population.material.density
        for layer in electrode.layers
        for population in layer.populations
    )


def open_circuit_voltage(cell: Cell, state: Stoichiometry) -> float:
    """Return the voltage of a cell at rest [V]."""
    positive = float(electrode_potential(cell.positive).at(np.array([state.positive]))[0])
    if not isinstance(cell.negative, Electrode) or state.negative is None:
        return positive
    return positive - float(electrode_potential(cell.negative).at(np.array([state.negative]))[0])


def at_voltage(cell: Cell, voltage: float, lithium: Stoichiometry | None = None) -> Stoichiometry:
    """Return the stoichiometries at which a cell rests at a voltage.

    Parameters
    ----------
    cell : Cell
        With two porous electrodes, the charge in both together is that of `lithium`.
    voltage : float
        [V]
    lithium : Stoichiometry, optional
        Any state with as much lithium that can move; not needed against lithium metal.

    Returns
    -------
    Stoichiometry
        Where the electrodes cannot reach the voltage, the nearest they can.

    Raises
    ------
    InputError
        If `lithium` is needed and not given.
    """
    positive = electrode_potential(cell.positive)
    if not isinstance(cell.negative, Electrode):
        return Stoichiometry(positive.mean(voltage))
    if lithium is None or lithium.negative is None:
        raise InputError("a cell with two porous electrodes needs the lithium it holds: give both stoichiometries")
    negative = electrode_potential(cell.negative)
    ratio = negative.capacities.sum() / positive.capacities.sum()
    lowest = max(_ENDS[0], lithium.positive - (_ENDS[1] - lithium.negative) * ratio)
    highest = min(_ENDS[1], lithium.positive + (lithium.negative - _ENDS[0]) * ratio)

    def surplus(here: float) -> float:
        other = lithium.negative - (here - lithium.positive) / ratio
        return float(positive.at(np.array([here]))[0] - negative.at(np.array([other]))[0]) - voltage

    from scipy.optimize import brentq

    if surplus(lowest) <= 0 or surplus(highest) >= 0:
        found = lowest if surplus(lowest) <= 0 else highest
    else:
        found = brentq(surplus, lowest, highest, xtol=1e-13)
    return Stoichiometry(found, lithium.negative - (found - lithium.positive) / ratio)
