"""The conductivity of layers: exact in series, and in any image the resistances add up."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import gaussian_filter

from electrosim.conduction import Multigrid, Problem, solve

SHARP = Multigrid(rtol=1e-9)
GRADED = np.array([1, 1, 2, 3, 3, 4, 1])
CONDUCTIVITY = {1: 1.0, 2: 3.0, 3: 0.2, 4: 7.0}
boundaries = ["constant-potential", "constant-current", "periodic"]
electrodes = ["face", "first-voxel"]


@pytest.mark.parametrize("boundary", boundaries)
@pytest.mark.parametrize("electrode", electrodes)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_layers_in_series_have_their_own_conductivity(boundary, electrode, axis):
    image = np.moveaxis(np.broadcast_to(GRADED[:, None, None], (7, 3, 2)), 0, axis)
    direction = "xyz"[axis]
    problem = Problem(image, (1e-6, 2e-6, 3e-6), CONDUCTIVITY, "xyz"[axis], boundary=boundary, electrode=electrode)
    found = solve(problem, method=SHARP)[f"layer_conductivity_{direction}"]
    assert found.dims == (direction,)
    np.testing.assert_allclose(found, [CONDUCTIVITY[label] for label in GRADED], rtol=1e-5)  # single precision serves


def test_straight_channels_conduct_by_their_share_of_the_layer():
    image = np.zeros((5, 4, 4), np.uint8)
    image[:, :2, :3] = 1
    found = solve(Problem(image, 1e-6, {1: 2.0}, directions="x"), method=SHARP)["layer_conductivity_x"]
    np.testing.assert_allclose(found, 2.0 * 6 / 16, rtol=1e-5)


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(boundaries), st.sampled_from(electrodes))
def test_resistances_of_the_layers_add_up(seed, boundary, electrode):
    chance = np.random.default_rng(seed)
    image = chance.choice([0, 1, 1, 2], chance.integers(2, 9, 3))
    conductivity = {label: value for label, value in ((1, 2.0), (2, 0.3)) if label in image}
    if not conductivity:
        return
    problem = Problem(image, 1e-6, conductivity, directions="x", boundary=boundary, electrode=electrode)
    result = solve(problem, method=SHARP).sel(direction="x")
    layers = result["layer_conductivity_x"].values
    several = int(result["percolating_clusters"]) > 1  # under imposed currents each has a drop of its own
    if np.isnan(layers).any() or (several and boundary == "constant-current"):
        return
    thickness = np.ones(layers.size)
    if electrode == "first-voxel" and boundary != "periodic":
        thickness[[0, -1]] = 0.5
    mean = thickness.sum() / np.sum(thickness / layers)
    assert mean == pytest.approx(float(result["effective_conductivity"]), rel=1e-5)


def test_nothing_flows_in_the_layers_of_an_image_without_a_path():
    image = np.ones((4, 3, 3), np.uint8)
    image[2] = 0
    assert np.isnan(solve(Problem(image, 1e-6, {1: 1.0}, directions="x"))["layer_conductivity_x"]).all()


def test_a_graded_electrode_shows_its_gradient():
    """Pores open from 40 to 80 % along z: each third conducts about as it does when it is cut out and solved alone."""
    smooth = gaussian_filter(np.random.default_rng(1).standard_normal((24, 24, 120)), 1.0, mode="wrap")
    rank = np.argsort(np.argsort(smooth.ravel())).reshape(smooth.shape) / smooth.size
    image = (rank < np.linspace(0.4, 0.8, 120)).astype(np.uint8)
    result = solve(Problem(image, 1e-6, {1: 1.0}, directions="z"))
    inside, alone = np.zeros((2, 3))
    for third in range(3):
        at = slice(40 * third, 40 * third + 40)
        inside[third] = 40 / np.sum(1 / result["layer_conductivity_z"].values[at])
        part = Problem(image[:, :, at], 1e-6, {1: 1.0}, directions="z")
        alone[third] = float(solve(part)["effective_conductivity"][0])
    # A cut becomes an electrode, which lets the current spread in about a pore's width, 5 of 40 voxels, at each end.
    np.testing.assert_allclose(inside, alone, rtol=0.25)
    assert np.all(np.diff(inside) > 0)
