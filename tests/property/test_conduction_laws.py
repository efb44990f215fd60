"""Laws that hold for every image, and the multigrid against its plain twin."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from electrosim.conduction import Direct, Multigrid, Problem, solve

SHARP = Multigrid(rtol=1e-11)
FIELD = 1e-4  # potentials err by the root of the energy error, 1e-11, over the least conductance, 1e-3
MODERATE = 40  # examples: each solves several images

images = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=7), elements=st.integers(0, 2)
).filter(lambda image: (image == 1).any() and (image == 2).any())
pores = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=10), elements=st.integers(0, 3).map(bool)
).filter(lambda image: (image == 1).any())
boundaries = st.sampled_from(["constant-potential", "constant-current", "periodic"])
electrodes = st.sampled_from(["face", "first-voxel"])
sides = st.sampled_from(["no-flux", "periodic"])
conductivities = st.floats(1e-3, 1e3)


def relative(image, conductivity, method=SHARP, **how):
    result = solve(Problem(image, 1.0, conductivity, **how), method=method)
    return result["relative_conductivity"].values


@settings(max_examples=120)
@given(images, boundaries, electrodes, sides, conductivities, st.data())
def test_multigrid_equals_its_plain_twin(image, boundary, electrode, side, second, data):
    along = [data.draw(st.sampled_from([0.0, 1.0, second])) for _ in range(image.ndim)]
    spacing = tuple(data.draw(st.sampled_from([1.0, 0.3])) for _ in range(image.ndim))
    asked = Problem(image, spacing, {1: 1.0, 2: tuple(along)}, boundary=boundary, electrode=electrode, sides=side)
    fast, plain = (solve(asked, method=method, fields=True) for method in (SHARP, Direct()))
    for name in ("percolating_clusters", "isolated_clusters", "percolating_fraction"):
        np.testing.assert_array_equal(fast[name], plain[name])
    np.testing.assert_allclose(fast["relative_conductivity"], plain["relative_conductivity"], rtol=1e-7, atol=1e-13)
    np.testing.assert_allclose(fast["potential"], plain["potential"], atol=FIELD)


@settings(max_examples=120)
@given(pores, boundaries, electrodes, sides, st.data())
def test_one_phase_on_its_lattice_equals_the_plain_twin(image, boundary, electrode, side, data):
    spacing = tuple(data.draw(st.sampled_from([1.0, 0.5])) for _ in range(image.ndim))
    asked = Problem(image, spacing, {1: 2.0}, boundary=boundary, electrode=electrode, sides=side)
    fast, plain = (solve(asked, method=method, fields=True) for method in (SHARP, Direct()))
    np.testing.assert_array_equal(fast["percolating_fraction"], plain["percolating_fraction"])
    np.testing.assert_allclose(fast["relative_conductivity"], plain["relative_conductivity"], rtol=1e-7, atol=1e-13)
    np.testing.assert_allclose(fast["potential"], plain["potential"], atol=FIELD)


@settings(max_examples=MODERATE)
@given(images, conductivities)
def test_wiener_bounds(image, second):
    fractions = np.array([(image == label).mean() for label in (1, 2)])
    values = np.array([1.0, second])
    found = relative(np.where(image == 0, 1, image), {1: 1.0, 2: second}) * values.max()
    fractions[0] += (image == 0).mean()
    slack = 1 + 1e-6
    assert (found <= slack * fractions @ values).all()
    assert (found >= 1 / (slack * (fractions @ (1 / values)))).all()


@settings(max_examples=MODERATE)
@given(images, st.sampled_from(["constant-potential", "periodic"]), st.integers(0, 10_000))
def test_a_conducting_voxel_more_never_lowers_the_conductivity(image, boundary, place):
    more = image.copy()
    more.flat[place % image.size] = 1
    how = {"boundary": boundary, "reference": 1.0}
    before = relative(image, {1: 1.0}, **how)
    assert (relative(more, {1: 1.0}, **how) >= before - 1e-7).all()


@settings(max_examples=MODERATE)
@given(images, boundaries, electrodes, conductivities)
def test_linear_in_the_conductivities(image, boundary, electrode, factor):
    how = {"boundary": boundary, "electrode": electrode, "reference": 1.0}
    once = relative(image, {1: 1.0, 2: 0.3}, **how)
    np.testing.assert_allclose(relative(image, {1: factor, 2: 0.3 * factor}, **how), factor * once, rtol=1e-6)


@settings(max_examples=MODERATE)
@given(images, boundaries, electrodes, sides, st.randoms(use_true_random=False))
def test_mirrors_and_turned_axes_change_nothing(image, boundary, electrode, side, chance):
    how = {"boundary": boundary, "electrode": electrode, "sides": side}
    found = relative(image, {1: 1.0, 2: 0.2}, **how)
    axes = list(range(image.ndim))
    chance.shuffle(axes)
    turned = relative(np.flip(image.transpose(axes), axis=0), {1: 1.0, 2: 0.2}, **how)
    np.testing.assert_allclose(turned, found[axes], rtol=1e-6, atol=1e-12)


@settings(max_examples=MODERATE)
@given(images, conductivities)
def test_imposed_current_below_periodic_below_imposed_potential(image, second):
    framed = np.pad(image, [(1, 1)] + [(0, 0)] * (image.ndim - 1), constant_values=1)  # both end planes conduct
    current, periodic, potential = (
        relative(framed, {1: 1.0, 2: second}, boundary=boundary, directions="x")[0]
        for boundary in ("constant-current", "periodic", "constant-potential")
    )
    assert current <= periodic * (1 + 1e-6)
    assert periodic <= potential * (1 + 1e-6)


@settings(max_examples=MODERATE)
@given(images, boundaries, st.sampled_from([1e-2, 1e-3, 1e-5]))
def test_the_error_stays_below_what_is_reported(image, boundary, rtol):
    how = {"boundary": boundary, "directions": "x"}
    asked = Problem(image, 1.0, {1: 1.0, 2: 0.01}, **how)
    loose, exact = solve(asked, method=Multigrid(rtol=rtol)), solve(asked, method=Direct())
    true = exact["relative_conductivity"].values
    error = np.abs(loose["relative_conductivity"].values - true)
    assert (error <= np.maximum(loose["relative_error_estimate"].values, 1e-12) * true + 1e-15).all()
    assert (loose["residual"] <= rtol).all()
