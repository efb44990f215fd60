"""The porous-electrode equations of Doyle, Fuller and Newman as residuals of finite volumes, for reading.

x runs from the collector of the negative electrode, or from the surface of the lithium metal, to that of the positive.
Unknowns of every volume: c, phi_e, phi_s, and of each population of particles the current density j through their
surface and the concentrations at the nodes of a sphere. Three more belong to the whole cell: the current that enters
at the negative terminal, that which leaves at the positive one (they come out equal), and the charge passed. All
variables are divided by a typical value of theirs. What a volume does not have is held at zero.

J. Newman, K. E. Thomas-Alyea, Electrochemical Systems, 3rd ed. (2004), chapter 22; M. Doyle, T. F. Fuller, J. Newman,
J. Electrochem. Soc. 140 (1993) 1526, doi:10.1149/1.2221597.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.base.constants import FARADAY, GAS_CONSTANT
from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.mesh import NEGATIVE, POSITIVE, SEPARATOR
from electrosim.discharge.plain_grid import Grid
from electrosim.discharge.plain_sphere import Sphere
from electrosim.discharge.protocol import Step
from electrosim.materials.electrochemical import LithiumMetal

Floats = NDArray[np.float64]

_ROOM = 1e-7  # share of sites that never fill or empty; with 1e-5 particles at 3C hold 1 % more than they can
_SALT = 0.1  # mol m-3 of salt that never run out


@dataclass(frozen=True)
class Unknowns:
    """All variables at one time, or their derivatives in time, in SI units.

    Parameters
    ----------
    salt, phi_e, phi_s : ndarray, shape (n,)
        [mol m-3], [V].
    reaction : ndarray, shape (p, n)
        j, positive where lithium leaves [A m-2].
    lithium : ndarray, shape (p, k, n)
        In the particles, from centre to surface [mol m-3].
    entering, leaving : float
        Current at the terminals [A m-2].
    charge : float
        Passed in this step [C m-2].
    """

    salt: Floats
    phi_e: Floats
    phi_s: Floats
    reaction: Floats
    lithium: Floats
    entering: float
    leaving: float
    charge: float


@dataclass(frozen=True)
class Equations:
    """A cell on a grid, with spheres for its particles."""

    cell: Cell
    grid: Grid
    sphere: Sphere

    def residuals(self, time: float, now: Unknowns, rate: Unknowns, step: Step) -> Unknowns:
        """Return by how much every equation is not met at a time of a step."""
        grid, dx = self.grid, self.grid.mesh.width
        ionic, salt_flux = self.ionic_current(now), self.salt_flux(now)
        source = np.sum(grid.area * now.reaction, axis=0)
        diffusivity = self.diffusivity(now.lithium) / grid.radius[:, None] ** 2
        outflow = now.reaction / (FARADAY * grid.radius)
        lithium = [
            gained - self.sphere.change(c, d, lost)
            for gained, c, d, lost in zip(rate.lithium, now.lithium, diffusivity, outflow, strict=True)
        ]
        solid = grid.mesh.region != SEPARATOR
        return Unknowns(
            salt=grid.porosity * rate.salt + np.diff(salt_flux) / dx - source / FARADAY,
            phi_e=np.diff(ionic) / dx - source,
            phi_s=np.where(solid, np.diff(self.electronic_current(now)) / dx + source, now.phi_s),
            reaction=np.where(grid.area > 0, self.overpotential(now) - self.kinetic(now), now.reaction),
            lithium=np.array(lithium),
            entering=self.negative_terminal(now, ionic),
            leaving=self.control(time, now, step),
            charge=rate.charge - now.leaving,
        )

    def ionic_current(self, now: Unknowns) -> Floats:
        """Ohm's law of the electrolyte at all faces: i = -kappa (grad phi_e - chi grad ln c)."""
        c, dx = above_zero(now.salt, _SALT), self.grid.mesh.width
        half = dx / (2 * self.cell.electrolyte.conductivity(c) * self.grid.efficiency)
        drop = np.diff(now.phi_e) - self.diffusion_potential(self.salt_at_faces(now)) * np.diff(np.log(c))
        first = now.entering if isinstance(self.cell.negative, LithiumMetal) else 0.0
        return np.concatenate([[first], -drop / (half[:-1] + half[1:]), [0.0]])

    def salt_flux(self, now: Unknowns) -> Floats:
        """Flux of cations at all faces: N = -D grad c + t+ i/F; at metal all of the current."""
        c = now.salt
        half = self.grid.mesh.width / (
            2 * self.cell.electrolyte.diffusivity(above_zero(c, _SALT)) * self.grid.efficiency
        )
        ionic = self.ionic_current(now)
        carried = self.cell.electrolyte.transference_number(self.salt_at_faces(now)) * ionic[1:-1]
        inside = -np.diff(now.salt) / (half[:-1] + half[1:]) + carried / FARADAY
        return np.concatenate([[ionic[0] / FARADAY], inside, [0.0]])

    def salt_at_faces(self, now: Unknowns) -> Floats:
        """Return c between volumes, where the diffusion from either side is the same."""
        weight = self.grid.efficiency / self.grid.mesh.width
        c = above_zero(now.salt, _SALT)
        return (weight[:-1] * c[:-1] + weight[1:] * c[1:]) / (weight[:-1] + weight[1:])

    def diffusion_potential(self, c: Floats) -> Floats:
        """Return chi = 2 (1 - t+) (1 + d ln f/d ln c) RT/F."""
        electrolyte = self.cell.electrolyte
        return 2 * self.thermal * (1 - electrolyte.transference_number(c)) * electrolyte.thermodynamic_factor(c)

    def electronic_current(self, now: Unknowns) -> Floats:
        """Ohm's law of the solid at all faces; the terminals' currents at the collectors, nothing in the separator."""
        region = self.grid.mesh.region
        half = self.electronic_half(now)
        between = (region[:-1] == region[1:]) & (region[1:] != SEPARATOR)
        current = np.where(between, -np.diff(now.phi_s) / (half[:-1] + half[1:]), 0.0)
        first = now.entering if isinstance(self.cell.negative, Electrode) else 0.0
        return np.concatenate([[first], current, [now.leaving]])

    def electronic_half(self, now: Unknowns) -> Floats:
        """Return the resistance of half a volume to electrons [ohm m2]."""
        sigma: Floats = np.where(self.grid.mesh.region == SEPARATOR, 1.0, self.grid.conductivity)
        for where, background in self.grid.background:
            sigma[where] += background(self.mean(now.lithium)[0, where] / self.grid.maximum[0, where])
        return self.grid.mesh.width / (2 * sigma)

    def overpotential(self, now: Unknowns) -> Floats:
        """Return eta = phi_s - phi_e - U(c_s) - r j."""
        grid = self.grid
        stoichiometry = now.lithium[:, -1] / grid.maximum
        equilibrium = np.zeros_like(stoichiometry)
        for some in grid.particles:
            here = some.population, some.where
            equilibrium[here] = some.material.open_circuit_potential(stoichiometry[here])
        return now.phi_s - now.phi_e - equilibrium - grid.film * now.reaction

    def kinetic(self, now: Unknowns) -> Floats:
        """Butler and Volmer's equation with equal transfer coefficients: eta = (2 RT/F) arsinh(j/(2 j0))."""
        c, s, most = above_zero(now.salt, _SALT), now.lithium[:, -1], self.grid.maximum
        sites = above_zero(s, _ROOM * most) * above_zero(most - s, _ROOM * most)
        exchange = np.ones_like(s)
        for some in self.grid.particles:
            here = some.population, some.where
            exchange[here] = some.material.reaction_rate * np.sqrt(c[some.where] * sites[here])
        return 2 * self.thermal * np.arcsinh(now.reaction / (2 * exchange))

    def diffusivity(self, lithium: Floats) -> Floats:
        """D of lithium at all nodes of all particles."""
        found = np.zeros_like(lithium)
        for some in self.grid.particles:
            c = lithium[some.population, :, some.where]
            found[some.population, :, some.where] = some.material.diffusivity(c / some.material.maximum_concentration)
        return found

    def mean(self, lithium: Floats) -> Floats:
        """Return the mean concentration of all particles, shape (p, n)."""
        return np.asarray(np.einsum("k,pkn->pn", self.sphere.volume, lithium), np.float64)

    def negative_terminal(self, now: Unknowns, ionic: Floats) -> float:
        """Return the potential of the negative terminal, which is the zero of all potentials."""
        negative, dx, current = self.cell.negative, self.grid.mesh.width[0], now.entering
        if isinstance(negative, Electrode):
            half = self.electronic_half(now)[0]
            # the electronic current falls linearly from `entering` at the collector to less at the first face
            return float(now.phi_s[0] + current * (negative.contact_resistance + half) - ionic[1] * half / 4)
        electrolyte, efficiency = self.cell.electrolyte, self.grid.efficiency[0]
        c = above_zero(now.salt[:1], _SALT)
        supply = (1 - electrolyte.transference_number(c)) * current / FARADAY
        surface = above_zero(c + supply * dx / (2 * electrolyte.diffusivity(c) * efficiency), _SALT)
        phi = now.phi_e[:1] + current * dx / (2 * electrolyte.conductivity(c) * efficiency)
        phi = phi - self.diffusion_potential(surface) * np.log(c / surface)
        exchange = negative.exchange_current * (surface / electrolyte.concentration) ** negative.concentration_exponent
        return float((phi + 2 * self.thermal * np.arcsinh(current / (2 * exchange)))[0])

    def voltage(self, now: Unknowns) -> float:
        """Return the potential of the positive terminal."""
        half = self.electronic_half(now)[-1]
        lost = now.leaving * (self.cell.positive.contact_resistance + half + self.cell.series_resistance)
        return float(now.phi_s[-1] - lost + self.ionic_current(now)[-2] * half / 4)

    def control(self, time: float, now: Unknowns, step: Step) -> float:
        """Return what is held less what it should be."""
        if step.control == "voltage":
            return self.voltage(now) - step.value
        if step.control == "power":
            return self.voltage(now) * now.leaving - step.value
        if step.control == "table" and step.table is not None:
            return now.leaving - float(np.interp(time, *step.table))
        return now.leaving - (step.value if step.control == "current" else 0.0)

    @property
    def thermal(self) -> float:
        """RT/F [V]."""
        return GAS_CONSTANT * self.cell.temperature / FARADAY

    def equilibrium(self, lithium: Floats) -> tuple[float, float]:
        """Return the mean open-circuit potentials of the surfaces, negative and positive electrode [V]."""
        found = {NEGATIVE: [0.0], POSITIVE: [0.0]}
        total = {NEGATIVE: [0.0], POSITIVE: [0.0]}
        region, dx = self.grid.mesh.region, self.grid.mesh.width
        for some in self.grid.particles:
            here = some.population, some.where
            weight = (self.grid.area * dx)[here]
            place = int(region[some.where][0])
            stoichiometry = lithium[some.population, -1, some.where] / some.material.maximum_concentration
            found[place].append(float(weight @ some.material.open_circuit_potential(stoichiometry)))
            total[place].append(float(weight.sum()))
        return sum(found[NEGATIVE]) / (sum(total[NEGATIVE]) or 1.0), sum(found[POSITIVE]) / sum(total[POSITIVE])


def above_zero(value: Floats, least: Floats | float) -> Floats:
    """Return the value where it is well above zero, and something small and smooth where it is not."""
    return (value + np.sqrt(value**2 + least**2)) / 2
