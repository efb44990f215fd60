"""What is discharged, how, and what is found out about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from electrosim.base.errors import InputError
from electrosim.discharge.ageing.problem import Ageing
from electrosim.discharge.cell import Cell
from electrosim.discharge.cell_checks import check_cell
from electrosim.discharge.equilibrium import open_circuit_voltage
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.rate_capability import BASES, Base
from electrosim.discharge.rate_programme import Programme

_MOST_RATES = 100
_MOST_STEPS = 100_000


@dataclass(frozen=True)
class Analysis:
    """What to find out beside capacity and energy.

    Parameters
    ----------
    gamma_base : {"power-of-two", "paper"}
        Whether the rate capability is 2^-alpha, the factor for every doubling of the current, or 0.301^alpha, as Yari
        et al. print it.
    fit : {"energy", "capacity"}
        What Peukert's law is fitted to.
    residuals : {"logarithmic", "linear"}
        Whether that fit counts differences of logarithms.
    depths : tuple of float
        Depths of discharge to keep profiles at: shares of the charge that the discharge gives at its own rate.
    samples : int
        How many times of each run to keep at most, beside the ends of its steps.
    """

    gamma_base: Base = "power-of-two"
    fit: Literal["energy", "capacity"] = "energy"
    residuals: Literal["logarithmic", "linear"] = "logarithmic"
    depths: tuple[float, ...] = (0.1, 0.5, 0.9)
    samples: int = 300

    def __post_init__(self) -> None:
        """Check the choices."""
        if self.gamma_base not in BASES:
            raise InputError(f"gamma_base is {self.gamma_base!r}; give one of {', '.join(BASES)}")
        if not self.depths or not all(0 <= depth <= 1 for depth in self.depths):
            raise InputError(
                f"depths of discharge are {', '.join(f'{depth:g}' for depth in self.depths) or 'missing'}; give one or "
                "more, each from 0 to 1",
                ("analysis", "depths"),
            )
        if self.samples < 2:
            raise InputError(f"samples is {self.samples}; keep at least 2 times of each run", ("analysis", "samples"))


@dataclass(frozen=True)
class Problem:
    """A cell, and what is done to it at each rate.

    Parameters
    ----------
    cell : Cell
        What is discharged.
    start : Stoichiometry
        The full cell: where each programme starts at rest, and from which utilisation counts.
    programmes : tuple of Programme
        One for each rate.
    nominal_capacity : float
        That 1C passes in an hour [C m-2].
    in_sequence : bool
        Whether one cell goes through all programmes, each starting where the one before ended.
    single_layers : tuple of Cell
        With electrodes of one layer, one for the recipe of each layer of the positive electrode, bottom first, to
        compare with; the same is done to them.
    single_layer_capacities : tuple of tuple of float
        Instead of these cells, their charge per active mass, for each rate and layer [C kg-1].
    analysis : Analysis
        What to find out.
    ageing : Ageing or None
        Instead of the programmes: the cell is cycled and ages.

    Raises
    ------
    InputError
        If something is impossible; the sentence says what to change.
    """

    cell: Cell
    start: Stoichiometry
    programmes: tuple[Programme, ...]
    nominal_capacity: float
    in_sequence: bool = False
    single_layers: tuple[Cell, ...] = ()
    single_layer_capacities: tuple[tuple[float, ...], ...] = ()
    analysis: Analysis = field(default_factory=Analysis)
    ageing: Ageing | None = None

    def __post_init__(self) -> None:
        """Check every argument once."""
        for cell in (self.cell, *self.single_layers):
            check_cell(cell)
        if not (math.isfinite(self.nominal_capacity) and self.nominal_capacity > 0):
            raise InputError(f"the nominal capacity is {self.nominal_capacity:g} C/m2; it must be positive")
        for name, value in (("positive", self.start.positive), ("negative", self.start.negative)):
            if value is not None and not 0 < value < 1:
                raise InputError(f"the {name} electrode starts at stoichiometry {value:g}; it must lie between 0 and 1")
        self._check_rates()
        self._check_single_layers()
        rest = open_circuit_voltage(self.cell, self.start)
        for programme in self.programmes:
            for number, step in enumerate(programme.steps, 1):
                _check_step(step, number, programme)
            self._check_measured(programme, rest)

    def _check_rates(self) -> None:
        rates = [programme.rate for programme in self.programmes]
        if not 1 <= len(rates) <= _MOST_RATES:
            raise InputError(f"there are {len(rates)} rates; give 1 to {_MOST_RATES}", ("protocol", "rates"))
        for rate in rates:
            if not (math.isfinite(rate) and rate > 0):
                raise InputError(f"a rate is {rate:g}C; rates must be positive", ("protocol", "rates"))
            if rates.count(rate) > 1:
                raise InputError(
                    f"the rate {rate:g}C is there {rates.count(rate)} times; keep one", ("protocol", "rates")
                )

    def _check_single_layers(self) -> None:
        layers = len(self.cell.positive.layers)
        if self.single_layers and len(self.single_layers) != layers:
            raise InputError(
                f"there are {len(self.single_layers)} single layers for {layers} layers; give one for each"
            )
        shape = (
            np.shape(self.single_layer_capacities) if self.single_layer_capacities else (len(self.programmes), layers)
        )
        if shape != (len(self.programmes), layers):
            raise InputError(
                f"capacities of single layers must be {len(self.programmes)} lists, one for each rate, of {layers} "
                "numbers, one for each layer",
                ("analysis", "single_layer_capacities"),
            )

    @staticmethod
    def _check_measured(programme: Programme, rest: float) -> None:
        """Refuse a programme without a step to measure, or with one that ends before it begins, from rest [V]."""
        if not 0 <= programme.measured < len(programme.steps):
            raise InputError(f"the programme of {programme.rate:g}C has no step to measure", ("protocol",))
        if not 1 <= programme.cycles * len(programme.steps) <= _MOST_STEPS:
            raise InputError(
                f"the programme of {programme.rate:g}C has {programme.cycles} cycles; give 1 to "
                f"{_MOST_STEPS // len(programme.steps)}",
                ("protocol", "cycles"),
            )
        step = programme.steps[programme.measured]
        if step.lower_voltage is not None and step.lower_voltage >= rest and programme.measured == 0:
            raise InputError(
                f"the discharge ends at {step.lower_voltage:g} V, and the cell rests at {rest:.4g} V when it begins; "
                "lower protocol.lower_voltage",
                ("protocol", "lower_voltage"),
            )

    def describe(self) -> dict[str, Any]:
        """Return the problem as plain values for a result's provenance."""
        ageing = {} if self.ageing is None else {"ageing": asdict(self.ageing)}
        return {
            "kind": "discharge",
            **ageing,
            "rates": [programme.rate for programme in self.programmes],
            "nominal_capacity": self.nominal_capacity,
            "start": {key: value for key, value in vars(self.start).items() if value is not None},
            "positive": [_described(layer) for layer in self.cell.positive.layers],
            "electrolyte": self.cell.electrolyte.name,
        }


def _described(layer: Any) -> Mapping[str, Any]:
    return {"name": layer.name, "thickness": layer.thickness, "material": layer.populations[0].material.name}


def _check_step(step: Step, number: int, programme: Programme) -> None:
    """Refuse a step that would never end, or that has nothing to hold."""
    name = f"step {number} of {programme.rate:g}C ({step.control})"
    values = (step.value, step.longest, step.lower_voltage, step.upper_voltage, step.lower_current, step.charge)
    if any(value is not None and not math.isfinite(value) for value in values) or step.longest <= 0:
        raise InputError(f"{name} has a value that is not finite, or no time to last", ("protocol",))
    if step.control == "table" and step.table is None:
        raise InputError(f"{name} has no table of currents; give one", ("protocol",))
    if step.control == "voltage" and step.value <= 0:
        raise InputError(f"{name} holds {step.value:g} V; give a positive voltage", ("protocol",))
    if step.control in ("current", "power") and step.value == 0:
        raise InputError(f"{name} holds nothing; use a rest", ("protocol",))
    if step.longest == Step.longest and not _ends(step):
        raise InputError(f"{name} never ends; give it {_ENDINGS[step.control]}", ("protocol",))


def _ends(step: Step) -> bool:
    """Tell whether a step has a condition that it moves towards."""
    if step.charge is not None and step.control != "rest":
        return True
    if step.control in ("current", "power"):
        return (step.lower_voltage if step.value > 0 else step.upper_voltage) is not None
    if step.control == "voltage":
        return step.lower_current is not None
    return step.control == "table"


_ENDINGS = {
    "current": "a voltage to end at (below on discharge, above on charge), a charge or a time",
    "power": "a voltage to end at (below on discharge, above on charge), a charge or a time",
    "voltage": "a current to end at, a charge or a time",
    "rest": "a time",
}
