"""The structured solver against exact solutions, against itself on other paths, and in its orders."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from electrosim.base.constants import FARADAY, GAS_CONSTANT
from electrosim.base.errors import InputError
from electrosim.discharge import sphere
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.mesh import assemble
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.structured import Structured
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, LithiumMetal, Separator
from electrosim.materials.property import Property, constant

SALT = Electrolyte(
    "salt",
    1000.0,
    Property(lambda c: 0.1297 * (c / 1000) ** 3 - 2.51 * (c / 1000) ** 1.5 + 3.329 * c / 1000),
    Property(lambda c: 8.794e-11 * (c / 1000) ** 2 - 3.972e-10 * c / 1000 + 4.862e-10),
    constant(0.2594),
    constant(1.0),
)
CARBON = ActiveMaterial(
    "carbon",
    33133.0,
    Property(lambda x: 0.2 + 2 * np.exp(-40 * x) - 0.09 * np.tanh(30 * (x - 0.12)) - 0.02 * np.tanh(30 * (x - 0.6))),
    constant(3.3e-14),
    6.48e-7,
    5.86e-6,
    2260.0,
)
OXIDE = ActiveMaterial(
    "oxide", 63104.0, Property(lambda x: 4.6 - 0.9 * x - 0.02 / (1.01 - x)), constant(4e-15), 3.42e-6, 5.22e-6, 4700.0
)
NEGATIVE = Layer("negative", 85.2e-6, 0.25, 0.125, 215.0, (Population(CARBON, 0.75, 5.86e-6),))
POSITIVE = Layer("positive", 75.6e-6, 0.335, 0.194, 0.18, (Population(OXIDE, 0.665, 5.22e-6),))
CELL = Cell(Electrode((POSITIVE,)), Electrode((NEGATIVE,)), Separator("film", 12e-6, 0.47, 0.32), SALT)
START = Stoichiometry(0.27, 0.9)
ONE_C = 48.7
DISCHARGE = [Step("current", ONE_C, lower_voltage=2.5)]
METHOD = Structured()


def with_positive(**changes):
    return replace(CELL, positive=Electrode((replace(POSITIVE, **changes),)))


def difference(run, reference, share=0.98):
    """Largest difference of the voltage from that of a finer run, over a share of it [V]."""
    inside = run.time <= share * reference.time[-1]
    return np.max(np.abs(run.voltage[inside] - CubicSpline(reference.time, reference.voltage)(run.time[inside])))


@pytest.fixture(scope="module")
def plain():
    return METHOD.run(CELL, DISCHARGE, START)


@pytest.mark.parametrize("layers", [2, 3])
def test_cutting_a_layer_changes_nothing(plain, layers):
    parts = tuple(replace(POSITIVE, name=f"{part}", thickness=75.6e-6 / layers) for part in range(layers))
    run = METHOD.run(replace(CELL, positive=Electrode(parts)), DISCHARGE, START)
    assert set(run.mesh.layer[run.mesh.region == 2]) == set(range(layers))
    if layers == 2:  # three parts need a few cells more
        np.testing.assert_allclose(run.voltage, plain.voltage, rtol=1e-9)
    assert run.time[-1] == pytest.approx(plain.time[-1], rel=1e-9 if layers == 2 else 1e-5)


@pytest.mark.parametrize(
    "changes",
    [
        {"porosity": lambda x: 0.335 + 0 * x, "conductivity": lambda x: 0.18 + 0 * x},
        {"conductivity": 0.1, "background_conductivity": constant(0.08)},
        {"populations": (Population(OXIDE, 0.3, 5.22e-6), Population(OXIDE, 0.365, 5.22e-6))},
        {"populations": (Population(OXIDE, 0.7, 5.22e-6, wired=0.95),)},
    ],
    ids=["flat profile", "constant background", "population in two parts", "wired share"],
)
def test_the_same_cell_said_in_another_way(plain, changes):
    run = METHOD.run(with_positive(**changes), DISCHARGE, START)
    np.testing.assert_allclose(run.voltage, plain.voltage, rtol=1e-9)
    np.testing.assert_allclose(run.time, plain.time, rtol=1e-9)


def test_resistances_are_taken_off_the_voltage(plain):
    run = METHOD.run(
        replace(
            CELL,
            positive=Electrode((POSITIVE,), 2e-4),
            negative=Electrode((NEGATIVE,), 3e-4),
            series_resistance=1e-4,
        ),
        [Step("current", ONE_C, longest=1000.0)],
        START,
    )
    same = plain.time < 900
    expected = CubicSpline(plain.time, plain.voltage)(run.time) - ONE_C * 6e-4
    assert np.max(np.abs(run.voltage - expected)[run.time < 900]) < 1e-4
    assert same.sum() > 10
    assert run.electrode_potential[0, 0] == pytest.approx(-ONE_C * 3e-4, abs=1e-4)  # against the negative collector


def test_film_resistance_adds_its_ohmic_drop():
    area = 3 * 0.665 / 5.22e-6 * 75.6e-6
    bare, film = (
        METHOD.run(
            with_positive(populations=(Population(OXIDE, 0.665, 5.22e-6, film_resistance=resistance),)),
            [Step("current", 1.0, longest=1.0)],
            START,
        )
        for resistance in (0.0, 0.5)
    )
    assert bare.voltage[0] - film.voltage[0] == pytest.approx(0.5 / area, rel=1e-3)


def test_modes_and_shells_agree():
    shells = replace(OXIDE, diffusivity=Property(lambda x: 4e-15 + 0 * x))
    fine = Structured(1e-5)
    run = fine.run(with_positive(populations=(Population(shells, 0.665, 5.22e-6),)), DISCHARGE, START)
    assert difference(run, fine.run(CELL, DISCHARGE, START)) < 5e-4


def test_a_diffusivity_that_falls_costs_capacity_and_no_lithium(plain):
    falling = replace(OXIDE, diffusivity=Property(lambda x: 4e-15 * (1.2 - x)))
    run = METHOD.run(with_positive(populations=(Population(falling, 0.665, 5.22e-6),)), DISCHARGE, START)
    where = run.mesh.region == 2
    gained = FARADAY * 0.665 * (run.mean_concentration[:, 0, where] - run.mean_concentration[0, 0, where])
    np.testing.assert_allclose(gained @ run.mesh.width[where], ONE_C * run.time, atol=1e-10 * ONE_C * run.time[-1])
    assert run.time[-1] < plain.time[-1]


def test_modes_follow_the_sphere():
    modes = sphere.balanced_modes(12)
    rates, surface = modes[0, :-1], modes[1, :-1]
    roots = np.array([brent_root(n) for n in range(1, 2000)])
    assert np.sum(surface[1:] ** 2 / rates[1:]) + modes[1, -1] == pytest.approx(1 / 5, abs=1e-12)
    for tau in (1e-3, 1e-2, 0.1, 1.0):
        exact = 3 * tau + 0.2 - 2 * np.sum(np.exp(-(roots**2) * tau) / roots**2)
        decay = np.divide(1 - np.exp(-rates * tau), rates, out=np.full_like(rates, tau), where=rates > 0)
        assert np.sum(surface**2 * decay) + modes[1, -1] == pytest.approx(exact, abs=1e-4)


def brent_root(n):
    """The n-th positive root of tan x = x."""
    x = (n + 0.5) * np.pi
    for _ in range(50):
        x = (n + 0.5) * np.pi - np.arctan(1 / x)
    return x


def test_steps_end_where_they_should():
    steps = [
        Step("current", ONE_C, lower_voltage=3.0),
        Step("rest", longest=600.0),
        Step("current", -0.5 * ONE_C, upper_voltage=4.1),
        Step("voltage", 4.1, lower_current=ONE_C / 20),
        Step("power", 150.0, charge=3000.0),
        Step("table", table=(np.array([0.0, 60.0, 120.0]), np.array([0.0, 30.0, -30.0]))),
    ]
    run = METHOD.run(CELL, steps, START)
    last = [np.flatnonzero(run.step == step)[-1] for step in range(6)]
    assert run.ends == ("lower_voltage", "longest", "upper_voltage", "lower_current", "charge", "longest")
    assert run.voltage[last[0]] == pytest.approx(3.0, abs=1e-6)
    assert run.time[last[1]] - run.time[last[0]] == pytest.approx(600.0, rel=1e-12)
    assert run.voltage[last[2]] == pytest.approx(4.1, abs=1e-6)
    np.testing.assert_allclose(run.voltage[run.step == 3], 4.1, atol=1e-5)
    assert -run.current[last[3]] == pytest.approx(ONE_C / 20, rel=1e-6)
    power = run.step == 4
    np.testing.assert_allclose((run.voltage * run.current)[power], 150.0, rtol=1e-5)
    assert np.trapezoid(run.current[power], run.time[power]) == pytest.approx(3000.0, rel=1e-6)
    table = run.step == 5
    since = run.time[table] - run.time[table][0]
    np.testing.assert_allclose(run.current[table], np.interp(since, *steps[5].table), atol=1e-9)
    assert {60.0, 120.0} <= set(np.round(since, 9))


def test_a_run_goes_on_from_its_state(plain):
    half = METHOD.run(CELL, [Step("current", ONE_C, longest=1500.0)], START)
    rest = METHOD.run(CELL, DISCHARGE, half.state)
    assert 1500.0 + rest.time[-1] == pytest.approx(plain.time[-1], abs=0.1)


def test_many_steps_in_one_run_are_those_of_single_runs():
    cycle = [Step("current", ONE_C, charge=2e4), Step("current", -ONE_C, charge=2e4)]
    run = METHOD.run(CELL, cycle * 20, START)  # more steps than one compiled call takes
    assert run.ends == ("charge",) * 40
    assert run.step[-1] == 39
    assert np.all(np.diff(run.time) >= 0)
    shorter = METHOD.run(CELL, cycle * 2, START)
    count = shorter.time.size
    np.testing.assert_allclose(run.voltage[:count], shorter.voltage, atol=1e-12)


def test_many_cells_are_solved_as_one_is(plain):
    cells = [CELL, replace(CELL, negative=LithiumMetal(50.0)), with_positive(conductivity=1.0)]
    starts = [START, START, Stoichiometry(0.27)]
    curves = METHOD.run_many(cells, DISCHARGE, starts, workers=2)
    assert [curve.status.solved for curve in curves] == [True, True, False]
    np.testing.assert_array_equal(curves[0].voltage, plain.voltage)
    assert curves[0].charge == pytest.approx(ONE_C * plain.time[-1])
    assert "two stoichiometries" in curves[2].status.sentence


def test_a_cell_that_cannot_go_on_keeps_what_it_has():
    unbounded = METHOD.run(CELL, [Step("current", 4 * ONE_C)], START)
    assert unbounded.ends == ("failed",)
    assert not unbounded.status.solved
    assert unbounded.time[-1] > 60
    assert np.isfinite(unbounded.voltage).all()
    impossible = METHOD.run(CELL, [Step("power", 1e5)], START)
    assert impossible.ends == ("failed",)
    assert "start of a step" in impossible.status.sentence


def test_salt_runs_out_with_a_status():
    thin = replace(SALT, concentration=50.0)
    cell = replace(CELL, electrolyte=thin, negative=LithiumMetal(50.0))
    run = METHOD.run(cell, [Step("current", 4 * ONE_C, lower_voltage=-50.0)], START)
    assert not run.status.solved or run.ends == ("lower_voltage",)
    assert np.isfinite(run.voltage).all()
    assert run.electrolyte_concentration.min() < 1.0


def test_the_surface_of_lithium_has_its_overpotential():
    cell = replace(CELL, negative=LithiumMetal(20.0, 0.5))
    run = METHOD.run(cell, [Step("current", 1e-3, longest=1.0)], START)
    thermal = GAS_CONSTANT * 298.15 / FARADAY
    assert -run.electrolyte_potential[0, 0] == pytest.approx(thermal * 1e-3 / 20.0, rel=2e-2)


STEADY = [Step("current", ONE_C, longest=3000.0)]


def late_voltages(method):
    """Voltages at fixed times after the first transients, and the steps that the run took."""
    run = method.run(CELL, STEADY, START)
    return CubicSpline(run.time, run.voltage)(np.linspace(100, 2900, 50)), run.time.size


def test_second_order_in_space():
    meshes = [assemble(CELL, [cells], max(2, cells // 4), [cells]) for cells in (8, 16, 32, 64)]
    values = [late_voltages(Structured(1e-5, mesh))[0] for mesh in meshes]
    changes = [np.max(np.abs(one - next_one)) for one, next_one in itertools.pairwise(values)]
    assert np.log2(changes[0] / changes[1]) == pytest.approx(2.0, abs=0.3)
    assert np.log2(changes[1] / changes[2]) == pytest.approx(2.0, abs=0.3)
    assert changes[2] < 1e-4


def test_second_order_in_time_or_better():
    mesh = assemble(CELL, [16], 4, [16])
    reference, _ = late_voltages(Structured(5.01e-5, mesh))
    (coarse, few), (fine, many) = (late_voltages(Structured(rtol, mesh)) for rtol in (8e-4, 1e-4))
    coarse_error, fine_error = (np.sqrt(np.mean((values - reference) ** 2)) for values in (coarse, fine))
    assert many > 1.5 * few
    assert coarse_error / fine_error > (many / few) ** 2
    assert fine_error < 1e-4


@pytest.mark.parametrize("rate", [0.2, 1.0, 2.0])
def test_the_accuracy_is_what_rtol_says(rate):
    steps = [Step("current", rate * ONE_C, lower_voltage=2.5)]
    reference = Structured(5e-6).run(CELL, steps, START)
    assert difference(METHOD.run(CELL, steps, START), reference, 0.9) < 5e-4 * max(1.0, rate)


OTHER_MESH = assemble(CELL, [8], 3, [8])


@pytest.mark.parametrize(
    ("attempt", "sentence"),
    [
        (lambda: Structured(1.0), "between 1e-9 and 1e-2"),
        (lambda: METHOD.run(CELL, [Step("table", table=(np.zeros(2), np.zeros(2)))], START), "later than the one"),
        (lambda: METHOD.run(CELL, [Step("table")], START), "has none"),
        (lambda: METHOD.run(CELL, DISCHARGE, Stoichiometry(0.3)), "two stoichiometries"),
        (lambda: Structured(mesh=OTHER_MESH).run(with_positive(thickness=1e-4), DISCHARGE, START), "another cell"),
        (
            lambda: Structured(mesh=OTHER_MESH).run(CELL, DISCHARGE, METHOD.run(CELL, STEADY, START).state),
            "another cell, mesh or accuracy",
        ),
        (lambda: assemble(CELL, [200], 10, [200]), "more than the"),
    ],
)
def test_bad_input(attempt, sentence):
    with pytest.raises(InputError, match=sentence):
        attempt()


def test_a_voltage_held_after_electrons_limited_a_discharge():
    layer = replace(POSITIVE, thickness=36e-6, conductivity=1.1e-3, porosity=0.3, transport_efficiency=0.1)
    cell = replace(CELL, positive=Electrode((layer,)), negative=LithiumMetal(70.0))
    steps = [
        Step("current", 25.0, lower_voltage=3.2),
        Step("voltage", 3.2, lower_current=1.0),
        Step("rest", longest=60.0),
    ]
    run = METHOD.run(cell, steps, Stoichiometry(0.27))
    assert run.ends == ("lower_voltage", "lower_current", "longest")
    assert run.current[run.step == 1][0] == pytest.approx(25.0, rel=1e-3)  # nothing jumps where the voltage goes on
