"""Scenarios of discharges: what their tables mean, what they refuse, and what a run writes."""

import io
import json

import numpy as np
import pytest
import xarray as xr

import electrosim
from electrosim.base.errors import InputError
from electrosim.base.result import provenance, variable, write
from electrosim.discharge import Structured, figures, tables
from electrosim.discharge.conductivity import Percolation, Tabulated
from electrosim.study.report import draw, own_tables
from electrosim.study.run import load

ONE_C = 19.25  # A m-2 at 11 mg/cm2 and 175 mAh/g


def steps(**protocol):
    loaded = load("single-layer", {f"protocol.{key}": value for key, value in protocol.items()})
    return loaded.problem.programmes[0].steps


# ---- what tables mean


def test_rates_become_currents():
    problem = load("single-layer", {"protocol.rates": [0.5, 3]}).problem
    assert [programme.steps[0].value for programme in problem.programmes] == pytest.approx([ONE_C / 2, 3 * ONE_C])
    assert problem.programmes[0].steps[0].lower_voltage == 3.0
    assert problem.start.positive == pytest.approx(0.272, abs=1e-3)
    assert load("single-layer").method == Structured(rtol=1e-4)


def test_constant_voltage_follows_discharge_and_charge():
    found = steps(rates=[2], cv=0.05, rest="15 min")
    assert [step.control for step in found] == ["current", "voltage", "rest", "current", "voltage"]
    assert [step.value for step in found] == pytest.approx([2 * ONE_C, 3.0, 0, -2 * ONE_C, 4.3])
    assert found[1].lower_current == found[4].lower_current == pytest.approx(0.05 * ONE_C)
    assert (found[3].upper_voltage, found[2].longest) == (4.3, 900)


def test_steps_say_everything(tmp_path):
    (tmp_path / "drive.csv").write_text("time,rate\n0,1\n10,2\n20,-0.5\n")
    table = str(tmp_path / "drive.csv")
    words = [
        {"rest": "1 min"},
        {"discharge": "rate", "until": "3.2 V", "capacity": "50 %"},
        {"hold": "3.5 V", "below": 0.1, "longest": "1 h"},
        {"power": "40 W/m^2"},
        {"charge": 0.3},
        {"table": table},
    ]
    problem = load("single-layer", {"protocol.steps": words, "protocol.rates": [2], "protocol.cycles": 3}).problem
    (programme,) = problem.programmes
    assert (programme.measured, programme.cycles, programme.rate) == (1, 3, 2)
    rest, discharge, hold, power, charge, drive = programme.steps
    assert (rest.longest, discharge.lower_voltage, discharge.charge) == (60, 3.2, pytest.approx(ONE_C * 1800))
    assert (hold.value, hold.lower_current, hold.longest) == (3.5, pytest.approx(0.1 * ONE_C), 3600)
    assert (power.value, power.lower_voltage) == (40, 3.0)
    assert (charge.value, charge.upper_voltage) == (pytest.approx(-0.3 * ONE_C), 4.3)
    assert drive.table[1] == pytest.approx([ONE_C, 2 * ONE_C, -0.5 * ONE_C])
    assert drive.longest == 20


def test_nominal_capacity_by_area_or_from_the_material():
    by_area = load("single-layer", {"protocol.nominal_capacity": "180 mA*h/g"}).problem.nominal_capacity
    assert by_area == pytest.approx(0.110 * 180 * 3600, rel=1e-9)
    document = load("carbon-gradient")
    protocol = document.protocol.model_copy(update={"nominal_capacity": None})
    free = document.model_copy(update={"protocol": protocol}).problem.nominal_capacity
    assert free == pytest.approx(0.110 * 180 * 3600, rel=2e-3)  # 3.0 to 4.3 V hold 180 mAh/g


def test_single_layers_have_the_recipe_of_a_layer_and_all_of_the_active_material():
    problem = load("bilayer-1-4").problem
    whole = problem.cell.positive.layers
    assert [layer.name for layer in whole] == ["bottom", "top"]
    assert whole[1].conductivity == pytest.approx(7e-2)
    mass = [sum(layer.thickness * layer.populations[0].fraction for layer in whole)]
    for cell, layer in zip(problem.single_layers, whole, strict=True):
        (alone,) = cell.positive.layers
        assert alone.populations[0].fraction == pytest.approx(layer.populations[0].fraction, rel=1e-12)
        assert alone.conductivity == layer.conductivity
        mass.append(alone.thickness * alone.populations[0].fraction)
    assert mass == pytest.approx([mass[0]] * 3, rel=1e-12)
    assert load("bilayer-1-4", {"analysis.single_layers": False}).problem.single_layers == ()
    given = {"analysis.single_layer_capacities": [["170 mA*h/g", "80 mA*h/g"], ["172 mA*h/g", "90 mA*h/g"]]}
    measured = load("bilayer-1-4", given | {"protocol.rates": [0.5, 3]}).problem
    assert measured.single_layers == ()
    assert np.array(measured.single_layer_capacities) / 3600 == pytest.approx(np.array([[170, 172], [80, 90]]))


def test_a_gradient_reaches_the_equations():
    (layer,) = load("carbon-gradient").problem.cell.positive.layers
    sigma = layer.conductivity(np.array([0.0, 0.5, 1.0]))
    assert sigma == pytest.approx([7e-2, 2.7e-3, 1.11e-3])
    assert np.all(np.diff(layer.populations[0].fraction(np.linspace(0, 1, 5))) > 0)  # where carbon falls


def test_conductivity_laws():
    weight, volume = np.array([0.005, 0.02, 0.05]), np.array([0.01, 0.05, 0.09])
    law = Percolation(10.0, 0.02, 2.0)
    assert law(weight, volume) == pytest.approx([0, 10 * (0.03 / 0.98) ** 2, 10 * (0.07 / 0.98) ** 2])
    table = Tabulated((0.01, 0.02, 0.04), (1e-3, 1e-2, 1e-1))
    assert table(weight, volume) == pytest.approx([1e-3, 1e-2, 1e-1])
    assert np.all(np.diff(table(np.linspace(0.01, 0.04, 50), volume)) > 0)


def test_conductivity_below_its_table_is_a_power_law_and_said_to_be_one():
    steep = {"electrode.carbon.bottom": 0.05, "electrode.carbon.top": 0.0, "conductivity.background": "1e-6 S/m"}
    loaded = load("carbon-gradient", steep | {"conductivity.below": "power-law", "protocol.rates": [1]})
    (layer,) = loaded.problem.cell.positive.layers
    at_0, at_half, at_1 = layer.conductivity(np.array([1.0, 0.9, 0.8]))  # 0, 0.5 and 1 % of carbon
    assert (at_0, at_1) == pytest.approx((0, 1.11e-3))
    assert np.log(at_1 / at_half) / np.log(2) == pytest.approx(np.log(2.0 / 1.11) / np.log(1.5))
    result = electrosim.run(loaded)
    assert float(result["extrapolated_share"]) == pytest.approx(0.4, abs=2e-3)  # over 4 % and below 1 %: 1/5 each
    assert "beyond the table of the conductivity in 40% of the positive" in result["range_warnings"].item()
    known = electrosim.run(load("carbon-gradient", {"protocol.rates": [1]}))
    assert float(known["extrapolated_share"]) == 0
    assert "table" not in known["range_warnings"].item()


def test_background_contact_and_wiring_reach_the_cell():
    changes = {
        "conductivity": {
            "sigma_0": "10 S/m",
            "phi_crit": "1 %",
            "t": 2.0,
            "background_factor": 0.03,
            "wired": [{"carbon": "1 %", "share": "95 %"}, {"carbon": "4 %", "share": "100 %"}],
        },
        "contact.table": [
            {"carbon": "1 %", "resistance": "60 ohm*cm^2"},
            {"carbon": "4 %", "resistance": "6 ohm*cm^2"},
        ],
        "electrode.film_resistance": "0.01 ohm*m^2",
    }
    electrode = load("bilayer-1-4", changes).problem.cell.positive
    assert electrode.contact_resistance == pytest.approx(60e-4)
    bottom, top = electrode.layers
    assert (bottom.populations[0].wired, top.populations[0].wired) == pytest.approx((0.95, 1.0))
    assert bottom.populations[0].film_resistance == 0.01
    own = bottom.populations[0].material.electronic_conductivity
    assert bottom.background_conductivity(np.array([0.5])) == pytest.approx(0.03 * own(np.array([0.5])))


def test_conductivity_from_a_conduction_result(tmp_path):
    result = xr.Dataset(
        {
            "effective_conductivity": variable("direction", [2.0, 0.0], "S m-1", "effective conductivity"),
            "status": variable("direction", ["done"] * 2, "1", "how it ended"),
            "solved": variable("direction", [True] * 2, "1", "whether it ended well"),
        },
        {"direction": ["x", "y"]},
        provenance({"kind": "conduction"}, title="", seed=None, references=()),
    )
    write(result, tmp_path / "result.nc")
    given = {"conductivity": {"result": str(tmp_path / "result.nc"), "direction": "x"}}
    assert load("single-layer", given).problem.cell.positive.layers[0].conductivity == pytest.approx(2.0, rel=1e-3)
    for direction, sentence in ((None, "choose conductivity.direction: x, y"), ("y", "along y the conductivity is 0")):
        given["conductivity"]["direction"] = direction or "x"
        if direction is None:
            del given["conductivity"]["direction"]
        with pytest.raises(InputError, match=sentence):
            _ = load("single-layer", given).problem


def test_counter_electrode_is_charged_with_the_lithium_there_is():
    problem = load("full-cell-lto").problem
    assert [layer.name for layer in problem.cell.negative.layers] == ["single"]
    assert 0.2 < problem.start.positive < 0.3
    assert problem.start.negative > 0.8


# ---- what is refused


@pytest.mark.parametrize(
    ("scenario", "changes", "sentence"),
    [
        ("single-layer", {"protocol.rates": [0]}, "protocol.rates.0 = 0: must be greater than 0"),
        ("single-layer", {"protocol.rates": []}, "has 0 entries; give 1 to 100"),
        ("single-layer", {"protocol.rates": [1, 1]}, "the rate 1C is there 2 times; keep one"),
        ("single-layer", {"protocol.lower_voltage": "4.4 V"}, "the lower must lie below"),
        ("chen2020", {"protocol.lower_voltage": "4.19 V"}, "the discharge ends at 4.19 V"),
        ("single-layer", {"protocol.lower_voltage": "3.0"}, "has no unit; write a voltage"),
        ("single-layer", {"protocol.cycles": 2}, "needs a charge before"),
        ("single-layer", {"protocol.steps": [{"charge": 1.0}]}, "no step discharges the cell"),
        ("single-layer", {"protocol.steps": [{"discharge": 1.0, "rest": "1 h"}]}, "this one does discharge and rest"),
        ("single-layer", {"protocol.steps": [{"discharge": 1.0, "below": 0.1}]}, "below ends a hold"),
        ("single-layer", {"protocol.steps": [{"discharge": 1.0}], "protocol.cv": 0.1}, "leave out cv and rest"),
        ("single-layer", {"protocol.steps": [{"discharge": 1.0}]}, "no step uses the rates"),
        (
            "single-layer",
            {"protocol.rates": [1], "protocol.steps": [{"discharge": 1.0}, {"hold": "3.2 V"}]},
            r"step 2 of 1C \(voltage\) never ends; give it a current to end at",
        ),
        ("single-layer", {"electrode.active": "nmc62"}, 'did you mean "nmc622"'),
        ("single-layer", {"cell.electrolyte": "lipf6-ec-emc-3"}, 'did you mean "lipf6-ec-emc-3-7"'),
        ("chen2020", {"cell.parameters": "chen-2021"}, 'did you mean "chen-2020"'),
        ("single-layer", {"electrode.porosity": "-3 %"}, "must be greater than 0"),
        ("single-layer", {"electrode.layers": [{"carbon": "150 %"}]}, "less than or equal to 1"),
        ("single-layer", {"electrode.binder": "99 %"}, "carbon 2.5 % and binder 99 % by weight leave -1.5 %"),
        ("bilayer-1-4", {"electrode.layers.0.share": "70 %"}, "add up to 118.4 %"),
        ("single-layer", {"electrode.thickness": "20 um"}, "loading, porosity and thickness are given"),
        ("carbon-gradient", {"electrode.carbon.bottom": "104 %"}, "less than or equal to 1"),
        ("single-layer", {"conductivity.value": "1 S/m"}, "gives value and table; give one of"),
        ("single-layer", {"conductivity.table": []}, "has 0 entries"),
        (
            "single-layer",
            {"conductivity.table": [{"carbon": "2 %", "sigma": "1 S/m"}, {"carbon": "1 %", "sigma": "1 S/m"}]},
            "does not rise from line to line",
        ),
        ("single-layer", {"conductivity": {"value": "1 S/m", "below": "power-law"}}, "needs a table of two lines"),
        ("full-cell-lto", {"conductivity": {"value": "1 S/m"}, "cell.counter": "lithium"}, "which a lithium counter"),
        ("single-layer", {"cell.counter": "electrode"}, "and a table negative; give both"),
        ("single-layer", {"cell.parameters": "chen-2020"}, "cell names a whole cell, and electrode is there too"),
        ("chen2020", {"cell.temperature": "310 K"}, "a set or file holds a whole cell"),
        ("chen2020", {"electrode": {"active": "nmc622"}}, "electrode"),
        ("chen2020", {"conductivity": {"value": "1 S/m"}}, "conductivity is there too"),
        (
            "bilayer-1-4",
            {"analysis.single_layer_capacities": [["1 C/kg", "2 C/kg"], ["1 C/kg", "2 C/kg"]]},
            "must be 4 lists, one for each rate, of 2 numbers",
        ),
        ("bilayer-1-4", {"analysis.single_layer_capacities": [["1 C/kg"], []]}, "lists of different lengths"),
        ("single-layer", {"method.rtol": 0.5}, "less than or equal to 0.01"),
        ("single-layer", {"analysis.gamma_base": "two"}, "'power-of-two' or 'paper'"),
        ("single-layer", {"protocol.nominal_capcity": "1 C/kg"}, 'did you mean "nominal_capacity"'),
        (
            "single-layer",
            {"conductivity": {"value": "1 S/m", "background_factor": 0.1}, "electrode.active": "lto"},
            "comes without",
        ),
    ],
)
def test_bad_input_is_one_sentence(scenario, changes, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        electrosim.run(load(scenario, changes))
    assert "\n" not in str(caught.value)
    assert f"{scenario}.toml" in str(caught.value)


def test_bad_input_ends_with_status_2(command, tmp_path):
    outcome = command("run", "single-layer", "--set", "protocol.rates=[0]", folder=tmp_path)
    assert outcome.status == 2
    assert "protocol.rates" in outcome.sentence


def test_a_bpx_file_is_a_cell(tmp_path):
    (tmp_path / "cell.json").write_text("{}")
    (tmp_path / "cell.toml").write_text('kind = "discharge"\ncell = { bpx = "cell.json" }\n')
    with pytest.raises(InputError, match=r"cell\.json"):
        _ = load(tmp_path / "cell.toml").problem


# ---- what a run gives


@pytest.fixture(scope="module")
def bilayer():
    return electrosim.run(load("bilayer-1-4", {"protocol.rates": [0.5, 1, 2], "output.animation": True}))


def test_a_bilayer_is_used_unevenly(bilayer):
    assert bilayer["solved"].all()
    assert bilayer["lithium_balance_error"].max() < 1e-10
    assert bilayer["charge_balance_error"].max() < 1e-10
    assert bilayer["overpotential_error"].max() < 1e-3
    layers = bilayer["layer_capacity"].sum("layer")
    assert layers.values == pytest.approx(bilayer["capacity"].values, rel=1e-10)
    at_2c = bilayer.sel(rate=2)
    assert (
        at_2c["top_to_bottom"] < 0.85 < 1.2 < at_2c["inferred_top_to_bottom"]
    )  # the paper's equation says the reverse
    assert np.all(np.diff(bilayer["capacity"]) < 0)


@pytest.mark.parametrize("scenario", ["marquis2019", "full-cell-lto"])
def test_both_electrodes_of_a_cell_are_used_alike(scenario):
    found = electrosim.run(load(scenario, {"protocol.rates": [0.05]}))
    assert found["utilisation"].values[0] == pytest.approx(np.full(2, 1.0), abs=0.01)
    assert found["utilisation"][0, 0].item() == pytest.approx(found["utilisation"][0, 1].item(), rel=1e-9)


def test_cycles_give_what_they_took():
    changes = {"protocol.rates": [1], "protocol.cv": 0.05, "protocol.cycles": 3, "protocol.rest": "1 min"}
    found = electrosim.run(load("single-layer", changes)).sel(rate=1)
    assert found["cycle_capacity"].values[1] == pytest.approx(found["cycle_charge"].values[0], rel=1e-5)
    assert found["cycle_capacity"].values[2] == pytest.approx(found["cycle_charge"].values[1], rel=1e-8)
    assert found["cycle_energy"].values[2] / found["cycle_capacity"].values[2] == pytest.approx(3.63, abs=0.02)
    assert found["charge_balance_error"] < 1e-12
    assert set(found["step"].values) == set(range(15))


def test_a_current_table_and_power_keep_charge(tmp_path):
    (tmp_path / "drive.csv").write_text("time,rate\n0,0.5\n600,2\n1200,-0.3\n1800,1\n")
    for step in ({"table": str(tmp_path / "drive.csv")}, {"power": "60 W/m^2"}):
        found = electrosim.run(load("single-layer", {"protocol.rates": [1], "protocol.steps": [step]}))
        assert found["solved"].all()
        assert found["charge_balance_error"].item() < 1e-12
        if "table" in step:
            assert found["capacity"].item() == pytest.approx(ONE_C * (750 + 510 + 210), rel=1e-9)
        else:
            assert found["energy"].item() == pytest.approx(60 * found["duration"].item(), rel=1e-4)


def test_pictures_and_tables_are_made(bilayer):
    drawn = draw(bilayer)
    assert set(drawn) == {"voltage", "profiles", "overpotential", "heat", "utilisation", "energy_over_rate"}
    assert set(figures(bilayer)) == set(drawn)
    found = own_tables(bilayer)
    assert [table.heads[0] for table in found] == ["rate", "rate", "rate", ""]
    assert [row[0] for row in found[0].rows] == ["0.5C", "1C", "2C"]
    assert tables(bilayer)[1].heads[-1] == "true u_2"


def test_animation_is_a_moving_picture(bilayer):
    from PIL import Image

    from electrosim.discharge.animation import animations

    with Image.open(io.BytesIO(animations(bilayer)["profiles"])) as picture:
        assert picture.n_frames > 10
    silent = bilayer.assign_attrs(scenario=json.dumps({"kind": "discharge"}))
    assert animations(silent) == {}


def test_references_are_given():
    lines = load("bilayer-1-4").citations()
    assert any("Doyle" in line for line in lines)
    assert any("Tredenick" in line for line in lines)
    assert all("\n" not in line for line in lines)
    assert any("Chen" in line for line in load("chen2020").citations())


def test_an_electrode_of_a_hundred_metres_ends_with_a_sentence_and_finite_pictures():
    thick = {"electrode.loading": "1e6 kg/m^2", "conductivity.background": "1e-3 S/m", "protocol.cv": 0.5}
    result = electrosim.study.run.run(load("bilayer-1-4", thick), throw=False)
    assert not result["solved"].any()
    assert all(status.startswith("No state was found") for status in result["status"].values)
    assert not np.isinf(result["voltage"]).any()
    draw(result)
