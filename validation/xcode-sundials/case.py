"""Structured solver and plain twin on the same cells, programmes and meshes; a row where they differ most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.interpolate import PchipInterpolator

from electrosim.base.observer import Observer
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.parameter_sets import parameter_set
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials
from electrosim.discharge.trajectory import Run
from electrosim.materials.library import active_material, electrolyte, lithium_metal, separator
from electrosim.materials.property import Property
from electrosim.study.validation.metrics import Comparison, Row

CHEN = parameter_set("chen-2020")
ONE_C = CHEN.one_c
FIRST = 1.0  # seconds of a step before voltages are compared
CELLS = 20


@dataclass(frozen=True)
class Trial:
    """A cell, what is done to it, where it starts, and whether particles are cut into shells."""

    cell: Cell
    steps: list[Step]
    start: Stoichiometry
    shells: bool = False


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    rows: list[Row] = []
    figure = Figure(figsize=(9, 5), layout="constrained")
    axes = figure.subplots()
    for number, (name, trial) in enumerate(trials().items()):
        observer(name, number / len(trials()))
        twin = Sundials(cells=CELLS).run(trial.cell, trial.steps, trial.start)
        run = Structured(rtol=1e-6, mesh=twin.mesh).run(trial.cell, trial.steps, trial.start)
        for step in range(len(trial.steps)):
            rows += list(of_step(name, trial, step, run, twin))
        axes.plot(run.time, run.voltage, label=name)
        axes.plot(twin.time[::20], twin.voltage[::20], "k.", ms=2)
    axes.set(xlabel="time (s)", ylabel="voltage (V)", title="lines: structured; dots: twin")
    axes.legend(frameon=False, fontsize=7)
    return Comparison(rows, {"voltage": figure})


def of_step(name: str, trial: Trial, step: int, run: Run, twin: Run) -> Iterator[Row]:
    """Compare one step: voltage or current where they differ most, and its duration unless that was given."""
    label = f"{name}, step {step + 1}: {trial.steps[step].control}"
    (time, voltage, current), (time_, voltage_, current_) = (part(one, step) for one in (run, twin))
    held = trial.steps[step].control == "voltage"
    if not held and (run.ends[step] != "longest" or twin.ends[step] != "longest"):
        yield Row("duration", f"{label}, {twin.ends[step]}", float(time[-1]), float(time_[-1]), "code")
    series = "current" if held else "voltage" + ", shells" * trial.shells
    at = (time >= FIRST) & (time <= time_[-1])
    ours = (current / ONE_C if held else voltage)[at]
    theirs = interpolate(time_, current_ / ONE_C if held else voltage_, time[at])
    worst = int(np.argmax(np.abs(ours - theirs)))
    yield Row(series, f"{label}, at {time[at][worst]:.0f} s", float(ours[worst]), float(theirs[worst]), "code")


def interpolate(time: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Interpolate between the many times of the twin; where a table bends, a time occurs twice."""
    kept = np.concatenate([[True], np.diff(time) > 0])
    return PchipInterpolator(time[kept], values[kept])(at)


def part(run: Run, step: int) -> tuple[np.ndarray, ...]:
    """Return time from the start of a step, voltage and current."""
    own = np.flatnonzero(run.step == step)
    return run.time[own] - run.time[own[0]], run.voltage[own], run.current[own]


def trials() -> dict[str, Trial]:
    discharge = Step("current", ONE_C, lower_voltage=CHEN.lower_voltage)
    return {
        "Chen 2020, 1C": Trial(CHEN.cell, [discharge], CHEN.start),
        "Chen 2020, 2C": Trial(CHEN.cell, [replace(discharge, value=2 * ONE_C)], CHEN.start),
        "programme": Trial(CHEN.cell, programme(), CHEN.start),
        "lithium metal, Landesfeind": Trial(half_cell(), [replace(discharge, lower_voltage=3.4)], Stoichiometry(0.3)),
        "everything": Trial(everything(), [discharge], CHEN.start),
        "diffusivity that varies": Trial(varying(), [discharge], CHEN.start, shells=True),
    }


def programme() -> list[Step]:
    """Discharge, rest, charge at constant current and voltage, power, a table of currents."""
    times, currents = np.array([0.0, 300.0, 600.0, 900.0]), np.array([0.0, 1.0, -0.5, 0.0])
    return [
        Step("current", ONE_C, charge=1500 * ONE_C),
        Step("rest", longest=600.0),
        Step("current", -0.5 * ONE_C, upper_voltage=4.1),
        Step("voltage", 4.1, lower_current=ONE_C / 20),
        Step("power", 3.7 * ONE_C, lower_voltage=3.0),
        Step("table", table=(times, currents * ONE_C)),
    ]


def half_cell() -> Cell:
    """Against lithium metal, with an electrolyte of which every property varies."""
    salt = electrolyte("lipf6-ec-emc-3-7/landesfeind-2019")
    return Cell(CHEN.cell.positive, lithium_metal(salt.concentration), separator("celgard-2325"), salt)


def everything() -> Cell:
    """Two layers, profiles, two populations of which one has a film, background conductivity, resistances."""
    nmc = active_material("nmc811/chen-2020")
    large = Population(nmc, 0.4, 5.22e-6, film_resistance=0.005)
    small = Population(nmc, 0.2, 2e-6, wired=lambda height: 0.5 + 0.4 * height)
    bottom = Layer(
        "bottom",
        30e-6,
        0.335,
        0.2,
        lambda height: 0.01 + 0.02 * height,
        (large, small),
        background_conductivity=Property(lambda x: 0.05 * np.exp(-4 * x)),
    )
    top = Layer("top", 45e-6, lambda height: 0.33 + 0.02 * height, 0.2, 0.1, (Population(nmc, 0.65, 5.22e-6),))
    return replace(CHEN.cell, positive=Electrode((bottom, top), contact_resistance=1e-4), series_resistance=2e-4)


def varying() -> Cell:
    """Diffusivity of lithium in the positive electrode that falls by 2.7 from empty to full."""
    layer = CHEN.cell.positive.layers[0]
    population = layer.populations[0]
    material = replace(population.material, diffusivity=Property(lambda x: 6e-15 * np.exp(-x)))
    populations = (replace(population, material=material),)
    return replace(CHEN.cell, positive=Electrode((replace(layer, populations=populations),)))
