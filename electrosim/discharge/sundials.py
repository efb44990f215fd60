"""The plain twin of the structured solver: the same equations in numpy, stepped by IDA of SUNDIALS.

It shares no line with the fast solver: other unknowns, other particles, another method in time, nothing eliminated by
hand. Meant for reading and for tests; a discharge takes about a second.

A. C. Hindmarsh et al., SUNDIALS, ACM Trans. Math. Softw. 31 (2005) 363, doi:10.1145/1089014.1089020.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer, silent
from electrosim.base.status import SOLVED, Status
from electrosim.discharge.cell import Cell
from electrosim.discharge.mesh import NEGATIVE, POSITIVE, SEPARATOR
from electrosim.discharge.plain_equations import Equations, Unknowns
from electrosim.discharge.plain_grid import lay_out, uniform
from electrosim.discharge.plain_layout import Layout
from electrosim.discharge.plain_sphere import sphere
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.trajectory import End, Mesh, Run, State

Floats = NDArray[np.float64]

_MOST_STEPS = 100_000
_BEYOND = 2e-3  # stoichiometry beyond 0 or 1 at which a run has failed


@dataclass(frozen=True)
class Sundials:
    """IDA: backward differentiation of variable order and step, Newton's method, sparse factorisation.

    Parameters
    ----------
    rtol, atol : float
        Tolerances of IDA; the absolute one in typical values of each variable.
    cells : int
        Volumes per electrode, shared among its layers; half as many in the separator.
    nodes : int
        Radii in a particle.
    mesh : Mesh or None
        The volumes themselves instead, such as those of another run.
    """

    rtol: float = 1e-6
    atol: float = 1e-8
    cells: int = 20
    nodes: int = 16
    mesh: Mesh | None = None

    def run(
        self, cell: Cell, steps: Sequence[Step], start: Stoichiometry | State, *, observer: Observer = silent
    ) -> Run:
        """Do the steps one after the other.

        Parameters
        ----------
        cell : Cell
            What is discharged.
        steps : sequence of Step
            What is done to it; a step that fails is the last.
        start : Stoichiometry or State
            At rest, or as an earlier run by this method left it, with as many nodes.
        observer : callable, optional
            Hears at which step of the programme it is.

        Returns
        -------
        Run

        Raises
        ------
        InputError
            If scikit-sundae is not installed, a stoichiometry is missing, or the state is not one of this method.
        """
        mesh = self.mesh or (start.mesh if isinstance(start, State) else None)
        grid = lay_out(cell, mesh or uniform(cell, self.cells))
        layout = Layout(Equations(cell, grid, sphere(self.nodes)))
        salt, lithium = _at_rest(layout, start) if isinstance(start, Stoichiometry) else _of(layout, start)
        record, ends, status = _Record(layout), list[End](), SOLVED
        for number, step in enumerate(steps):
            observer("IDA", number / len(steps), step.control)
            end, status = _Integration(self, layout, step, number, record).do(salt, lithium)
            ends.append(end)
            if not status.solved:
                break
            salt, lithium = record.last.salt, record.last.lithium
        return record.run(tuple(ends), status)


class _Record:
    """Vectors at the solver's own times."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.time: list[float] = []
        self.vector: list[Floats] = []
        self.step: list[int] = []

    @property
    def last(self) -> Unknowns:
        return self.layout.unpack(self.vector[-1])

    @property
    def clock(self) -> float:
        return self.time[-1] if self.time else 0.0

    def add(self, time: Floats, vectors: Floats, step: int) -> None:
        self.time.extend(map(float, time))
        self.vector.extend(vectors)
        self.step.extend([step] * len(time))

    def run(self, ends: tuple[End, ...], status: Status) -> Run:
        """Turn the vectors into what all methods give."""
        equations = self.layout.equations
        grid = equations.grid
        all_times = [self.layout.unpack(vector) for vector in self.vector]

        def stacked(values: Iterator[Any]) -> Floats:
            return np.array(list(values))

        present = np.where(grid.area > 0, 1.0, np.nan)
        solid = np.where(grid.mesh.region == SEPARATOR, np.nan, 1.0)
        return Run(
            mesh=grid.mesh,
            time=np.array(self.time),
            voltage=stacked(equations.voltage(now) for now in all_times),
            current=stacked(now.leaving for now in all_times),
            step=np.array(self.step),
            ends=ends,
            electrolyte_concentration=stacked(now.salt for now in all_times),
            ionic_current=stacked(equations.ionic_current(now) for now in all_times),
            surface_concentration=stacked(now.lithium[:, -1] * present for now in all_times),
            mean_concentration=stacked(equations.mean(now.lithium) * present for now in all_times),
            reaction_current=stacked(now.reaction * present for now in all_times),
            electrolyte_potential=stacked(now.phi_e for now in all_times),
            electrode_potential=stacked(now.phi_s * solid for now in all_times),
            state=State(all_times[-1].salt, all_times[-1].lithium, grid.mesh),
            status=status,
        )


@dataclass(frozen=True)
class _Integration:
    """One step of the programme."""

    method: Sundials
    layout: Layout
    step: Step
    number: int
    record: _Record

    def do(self, salt: Floats, lithium: Floats) -> tuple[End, Status]:
        """Integrate to the first end condition, and from kink to kink of a table."""
        solver, began = self.solver(), self.record.clock
        vector = self.layout.pack(self.guess(salt, lithium)) / self.layout.scale
        for first, last in zip(self.stops[:-1], self.stops[1:], strict=True):
            try:
                with np.errstate(all="ignore"):  # what a trial of Newton's method meets far out is rejected
                    begun = solver.init_step(first, vector, np.zeros_like(vector))
                    ended = [name for name, left in self.limits(begun.y) if left <= 0]
                    found = begun if ended else solver.solve([first, last], begun.y, begun.yp)
            except RuntimeError as error:
                if not self.record.vector:  # a run has at least one time: here what the search began with
                    self.record.add(np.zeros(1), vector[None] * self.layout.scale, self.number)
                return "failed", self.failure(first, str(error))
            times, vectors = np.atleast_1d(found.t), np.atleast_2d(found.y)
            again = int(first > 0)  # a kink is the end of the part before
            self.record.add(began + times[again:], vectors[again:] * self.layout.scale, self.number)
            if found.status < 0:
                return "failed", self.failure(float(times[-1]), str(found.message))
            if not ended and found.i_events is not None:
                ended = [self.limits(vectors[-1])[int(np.flatnonzero(found.i_events[-1])[0])][0]]
            if ended:
                full = "particles are full or empty; give the step a lower or an upper voltage"
                return ended[0], self.failure(float(times[-1]), full) if ended[0] == "failed" else SOLVED
            vector = vectors[-1]
        return "longest", SOLVED

    @property
    def stops(self) -> Floats:
        """Where the integration begins, is begun again and ends [s]."""
        times = self.step.table[0] if self.step.table else np.array([])
        longest = min(self.step.longest, float(times[-1])) if times.size else self.step.longest
        return np.unique(np.concatenate([[0.0], times[(times > 0) & (times < longest)], [longest]]))

    def residuals(self, time: float, y: Floats, yp: Floats) -> Floats:
        """Return the residuals of scaled variables."""
        layout = self.layout
        now, rate = layout.unpack(y * layout.scale), layout.unpack(yp * layout.scale)
        return layout.pack(layout.equations.residuals(time, now, rate, self.step))

    def limits(self, y: Floats) -> list[tuple[End, float]]:
        """Return the end conditions, and by how much each is still away."""
        step, now = self.step, self.layout.unpack(y * self.layout.scale)
        grid = self.layout.equations.grid
        share = (now.lithium[:, -1] / grid.maximum)[grid.area > 0]
        found: list[tuple[End, float]] = [("failed", float(min(share.min(), 1 - share.max())) + _BEYOND)]
        if step.lower_voltage is not None:
            found.append(("lower_voltage", self.layout.equations.voltage(now) - step.lower_voltage))
        if step.upper_voltage is not None:
            found.append(("upper_voltage", step.upper_voltage - self.layout.equations.voltage(now)))
        if step.lower_current is not None:
            found.append(("lower_current", abs(now.leaving) - step.lower_current))
        if step.charge is not None:
            found.append(("charge", step.charge - abs(now.charge)))
        return found

    def solver(self) -> Any:
        """Return IDA, set up for this step."""
        try:
            from sksundae.ida import IDA
        except ImportError:
            raise InputError(
                'the method "sundials" needs scikit-sundae; pip install "electrosim[xcode]", or use "structured"'
            ) from None

        def fill_residuals(time: float, y: Floats, yp: Floats, out: Floats) -> None:
            out[:] = self.residuals(time, y, yp)

        def fill_jacobian(time: float, y: Floats, yp: Floats, res: Floats, ratio: float, out: Floats) -> None:
            del res
            out[:] = self.layout.jacobian(lambda y, yp: self.residuals(time, y, yp), y, yp, ratio)

        def fill_limits(time: float, y: Floats, yp: Floats, out: Floats) -> None:
            del time, yp
            out[:] = [left for _, left in self.limits(y)]

        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Custom sparse Jacobian", UserWarning)  # ours is meant to replace its own
            return IDA(
                fill_residuals,
                jacfn=fill_jacobian,
                linsolver="sparse",
                sparsity=self.layout.pattern,
                algebraic_idx=self.layout.algebraic,
                calc_initcond="yp0",
                rtol=self.method.rtol,
                atol=self.method.atol,
                max_num_steps=_MOST_STEPS,
                eventsfn=fill_limits,
                num_events=len(self.limits(np.zeros_like(self.layout.scale))),
            )

    def guess(self, salt: Floats, lithium: Floats) -> Unknowns:
        """Return unknowns to start the search from: equilibrium with a uniform reaction."""
        equations, step = self.layout.equations, self.step
        grid = equations.grid
        negative, positive = equations.equilibrium(lithium)
        current = {
            "current": step.value,
            "table": float(np.interp(0.0, *step.table)) if step.table else 0.0,
            "power": step.value / (positive - negative),
        }.get(step.control, 0.0)
        surface = grid.area * grid.mesh.width
        reaction = np.zeros_like(surface)
        for region, sign in ((NEGATIVE, 1), (POSITIVE, -1)):
            inside = grid.mesh.region == region
            reaction[:, inside] = sign * current / (surface[:, inside].sum() or 1.0) * (grid.area[:, inside] > 0)
        phi_s = np.where(grid.mesh.region == POSITIVE, positive - negative, 0.0)
        return Unknowns(salt, np.full_like(salt, -negative), phi_s, reaction, lithium, current, current, 0.0)

    def failure(self, time: float, message: str) -> Status:
        """Say when it went wrong and what the salt was."""
        salt = self.record.last.salt.min() if self.record.vector else np.nan
        return Status(
            f"IDA stopped {time:.6g} s into step {self.number + 1}, where the least salt concentration was {salt:.3g} "
            f"mol/m3: {message}.",
            solved=False,
        )


def _at_rest(layout: Layout, start: Stoichiometry) -> tuple[Floats, Floats]:
    grid = layout.equations.grid
    if start.negative is None and np.any(grid.mesh.region == NEGATIVE):
        raise InputError("a cell with two porous electrodes starts from two stoichiometries")
    share = np.where(grid.mesh.region == POSITIVE, start.positive, start.negative or 0.0)
    lithium = np.repeat((share * grid.maximum)[:, None], layout.equations.sphere.radius.size, axis=1)
    return np.full(layout.volumes, layout.equations.cell.electrolyte.concentration), lithium


def _of(layout: Layout, start: State) -> tuple[Floats, Floats]:
    shape = (layout.populations, layout.equations.sphere.radius.size, layout.volumes)
    if start.electrolyte.shape != shape[2:] or start.particles.shape != shape:
        raise InputError(
            f"the state to start from is not one of {shape[2]} volumes and {shape[1]} nodes of this method"
        )
    return start.electrolyte, start.particles
