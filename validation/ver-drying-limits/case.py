"""Limits and closed formulas of drying, and its balances."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from electrosim import load, run
from electrosim.base.observer import Observer
from electrosim.drying import Air, Coating, Component, Problem, Zone, film_of, solve
from electrosim.drying.film import cap_height, mean_cap_height
from electrosim.materials.solvents import solvent
from electrosim.study.validation.metrics import Row

SCENARIOS = (
    "binder-reference", "drying-300um", "drying-800um", "binder-migration", "critical-thickness", "oven-zones",
)  # fmt: skip


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("limits", 0.0)
    return [*migration(), *stages(), *settling(), *caps(), *wet_bulb(), *balances(observer)]


def migration() -> Iterator[Row]:
    left = (0.2 / 0.6 - 0.2) / 0.8  # liquid at the end over that at the start
    fast = run(load("binder-reference", {"binder.initial_peclet": 1e-6})).isel(time=-1)
    yield Row("migration", "D to infinity, top/mean", float(fast["binder_top_to_mean"]), 1.0)
    none = run(load("binder-reference", {"binder.initial_peclet": 1e9})).isel(time=-1)
    profile = none["binder_profile"].values
    yield Row("migration", "D to 0, bulk/mean", float(profile[:-1].max()), left)
    yield Row("migration", "D to 0, bulk/mean, least", float(profile[:-1].min()), left)
    share = float(profile[-1]) / profile.size
    yield Row("migration", "D to 0, share in the top cell", share, 1 - left * (1 - 1 / profile.size))
    slow = run(load("binder-reference", {"binder.initial_peclet": 1e-3})).isel(time=-1)
    ratio = float(slow["binder_top_to_mean"] / slow["binder_bottom_to_mean"])
    yield Row("slow drying", "ln(top/bottom) over Pe/2 at the end", math.log(ratio), 1e-3 * (1 / 1.5) / 2)


def stages() -> Iterator[Row]:
    coating = Coating((Component("graphite", 1.0, 2260.0),), solvent("water"), solids=0.5)
    film = film_of(coating, packing=0.6, thickness=100e-6, excess=10e-6)
    problem = Problem(coating, film, (Zone(flux=2e-3),), critical_saturation=0.4, final_saturation=0.02)
    found = solve(problem)["stage_end_times"]
    rate = 2e-3 / 997.05
    pores = film.dry_height - film.particles
    clear = 10e-6 / rate
    shrunk = (100e-6 - film.dry_height) / rate
    constant = shrunk + (1 - 0.4) * pores / rate
    dry = constant + 0.4 * pores / rate * math.log(0.4 / 0.02)
    for name, exact in zip(found["stage"].values, (clear, shrunk, shrunk, constant, dry), strict=True):
        yield Row("times and heights", f"end of {name}", float(found.sel(stage=name)), exact)


def settling() -> Iterator[Row]:
    """Kynch: the top falls at a constant speed, the sediment grows at phi0 U/(phi_max - phi0)."""
    coating = Coating((Component("graphite", 1.0, 2260.0),), solvent("water"))
    film = film_of(
        coating, packing=0.5, initial_packing=0.2, thickness=200e-6, excess=20e-6, settling=1e-6, layered=True
    )
    result = solve(Problem(coating, film, (Zone(flux=1e-4),)))
    at_rest = float(result["stage_end_times"].sel(stage="consolidation"))
    yield Row("times and heights", "settled", at_rest, (180e-6 - 72e-6) / 1e-6)
    tops, fractions = film.layers(50.0, film.initial_liquid)
    yield Row("times and heights", "sediment after 50 s", float(tops[0]), 0.2 * 50e-6 / 0.3)
    yield Row("times and heights", "top after 50 s", float(tops[-1]), 130e-6)
    held = float(np.sum(np.diff(tops, prepend=0.0) * fractions))
    yield Row("times and heights", "particles after 50 s", held, 36e-6)


def caps() -> Iterator[Row]:
    for height in (30e-6, 180e-6, 2e-3):
        back = float(cap_height(np.array(mean_cap_height(height, 2e-3)), 2e-3))
        yield Row("times and heights", f"cap of {height:g} m from its mean", back, height)
    yield Row("times and heights", "a hemisphere's mean", mean_cap_height(2e-3, 2e-3), 2 / 3 * 2e-3)


def wet_bulb() -> Iterator[Row]:
    """Air of 30 C at 50 %, 40 C at 20 %, 25 C at 50 %."""
    coating = Coating((Component("graphite", 1.0, 2260.0),), solvent("water"), solids=0.3)
    film = film_of(coating, packing=0.6, thickness=1e-3)
    for celsius, humidity, chart in ((30.0, 0.5, 22.0), (40.0, 0.2, 22.0), (25.0, 0.5, 17.9)):
        air = Air(273.15 + celsius, 50.0, humidity)
        result = solve(Problem(coating, film, (Zone(air=air),)))
        middle = result.sel(time=0.5 * float(result["stage_end_times"].sel(stage="shrinkage")), method="nearest")
        label = f"{celsius:g} C, {humidity:.0%}"
        yield Row("wet bulb", label, float(middle["temperature"]) - 273.15, chart, "published", 0.1)


def balances(observer: Observer) -> Iterator[Row]:
    for number, name in enumerate(SCENARIOS):
        observer(f"balances of {name}", number / len(SCENARIOS))
        yield Row("balances", name, float(run(load(name))["balance_error"].max()), 1e-12, "bound")
