"""OpenImpala in a process of its own: it prints, and MPI can be started only once.

    python theirs.py IMAGE.npy

Prints, as the last line, JSON with its backend, and tortuosity and active fraction along each axis.
"""

import json
import sys

import numpy as np
import openimpala

image = np.load(sys.argv[1])
with openimpala.Session():
    found = {"backend": openimpala.build_info()["backend"]}
    for axis, direction in enumerate("xyz"):
        # axis 1 is "y" to its compiled and to its Python part, which number the other two differently
        turned = np.ascontiguousarray(np.swapaxes(image, axis, 1), dtype=np.int32)
        result = openimpala.tortuosity(turned, phase=1, direction="y", solver="pcg")
        found[direction] = [result.tortuosity, result.active_volume_fraction]
print("\n" + json.dumps(found), flush=True)
