"""PyBaMM's DFN model beside ours; a row per run, at the time in the compared part where the voltages differ most."""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from scipy.interpolate import CubicSpline

from electrosim.base.observer import Observer
from electrosim.discharge.parameter_sets import parameter_set
from electrosim.discharge.protocol import Step
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials
from electrosim.study.validation.metrics import Comparison, Row

SETS = {"chen-2020": "Chen2020", "marquis-2019": "Marquis2019"}
RATES = (0.5, 1.0, 2.0, 3.0)
CELLS = {0.5: 60, 1.0: 60, 2.0: 80, 3.0: 120}  # per electrode, of PyBaMM and of the twin
FIRST, SHARE = 0.1, 0.9  # seconds, and share of the run, between which voltages are compared
FRONT = (1e-4, 603.015)  # where and when COMSOL's surface concentration is off [m], [s]


def compare(folder: Path, observer: Observer) -> Comparison:
    del folder
    figure = Figure(figsize=(9, 4), layout="constrained")
    rows = []
    for axes, name in zip(figure.subplots(1, 2, sharey=True), SETS, strict=True):
        for rate in RATES:
            observer(f"{name}, {rate:g}C", len(rows) / 25)
            rows += list(of_voltage(name, rate, axes))
        axes.axhline(1, color="black", ls="--", lw=0.8)
        axes.set(xlabel="time over end of run", ylabel="|difference of voltage| (mV)", title=name)
        axes.legend(frameon=False, fontsize=6, ncols=2)
    observer("end of the run at 3C", 0.9)
    rows += [*end_at_three_c(), *at_the_front()]
    return Comparison(rows, {"voltage": figure})


def methods(name: str, rate: float) -> dict[str, Any]:
    """The twin takes part where particles and salt are asked most of."""
    found: dict[str, Any] = {"default": Structured(), "fine": Structured(rtol=1e-5)}
    if name == "chen-2020" and rate in (1.0, 3.0) and importlib.util.find_spec("sksundae"):
        found["twin"] = twin(CELLS[rate])
    return found


def twin(cells: int) -> Sundials:
    return Sundials(cells=cells, nodes=24)


@functools.cache
def discharge(method: Any, name: str, rate: float) -> Any:
    given = parameter_set(name)
    step = Step("current", rate * given.one_c, lower_voltage=given.lower_voltage)
    return method.run(given.cell, [step], given.start)


def of_voltage(name: str, rate: float, axes: Any) -> Iterator[Row]:
    theirs = by_pybamm(name, rate, CELLS[rate])
    for method_name, method in methods(name, rate).items():
        run = discharge(method, name, rate)
        times = np.geomspace(FIRST, SHARE * min(run.time[-1], theirs.t[-1]), 400)
        ours, reference = CubicSpline(run.time, run.voltage)(times), theirs["Voltage [V]"](times)
        axes.semilogy(times / run.time[-1], 1e3 * np.abs(ours - reference), label=f"{rate:g}C, {method_name}")
        worst = np.argmax(np.abs(ours - reference))
        label = f"{rate:g}C, at {times[worst]:.0f} s"
        yield Row(f"voltage, {name}, {method_name}", label, float(ours[worst]), float(reference[worst]), "code")


def end_at_three_c() -> Iterator[Row]:
    """Extrapolate the end of PyBaMM's run to no mesh width; its order in space is two."""
    coarse, fine = (float(by_pybamm("chen-2020", 3.0, cells, least=0.1).t[-1]) for cells in (40, 80))
    reference = fine + (fine - coarse) / 3
    yield Row(
        "end at 3C", "fine", float(discharge(Structured(rtol=1e-5), "chen-2020", 3.0).time[-1]), reference, "code"
    )
    if importlib.util.find_spec("sksundae"):
        coarse, fine = (float(discharge(twin(cells), "chen-2020", 3.0).time[-1]) for cells in (60, CELLS[3.0]))
        yield Row("end at 3C", "twin, extrapolated", fine + (fine - coarse) / 3, reference, "code")


def at_the_front() -> Iterator[Row]:
    """Compare the surface concentration that COMSOL gives as 6084.8 mol/m3."""
    place, time = FRONT
    theirs = by_pybamm("marquis-2019", 3.0, CELLS[3.0])
    variable = theirs["Negative particle surface concentration [mol.m-3]"]
    half = place / CELLS[3.0] / 2
    run = discharge(Structured(rtol=1e-5), "marquis-2019", 3.0)
    own = run.mesh.region == 0
    middle = np.cumsum(run.mesh.width[own]) - run.mesh.width[own] / 2
    profile = CubicSpline(run.time, run.surface_concentration[:, 0, own])(time)
    for x in (place / 2, place - half):
        ours = float(CubicSpline(middle, profile)(x))
        yield Row("surface concentration", f"x = {1e6 * x:.1f} um", ours, float(variable(t=time, x=x)), "code")


def by_pybamm(name: str, rate: float, cells: int, least: float = 10.0) -> Any:
    """Solve PyBaMM's model; `least` is the salt concentration below which its electrolyte properties stay [mol m-3]."""
    os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"
    import pybamm

    kept = dict(pybamm.settings.tolerances)
    pybamm.settings.tolerances.update({"kappa_e__c_e": least, "D_e__c_e": least})
    try:
        model = pybamm.lithium_ion.DFN()
        values = pybamm.ParameterValues(SETS[name])
        values["Current function [A]"] = rate * values["Nominal cell capacity [A.h]"]
        crowded = pybamm.MeshGenerator(pybamm.Exponential1DSubMesh, {"side": "right", "stretch": 5})
        simulation = pybamm.Simulation(
            model,
            parameter_values=values,
            submesh_types=model.default_submesh_types
            | {f"{side} particle": crowded for side in ("negative", "positive")},
            var_pts={"x_n": cells, "x_s": cells // 4, "x_p": cells, "r_n": 60, "r_p": 60},
            solver=pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-8),
        )
        longest = 1.3 * 3600 / rate
        return simulation.solve([0, longest], t_interp=np.concatenate([[0], np.geomspace(0.1, longest, 2000)]))
    finally:
        pybamm.settings.tolerances.update(kept)
