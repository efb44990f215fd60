"""Optima of a laminate that follow by calculus."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import xarray as xr

from electrosim.base.observer import Observer
from electrosim.base.toml import parse
from electrosim.study.run import from_document, run
from electrosim.study.validation.metrics import Row

SHARES = np.array([0.25, 0.75])
PRICE = 0.25  # of conductivity along the layers, in conductivity across them
COSTS = np.array([4.0, 1.0])  # of each layer's conductivity
LEAST = 2.0  # conductivity across the layers that is asked for [S/m]
METHOD = 'optimiser = "{optimiser}"\ntolerance = 1e-4\nmost_evaluations = {most}\nstarts = 2\ncurve_points = 5\n'

INSIDE = """
kind = "optimise"
base = "base.toml"
[parameters]
b = { key = "conductivity.b", from = "0.5 S/m", to = "20 S/m" }
[each]
a = { key = "conductivity.a", values = ["0.5 S/m", "1 S/m", "2 S/m"] }
[objective]
most = "effective_conductivity[direction=x] - 0.25*effective_conductivity[direction=y]"
[method]
"""
CHEAPEST = """
kind = "optimise"
base = "base.toml"
[parameters]
a = { key = "conductivity.a", from = "0.5 S/m", to = "20 S/m" }
b = { key = "conductivity.b", from = "0.5 S/m", to = "20 S/m" }
[objective]
least = "4*a + b"
[constraints]
across = { quantity = "effective_conductivity[direction=x]", least = "2 S/m" }
[method]
"""


def compare(folder: Path, observer: Observer) -> list[Row]:
    rows: list[Row] = []
    for optimiser, most in (("cobyqa", 200), ("differential-evolution", 400)):
        observer(f"inside, {optimiser}", 0.0)
        rows += inside(folder, optimiser, most)
        if optimiser == "cobyqa":  # a population takes thousands of solves to settle on a constraint
            observer(f"cheapest, {optimiser}", 0.4)
            rows += cheapest(folder, optimiser, most)
    return rows


def solved(folder: Path, text: str, optimiser: str, most: int) -> xr.Dataset:
    text += METHOD.format(optimiser=optimiser, most=most)
    return run(from_document(parse(text, name="scenario", folder=folder)))


def inside(folder: Path, optimiser: str, most: int) -> Iterator[Row]:
    """d/db of 1/(fa/a + fb/b) - price (fa a + fb b) vanishes at b = a (1/root of price - fb)/fa."""
    found = run(
        from_document(parse(INSIDE + METHOD.format(optimiser=optimiser, most=most), name="inside", folder=folder))
    )
    for number, a in enumerate(found["a"].values):
        b = a * (1 / np.sqrt(PRICE) - SHARES[1]) / SHARES[0]
        best = 1 / (SHARES[0] / a + SHARES[1] / b) - PRICE * (SHARES[0] * a + SHARES[1] * b)
        label = f"inside, a = {a:g} S/m, {optimiser}"
        yield Row("parameters", f"b, {label}", float(found["value"][number, 0]), b)
        yield Row("objective", label, float(found["objective"][number]), best)
        yield Row("what holds it", label, float(found["is_at_bound"][number].any()), 0.0)


def cheapest(folder: Path, optimiser: str, most: int) -> Iterator[Row]:
    """Least sum of c s with 1/sum of f/s = K: s = K (root of f/c) sum of (root of f c)."""
    found = run(
        from_document(parse(CHEAPEST + METHOD.format(optimiser=optimiser, most=most), name="cheapest", folder=folder))
    )
    best = LEAST * np.sqrt(SHARES / COSTS) * np.sum(np.sqrt(SHARES * COSTS))
    for name, value, exact in zip("ab", found["value"].values, best, strict=True):
        yield Row("parameters", f"{name}, cheapest, {optimiser}", value, exact)
    yield Row("objective", f"cheapest, {optimiser}", float(found["objective"]), float(COSTS @ best))
    yield Row("what holds it", f"cheapest, {optimiser}", float(found["binds"][0]), 1.0)
