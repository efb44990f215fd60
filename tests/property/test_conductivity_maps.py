"""Maps: the image holds the conductivities themselves."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from electrosim.conduction import Direct, Multigrid, Problem, solve
from electrosim.conduction.dead_ends import dead_ends

SHARP = Multigrid(rtol=1e-11)
MODERATE = 40  # examples: each solves several images

images = arrays(
    np.uint8, array_shapes(min_dims=2, max_dims=3, min_side=2, max_side=7), elements=st.integers(0, 2)
).filter(lambda image: (image == 1).any() and (image == 2).any())
conditions = st.fixed_dictionaries(
    {
        "boundary": st.sampled_from(["constant-potential", "constant-current", "periodic"]),
        "electrode": st.sampled_from(["face", "first-voxel"]),
        "sides": st.sampled_from(["no-flux", "periodic"]),
    }
)
shapes = st.sampled_from([(9, 8, 7), (8, 8, 8), (21, 18), (20, 20)])
seeds = st.integers(0, 2**32 - 1)


def many_values(shape, seed):
    """Return a map of more values than bytes have, over about four powers of ten, with some insulating voxels."""
    chance = np.random.default_rng(seed)
    return np.where(chance.random(shape) < 0.15, 0.0, np.exp(1.5 * chance.standard_normal(shape)))


@settings(max_examples=MODERATE)
@given(images, conditions, st.floats(1e-3, 1e3))
def test_a_map_of_two_values_equals_two_phases(image, how, second):
    values = np.array([0.0, 1.0, second])
    by_label, by_voxel = (
        solve(Problem(labels, 1.0, conductivity, **how), method=SHARP)
        for labels, conductivity in ((image, {1: 1.0, 2: second}), (values[image], "image"))
    )
    for name in ("relative_conductivity", "tortuosity", "percolating_fraction", "isolated_clusters"):
        np.testing.assert_allclose(by_voxel[name], by_label[name], rtol=1e-9)


@settings(max_examples=MODERATE)
@given(shapes, seeds, conditions, st.data())
def test_a_map_of_many_values_equals_its_plain_twin(shape, seed, how, data):
    spacing = tuple(data.draw(st.sampled_from([1.0, 0.5])) for _ in shape)
    asked = Problem(many_values(shape, seed), spacing, "image", directions=data.draw(st.sampled_from("xy")), **how)
    assert asked.phases[0].dtype == np.int32
    fast, plain = (solve(asked, method=method, fields=True) for method in (Multigrid(rtol=1e-12), Direct()))
    np.testing.assert_array_equal(fast["percolating_fraction"], plain["percolating_fraction"])
    np.testing.assert_allclose(fast["relative_conductivity"], plain["relative_conductivity"], rtol=1e-7)
    np.testing.assert_allclose(fast["potential"], plain["potential"], atol=2e-5)
    np.testing.assert_allclose(fast["layer_conductivity_" + asked.directions],
                               plain["layer_conductivity_" + asked.directions], rtol=1e-3)  # fmt: skip


@settings(max_examples=MODERATE)
@given(shapes, seeds, conditions, st.floats(1e-6, 1e6))
def test_conductivity_grows_with_the_map(shape, seed, how, factor):
    values = many_values(shape, seed)
    once, scaled = (
        solve(Problem(factor * values, 1.0, "image", directions="x", **how), method=SHARP)[
            "effective_conductivity"
        ].item()
        for factor in (1.0, factor)
    )
    assert scaled == pytest.approx(factor * once, rel=1e-9)


@settings(max_examples=MODERATE)
@given(seeds, conditions)
def test_dead_ends_depend_on_what_conducts_alone(seed, how):
    values = many_values((9, 8, 7), seed) * (np.random.default_rng(seed + 1).random((9, 8, 7)) < 0.7)
    found = []
    for image, conductivity in ((values, "image"), (values > 0, {1: 1.0})):
        asked = Problem(image, 1.0, conductivity, **how)
        found.append(dead_ends(asked, "x", SHARP.flow(asked, "x", lambda _: None)))
    np.testing.assert_array_equal(*found)
