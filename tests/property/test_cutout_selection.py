"""Cutouts lie where they may, all such places are known, and they share no more than allowed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from electrosim.base.errors import InputError
from electrosim.cutouts.selection import Selection, candidates, groups, largest_cube, place

volumes = arrays(
    bool, array_shapes(min_dims=3, max_dims=3, min_side=5, max_side=9), elements=st.integers(0, 15).map(bool)
)
"""Free in fifteen of sixteen voxels."""


def brute_force(free, size):
    """Look at every cube."""
    found = np.zeros([edge - size + 1 for edge in free.shape], bool)
    for corner in np.ndindex(found.shape):
        found[corner] = free[tuple(slice(start, start + size) for start in corner)].all()
    return found


def shared(one, other, size):
    return np.prod(np.maximum(size - np.abs(one - other), 0)) / size**3


@given(volumes, st.integers(1, 5))
def test_candidates_are_all_cubes_of_free_voxels(free, size):
    np.testing.assert_array_equal(candidates(free, size), brute_force(free, size))


@given(volumes)
def test_the_largest_cube_fits_and_no_larger_one_does(free):
    largest = largest_cube(free)
    assert largest == 0 or brute_force(free, largest).any()
    assert largest == min(free.shape) or not brute_force(free, largest + 1).any()


@settings(max_examples=60)
@given(
    volumes, st.integers(2, 4), st.sampled_from([0.0, 0.2, 0.5, 0.9]), st.sampled_from(["packed", "random"]), st.data()
)
def test_cutouts_are_candidates_share_no_more_than_allowed_and_leave_no_place(free, size, overlap, placement, data):
    seed = data.draw(st.integers(0, 9))
    candidate = candidates(free, size)
    before = candidate.copy()
    selection = Selection(size, overlap, placement)
    corner = place(candidate, selection, np.random.default_rng(seed))
    np.testing.assert_array_equal(candidate, before)
    assert all(candidate[tuple(at)] for at in corner)
    for number, at in enumerate(corner):
        assert all(shared(at, other, size) <= overlap + 1e-9 for other in corner[:number])
    for at in np.argwhere(candidate):  # another one would share too much with one that is there
        assert any(shared(at, other, size) > overlap - 1e-9 for other in corner)
    again = place(candidate, selection, np.random.default_rng(seed))
    np.testing.assert_array_equal(corner, again)
    few = place(candidate, Selection(size, overlap, placement, most=2), np.random.default_rng(seed))
    assert len(few) == min(2, len(corner))
    assert all(candidate[tuple(at)] for at in few)


def test_a_volume_of_too_many_cutouts_is_refused(monkeypatch):
    monkeypatch.setattr("electrosim.cutouts.selection.MOST_CUTOUTS", 20)
    everywhere = candidates(np.ones((9, 9, 9), bool), 2)
    with pytest.raises(InputError, match="more than 20 cutouts of 2 voxels lie in the volume"):
        place(everywhere, Selection(2), np.random.default_rng(0))
    assert len(place(everywhere, Selection(2, placement="random", most=9), np.random.default_rng(0))) == 9


def test_other_seeds_give_other_cutouts():
    candidate = candidates(np.ones((9, 9, 9), bool), 2)
    for placement in ("packed", "random"):
        found = {
            place(candidate, Selection(2, 0.0, placement, 5), np.random.default_rng(seed)).tobytes()
            for seed in range(6)
        }
        assert len(found) > 3


@pytest.mark.parametrize(("placement", "least"), [("packed", 64), ("random", 20)])
def test_an_empty_volume_is_filled(placement, least):
    corner = place(np.ones((13, 13, 13), bool), Selection(4, 0.0, placement), np.random.default_rng(0))
    assert least <= len(corner) <= 64  # 16^3 voxels hold 64 cubes of 4^3


@given(arrays(int, (12, 3), elements=st.integers(0, 20)), st.integers(2, 6))
def test_groups_are_what_hangs_together(corner, size):
    group = groups(corner, size)
    overlaps = (np.abs(corner[:, None] - corner) < size).all(axis=2)
    reached = np.linalg.matrix_power(overlaps.astype(float), 12) > 0
    np.testing.assert_array_equal(reached, group[:, None] == group)
