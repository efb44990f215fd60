"""What comes out of the compiled loops as the words of trajectory.py."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.base.status import SOLVED, Status
from electrosim.discharge import layout
from electrosim.discharge.packed import Packed
from electrosim.discharge.trajectory import Curve, End, Mesh, Run, State

Floats = NDArray[np.float64]

_ENDS: tuple[End, ...] = get_args(End)
_STATUS = {
    layout.GOOD: SOLVED,
    layout.NO_START: Status(
        "No state was found at the start of a step; its current or power may be more than the cell can give.",
        solved=False,
    ),
    layout.NO_STEP: Status(
        "Newton's method failed at the shortest step of time; the rate may be beyond what the cell can give, or the "
        "material functions jump.",
        solved=False,
    ),
    layout.DEPLETED: Status(
        "The electrolyte ran out of salt before the step ended; lower the rate or give the step a voltage to end at.",
        solved=False,
    ),
    layout.EXHAUSTED: Status(
        "The particles were full or empty before the step ended; give the step a voltage to end at.", solved=False
    ),
}


class History(NamedTuple):
    """Rows of the compiled loop (columns in layout.py), why each step ended, and how the run did."""

    rows: Floats
    ends: NDArray[np.int64]
    reason: int


def curve(history: History) -> Curve:
    """Return the light result."""
    rows = history.rows
    return Curve(
        rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3].astype(np.int64), _ends(history), _STATUS[history.reason]
    )


def run_of(mesh: Mesh, packed: Packed, histories: Sequence[History], salt: Floats, lithium: Floats) -> Run:
    """Return the full result of parts of a programme, done one after the other."""
    cells, populations, slots = packed.shape[layout.CELLS], packed.shape[layout.POPULATIONS], packed.slots
    rows = histories[0].rows if len(histories) == 1 else _joined(histories)
    absent = packed.fixed[layout.AREA : layout.AREA + slots] == 0
    bounds = np.cumsum([layout.AT_FIELDS, cells, cells + 1, cells, cells, slots, slots, slots])
    concentration, ionic, along, solid, surface, mean, reaction = (
        rows[:, first:last] for first, last in itertools.pairwise(bounds)
    )
    rows[:, bounds[4] :][:, np.tile(absent, 3)] = np.nan
    shape = (rows.shape[0], populations, cells)
    particles = lithium.copy()
    particles[:, absent] = np.nan
    return Run(
        mesh=mesh,
        time=rows[:, 0],
        voltage=rows[:, 1],
        current=rows[:, 2],
        step=rows[:, 3].astype(np.int64),
        ends=tuple(end for history in histories for end in _ends(history)),
        electrolyte_concentration=concentration,
        ionic_current=ionic,
        surface_concentration=surface.reshape(shape),
        mean_concentration=mean.reshape(shape),
        reaction_current=reaction.reshape(shape),
        electrolyte_potential=along,
        electrode_potential=solid,
        state=State(salt, particles.reshape(-1, populations, cells).transpose(1, 0, 2), mesh),
        status=_STATUS[histories[-1].reason],
    )


def _ends(history: History) -> tuple[End, ...]:
    return tuple(_ENDS[end] for end in history.ends if end >= 0)


def _joined(histories: Sequence[History]) -> Floats:
    """Return all rows, times and steps counted on."""
    time, step = 0.0, 0
    for history in histories:
        history.rows[:, 0] += time
        history.rows[:, 3] += step
        time = history.rows[-1, 0]
        step += history.ends.size
    return np.concatenate([history.rows for history in histories])
