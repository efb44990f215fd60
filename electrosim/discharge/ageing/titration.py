"""What slow cycles tell of the causes: lithium lost against active material lost."""

from __future__ import annotations

from dataclasses import dataclass, replace

from electrosim.base.constants import FARADAY
from electrosim.discharge.ageing.cycling import resting
from electrosim.discharge.ageing.damage import aged
from electrosim.discharge.ageing.life import Life
from electrosim.discharge.ageing.problem import PostMortem
from electrosim.discharge.cell import Cell
from electrosim.discharge.equilibrium import at_voltage, capacity


@dataclass(frozen=True)
class Titration:
    """Losses as shares of the capacity of the first check-up.

    Parameters
    ----------
    capacity : float
        Lost between first and last check-up.
    active_material, lithium : float
        As the two slow measurements tell.
    active_material_true, lithium_true : float
        As the damage laws have it: capacity of the lost particles between the voltages of the post-mortem cycle, and
        lithium consumed or trapped.
    """

    capacity: float
    active_material: float
    lithium: float
    active_material_true: float
    lithium_true: float


def titrate(life: Life, cell: Cell, asked: PostMortem, upper_voltage: float) -> Titration | None:
    """Tell lithium loss from active-material loss by the last check-up and the half cell.

    A cell that ends its slow charge where the positive electrode is at stoichiometry x and its slow discharge where the
    negative one is empty gives Q = N - x C of its lithium N and the capacity C of the positive electrode's particles.
    The half cell gives the change of C, the cell that of Q, so that of N follows. While the positive electrode still
    ends the slow discharge, as in a fresh cell with all its lithium, lost lithium is not missed: then this tells less
    than was lost. Contacts that got so bad that the slow cycle feels them tell more material lost than was. Against
    lithium metal there is no N.

    Parameters
    ----------
    life : Life
        With check-ups and post-mortem.
    cell : Cell
        The fresh cell.
    asked : PostMortem
        Voltages of the half cell.
    upper_voltage : float
        Where the charge of a check-up ends [V].

    Returns
    -------
    Titration or None
        None if the life ended before the post-mortem or lithium is without end.
    """
    if not life.post_mortem or life.lithium is None:
        return None
    first, last = life.check_ups[0][1].discharge, life.check_ups[-1][1].discharge
    before, after = (cycle.discharge for cycle in life.post_mortem)
    damage = life.points[-1].damage
    half_cell = replace(cell, negative=asked.metal)
    full, empty = asked.cycling.lower_voltage, asked.cycling.upper_voltage
    window = at_voltage(half_cell, full).positive - at_voltage(half_cell, empty).positive
    charged = resting(cell, upper_voltage, life.lithium).positive
    material = (before - after) / first
    lost = capacity(cell.positive) - capacity(aged(cell, damage).positive)
    return Titration(
        capacity=1 - last / first,
        active_material=material,
        lithium=1 - last / first + material * charged / window,
        active_material_true=lost * window / first,
        lithium_true=damage.lithium_lost * FARADAY / first,
    )
