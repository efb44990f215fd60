"""Time from starting Python to a solved image: print it as JSON; run by the benchmark in a fresh process."""

import json
import sys
import time

import numpy as np

began = time.perf_counter()

from electrosim.conduction import Problem, solve

imported = time.perf_counter()
with np.load(sys.argv[1]) as file:
    image = file["image"]
result = solve(Problem(image, 1.0, {1: 1.0}, directions="x"))
solved = time.perf_counter()
print(json.dumps({"import_seconds": imported - began, "solve_seconds": solved - imported}))
