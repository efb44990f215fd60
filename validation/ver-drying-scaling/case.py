"""Exponents and values of the laws of stress and critical thickness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.drying import Cracking
from electrosim.drying import stress as laws
from electrosim.drying.cracking import MODELS
from electrosim.study.validation.metrics import Row

INPUTS = {
    "surface_tension": 0.0408, "fraction": 0.4, "diameter": 10e-6, "toughness": 50.0, "shear_modulus": 5e10,
    "coordination": 6.0, "throat_radius": 1e-6,
}  # fmt: skip
STRESS = {
    "capillary": {"surface_tension": 1, "fraction": 1, "diameter": -1, "toughness": 0, "shear_modulus": 0},
    "white": {"surface_tension": 1, "diameter": -1, "toughness": 0, "shear_modulus": 0},
    "pore-throat": {"surface_tension": 1, "throat_radius": -1, "diameter": 0},
}
THICKNESS = {
    "capillary": {"surface_tension": -2, "fraction": -2, "diameter": 2, "toughness": 2, "shear_modulus": 0},
    "white": {"surface_tension": -2, "diameter": 2, "toughness": 2, "shear_modulus": 0},
    "tirumkudulu-russel": {"surface_tension": -0.5, "diameter": 1.5, "toughness": 0, "shear_modulus": 0.5,
                           "coordination": 0.5},
    "singh-tirumkudulu": {"surface_tension": -0.5, "diameter": 1.5, "toughness": 0, "shear_modulus": 0.5,
                          "coordination": 0.5},
    "pore-throat": {"surface_tension": -2, "throat_radius": 2, "toughness": 2, "diameter": 0},
}  # fmt: skip


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("exponents", 0.0)
    return [*exponents(), *with_size(), *thickness(), *text_of_the_paper(), *values()]


def slope(function: Callable[[float], float], at: float) -> float:
    """Return the exponent of a function at a point, from 1 % to either side."""
    return float(np.log(function(at * 1.01) / function(at / 1.01)) / np.log(1.01**2))


def exponents() -> Iterator[Row]:
    cracking = Cracking(**INPUTS)
    for words, method, table in (
        ("stress", cracking.peak_stress, STRESS),
        ("critical thickness", cracking.critical_thickness, THICKNESS),
    ):
        for model, powers in table.items():
            number = MODELS.index(model)
            for name, power in powers.items():
                found = slope(lambda x, n=number, k=name, m=method: m(**{k: np.asarray(x)})[n], INPUTS[name])
                yield Row(f"exponents of the {words}", f"{model} in {name}", found, power)


def with_size() -> Iterator[Row]:
    """Toughness that falls with the particles' size as d^-0.8."""
    cracking = Cracking(**INPUTS, toughness_diameter=1e-6)
    found = slope(lambda d: cracking.critical_thickness(diameter=np.asarray(d))[0], 10e-6)
    yield Row("exponents of the critical thickness", "capillary in diameter, K ~ d^-0.8", found, 0.4)


def thickness() -> Iterator[Row]:
    """Critical stress over the thickness of the film."""
    cracking = Cracking(**INPUTS)
    for model, power in dict(zip(MODELS, (-1 / 2, -1 / 2, -2 / 3, -2 / 3, -1 / 2), strict=True)).items():
        number = MODELS.index(model)
        found = slope(lambda h, n=number: cracking.critical_stress(h)[n], 1e-4)
        yield Row("exponents of the critical stress", f"{model} in thickness", found, power)


def text_of_the_paper() -> Iterator[Row]:
    """What the text says against what its equations give."""
    cracking = Cracking(**INPUTS)
    for name, stated in (("diameter", 1.0), ("surface_tension", -1.0)):
        found = slope(lambda x, k=name: cracking.critical_thickness(**{k: np.asarray(x)})[0], INPUTS[name])
        yield Row("text of the paper", f"critical thickness in {name}", found, stated, "published")


def values() -> Iterator[Row]:
    """Values computed by hand for the notes of this project, before this code."""
    nmp, water, packing = 0.0408, 0.072, 0.64
    for diameter, in_nmp, in_water in ((10e-6, 5.22e3, 9.22e3), (0.5e-6, 104.4e3, 184.3e3)):
        yield Row("values", f"eq. 1, NMP, {diameter:g} m", laws.capillary_stress(nmp, packing, diameter), in_nmp)
        yield Row("values", f"eq. 1, water, {diameter:g} m", laws.capillary_stress(water, packing, diameter), in_water)
    white = float(laws.white_pressure(water, packing, 10e-6))
    yield Row("values", "White, water, 10 um", white, 76.8e3)
    yield Row("values", "White over gamma/R at 0.64", float(laws.white_pressure(1.0, packing, 2.0)), 5.333)
    ratio = float(laws.griffith_thickness(1.0, 0.27) / laws.griffith_thickness(1.0, 0.64))
    yield Row("values", "thickness at phi 0.27 over that at 0.64", ratio, 5.62)
    yield Row("values", "NMP to water by the equations", (water / nmp) ** 2, 3.11)
