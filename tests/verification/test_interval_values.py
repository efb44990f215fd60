"""The interval on two real images against an earlier, independent implementation (RT0 and averaged Q1, fp64 numpy)."""

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.conduction.bounds import interval
from electrosim.voxels.carbon_binder import carbon_binder

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
    result = solve(scenario.problem, method=Multigrid(rtol=1e-8), bounds=True).sel(direction=direction)
    assert float(result["relative_conductivity_lower"]) == pytest.approx(lower, rel=2e-4)
    assert refined < float(result["relative_conductivity_upper"]) < averaged
    assert float(result["relative_conductivity"]) < float(result["relative_conductivity_lower"])


@pytest.mark.parametrize("conductivity", [{1: 1.0}, {1: 1.0, 0: 0.1}])
def test_the_interval_nests_and_shrinks_with_the_voxels(conductivity):
    image = carbon_binder((24, 24, 24), 0.4, correlation_length=3.0, large_pores=0.0, seed=2)
    ends = []
    for parts in (1, 2, 3):
        fine = np.kron(image, np.ones((parts,) * 3, image.dtype))
        result = solve(Problem(fine, 1.0 / parts, conductivity), method=Multigrid(rtol=1e-7), bounds=True)
        ends.append([result[f"relative_conductivity_{end}"].values for end in ("lower", "upper")])
    (lower, upper), (finer_lower, finer_upper), (finest_lower, finest_upper) = ends
    assert (lower < finer_lower).all()
    assert (finer_lower < finest_lower).all()
    assert (finest_upper < finer_upper).all()
    assert (finer_upper < upper).all()
    assert (finer_upper - finer_lower < 0.5 * (upper - lower)).all()


def test_a_residual_is_not_pressed_through_the_poor_conductor():
    image = carbon_binder((40, 40, 40), 0.4, correlation_length=3.0, large_pores=0.0, seed=2)
    asked = Problem(image, 1.0, {1: 1.0, 0: 1e-6}, directions="x")
    loose, sharp = (
        interval(asked, "x", Multigrid(rtol=rtol).flow(asked, "x", lambda _: None)).lower for rtol in (1e-3, 1e-6)
    )
    assert loose > 0.99 * sharp  # a tree that takes no heed of conductances loses a quarter here
