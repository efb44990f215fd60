"""Binder stained with silver: what its printed formula, density, beam and ranges say of one another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.materials import element, material, parse_formula
from electrosim.study.validation.metrics import Row

FORMULA = "Ag802C7617O6615H10824"
SUBSTITUTION = 0.82


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("formula, density, beam, ranges", 0.0)
    return [*formula(), *densities(), *beam(), *ranges()]


def formula() -> Iterator[Row]:
    """A chain of n anhydroglucose units with s substituents and one end water: C6n+2s H10n+s+2 O5n+2s+1 Ag s."""
    atoms = parse_formula(FORMULA)
    units = (atoms["O"] - 1 - 2 * atoms["Ag"]) / 5
    yield Row("formula", "units, from oxygen and silver", units, 102, "published")
    yield Row("formula", "units, from hydrogen and silver", (atoms["H"] - 2 - atoms["Ag"]) / 10, units)
    yield Row("formula", "substitution", atoms["Ag"] / units, SUBSTITUTION, "published")
    yield Row("formula", "carbon", 6 * units + 2 * atoms["Ag"], atoms["C"], "published")
    binder = material("silver-stained-binder")
    numbers = {item.symbol: n for item, n in binder.number_densities().items()}
    total = sum(numbers.values())
    yield Row("silver", "wt%", 100 * binder.composition["Ag"], 29.4, "recomputed", 0.05)
    yield Row("silver", "at%", 100 * numbers["Ag"] / total, 3.10, "recomputed", 0.005)
    yield Row("silver", "at% without hydrogen", 100 * numbers["Ag"] / (total - numbers["H"]), 5.33, "recomputed", 0.005)


def densities() -> Iterator[Row]:
    """Equal molar volume: the density of the sodium form, 1.5 g/cm3, times the ratio of the masses of a unit."""
    atoms = parse_formula(FORMULA)
    of_formula = sum(count * element(symbol).atomic_mass for symbol, count in atoms.items())
    exchanged = atoms["Ag"] * (element("Ag").atomic_mass - element("Na").atomic_mass)
    yield Row("density of the formula / g/cm3", FORMULA, 1.5 * of_formula / (of_formula - exchanged), 1.96, "published")
    s = SUBSTITUTION
    unit = {"C": 6 + 2 * s, "H": 10 + s, "O": 5 + 2 * s, "Ag": s}
    of_unit = sum(count * element(symbol).atomic_mass for symbol, count in unit.items())
    exchanged = s * (element("Ag").atomic_mass - element("Na").atomic_mass)
    density = 1.5 * of_unit / (of_unit - exchanged)
    yield Row("density / g/cm3", f"substitution {s}", density, 1.96, "published", 0.005)


def beam() -> Iterator[Row]:
    """A Gaussian beam of 5 nm diameter: the share inside, 1 - exp(-r^2 / 2 sigma^2)."""
    yield Row(
        "beam", "share inside, sigma = 1.65 nm", float(1 - np.exp(-(2.5**2) / 2 / 1.65**2)), 0.6827, "recomputed", 5e-5
    )
    yield Row(
        "beam if printed right", "share inside, sigma^2 = 1.65 nm2", float(1 - np.exp(-(2.5**2) / 2 / 1.65)), 0.6827
    )


def ranges() -> Iterator[Row]:
    """Kanaya and Okayama's range in graphite; Anderson and Hasler's depth of an X-ray line above its edge."""
    for kilovolts, nanometres in ((1, 30), (1.5, 59), (2, 95), (2.5, 138), (10, 1395)):
        reach = 27.6 * 12.011 * kilovolts**1.67 / (6**0.889 * 2.26)
        yield Row("Kanaya-Okayama / nm", f"{kilovolts} keV", reach, nanometres, "recomputed", 0.5)
    for line, edge, expected in (("Ag-L", 3.351, 1.14), ("Br-L", 1.55, 1.30)):
        depth = 0.064 * (10**1.68 - edge**1.68) / 2.26
        yield Row("Anderson-Hasler / um", f"{line} at 10 keV in graphite", depth, expected, "recomputed", 0.005)
        yield Row("X-ray depth / um", line, depth, 1.0, "published")
