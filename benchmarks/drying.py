"""Migration of binder by the own scheme and by FiPy: time, top and bottom over the mean at the end.

python benchmarks/drying.py [CELLS STEPS]
"""

from __future__ import annotations

import sys
import time

from electrosim import load, run

PECLETS = (1.0, 10.0)


def main(cells: int, steps: int) -> None:
    print(f"| {cells} cells, {steps} steps | Pe | time / s | top/mean | bottom/mean |\n|---|---|---|---|---|")
    for solver in ("own", "fipy"):
        for peclet in PECLETS:
            method = {"cells": cells, "steps": steps, "times": 2, "migration": solver}
            overrides = {f"method.{name}": value for name, value in method.items()} | {"binder.initial_peclet": peclet}
            scenario = load("binder-reference", overrides)
            run(scenario if solver == "own" else load("binder-reference", overrides | {"method.steps": 2}))  # imports
            began = time.perf_counter()
            end = run(scenario).isel(time=-1)
            seconds = time.perf_counter() - began
            top, bottom = (float(end[f"binder_{face}_to_mean"]) for face in ("top", "bottom"))
            print(f"| {solver} | {peclet:g} | {seconds:.2f} | {top:.4f} | {bottom:.4f} |")


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:] or (200, 400)))
