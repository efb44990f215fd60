"""Crack patterns over thickness, at and below the critical one, and with a bubble."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from electrosim.base.observer import Observer
from electrosim.crack_pattern import Bubble, Film, Problem, solve
from electrosim.crack_pattern.plot import crack_map
from electrosim.study.validation.metrics import Comparison, Row

FILM = Film(thickness=1e-4, modulus=1e8, toughness=3e3, weibull_modulus=12)
THICKNESSES = np.array([20e-6, 43e-6, 93e-6, 200e-6])


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    spacing, density = [], []
    for thickness in THICKNESSES:
        film = dataclasses.replace(FILM, thickness=float(thickness))
        patterns = [solve(sample(film, 0.006, 45, seed=seed), observer=observer) for seed in range(2)]
        spacing.append(np.mean([float(pattern["crack_spacing"][-1]) for pattern in patterns]))
        density.append(1 / np.mean([float(pattern["island_area"][-1]) for pattern in patterns]))
    rows = [*powers(np.array(spacing), np.array(density)), *critical(observer), *bubbles(observer)]
    return Comparison(rows, {"thickest": crack_map(patterns[0])})


def sample(film: Film, strain: float, lags: float, *, seed: int) -> Problem:
    return Problem(film, strain=strain, size=lags * film.lag_length, nodes_per_lag=3, seed=seed, snapshots=6)


def powers(spacing: np.ndarray, density: np.ndarray) -> Iterator[Row]:
    power = np.polyfit(np.log(THICKNESSES), np.log(spacing), 1)[0]
    yield Row("power", "of spacing over thickness", float(power), 5 / 6, "published")
    for thickness, distance, next_one, this_one in zip(THICKNESSES, spacing, density[1:], density, strict=False):
        label = f"islands per square metre at the thickness after {1e6 * thickness:.3g} um, at it"
        yield Row("islands", label, float(next_one), float(this_one), "bound")
        label = f"spacing over thickness at {1e6 * thickness:.3g} um"
        yield Row("spacing", label, float(distance / thickness), float(spacing[-1] / THICKNESSES[-1]), "recomputed")


def critical(observer: Observer) -> Iterator[Row]:
    """The extent of the largest crack beside the thickness whose mean strength is the final stress."""
    strain = 0.001
    critical_thickness = (FILM.toughness / (1.4 * FILM.biaxial_modulus * strain)) ** 2
    for share in (0.15, 0.3, 0.6, 1.0, 4.0):
        film = dataclasses.replace(FILM, thickness=share * critical_thickness)
        span = float(solve(sample(film, strain, 25, seed=1), observer=observer)["largest_crack_span"][-1])
        label = f"at {share:g} critical thicknesses"
        if share == 0.15:
            yield Row("critical thickness", f"span {label}, 0.9", span, 0.9, "bound")
        elif share == 4.0:
            yield Row("critical thickness", f"0.9, span {label}", 0.9, span, "bound")
        else:
            yield Row("near the critical thickness", f"span {label}", span, 0.9, "bound")


def bubbles(observer: Observer) -> Iterator[Row]:
    film = dataclasses.replace(FILM, weibull_modulus=20.0)
    pitch = film.lag_length / 4
    hole = (Bubble(2 * pitch, -pitch, 3 * pitch),)
    first = []
    for seed in range(20):
        problem = Problem(
            film, strain=0.0015, size=12 * film.lag_length, shape="disc", edges="free", nodes_per_lag=4, bubbles=hole,
            seed=seed, snapshots=1,
        )  # fmt: skip
        pattern = solve(problem, observer=observer)
        if np.isfinite(pattern["onset_strain"]):
            first.append(bool(pattern["first_break_at_bubble"]))
    yield Row("bubble", "0.9, share of first breaks at the bubble", 0.9, float(np.mean(first)), "bound")
    yield Row("bubble", "samples of which the share is taken, at least 19", 19, len(first), "bound")
