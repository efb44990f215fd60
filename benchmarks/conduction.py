"""Measure electrosim's conduction solver beside other codes and against the physical yardstick.

    python benchmarks/conduction.py [IMAGE ... | start] [--large] [--json FILE]
    python benchmarks/conduction.py --markdown [--json FILE]

Every image of `images.py` is solved along one direction by electrosim, the first one also by TauFactor, PoreSpy and
OpenImpala (the extra `xcode`), each in a process of its own on one thread. Times are processor times, so that other
work on the machine hardly shows, the least of several runs of electrosim; the others run once. The error is against
a solve to 1e-8 with the electrodes where the code puts them. The JSON keeps what was measured before for images that
this run leaves out; `start` measures only how long the first process and later ones take, which the first image does,
too; --markdown prints the tables of docs/benchmarks.md from it without measuring anything.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from codes import Posed

FOLDER = Path(__file__).parent
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
PEERS = {
    "taufactor": ("taufactor", "face"),
    "porespy": ("porespy", "first-voxel"),
    "openimpala": ("openimpala", "first-voxel"),
    "openimpala-plain": ("openimpala", "first-voxel"),
    "openimpala-pcg": ("openimpala", "first-voxel"),
}
"""Package that a code needs, and where it puts the electrodes."""
PATIENCE = 60.0
"""Seconds of one thread beyond which a code is not measured again with all of them."""
COMPARED = "blobs"
"""The image that the others solve, too."""
START = "start"

Row = dict[str, Any]
Keep = Callable[[Row], None]


def child(arguments: list[str], environment: dict[str, str]) -> str:
    """Run a script of this folder in a fresh process and return what it prints; its failure is raised."""
    words = [sys.executable, *arguments]
    done = subprocess.run(words, env=os.environ | environment, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = (done.stdout + done.stderr).splitlines() or [f"status {done.returncode}"]
        raise RuntimeError(next((line for line in lines if "Abort::" in line), lines[-1]))
    return done.stdout


def measure(code: str, posed: Posed, *, repeats: int = 1, threads: dict[str, str] = THREADS, **options: str) -> Row:
    """Let one code solve one problem in a process of its own."""
    import numpy as np

    settings = {"conductivity": posed.conductivity, "options": posed.options | options}
    with tempfile.TemporaryDirectory() as folder:
        problem, result = Path(folder) / "problem.npz", Path(folder) / "result.json"
        np.savez(problem, image=posed.image, settings=json.dumps(settings))
        child([str(FOLDER / "codes.py"), code, str(problem), str(result), str(repeats)], threads)
        row: Row = json.loads(result.read_text(encoding="utf-8"))
    return row | {"code": code}


def add(row: Row, entry: Row, reference: float) -> None:
    """Add a row to those of an image, with what follows from others: error, ratio to ours, sweeps, bytes per voxel."""
    entry["rows"].append(row)
    row["error"] = row["conductivity"] / reference - 1
    row["times_ours"] = row["processor_seconds"] / entry["rows"][0]["processor_seconds"]
    row["sweeps"] = row["processor_seconds"] / entry["seconds_per_sweep"]
    row["bytes_per_voxel"] = row["bytes"] / math.prod(entry["shape"])
    show(row)


def peers(posed: Posed, entry: Row, keep: Keep) -> None:
    """Measure the other codes, on one thread and with the threads that they take by themselves."""
    references: dict[str, float] = {}
    for code, (package, electrode) in PEERS.items():
        if importlib.util.find_spec(package) is None:
            entry["failed"].append({"code": code, "reason": f"{package} is not installed"})
            continue
        if electrode not in references:
            references[electrode] = measure("converged", posed, electrode=electrode)["conductivity"]
        try:
            for threads in (THREADS, {}):
                row = measure(code, posed, threads=threads) | {"threads": "1" if threads else "all"}
                add(row, entry, references[electrode])
                keep(entry)
                if row["processor_seconds"] > PATIENCE:
                    break
        except RuntimeError as error:
            entry["failed"].append({"code": code, "reason": str(error)})
            print(f"  {code}: {error}")
    keep(entry)


def of_image(name: str, keep: Keep) -> None:
    """Measure everything about one image; `keep` is given what is known so far, after every code."""
    from images import IMAGES
    from yardstick import seconds_per_sweep

    what, make = IMAGES[name]
    print(what)
    posed = make()
    image = posed.image
    ours = measure("electrosim", posed, repeats=3 if image.size > 1e8 else 7) | {"threads": "1"}
    reference = measure("converged", posed)
    entry: Row = {
        "image": name,
        "what": what,
        "shape": list(image.shape),
        "conducting": sum(float((image == label).mean()) for label, value in posed.conductivity.items() if value > 0),
        "seconds_per_sweep": seconds_per_sweep(image.shape),
        "reference": reference["conductivity"],
        "reference_error_estimate": reference["error_estimate"],
        "machine": machine(),
        "rows": [],
        "failed": [],
    }
    add(ours, entry, reference["conductivity"])
    keep(entry)
    if name == COMPARED:
        peers(posed, entry, keep)


def start() -> Row:
    """Measure how long a first and a second process take from nothing to a solved image."""
    import numpy as np
    from images import blobs

    found: Row = {}
    with tempfile.TemporaryDirectory() as folder:
        problem = Path(folder) / "problem.npz"
        np.savez(problem, image=blobs().image)
        for name in ("cold", "cached"):
            began = time.perf_counter()
            printed = child([str(FOLDER / "start.py"), str(problem)], THREADS | {"NUMBA_CACHE_DIR": f"{folder}/cache"})
            found[name] = json.loads(printed) | {"seconds": time.perf_counter() - began}
    for name, times in found.items():
        print(f"{name}: {times['seconds']:.2f} s, {times['processor_seconds']:.2f} s of processor time")
    return found


def machine() -> Row:
    """Return what the numbers were measured on."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return {
        "processor": model or platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
        "date": time.strftime("%Y-%m-%d"),
    }


def show(row: Row) -> None:
    """Print a row."""
    print(
        f"  {row['code']:16s} {row['threads']:>7s} {row['processor_seconds']:9.3f} s {row['sweeps']:9.0f} sweeps "
        f"{row['times_ours']:7.1f} x {row['bytes_per_voxel']:6.0f} B/voxel {row['error']:+9.1e} "
        f"{row.get('iterations', -1):5d} iterations",
        flush=True,
    )


def main() -> None:
    """Measure what is asked for, or print the tables."""
    from images import IMAGES, LARGE
    from table import markdown

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", nargs="*", metavar="IMAGE", help=f"among {', '.join(IMAGES)}")
    parser.add_argument("--large", action="store_true", help="also the images that take minutes and gigabytes")
    parser.add_argument("--json", type=Path, default=FOLDER / "conduction.json")
    parser.add_argument("--markdown", action="store_true", help="print the tables and measure nothing")
    asked = parser.parse_args()
    kept = json.loads(asked.json.read_text(encoding="utf-8")) if asked.json.is_file() else {"images": []}
    if asked.markdown:
        print(markdown(kept))
        return
    if unknown := set(asked.images) - {*IMAGES, START}:
        parser.error(f"{', '.join(unknown)}: not an image; known are {', '.join(IMAGES)}")
    chosen = asked.images or [name for name in IMAGES if asked.large or name not in LARGE]
    found = {entry["image"]: entry for entry in kept["images"]}
    if COMPARED in chosen or START in chosen:
        kept["start"] = start()
        asked.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")

    def keep(entry: Row) -> None:
        found[entry["image"]] = entry
        kept["images"] = [found[known] for known in IMAGES if known in found]
        asked.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")

    failures = 0
    for name in (name for name in chosen if name != START):
        try:
            of_image(name, keep)
        except RuntimeError as error:
            print(f"  electrosim: {error}")
            failures += 1
    sys.exit(failures > 0)


if __name__ == "__main__":
    main()
