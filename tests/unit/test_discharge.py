"""Discharges: what is found out about a run, on a run whose fields are known in closed form."""

from dataclasses import replace

import numpy as np
import pytest

from electrosim.base.constants import FARADAY, GAS_CONSTANT
from electrosim.base.errors import InputError, SolveError
from electrosim.base.observer import silent
from electrosim.base.status import SOLVED, Status
from electrosim.discharge import (
    Analysis,
    Cell,
    Electrode,
    Layer,
    Population,
    Problem,
    Programme,
    Step,
    Stoichiometry,
    constant_current,
    solve,
)
from electrosim.discharge.balances import balance_variables
from electrosim.discharge.disparity import inferred
from electrosim.discharge.equilibrium import Potential, at_voltage, capacity, open_circuit_voltage
from electrosim.discharge.groups import sections
from electrosim.discharge.overpotential import CONTRIBUTIONS, split
from electrosim.discharge.rate_capability import rate_capability_variables
from electrosim.discharge.record import Record
from electrosim.discharge.timeline import common_times, integral_weights, interpolation, strictly_rising
from electrosim.discharge.trajectory import Mesh, Run, State
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, LithiumMetal, Separator
from electrosim.materials.property import Property, constant

SIGMA, KAPPA, EFFICIENCY, LEADS, SALT = 0.02, 0.9, 0.1, 5e-4, 1000.0
FRACTION, RADIUS, DIFFUSIVITY, MAXIMUM = 0.6, 5e-6, 1e-14, 48000.0
EXCHANGE = 70.0  # A m-2, of the lithium
THERMAL = GAS_CONSTANT * 298.15 / FARADAY
CHI = 2 * THERMAL * (1 - 0.3)


def potential(x):
    return 4.4 - 1.2 * x - 0.05 * np.tanh(8 * (x - 0.5))


MATERIAL = ActiveMaterial("oxide", MAXIMUM, Property(potential, 0.2, 0.95), constant(DIFFUSIVITY), 1e-5, RADIUS, 4700.0)
ELECTROLYTE = Electrolyte("salt", SALT, constant(KAPPA), constant(1e3), constant(0.3), constant(1.0))
SEPARATOR = Separator("film", 25e-6, 0.4, 0.25)


def layer(name="single", thickness=40e-6, conductivity=SIGMA, **changes):
    given = {"porosity": 0.3, "transport_efficiency": EFFICIENCY, "conductivity": conductivity}
    return Layer(name, thickness, populations=(Population(MATERIAL, FRACTION, RADIUS),), **(given | changes))


def half_cell(*layers):
    electrode = Electrode(layers or (layer(),), contact_resistance=2e-4)
    return Cell(electrode, LithiumMetal(EXCHANGE), SEPARATOR, ELECTROLYTE, series_resistance=LEADS)


class Uniform:
    """A method that knows one case: the reaction is the same everywhere and salt does not move."""

    def __init__(self, cells=40, *, fails_after=None, salt=lambda share: SALT + 0 * share):
        self.cells, self.fails_after, self.salt = cells, fails_after, salt

    def run(self, cell, steps, start, *, observer):
        observer("uniform reaction", 0.0)
        electrode = cell.positive
        widths = [np.full(self.cells, part.thickness / self.cells) for part in reversed(electrode.layers)]
        numbers = [np.full(self.cells, number) for number in reversed(range(len(electrode.layers)))]
        width = np.concatenate([np.full(4, cell.separator.thickness / 4), *widths])
        region = np.where(np.arange(width.size) < 4, 1, 2)
        mesh = Mesh(width, region, np.concatenate([np.full(4, -1), *numbers]))
        pieces, clock, stoichiometry = [], 0.0, start.positive
        ends = []
        for number, step in enumerate(steps):
            current = step.value if step.control == "current" else 0.0
            time = np.linspace(0, min(step.longest, 3000 / max(abs(current), 1e-9) * 10), 31)
            pieces.append(self.step(cell, mesh, number, current, clock + time, stoichiometry, time))
            clock += time[-1]
            stoichiometry += current * time[-1] / self.capacity(electrode)
            ends.append("longest")
            if self.fails_after == number:
                ends[-1] = "failed"
                break
        status = SOLVED if self.fails_after is None else Status("The salt ran out; lower the rate.", solved=False)
        fields = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        state = State(np.full(width.size, SALT), fields["mean_concentration"][-1][:, None])
        return Run(mesh=mesh, ends=tuple(ends), state=state, status=status, **fields)

    @staticmethod
    def capacity(electrode):
        return FARADAY * MAXIMUM * FRACTION * electrode.thickness

    def step(self, cell, mesh, number, current, time, stoichiometry, since):
        electrode, thickness = cell.positive, cell.positive.thickness
        middle = np.cumsum(mesh.width) - mesh.width / 2 - cell.separator.thickness  # 0 at the separator
        inside = middle > 0
        faces = np.concatenate([[0.0], np.cumsum(mesh.width)]) - cell.separator.thickness
        ionic = current * np.clip(1 - faces / thickness, 0, 1)
        density = -current * RADIUS / (3 * FRACTION * thickness)
        mean = stoichiometry + current * since / self.capacity(electrode)
        surface = mean - density * RADIUS / (5 * FARADAY * DIFFUSIVITY * MAXIMUM)
        kinetic = 2 * THERMAL * np.arcsinh(current / (2 * EXCHANGE))
        through = current * (middle - middle**2 / (2 * thickness)) / (KAPPA * EFFICIENCY)
        across = current / (KAPPA * SEPARATOR.transport_efficiency)
        before = across * np.minimum(middle + cell.separator.thickness, cell.separator.thickness)
        salt = self.salt((middle + cell.separator.thickness) / mesh.width.sum())
        phi_e = CHI * np.log(salt / self.salt(0.0)) - kinetic - before - np.where(inside, through, 0.0)
        solid = current * middle**2 / (2 * SIGMA * thickness)  # falls towards the collector
        level = potential(surface) - 0.03 * np.sign(current) - (-(solid + phi_e)[inside]).mean()
        phi_s = np.where(inside, level[:, None] - solid, np.nan)
        end = level - current * thickness / (2 * SIGMA)
        rows = np.ones((time.size, 1))
        particle = np.where(inside, 1.0, np.nan)
        return {
            "time": time,
            "step": np.full(time.size, number),
            "current": np.full(time.size, current),
            "voltage": end - current * (electrode.contact_resistance + cell.series_resistance),
            "electrolyte_concentration": rows * salt,
            "ionic_current": rows * ionic,
            "electrolyte_potential": rows * phi_e,
            "electrode_potential": phi_s,
            "surface_concentration": MAXIMUM * surface[:, None, None] * particle,
            "mean_concentration": MAXIMUM * mean[:, None, None] * particle,
            "reaction_current": density * rows[:, None] * particle,
        }


FULL = Stoichiometry(0.3)


def uniform_run(cell, steps, start=FULL, **given):
    return Uniform(**given).run(cell, steps, start, observer=silent)


NOMINAL = 20.0 * 3600


def problem(*rates, cell=None, **changes):
    programmes = tuple(Programme(rate, (Step("current", 20.0 * rate, longest=1500 / rate),)) for rate in rates)
    return Problem(
        **(
            {"cell": cell or half_cell(), "start": FULL, "programmes": programmes, "nominal_capacity": NOMINAL}
            | changes
        )
    )


# ---- the overpotential in parts


def test_parts_of_a_uniform_reaction_are_the_closed_forms():
    current, thickness = 20.0, 40e-6
    found = split(half_cell(), uniform_run(half_cell(), [Step("current", current, longest=1000.0)], cells=80))
    parts = dict(zip(CONTRIBUTIONS, found.overpotential.sum(axis=2).T, strict=True))
    assert parts["electronic"] == pytest.approx(current * thickness / (3 * SIGMA), rel=1e-3)
    separator = current * SEPARATOR.thickness / (KAPPA * SEPARATOR.transport_efficiency)
    assert parts["ionic"] == pytest.approx(current * thickness / (3 * KAPPA * EFFICIENCY) + separator, rel=1e-3)
    assert parts["kinetic"][5:] == pytest.approx(2 * THERMAL * np.arcsinh(current / (2 * EXCHANGE)) + 0.03, abs=1e-4)
    assert parts["contact"] == pytest.approx(current * (LEADS + 2e-4), rel=1e-12)
    assert np.abs(parts["concentration"]).max() < 1e-12
    assert np.abs(parts["distribution"]).max() < 1e-9
    drop = current * RADIUS**2 / (15 * FRACTION * thickness * FARADAY * DIFFUSIVITY * MAXIMUM)
    slope = 1.2 + 0.05 * 8 / np.cosh(8 * (0.3 - 0.5)) ** 2
    assert parts["diffusion"][0] == pytest.approx(drop * slope, rel=0.05)


@pytest.mark.parametrize("current", [20.0, -20.0])
def test_parts_add_up_to_the_voltage_lost(current):
    cell = half_cell(layer("bottom", 15e-6), layer("top", 25e-6))
    run = uniform_run(cell, [Step("current", current, longest=500.0)], Stoichiometry(0.5), cells=7)
    found = split(cell, run)
    assert found.places == ("bottom", "top", "separator", "lithium", "collectors")
    lost = found.open_circuit_voltage - run.voltage
    assert found.overpotential.sum(axis=(1, 2)) == pytest.approx(lost, abs=1e-13)
    electronic = found.overpotential[:, CONTRIBUTIONS.index("electronic")]
    assert np.all(electronic[:, 0] * current > electronic[:, 1] * current)  # the bottom carries more electrons


def test_no_current_has_no_parts():
    run = uniform_run(half_cell(), [Step("current", 5.0, longest=100.0), Step("rest", longest=10.0)])
    found = split(half_cell(), run)
    assert np.isnan(found.overpotential[run.step == 1]).all()
    assert np.isfinite(found.overpotential[run.step == 0]).all()


def test_what_gradients_of_salt_cost_is_no_resistance():
    cell, step = half_cell(), [Step("current", 20.0, longest=1000.0)]
    plain = split(cell, uniform_run(cell, step, cells=60)).overpotential
    run = uniform_run(cell, step, cells=60, salt=lambda share: SALT * (1.2 - 0.7 * share))
    steep = split(cell, run).overpotential
    ionic, concentration = CONTRIBUTIONS.index("ionic"), CONTRIBUTIONS.index("concentration")
    assert steep[:, ionic] == pytest.approx(plain[:, ionic], rel=1e-6, abs=1e-12)
    share = np.linspace(3.125 / 65, 1, 20001)  # from the middle of the first cell: nothing gathers at this lithium
    current = np.clip((1 - share) * 65 / 40, 0, 1)  # of separator and electrode, 25 and 40 um
    loss = -CHI * np.trapezoid(current * -0.7 / (1.2 - 0.7 * share), share)
    assert steep[:, concentration].sum(axis=1) == pytest.approx(loss, rel=1e-3)
    assert steep.sum(axis=(1, 2)) == pytest.approx(split(cell, run).open_circuit_voltage - run.voltage, abs=1e-13)


def test_places_rise_towards_the_separator():
    cell = replace(half_cell(), negative=Electrode((layer(thickness=30e-6), layer("top", 10e-6))))
    widths = np.array([15e-6, 15e-6, 10e-6, 25e-6, 20e-6, 20e-6])
    mesh = Mesh(widths, np.array([0, 0, 0, 1, 2, 2]), np.array([0, 0, 1, -1, 0, 0]))
    found = {section.name: section for section in sections(cell, mesh)}
    assert list(found) == ["positive", "negative single", "negative top"]
    assert found["positive"].place == pytest.approx([0.75, 0.25])
    assert found["negative single"].place == pytest.approx([0.25, 0.75])
    assert found["negative top"].cells == slice(2, 3)


# ---- rest


def test_voltage_and_stoichiometry_are_inverse():
    state = at_voltage(half_cell(), 3.9)
    assert open_circuit_voltage(half_cell(), state) == pytest.approx(3.9, abs=1e-12)


def test_two_electrodes_keep_their_lithium():
    low = ActiveMaterial("host", 30000.0, Property(lambda x: 1.6 - 0.2 * x, 0, 1), constant(1e-14), 1e-5, 1e-6, 3000.0)
    other = Electrode((Layer("single", 60e-6, 0.3, 0.1, 10.0, (Population(low, 0.6, 1e-6),)),))
    cell = replace(half_cell(), negative=other)
    made = Stoichiometry(0.9, 0.05)
    full = at_voltage(cell, 2.6, made)
    assert open_circuit_voltage(cell, full) == pytest.approx(2.6, abs=1e-9)

    def lithium(state):
        return state.positive * capacity(cell.positive) + state.negative * capacity(other)

    assert lithium(full) == pytest.approx(lithium(made), rel=1e-12)
    with pytest.raises(InputError, match="give both stoichiometries"):
        at_voltage(cell, 2.6)


def test_a_blend_rests_at_one_potential():
    other = replace(MATERIAL, name="other", open_circuit_potential=Property(lambda x: 4.2 - 0.9 * x))
    blend = Potential([MATERIAL, other, MATERIAL], [1.0, 2.0, 1.0])
    mean = blend.mean(3.7)
    assert blend.at(np.array([mean]))[0] == pytest.approx(3.7, abs=1e-6)
    shares = blend.share(MATERIAL, mean), blend.share(other, mean)
    assert np.mean(shares) == pytest.approx(mean, abs=1e-6)
    assert potential(shares[0]) == pytest.approx(4.2 - 0.9 * shares[1], abs=1e-6)
    assert Potential([MATERIAL, MATERIAL], [1.0, 3.0]).at(np.array([0.4]))[0] == potential(0.4)


# ---- times


def test_common_times_are_exact_for_cubics_and_end_with_the_run():
    cell = half_cell()
    runs = [uniform_run(cell, [Step("current", 5.0, longest=t), Step("rest", longest=7.0)]) for t in (90.0, 200.0)]
    time, hows = common_times(runs, most=20)
    assert np.all(np.diff(time) > 0)
    dense = np.linspace(0, 97, 500)
    taken = interpolation(strictly_rising(runs[0].time), runs[0].step, dense).of(runs[0].current)
    assert set(taken.round(9)) == {5.0, 0.0}  # nothing is interpolated across a change of step
    for run, how in zip(runs, hows, strict=True):
        cubic = how.of((run.time - 50) ** 3)
        inside = time <= run.time[-1]
        assert cubic[inside] == pytest.approx((time[inside] - 50) ** 3, rel=1e-9, abs=1e-6)
        assert np.isnan(cubic[~inside]).all()


def test_integral_is_exact_for_cubics():
    time = np.sort(np.random.default_rng(1).random(9))
    for power in range(4):
        exact = (time[-1] ** (power + 1) - time[0] ** (power + 1)) / (power + 1)
        assert integral_weights(time) @ time**power == pytest.approx(exact, rel=1e-12)


def test_a_last_step_of_no_length_adds_nothing_to_an_integral():
    time, voltage = np.array([0.0, 1.0, 2.0, 3.0, 3.0 + 1e-8]), np.array([4.0, 3.9, 3.8, 3.7, 3.6])
    assert integral_weights(time) @ voltage == pytest.approx(11.55, rel=1e-6)  # a cubic would swing by 1e7 V
    assert interpolation(time, np.zeros(5, int), np.array([2.5, 4.0])).of(voltage) == pytest.approx(
        [3.75, np.nan], nan_ok=True
    )


# ---- numbers over rates


@pytest.mark.parametrize(("base", "factor"), [("power-of-two", 0.5), ("paper", 0.301)])
def test_planted_exponent_is_found(base, factor):
    rates = np.array([0.5, 1, 2, 3])
    usable = np.ones(4, bool)
    found = rate_capability_variables(rates, 7e4 * rates**-0.2, usable, "energy", "logarithmic", base)
    values = {name: item[1] for name, item in found.items()}
    assert values["peukert_exponent"] == pytest.approx(0.2, abs=1e-6)
    assert values["peukert_factor"] == pytest.approx(7e4, rel=1e-6)
    assert values["rate_capability"] == pytest.approx(factor**0.2, rel=1e-6)
    assert values["rate_capability_power_of_two"] == pytest.approx(2**-0.2, rel=1e-6)
    noisy = 7e4 * rates**-0.2 * [1.02, 0.98, 1.01, 0.99]
    ends = {
        name: item[1]
        for name, item in rate_capability_variables(rates, noisy, usable, "energy", "linear", "paper").items()
    }
    assert ends["peukert_exponent_lower"] < 0.2 < ends["peukert_exponent_upper"]
    assert ends["rate_capability_lower"] < ends["rate_capability"] < ends["rate_capability_upper"]


def test_two_rates_are_too_few_for_the_law():
    usable = np.array([True, True, False])
    found = rate_capability_variables(np.array([1.0, 2, 3]), np.array([3.0, 2, 1]), usable, "energy", "linear", "paper")
    assert np.isnan(found["peukert_exponent"][1])


def test_both_forms_of_equation_8_agree():
    shares, bottom, top = np.array([0.516, 0.484]), np.array([110.0, 60.0]), np.array([160.0, 140.0])
    u_2, psi = inferred(shares, np.array([130.0, 80.0]), bottom, top)
    assert psi == pytest.approx(bottom / (u_2 * top + bottom), rel=1e-12)


# ---- the result


def test_result_of_a_uniform_reaction():
    cell = half_cell(layer("bottom", 15e-6), layer("top", 25e-6))
    found = solve(problem(0.5, 1, 2, cell=cell), method=Uniform(), fields=True)
    assert found["capacity"].values == pytest.approx(20.0 * 1500, rel=1e-12)
    assert found["layer_capacity"].sel(layer="top").values == pytest.approx(20.0 * 1500 * 25 / 40, rel=1e-9)
    assert found["true_disparity"].values == pytest.approx(0.5, rel=1e-9)
    assert found["overpotential_error"].max() < 1e-12
    assert found["charge_balance_error"].max() < 1e-10
    whole = found["energy"] + found["heat"].sum(["contribution", "place"])
    run = found.sel(rate=1).dropna("time", subset=["voltage"])
    exact = np.trapezoid(run["open_circuit_voltage"], run["discharged"])
    assert whole.sel(rate=1) == pytest.approx(exact, rel=1e-6)
    middle = found["profile_mean_stoichiometry"].sel(rate=1, depth_of_discharge=0.5, population=0)
    expected = 0.3 + 0.5 * 20 * 1500 / Uniform.capacity(cell.positive)
    assert middle.values[found["electrode_at"].values == "positive"] == pytest.approx(expected, rel=1e-9)
    assert list(found["layer_at"].values[[0, 45, -1]]) == ["bottom", "top", "separator"]
    assert found["electrolyte_potential"].dims == ("rate", "time", "x")
    for name, item in found.data_vars.items():
        assert {"units", "long_name"} <= set(item.attrs), name


def test_single_layers_give_the_papers_numbers():
    cell = half_cell(layer("bottom", 20e-6), layer("top", 20e-6))
    given = ((100.0, 140.0), (50.0, 90.0))
    found = solve(problem(1, 2, cell=cell, single_layer_capacities=given), method=Uniform())
    total = found["specific_capacity"].values
    u_2, psi = inferred(np.array([0.5, 0.5]), total, np.array([100.0, 50.0]), np.array([140.0, 90.0]))
    assert found["top_layer_coefficient"].values == pytest.approx(u_2)
    assert found["disparity"].values == pytest.approx(psi)
    assert found["layer_coefficient"].values == pytest.approx(total[:, None] / np.array(given))


def test_a_failed_run_keeps_its_curve_and_says_so():
    with pytest.raises(SolveError, match="salt ran out"):
        solve(problem(1), method=Uniform(fails_after=0))
    found = solve(problem(1), method=Uniform(fails_after=0), throw=False)
    assert not found["solved"].item()
    assert "salt ran out" in found["status"].item()
    assert found["voltage"].sizes["time"] > 10
    assert found["capacity"].item() > 0
    assert np.isnan(found["peukert_exponent"])


def test_in_sequence_is_one_run_cut_into_rates():
    steps = (Step("current", 10.0, longest=300.0), Step("current", -10.0, longest=300.0))
    programmes = tuple(Programme(rate, steps) for rate in (1.0, 2.0, 3.0))
    found = solve(problem(programmes=programmes, in_sequence=True), method=Uniform())
    assert found["capacity"].values == pytest.approx(3000.0, rel=1e-12)
    assert found["duration"].values == pytest.approx(300.0, rel=1e-12)
    assert float(found["time"].max()) == pytest.approx(600.0, rel=1e-9)
    failed = solve(problem(programmes=programmes, in_sequence=True), method=Uniform(fails_after=3), throw=False)
    assert list(failed["solved"].values) == [True, False, False]
    assert str(failed["status"][2].values).startswith("Not begun")
    assert np.isnan(failed["capacity"][2])


def test_what_is_lost_is_noticed():
    run = uniform_run(half_cell(), [Step("current", 20.0, longest=1000.0)])
    record = Record(half_cell(), problem(1).programmes[0], run)
    leak = 1 + 0.01 * (np.arange(run.time.size) == run.time.size - 1)
    salt = replace(run, electrolyte_concentration=run.electrolyte_concentration * leak[:, None])
    assert balance_variables([replace(record, run=salt)])["lithium_balance_error"][1] == pytest.approx([0.01])
    taken = run.mean_concentration[-1] - run.mean_concentration[0]
    lithium = replace(run, mean_concentration=run.mean_concentration + 0.02 * taken * (leak > 1)[:, None, None])
    assert balance_variables([replace(record, run=lithium)])["charge_balance_error"][1] == pytest.approx([0.02])


def test_cycles_are_told_apart():
    steps = (Step("current", 10.0, longest=300.0), Step("rest", longest=10.0), Step("current", -10.0, longest=200.0))
    found = solve(problem(programmes=(Programme(1.0, steps, cycles=3),)), method=Uniform())
    assert found["cycle_capacity"].values == pytest.approx(np.full((1, 3), 3000.0), rel=1e-9)
    assert found["cycle_charge"].values == pytest.approx(np.full((1, 3), 2000.0), rel=1e-9)


@pytest.mark.parametrize("cycles", [1, 3])
def test_what_is_wanted_alone_is_what_it_is_among_all(cycles):
    """With the coordinates along it; nothing costs more than what it needs."""
    steps = (Step("current", 10.0, longest=300.0), Step("rest", longest=10.0), Step("current", -10.0, longest=200.0))
    asked = problem(programmes=tuple(Programme(rate, steps, cycles=cycles) for rate in (1.0, 2.0)))
    whole = solve(asked, method=Uniform())
    assert ("cycle_capacity" in whole) == (cycles > 1)
    for name in set(whole.data_vars) - {"wall_time"}:
        assert solve(asked, method=Uniform(), only={name})[name].identical(whole[name]), name
    light = solve(asked, method=Uniform(), only={"energy"})
    assert set(light.variables) == {"rate", "energy", "status", "solved", "wall_time", "nominal_capacity"}


def test_ranges_that_were_left_are_named_once():
    found = solve(problem(1, 2, start=Stoichiometry(0.15)), method=Uniform())
    sentences = found["range_warnings"].item().split("\n")
    assert len(sentences) == 1
    assert "open-circuit potential of oxide was used at x = 0.18" in sentences[0]


# ---- what is refused


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start": Stoichiometry(1.2)}, "must lie between 0 and 1"),
        ({"nominal_capacity": 0.0}, "must be positive"),
        ({"programmes": ()}, "there are 0 rates"),
        ({"programmes": constant_current([0.0], NOMINAL, 3.0)}, "rates must be positive"),
        ({"programmes": constant_current([1, 1], NOMINAL, 3.0)}, "keep one"),
        ({"programmes": constant_current([1], NOMINAL, 4.5)}, "lower protocol.lower_voltage"),
        ({"programmes": (Programme(1, (Step("current", 5.0),)),)}, "never ends; give it a voltage"),
        ({"programmes": (Programme(1, (Step("current", 5.0, upper_voltage=4.3),)),)}, "never ends"),
        (
            {"programmes": (Programme(1, (Step("current", 5.0, charge=9.0), Step("rest"))),)},
            r"step 2 .* give it a time",
        ),
        ({"programmes": (Programme(1, (Step("voltage", 3.0),)),)}, "give it a current to end at"),
        ({"programmes": (Programme(1, (Step("table"),)),)}, "no table of currents"),
        ({"programmes": (Programme(1, (Step("current", 5.0, charge=9.0),), measured=3),)}, "no step to measure"),
        ({"programmes": (Programme(1, (Step("current", 5.0, charge=9.0),), cycles=0),)}, "0 cycles"),
        ({"single_layers": (half_cell(), half_cell())}, "give one for each"),
        ({"single_layer_capacities": ((1.0, 2.0),)}, "one for each layer"),
        ({"cell": half_cell(layer(thickness=0.0))}, "must have some thickness"),
        ({"cell": half_cell(layer(porosity=-0.1))}, 'porosity of layer "single" .* is -0.1'),
        ({"cell": half_cell(layer(porosity=0.5))}, "add up to 1.1"),
        ({"cell": half_cell(layer(porosity=lambda x: 0.3 + x))}, "at 70% of its height"),
        ({"cell": half_cell(layer(conductivity=0.0))}, "electronic conductivity .* above 0"),
        ({"cell": replace(half_cell(), temperature=20.0)}, "temperature"),
        ({"cell": replace(half_cell(), series_resistance=-1.0)}, "series resistance"),
    ],
)
def test_impossible_problems_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        problem(**({"programmes": constant_current([1], NOMINAL, 3.0)} | changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"depths": ()}, "one or more"), ({"depths": (1.5,)}, "from 0 to 1"), ({"samples": 1}, "at least 2")],
)
def test_impossible_analyses_are_refused(changes, sentence):
    with pytest.raises(InputError, match=sentence):
        Analysis(**changes)
