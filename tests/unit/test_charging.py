"""Electrode tortuosity: what counts, what does not, and how it fails. Values: validation/ver-electrode-tortuosity."""

import numpy as np
import pytest

import electrosim as es
from electrosim.conduction import Direct, Multigrid, Problem, solve

NAMES = ("electrode_tortuosity", "electrode_tortuosity_reversed")


def tortuosities(image, **changes):
    """Along x, entered through the first and through the last plane."""
    method = changes.pop("method", Multigrid(rtol=1e-9))
    problem = Problem(np.asarray(image), 1e-6, {1: 2.0}, **({"directions": "x"} | changes))
    result = solve(problem, method=method, electrode_tortuosity=True)
    return [float(result[name][0]) for name in NAMES]


def strip(filled, length=20):
    """One voxel wide, so that each voxel has the same walls: see the case for the sums."""
    image = np.zeros((length, 3), np.uint8)
    image[:filled, 1] = 1
    return image


def test_a_dead_end_counts_from_the_side_where_it_is_open():
    result = solve(Problem(strip(15), 1e-6, {1: 2.0}, directions="x"), electrode_tortuosity=True)
    assert np.isinf(float(result["tortuosity"][0]))
    first, last = tortuosities(strip(15))
    assert first == pytest.approx(0.58415713, rel=1e-7)
    assert np.isinf(last)


def test_a_through_pore_is_the_same_from_both_sides():
    assert tortuosities(strip(20)) == pytest.approx([1 + 5 / (4 * 20**2)] * 2, rel=1e-9)


def test_what_the_current_cannot_reach_has_no_walls():
    image = strip(20)
    island = np.pad(image, [(0, 0), (0, 4)])
    island[5:9, 5] = 1
    more = np.count_nonzero(island) / np.count_nonzero(image)  # it is part of the conducting fraction only
    assert tortuosities(island)[0] == pytest.approx(more * tortuosities(image)[0], rel=1e-9)


def test_an_image_without_walls_has_no_electrode_tortuosity():
    assert np.isnan(tortuosities(np.ones((4, 4, 4), int))).all()


@pytest.mark.parametrize("boundary", ["constant-potential", "constant-current", "periodic"])
@pytest.mark.parametrize("electrode", ["face", "first-voxel"])
@pytest.mark.parametrize("method", [Multigrid(rtol=1e-8), Direct()])
def test_the_conditions_at_the_ends_are_its_own(boundary, electrode, method):
    image = (np.random.default_rng(2).random((9, 8, 7)) < 0.6).astype(np.uint8)
    expected = tortuosities(image)
    assert tortuosities(image, boundary=boundary, electrode=electrode, method=method) == pytest.approx(expected)


@pytest.mark.parametrize("conducting", [0.35, 0.45, 0.8])
@pytest.mark.parametrize("rtol", [1e-2, 1e-3, 1e-5])
def test_the_error_stays_below_the_tolerance(conducting, rtol):
    image = (np.random.default_rng(8).random((16, 16, 16)) < conducting).astype(np.uint8)
    exact = tortuosities(image, method=Multigrid(rtol=1e-12))
    assert tortuosities(image, method=Multigrid(rtol=rtol)) == pytest.approx(exact, rel=rtol)


def test_a_failed_iteration_is_an_error_or_not_a_number():
    problem = Problem((np.random.default_rng(5).random((16, 16, 16)) < 0.7).astype(np.uint8), 1e-6, {1: 1.0})
    with pytest.raises(es.SolveError, match="electrode tortuosity was not found: The iteration limit"):
        solve(problem, method=Multigrid(max_iterations=1), electrode_tortuosity=True)
    kept = solve(problem, method=Multigrid(max_iterations=1), electrode_tortuosity=True, throw=False)
    assert np.isnan(kept["electrode_tortuosity"]).all()


def test_its_memory_is_asked_for(monkeypatch):
    problem = Problem(strip(20), 1e-6, {1: 1.0}, directions="x")
    flow = solve(problem)
    assert set(NAMES).isdisjoint(flow)
    needed = 25 * 60 + 175 * 20  # enough for the flow
    monkeypatch.setattr("electrosim.base.memory.available_memory", lambda: 2 * needed)
    with pytest.raises(es.InputError, match=r"the electrode tortuosity of 60 voxels needs \d+ bytes"):
        solve(problem, electrode_tortuosity=True)
