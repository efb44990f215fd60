"""What holds for every cell and rate: fewer ampere hours at higher rates, balances, mirrored layers."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from electrosim.base.constants import FARADAY
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.mesh import layers_on
from electrosim.discharge.protocol import Step, Stoichiometry
from electrosim.discharge.structured import Structured
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, LithiumMetal, Separator
from electrosim.materials.property import Property, constant

SALT = Electrolyte(
    "salt",
    1000.0,
    Property(lambda c: 1e-3 * c * np.exp(-4e-4 * c)),
    Property(lambda c: 3e-10 * np.exp(-3e-4 * c)),
    Property(lambda c: 0.3 - 5e-5 * c),
    Property(lambda c: 1 + 5e-4 * c),
)
OXIDE = ActiveMaterial(
    "oxide", 49000.0, Property(lambda x: 4.3 - 0.9 * x - 0.02 / (1.02 - x)), constant(1e-14), 6e-7, 5e-6, 4700.0
)
CELL = Cell(
    Electrode((Layer("only", 60e-6, 0.3, 0.1, 0.1, (Population(OXIDE, 0.6, 5e-6),)),), 1e-4),
    LithiumMetal(50.0),
    Separator("film", 25e-6, 0.4, 0.25),
    SALT,
)
START = Stoichiometry(0.3)
METHOD = Structured()


def bilayer(cut, first, second):
    layer = CELL.positive.layers[0]
    bottom = replace(layer, name="bottom", thickness=cut * layer.thickness, conductivity=first)
    top = replace(layer, name="top", thickness=(1 - cut) * layer.thickness, conductivity=second)
    return replace(CELL, positive=Electrode((bottom, top)))


conductivities = st.floats(-3, 1).map(lambda exponent: 10**exponent)
cells = st.builds(bilayer, st.floats(0.2, 0.8), conductivities, conductivities)


@settings(max_examples=15)
@given(cells, st.floats(2, 60), st.floats(1.2, 4))
def test_capacity_falls_with_rate(cell, current, ratio):
    slow, fast = METHOD.run_many(
        [cell, cell], [[Step("current", rate, lower_voltage=2.8)] for rate in (current, ratio * current)], [START] * 2
    )
    assert slow.status.solved
    assert fast.status.solved
    assert fast.charge < slow.charge


@settings(max_examples=15)
@given(cells, st.floats(5, 80))
def test_lithium_salt_and_charge_are_kept(cell, current):
    steps = [
        Step("current", current, lower_voltage=3.0),
        Step("current", -0.5 * current, upper_voltage=4.0),
        Step("voltage", 4.0, lower_current=0.1 * current, longest=3e4),
    ]
    run = METHOD.run(cell, steps, START)
    assert run.status.solved
    porosity = np.full(run.mesh.width.size, cell.separator.porosity)
    lithium = np.zeros(run.time.size)
    for where, layer, _ in layers_on(cell, run.mesh):
        porosity[where] = layer.porosity
        particles = layer.populations[0].fraction * run.mesh.width[where]
        lithium += FARADAY * run.mean_concentration[:, 0, where] @ particles
    salt = run.electrolyte_concentration @ (porosity * run.mesh.width)
    charge = np.concatenate([[0], np.cumsum(0.5 * np.diff(run.time) * (run.current[1:] + run.current[:-1]))])
    np.testing.assert_allclose(salt, salt[0], rtol=1e-10)
    np.testing.assert_allclose(lithium - lithium[0], charge, rtol=0, atol=1e-10 * abs(charge).max())


@settings(max_examples=10)
@given(st.floats(0.3, 0.95), conductivities)
def test_a_cell_at_rest_has_its_open_circuit_voltage(stoichiometry, conductivity):
    run = METHOD.run(bilayer(0.5, conductivity, 1.0), [Step("rest", longest=3600.0)], Stoichiometry(stoichiometry))
    expected = float(OXIDE.open_circuit_potential(stoichiometry))
    np.testing.assert_allclose(run.voltage, expected, rtol=0, atol=1e-9)
    np.testing.assert_allclose(run.electrolyte_concentration, SALT.concentration, rtol=1e-12)
    assert run.ends == ("longest",)
    assert run.time[-1] == 3600.0
