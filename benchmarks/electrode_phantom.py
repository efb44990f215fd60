"""What the electrode phantom is made of, beside the electrode it imitates: `python benchmarks/electrode_phantom.py`.

Prints the table of docs/images.md. About three minutes; `--edge 400` for a smaller volume.
"""

from __future__ import annotations

import argparse
import resource
import time
from itertools import product

import numpy as np

from electrosim.voxels.electrode import PHASES, electrode
from electrosim.voxels.guarded_porespy import guarded_porespy

NANOMETRES = 10  # per voxel
BLOCK = 128
PRINTED = {"active": 0.575, "cbd": 0.158, "cbd-pore and macropore": 0.268}  # Prasad et al. (2026), table 1


def row(what, found, printed=""):
    print(f"| {what} | {found} | {printed} |", flush=True)


def shares(labels):
    counts = np.bincount(labels.ravel(), minlength=len(PHASES)) / labels.size
    found = {name: counts[label] for name, label in PHASES.items()}
    return found | {"cbd-pore and macropore": found["cbd-pore"] + found["macropore"]}


def block_porosities(labels):
    """Inner porosity of every block at least half of which is carbon-binder domain; blocks overlap by half."""
    starts = range(0, len(labels) - BLOCK + 1, BLOCK // 2)
    for x, y, z in product(starts, repeat=3):
        block = labels[x : x + BLOCK, y : y + BLOCK, z : z + BLOCK]
        pores, solid = (np.count_nonzero(block == PHASES[name]) for name in ("cbd-pore", "cbd"))
        if pores + solid >= block.size / 2:
            yield pores / (pores + solid)


def free_blocks(labels):
    """Porosity of every block without active material, macropores included; blocks overlap by half."""
    starts = range(0, len(labels) - BLOCK + 1, BLOCK // 2)
    for x, y, z in product(starts, repeat=3):
        block = labels[x : x + BLOCK, y : y + BLOCK, z : z + BLOCK]
        if not (block == PHASES["active"]).any():
            yield np.count_nonzero(block >= PHASES["cbd-pore"]) / block.size


def widths(pores, voxel):
    """5, 50 and 95 % of the volume lie in pores up to these diameters [nm]: the largest ball that covers a voxel."""
    with guarded_porespy() as porespy:
        radius = porespy.filters.local_thickness(pores, sizes=40)
    return ", ".join(f"{2 * value * voxel:.0f}" for value in np.percentile(radius[pores], (5, 50, 95)))


def percentiles(values):
    values = np.array(list(values))
    if values.size == 0:
        return "no such block"
    return f"{', '.join(f'{100 * value:.1f}' for value in np.percentile(values, (0, 5, 50, 95, 100)))} ({values.size})"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--edge", type=int, default=800)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    shape = (arguments.edge,) * 3
    diameter = min(600.0, 0.75 * arguments.edge)
    start, used = time.perf_counter(), time.process_time()
    labels = electrode(shape, particle_diameter=diameter, seed=arguments.seed)
    wall, processor = time.perf_counter() - start, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{arguments.edge}^3 voxels of {NANOMETRES} nm, seed {arguments.seed}\n")
    row("", "phantom", "Prasad et al.")
    print("|---|---|---|")
    for name, share in shares(labels).items():
        row(f"{name} [vol.%]", f"{100 * share:.2f}", f"{100 * PRINTED[name]:.1f}" if name in PRINTED else "")
    row(
        f"inner porosity of blocks of {BLOCK}^3, half or more carbon-binder domain: 0, 5, 50, 95, 100 % (blocks) [%]",
        percentiles(block_porosities(labels)),
        "14 to 56 (filtered cutouts)",
    )
    row(
        f"porosity of blocks of {BLOCK}^3 without active material: 0, 5, 50, 95, 100 % (blocks) [%]",
        percentiles(free_blocks(labels)),
        "mean 64.11 (all cutouts)",
    )
    row(
        "macropores, diameter at 5, 50, 95 % of their volume [nm]", widths(labels[::4, ::4, ::4] == 3, 40), "about 1000"
    )
    for porosity in (0.2, 0.337, 0.5):
        pores = electrode(
            (256,) * 3, active_share=0, macropore_share=0, cbd_porosity=porosity, cbd_porosity_spread=0, seed=1
        )
        row(
            f"pores of a carbon-binder domain of {100 * porosity:g} %, the same [nm]",
            widths(pores == 2, NANOMETRES),
            "60 to 400 (conducting)",
        )
    row("time, wall and processor [s]", f"{wall:.0f}, {processor:.0f}")
    row("peak memory of the process [GB]", f"{peak / 1e9:.2f}")


if __name__ == "__main__":
    main()
