"""The resistance of porous electrodes to a small current against closed forms."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.linalg import expm

from electrosim.base.constants import FARADAY, GAS_CONSTANT
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

THERMAL = GAS_CONSTANT * 298.15 / FARADAY
KAPPA = 1.0  # S/m
START = Stoichiometry(0.5)
MATERIAL = ActiveMaterial(
    name="linear",
    maximum_concentration=50000.0,
    open_circuit_potential=Property(lambda x: 4.2 - x),
    diffusivity=constant(1e-9),
    reaction_rate=0.2 / np.sqrt(1000.0 * 25000.0 * 25000.0),
    radius=5e-6,
    density=4700.0,
)
EXCHANGE = 0.2  # of the material at half filling and 1000 mol m-3 [A m-2]
ONE = Layer("one", 100e-6, 0.3, 0.1, 0.05, (Population(MATERIAL, 0.5, 5e-6),))
BOTTOM = replace(ONE, name="bottom", thickness=60e-6, conductivity=0.05)
TOP = Layer("top", 40e-6, 0.4, 0.2, 0.1, (Population(MATERIAL, 0.4, 3e-6),))
PROFILE = (0.02, 3.0)  # conductivity at the collector [S m-1], and logarithm of its growth to the separator


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    rows: list[Row] = []
    for name, method in methods().items():
        observer(name, len(rows) / 40)
        for label, layers, exact in (
            ("one layer", [ONE], newman_tobias(ONE)),
            ("two layers", [BOTTOM, TOP], by_exponential([BOTTOM, TOP])),
        ):
            rows += refined(f"{label}, {name}", method, layers, exact)
        rows += layers_for_a_profile(f"layers for a profile, {name}", method)
    return rows


def methods() -> dict[str, Callable[[Mesh], Any]]:
    found: dict[str, Callable[[Mesh], Any]] = {"structured": lambda mesh: Structured(rtol=1e-7, mesh=mesh)}
    if importlib.util.find_spec("sksundae"):
        found["twin"] = lambda mesh: Sundials(rtol=1e-10, atol=1e-12, nodes=6, mesh=mesh)
    return found


def refined(series: str, method: Callable[[Mesh], Any], layers: list[Layer], exact: float) -> Iterator[Row]:
    for count in (4, 8, 16, 32):
        value = resistance(method, layers, [count // len(layers)] * len(layers))
        yield Row(series, f"{count} volumes", value, exact, resolution=count)


def layers_for_a_profile(series: str, method: Callable[[Mesh], Any]) -> Iterator[Row]:
    """Replace an exponential profile by layers that have its conductivity at their middles, 64 volumes in all."""
    bottom, growth = PROFILE
    smooth = replace(ONE, conductivity=lambda height: bottom * np.exp(growth * height))
    exact = resistance(method, [smooth], [64])
    for count in (2, 4, 8, 16):
        middle = (np.arange(count) + 0.5) / count
        steps = [
            replace(ONE, name=str(n), thickness=ONE.thickness / count, conductivity=float(bottom * np.exp(growth * at)))
            for n, at in enumerate(middle)
        ]
        yield Row(series, f"{count} layers", resistance(method, steps, [64 // count] * count), exact, resolution=count)


def resistance(method: Callable[[Mesh], Any], layers: Sequence[Layer], counts: Sequence[int]) -> float:
    """Return what the electrode alone puts in the way of a small current [ohm m2]."""
    cell = Cell(
        positive=Electrode(tuple(layers)),
        negative=LithiumMetal(1e9),
        separator=Separator("thin", 1e-6, 1.0, 1.0),
        electrolyte=Electrolyte("constant", 1000.0, constant(KAPPA), constant(1e-6), constant(0.4), constant(1.0)),
    )
    width, layer = [np.full(3, cell.separator.thickness / 3)], [np.full(3, -1)]
    for number in reversed(range(len(layers))):
        width.append(np.full(counts[number], layers[number].thickness / counts[number]))
        layer.append(np.full(counts[number], number))
    layer_of = np.concatenate(layer)
    mesh = Mesh(np.concatenate(width), np.where(layer_of < 0, SEPARATOR, POSITIVE), layer_of)
    current = 1e-3 * EXCHANGE * sum(surface(layer) * layer.thickness for layer in layers)
    run = method(mesh).run(cell, [Step("current", current, longest=1e-3)], START)
    return (3.7 - run.voltage[0]) / current - cell.separator.thickness / KAPPA


def surface(layer: Layer) -> float:
    """Return the surface of particles per volume [m-1]."""
    return sum(3 * population.fraction / population.radius for population in layer.populations)


def newman_tobias(layer: Layer) -> float:
    """Two rails, of ions and of electrons, joined by the resistance of the reaction."""
    ions = layer.thickness / (KAPPA * layer.transport_efficiency)
    electrons = layer.thickness / layer.conductivity
    reaction = THERMAL / (EXCHANGE * surface(layer) * layer.thickness)
    nu = np.sqrt((ions + electrons) / reaction)
    mixed = 2 + (electrons / ions + ions / electrons) * np.cosh(nu)
    return float(ions * electrons / (ions + electrons) * (1 + mixed / (nu * np.sinh(nu))))


def by_exponential(layers: Sequence[Layer]) -> float:
    """Solve d/dx (w, i, phi, 1) = M (w, i, phi, 1): w = phi_s - phi_e - U, i of unit current in the ions, phi = phi_e.

    From the separator, where i is one, through all layers to the collector, where it is zero.
    """
    whole = np.eye(4)
    for layer in reversed(layers):
        ions, electrons = 1 / (KAPPA * layer.transport_efficiency), 1 / layer.conductivity
        gain = surface(layer) * EXCHANGE / THERMAL
        matrix = np.array([[0, ions + electrons, 0, -electrons], [gain, 0, 0, 0], [0, -ions, 0, 0], [0, 0, 0, 0]])
        whole = expm(matrix * layer.thickness) @ whole
    first = -(whole[1, 1] + whole[1, 3]) / whole[1, 0]
    last = whole @ np.array([first, 1.0, 0.0, 1.0])
    return -float(last[0] + last[2])
