"""Processor time from starting Python to a solved image, as JSON; run by the benchmark in a fresh process."""

import json
import sys
import time

import numpy as np

from electrosim.conduction import Problem, solve

imported = time.process_time()
with np.load(sys.argv[1]) as file:
    image = file["image"]
result = solve(Problem(image, 1.0, {1: 1.0}, directions="x"))
print(json.dumps({"import_seconds": imported, "processor_seconds": time.process_time()}))
