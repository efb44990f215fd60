"""Diffusion of salt through two slabs, and to a surface that uses it up."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import brentq

from electrosim.base.constants import FARADAY
from electrosim.base.observer import Observer
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.mesh import POSITIVE, SEPARATOR
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials
from electrosim.discharge.trajectory import Mesh
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, LithiumMetal, Separator
from electrosim.materials.property import Property, constant
from electrosim.study.validation.metrics import Row

DIFFUSIVITY, SALT = 3e-10, 1000.0
START = Stoichiometry(0.5)
CHARGING = 40.0  # A/m2
SEPARATORS = {"thin": Separator("thin", 50e-6, 0.5, 0.3), "thick": Separator("thick", 1500e-6, 0.5, 0.3)}
VOLUMES = 240  # in the thick separator
LAYER_WIDTH, POROSITY, EFFICIENCY = 100e-6, 0.3, 0.1


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    rows: list[Row] = []
    for name, method in methods().items():
        observer(f"{name}, relaxation", len(rows) / 12)
        rows += relaxation(f"relaxation {name}", method)
        observer(f"{name}, Sand's time", len(rows) / 12)
        rows += sands_time(f"Sand's time {name}", method)
    return rows


def methods() -> dict[str, Callable[[Mesh], Any]]:
    found: dict[str, Callable[[Mesh], Any]] = {"structured": lambda mesh: Structured(rtol=1e-9, mesh=mesh)}
    if importlib.util.find_spec("sksundae"):
        found["twin"] = lambda mesh: Sundials(rtol=1e-8, atol=1e-10, nodes=4, mesh=mesh)
    return found


def relaxation(series: str, method: Callable[[Mesh], Any]) -> Iterator[Row]:
    separator = SEPARATORS["thin"]
    rate = slowest_rate(separator)
    for count in (8, 16, 32):
        grid = mesh(separator, count // 2, count)
        solver, place = method(grid), np.cumsum(grid.width) - grid.width / 2
        stack = cell(separator, transference=1.0)  # no potential across concentrations, so no currents at rest
        rest = solver.run(stack, [Step("rest", longest=1e-3)], START).state
        start = replace(rest, electrolyte=SALT + 100 * slowest_mode(separator, rate, place))
        run = solver.run(stack, [Step("rest", longest=2 / rate)], start)
        left = run.electrolyte_concentration[:, 0] - run.electrolyte_concentration[:, -1]
        value = float(np.log(left[0] / left[-1]) / run.time[-1])
        yield Row(series, f"{count} volumes", value, rate, resolution=count)


def slowest_rate(separator: Separator) -> float:
    """Slowest rate of two slabs with closed ends: sum of efficiency k tan(k L) is zero, k^2 D efficiency = rate eps."""
    slabs = (
        (separator.thickness, separator.porosity, separator.transport_efficiency),
        (LAYER_WIDTH, POROSITY, EFFICIENCY),
    )

    def condition(rate: float) -> float:
        numbers = [np.sqrt(rate * porosity / (DIFFUSIVITY * efficiency)) for _, porosity, efficiency in slabs]
        (first, _, one), (second, _, two) = slabs
        k, q = numbers
        return float(
            one * k * np.sin(k * first) * np.cos(q * second) + two * q * np.sin(q * second) * np.cos(k * first)
        )

    guesses = np.linspace(1e-6, 1.0, 20001)
    signs = np.sign([condition(guess) for guess in guesses])
    first = int(np.flatnonzero(np.diff(signs))[0])
    return float(brentq(condition, guesses[first], guesses[first + 1], xtol=1e-15, rtol=1e-14))


def slowest_mode(separator: Separator, rate: float, place: np.ndarray) -> np.ndarray:
    k = np.sqrt(rate * separator.porosity / (DIFFUSIVITY * separator.transport_efficiency))
    q = np.sqrt(rate * POROSITY / (DIFFUSIVITY * EFFICIENCY))
    scale = np.cos(k * separator.thickness) / np.cos(q * LAYER_WIDTH)
    beyond = scale * np.cos(q * (separator.thickness + LAYER_WIDTH - place))
    return np.where(place < separator.thickness, np.cos(k * place), beyond)


def sands_time(series: str, method: Callable[[Mesh], Any]) -> Iterator[Row]:
    separator = SEPARATORS["thick"]
    supply = DIFFUSIVITY * separator.porosity * separator.transport_efficiency
    exact = np.pi * supply * (FARADAY * SALT / (2 * CHARGING * (1 - 0.4))) ** 2
    solver, stack = method(mesh(separator, VOLUMES, 4)), cell(separator, transference=0.4)
    begun = solver.run(stack, [Step("current", -CHARGING, longest=1.0)], START).voltage[0]
    run = solver.run(stack, [Step("current", -CHARGING, upper_voltage=begun + 0.25, longest=2 * exact)], START)
    yield Row(series, f"{VOLUMES} volumes", float(run.time[-1]), float(exact))


def mesh(separator: Separator, between: int, count: int) -> Mesh:
    return Mesh(
        np.repeat([separator.thickness / between, LAYER_WIDTH / count], [between, count]),
        np.repeat([SEPARATOR, POSITIVE], [between, count]),
        np.repeat([-1, 0], [between, count]),
    )


def cell(separator: Separator, transference: float) -> Cell:
    """A cell with so much conductivity that only salt matters."""
    material = ActiveMaterial(
        name="flat",
        maximum_concentration=50000.0,
        open_circuit_potential=Property(lambda x: 3.7 + 0 * x),
        diffusivity=constant(1e-9),
        reaction_rate=1e-3,
        radius=1e-6,
        density=4700.0,
    )
    layer = Layer("one", LAYER_WIDTH, POROSITY, EFFICIENCY, 1e5, (Population(material, 0.6, 1e-6),))
    salt = Electrolyte("constant", SALT, constant(1e4), constant(DIFFUSIVITY), constant(transference), constant(1.0))
    return Cell(Electrode((layer,)), LithiumMetal(1e6), separator, salt)
