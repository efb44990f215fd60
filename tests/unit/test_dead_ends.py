"""Dead ends of images drawn by hand, where anyone can count them."""

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Problem, solve


def drawn(*rows):
    """A 2-D image: x to the right, y downwards, # conducts."""
    return np.array([[letter == "#" for letter in row] for row in rows], np.uint8).T


def dead(image, **changes):
    """Number of voxels, along x."""
    problem = Problem(image, 1e-6, {1: 1.0}, **({"directions": "x"} | changes))
    return round(float(solve(problem, dead_ends=True)["dead_end_fraction"][0]) * image.size)


def test_trees_and_lobes_are_dead_ends_and_loops_are_not():
    image = drawn(
        "..###....",
        "..#.#....",
        "..###..#.",
        "..#....#.",
        "#########",
        "..#..#...",
        "..####...",
    )
    ring_and_neck, branch, loop_below = 8 + 1, 2, 0
    assert dead(image) == ring_and_neck + branch + loop_below


def test_a_pocket_with_a_wide_mouth_carries_some_current_and_is_no_dead_end():
    pocket = drawn("..##..", "..##..", "######")
    neck = drawn("..##..", "..#...", "######")
    assert dead(pocket) == 0
    assert dead(neck) == 3


def test_a_branch_that_ends_in_an_electrode_carries_current():
    assert dead(drawn("###...", "..#...", "######")) == 0
    assert dead(drawn(".##...", "..#...", "######")) == 3


@pytest.mark.parametrize("boundary", ["constant-potential", "constant-current"])
def test_a_layer_of_one_voxel_has_no_dead_end(boundary):
    assert dead(drawn("#", ".", "#"), boundary=boundary) == 0


def test_a_voxel_of_the_first_plane_that_leads_nowhere_is_one_if_the_plane_is_the_electrode():
    image = drawn("#...", "####", "#...")
    assert dead(image, electrode="first-voxel") == 2
    assert dead(image) == 0


def test_around_a_period_only_what_winds_carries_current():
    image = drawn("##..#", ".#..#", "#####", "...#.")  # the branch above leads across the period into itself
    assert dead(image, boundary="periodic") == 1
    assert dead(drawn("#.#", "###", "#.."), boundary="periodic") == 1


def test_dead_ends_are_counted_if_asked_for_and_fit_the_memory(monkeypatch):
    problem = Problem(drawn("..#..", "#####"), 1e-6, {1: 1.0})
    assert "dead_end_fraction" not in solve(problem)
    assert solve(problem, dead_ends=True)["dead_end_fraction"].values.tolist() == pytest.approx([0.1, 0.0])
    monkeypatch.setattr("electrosim.base.memory.available_memory", lambda: 200)
    with pytest.raises(es.InputError, match=r"the search for dead ends among 10 voxels needs \d+ bytes"):
        solve(problem, dead_ends=True)
