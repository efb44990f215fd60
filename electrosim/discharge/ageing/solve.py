"""Ageing of a cell as a dataset."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.observer import Observer, silent
from electrosim.base.result import variable
from electrosim.discharge.ageing.cycling import Cycle, Solver
from electrosim.discharge.ageing.damage import Damage
from electrosim.discharge.ageing.laws import Use
from electrosim.discharge.ageing.life import Life, live
from electrosim.discharge.ageing.problem import Ageing, PostMortem
from electrosim.discharge.ageing.titration import titrate
from electrosim.discharge.cell import Cell
from electrosim.discharge.groups import sections
from electrosim.discharge.protocol import Stoichiometry

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]

_CURVE = 201  # points of a slow discharge that a result keeps

_DAMAGE = {
    "lithium_consumed": ("mol m-2", "lithium consumed by side reactions on the particles of the layer"),
    "lithium_trapped": ("mol m-2", "lithium in lost active material of the layer"),
    "material_lost": ("1", "share of the active material of the layer that was lost"),
    "contact_growth": ("1", "growth of the electronic resistivity of the layer, relative"),
    "film_growth": ("ohm m2", "growth of the resistance between particle and electrolyte"),
    "collector_growth": ("ohm m2", "growth of the resistance between collector and layer"),
}
_USE: dict[str, tuple[str, str, Callable[[Use], float]]] = {
    "layer_throughput": ("1", "equivalent full cycles of the layer's particles in a cycle", lambda use: use.throughput),
    "reaction_overpotential": (
        "V",
        "local overpotential of the reaction, mean over the charge",
        lambda use: use.reaction / max(use.throughput, 1e-12),
    ),
    "electronic_overpotential": (
        "V",
        "work of the electrons in the layer over the charge that passes its particles",
        lambda use: use.electrons / max(use.throughput, 1e-12),
    ),
}


def age(
    cell: Cell,
    ageing: Ageing,
    start: Stoichiometry,
    *,
    solver: Solver,
    observer: Observer = silent,
) -> tuple[xr.Dataset, Life]:
    """Cycle a cell, let it age, check it now and then.

    Parameters
    ----------
    cell : Cell
        As it is at first.
    ageing : Ageing
        What it goes through.
    start : Stoichiometry
        Any state of the fresh cell at rest: it says how much lithium there is.
    solver : Solver
        What solves the cycles, such as ``Structured()``.
    observer : callable, optional
        Hears the progress.

    Returns
    -------
    xarray.Dataset
        Over `cycle`: capacity, retention, energy, throughput, jump_error, lithium_balance_error; over `cycle` and
        `layer`: damage of each kind and use of the layer; over `check`: check_capacity, check_loss,
        rate_dependent_loss and the curves check_charge and check_voltage; with a post-mortem, half_cell_capacity and
        what titration tells of the losses. `status` says how it ended; what came before is there in any case.
    Life
        The cycles themselves.
    """
    import xarray as xr

    began = time.perf_counter()
    life = live(cell, ageing, start, solver, observer)
    found: dict[str, Any] = {
        "status": variable((), life.status.sentence, "1", "how the ageing ended"),
        "solved": variable((), life.status.solved, "1", "whether it can be used"),
    }
    coordinates: dict[str, Any] = {}
    if life.points:
        mesh = life.points[0].resolved.cycle.run.mesh
        names = [section.name for section in sections(cell, mesh) if section.side == "positive"]
        coordinates["layer"] = names
        coordinates["cycle"] = ("cycle", _numbers(life), {"units": "1", "long_name": "cycles before"})
        found |= _cycle_variables(life) | _layer_variables(life)
    if life.check_ups:
        checks = [number for number, _ in life.check_ups]
        coordinates["check"] = ("check", checks, {"units": "1", "long_name": "cycles before the check-up"})
        found |= _check_variables(life)
    if life.post_mortem and ageing.post_mortem:
        coordinates["electrode_state"] = ["fresh", "aged"]
        found |= _post_mortem_variables(life, cell, ageing, ageing.post_mortem)
    found["wall_time"] = variable((), time.perf_counter() - began, "s", "time that solving took")
    return xr.Dataset(found, coordinates), life


def _numbers(life: Life) -> NDArray[np.int64]:
    return np.array([point.number for point in life.points])


def _cycle_variables(life: Life) -> dict[str, Any]:
    cycles = [point.resolved.cycle for point in life.points]
    capacity = np.array([cycle.discharge for cycle in cycles])
    first = capacity[0] or np.nan
    number = _numbers(life)
    passed = np.concatenate([[0.0], np.cumsum(np.diff(number) * (capacity[1:] + capacity[:-1]))])
    balance = [point.resolved.lithium_balance_error for point in life.points]
    return {
        "capacity": variable("cycle", capacity, "C m-2", "capacity of the discharge"),
        "retention": variable("cycle", capacity / first, "1", "capacity of the discharge over that of the first"),
        "energy": variable("cycle", [cycle.energy for cycle in cycles], "J m-2", "energy of the discharge"),
        "throughput": variable("cycle", passed, "C m-2", "charge passed in both directions before the cycle"),
        "jump_error": variable(
            "cycle", [point.jump_error for point in life.points], "1", "error of the jump to the cycle, of its damage"
        ),
        "lithium_balance_error": variable("cycle", balance, "1", "lithium held and lost over that at first, less one"),
    }


def _layer_variables(life: Life) -> dict[str, Any]:
    damage = np.array([point.damage.values for point in life.points])  # (cycles, kinds, layers)
    kinds = list(Damage.__dataclass_fields__)
    found = {
        name: variable(("cycle", "layer"), damage[:, kinds.index(name)], units, words)
        for name, (units, words) in _DAMAGE.items()
    }
    for name, (units, words, measure) in _USE.items():
        values = [[measure(use) for use in point.resolved.used] for point in life.points]
        found[name] = variable(("cycle", "layer"), values, units, words)
    return found


def _check_variables(life: Life) -> dict[str, Any]:
    capacity = np.array([cycle.discharge for _, cycle in life.check_ups])
    loss = 1 - capacity / (capacity[0] or np.nan)
    retention = {point.number: point.resolved.cycle.discharge for point in life.points}
    fade = 1 - np.array([retention[number] for number, _ in life.check_ups]) / (retention[0] or np.nan)
    curves = [_curve(cycle) for _, cycle in life.check_ups]
    words = "loss of capacity in cycles less that in check-ups"
    return {
        "check_capacity": variable("check", capacity, "C m-2", "capacity of the slow discharge"),
        "check_loss": variable("check", loss, "1", "loss of capacity of the slow discharge, irreversible"),
        "rate_dependent_loss": variable("check", fade - loss, "1", words),
        "check_charge": variable(("check", "point"), [c for c, _ in curves], "C m-2", "charge in the slow discharge"),
        "check_voltage": variable(("check", "point"), [v for _, v in curves], "V", "voltage of the slow discharge"),
    }


def _curve(cycle: Cycle) -> tuple[Floats, Floats]:
    """Return charge and voltage of the discharge at even steps of charge."""
    run = cycle.run
    times = np.flatnonzero(run.step == 1)
    charge = run.current[times] * (run.time[times] - run.time[times[0]])
    even = np.linspace(0, charge[-1], _CURVE)
    return even, np.interp(even, charge, run.voltage[times])


def _post_mortem_variables(life: Life, cell: Cell, ageing: Ageing, asked: PostMortem) -> dict[str, Any]:
    capacity = [cycle.discharge for cycle in life.post_mortem]
    resistance = [_first_resistance(cycle, asked.cycling.lower_voltage) for cycle in life.post_mortem]
    words = "capacity of the positive electrode against fresh lithium"
    step = "of the discharged half cell, change of voltage over change of current as the charge begins"
    found = {
        "half_cell_capacity": variable("electrode_state", capacity, "C m-2", words),
        "half_cell_resistance": variable("electrode_state", resistance, "ohm m2", step),
    }
    told = titrate(life, cell, asked, ageing.check_up.upper_voltage)
    if told is not None:
        whole = "over the capacity of the first check-up"
        words = f"active material lost by the half cell, {whole}"
        found |= {
            "titrated_material_loss": variable((), told.active_material, "1", words),
            "titrated_lithium_loss": variable((), told.lithium, "1", f"lithium lost, both slow discharges, {whole}"),
            "material_loss": variable((), told.active_material_true, "1", f"capacity of lost active material, {whole}"),
            "lithium_loss": variable((), told.lithium_true, "1", f"lithium consumed and trapped, {whole}"),
        }
    return found


def _first_resistance(cycle: Cycle, rest: float) -> float:
    """Return the change of voltage over that of current as a cell that rests at a voltage is charged [ohm m2]."""
    return float((cycle.run.voltage[0] - rest) / abs(cycle.run.current[0]))
