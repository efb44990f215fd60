"""Laws of a structure analysis that hold for every volume, however small or odd."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from electrosim.structure import Analysis, Network, Porosimetry, Problem, figures, solve

EVERYTHING = Analysis(sizes=3, porosimetry=Porosimetry(), network=Network())
LENGTHS = {"m": 1, "m2": 2, "m3": 3, "m-1": -1, "Pa": -1, "1": 0}  # powers of the voxel size


@st.composite
def volumes(draw):
    """Labels 0, 1, 2 in clumps of one or two voxels; 1 and perhaps 2 have names."""
    shape = draw(st.tuples(*[st.integers(2, 9)] * 3))
    seed = draw(st.integers(0, 2**32 - 1))
    clump = draw(st.integers(1, 2))
    share = draw(st.sampled_from([0.1, 0.5, 0.9]))
    rng = np.random.default_rng(seed)
    image = np.where(rng.random(shape) < share, 1, rng.choice([0, 2], shape)).astype(np.uint8)
    image = image.repeat(clump, 0).repeat(clump, 1).repeat(clump, 2)
    assume((image == 1).any() and not (image == 1).all())
    return image


@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow])
@given(image=volumes(), scale=st.sampled_from([1e-9, 3e-7]))
def test_laws(image, scale):
    phases = {"pore": 1, "a": 0} if (image == 0).any() else {"pore": 1}
    unit, scaled = (solve(Problem(image, size, phases), method=EVERYTHING, fields=True) for size in (1.0, scale))
    for name, item in unit.variables.items():
        if name not in ("wall_time", "status", "solved") and item.dtype.kind == "f":
            power = LENGTHS[item.attrs["units"]]
            np.testing.assert_allclose(scaled[name].values, item.values * scale**power, rtol=2e-6, err_msg=str(name))
    assert float(unit["volume_fraction"].sum()) == pytest.approx(1)
    assert float(unit["pore_fraction"]) == pytest.approx((image == 1).mean())
    share = unit["connected_share"]
    assert (share.max("axis") <= unit["largest_cluster_share"] * unit["clusters"] + 1e-12).all()
    assert (share + unit["isolated_share"] <= 1 + 1e-12).all()
    np.testing.assert_allclose(unit["two_point_correlation"].isel(distance=0).T, [unit["volume_fraction"]] * 3)
    for name in ("pore_size_cumulative", "intruded_share"):
        assert (np.diff(unit[name]) <= 0).all()
        assert unit[name].max() <= 1
    assert float(unit["pore_size_cumulative"][0]) == pytest.approx(1)  # every pore voxel has a size
    assert (unit["intruded_share"] <= unit["pore_size_cumulative"] + 1e-12).all()  # throats are no wider than pores
    assert (unit["intrusion_diameter"] <= unit["local_thickness"] * (1 + 1e-6)).all()
    assert float(unit["pore_volume"].sum()) == pytest.approx((image == 1).sum())
    assert (unit["network_relative_conductivity"] >= 0).all()
    joins = unit["connected_share"].sel(phase="pore") > 0
    assert ((unit["network_relative_conductivity"] > 0) == joins).all()
    assert set(figures(scaled)) >= {"cut", "network"}
