"""Richardson's extrapolation from half the resolution, on cubic arrays of spheres whose conductivity is known.

The staircase of insulating spheres costs first order in the voxel size, so 2 sigma(h) - sigma(2h) should leave little
but what the voxelised fraction scatters by, a tenth of the error and more: it must at least halve the error. By the
symmetry of the cell fixed potentials and closed sides give the value of the periodic array.
"""

import csv
import logging
from pathlib import Path

import pytest

import electrosim as es
from electrosim.conduction import Errors, Multigrid, solve

CASE = Path(__file__).parents[2] / "validation/ver-sphere-arrays"
FRACTIONS = ("0.1", "0.3", "0.45")
VOXELS = 64


def exact(arrangement, fraction):
    lines = [line for line in (CASE / "exact.csv").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    table = {row["sphere_fraction"]: row for row in csv.DictReader(lines)}
    return float(table[fraction][f"{arrangement}_insulating"])


def solved(arrangement, fraction, voxels, errors=None):
    scenario = es.load(
        CASE / "scenario.toml",
        {
            "image.arrangement": arrangement,
            "image.sphere_fraction": float(fraction),
            "image.shape": [voxels] * 3,
            "transport.boundary": "constant-potential",
            "transport.sides": "no-flux",
        },
    )
    return solve(scenario.problem, method=Multigrid(rtol=1e-6), errors=errors).isel(direction=0)


@pytest.mark.parametrize("fraction", FRACTIONS)
@pytest.mark.parametrize("arrangement", ["sc", "fcc"])
def test_extrapolation_halves_the_error(arrangement, fraction):
    fine = solved(arrangement, fraction, VOXELS, Errors(discretisation=True))
    coarse = solved(arrangement, fraction, VOXELS // 2)
    sigma, truth = float(fine["relative_conductivity"]), exact(arrangement, fraction)
    again, coarsened = 2 * sigma - float(coarse["relative_conductivity"]), fine["relative_conductivity_extrapolated"]
    logging.getLogger(__name__).info(  # pytest --log-cli-level=info shows the numbers of docs/conduction.md
        f"{arrangement} {fraction}: {sigma / truth - 1:+.2%}, spheres made anew {again / truth - 1:+.2%}, "
        f"image coarsened {float(coarsened) / truth - 1:+.2%}"
    )
    assert abs(again - truth) < abs(sigma - truth) / 2
    assert abs(float(coarsened) - truth) < abs(sigma - truth) / 2
