"""A cell in which only diffusion in the particles takes time."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from electrosim.base.constants import FARADAY, GAS_CONSTANT
from electrosim.base.observer import Observer
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, LithiumMetal, Separator
from electrosim.materials.property import Property, constant
from electrosim.study.validation.metrics import Row

DIFFUSIVITY, RADIUS, MAXIMUM, RATE = 1e-14, 5e-6, 50000.0, 2e-6
START, FLUX = 0.2, 0.1  # stoichiometry, and j R/(F D) over the maximum concentration
TIMES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5)  # D t/R^2
FRACTION, THICKNESS = 0.5, 100e-6


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    rows: list[Row] = []
    for name, method in methods().items():
        for label, diffusivity in (
            ("number", constant(DIFFUSIVITY)),
            ("function", Property(lambda x: np.full_like(x, DIFFUSIVITY))),
        ):
            observer(f"{name}, {label}", len(rows) / 28)
            rows += at_all_times(f"{name}, diffusivity as a {label}", method, diffusivity)
    return rows


def methods() -> dict[str, Any]:
    twin = {"twin": Sundials(cells=4)} if importlib.util.find_spec("sksundae") else {}
    return {"structured": Structured()} | twin


def at_all_times(series: str, method: Any, diffusivity: Property) -> Iterator[Row]:
    reaction = FLUX * MAXIMUM * FARADAY * DIFFUSIVITY / RADIUS
    current = reaction * 3 * FRACTION / RADIUS * THICKNESS
    unit = RADIUS**2 / DIFFUSIVITY
    run = method.run(cell(diffusivity), [Step("current", current, longest=TIMES[-1] * unit)], Stoichiometry(START))
    voltage = CubicSpline(run.time, run.voltage)
    for time in TIMES:
        surface = START + FLUX * rise(time)
        exchange = RATE * np.sqrt(1000.0 * MAXIMUM**2 * surface * (1 - surface))
        thermal = GAS_CONSTANT * 298.15 / FARADAY
        exact = 4.2 - surface - 2 * thermal * np.arcsinh(reaction / (2 * exchange))
        yield Row(series, f"D t/R^2 = {time:g}", float(voltage(time * unit)), float(exact))


def cell(diffusivity: Property) -> Cell:
    material = ActiveMaterial(
        name="linear",
        maximum_concentration=MAXIMUM,
        open_circuit_potential=Property(lambda x: 4.2 - x),
        diffusivity=diffusivity,
        reaction_rate=RATE,
        radius=RADIUS,
        density=4700.0,
    )
    layer = Layer("fast", THICKNESS, 0.3, 1.0, 1e6, (Population(material, FRACTION, RADIUS),))
    return Cell(
        positive=Electrode((layer,)),
        negative=LithiumMetal(1e9),
        separator=Separator("thin", 1e-6, 1.0, 1.0),
        electrolyte=Electrolyte("fast", 1000.0, constant(1e6), constant(1e-2), constant(0.4), constant(1.0)),
    )


def rise(time: float) -> float:
    """Concentration at the surface over j R/(F D): 3 T + 1/5 - 2 sum exp(-l^2 T)/l^2 over the roots of tan l = l."""
    roots = np.array([brentq(lambda x: np.sin(x) - x * np.cos(x), n * np.pi, (n + 0.5) * np.pi) for n in range(1, 400)])
    return float(3 * time + 0.2 - 2 * np.sum(np.exp(-(roots**2) * time) / roots**2))
