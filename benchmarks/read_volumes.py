"""Time and memory to read a large volume of labels from each format: `python benchmarks/read_volumes.py`.

Prints the table of docs/images.md; writes some GB into a temporary folder, about four minutes. `--edge 200` for less.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5py
import numpy as np
import tifffile
import zarr

from electrosim.voxels.read import read_labels

NAMES = {
    ".h5": ".h5, chunks of 64^3, gzip, int32",
    ".npy": ".npy, uint8",
    ".tif": ".tif stack, uint16",
    ".zarr": ".zarr, chunks of 128^3, zstd, int64",
    "": "folder of .tif slices, deflated, uint8",
}


def write(folder, edge):
    """Write labels 0 to 3, drawn at random for some planes and repeated, in types wider than they need."""
    planes = np.random.default_rng(0).integers(0, 4, (40, edge, edge), dtype=np.uint8)
    shape = (edge,) * 3

    def slab(first, last):
        return planes[np.arange(first, last) % len(planes)]

    np.save(folder / "a.npy", slab(0, edge))
    with h5py.File(folder / "a.h5", "w") as file:
        labels = file.create_dataset("labels", shape, "int32", chunks=(64,) * 3, compression="gzip", compression_opts=1)
        for first in range(0, edge, 64):
            labels[first : first + 64] = slab(first, min(first + 64, edge))
    labels = zarr.create_array(folder / "a.zarr", shape=shape, chunks=(128,) * 3, dtype="int64")
    for first in range(0, edge, 128):
        labels[first : first + 128] = slab(first, min(first + 128, edge))
    tifffile.imwrite(folder / "a.tif", (np.uint16(plane) for plane in slab(0, edge)), shape=shape, dtype="uint16")
    (folder / "slices").mkdir()
    for number, plane in enumerate(slab(0, edge)):
        tifffile.imwrite(folder / f"slices/{number:04}.tif", plane, compression="zlib")


def peak_memory():
    """Return the most bytes this process has held; what `resource` knows includes the process that started it."""
    return int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))[1]) * 1024


def measure(path):
    """Print the row of one format; in a process of its own, whose peak is that of this reading."""
    start = time.perf_counter()
    labels = read_labels(path)
    whole, peak = time.perf_counter() - start, peak_memory()
    start = time.perf_counter()
    read_labels(path, crop=[(edge // 4, edge // 2) for edge in labels.shape])
    print(
        f"| {NAMES[path.suffix]} | {whole:.0f} | {peak / labels.size:.2f} | {time.perf_counter() - start:.1f} |",
        flush=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--edge", type=int, default=800)
    parser.add_argument("--path", type=Path, help="measure this file only")
    arguments = parser.parse_args()
    if arguments.path:
        measure(arguments.path)
        return
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), arguments.edge)
        print(f"{arguments.edge}^3 labels\n")
        print("| file | whole [s] | peak memory of the process [bytes per voxel] | a box of 1/64 of it [s] |")
        print("|---|---|---|---|", flush=True)
        for path in sorted(Path(folder).iterdir()):
            subprocess.run([sys.executable, __file__, "--path", str(path)], check=True)


if __name__ == "__main__":
    main()
