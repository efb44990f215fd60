"""COMSOL's discharges of the Marquis 2019 cell beside ours; a row per quantity and run, where the two differ most."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.interpolate import CubicSpline

from electrosim.base.data import locate
from electrosim.base.observer import Observer
from electrosim.discharge.parameter_sets import parameter_set
from electrosim.discharge.protocol import Step
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials
from electrosim.study.validation.metrics import Comparison, Row

RUNS = {"01C": ("0.1C", 2.4), "1C": ("1C", 24.0), "3C": ("3C", 72.0)}
CONDUCTIVITY = {"negative": 58.6, "positive": 5.87}
CELLS = 40
SHARE = 0.9  # of each run that is compared


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    rows, figure = [], Figure(figsize=(9, 4), layout="constrained")
    curves, differences = figure.subplots(1, 2)
    for number, (name, (rate, current)) in enumerate(RUNS.items()):
        theirs = np.load(locate(f"comsol-marquis-{name}"))
        for method_name, method in methods().items():
            observer(f"{rate}, {method_name}", number / len(RUNS))
            run = method.run(cell(), [Step("current", current, longest=float(theirs["time"][-1]))], SET.start)
            rows.append(of_voltage(run, theirs, f"{rate}, {method_name}"))
            if method_name != "default":
                rows += list(of_fields(run, theirs, f"{rate}, {method_name}"))
            over = theirs["time"] / theirs["time"][-1]
            ours = at_times(run, run.voltage, theirs["time"])
            curves.plot(over, ours, label=f"{rate}, {method_name}")
            differences.semilogy(over, 1e3 * np.abs(ours - theirs["voltage"]))
        curves.plot(over[::8], theirs["voltage"][::8], "ks", mfc="none", label="COMSOL" if number == 0 else None)
    curves.set(xlabel="time over end of run", ylabel="voltage (V)")
    curves.legend(frameon=False, fontsize=7)
    differences.axvline(SHARE, color="black", lw=0.8)
    differences.axhline(1, color="black", lw=0.8, ls="--")
    differences.set(xlabel="time over end of run", ylabel="|difference of voltage| (mV)")
    return Comparison(rows, {"voltage": figure})


SET = parameter_set("marquis-2019")


def methods() -> dict[str, Any]:
    twin = {"twin": Sundials(cells=CELLS)} if importlib.util.find_spec("sksundae") else {}
    return {"default": Structured(), "fine": Structured(rtol=1e-5)} | twin


def cell() -> Any:
    """The cell with the conductivities that COMSOL had."""
    sides = {}
    for side, sigma in CONDUCTIVITY.items():
        electrode = getattr(SET.cell, side)
        sides[side] = replace(electrode, layers=(replace(electrode.layers[0], conductivity=sigma),))
    return replace(SET.cell, **sides)


def of_voltage(run: Any, theirs: Any, series: str) -> Row:
    early = theirs["time"] <= SHARE * theirs["time"][-1]
    ours = at_times(run, run.voltage, theirs["time"])
    return largest(f"voltage, {series}", "V", ours[early], theirs["voltage"][early])


def of_fields(run: Any, theirs: Any, series: str) -> Iterator[Row]:
    """A row for every field, at the node and time in the compared part where the relative difference is largest."""
    times = theirs["field_time"]
    early = times <= SHARE * theirs["time"][-1]
    surface, region = run.surface_concentration[:, 0], run.mesh.region
    for quantity, key, nodes, values, inside in (
        ("salt", "c_e", "x", run.electrolyte_concentration, (0, 1, 2)),
        ("surface", "c_n_surf", "x_n", surface, (0,)),
        ("surface", "c_p_surf", "x_p", surface, (2,)),
    ):
        profiles = at_times(run, values[:, np.isin(region, inside)], times)
        found = at_nodes(run.mesh, profiles, inside, theirs[nodes]).T
        yield largest(f"{quantity}, {series}", key, found[:, early], theirs[key][:, early])
        if quantity == "surface":
            off = np.sqrt(np.mean((found / theirs[key] - 1)[:, early] ** 2))
            yield Row("surface, root mean square", f"{key}, {series}", 1 + float(off), 1.0, "code")


def at_nodes(mesh: Any, profiles: np.ndarray, regions: tuple[int, ...], nodes: np.ndarray) -> np.ndarray:
    """Interpolate between middles of volumes, and from them to the ends, in each region by itself."""
    edges = np.concatenate([[0.0], np.cumsum(mesh.width)])
    middle, chosen = (edges[1:] + edges[:-1]) / 2, mesh.region[np.isin(mesh.region, regions)]
    found = np.empty((len(profiles), nodes.size))
    for region in regions:
        own = mesh.region == region
        first, last = edges[:-1][own][0], edges[1:][own][-1]
        inside = (nodes >= first - 1e-9) & (nodes <= last + 1e-9)
        found[:, inside] = CubicSpline(middle[own], profiles[:, chosen == region], axis=1)(nodes[inside])
    return found


def at_times(run: Any, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Interpolate between the solver's own times."""
    return CubicSpline(run.time, values, axis=0)(times)


def largest(series: str, label: str, ours: np.ndarray, theirs: np.ndarray) -> Row:
    place = np.unravel_index(np.argmax(np.abs(ours / theirs - 1)), ours.shape)
    return Row(series, label, float(ours[place]), float(theirs[place]), "code")
