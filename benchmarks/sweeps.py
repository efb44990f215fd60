"""A sweep of 1000 discharges as `electrosim sweep` does it, beside PyBaMM: `python benchmarks/sweeps.py [--cases N]`.

A carbon bilayer at 1C whose loading (so its thickness), split and bottom carbon vary, from the scenario's tables to the
collected energy: in this process, over two processes and over a local Dask cluster, whose answers must be equal to the
last bit. PyBaMM solves its default model (Chen 2020, default mesh, IDAKLU) at as many electrode thicknesses as
`--pybamm` says; a new geometry is a new simulation there. Memory is the most that this process held. Prints what
docs/benchmarks.md says of sweeps and writes benchmarks/sweeps.json.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"
os.environ["PYBAMM_DISABLE_TELEMETRY"] = "true"

from conduction import machine

from electrosim import run
from electrosim.base.toml import Document
from electrosim.study.run import from_document

OTHERS = {"two processes": {"jobs": 2}, "a local Dask cluster of two": {"jobs": 2, "dask": "local"}}


def sweep(cases: int, method: dict[str, Any]) -> Any:
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


def pybamm(cases: int) -> float:
    """Return seconds per case, new simulation and solution."""
    import pybamm as pb

    seconds = []
    for number in range(cases + 1):
        began = time.perf_counter()
        values = pb.ParameterValues("Chen2020")
        values["Positive electrode thickness [m]"] *= 0.8 + 0.4 * number / cases
        model = pb.lithium_ion.DFN()
        pb.Simulation(model, parameter_values=values, solver=pb.IDAKLUSolver(rtol=1e-4, atol=1e-6)).solve([0, 4500])
        seconds.append(time.perf_counter() - began)
    return sum(seconds[1:]) / cases  # the first one loads and warms up


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--pybamm", type=int, default=20)
    arguments = parser.parse_args()
    run(sweep(100, {"jobs": 1}))  # loads and compiles
    few = held()
    found: dict[str, Any] = {"machine": machine(), "load": os.getloadavg()[0], "cases": arguments.cases}
    began = time.perf_counter()
    here = run(sweep(arguments.cases, {"jobs": 1}))
    found["this process"] = time.perf_counter() - began
    found["memory after 100 cases (MB)"], found["memory after all (MB)"] = few, held()
    found["failed"] = int(here["failed_cases"])
    for name, method in OTHERS.items():
        began = time.perf_counter()
        there = run(sweep(arguments.cases, method))
        found[name] = time.perf_counter() - began
        found[f"{name}: equal"] = bool(there["energy"].identical(here["energy"]))
    found["PyBaMM, per case"] = pybamm(arguments.pybamm)
    found["PyBaMM over ours, one core"] = found["PyBaMM, per case"] * arguments.cases / found["this process"]
    Path(__file__).with_name("sweeps.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    for name, value in found.items():
        print(f"{name}: {value:.4g}" if isinstance(value, float) else f"{name}: {value}")


if __name__ == "__main__":
    main()
