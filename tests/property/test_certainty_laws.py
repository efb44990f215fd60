"""Laws of the error budget and of sub-volumes: order of the end conditions, moved surfaces, coarsening, laminates."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from scipy import ndimage

from electrosim.conduction import Direct, Errors, Multigrid, Problem, RepresentativeVolume, solve
from electrosim.conduction.other_image import coarsened, with_surface_moved

SHARP = Multigrid(rtol=1e-10)
SLACK = 1e-7
FEW, SOME = 25, 60  # examples

shapes = array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=7)
images = arrays(np.uint8, shapes, elements=st.integers(0, 2)).filter(lambda image: {1, 2} <= set(image.flat))
conductivities = st.floats(1e-2, 1e2)


@settings(max_examples=FEW)
@given(images, conductivities, st.booleans())
def test_end_conditions_come_in_order(image, second, ends_conduct):
    if ends_conduct:
        image = np.pad(image, [(1, 1)] + [(0, 0)] * (image.ndim - 1), constant_values=1)
    asked = Problem(image, 1.0, {1: 1.0, 2: second}, directions="x", reference=1.0)
    result = solve(asked, method=SHARP, errors=Errors(cutout=True)).sel(direction="x")
    current, periodic, potential = result["cutout_conductivity"].values
    assert list(result["condition"].values) == ["constant-current", "periodic", "constant-potential"]
    assert current <= potential * (1 + SLACK) + SLACK
    assert periodic <= potential * (1 + SLACK) + SLACK
    if ends_conduct:
        assert current <= periodic * (1 + SLACK) + SLACK


@settings(max_examples=FEW)
@given(images, conductivities)
def test_a_surface_moved_outwards_raises_and_inwards_lowers_the_conductivity(image, second):
    asked = Problem(image, 1.0, {1: 1.0, 2: second}, reference=1.0)
    result = solve(asked, method=SHARP, errors=Errors(segmentation=True))
    inwards, given_, outwards = result["segmentation_conductivity"].values.T
    assert (inwards <= given_ * (1 + SLACK) + SLACK).all()
    assert (given_ <= outwards * (1 + SLACK) + SLACK).all()


@settings(max_examples=SOME)
@given(images)
def test_a_moved_surface_is_the_binary_dilation_and_erosion(image):
    asked = Problem(image, 1.0, {1: 1.0})
    conducts = image == 1
    moved = [with_surface_moved(asked, outwards=way).reshape(image.shape) for way in (True, False)]
    np.testing.assert_array_equal(moved[0] > 0, ndimage.binary_dilation(conducts))
    np.testing.assert_array_equal(moved[1] > 0, ndimage.binary_erosion(conducts, border_value=1))


@settings(max_examples=SOME)
@given(images, conductivities)
def test_every_voxel_takes_the_best_or_the_poorest_phase_around_it(image, second):
    asked = Problem(image, 1.0, {1: 1.0, 2: second})
    phase, table = asked.phases
    sigma, cross = table[phase, 0], ndimage.generate_binary_structure(3, 1)
    for outwards, extreme in ((True, ndimage.maximum_filter), (False, ndimage.minimum_filter)):
        expected = extreme(sigma, footprint=cross, mode="nearest")
        np.testing.assert_array_equal(table[with_surface_moved(asked, outwards=outwards), 0], expected)


@settings(max_examples=SOME)
@given(images)
def test_coarsening_undoes_refinement_and_follows_the_majority(image):
    asked = Problem(image, 1.0, {1: 1.0, 2: 3.0})
    fine = Problem(np.kron(image, np.ones((2,) * image.ndim, np.uint8)), 1.0, {1: 1.0, 2: 3.0})
    np.testing.assert_array_equal(coarsened(fine), asked.phases[0])
    even = np.pad(asked.phases[0], [(0, size % 2) for size in asked.phases[0].shape], mode="edge")
    coarse = coarsened(asked)
    for place in np.ndindex(coarse.shape):
        counts = np.bincount(even[tuple(slice(2 * at, 2 * at + 2) for at in place)].ravel(), minlength=3)
        assert counts[coarse[place]] == counts.max()


@settings(max_examples=FEW)
@given(st.integers(2, 4), st.integers(1, 3), conductivities, st.sampled_from(["x", "y"]), st.integers(0, 99))
def test_sub_volumes_of_a_periodic_laminate_do_not_scatter(period, periods, second, axis, seed):
    layers = np.where(np.arange(4 * periods * period) % period == 0, 2, 1).astype(np.uint8)
    image = np.tile(layers, (layers.size, 1))
    asked = Problem(image.T if axis == "x" else image, 1.0, {1: 1.0, 2: second}, reference=1.0)
    rev = RepresentativeVolume(sizes=(period, 2 * periods * period), most=16, seed=seed)
    result = solve(asked, method=Direct(), rev=rev)
    share = 1 / period
    series, parallel = 1 / (share / second + 1 - share), share * second + 1 - share
    along = np.array([series, parallel] if axis == "x" else [parallel, series])
    np.testing.assert_allclose(result["rev_conductivity_mean"], np.tile(along[:, None], (1, 2)), rtol=1e-8)
    assert (result["rev_conductivity_standard_deviation"].values <= 1e-8 * along[:, None]).all()
    assert result["rev_representative"].values.all()
    assert str(result["rev_status"].values).startswith("The image is representative within 5 %")
