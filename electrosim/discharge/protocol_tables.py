"""The [protocol] table: rates, constant voltage, rests, or steps one by one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from annotated_types import Gt
from pydantic import AfterValidator, Field, model_validator

from electrosim.base.columns import read_columns
from electrosim.base.errors import InputError
from electrosim.base.quantities import Duration
from electrosim.base.scenario import ScenarioPath, Table, entries, refuse
from electrosim.base.units import FractionOfOne, Quantity
from electrosim.discharge.protocol import Step
from electrosim.discharge.rate_programme import Programme
from electrosim.recipe.tables import SpecificCapacity

Voltage = Annotated[float, Gt(0), Quantity("V", "voltage", "3.0 V", 1e-6, 1e3)]
Power = Annotated[float, Quantity("W/m^2", "power per area", "50 W/m^2", 1e-9, 1e9)]
Rate = Annotated[float, Field(strict=True, gt=0, le=1e4)]
ShareOfCapacity = Annotated[float, Gt(0), FractionOfOne()]

ArealCapacity = Annotated[float, Gt(0), Quantity("C/m^2", "capacity per area", "1.9 mA*h/cm^2", 1e-3, 1e9)]
ACTIONS = ("discharge", "charge", "hold", "rest", "power", "table")


class StepTable(Table):
    """One step: what is done, and when it ends."""

    discharge: Rate | Literal["rate"] | None = Field(None, description='current in C, or "rate": the one of rates')
    charge: Rate | Literal["rate"] | None = Field(None, description='current in C, or "rate": the one of rates')
    hold: Voltage | None = Field(None, description="voltage to hold")
    rest: Duration | None = Field(None, description="time without current")
    power: Power | None = Field(None, description="power to hold, negative on charge")
    table: ScenarioPath | None = Field(
        None, description="CSV file with columns time [s] and rate [C], positive on discharge"
    )
    until: Voltage | None = Field(None, description="voltage that ends it; the protocol's cut-off by default")
    below: Rate | None = Field(None, description="current in C that ends a hold")
    capacity: ShareOfCapacity | None = Field(None, description="charge that ends it, of the nominal capacity")
    longest: Duration | None = Field(None, description="time that ends it")

    @model_validator(mode="after")
    def _does_one_thing(self) -> StepTable:
        chosen = [name for name in ACTIONS if getattr(self, name) is not None]
        if len(chosen) != 1:
            said = " and ".join(chosen) or "nothing"
            raise refuse(f"a step does one thing, and this one does {said}; give one of {', '.join(ACTIONS)}")
        if self.power == 0:
            raise refuse("a step holds no power; use rest")
        if self.below is not None and self.hold is None:
            raise refuse("below ends a hold, and this step is none")
        return self

    def step(self, rate: float, nominal_capacity: float, lower: float, upper: float) -> Step:
        """Return the step in SI units; `lower` and `upper` are the protocol's cut-offs [V]."""
        one_c = nominal_capacity / 3600
        longest = Step.longest if self.longest is None else self.longest
        charge = None if self.capacity is None else self.capacity * nominal_capacity
        if self.rest is not None:
            return Step("rest", longest=self.rest)
        if self.hold is not None:
            least = None if self.below is None else self.below * one_c
            return Step("voltage", self.hold, lower_current=least, charge=charge, longest=longest)
        if self.table is not None:
            return _tabulated(self.table, one_c, lower, longest)
        if self.power is not None:
            control, value = "power", self.power
        else:
            current = self.discharge if self.discharge is not None else self.charge
            sign = 1 if self.discharge is not None else -1
            control, value = "current", sign * one_c * (rate if current == "rate" else float(current or 0))
            if self.longest is None:  # a current as low as a millionth of a C may take longer than a step's longest
                longest = max(longest, 10 * nominal_capacity / abs(value))
        ends = {"lower_voltage": self.until or lower} if value > 0 else {"upper_voltage": self.until or upper}
        return Step(control, value, charge=charge, longest=longest, **ends)  # type: ignore[arg-type]

    @property
    def discharges(self) -> bool:
        """Whether current is drawn."""
        return self.discharge is not None or self.table is not None or (self.power or 0) > 0


class ProtocolTable(Table):
    """What is done to the cell."""

    rates: Annotated[tuple[Rate, ...], AfterValidator(entries(1, 100))] = Field(
        (1.0,), description="currents in C; each is a discharge of its own"
    )
    lower_voltage: Voltage | None = Field(None, description="where a discharge ends; that of the set by default")
    upper_voltage: Voltage | None = Field(None, description="of the full cell; that of the set by default")
    nominal_capacity: SpecificCapacity | None = Field(
        None, description="that 1C passes in an hour, per mass of active material of the electrode"
    )
    areal_capacity: ArealCapacity | None = Field(
        None, description="instead, per area; without both that of a discharge without current"
    )
    cv: Rate | None = Field(
        None, description="current in C down to which voltage is held after discharge and charge, which then follows"
    )
    rest: Duration | None = Field(None, description="after the discharge")
    in_sequence: bool = Field(False, strict=True, description="one cell goes through all rates, one after the other")
    steps: Annotated[tuple[StepTable, ...], AfterValidator(entries(1, 1000))] | None = Field(
        None, description="instead of cv and rest"
    )
    cycles: int = Field(1, strict=True, ge=1, le=10_000, description="how often the steps are gone through")
    measure: int | None = Field(None, strict=True, ge=1, description="step to measure; the first discharge by default")

    @model_validator(mode="after")
    def _fits_together(self) -> ProtocolTable:
        if self.nominal_capacity is not None and self.areal_capacity is not None:
            raise refuse("gives nominal_capacity and areal_capacity; one follows from the other")
        if self.steps is not None and (self.cv is not None or self.rest is not None):
            raise refuse("steps say everything; write holds and rests as steps, and leave out cv and rest")
        if self.steps is None and self.measure is not None:
            raise refuse("measure numbers one of the steps, and there are none")
        if self.steps is not None:
            if self.measure is not None and self.measure > len(self.steps):
                raise refuse(f"measure = {self.measure}, and there are {len(self.steps)} steps")
            if not any(step.discharges for step in self.steps):
                raise refuse("no step discharges the cell; add one, such as { discharge = 1.0 }")
            if len(self.rates) > 1 and not any("rate" in (step.discharge, step.charge) for step in self.steps):
                raise refuse('no step uses the rates; write discharge = "rate", or leave rates out')
        if (self.cycles > 1 or self.in_sequence) and self.steps is None and self.cv is None:
            raise refuse("a further discharge needs a charge before; give cv, or steps with a charge")
        if None not in (self.lower_voltage, self.upper_voltage) and self.lower_voltage >= self.upper_voltage:  # type: ignore[operator]
            raise refuse(
                f"lower_voltage is {self.lower_voltage:g} V and upper_voltage {self.upper_voltage:g} V; "
                "the lower must lie below"
            )
        return self

    def programmes(self, nominal_capacity: float, lower: float, upper: float) -> tuple[Programme, ...]:
        """Return the programme of each rate in SI units.

        Parameters
        ----------
        nominal_capacity : float
            That 1C passes in an hour [C m-2].
        lower, upper : float
            Cut-offs [V].
        """
        return tuple(self._programme(rate, nominal_capacity, lower, upper) for rate in self.rates)

    def _programme(self, rate: float, nominal_capacity: float, lower: float, upper: float) -> Programme:
        if self.steps is not None:
            steps = tuple(step.step(rate, nominal_capacity, lower, upper) for step in self.steps)
            first = next(number for number, step in enumerate(self.steps) if step.discharges)
            measured = first if self.measure is None else self.measure - 1
            alone = self.steps[measured].discharge
            return Programme(alone if isinstance(alone, float) else rate, steps, measured, self.cycles)
        words = [StepTable(discharge=rate)]
        if self.cv is not None:
            words.append(StepTable.model_construct(hold=lower, below=self.cv))
        if self.rest is not None:
            words.append(StepTable.model_construct(rest=self.rest))
        if self.cv is not None:
            words += [StepTable(charge=rate), StepTable.model_construct(hold=upper, below=self.cv)]
        steps = tuple(step.step(rate, nominal_capacity, lower, upper) for step in words)
        return Programme(rate, steps, 0, self.cycles)


def _tabulated(file: Path, one_c: float, lower: float, longest: float) -> Step:
    """Return a step that follows a file's currents until they end or the lower cut-off is reached."""
    columns = read_columns(file, ("time", "rate"))
    time, rate = (np.asarray(columns[name], np.float64) for name in ("time", "rate"))
    if time.size < 2 or time[0] != 0 or np.any(np.diff(time) <= 0):
        raise InputError(f"{file}: times must begin at 0 and rise, in two lines or more", ("protocol", "steps"))
    table = (time, rate * one_c)
    return Step("table", lower_voltage=lower, longest=min(longest, float(time[-1])), table=table)
