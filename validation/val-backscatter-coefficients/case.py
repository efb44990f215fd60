"""Backscatter coefficients of carbon, aluminium and gold as measured, and the minimum of carbon on aluminium."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from scipy.constants import electron_volt

from electrosim.backscatter import Detector, Film, Layer, MonteCarlo, Problem, solve
from electrosim.backscatter.solve import jobs_of
from electrosim.backscatter.transport import follow
from electrosim.base.columns import read_columns
from electrosim.base.observer import Observer
from electrosim.materials import element, material
from electrosim.study.validation.metrics import Comparison, Row

KILOVOLT = 1e3 * electron_volt
ELEMENTS = ("C", "Al", "Au")
FAST = (10, 20, 30)  # keV
ENERGIES = (1, 1.5, 2, 3, 5, *FAST)
CALLED_FAST = ("Bishop 1963", "Heinrich 1966", "Hunger 1979")
CLEAN = "El Gomati 1997 (clean, UHV)"
CUT_OFF = Detector(cut_off=50 * electron_volt)
METHOD = MonteCarlo(electrons=1_000_000, seed=1, standard_error=1.1e-3)
FILMS = (20, 40, 60, 80, 100)  # nm of carbon on aluminium
FILM_ENERGIES = (1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 3, 3.5, 4, 6)

Curve = dict[float, float]


def compare(folder: Path, observer: Observer) -> Comparison:
    measured = read(folder / "measured.csv")
    computed = coefficients(observer)
    rows = [row for symbol in ELEMENTS for row in beside(symbol, computed[symbol], measured[symbol])]
    rows += deflected_by_electrons(computed, observer)
    films, film_figure = dapor(observer)
    return Comparison([*rows, *films], {"coefficients": draw(computed, measured), "carbon-on-aluminium": film_figure})


def read(path: Path) -> dict[str, dict[str, dict[float, float]]]:
    """Return the measured values by element, laboratory and energy [keV]."""
    columns = read_columns(path, ["energy_keV", "backscatter_coefficient"], ["element", "source"])
    table: dict[str, dict[str, dict[float, float]]] = defaultdict(lambda: defaultdict(dict))
    for symbol, source, energy, value in zip(
        *(columns[name] for name in ("element", "source", "energy_keV", "backscatter_coefficient")), strict=True
    ):
        table[str(symbol)][str(source)][float(energy)] = float(value)
    return table


def coefficients(observer: Observer) -> dict[str, Curve]:
    """Return the coefficient by element and energy [keV]."""
    problem = Problem(
        [item * KILOVOLT for item in ENERGIES], targets=[material(symbol) for symbol in ELEMENTS], detector=CUT_OFF
    )
    result = solve(problem, method=METHOD, observer=observer)
    values = result["backscatter_coefficient"].values
    return {
        symbol: dict(zip(ENERGIES, row.tolist(), strict=True)) for symbol, row in zip(ELEMENTS, values, strict=True)
    }


def deflected_by_electrons(computed: dict[str, Curve], observer: Observer) -> Iterator[Row]:
    """Show what the usual estimate of deflection in inelastic collisions, Z^2 to Z(Z + 1), would make of it.

    It is not used, and these rows have no threshold: they say where the misses probably come from.
    """
    for symbol in ("C", "Al"):
        energies = (1, *FAST)
        problem = Problem([item * KILOVOLT for item in energies], targets=[material(symbol)], detector=CUT_OFF)
        jobs = jobs_of(problem, elastic_scale=1 + 1 / element(symbol).atomic_number)
        for kilovolts, job in zip(energies, jobs, strict=True):
            found = follow(job, 60_000, seed=1, every=False, enough=None, workers=None, observer=observer)
            value = float(found.counts.counted.sum() / found.electrons)
            yield Row(
                "beside: with Z(Z + 1)", f"{symbol}, {kilovolts} keV", value, computed[symbol][kilovolts], "recomputed"
            )


def at(curve: Curve, energy: float) -> float:
    """Interpolate ours, linear in the logarithm of the energy."""
    x = sorted(curve)
    return float(np.interp(np.log(energy), np.log(x), [curve[item] for item in x]))


def beside(symbol: str, curve: Curve, measured: dict[str, dict[float, float]]) -> Iterator[Row]:
    for source in CALLED_FAST:
        for energy, value in measured.get(source, {}).items():
            if energy >= 10:
                yield Row(f"{symbol}, 10-30 keV", f"{source}, {energy:g} keV", at(curve, energy), value, "published")
    clean = {energy: value for energy, value in measured[CLEAN].items() if 1 <= energy <= 5}
    differences = [at(curve, energy) - value for energy, value in clean.items()]
    yield Row("RMS to El Gomati", symbol, float(np.sqrt(np.mean(np.square(differences)))), 0.0, "published")
    for energy in (1, 2, 3, 5):
        low, high = envelope(measured, energy)
        yield Row(f"{symbol}, envelope", f"not above {high:.3f}, {energy} keV", curve[energy], high, "bound")
        yield Row(f"{symbol}, envelope", f"not below {low:.3f}, {energy} keV", low, curve[energy], "bound")


def envelope(measured: dict[str, dict[float, float]], energy: float) -> tuple[float, float]:
    """Return the lowest and highest value of the laboratories whose energies span this one, interpolated."""
    values = []
    for curve in measured.values():
        x = np.array(sorted(curve))
        if x[0] <= energy * 1.03 and energy <= x[-1] * 1.03:  # Sternglass stops at 2.05 keV
            values.append(float(np.interp(np.log(energy), np.log(x), [curve[item] for item in x])))
    return min(values), max(values)


def dapor(observer: Observer) -> tuple[list[Row], Figure]:
    """Find the energy at which carbon films on aluminium send back least."""
    problem = Problem(
        [item * KILOVOLT for item in FILM_ENERGIES],
        substrate=Layer(material("Al")),
        film=Film(material("amorphous-carbon"), [item * 1e-9 for item in FILMS]),
        detector=CUT_OFF,
    )
    result = solve(problem, method=MonteCarlo(electrons=40_000, seed=1, reuse="exact"), observer=observer)
    curves = result["backscatter_coefficient"].values  # energy, thickness
    rows, minima = [], []
    for number, thickness in enumerate(FILMS):
        least = int(curves[:, number].argmin())
        around = slice(max(least - 2, 0), least + 3)
        x = np.log(FILM_ENERGIES[around])
        a, b, _ = np.polyfit(x, curves[around, number], 2)
        minima.append(float(np.exp(-b / 2 / a)))
        for side, edge in (("below", curves[0, number]), ("above", curves[-1, number])):
            rows.append(
                Row(
                    "minimum of a film",
                    f"{thickness} nm, end {side}",
                    float(curves[least, number]),
                    float(edge),
                    "bound",
                )
            )
    for (thin, thick), (low, high) in zip(pairwise(FILMS), pairwise(minima), strict=True):
        rows.append(
            Row("minimum moves up", f"{thin} nm at {low:.2f}, {thick} nm at {high:.2f} keV", low, high, "bound")
        )
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.add_subplot()
    for number, thickness in enumerate(FILMS):
        axes.plot(FILM_ENERGIES, curves[:, number], "o-", markersize=3, label=f"{thickness} nm")
    axes.plot(FILM_ENERGIES, result["bare_backscatter_coefficient"], "k--", label="aluminium")
    axes.set(xlabel="energy / keV", ylabel="backscatter coefficient", title="carbon on aluminium")
    axes.legend(frameon=False)
    return rows, figure


def draw(computed: dict[str, Curve], measured: dict[str, dict[str, dict[float, float]]]) -> Figure:
    figure = Figure(figsize=(10, 4), layout="constrained")
    sources = sorted({source for table in measured.values() for source in table})
    for axes, symbol in zip(figure.subplots(1, 3), ELEMENTS, strict=True):
        for source in sources:
            points = measured[symbol].get(source, {})
            axes.plot(
                list(points), list(points.values()), "os^v<>Dph*"[sources.index(source)], mfc="none", label=source
            )
        x = sorted(computed[symbol])
        axes.plot(x, [computed[symbol][item] for item in x], "k-", label="electrosim")
        axes.set(xscale="log", xlabel="energy / keV", title=material(symbol).name, ylim=(0, None))
    figure.axes[0].set_ylabel("backscatter coefficient")
    handles = {
        label: item for axes in figure.axes for item, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(handles.values(), handles.keys(), loc="outside right upper", frameon=False, fontsize="small")
    return figure
