"""Laws planted in synthetic points and found again: values, intervals, weights, criterion, limits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.optimize import brentq

from electrosim.base.observer import Observer, silent
from electrosim.correlations import LAWS, WEIGHTS, averages, fit, intervals
from electrosim.correlations.points import Points
from electrosim.correlations.regression import Regression
from electrosim.study.validation.metrics import Row

GAMMA, ALPHA, MEAN = 1.95, 3.31, 0.3368
LOWEST, HIGHEST = 0.14, 0.56
BROKEN = "power-then-linear"
PLANTED = {"power": (GAMMA, ALPHA), "percolation": (1.5, 0.09, 2.2), BROKEN: (GAMMA, ALPHA, 0.56)}
SEEDS, POINTS, SCATTER = 200, 60, 0.3
RATES = {"peukert": (160.0, 0.15), "time-constant": (180.0, 0.12, 1.1)}  # capacities in mA*h/g, rates in C


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    observer("exact points", 0.0)
    rows = [*exact(), *exact_rates(), *crossings(), *mean_and_spread()]
    rows += bias(observer)
    rows += criterion(observer)
    return [*rows, *coverage(observer), *coverage_in_groups(observer), *coverage_of_rates(observer)]


def law(porosity: np.ndarray) -> np.ndarray:
    return GAMMA * porosity**ALPHA


def exact() -> Iterator[Row]:
    porosity = np.linspace(LOWEST, HIGHEST, 12)
    for weights in WEIGHTS:
        found = fit(
            "power", porosity, law(porosity), weights=weights, standard_deviation=0.1 * law(porosity), resamples=0
        )
        yield Row("exact points", f"power, {weights}, gamma", found["gamma"].value, GAMMA)
        yield Row("exact points", f"power, {weights}, alpha", found["alpha"].value, ALPHA)
    porosity = np.linspace(LOWEST, 0.9, 12)
    for name, planted in {"bruggeman": (2.4,), "percolation": PLANTED["percolation"], BROKEN: PLANTED[BROKEN]}.items():
        conductivity = LAWS[name].ordinate(porosity, *planted)
        for weights in ("log-normal", "equal"):  # started from a straight line, which these laws are not
            found = fit(name, porosity, conductivity, weights=weights, resamples=0)
            for item, value in zip(found.parameters, planted, strict=True):
                yield Row("exact points", f"{name}, {weights}, {item.name}", item.value, value)


def exact_rates() -> Iterator[Row]:
    rate = np.geomspace(0.1, 20, 12)
    for name, planted in RATES.items():
        for weights in ("log-normal", "equal"):
            found = fit(name, rate, LAWS[name].ordinate(rate, *planted), weights=weights, resamples=0)
            for item, value in zip(found.parameters, planted, strict=True):
                yield Row("exact points", f"{name}, {weights}, {item.name}", item.value, value)


def crossings() -> Iterator[Row]:
    porosity = np.linspace(LOWEST, HIGHEST, 12)
    found = fit("power", porosity, law(porosity), resamples=0).exceeds
    isotropic = brentq(lambda eps: GAMMA * eps**ALPHA - 2 * eps / (3 - eps), 0.5, 0.9, xtol=1e-14)
    exact_values = {
        "bruggeman": GAMMA ** (-1 / (ALPHA - 1.5)),
        "isotropic_upper_bound": isotropic,
        "straight_pores": GAMMA ** (-1 / (ALPHA - 1)),
    }
    for name, reference in exact_values.items():
        yield Row("crossings", name, found[name], reference)


def mean_and_spread() -> Iterator[Row]:
    """Compare averages over a uniform spread of 8 percentage points around the mean with their closed forms."""
    half = np.sqrt(3) * 0.08
    ends = np.array([MEAN - half, MEAN + half])
    porosity = ends[0] + (np.arange(10_000) + 0.5) / 10_000 * 2 * half
    found = averages(porosity, law(porosity))
    mean_law = GAMMA * np.diff(ends ** (ALPHA + 1))[0] / (ALPHA + 1) / (2 * half)
    mean_tau = np.diff(ends ** (2 - ALPHA))[0] / (2 - ALPHA) / GAMMA / (2 * half)
    at_mean = float(law(np.array(MEAN)))
    yield Row("averages", "mean s over s of the mean", found.relative_conductivity / at_mean, mean_law / at_mean)
    yield Row("averages", "tau of the means", found.tortuosity_of_means, MEAN / mean_law)
    yield Row("averages", "mean of tau", found.mean_tortuosity, mean_tau)


def drawn(seed: int, of_mean: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return porosity, conductivity and its standard deviation over three directions of points around the law."""
    rng = np.random.default_rng(seed)
    porosity = rng.uniform(LOWEST, HIGHEST, POINTS)
    shift = SCATTER**2 / 2 if of_mean else 0.0
    conductivity = law(porosity) * np.exp(SCATTER * rng.standard_normal(POINTS) - shift)
    directions = conductivity[:, None] * (1 + SCATTER * rng.standard_normal((POINTS, 3)))
    return porosity, np.minimum(conductivity, 1.0), directions.std(axis=1, ddof=1)


def bias(observer: Observer) -> list[Row]:
    """Fit points whose mean is the law with all weights; report the law at the paper's mean porosity over its truth."""
    at, parameters = ({name: [] for name in WEIGHTS} for _ in range(2))
    for seed in range(SEEDS):
        observer("bias", 0.1 * seed / SEEDS)
        porosity, conductivity, deviation = drawn(seed, of_mean=True)
        points = Points(porosity, conductivity, deviation, np.arange(POINTS))
        for name, weights in WEIGHTS.items():
            regression = Regression(LAWS["power"], weights, points, (0.0, 1.0))
            best = regression.optimum()
            at[name].append(regression.ordinate(best.coordinates, MEAN) / law(np.array(MEAN)))
            parameters[name].append(LAWS["power"].values(best.coordinates, (0.0, 1.0)))
    rows = [Row("bias of the mean", "log-normal-mean", float(np.mean(at["log-normal-mean"])), 1.0)]
    for name in WEIGHTS:
        rows.append(Row("bias", f"law at 33.68 %, {name}", float(np.mean(at[name])), 1.0))
        for label, values, planted in zip(
            ("gamma", "alpha"), np.transpose(parameters[name]), (GAMMA, ALPHA), strict=True
        ):
            rows.append(Row("bias", f"{label}, {name}", float(values.mean()), planted, uncertainty=float(values.std())))
    return rows


def criterion(observer: Observer) -> Iterator[Row]:
    """Count how often AIC picks a law other than the planted one."""
    chance = {"power": 2 * 0.157, "percolation": 0.05, BROKEN: 0.05}
    seeds = 50
    for number, (true, parameters) in enumerate(PLANTED.items()):
        observer(f"AIC, {true}", 0.1 + 0.1 * number)
        missed = 0
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            highest = 0.9 if true == BROKEN else HIGHEST
            porosity = rng.uniform(LOWEST, highest, POINTS)
            conductivity = LAWS[true].ordinate(porosity, *parameters) * np.exp(0.1 * rng.standard_normal(POINTS))
            points = Points(porosity, conductivity, np.full(POINTS, np.nan), np.arange(POINTS))
            aic = {}
            for name in ("bruggeman", *PLANTED):
                bounds = LAWS[name].bounds(porosity, porosity)
                regression = Regression(LAWS[name], WEIGHTS["log-normal"], points, bounds)
                aic[name] = regression.optimum().aic
            missed += min(aic, key=lambda name: aic[name]) != true
        yield Row("AIC", f"another law than {true}", missed / seeds, chance[true], "bound")


def coverage(observer: Observer) -> Iterator[Row]:
    """Count the 95 % intervals that hold the planted parameters."""
    held = {(kind, name): 0 for kind in ("profile", "bootstrap") for name in ("gamma", "alpha")}
    for seed in range(SEEDS):
        observer("coverage", 0.5 + 0.3 * seed / SEEDS)
        porosity, conductivity, _ = drawn(seed, of_mean=False)
        found = fit("power", porosity, conductivity, resamples=199, rng=seed)
        for kind, name in held:
            lower, upper = getattr(found[name], kind)
            held[kind, name] += lower <= {"gamma": GAMMA, "alpha": ALPHA}[name] <= upper
    for (kind, name), count in held.items():
        yield Row("coverage", f"{kind}, {name}", count / SEEDS, 0.95)


def coverage_in_groups(observer: Observer) -> Iterator[Row]:
    """Count the bootstrap intervals that hold the planted parameters where every three points share their scatter."""
    groups = np.repeat(np.arange(POINTS // 3), 3)
    planted = np.array([np.log(GAMMA), ALPHA])  # in the coordinates of the law
    kinds = {("coverage", "groups"): (groups, SEEDS), ("groups taken for points", "points"): (np.arange(POINTS), 50)}
    for (series, drawn_as), (cluster, seeds) in kinds.items():
        held = np.zeros(2)
        for seed in range(seeds):
            observer(series, 0.8 + 0.1 * (drawn_as == "points") + 0.1 * seed / seeds)
            rng = np.random.default_rng(seed)
            porosity = rng.uniform(LOWEST, HIGHEST, POINTS // 3)[groups] + rng.uniform(-0.01, 0.01, POINTS)
            conductivity = law(porosity) * np.exp(SCATTER * rng.standard_normal(POINTS // 3)[groups])
            points = Points(porosity, conductivity, np.full(POINTS, np.nan), cluster)
            regression = Regression(LAWS["power"], WEIGHTS["log-normal"], points, (0.0, 1.0))
            ends = intervals.bootstrap(regression, regression.optimum(), 199, 0.95, np.random.default_rng(seed), silent)
            held += (ends[:, 0] <= planted) & (planted <= ends[:, 1])
        for name, count in zip(("gamma", "alpha"), held, strict=True):
            yield Row(series, f"bootstrap over {drawn_as}, {name}", count / seeds, 0.95)


def coverage_of_rates(observer: Observer) -> Iterator[Row]:
    """Count the profile intervals that hold the planted parameters of the laws of capacity over rate."""
    rate = np.tile(np.geomspace(0.1, 10, 7), 3)
    for number, (name, planted) in enumerate(RATES.items()):
        held = np.zeros(len(planted))
        for seed in range(SEEDS):
            observer(f"coverage, {name}", 0.9 + 0.05 * (number + seed / SEEDS))
            noise = np.random.default_rng([seed, number]).standard_normal(rate.size)
            found = fit(name, rate, LAWS[name].ordinate(rate, *planted) * np.exp(0.03 * noise), resamples=0)
            held += [
                item.profile[0] <= value <= item.profile[1]
                for item, value in zip(found.parameters, planted, strict=True)
            ]
        for item, count in zip(LAWS[name].parameters, held, strict=True):
            yield Row("coverage", f"{name}, profile, {item.name}", count / SEEDS, 0.95)
