"""One beam on one stack of layers, and what was counted of its electrons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from electrosim.backscatter.elastic import ElasticModel
from electrosim.backscatter.media import Materials
from electrosim.backscatter.problem import Detector, Layer
from electrosim.backscatter.stopping import StoppingModel
from electrosim.backscatter.tally_kernels import Beam, Counts, Window
from electrosim.base.memory import check_memory

Array = NDArray[np.float64]

ENERGY_CLASSES, ANGLE_CLASSES, RADIUS_CLASSES = 50, 30, 200
RADIUS_DECADES = 5

_GAUSSIAN = math.sqrt(-2 * math.log(1 - math.erf(math.sqrt(0.5))))  # radius of 68.27 %, in standard deviations


@dataclass(frozen=True)
class Job:
    """One energy of the beam on one stack of layers.

    Parameters
    ----------
    layers : sequence of Layer
        From the surface down.
    film : int or None
        Which layer is the film.
    thicknesses : sequence of float
        Thicknesses of the film, ascending [m].
    energy, tilt, beam_diameter : float
        Of the beam [J], [rad], [m].
    detector : Detector
        What is counted.
    tables : Materials
        Tables of the materials.
    depth_edge : ndarray of float
        Ends of the classes of greatest depth, among them the faces of the film; the last is infinite [m].
    elastic, stopping : str
        Models of the collisions.
    """

    layers: Sequence[Layer]
    film: int | None
    thicknesses: Sequence[float]
    energy: float
    tilt: float
    beam_diameter: float
    detector: Detector
    tables: Materials
    depth_edge: Array
    elastic: ElasticModel
    stopping: StoppingModel

    def words(self, seed: int) -> list[int]:
        """Return what numbers the random streams of the energy: the same whatever other energies are looked at."""
        return [seed, int(np.float64(self.energy).view(np.uint64))]

    def key(self, seed: int) -> np.uint64:
        """Return the key of the streams of all histories."""
        return np.uint64(np.random.SeedSequence(self.words(seed)).generate_state(1, np.uint64)[0])

    @property
    def beam(self) -> Beam:
        """The state in which electrons enter."""
        slowing = self.tables.slowing[self.tables.compounds.index(self.layers[0].material)]
        return Beam(
            t=slowing.depth_of(self.energy),
            R=slowing.range_of(self.energy),
            u=math.sin(self.tilt),
            w=math.cos(self.tilt),
            deviation=self.beam_diameter / 2 / _GAUSSIAN,
            energy=self.energy,
        )

    @property
    def window(self) -> Window:
        """What the detector takes."""
        least, greatest = self.detector.angles
        grid = self.detector.cut_off if self.detector.filter == "retarding-grid" else 0.0
        return Window(math.cos(greatest) - 1e-12, math.cos(least) + 1e-12, grid)


@dataclass(frozen=True)
class Found:
    """Counts of a job.

    Parameters
    ----------
    counts : Counts
        Summed over all histories.
    electrons : int
        Histories.
    below : ndarray of int
        Those that were followed below each face, starting with the bare substrate.
    """

    counts: Counts
    electrons: int
    below: NDArray[np.int64]

    def standard_error(self) -> float:
        """Return the largest standard error of the backscatter coefficient among the thicknesses."""
        films = np.cumsum(self.counts.counted[0]) / self.electrons
        if self.below.size == 0:
            return float(np.sqrt(films[-1] * (1 - films[-1]) / self.electrons))
        below = self.counts.counted[1, :-1] / np.maximum(self.below, 1)
        variance = films[:-1] * (1 - films[:-1]) / self.electrons + below * (1 - below) / np.maximum(self.below, 1)
        return float(np.sqrt(np.max(variance - 2 * films[:-1] * below / self.electrons)))


def empty_counts(job: Job, rows: int, threads: int) -> list[Counts]:
    """Return counts of zero for each thread."""
    beam = job.beam
    classes = job.depth_edge.size + ENERGY_CLASSES + ANGLE_CLASSES + RADIUS_CLASSES
    check_memory(8 * 2 * rows * (2 + classes) * (threads + 2), f"counting at {rows} thicknesses in {threads} threads")
    largest = beam.R + 5 * beam.deviation
    return [
        Counts(
            left=np.zeros((2, rows), np.int64),
            counted=np.zeros((2, rows), np.int64),
            depth=np.zeros((2, rows, job.depth_edge.size - 1), np.int64),
            energy=np.zeros((2, rows, ENERGY_CLASSES), np.int64),
            angle=np.zeros((2, rows, ANGLE_CLASSES), np.int64),
            radius=np.zeros((2, rows, RADIUS_CLASSES), np.int64),
            depth_edge=job.depth_edge,
            first_radius=largest * 10.0**-RADIUS_DECADES,
            per_radius=RADIUS_CLASSES / (RADIUS_DECADES * math.log(10)),
        )
        for _ in range(threads)
    ]


def radius_edges(job: Job) -> Array:
    """Return the ends of the classes of the radius at which electrons leave [m]."""
    largest = job.beam.R + 5 * job.beam.deviation
    return largest * 10.0 ** np.linspace(-RADIUS_DECADES, 0, RADIUS_CLASSES + 1)
