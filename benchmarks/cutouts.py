"""Prints what the docs say of cutouts: precision and recall of the filter by diameter, and how many cutouts fit.

python benchmarks/cutouts.py            # the filter: about half a minute
python benchmarks/cutouts.py places     # the places: a volume of 800^3, some minutes and 3 GB
"""

from __future__ import annotations

import sys

import numpy as np

from electrosim.cutouts.selection import Selection, candidates, groups, place
from electrosim.structure import pore_regions
from electrosim.voxels.coarsen import coarsened
from electrosim.voxels.electrode import PHASES, electrode

DIAMETERS = (250, 300, 400, 500, 600, 700, 800)  # nm
EDGE = 10  # nm


def filter_by_diameter() -> None:
    """Score the voxels called macropore in 64 cutouts of a phantom without active material."""
    labels = electrode((400, 400, 400), active_share=0.0, macropore_share=0.44, seed=3)
    pores, true = labels >= PHASES["cbd-pore"], labels == PHASES["macropore"]
    regions = pore_regions(coarsened(pores, 2), 2 * EDGE * 1e-9)
    diameter = np.concatenate([[0.0], regions.inscribed_diameter])[regions.labels] * 1e9
    diameter = diameter.repeat(2, 0).repeat(2, 1).repeat(2, 2)
    corner = place(candidates(labels > 0, 100), Selection(100), np.random.default_rng(0))
    inside = np.zeros(labels.shape, bool)
    for at in corner:
        inside[tuple(slice(start, start + 100) for start in at)] = True
    print(f"{len(corner)} cutouts\n  wider than  precision  recall")
    for threshold in DIAMETERS:
        found = (diameter > threshold) & pores & inside
        right = np.count_nonzero(found & true)
        print(f"{threshold:9d} nm {right / found.sum():10.3f} {right / (true & inside).sum():7.3f}")


def places() -> None:
    """Count the cutouts of 128^3 that one electrode of 800^3 voxels holds."""
    labels = electrode((800, 800, 800), particle_diameter=600.0, seed=1)
    candidate = candidates(labels > 0, 128)
    print("overlap  placement  seed  cutouts  groups")
    for overlap in (0.0, 0.1, 0.25, 0.5):
        for placement in ("packed", "random"):
            for seed in (0, 1):
                corner = place(candidate, Selection(128, overlap, placement), np.random.default_rng(seed))
                count = groups(corner, 128).max() + 1
                print(f"{overlap:7.0%}  {placement:9s}  {seed:4d}  {len(corner):7d}  {count:6d}", flush=True)


if __name__ == "__main__":
    places() if sys.argv[1:] == ["places"] else filter_by_diameter()
