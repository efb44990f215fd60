"""The interval on two real images against an earlier, independent implementation (RT0 and averaged Q1, fp64 numpy)."""

import pytest

import electrosim as es
from electrosim.conduction import Multigrid, solve

# lower bound, upper bound without any step, upper bound on voxels of half the size
KNOWN = {
    ("fiberform", "x"): (0.70641, 0.71207, 0.70989),
    ("fiberform", "z"): (0.63827, 0.64766, 0.64399),
    ("berea", "x"): (0.03923, 0.04347, 0.03923),  # not refined: the lower bound
}


@pytest.mark.usefixtures("data_folder")
@pytest.mark.parametrize(("name", "direction"), KNOWN)
def test_real_images(name, direction):
    lower, averaged, refined = KNOWN[name, direction]
    scenario = es.load(name, {"transport.directions": direction})
    result = solve(scenario.problem, method=Multigrid(rtol=1e-4), bounds=True).sel(direction=direction)
    assert float(result["relative_conductivity_lower"]) == pytest.approx(lower, rel=2e-4)
    assert refined < float(result["relative_conductivity_upper"]) < averaged
    assert float(result["relative_conductivity"]) < float(result["relative_conductivity_lower"])
