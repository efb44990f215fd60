"""Where the voltage of a cell is lost, and to what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY, GAS_CONSTANT
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.equilibrium import electrode_potential
from electrosim.discharge.groups import Group, Section, Side, groups, sections
from electrosim.discharge.trajectory import Run

Floats = NDArray[np.float64]

CONTRIBUTIONS = ("electronic", "ionic", "concentration", "kinetic", "diffusion", "distribution", "contact")
"""What voltage is lost to."""

SEPARATOR, LITHIUM, COLLECTORS = "separator", "lithium", "collectors"


@dataclass(frozen=True)
class Split:
    """The overpotential of a cell in parts.

    Parameters
    ----------
    open_circuit_voltage : ndarray, shape (times,)
        That the cell would rest at with the lithium that its electrodes hold [V].
    places : tuple of str
        Layers of the positive electrode, bottom first, the separator, layers of the negative electrode or the lithium,
        and the collectors.
    overpotential : ndarray, shape (times, contributions, places)
        Loss of voltage on discharge [V]; NaN where no current flows.
    """

    open_circuit_voltage: Floats
    places: tuple[str, ...]
    overpotential: Floats


def split(cell: Cell, run: Run) -> Split:
    """Split the overpotential of a cell into what it is lost to, and where.

    Every way that current takes through the cell, from one particle of the negative electrode to one of the positive,
    makes the whole overpotential. The parts are means over all ways, each counted with its share of the current

        w = a j dx/I,

    so that current times a part is the power that it takes (Nyman et al.). With currents i_e in the electrolyte and
    i_s = I - i_e in the electrode,

        electronic       integral of (i_s/I) (-d phi_s),
        ionic            integral of (i_e/I) i_e/kappa_eff dx,
        concentration    integral of (i_e/I) (-chi) d ln c,  chi = 2 (R T/F) (1 - t+) (1 + d ln f/d ln c),
        kinetic          sum of w (phi_s - phi_e - U(surface)), films on the particles included,
        diffusion        sum of w (U(surface) - U(mean of the particle)),
        distribution     sum of w (U(mean of the particle) - U(electrode at rest)),
        contact          I times the resistances between collectors and electrodes and of the leads.

    They add up to U(positive at rest) - U(negative at rest) - V. The distribution is what it costs (or, negative, gives
    back) that lithium is not where it would be at rest; the other parts are dissipated.

    Parameters
    ----------
    cell : Cell
        The cell.
    run : Run
        What was solved.

    Returns
    -------
    Split

    References
    ----------
    A. Nyman, T. G. Zavalis, R. Elger, M. Behm, G. Lindbergh, J. Electrochem. Soc. 157 (2010) A1236,
    doi:10.1149/1.3486161.
    """
    layers = sections(cell, run.mesh)
    positive = [section for section in layers if section.side == "positive"]
    negative = [section for section in layers if section.side == "negative"]
    others = tuple(section.name for section in negative) or (LITHIUM,)
    places = (*(section.name for section in positive), SEPARATOR, *others, COLLECTORS)
    parts = np.zeros((run.time.size, len(CONTRIBUTIONS), len(places)))
    losses = _Losses(cell, run, layers, places, parts)
    voltage = losses.of_particles(groups(layers))
    losses.of_electrodes()
    losses.of_electrolyte()
    losses.of_contacts()
    flowing = np.abs(run.current) > 1e-9 * np.abs(run.current).max(initial=0.0)
    parts[~flowing] = np.nan
    return Split(voltage, places, parts)


@dataclass(frozen=True)
class _Losses:
    """Sums of losses, filled part by part; losses of power [W m-2] are divided by the current."""

    cell: Cell
    run: Run
    layers: tuple[Section, ...]
    places: tuple[str, ...]
    parts: Floats

    def add(self, contribution: str, place: str, power: Floats) -> None:
        with np.errstate(divide="ignore", invalid="ignore"):
            self.parts[:, CONTRIBUTIONS.index(contribution), self.places.index(place)] += power / self.run.current

    def of_particles(self, all_groups: tuple[Group, ...]) -> Floats:
        """Add losses at and in particles; return the open-circuit voltage."""
        run = self.run
        voltage = np.zeros(run.time.size)
        sides: tuple[Side, ...] = ("positive", "negative")
        for side, electrode in zip(sides, (self.cell.positive, self.cell.negative), strict=True):
            if not isinstance(electrode, Electrode):
                continue
            members = [group for group in all_groups if group.section.side == side]
            held = np.zeros(run.time.size)
            for group in members:
                held += group.of(run.mean_concentration) @ group.volume * FARADAY
            rest = electrode_potential(electrode).at(held / sum(group.capacity.sum() for group in members))
            voltage += rest if side == "positive" else -rest
            for group in members:
                current = group.of(run.reaction_current) * group.area
                surface, mean = (
                    group.material.open_circuit_potential(group.of(field) / group.material.maximum_concentration)
                    for field in (run.surface_concentration, run.mean_concentration)
                )
                cells = group.section.cells
                difference = run.electrode_potential[:, cells] - run.electrolyte_potential[:, cells]
                name = group.section.name
                self.add("kinetic", name, (current * (difference - surface)).sum(axis=1))
                self.add("diffusion", name, (current * (surface - mean)).sum(axis=1))
                self.add("distribution", name, (current * (mean - rest[:, None])).sum(axis=1))
        return voltage

    def of_electrodes(self) -> None:
        """Add what electrons lose on their way through the electrodes."""
        run, cell = self.run, self.cell
        for side, electrode in (("positive", cell.positive), ("negative", cell.negative)):
            if not isinstance(electrode, Electrode):
                continue
            members = sorted((s for s in self.layers if s.side == side), key=lambda s: s.cells.start)
            resistance = np.concatenate([self._electronic_resistance(s) for s in members], axis=1)
            start, stop = members[0].cells.start, members[-1].cells.stop
            potential = run.electrode_potential[:, start:stop]
            current = run.current[:, None] - run.ionic_current[:, start + 1 : stop]
            halves = _shared_out((potential[:, :-1] - potential[:, 1:]) * current, resistance)
            if side == "positive":
                outside = run.voltage + run.current * (electrode.contact_resistance + cell.series_resistance)
                halves[:, -1] += (potential[:, -1] - outside) * run.current
            else:
                outside = -run.current * electrode.contact_resistance
                halves[:, 0] += (outside - potential[:, 0]) * run.current
            for section in members:
                part = halves[:, section.cells.start - start : section.cells.stop - start]
                self.add("electronic", section.name, part.sum(axis=1))

    def _electronic_resistance(self, section: Section) -> Floats:
        """Return the electronic resistance of each cell at each time [ohm m2]."""
        conductivity = np.broadcast_to(
            section.values(section.layer.conductivity), (self.run.time.size, section.place.size)
        )
        if section.layer.background_conductivity is not None:
            first = section.layer.populations[0].material
            mean = self.run.mean_concentration[:, 0, section.cells] / first.maximum_concentration
            conductivity = conductivity + section.layer.background_conductivity(mean)
        return np.asarray(section.width / conductivity)

    def of_electrolyte(self) -> None:
        """Add what ions lose on their way, to resistance and to concentration."""
        run, electrolyte = self.run, self.cell.electrolyte
        concentration = np.maximum(run.electrolyte_concentration, 1e-3)
        efficiency = self._transport_efficiency()
        resistance = run.mesh.width / (electrolyte.conductivity(concentration) * efficiency)
        weight = efficiency / run.mesh.width
        left, right = concentration[:, :-1], concentration[:, 1:]
        face = (weight[:-1] * left + weight[1:] * right) / (weight[:-1] + weight[1:])
        current = run.ionic_current[:, 1:-1]
        power = current * self._diffusion_potential(face)
        concentrating = np.zeros_like(concentration)
        concentrating[:, :-1] += power * np.log(left / face)
        concentrating[:, 1:] += power * np.log(face / right)
        drop = current * (run.electrolyte_potential[:, :-1] - run.electrolyte_potential[:, 1:])
        resistive = _shared_out(drop - power * np.log(left / right), resistance)
        if not isinstance(self.cell.negative, Electrode):
            first = concentration[:, 0]
            flux = (1 - electrolyte.transference_number(first)) * run.current / FARADAY
            at_lithium = np.maximum(first + 0.5 * flux / (electrolyte.diffusivity(first) * weight[0]), 1e-3)
            loss = np.stack([
                0.5 * run.current * resistance[:, 0], self._diffusion_potential(at_lithium) * np.log(at_lithium / first)
            ])  # fmt: skip
            resistive[:, 0] += loss[0] * run.current
            concentrating[:, 0] += loss[1] * run.current
            self.add("kinetic", LITHIUM, -(run.electrolyte_potential[:, 0] + loss.sum(axis=0)) * run.current)
        for name, cells in self._electrolyte_places():
            self.add("concentration", name, concentrating[:, cells].sum(axis=1))
            self.add("ionic", name, resistive[:, cells].sum(axis=1))

    def _diffusion_potential(self, concentration: Floats) -> Floats:
        """Return chi = 2 (R T/F) (1 - t+) (1 + d ln f/d ln c) [V]."""
        electrolyte, thermal = self.cell.electrolyte, GAS_CONSTANT * self.cell.temperature / FARADAY
        carried = electrolyte.transference_number(concentration)
        return np.asarray(2 * thermal * (1 - carried) * electrolyte.thermodynamic_factor(concentration))

    def _transport_efficiency(self) -> Floats:
        found = np.full(self.run.mesh.width.size, self.cell.separator.transport_efficiency)
        for section in self.layers:
            found[section.cells] = section.values(section.layer.transport_efficiency)
        return found

    def _electrolyte_places(self) -> list[tuple[str, slice]]:
        inside = np.flatnonzero(self.run.mesh.region == 1)
        separator = (SEPARATOR, slice(int(inside[0]), int(inside[-1]) + 1))
        return [separator, *((section.name, section.cells) for section in self.layers)]

    def of_contacts(self) -> None:
        """Add the resistances outside the electrodes."""
        resistance = self.cell.series_resistance + self.cell.positive.contact_resistance
        if isinstance(self.cell.negative, Electrode):
            resistance += self.cell.negative.contact_resistance
        self.add("contact", COLLECTORS, resistance * self.run.current**2)


def _shared_out(between: Floats, resistance: Floats) -> Floats:
    """Share what is lost between the middles of neighbouring cells out to the two, in the ratio of resistances."""
    left, right = resistance[:, :-1], resistance[:, 1:]
    found = np.zeros_like(resistance)
    found[:, :-1] += between * left / (left + right)
    found[:, 1:] += between * right / (left + right)
    return found
