"""Partial-wave cross-sections against those of ELSEPA; two ways to the total one; angles drawn from the tables."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.constants import electron_volt

from electrosim.backscatter.elastic import differential_cross_section, elastic_tables, energy_grid
from electrosim.backscatter.partial_waves import phases
from electrosim.backscatter.scattering_angle import ANGLES, over_the_sphere
from electrosim.base.observer import Observer
from electrosim.materials import element, material
from electrosim.study.validation.metrics import Comparison, Row

ENERGIES = (50, 513, 2e3, 10e3, 50e3)  # eV
SHAPE_ENERGY = 993.5  # eV, of the values below, in cm2/sr
SHAPES = {
    "C": {20: 2.151e-17, 45: 1.547e-18, 90: 2.021e-19, 120: 1.029e-19, 180: 6.351e-20},
    "Au": {20: 6.578e-17, 45: 8.169e-18, 90: 1.200e-18, 120: 7.722e-18, 180: 3.578e-17},
}
MATERIALS = ("graphite", "silver-stained-binder", "Al", "Au")
DRAWS = 1_000_000


def compare(folder: Path, observer: Observer) -> Comparison:
    rows = [*against_elsepa(folder / "elsepa.csv"), *shapes(), *formulas()]
    for number, energy in enumerate(ENERGIES):
        observer(f"all elements at {energy:g} eV", number / len(ENERGIES))
        rows.append(phase_sum(energy))
    for number, name in enumerate(MATERIALS):
        observer(f"angles drawn in {name}", number / len(MATERIALS))
        rows += worst(drawn(name))
    return Comparison(rows, {"differential": draw()})


def worst(rows: Iterable[Row]) -> list[Row]:
    """Return of each series the row that is farthest from its reference."""
    found: dict[str, Row] = {}
    for row in rows:
        before = found.get(row.series, row)
        found[row.series] = max(before, row, key=lambda item: abs(item.relative_difference))
    return list(found.values())


def against_elsepa(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            atomic_number, energy = (
                element(row["element"]).atomic_number,
                float(row["energy_keV"]) * 1e3 * electron_volt,
            )
            _, values = differential_cross_section(atomic_number, energy)
            label = f"{row['element']}, {row['energy_keV']} keV"
            yield Row("total", label, float(over_the_sphere(values)), float(row["elastic_m2"]), "code")
            yield Row("transport", label, transport(values), float(row["transport_m2"]), "code")


def transport(values: np.ndarray) -> float:
    return float(over_the_sphere(values * (1 - np.cos(ANGLES))))


def shapes() -> Iterator[Row]:
    for symbol, shape in SHAPES.items():
        waves = phases(element(symbol).atomic_number, SHAPE_ENERGY * electron_volt)
        found = waves.differential_cross_section(np.radians([float(angle) for angle in shape]))
        for (angle, reference), value in zip(shape.items(), found, strict=True):
            yield Row(f"differential, {symbol}", f"{angle} degrees", float(value), reference * 1e-4, "code")


def formulas() -> Iterator[Row]:
    """Show what the closed formulas make of the transport cross-section; no threshold."""
    for model in ("browning", "screened-rutherford"):
        for symbol in ("C", "Cu", "Au"):
            for kilovolts in (0.5, 2, 10):
                at = (element(symbol).atomic_number, kilovolts * 1e3 * electron_volt)
                value, reference = (transport(differential_cross_section(*at, name)[1]) for name in (model, "mott"))
                yield Row(
                    f"beside partial waves: {model}", f"{symbol}, {kilovolts} keV", value, reference, "recomputed"
                )


def phase_sum(energy: float) -> Row:
    """Compare the angular integral with the sum over phases, for the element of all 103 where they differ most."""
    found = []
    for atomic_number in range(1, 104):
        waves = phases(atomic_number, energy * electron_volt)
        integral = float(over_the_sphere(waves.differential_cross_section(ANGLES)))
        found.append(Row("phase sum", f"{energy:g} eV, Z = {atomic_number}", integral, waves.cross_section()))
    return worst(found)[0]


def drawn(name: str) -> Iterator[Row]:
    """Draw angles as the walk does, at and between the energies of the tables."""
    grid = energy_grid(500 * electron_volt, 30e3 * electron_volt)
    tables = elastic_tables(material(name), grid)
    uniform = (np.random.default_rng(1).random(DRAWS) + np.arange(DRAWS)) / DRAWS  # one draw in each of equal parts
    for at in range(0, grid.size, 8):
        kappa = tables.kappa[at]
        place = kappa * uniform / (1 + kappa - uniform)
        nodes = np.linspace(0, 1, tables.half_versine.shape[1])
        deflection = 2 * np.interp(place, nodes, tables.half_versine[at])
        label = f"{name}, {grid[at] / electron_volt:.0f} eV"
        values = mixed(name, float(grid[at]))
        expected = transport(values) / float(over_the_sphere(values))
        yield Row("drawn <1 - cos>", label, float(deflection.mean()), expected)
        square = float(over_the_sphere(values * (1 - np.cos(ANGLES)) ** 2) / over_the_sphere(values))
        yield Row("drawn <(1 - cos)^2>", label, float((deflection**2).mean()), square)
        if at + 1 < grid.size:
            middle = float(np.sqrt(grid[at] * grid[at + 1]))
            values = mixed(name, middle)
            label = f"{name}, {middle / electron_volt:.0f} eV"
            means = (tables.transport / tables.total)[at : at + 2]
            expected = transport(values) / float(over_the_sphere(values))
            yield Row("drawn between energies", label, float(means.mean()), expected)
            total = float(tables.inverse_mean_free_path(np.array(middle)))
            yield Row("total between energies", label, total, float(over_the_sphere(values)))


def mixed(name: str, energy: float) -> np.ndarray:
    """Return sum n_i dsigma_i/dOmega [m-1 sr-1], computed at this very energy."""
    parts = material(name).number_densities().items()
    return np.sum(
        [n * phases(item.atomic_number, energy).differential_cross_section(ANGLES) for item, n in parts], axis=0
    )


def draw() -> Figure:
    """Draw cross-sections over the angle, ELSEPA's as points, and the closed formulas."""
    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, (symbol, shape) in zip(figure.subplots(1, 2), SHAPES.items(), strict=True):
        at = (element(symbol).atomic_number, SHAPE_ENERGY * electron_volt)
        for model, style in (("mott", "k-"), ("browning", "C0--"), ("screened-rutherford", "C1:")):
            angles, values = differential_cross_section(*at, model)
            axes.semilogy(np.degrees(angles), values, style, label=model)
        axes.semilogy(list(shape), [value * 1e-4 for value in shape.values()], "ks", mfc="none", label="ELSEPA")
        axes.set(title=f"{material(symbol).name}, {SHAPE_ENERGY:g} eV", xlabel="angle / degrees", xlim=(0, 180))
    figure.axes[0].set_ylabel("differential cross-section / m$^2$ sr$^{-1}$")
    figure.axes[0].legend(frameon=False)
    return figure
