"""Cycle jumps against the damage of every cycle, for laws that can be followed by hand."""

import numpy as np
import pytest

from electrosim.base.errors import SolveError
from electrosim.discharge.ageing.jumps import CycleJumps, landings


def every_cycle(rate, cycles):
    damage = np.zeros((2, 1))
    for _ in range(cycles):
        damage = damage + rate(damage)
    return damage


def followed(rate, stops, **method):
    return landings(lambda damage: (rate(damage), None), np.zeros((2, 1)), stops, CycleJumps(**method))


def feeding_back(damage):
    return np.array([[1e-3], [2e-3]]) * (1 + 5 * damage)


def test_a_jump_is_exact_where_the_damage_of_cycles_changes_linearly():
    def rate(damage):
        number = np.sqrt(0.25 + 2 * damage[0, 0] / 1e-3) - 0.5  # the first kind is 1e-3 k (k + 1)/2 after k cycles
        return np.array([[1e-3 * (number + 1)], [2e-3]])

    last = list(followed(rate, [200]))[-1]
    assert last.damage[:, 0] == pytest.approx([1e-3 * 200 * 201 / 2, 0.4], rel=1e-9)


@pytest.mark.parametrize("tolerance", [3e-2, 1e-2, 1e-3])
def test_the_error_of_jumps_is_controlled(tolerance):
    """The growth of damage that feeds back by e in 200 cycles is followed to the tolerance, in few resolved cycles."""
    found = list(followed(feeding_back, [200], tolerance=tolerance))
    exact = every_cycle(feeding_back, 200)
    assert np.abs(found[-1].damage / exact - 1).max() < tolerance
    assert len(found) < 60


def test_a_jump_over_a_sudden_change_is_taken_again():
    """Damage that becomes six times as fast when a tenth is reached, after a hundred cycles that promise nothing."""

    def rate(damage):
        return np.full((2, 1), 1e-3 + 5e-3 * (damage[0, 0] > 0.1))

    found = list(followed(rate, [200], tolerance=0.01))
    assert found[-1].damage == pytest.approx(every_cycle(rate, 200), rel=0.01)


def test_jumps_end_on_every_stop_and_one_cycle_at_a_time_is_exact():
    found = list(followed(feeding_back, [50, 70]))
    assert {0, 50, 70} <= {landing.cycle for landing in found}
    every = list(followed(feeding_back, [50, 70], longest=1))
    assert [landing.cycle for landing in every] == list(range(71))
    np.testing.assert_allclose(every[-1].damage, every_cycle(feeding_back, 70), rtol=1e-12)


def test_a_jump_into_what_cannot_be_solved_is_shortened_and_the_end_is_an_error():
    def rate(damage):
        if damage[0, 0] > 0.1:
            raise SolveError("no lithium is left")
        return np.full((2, 1), 1e-3)

    reached = []
    with pytest.raises(SolveError, match="no lithium"):
        reached.extend(landing.cycle for landing in followed(rate, [200]))
    assert reached[-1] == 100
