"""Stopping power of Joy and Luo against printed values; the path of slowing down against its closed form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.constants import electron_volt
from scipy.special import expi

from electrosim.backscatter.stopping import path_length, stopping_power
from electrosim.base.observer import Observer
from electrosim.materials import Compound, compound, element, material
from electrosim.study.validation.metrics import Row

# NeXLCore.jl, test/bethe.jl: element, density [g/cm3], energy [eV], stopping power [eV/cm]
PRINTED = (
    ("Fe", 8.0, 15e3, 8.048e7),
    ("Al", 8.0, 5e3, 2.1696e8),
    ("U", 18.0, 1e3, 4.5961e8),
    ("U", 18.0, 100.0, 7.1987e8),
)
# energy [keV]: stopping power [eV/nm] and path to 513 eV [nm], recomputed from the formula elsewhere, three digits
GRAPHITE = {1: (24.39, 16.6), 1.5: (18.53, 40.4), 2: (15.12, 70.5), 2.5: (12.86, 106.5), 10: (4.42, 1266)}
STAINED = {1: (18.43, 22.2), 1.5: (14.15, 53.5), 2: (11.64, 92.7), 2.5: (9.95, 139), 10: (3.52, 1607)}
CUT_OFF = 513 * electron_volt


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("stopping powers", 0.0)
    rows = [*printed()]
    rows += recomputed("graphite", compound("C", 2250.0), GRAPHITE)
    rows += recomputed("silver-stained binder", material("silver-stained-binder"), STAINED)
    return [*rows, *closed_form()]


def printed() -> Iterator[Row]:
    for symbol, density, energy, reference in PRINTED:
        power = stopping_power(Compound(symbol, {symbol: 1.0}, density * 1e3), energy * electron_volt)
        yield Row("printed", f"{symbol}, {energy:g} eV", float(power) / electron_volt / 100, reference, "code")


def recomputed(name: str, target: Compound, values: dict[float, tuple[float, float]]) -> Iterator[Row]:
    for kilovolts, (power, path) in values.items():
        energy = kilovolts * 1e3 * electron_volt
        found = float(stopping_power(target, energy)) / electron_volt * 1e-9
        yield Row(f"{name}: power", f"{kilovolts:g} keV", found, power, "recomputed", 0.005)
        digits = 0.05 if path < 139 else 0.5
        yield Row(
            f"{name}: path",
            f"{kilovolts:g} keV",
            path_length(target, energy, CUT_OFF) * 1e9,
            path,
            "recomputed",
            digits,
        )


def closed_form() -> Iterator[Row]:
    """With y = 1.166 (E / J + k) the path is an exponential integral: int y dy / ln y = Ei(2 ln y)."""
    for symbol in ("C", "Al", "Au"):
        target, item = material(symbol), element(symbol)
        ionisation, k = item.mean_ionisation or 0.0, 0.731 + 0.0688 * np.log10(item.atomic_number)
        for kilovolts in (1, 5, 30):
            energy = kilovolts * 1e3 * electron_volt
            factor = float(stopping_power(target, energy)) * energy / np.log(1.166 * (energy / ionisation + k))
            ends = np.log(1.166 * (np.array([50 * electron_volt, energy]) / ionisation + k))
            integral = np.diff(expi(2 * ends) / 1.166 - k * expi(ends))[0]
            exact = float(ionisation**2 / 1.166 * integral / factor)
            yield Row(
                "closed form",
                f"{symbol}, {kilovolts} keV to 50 eV",
                path_length(target, energy, 50 * electron_volt),
                exact,
            )
