"""Measure electrosim's discharge solver beside PyBaMM's DFN model, and what it takes for layers, programmes, sweeps.

    python benchmarks/discharge.py [codes] [rates] [variants] [sweep] [start] [--json FILE]
    python benchmarks/discharge.py --markdown [--json FILE]

Times are processor times on one thread, the least of many runs that alternate between the codes in one process, so
that other work on the machine hardly shows; only the sweep on two cores and the start of a process are waited for.
Errors are the largest difference of voltage from a refined solution, from the start of the current to 98 % of the run:
the plain twin with 40 and 80 volumes per electrode and 30 nodes in a particle, extrapolated. The JSON keeps what was
measured before for parts that this run leaves out; --markdown prints the tables of docs/benchmarks.md from it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"

import numpy as np
from conduction import child, machine
from discharge_cases import CASES, SET, bilayer, design, rate_test, varying_diffusivity
from discharge_table import markdown
from scipy.interpolate import CubicSpline

from electrosim.discharge.cell import Cell
from electrosim.discharge.protocol import Step
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials

FOLDER = Path(__file__).parent
EARLY, COMPARED = 30.0, 0.98
"""Seconds after which errors are given, too; share of the run over which voltages are compared."""
RUNS = 200
"""Of the structured solver; PyBaMM solves once for every ten of them."""
MESHES = {
    "default mesh 20/20/20, 20": ((20, 20, 20, 20), None, 1e-4),
    "10/10/10, 10": ((10, 10, 10, 10), None, 1e-4),
    "20/10/20, 30 crowded": ((20, 10, 20, 30), 3.0, 1e-3),
    "20/10/20, 40 crowded": ((20, 10, 20, 40), 5.0, 1e-4),
    "30/10/30, 40 crowded": ((30, 10, 30, 40), 5.0, 1e-4),
    "40/10/40, 40 crowded": ((40, 10, 40, 40), 5.0, 1e-4),
    "40/10/40, 60 crowded": ((40, 10, 40, 60), 5.0, 1e-5),
    "60/15/60, 60 crowded": ((60, 15, 60, 60), 5.0, 1e-5),
}
"""Volumes in the electrodes, the separator and a particle; stretch of those towards the surface; rtol of IDAKLU."""

Row = dict[str, Any]
Voltage = Callable[[np.ndarray], np.ndarray]


def step_at(rate: float) -> Step:
    return Step("current", rate * SET.one_c, lower_voltage=SET.lower_voltage)


@cache
def reference(rate: float, cell: Cell = SET.cell) -> tuple[float, Voltage]:
    """Return the end of a discharge and its voltage at any time, extrapolated to volumes of no width."""
    runs = [
        Sundials(rtol=1e-8, atol=1e-10, cells=cells, nodes=30).run(cell, [step_at(rate)], SET.start)
        for cells in (40, 80)
    ]
    coarse, fine = (CubicSpline(run.time, run.voltage) for run in runs)
    ends = [float(run.time[-1]) for run in runs]
    return ends[1] + (ends[1] - ends[0]) / 3, lambda t: fine(t) + (fine(t) - coarse(t)) / 3


def errors(voltage: Voltage, rate: float, cell: Cell = SET.cell) -> Row:
    """Return the largest errors of a voltage [V], over the run and after its first seconds."""
    end, exact = reference(rate, cell)
    times = np.concatenate([np.geomspace(1e-2, EARLY, 200), np.linspace(EARLY, COMPARED * end, 800)])
    off = np.abs(voltage(times) - exact(times))
    return {"error": float(off.max()), "late_error": float(off[200:].max())}


def ours(rate: float, rtol: float, cell: Cell = SET.cell) -> tuple[Row, Callable[[], Any]]:
    """Return what is known of a setting of the structured solver, and what is to be timed."""
    step, method = step_at(rate), Structured(rtol=rtol)
    run = method.run(cell, [step], SET.start)
    row = {"code": "electrosim", "setting": f"rtol {rtol:g}", "rate": rate, "end": float(run.time[-1])}
    row |= {"steps": run.time.size - 1, "cells": run.mesh.width.size, "version": version("electrosim")}
    row |= errors(CubicSpline(run.time, run.voltage), rate, cell)
    return row, lambda: method.run(cell, [step], SET.start)


def pybamm(rate: float, name: str) -> tuple[Row, Callable[[], Any]]:
    """Return the same for a mesh of PyBaMM."""
    import pybamm as pb

    (negative, separator, positive, radial), stretch, rtol = MESHES[name]
    model, values = pb.lithium_ion.DFN(), pb.ParameterValues("Chen2020")
    values["Current function [A]"] = rate * values["Nominal cell capacity [A.h]"]
    meshes = model.default_submesh_types
    if stretch:
        crowded = pb.MeshGenerator(pb.Exponential1DSubMesh, {"side": "right", "stretch": stretch})
        meshes = meshes | {"negative particle": crowded, "positive particle": crowded}
    points = {"x_n": negative, "x_s": separator, "x_p": positive, "r_n": radial, "r_p": radial}
    solver = pb.IDAKLUSolver(rtol=rtol, atol=1e-6)
    simulation = pb.Simulation(model, parameter_values=values, submesh_types=meshes, var_pts=points, solver=solver)
    longest = 1.2 * 3600 / rate
    solution = simulation.solve([0, longest])
    row = {"code": "pybamm", "setting": f"{name}, rtol {rtol:g}", "rate": rate, "end": float(solution.t[-1])}
    row |= {"steps": solution.t.size - 1, "version": version("pybamm")}
    row |= errors(lambda t: np.asarray(solution["Voltage [V]"](t)), rate)
    return row, lambda: simulation.solve([0, longest])


def least_seconds(solve: Callable[[], Any], runs: int) -> float:
    spent = []
    for _ in range(runs):
        began = time.process_time()
        solve()
        spent.append(time.process_time() - began)
    return min(spent)


def alternately(rows: list[tuple[Row, Callable[[], Any]]], rounds: int = 10) -> list[Row]:
    """Time all in turns; the first row is what the others are compared with."""
    for _ in range(rounds):
        for row, solve in rows:
            runs = RUNS // rounds if row["code"] == "electrosim" else max(1, RUNS // rounds // 10)
            row["seconds"] = min(row.get("seconds", np.inf), least_seconds(solve, runs))
    for row, _ in rows:
        row["times_ours"] = row["seconds"] / rows[0][0]["seconds"]
        show(row)
    return [row for row, _ in rows]


def codes() -> Row:
    """Chen 2020 at 1C by both codes, PyBaMM on several meshes; the cheapest one as accurate as ours is marked."""
    rows = alternately([ours(1.0, 1e-4), ours(1.0, 1e-5), *(pybamm(1.0, name) for name in MESHES)])
    as_good = [row for row in rows if row["code"] == "pybamm" and row["error"] <= rows[0]["error"]]
    if as_good:
        min(as_good, key=lambda row: row["seconds"])["as_good"] = True
    return {"rows": rows, "reference_end": reference(1.0)[0]}


def rates() -> Row:
    """The same cell from 0.5C to 3C by the default setting and PyBaMM's default mesh."""
    found = []
    for rate in (0.5, 2.0, 3.0):
        found += alternately([ours(rate, 1e-4), pybamm(rate, "default mesh 20/20/20, 20")], rounds=4)
    return {"rows": found, "reference_ends": {f"{rate:g}": reference(rate)[0] for rate in (0.5, 2.0, 3.0)}}


def variants() -> Row:
    """What layers, diffusivities that vary and a programme of steps cost, timed in turns with the plain cell."""
    cells = {"one layer": SET.cell, "two layers, 0.05 and 0.5 S/m": bilayer(0.4, 0.05, 0.5)}
    cells["diffusivity of the concentration"] = varying_diffusivity()
    rows = []
    for name, cell in cells.items():
        row, solve = ours(1.0, 1e-4, cell)
        rows.append((row | {"setting": name}, solve))
    method, steps = Structured(), rate_test()
    run = method.run(SET.cell, steps, SET.start)
    row = {"code": "electrosim", "setting": "rate test", "steps": run.time.size, "cells": run.mesh.width.size}
    rows.append((row | {"ends": list(run.ends)}, lambda: method.run(SET.cell, steps, SET.start)))
    return {"rows": alternately(rows)}


def sweep() -> Row:
    """A thousand bilayers on one and two threads; every fiftieth again with the error of 1e-6."""
    cells, programmes = design()
    method = Structured()
    starts = [SET.start] * CASES
    row: Row = {"cases": CASES}
    for workers in (1, 2):
        best = np.inf, np.inf
        for _ in range(5):
            began = time.perf_counter(), time.process_time()
            curves = method.run_many(cells, programmes, starts, workers=workers)
            best = tuple(np.minimum(best, (time.perf_counter() - began[0], time.process_time() - began[1])))
        row[f"seconds_on_{workers}"], row[f"processor_seconds_on_{workers}"] = map(float, best)
    row["failed"] = sum(not curve.status.solved for curve in curves)
    worst = 0.0
    for number in range(0, CASES, CASES // 20):
        fine = Structured(rtol=1e-6).run(cells[number], programmes[number], SET.start)
        curve = curves[number]
        times = np.linspace(0.0, COMPARED * min(fine.time[-1], curve.time[-1]), 400)
        off = CubicSpline(curve.time, curve.voltage)(times) - CubicSpline(fine.time, fine.voltage)(times)
        worst = max(worst, float(np.abs(off).max()))
    row["error"] = worst
    print(f"  {row}", flush=True)
    return row


def start() -> Row:
    """Seconds from starting Python to a discharge, when the loops must be compiled and when they are in the cache."""
    found: Row = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("cold", "cached", "cached"):
            began = time.perf_counter()
            printed = child([str(FOLDER / "discharge_start.py")], {"NUMBA_CACHE_DIR": f"{folder}/cache"})
            times = json.loads(printed) | {"seconds": time.perf_counter() - began}
            found[name] = min(found.get(name, times), times, key=lambda one: one["seconds"])
    for name, times in found.items():
        print(f"  {name}: {times['seconds']:.2f} s, {times['processor_seconds']:.2f} s of processor time")
    return found


def show(row: Row) -> None:
    error = f"{1e3 * row['error']:7.2f} mV, later {1e3 * row['late_error']:6.2f} mV" if "error" in row else ""
    print(f"  {row['code']:12s} {row['setting']:40s} {1e3 * row['seconds']:8.3f} ms {row['times_ours']:7.1f} x {error}")


PARTS: dict[str, Callable[[], Row]] = {
    "codes": codes,
    "rates": rates,
    "variants": variants,
    "sweep": sweep,
    "start": start,
}


def main() -> None:
    """Measure what is asked for, or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"among {', '.join(PARTS)}; all by default")
    parser.add_argument("--json", type=Path, default=FOLDER / "discharge.json")
    parser.add_argument("--markdown", action="store_true", help="print the tables and measure nothing")
    asked = parser.parse_args()
    kept = json.loads(asked.json.read_text(encoding="utf-8")) if asked.json.is_file() else {}
    if asked.markdown:
        print(markdown(kept))
        return
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"{', '.join(unknown)}: not a part; known are {', '.join(PARTS)}")
    for name in asked.parts or PARTS:
        print(name, flush=True)
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        kept[name] = PARTS[name]() | {"machine": machine() | {"load": round(load, 1), "system": platform.system()}}
        asked.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
