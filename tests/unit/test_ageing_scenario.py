"""The [ageing] table: what a scenario can ask for, and what it cannot."""

import re

import pytest

import electrosim
from electrosim.base.errors import InputError
from electrosim.discharge.ageing.laws import Law

SHORT = {"ageing.cycles": 8, "ageing.check_every": 4}


def test_a_scenario_says_what_the_cell_goes_through():
    asked = electrosim.load("ageing-lto", {"ageing.discharge_rate": 0.5, "ageing.laws.film.rate": "2 ohm*cm^2"})
    ageing = asked.problem.ageing
    assert ageing.cycling.charge_current == pytest.approx(19.25)
    assert ageing.cycling.discharge_current == pytest.approx(9.625)
    assert (ageing.cycling.lower_voltage, ageing.cycling.upper_voltage) == (1.4, 2.8)
    assert ageing.check_up.discharge_current == pytest.approx(1.925)
    assert ageing.checks == (0, 50, 100, 150, 200)
    assert ageing.laws.film == Law(2e-4)
    assert ageing.laws.contacts.driver == "electrons"


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"ageing.cycles": 0}, "ageing.cycles = 0"),
        ({"ageing.laws.lithium.rate": 1.5}, "ageing.laws.lithium.rate = 1.5"),
        ({"ageing.laws.lithium.driver": "heat"}, "'throughput', 'reaction' or 'electrons'"),
        ({"ageing.laws.film.rate": 0.1}, "write a resistance of an area with its unit"),
        ({"ageing.laws.contact": {"rate": 0.1}}, 'did you mean "contacts"?'),
        ({"ageing.post_mortem": {"lower_voltage": "4.4 V"}}, "is not below upper_voltage"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(overrides, words):
    with pytest.raises(InputError, match=re.escape(words)):
        _ = electrosim.load("ageing-lto", overrides).problem


def test_a_result_can_be_looked_at():
    from electrosim.discharge import figures, tables

    found = electrosim.run(electrosim.load("ageing-lto", SHORT))
    assert set(figures(found)) == {"retention", "damage", "fade", "check_ups"}
    left, damage, lost = tables(found)
    assert [row[0] for row in left.rows] == ["0", "4", "8"]
    assert [row[0] for row in damage.rows] == ["positive bottom", "positive top"]
    assert "film, Ω cm²" not in damage.heads
    assert len(lost.rows) == 2
