"""The axis through the thickness of a cell that results use, and how to bring fields of runs onto it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from electrosim.discharge.groups import Section
from electrosim.discharge.overpotential import SEPARATOR
from electrosim.discharge.record import Record

Floats = NDArray[np.float64]


class Axis:
    """From the collector of the positive electrode through its layers, bottom first, to the other side of the cell.

    The cells are those of the run that has the most.

    Parameters
    ----------
    records : sequence of Record
        Runs of one cell on meshes that may differ.
    """

    def __init__(self, records: Sequence[Record]) -> None:
        finest = max(records, key=lambda record: record.run.mesh.width.size)
        mesh = finest.run.mesh
        self.cells = mesh.width.size
        self.position = (np.cumsum(mesh.width[::-1]) - mesh.width[::-1] / 2).astype(np.float64)
        """Middle of each cell [m]."""
        self._parts = _parts(finest)
        self.layer = np.full(self.cells, SEPARATOR, dtype=object)
        self.electrode = np.full(self.cells, SEPARATOR, dtype=object)
        for section in finest.sections:
            self.layer[section.cells] = section.name
            self.electrode[section.cells] = section.side
        self.layer, self.electrode = self.layer[::-1].astype(str), self.electrode[::-1].astype(str)

    def bring(self, record: Record, values: Floats) -> Floats:
        """Return values at the cells of a run's mesh, the last axis, on this axis; each layer by itself, linearly."""
        found = np.full((*values.shape[:-1], self.cells), np.nan)
        for (source, own), (target, wanted) in zip(_parts(record), self._parts, strict=True):
            found[..., target] = values[..., source] @ _linear(own, wanted).T
        return found[..., ::-1]


def _parts(record: Record) -> list[tuple[slice, Floats]]:
    """Return cells and places of the layers and of the separator, which every mesh has in the same order."""
    inside = np.flatnonzero(record.run.mesh.region == 1)
    width = record.run.mesh.width[inside]
    separator = (slice(int(inside[0]), int(inside[-1]) + 1), (np.cumsum(width) - width / 2) / width.sum())
    return [separator, *((section.cells, _upwards(section)) for section in record.sections)]


def _upwards(section: Section) -> Floats:
    """Return places in a layer so that they rise along the mesh."""
    return section.place if section.side == "negative" else 1 - section.place


def _linear(own: Floats, wanted: Floats) -> Floats:
    """Return the matrix of linear interpolation, straight on beyond the outermost points."""
    if own.size == wanted.size or own.size == 1:
        return np.eye(wanted.size, own.size) if own.size > 1 else np.ones((wanted.size, 1))
    left = np.clip(np.searchsorted(own, wanted) - 1, 0, own.size - 2)
    share = (wanted - own[left]) / (own[left + 1] - own[left])
    matrix = np.zeros((wanted.size, own.size))
    matrix[np.arange(wanted.size), left] = 1 - share
    matrix[np.arange(wanted.size), left + 1] += share
    return matrix
