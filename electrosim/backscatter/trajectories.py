"""Paths of single electrons, for pictures and for whoever wants to look closer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.backscatter.job import Job
from electrosim.backscatter.problem import Problem
from electrosim.backscatter.random_kernels import stream
from electrosim.backscatter.stack import stacks_of
from electrosim.backscatter.tally_kernels import entry
from electrosim.backscatter.walk_kernels import walk
from electrosim.base.errors import InputError
from electrosim.base.memory import check_memory
from electrosim.base.result import variable

Array = NDArray[np.float64]

_MOST = 10**6


@dataclass(frozen=True)
class Trajectories:
    """Which paths to keep.

    Parameters
    ----------
    number : int
        Electrons per energy, the first ones of the run.
    thickness : float, optional
        Of the film [m]; the thinnest one by default.

    Raises
    ------
    InputError
        If the number is impossible.
    """

    number: int = 200
    thickness: float | None = None

    def __post_init__(self) -> None:
        """Check the number."""
        if not 1 <= self.number <= _MOST:
            raise InputError(f"trajectories.number = {self.number}: it must be from 1 to {_MOST}")


def trajectory_variables(problem: Problem, jobs: Sequence[Job], asked: Trajectories, seed: int) -> dict[str, Any]:
    """Return the paths of the first electrons of every job, from the surface to where they leave or stop.

    Parameters
    ----------
    problem : Problem
        What the jobs come from.
    jobs : sequence of Job
        One per target and energy.
    asked : Trajectories
        How many.
    seed : int
        Of the run, whose electrons these are.

    Returns
    -------
    dict of str to variable
        Over `trajectory`: `trajectory_energy` of the beam [J], `trajectory_backscattered`, and with targets
        `trajectory_target`. Over `vertex`, one path after the other: `vertex_trajectory`, the number of the path;
        `vertex_x`, `vertex_y`, `vertex_z` [m]; `vertex_energy` [J]; `vertex_layer`, 0 at the surface. Vertices are
        collisions and crossings of interfaces. Paths end at the cut-off energy.

    Raises
    ------
    InputError
        If the memory does not suffice.
    """
    collisions = max(float(job.tables.media.last.max()) for job in jobs)
    most = int(4 * collisions + 1000)
    check_memory(int(48 * asked.number * len(jobs) * (collisions + 10)), f"{asked.number} trajectories")
    room = np.empty((most, 5))
    names = [name for name in problem.stacks() for _ in problem.energies]
    points: list[Array] = []
    energies: list[Array] = []
    back: list[bool] = []
    for job in jobs:
        start = _Start(job, asked, seed)
        for number in range(asked.number):
            path, returned = start.path(number, room)
            points.append(path)
            energies.append(start.energies(path))
            back.append(returned)
    length = [len(path) for path in points]
    whole, energy = np.concatenate(points), np.concatenate(energies)
    found = {
        "trajectory_energy": variable(
            "trajectory", np.repeat([job.energy for job in jobs], asked.number), "J", "energy of the beam"
        ),
        "trajectory_backscattered": variable("trajectory", back, "1", "whether it left the surface above the cut-off"),
        "vertex_trajectory": variable("vertex", np.repeat(np.arange(len(length)), length), "1", "number of the path"),
        "vertex_energy": variable("vertex", energy, "J", "energy of the electron"),
        "vertex_layer": variable("vertex", whole[:, 4].astype(np.int32), "1", "number of the layer from the surface"),
    }
    for place, axis in enumerate("xyz"):
        words = "depth below the surface" if axis == "z" else f"position along {axis}"
        found[f"vertex_{axis}"] = variable("vertex", whole[:, place], "m", words)
    if problem.targets:
        found["trajectory_target"] = variable("trajectory", np.repeat(names, asked.number), "1", "target of the beam")
    return found


class _Start:
    """Where the paths of one job begin, and in what."""

    def __init__(self, job: Job, asked: Trajectories, seed: int) -> None:
        thickness = asked.thickness or (job.thicknesses[0] if job.thicknesses else 0.0)
        stacks, _ = stacks_of(job.layers, job.film, (thickness,) if job.film is not None else (), job.tables)
        self.stacks = stacks._replace(limit=np.full_like(stacks.limit, np.inf))  # follow also what cannot come back
        self.job, self.key = job, job.key(seed)

    def path(self, number: int, room: Array) -> tuple[Array, bool]:
        """Return the vertices of one path, and whether it came back."""
        beam, media = self.job.beam, self.job.tables.media
        state = np.uint64(stream(self.key, np.uint64(number)))
        x, y = entry(state, beam)
        found = walk(state, 0, 0.0, beam.w, beam.R, beam.t, 0, self.stacks, media, x, y, beam.u, 0.0, room)
        return room[: found[7]].copy(), found[0] >= 0

    def energies(self, path: Array) -> Array:
        """Return the energy at each vertex."""
        energy = np.empty(len(path))
        for layer, m in enumerate(self.stacks.material):
            here = path[:, 4] == layer
            energy[here] = self.job.tables.slowing[m].energy_of(path[here, 3])
        return energy
