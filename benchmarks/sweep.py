"""A sweep of 1000 discharges as `electrosim sweep` does it, beside PyBaMM, and where its time goes.

    python benchmarks/sweep.py [--cases N] [--pybamm N] [--json FILE]
    python benchmarks/sweep.py --markdown [--json FILE]

A carbon bilayer at 1C whose loading (so its thickness), split and bottom carbon vary, from the scenario's tables to the
collected energy: in this process, over two processes and over a local Dask cluster, whose answers must be equal to the
last bit. PyBaMM solves its default model (Chen 2020, default mesh, IDAKLU) at other thicknesses of one electrode: as an
input of one simulation, on meshes that scale with it, and with a new simulation for each, as other meshes need.
Times are waited for and, with that of all processes, of the processor. --markdown prints the tables of docs/sweeps.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"

from conduction import machine

from electrosim import run
from electrosim.base.toml import Document
from electrosim.study.run import from_document

WAYS = {
    "this process": {"jobs": 1},
    "two processes": {"jobs": 2},
    "a local Dask cluster of two": {"jobs": 2, "dask": "local"},
}
FEW = 100
"""Cases after which memory is looked at first, and of which the time is taken apart."""

Row = dict[str, Any]


def sweep(cases: int, method: Row) -> Any:
    """Return the sweep's scenario; the number of cases is a product of ten, ten and the rest."""
    data = {
        "kind": "sweep",
        "title": "bilayers",
        "base": "bilayer-1-4",
        "axes": {
            "loading": {"key": "electrode.loading", "from": "8 mg/cm^2", "to": "14 mg/cm^2", "count": cases // 100},
            "split": {"from": 0.3, "to": 0.7, "count": 10},
            "carbon": {"key": "electrode.layers.0.carbon", "from": 0.01, "to": 0.04, "count": 10},
        },
        "set": {
            "protocol.rates": [1.0],
            "analysis.single_layers": False,
            "electrode.layers.0.share": {"formula": "split"},
            "electrode.layers.1.share": {"formula": "1 - split"},
        },
        "collect": {"energy": "specific_energy[rate=1]"},
        "method": method,
    }
    return from_document(Document("sweep", Path(), data))


def held() -> float:
    """Return the most memory that this process held so far [MB]."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def timed(solve: Callable[[], Any]) -> tuple[Any, Row]:
    """Return what a call gives, and its seconds: waited for, and of the processor with processes that ended."""
    began, before = time.perf_counter(), sum(os.times()[:4])
    found = solve()
    return found, {"seconds": time.perf_counter() - began, "processor_seconds": sum(os.times()[:4]) - before}


def ways(cases: int) -> Iterator[Row]:
    """Give a row for each way to solve the sweep."""
    first = None
    for name, method in WAYS.items():
        result, row = timed(lambda method=method: run(sweep(cases, method)))
        first = result if first is None else first
        equal = bool(result["energy"].identical(first["energy"]))
        yield {"way": name, "cases": cases, **row, "equal": equal, "failed": int(result["failed_cases"])}


def parts() -> Row:
    """Return processor seconds of a case, and those of them for the solver, its compiled loop, and a call of that."""
    from electrosim.discharge.structured import Structured
    from electrosim.study.sweep.case import Chunk, solve_chunk

    problem = sweep(FEW, {"jobs": 1}).problem
    base = from_document(problem.base)
    chunk = Chunk(problem.base, tuple(problem.overrides(case) for case in problem.cases), problem.collect)
    discharges = [base.changed(keys).problem for keys in chunk.overrides]
    loop, spent = Structured._solve, [0.0]

    def in_loop(*arguments: Any, **options: Any) -> Any:
        began = time.process_time()
        history = loop(*arguments, **options)
        spent[0] += time.process_time() - began
        return history

    def solve(longest: float) -> float:
        began = time.process_time()
        for one in discharges:
            steps = [replace(step, longest=min(longest, step.longest)) for step in one.programmes[0].steps]
            Structured().run(one.cell, steps, one.start)
        return (time.process_time() - began) / len(discharges)

    found = {"case": min(timed(lambda: solve_chunk(chunk))[1]["processor_seconds"] for _ in range(5)) / FEW}
    found["solver"] = min(solve(float("inf")) for _ in range(5))
    Structured._solve = in_loop
    for name, longest in (("loop", float("inf")), ("call", 1e-9)):
        least = []
        for _ in range(5):
            spent[0] = 0.0
            solve(longest)
            least.append(spent[0] / FEW)
        found[name] = min(least)
    Structured._solve = loop
    return found


def pybamm(cases: int) -> Iterator[Row]:
    """Give a row for PyBaMM with the thickness as an input, and one with a new simulation for each."""
    import pybamm as pb

    key = "Positive electrode thickness [m]"
    usual = pb.ParameterValues("Chen2020")[key]
    thicknesses = [usual * (0.8 + 0.4 * number / cases) for number in range(cases)]

    def simulation(thickness: float | str, meshes: Row) -> Any:
        values, model = pb.ParameterValues("Chen2020"), pb.lithium_ion.DFN()
        values[key] = thickness
        solver = pb.IDAKLUSolver(rtol=1e-4, atol=1e-6)
        return pb.Simulation(
            model, parameter_values=values, submesh_types=model.default_submesh_types | meshes, solver=solver
        )

    scaled = dict.fromkeys(("negative electrode", "separator", "positive electrode"), pb.SymbolicUniform1DSubMesh)
    one = simulation("[input]", scaled)
    one.solve([0, 4500], inputs={key: usual})  # loads and warms up
    _, row = timed(lambda: [one.solve([0, 4500], inputs={key: thickness}) for thickness in thicknesses])
    yield {"way": "PyBaMM, the thickness an input of one simulation", "cases": cases, **row}
    _, row = timed(lambda: [simulation(thickness, {}).solve([0, 4500]) for thickness in thicknesses])
    yield {"way": "PyBaMM, a new simulation for each", "cases": cases, **row}


def measure(cases: int, peers: int) -> Row:
    """Return all that the tables say."""
    run(sweep(FEW, {"jobs": 1}))  # loads and compiles
    few = held()
    found: Row = {"machine": machine() | {"load": round(os.getloadavg()[0], 1)}, "rows": []}
    for row in ways(cases):
        if not found["rows"]:
            found["memory"] = {str(FEW): few, str(cases): held()}
        found["rows"].append(row)
    found["rows"] += pybamm(peers)
    found["parts"] = parts()
    return found


def markdown(found: Row) -> str:
    """Return the tables."""
    about, ours = found["machine"], found["rows"][0]
    each = ours["processor_seconds"] / ours["cases"]
    lines = [
        f"{about['processor']}, {about['cores']} cores, load {about['load']}; Python {about['python']}, numba "
        f"{about['numba']}; {about['date']}.",
        "",
        "| way | cases | s waited for | ms per case | ms of the processor per case | times ours |",
        "|---|---|---|---|---|---|",
    ]
    for row in found["rows"]:
        waited, spent = (1e3 * row[name] / row["cases"] for name in ("seconds", "processor_seconds"))
        lines.append(
            f"| {row['way']} | {row['cases']} | {row['seconds']:.3g} | {waited:.3g} | {spent:.3g} | "
            f"{spent / each / 1e3:.3g} |"
        )
    rows = [row for row in found["rows"] if "equal" in row]
    equal = "equal to the last bit" if all(row["equal"] for row in rows) else "NOT equal"
    (few, before), (all_cases, after) = found["memory"].items()
    start = (rows[1]["processor_seconds"] - rows[0]["processor_seconds"]) / 2
    case, solver, loop, call = (1e3 * found["parts"][name] for name in ("case", "solver", "loop", "call"))
    lines += [
        "",
        f"The answers of all ways are {equal}, {sum(row['failed'] for row in rows)} cases failed. The process held "
        f"{before:.0f} MB after {few} cases and {after:.0f} MB after {all_cases}. Each of two processes took "
        f"{start:.1f} s of the processor to start.",
        "",
        f"Of {case:.2f} ms of the processor for a case (the least of five times {FEW}) the solver takes {solver:.2f}: "
        f"the cell as arrays and back, and a compiled loop over all its times that takes {loop:.3f}. Of these "
        f"{call:.3f} are what it takes to call the loop with a discharge that ends at once.",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, or print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--pybamm", type=int, default=20, help="thicknesses that PyBaMM solves for")
    parser.add_argument("--json", type=Path, default=Path(__file__).with_name("sweep.json"))
    parser.add_argument("--markdown", action="store_true", help="print the tables and measure nothing")
    asked = parser.parse_args()
    if not asked.markdown:
        found = measure(asked.cases, asked.pybamm)
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print(markdown(json.loads(asked.json.read_text(encoding="utf-8"))))


if __name__ == "__main__":
    main()
