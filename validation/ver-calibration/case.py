"""Two conductivities planted in data of a laminate and found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from scipy.stats import norm, t

from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.base.toml import parse
from electrosim.study.calibrate import Comparison, LeastSquares, Problem, solve
from electrosim.study.inverse.family import Family
from electrosim.study.run import load, run
from electrosim.study.sweep.collect import Collected
from electrosim.study.validation.metrics import Row

PLANTED = np.array([12.0, 1.0])
SHARES = np.array([0.25, 0.75])
SEEDS, REPEATS, SCATTER = 200, 4, 0.1


def means(conductivity: np.ndarray) -> np.ndarray:
    """Return the conductivity across the layers and along them."""
    return np.array([1 / np.sum(SHARES / conductivity), np.sum(SHARES * conductivity)])


@dataclass(frozen=True)
class Formulas(Family):
    """The laminate by its formulas."""

    def solve(self, shares: Any, further: Any = None) -> xr.Dataset:
        del further
        values = variable("direction", means(self.numbers(shares)), "S m-1", "effective conductivity")
        return xr.Dataset({"effective_conductivity": values}, {"direction": ["x", "y"]})


def compare(folder: Path, observer: Observer) -> list[Row]:
    scenario = load(folder / "scenario.toml")
    found = run(scenario)
    rows = [
        Row("planted", str(name), float(value), planted)
        for name, value, planted in zip(found["parameter"].values, found["value"].values, PLANTED, strict=True)
    ]
    family = scenario.problem.family
    formulas = Formulas(parse("", name="formulas", folder=folder), family.parameters)
    rows += same(family, formulas)
    for level, is_known in ((0.95, True), (0.95, False), (0.8, True), (0.8, False)):
        rows += coverage(formulas, level, is_known, observer)
    return rows


def same(family: Family, formulas: Family) -> Iterator[Row]:
    for shares in np.random.default_rng(1).random((4, 2)):
        solved, exact = (one.solve(shares)["effective_conductivity"].values for one in (family, formulas))
        for direction, value, reference in zip("xy", solved, exact, strict=True):
            label = f"{', '.join(f'{number:.3g}' for number in family.numbers(shares))} S/m, along {direction}"
            yield Row("formulas", label, value, reference)


def coverage(family: Family, level: float, is_known: bool, observer: Observer) -> Iterator[Row]:
    held, by_theory = np.zeros((2, 2))
    words = "known" if is_known else "unknown"
    method = LeastSquares(draws=0, starts=1, confidence=level)
    at = (("direction", np.repeat(["x", "y"], REPEATS)),)
    for seed in range(SEEDS):
        observer(f"intervals of {level:.0%}, {words} deviations", seed / SEEDS)
        noise = SCATTER * np.random.default_rng([seed, int(100 * level), is_known]).standard_normal(2 * REPEATS)
        measured = np.repeat(means(PLANTED), REPEATS) + noise
        deviation = np.full(measured.size, SCATTER) if is_known else None
        run_of = np.zeros(measured.size, np.int64)
        sigma = Collected("sigma", "effective_conductivity")
        data = Comparison("sigma", sigma, measured, deviation, run_of, at, unit="S/m")
        found = solve(Problem(family, (data,)), method=method)
        held += (found["lower"].values <= PLANTED) & (found["upper"].values >= PLANTED)
        by_theory += within_theory(noise.reshape(2, REPEATS), level, is_known)
    for series, counts in (("intervals", held), ("linear theory, intervals", by_theory)):
        for name, count in zip("ab", counts, strict=True):
            yield Row(f"{series} of {100 * level:g} %", f"{words} deviations, {name}", count / SEEDS, level)


def within_theory(noise: np.ndarray, level: float, is_known: bool) -> np.ndarray:
    """Tell whether the intervals of the linearised laminate hold the planted values: what the draws make of it."""
    across = means(PLANTED)[0] ** 2 * SHARES / PLANTED**2
    jacobian = np.stack([across, SHARES])
    mean = noise.mean(axis=1)
    error = np.sqrt(np.diag(np.linalg.inv(REPEATS * jacobian.T @ jacobian)))
    freedom = noise.size - 2
    spread = SCATTER if is_known else np.sqrt(((noise - mean[:, None]) ** 2).sum() / freedom)
    quantile = norm.ppf((1 + level) / 2) if is_known else t.ppf((1 + level) / 2, freedom)
    return np.abs(np.linalg.solve(jacobian, mean)) <= quantile * spread * error
