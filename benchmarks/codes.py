"""Each code solves the problem of the benchmark once; this file run as a command measures one of them.

    python benchmarks/codes.py CODE PROBLEM.npz RESULT.json REPEATS

A process per code: what one of them imports, caches or leaves behind is not charged to the next. Memory is the most
that the process held while it solved, less what it held before, when everything was imported and the image loaded.
"""

from __future__ import annotations

import atexit
import ctypes
import functools
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

Found = dict[str, Any]


@dataclass(frozen=True)
class Posed:
    """What is to be solved; the others look at the image only, whose phase 1 conducts."""

    image: Any
    conductivity: dict[int, float]
    options: dict[str, str]


def electrosim(posed: Posed, rtol: float = 1e-3) -> Found:
    """Solve with the defaults of `conduction.solve`."""
    from electrosim.conduction import Multigrid, Problem, solve

    options = dict(posed.options)
    bounds = options.pop("bounds", "") == "yes"
    problem = Problem(posed.image, 1.0, posed.conductivity, **options)
    result = solve(problem, method=Multigrid(rtol=rtol), throw=False, bounds=bounds)
    return {
        "conductivity": float(result["relative_conductivity"][0]),
        "iterations": int(result["iterations"][0]),
        "error_estimate": float(result["relative_error_estimate"][0]),
        "solved": bool(result["solved"].all()),
        "version": version("electrosim"),
        "settings": f"rtol {rtol:g} on the conductivity",
    }


def converged(posed: Posed) -> Found:
    """Solve far beyond what is compared."""
    return electrosim(posed, rtol=1e-8)


def taufactor(posed: Posed) -> Found:
    """TauFactor: successive over-relaxation; electrodes at the outer faces; a phase is 1 or 0."""
    import taufactor as tau
    import torch

    if threads := os.environ.get("OMP_NUM_THREADS"):
        torch.set_num_threads(int(threads))
    solver = tau.Solver(posed.image, device="cpu")
    solver.solve(verbose=False)
    return {
        "conductivity": float(np.ravel(solver.D_eff)[0]),
        "iterations": int(solver.iter),
        "solved": bool(solver.converged),
        "version": version("taufactor"),
        "settings": "layer currents within 1e-2 of each other and tau within 2e-3 of 100 iterations before",
    }


def porespy(posed: Posed) -> Found:
    """PoreSpy: algebraic multigrid of PyAMG on a network of OpenPNM; electrodes in the first voxels."""
    import logging

    import porespy as ps

    logging.disable(logging.WARNING)
    found = ps.simulations.tortuosity_fd(im=posed.image.astype(bool), axis=0)
    return {
        "conductivity": float(found.effective_porosity / found.tortuosity),
        "solved": bool(found.converged),
        "version": version("porespy"),
        "settings": "currents in and out within 1e-3 of each other",
    }


@functools.cache
def keep_open(session: Callable[[], Any]) -> None:
    """Open a session until the process ends: MPI can be started only once."""
    opened = session()
    opened.__enter__()
    atexit.register(opened.__exit__, None, None, None)


def openimpala(posed: Posed, **solver: str) -> Found:
    """OpenImpala: multigrid of AMReX, or HYPRE; electrodes in the first voxels, but the length counts all of them."""
    import openimpala as oi

    keep_open(oi.Session)
    # axis 1 is "y" to its compiled and to its Python part, which number the other two differently
    turned = np.ascontiguousarray(np.swapaxes(posed.image, 0, 1), dtype=np.int32)
    found = oi.tortuosity(turned, phase=1, direction="y", **solver)
    backend = oi.build_info()["backend"]
    share = 1 - 1 / posed.image.shape[0]
    return {
        "conductivity": share * float(found.active_volume_fraction / found.tortuosity),
        "iterations": int(found.iterations),
        "solved": bool(found.solver_converged),
        "version": version("openimpala"),
        "settings": "residual 1e-9",
        "backend": backend,
    }


def openimpala_pcg(posed: Posed) -> Found:
    """OpenImpala with conjugate gradients and the multigrid of HYPRE, which it recommends for comparison."""
    return openimpala(posed, solver="pcg")


def openimpala_plain(posed: Posed) -> Found:
    """OpenImpala where no MPI library is installed: it falls back to SciPy's conjugate gradients by itself."""
    sys.modules["openimpala._core"] = None  # type: ignore[assignment]
    return openimpala(posed)


CODES: dict[str, Callable[..., Found]] = {
    "electrosim": electrosim,
    "converged": converged,
    "taufactor": taufactor,
    "porespy": porespy,
    "openimpala": openimpala,
    "openimpala-pcg": openimpala_pcg,
    "openimpala-plain": openimpala_plain,
}
"""Name on the command line and the function that solves."""


def resident(field: str) -> int:
    """Return a line of the process's memory, ``VmRSS`` now or ``VmHWM`` at most [bytes]."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def measured(solve: Callable[[], Found]) -> Found:
    """Solve and add wall time, processor time of all threads, and memory."""
    gc.collect()
    if hasattr(system := ctypes.CDLL(None), "malloc_trim"):
        system.malloc_trim(0)  # or what an earlier run freed could be taken again unseen
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts again from here
    began = time.perf_counter(), time.process_time()
    found = solve()
    ended = time.perf_counter(), time.process_time()
    return found | {
        "seconds": ended[0] - began[0],
        "processor_seconds": ended[1] - began[1],
        "bytes": resident("VmHWM") - before,
    }


def main() -> None:
    """Measure one code on one problem: imports and compilation first, then the solve as often as asked."""
    name, problem, result, repeats = sys.argv[1:]
    with np.load(problem) as file:
        settings = json.loads(str(file["settings"]))
        conductivity = {int(label): value for label, value in settings["conductivity"].items()}
        posed = Posed(file["image"], conductivity, settings["options"])
    code = CODES[name]
    if name == "electrosim":
        code(posed)  # compiles what this problem needs
    elif name != "converged":
        block = np.ones((16, 16, 16), np.uint8)
        block[4:8, 4:8, 4:8] = 0
        code(Posed(block, {}, {}))  # imports
    runs = [measured(lambda: code(posed)) for _ in range(int(repeats))]
    best = min(runs, key=lambda run: run["processor_seconds"])
    best |= {key: min(run[key] for run in runs) for key in ("seconds", "processor_seconds")}
    best["bytes"] = max(run["bytes"] for run in runs)
    Path(result).write_text(json.dumps(best), encoding="utf-8")


if __name__ == "__main__":
    main()
