"""Phantoms: what holds for every shape, share and seed."""

import logging
import math
import warnings

import numpy as np
import pytest
import scipy.ndimage
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from electrosim.base.errors import InputError
from electrosim.voxels import phantom
from electrosim.voxels.carbon_binder import gaussian_field
from electrosim.voxels.guarded_porespy import guarded_porespy

pytestmark = pytest.mark.property
few = settings(max_examples=40, deadline=None)
shapes = st.lists(st.integers(8, 24), min_size=2, max_size=3).map(tuple)
seeds = st.integers(0, 2**40)


@few
@given(shapes, st.floats(0.02, 0.98), st.floats(0, 0.9), seeds)
@example((16, 16, 16), 0.5, 0.0, 0)
def test_carbon_binder_meets_its_porosity_to_a_voxel(shape, porosity, share, seed):
    options = {"correlation_length": 1.5, "large_pores": share * porosity, "large_pore_diameter": 5.0, "seed": seed}
    image = phantom.carbon_binder(shape, porosity, **options)
    assert int(image.sum()) == round(porosity * math.prod(shape))
    np.testing.assert_array_equal(image, phantom.carbon_binder(shape, porosity, **options))
    assert (image != phantom.carbon_binder(shape, porosity, **(options | {"seed": seed + 1}))).any()


@pytest.mark.parametrize("seed", range(1, 6))
def test_default_carbon_binder_percolates_and_holds_its_large_pores(seed):
    image = phantom.carbon_binder((128, 128, 128), 0.3368, seed=seed)
    clusters, _ = scipy.ndimage.label(image)
    for axis in range(3):
        first, last = np.take(clusters, 0, axis), np.take(clusters, -1, axis)
        assert np.intersect1d(first[first > 0], last).size > 0
    widest = 2 * scipy.ndimage.distance_transform_edt(image[::2, ::2, ::2]).max() * 2
    assert 36 <= widest <= 56  # voxels of 10 nm: one large pore, or two that overlap


def test_gaussian_field_has_the_covariance_it_claims():
    length = 3.0
    field = gaussian_field((96, 96, 96), length, np.random.default_rng(2)).astype(float)
    field -= field.mean()
    for axis in range(3):
        for distance in (2, 4, 6):
            found = (field * np.roll(field, distance, axis)).mean() / field.var()
            assert found == pytest.approx(math.exp(-((distance / length) ** 2) / 4), abs=0.03)


@pytest.mark.parametrize(("arrangement", "touching"), [("sc", 0.523599), ("bcc", 0.680175), ("fcc", 0.740480)])
def test_cubic_spheres_approach_their_fraction_and_stop_at_touching(arrangement, touching):
    for fraction in (0.1, 0.3, touching):
        assert phantom.cubic_array((96,) * 3, arrangement, fraction).mean() == pytest.approx(fraction, abs=2e-3)
    with pytest.raises(InputError, match=f"{touching:.4f}"):
        phantom.cubic_array((8,) * 3, arrangement, touching + 1e-3)


@few
@given(st.sampled_from(["sc", "bcc", "fcc"]), st.integers(3, 12), st.integers(1, 3), st.floats(0.05, 0.52))
def test_cubic_spheres_are_symmetric_and_periodic(arrangement, edge, cells, fraction):
    image = phantom.cubic_array((edge * cells, edge * cells, 2 * edge * cells), arrangement, fraction, cells=cells)
    for axis in range(3):
        np.testing.assert_array_equal(image, np.flip(image, axis))
        np.testing.assert_array_equal(image, np.roll(image, edge, axis))
    np.testing.assert_array_equal(image, image.swapaxes(0, 1))


def test_square_array_of_discs():
    assert phantom.cubic_array((200, 200), "sc", 0.6, cells=2).mean() == pytest.approx(0.6, abs=5e-3)
    with pytest.raises(InputError, match="needs three axes"):
        phantom.cubic_array((20, 20), "fcc", 0.3)


@pytest.mark.parametrize(("shape", "diameter"), [((30, 24, 20), 9.3), ((40, 30), 7.1), ((24, 24, 24), 20.0)])
def test_random_spheres_cover_their_fraction_on_average(shape, diameter):
    covered = [phantom.random_spheres(shape, 0.4, diameter, seed=seed).mean() for seed in range(300)]
    assert np.mean(covered) == pytest.approx(0.4, abs=4 * np.std(covered) / math.sqrt(300))


@few
@given(shapes, st.floats(2, 8), seeds)
def test_random_spheres_repeat_with_their_seed(shape, diameter, seed):
    first = phantom.random_spheres(shape, 0.9, diameter, seed=seed)
    np.testing.assert_array_equal(first, phantom.random_spheres(shape, 0.9, diameter, seed=seed))


@few
@given(st.integers(1, 4), st.lists(st.integers(1, 5), min_size=2, max_size=3), st.integers(1, 3))
def test_checkerboard_exchanges_its_phases_when_shifted_by_a_cell(cells, edges, half):
    image = phantom.checkerboard([edge * 2 * half for edge in edges], cells=2 * half)
    assert image.mean() == 0.5
    for axis, edge in enumerate(edges):
        np.testing.assert_array_equal(np.roll(image, edge, axis), 1 - image)
    assume(cells > 1)
    with pytest.raises(InputError, match="do not divide"):
        phantom.checkerboard((cells * 3 + 1, cells), cells=cells)


@few
@given(shapes, st.lists(st.integers(1, 4), min_size=2, max_size=4), st.data())
def test_laminate_varies_along_its_axis_alone(shape, layers, data):
    axis = data.draw(st.integers(0, len(shape) - 1))
    assume(sum(layers) <= shape[axis])
    image = np.moveaxis(phantom.laminate(shape, axis, layers), axis, -1)
    assert (image == image[(0,) * (len(shape) - 1)]).all()
    profile = [label for label, thickness in enumerate(layers) for _ in range(thickness)] * 24
    np.testing.assert_array_equal(image[(0,) * (len(shape) - 1)], profile[: shape[axis]])


@given(st.integers(1, 3), st.integers(1, 4))
def test_square_inclusions_fill_a_quarter_and_touch_no_edge(cells, quarter):
    edge = 4 * quarter * cells
    image = phantom.square_inclusions((edge, edge, 2), cells=cells)
    assert image.mean() == 0.25
    assert not image[0].any()
    np.testing.assert_array_equal(image, np.flip(image, 0).swapaxes(0, 1))
    assert scipy.ndimage.label(image)[1] == cells**2


def test_blobs_meet_their_porosity_and_repeat_with_their_seed():
    first = phantom.blobs((24, 20, 16), 0.35, seed=7)
    np.testing.assert_array_equal(first, phantom.blobs((24, 20, 16), 0.35, seed=7))
    assert (first != phantom.blobs((24, 20, 16), 0.35, seed=8)).any()
    assert first.mean() == pytest.approx(0.35, abs=0.01)


def test_porespy_leaves_no_trace():
    state, handling = np.random.get_state()[1].copy(), np.geterr()  # noqa: NPY002
    handlers = logging.getLogger().handlers[:]
    with guarded_porespy() as porespy:
        porespy.generators.blobs([8, 8], seed=3)
        np.seterr(divide="raise", invalid="ignore")
        logging.getLogger().addHandler(logging.NullHandler())
        warnings.warn("not for the user", stacklevel=1)
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
    assert (np.geterr(), logging.getLogger().handlers) == (handling, handlers)
