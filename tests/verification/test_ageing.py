"""Ageing of a cell with the fast solver: what must hold whatever the laws' constants are."""

from dataclasses import replace

import numpy as np
import pytest

from electrosim.base.observer import silent
from electrosim.base.status import SOLVED, Status
from electrosim.discharge.ageing.cycling import Cycle, Cycling, lithium_of, settled, solved
from electrosim.discharge.ageing.damage import Damage, aged
from electrosim.discharge.ageing.jumps import CycleJumps
from electrosim.discharge.ageing.laws import Law, Laws, Use, damage_of, uses
from electrosim.discharge.ageing.life import live
from electrosim.discharge.ageing.problem import Ageing, PostMortem
from electrosim.discharge.ageing.solve import age
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.protocol import Stoichiometry
from electrosim.discharge.structured import Structured
from electrosim.discharge.trajectory import Mesh, Run, State
from electrosim.materials import library
from electrosim.materials.property import constant

ONE_C = 19.25  # A/m2
START = Stoichiometry(0.92, 0.005)
ALL_LAWS = Laws(
    lithium=Law(4e-4),
    active_material=Law(3e-4, "electrons"),
    contacts=Law(5e-3, "electrons"),
    film=Law(4e-4, "reaction"),
    collector=Law(1e-5),
)


def positive(*conductivities):
    """An electrode of 38 um in layers of equal thickness, bottom first."""
    particles = Population(replace(library.active_material("nmc622"), diffusivity=constant(5.5e-15)), 0.6, 4.94e-6)
    names = ("bottom", "top") if len(conductivities) == 2 else ("single",)
    share = 38e-6 / len(names)
    return Electrode(
        tuple(
            Layer(name, share, 0.3, 0.1, sigma, (particles,)) for name, sigma in zip(names, conductivities, strict=True)
        )
    )


def cell(*conductivities, counter="lto"):
    if counter == "lithium":
        negative = library.lithium_metal()
    else:
        particles = Population(library.active_material("lto"), 0.55, 20e-9)
        negative = Electrode((Layer("lto", 70e-6, 0.35, 0.12, 1.0, (particles,)),))
    separator, electrolyte = library.separator("celgard-2325"), library.electrolyte("lipf6-ec-emc-3-7")
    return Cell(positive(*conductivities), negative, separator, electrolyte)


def programme(laws, cycles, **jumps):
    slow, half = Cycling(ONE_C / 10, ONE_C / 10, 1.4, 2.8), Cycling(ONE_C / 10, ONE_C / 10, 3.0, 4.3)
    opened = PostMortem(library.lithium_metal(), half)
    return Ageing(Cycling(ONE_C, ONE_C, 1.4, 2.8), cycles, laws, slow, cycles, opened, CycleJumps(**jumps))


def life(a_cell, laws, cycles=40, start=START, **jumps):
    return age(a_cell, programme(laws, cycles, **jumps), start, solver=Structured())[0]


def test_without_damage_nothing_changes():
    found = life(cell(2e-3, 2e-2), Laws())
    assert np.ptp(found["capacity"].values) == 0
    assert np.ptp(found["check_capacity"].values) == 0
    assert np.ptp(found["half_cell_capacity"].values) == 0
    assert np.ptp(found["half_cell_resistance"].values) == 0
    for name in ("lithium_consumed", "lithium_trapped", "material_lost", "contact_growth", "film_growth"):
        assert not found[name].any()


def test_lithium_is_held_or_lost():
    """What both electrodes hold at the end of a cycle and what was consumed and trapped is what there was at first."""
    found = life(cell(2e-3, 2e-2), ALL_LAWS)
    assert np.abs(found["lithium_balance_error"]).max() < 1e-10
    assert found["lithium_consumed"][-1].sum() > 1e-3
    assert found["lithium_trapped"][-1].sum() > 1e-3
    fade = 1 - found["retention"].sel(cycle=found["check"].values).values
    np.testing.assert_allclose(found["check_loss"] + found["rate_dependent_loss"], fade, atol=1e-15)


FAST = replace(ALL_LAWS, contacts=Law(1e-2, "electrons"))  # feeds back: the bottom layer's resistance doubles


@pytest.fixture(scope="module")
def every():
    """Sixty cycles, all of them resolved."""
    return life(cell(1.5e-3, 2e-2), FAST, 60, longest=1)


@pytest.mark.parametrize("tolerance", [0.03, 0.003])
def test_jumps_give_what_every_cycle_resolved_gives(every, tolerance):
    found = life(cell(1.5e-3, 2e-2), FAST, 60, tolerance=tolerance)
    assert found.sizes["cycle"] < every.sizes["cycle"] / 2
    for name in ("contact_growth", "material_lost", "lithium_consumed", "film_growth"):
        exact = every[name].isel(cycle=-1)
        assert np.abs(found[name].isel(cycle=-1) - exact).max() < tolerance * np.abs(exact).max(), name
    fade = 1 - float(every["retention"][-1])
    assert fade > 0.1
    assert abs(float(found["retention"][-1] - every["retention"][-1])) < tolerance * fade + 1e-3


def test_uneven_use_ages_unevenly_and_the_poor_layer_counts_at_the_collector():
    poor_bottom, poor_top = (life(cell(*sigmas), ALL_LAWS, 20) for sigmas in ((1.2e-3, 5e-2), (5e-2, 1.2e-3)))
    assert poor_bottom["contact_growth"][-1, 0] > 10 * poor_bottom["contact_growth"][-1, 1]
    assert poor_top["contact_growth"][-1, 0] < poor_top["contact_growth"][-1, 1]
    assert poor_bottom["retention"][-1] < poor_top["retention"][-1]
    assert poor_bottom["collector_growth"][-1, 0] > 0
    assert poor_bottom["collector_growth"][-1, 1] == 0


def test_titration_tells_lithium_from_active_material():
    """Where the negative electrode ends each slow discharge the bookkeeping must find what the laws did."""
    start = Stoichiometry(0.82, 0.005)
    lithium = life(cell(1.0), Laws(lithium=Law(2e-3)), start=start)
    assert float(lithium["titrated_material_loss"]) == pytest.approx(0, abs=1e-9)
    assert float(lithium["titrated_lithium_loss"]) == pytest.approx(float(lithium["lithium_loss"]), rel=0.02)
    material = life(cell(1.0), Laws(active_material=Law(2e-3)), start=start)
    assert float(material["titrated_material_loss"]) == pytest.approx(float(material["material_loss"]), rel=0.02)
    assert float(material["titrated_lithium_loss"]) == pytest.approx(float(material["lithium_loss"]), rel=0.05)
    assert float(material["material_loss"]) > 0.03


def test_against_lithium_only_the_material_is_lost():
    """Lithium is without end: what side reactions consume changes nothing."""
    a_cell, half = cell(2e-3, counter="lithium"), Cycling(ONE_C / 2, ONE_C / 2, 3.0, 4.3)
    asked = replace(programme(Laws(lithium=Law(1e-3)), 20), cycling=half, check_up=half)
    found = age(a_cell, asked, Stoichiometry(0.3), solver=Structured())[0]
    assert np.ptp(found["capacity"].values) == 0
    assert np.isnan(found["lithium_balance_error"]).all()
    assert "titrated_lithium_loss" not in found


class Brittle:
    """A solver that fails once a fiftieth of the active material is lost."""

    def run(self, a_cell, steps, start):
        found = Structured().run(a_cell, steps, start)
        if a_cell.positive.layers[0].populations[0].wired < 0.98:
            return replace(found, status=Status("The particles are too few.", solved=False))
        return found


def test_a_life_ends_where_a_cycle_cannot_be_solved_and_keeps_what_came_before():
    laws = Laws(active_material=Law(2e-3))
    found = live(cell(2e-2), programme(laws, 200), START, Brittle(), silent)
    last = found.points[-1]
    assert found.status == Status(
        f"After {last.number} cycles the next was not solved: The particles are too few.", solved=False
    )
    assert last.damage.material_lost[0] < 0.02 < last.damage.material_lost[0] + 2e-3
    assert len(found.check_ups) == 1
    assert not found.post_mortem


def test_work_of_electrons_is_that_of_a_uniform_reaction():
    """If the reaction is uniform the electronic current falls linearly: the work is I^2 L/(3 sigma) t."""
    a_cell = cell(4e-3, counter="lithium")
    cells, current, duration = 6, 20.0, 100.0
    width = np.concatenate([[25e-6], np.full(cells, 38e-6 / cells)])
    mesh = Mesh(width, np.array([1] + [2] * cells), np.array([-1] + [0] * cells))
    ionic = np.tile(np.concatenate([[current, current], current * (1 - np.arange(1, cells + 1) / cells)]), (2, 1))
    field, particles = np.zeros((2, cells + 1)), np.full((2, 1, cells + 1), 20000.0)
    state = State(field[0], particles[:1])
    run = Run(
        mesh, np.array([0, duration]), np.full(2, 4.0), np.full(2, current), np.zeros(2, np.int64), ("longest",),
        field, ionic, particles, particles, particles, field, field, state, SOLVED,
    )  # fmt: skip
    (use,) = uses(run, a_cell)
    assert use.electrons * 2 * use.capacity == pytest.approx(current**2 * 38e-6 / (3 * 4e-3) * duration, rel=1e-12)


def test_laws_in_numbers():
    used = Use(capacity=96485.33212, throughput=0.8, reaction=0.03, electrons=0.02, last=0.9)
    before = Damage(*np.array([[0.0], [0.0], [0.5], [0.0], [0.0], [0.0]]))
    laws = replace(ALL_LAWS, reference_overpotential=0.1)
    expected = [4e-4 * 0.8, 3e-4 * 0.2 * 0.9, 0.5 * 3e-4 * 0.2, 5e-3 * 0.2, 4e-4 * 0.3, 1e-5 * 0.8]
    np.testing.assert_allclose(damage_of((used,), laws, before).values[:, 0], expected, rtol=1e-12)


def test_a_settled_cycle_is_like_the_next():
    a_cell, cycling, solver = cell(4e-4, 5e-2), Cycling(ONE_C, ONE_C, 1.4, 2.8), Structured()
    lithium = lithium_of(a_cell, START)
    first, found = solved(solver, a_cell, cycling, lithium), settled(solver, a_cell, cycling, lithium)
    after = Cycle(solver.run(a_cell, cycling.steps(), found.run.state))
    assert after.discharge == pytest.approx(found.discharge, rel=1e-3)
    assert abs(first.discharge / found.discharge - 1) > 2e-3


def test_damage_makes_the_cell_it_says():
    damage = Damage(*np.array([[0, 0], [0, 0], [0.1, 0.2], [1.0, 0.0], [0.01, 0.02], [1e-3, 0]]))
    found = aged(cell(2e-3, 2e-2), damage).positive
    assert found.contact_resistance == 1e-3
    assert [layer.conductivity for layer in found.layers] == [1e-3, 2e-2]
    assert [layer.populations[0].wired for layer in found.layers] == [0.9, 0.8]
    assert [layer.populations[0].film_resistance for layer in found.layers] == [0.01, 0.02]
