"""Time electrosim beside TauFactor and PoreSpy on one image, in one run, each on one thread.

    python benchmarks/conduction.py [--edge 128] [--porosity 0.34] [--repeat 5] [--json FILE]

Prints seconds, the relative error against a solve to 1e-8 in each code's own boundary condition, and how many times
slower than electrosim the others are, and writes the same as JSON. Compiling is not timed: every code runs once first.
"""

import argparse
import json
import os
import platform
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

from electrosim.conduction import Multigrid, Problem, solve
from electrosim.voxels.carbon_binder import carbon_binder


def timed(function, repeat):
    """Return the result and the least wall and processor time of several runs, after a first one that compiles."""
    function()
    wall, processor = [], []
    for _ in range(repeat):
        began = time.perf_counter(), time.process_time()
        result = function()
        wall.append(time.perf_counter() - began[0])
        processor.append(time.process_time() - began[1])
    return result, min(wall), min(processor)


def ours(image, directions, repeat):
    """Solve with electrosim: dataset, wall and processor time."""
    return timed(lambda: solve(Problem(image, 1.0, {1: 1.0}, directions=directions)), repeat)


def relative(image, electrode="face", rtol=1e-8):
    """Return the converged relative conductivity along x."""
    problem = Problem(image, 1.0, {1: 1.0}, directions="x", electrode=electrode)
    return float(solve(problem, method=Multigrid(rtol=rtol))["relative_conductivity"][0])


def taufactor(image):
    """Return TauFactor's relative conductivity along x."""
    import taufactor as tau
    import torch

    torch.set_num_threads(1)
    solver = tau.Solver(image, device="cpu")
    solver.solve(verbose=False)
    return float(np.ravel(solver.D_eff)[0])


def porespy(image):
    """Return PoreSpy's relative conductivity along x."""
    import porespy as ps

    found = ps.simulations.tortuosity_fd(im=image.astype(bool), axis=0)
    return float(found.effective_porosity / found.tortuosity)


def main():
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edge", type=int, default=128)
    parser.add_argument("--porosity", type=float, default=0.34)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    image = np.asarray(carbon_binder((asked.edge,) * 3, asked.porosity, seed=1)).astype(np.uint8)
    reference = relative(image)
    one, wall, processor = ours(image, "x", asked.repeat)
    _, wall_all, _ = ours(image, "xyz", asked.repeat)
    rows = {
        "electrosim x": (wall, float(one["relative_conductivity"][0]) / reference - 1),
        "electrosim xyz": (wall_all, None),
    }
    for name, function, electrode in (("TauFactor", taufactor, "face"), ("PoreSpy", porespy, "first-voxel")):
        try:
            value, seconds, _ = timed(lambda function=function: function(image), 1)
        except ImportError as error:
            print(f"{name}: {error}")
            continue
        rows[name] = (seconds, value / relative(image, electrode) - 1)
    table = {
        name: {"seconds": seconds, "error": error, "times electrosim x": seconds / wall}
        for name, (seconds, error) in rows.items()
    }
    table["electrosim x"] |= {"processor_seconds": processor, "iterations": int(one["iterations"][0])}
    for name, row in table.items():
        error = "" if row["error"] is None else f"{row['error']:+.1e}"
        print(f"{name:16s} {row['seconds']:9.3f} s  {error:>9s}  {row['times electrosim x']:7.1f} x")
    if asked.json:
        about = {"edge": asked.edge, "porosity": asked.porosity, "machine": platform.processor(), "results": table}
        asked.json.write_text(json.dumps(about, indent=1) + "\n")


if __name__ == "__main__":
    main()
