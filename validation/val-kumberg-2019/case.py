"""Drying times, oven lengths, and binder profiles of aqueous graphite at several fluxes."""

from __future__ import annotations

import functools
from pathlib import Path

from scipy.optimize import brentq

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.drying.plot import migration
from electrosim.study.validation.metrics import Comparison, Row

TABLE = {0.75: (131, 109.0), 1.5: (65, 54.5), 3.0: (33, 27.2), 6.0: (16, 13.6), 15.5: (6, 5.3)}  # g/m2/s: s, m
SODIUM = {6.0: 0.39 / 0.19, 0.75: 0.26 / 0.29}  # top over bottom


def compare(folder: Path, observer: Observer) -> Comparison:
    rows = []
    for number, (flux, (seconds, metres)) in enumerate(TABLE.items()):
        observer(f"{flux:g} g/m2/s", number / 10)
        result = solved(folder, flux, 1e-10)
        rows.append(Row("drying time", f"{flux:g} g/m2/s", float(result["dry_time"]), seconds, "published", 1.0))
        rows.append(Row("oven length", f"{flux:g} g/m2/s", float(result["oven_length"]), metres, "published"))
    observer("fit of the diffusivity", 0.5)
    target = functools.partial(excess, folder)
    diffusivity = float(10 ** brentq(target, -11, -8, xtol=1e-5))
    rows.append(Row("fitted", "top/bottom at 6 g/m2/s", ratio(folder, 6.0, diffusivity), SODIUM[6.0], "published"))
    low = ratio(folder, 0.75, diffusivity)
    rows.append(Row("predicted", "top/bottom at 0.75 g/m2/s", low, SODIUM[0.75], "published", 0.03))
    rows.append(Row("reported", "diffusivity, 1e-10 m2/s", diffusivity / 1e-10, 1.0, "published"))
    return Comparison(rows, {"fitted": migration(solved(folder, 6.0, diffusivity), ["binder"])})


def solved(folder: Path, flux: float, diffusivity: float):
    overrides = {"zones.0.flux": f"{flux} g/m^2/s", "binder.diffusivity": f"{diffusivity} m^2/s", "method.times": 20}
    return run(load(folder / "scenario.toml", overrides))


def ratio(folder: Path, flux: float, diffusivity: float) -> float:
    end = solved(folder, flux, diffusivity).isel(time=-1)
    return float(end["binder_top_to_mean"] / end["binder_bottom_to_mean"])


def excess(folder: Path, power: float) -> float:
    return ratio(folder, 6.0, 10**power) - SODIUM[6.0]
