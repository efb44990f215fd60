"""Accuracy of the fast discharge solver against itself on a fine mesh: the table of docs/discharge-solver.md.

    python benchmarks/discharge_solver.py

Against the plain twin and other codes, and what layers, programmes and sweeps cost: benchmarks/discharge.py.
"""

from __future__ import annotations

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[_name] = "1"

import numpy as np
from discharge import COMPARED, EARLY, RUNS, least_seconds, step_at
from discharge_cases import SET
from scipy.interpolate import CubicSpline

from electrosim.discharge.mesh import assemble
from electrosim.discharge.structured import Structured
from electrosim.discharge.trajectory import Run


def error(run: Run, reference: Run, end: float) -> float:
    """Return the largest error of the voltage up to a time [mV]."""
    inside = run.time <= end
    exact = CubicSpline(reference.time, reference.voltage)(run.time[inside])
    return 1e3 * float(np.max(np.abs(run.voltage[inside] - exact)))


def solve(method: Structured, rate: float) -> Run:
    return method.run(SET.cell, [step_at(rate)], SET.start)


def main() -> None:
    method, fine = Structured(), Structured(3e-6, assemble(SET.cell, [110], 10, [110]))
    print("| rate | cells | steps | error from t = 0 to 98 % | to 90 % | first 30 s | time of a run |")
    print("|---|---|---|---|---|---|---|")
    for rate in (0.2, 0.5, 1.0, 2.0, 3.0):
        run, reference = solve(method, rate), solve(fine, rate)
        ends = (COMPARED * reference.time[-1], 0.9 * reference.time[-1], EARLY)
        errors = " | ".join(f"{error(run, reference, end):.2g} mV" for end in ends)
        spent = 1e3 * least_seconds(lambda rate=rate: solve(method, rate), RUNS)
        print(f"| {rate:g}C | {run.mesh.width.size} | {run.time.size} | {errors} | {spent:.2g} ms |")
    print("\nEnd of the 3C discharge by cells in the electrodes:")
    for cells, separator in ((30, 3), (60, 6), (120, 10)):
        mesh = assemble(SET.cell, [cells], separator, [cells])
        print(f"{cells}: {solve(Structured(3e-6, mesh), 3.0).time[-1]:.1f} s")


if __name__ == "__main__":
    main()
