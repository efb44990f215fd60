"""Tables of materials for the walk: optical depth and residual range as functions of the energy, and back."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import cumulative_simpson

from electrosim.backscatter.elastic import HIGHEST, ElasticModel, ElasticTables, elastic_tables, energy_grid
from electrosim.backscatter.stopping import StoppingModel, stopping_power
from electrosim.backscatter.walk_kernels import CELLS, PER_COLLISION, Media
from electrosim.base.observer import Observer, silent
from electrosim.materials import Compound

Array = NDArray[np.float64]

_FINE = 20001  # energies of the integrals; Simpson's rule is then exact to 1e-9
_COARSE = 2048  # cells of the tables that only crossings of an interface look up


@dataclass(frozen=True)
class Slowing:
    """Continuous slowing down in one material from the highest energy to the cut-off.

    Parameters
    ----------
    energy : array (n,)
        Energies, uniform in their logarithm, ascending [J].
    residual_range : array (n,)
        Path until the cut-off, integral of dE / S [m].
    optical_depth : array (n,)
        Mean number of collisions since the highest energy, integral of dE Sigma / S [1].
    """

    energy: Array
    residual_range: Array
    optical_depth: Array

    def range_of(self, energy: float) -> float:
        """Return the path from an energy [J] to the cut-off [m]."""
        return float(np.interp(np.log(energy), np.log(self.energy), self.residual_range))

    def depth_of(self, energy: float) -> float:
        """Return the optical depth at an energy [J]."""
        return float(np.interp(np.log(energy), np.log(self.energy), self.optical_depth))

    def energy_of(self, residual_range: Array | float) -> Array:
        """Return the energy [J] at which a residual range [m] is left."""
        return np.exp(np.interp(residual_range, self.residual_range, np.log(self.energy)))


@dataclass(frozen=True)
class Materials:
    """All materials of a job: their tables for the compiled walk, and what they are made from.

    Parameters
    ----------
    compounds : sequence of Compound
        The materials; their place is their number.
    slowing : sequence of Slowing
        Slowing down in each.
    elastic : sequence of ElasticTables
        Deflection in each.
    media : Media
        Tables for the kernels.
    """

    compounds: Sequence[Compound]
    slowing: Sequence[Slowing]
    elastic: Sequence[ElasticTables]
    media: Media


def materials(
    compounds: Sequence[Compound],
    lowest: float,
    highest: float,
    elastic: ElasticModel = "mott",
    stopping: StoppingModel = "joy-luo",
    *,
    elastic_scale: float = 1.0,
    observer: Observer = silent,
) -> Materials:
    """Return the tables of materials between two energies.

    Parameters
    ----------
    compounds : sequence of Compound
        The materials.
    lowest, highest : float
        Cut-off energy, and the highest energy of the beam [J].
    elastic, stopping : str
        Models of the collisions.
    elastic_scale : float
        Factor on all elastic cross-sections, for studies of their error.
    observer : callable, optional
        Hears the progress.
    """
    grid = energy_grid(lowest, min(highest, HIGHEST))
    tables = [elastic_tables(item, grid, elastic, cells=int(CELLS), observer=observer) for item in compounds]
    energy = np.exp(np.linspace(math.log(lowest), math.log(highest), _FINE))
    slowing = []
    for item, table in zip(compounds, tables, strict=True):
        path_per_log = energy / stopping_power(item, energy, stopping)
        collisions = elastic_scale * table.inverse_mean_free_path(energy) * path_per_log
        so_far = cumulative_simpson(collisions, x=np.log(energy), initial=0)
        residual_range = cumulative_simpson(path_per_log, x=np.log(energy), initial=0)
        slowing.append(Slowing(energy, residual_range, so_far[-1] - so_far))
    return Materials(compounds, slowing, tables, _media(slowing, tables))


def _media(slowing: Sequence[Slowing], tables: Sequence[ElasticTables]) -> Media:
    """Return the tables that the kernels look up."""
    energies = tables[0].energies
    log_step = math.log(energies[-1] / energies[0]) / (energies.size - 1)
    last = np.array([item.optical_depth[0] for item in slowing])
    clock = np.zeros((len(slowing), int(PER_COLLISION * last.max()) + 3, 4))
    coordinate, elapsed = np.empty((2, len(slowing), _COARSE + 1))
    whole = np.array([item.residual_range[-1] for item in slowing])
    for m, item in enumerate(slowing):
        x = np.log(item.energy / energies[0]) / log_step
        t = np.arange(clock.shape[1]) / PER_COLLISION
        clock[m, :, 0] = np.interp(t, item.optical_depth[::-1], item.residual_range[::-1])
        clock[m, :, 2] = np.interp(t, item.optical_depth[::-1], x[::-1])
        end = int(PER_COLLISION * last[m])
        part = PER_COLLISION * last[m] - end
        # so that the line through the last cell reaches zero at `last`, surely not above it
        clock[m, end + 1 :, 0] = -clock[m, end, 0] * (1 - part) / max(part, 1e-9) - 1e-9 * whole[m]
        clock[m, :-1, 1::2] = np.diff(clock[m, :, ::2], axis=0)
        coordinate[m] = np.interp(np.linspace(0, whole[m], _COARSE + 1), item.residual_range, x)
        elapsed[m] = np.interp(np.linspace(0, energies.size - 1, _COARSE + 1), x, item.optical_depth)
    return Media(
        clock=clock,
        last=last,
        coordinate=coordinate,
        range_scale=_COARSE / whole,
        elapsed=elapsed,
        coordinate_scale=_COARSE / (energies.size - 1),
        deflection=np.array([_with_steps(table.half_versine) for table in tables], np.float32),
        screening=np.array([table.kappa for table in tables]),
        lowest=float(energies[0]),
        log_step=log_step,
    )


def _with_steps(rows: Array) -> Array:
    """Return values beside their steps to the next one, so that one look-up finds both."""
    return np.stack([rows[:, :-1], np.diff(rows, axis=1)], axis=-1)
