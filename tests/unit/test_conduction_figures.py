"""What pictures are drawn from, and that they are drawn."""

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Problem, solve, surface
from electrosim.conduction.streaks import streaks


def test_current_across_the_direction_is_that_of_a_channel_that_bends():
    image = np.zeros((5, 7), np.uint8)
    image[:3, 1] = image[2, 1:6] = image[2:, 5] = 1  # in at y = 1, across at x = 2, out at y = 5
    result = solve(Problem(image, 1.0, {1: 1.0}, directions="x"))
    through = float(result["effective_conductivity"][0]) / 5 * 7  # all the current passes the one voxel
    across = result["current_across_cut_x"].transpose("x", "y").values
    np.testing.assert_allclose(across[2, 2:5], through, rtol=1e-5)
    np.testing.assert_allclose(across[2, [1, 5]], through / 2, rtol=1e-5)  # enters or leaves by one face of two
    assert not across[[0, 1, 3, 4]].any()


def test_streaks_follow_the_current():
    flow = np.zeros((2, 16, 16))
    flow[0, :, 4:12] = 3.0
    drawn = streaks(*flow, 4)
    inside = drawn[:, 18:46]
    assert np.abs(np.diff(inside, axis=0)).mean() < 0.3 * np.abs(np.diff(inside, axis=1)).mean()
    np.testing.assert_array_equal(streaks(flow[1].T, flow[0].T, 4).shape, (64, 64))
    turned = streaks(np.zeros((16, 16)), flow[0].T, 4)[18:46]
    assert np.abs(np.diff(turned, axis=1)).mean() < 0.3 * np.abs(np.diff(turned, axis=0)).mean()
    assert not streaks(np.zeros((4, 4)), np.zeros((4, 4)), 2).any()


def test_surface_keeps_the_mean_of_blocks_that_mostly_carry_current(monkeypatch):
    monkeypatch.setattr(surface, "_MOST_CELLS", 3)
    image = np.zeros((6, 6, 5), np.uint8)
    image[:, :2, :2] = 1
    image[:, 4:, 4:] = 1  # the last block is cut to half its depth
    image[:, 3, 3] = 1  # a quarter of its block
    found = solve(Problem(image, 1e-6, {1: 1.0}, directions="x"), surface=True)
    potential = found["surface_potential_x"]
    assert potential.shape == (3, 3, 3)
    np.testing.assert_allclose(potential[:, 0, 0], [5 / 6, 3 / 6, 1 / 6], rtol=1e-5)
    np.testing.assert_allclose(potential[:, 2, 2], [5 / 6, 3 / 6, 1 / 6], rtol=1e-5)
    assert np.isfinite(potential).sum() == 6
    np.testing.assert_allclose(potential["block_y"], [1e-6, 3e-6, 5e-6])


def test_surface_is_drawn_with_the_potential_on_it():
    image = np.zeros((12, 12, 12), np.uint8)
    image[:, 3:9, 3:9] = 1
    panels = [axes for axes in es.conduction.figures(solved(image))["surface"].axes if axes.images]
    assert len(panels) == 2
    along_x, along_y = (axes.images[0].get_array().astype(int) for axes in panels)
    colour = np.abs(along_x - along_x.mean(axis=2, keepdims=True)).max(axis=2) > 60
    assert 0.05 < colour.mean() < 0.6
    red, blue = (along_x[..., channel][colour] for channel in (0, 2))
    where = np.nonzero(colour)[1]
    assert np.corrcoef(where, blue - red)[0, 1] > 0.7  # yellow at 1 V on the left, violet at 0 V on the right
    no_path = np.abs(along_y - along_y.mean(axis=2, keepdims=True)).max(axis=2) > 60
    assert no_path.mean() < 0.01


def solved(image):
    return solve(Problem(image, 1.0, {1: 1.0}, directions="xy"), surface=True)


def test_surface_of_two_dimensions_is_refused():
    with pytest.raises(es.InputError, match="surface = true needs an image with three axes"):
        solve(Problem(np.ones((3, 3), np.uint8), 1.0, {1: 1.0}), surface=True)
