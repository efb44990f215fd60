"""Laws of damage: what one cycle does to each layer, from the layer's own throughput and overpotential."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY
from electrosim.discharge.ageing.damage import Damage
from electrosim.discharge.cell import Cell
from electrosim.discharge.groups import Section, groups, sections
from electrosim.discharge.trajectory import Run

Floats = NDArray[np.float64]


Driver = Literal["throughput", "reaction", "electrons"]


@dataclass(frozen=True)
class Law:
    """Damage to a layer in proportion to one measure of its use.

    Parameters
    ----------
    rate : float
        Damage per equivalent full cycle; where work drives it, at the reference overpotential.
    driver : {"throughput", "reaction", "electrons"}
        The charge that passes the particles; the work dissipated at them, by charge transfer, film and diffusion in
        them; or the work that electrons dissipate in the contacts of the layer on their way to the particles.
    """

    rate: float = 0.0
    driver: Driver = "throughput"


@dataclass(frozen=True)
class Laws:
    """The laws of all kinds of damage; a kind whose rate is zero does not occur.

    Parameters
    ----------
    lithium : Law
        Share of the charge that passes the particles which side reactions consume.
    active_material : Law
        Share of the wired particles that are lost.
    contacts : Law
        Growth of the layer's electronic resistivity, as a share of the resistivity at first.
    film : Law
        Growth of the resistance between particle and electrolyte [ohm m2 of particle surface].
    collector : Law
        Growth of the resistance between collector and bottom layer, driven by the use of the bottom layer [ohm m2].
    reference_overpotential : float
        Of work over charge, at which the rates hold [V].
    """

    lithium: Law = Law()
    active_material: Law = Law()
    contacts: Law = Law()
    film: Law = Law()
    collector: Law = Law()
    reference_overpotential: float = 0.05


@dataclass(frozen=True)
class Use:
    """How one layer was used in a cycle.

    Parameters
    ----------
    capacity : float
        Of the wired particles between stoichiometry 0 and 1 [C m-2].
    throughput : float
        Charge that passed the particles, over twice the capacity: equivalent full cycles.
    reaction : float
        Work dissipated at the particles, int |a j (phi_s - phi_e - U(mean stoichiometry))| dx dt, over twice the
        capacity [V].
    electrons : float
        Work dissipated by electrons, int i_s^2/sigma dx dt, over twice the capacity [V].
    last : float
        Mean stoichiometry at the end.
    """

    capacity: float
    throughput: float
    reaction: float
    electrons: float
    last: float


def uses(run: Run, cell: Cell) -> tuple[Use, ...]:
    """Return how a run used each layer of the positive electrode."""
    layers = [section for section in sections(cell, run.mesh) if section.side == "positive"]
    return tuple(_use(run, layer) for layer in layers)


def _use(run: Run, layer: Section) -> Use:
    driving = (run.electrode_potential - run.electrolyte_potential)[:, layer.cells]
    capacity = throughput = reaction = lithium = 0.0
    for group in groups((layer,)):
        mean = group.of(run.mean_concentration) / group.material.maximum_concentration
        overpotential = np.abs(driving - group.material.open_circuit_potential(mean))
        passed = np.abs(np.diff(mean, axis=0)) * group.capacity
        capacity += group.capacity.sum()
        throughput += passed.sum()
        reaction += (passed * (overpotential[1:] + overpotential[:-1]) / 2).sum()
        lithium += (mean[-1] * group.capacity).sum()
    electrons = np.trapezoid(_electronic_dissipation(run, layer), run.time)
    whole = 2 * capacity
    return Use(capacity, throughput / whole, reaction / whole, float(electrons) / whole, lithium / capacity)


def _electronic_dissipation(run: Run, layer: Section) -> Floats:
    """Return the power dissipated by electrons in a layer [W m-2]; their current is linear in each cell."""
    electrons = run.current[:, None] - run.ionic_current
    left, right = electrons[:, :-1][:, layer.cells], electrons[:, 1:][:, layer.cells]
    conductivity = layer.values(layer.layer.conductivity)
    if layer.layer.background_conductivity is not None:
        material = layer.layer.populations[0].material
        mean = run.mean_concentration[:, 0, layer.cells] / material.maximum_concentration
        conductivity = conductivity + layer.layer.background_conductivity(mean)
    return np.asarray(((left**2 + left * right + right**2) / 3 * layer.width / conductivity).sum(axis=1))


def damage_of(used: tuple[Use, ...], laws: Laws, before: Damage) -> Damage:
    """Return the damage that one cycle does to each layer.

    Particles that are lost keep the lithium that the layer's particles hold at the end of the cycle, on average.
    """

    def driven(law: Law) -> Floats:
        scale = 1.0 if law.driver == "throughput" else laws.reference_overpotential
        return law.rate / scale * np.array([getattr(use, law.driver) for use in used])

    capacity = np.array([use.capacity for use in used]) / FARADAY
    last = np.array([use.last for use in used])
    lost = driven(laws.active_material)
    bottom = np.arange(len(used)) == 0
    return Damage(
        lithium_consumed=capacity * driven(laws.lithium),
        lithium_trapped=capacity * lost * last,
        material_lost=(1 - before.material_lost) * lost,
        contact_growth=driven(laws.contacts),
        film_growth=driven(laws.film),
        collector_growth=np.where(bottom, driven(laws.collector), 0.0),
    )
