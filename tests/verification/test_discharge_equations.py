"""What the equations of a cell imply, whichever method solves them, and the orders of the discretisation."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq

from electrosim.base.constants import FARADAY
from electrosim.base.errors import InputError
from electrosim.discharge.cell import Electrode
from electrosim.discharge.mesh import assemble, layers_on
from electrosim.discharge.parameter_sets import parameter_set
from electrosim.discharge.plain_sphere import sphere
from electrosim.discharge.protocol import Step
from electrosim.discharge.structured import Structured
from electrosim.discharge.sundials import Sundials

CHEN = parameter_set("chen-2020")
HALF_HOUR = [Step("current", CHEN.one_c, longest=1800.0)]
TWIN = Sundials(cells=6, nodes=6)
METHODS = [pytest.param(Structured(), id="structured"), pytest.param(TWIN, id="twin")]


@pytest.fixture(autouse=True)
def _needs_sundials(request):
    if "twin" in request.node.name:
        pytest.importorskip("sksundae")


def two_layers(shares=(0.4, 0.6), **changes):
    """The cell with a positive electrode of two layers; the changes are of the upper one."""
    layer = CHEN.cell.positive.layers[0]
    bottom = replace(layer, name="bottom", thickness=shares[0] * layer.thickness)
    top = replace(layer, name="top", thickness=shares[1] * layer.thickness, **changes)
    return replace(CHEN.cell, positive=Electrode((bottom, top)))


def lithium_lost(cell, run):
    """Lithium that the particles of each electrode have lost since the run began [C m-2]."""
    lost = np.zeros(2)
    for where, layer, _ in layers_on(cell, run.mesh):
        for row, population in enumerate(layer.populations):
            change = run.mean_concentration[0, row, where] - run.mean_concentration[-1, row, where]
            amount = FARADAY * population.fraction * population.wired * run.mesh.width[where] @ change
            lost[run.mesh.region[where][0] // 2] += amount
    return lost


@pytest.mark.parametrize("method", METHODS)
def test_lithium_and_charge_are_kept(method):
    cell = two_layers(conductivity=0.02, porosity=0.3)
    run = method.run(cell, HALF_HOUR, CHEN.start)
    porosity = np.full(run.mesh.width.size, cell.separator.porosity)
    for where, layer, _ in layers_on(cell, run.mesh):
        porosity[where] = layer.porosity
    salt = run.electrolyte_concentration @ (porosity * run.mesh.width)
    charge = CHEN.one_c * 1800.0
    np.testing.assert_allclose(salt, salt[0], rtol=1e-10)
    np.testing.assert_allclose(lithium_lost(cell, run), [charge, -charge], rtol=1e-10 if method != TWIN else 1e-8)


@pytest.mark.parametrize("method", METHODS)
def test_a_layer_cut_in_two_changes_nothing(method):
    whole, cut = (method.run(cell, HALF_HOUR, CHEN.start) for cell in (CHEN.cell, two_layers((0.5, 0.5))))
    assert whole.mesh.width.size == cut.mesh.width.size
    assert abs(whole.voltage[-1] - cut.voltage[-1]) < 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_a_flat_profile_is_the_plain_layer(method):
    layer = CHEN.cell.positive.layers[0]
    particles = layer.populations[0]
    flat = replace(
        layer,
        porosity=lambda height: np.full_like(height, layer.porosity),
        conductivity=lambda height: np.full_like(height, layer.conductivity),
        populations=(replace(particles, radius=lambda height: np.full_like(height, particles.radius)),),
    )
    plain, graded = (
        method.run(replace(CHEN.cell, positive=Electrode((each,))), HALF_HOUR, CHEN.start) for each in (layer, flat)
    )
    assert abs(plain.voltage[-1] - graded.voltage[-1]) < 1e-9


@pytest.mark.parametrize("method", METHODS)
def test_without_current_the_voltage_is_that_of_equilibrium(method):
    run = method.run(CHEN.cell, [Step("rest", longest=3600.0)], CHEN.start)
    above, below = (
        float(electrode.layers[0].populations[0].material.open_circuit_potential(share))
        for electrode, share in ((CHEN.cell.positive, CHEN.start.positive), (CHEN.cell.negative, CHEN.start.negative))
    )
    np.testing.assert_allclose(run.voltage, above - below, atol=1e-6)
    assert np.ptp(run.voltage) < 1e-9


def at_ten_minutes(cell, method, current=2 * CHEN.one_c):
    return float(method.run(cell, [Step("current", current, longest=600.0)], CHEN.start).voltage[-1])


def test_order_in_space_is_two_with_a_step_between_layers():
    cell = two_layers(conductivity=0.05, porosity=0.28)
    counts = np.array([4, 8, 16, 32])
    meshes = [assemble(cell, [n], n // 2, [n // 2, n // 2]) for n in counts]
    found = [at_ten_minutes(cell, Structured(rtol=1e-7, mesh=mesh)) for mesh in meshes]
    exact = found[-1] + (found[-1] - found[-2]) / 3
    slope = np.polyfit(np.log(counts[:-1]), np.log(np.abs(np.array(found[:-1]) - exact)), 1)[0]
    assert slope == pytest.approx(-2.0, abs=0.2)


def test_order_in_time_is_two():
    mesh = assemble(CHEN.cell, [8], 4, [8])
    step = [Step("current", CHEN.one_c, longest=600.0)]
    times = np.linspace(60.0, 600.0, 50)

    def solved(rtol):
        run = Structured(rtol=rtol, mesh=mesh).run(CHEN.cell, step, CHEN.start)
        return len(run.time), CubicSpline(run.time, run.voltage)(times)

    exact = solved(1e-9)[1]
    steps, errors = zip(*((n, np.abs(v - exact).max()) for n, v in map(solved, (1e-5, 1e-6, 1e-7))), strict=True)
    slope = np.polyfit(np.log(steps), np.log(errors), 1)[0]
    assert slope == pytest.approx(-2.0, abs=0.4)


def test_nodes_of_a_sphere_have_its_modes():
    nodes = sphere(12)
    unit = np.eye(12)
    change = np.array([nodes.change(column[:, None], np.ones((12, 1)), np.zeros(1))[:, 0] for column in unit]).T
    rates = np.sort(-np.linalg.eigvals(change).real)
    roots = [brentq(lambda x: np.sin(x) - x * np.cos(x), n * np.pi, (n + 0.5) * np.pi) for n in (1, 2, 3, 4)]
    np.testing.assert_allclose(rates[1:5], np.square(roots), rtol=1e-6)
    assert abs(nodes.volume @ nodes.change(nodes.radius[:, None], nodes.radius[:, None], np.ones(1))[:, 0] + 3) < 1e-12


def test_the_twin_says_what_it_needs(monkeypatch):
    monkeypatch.setitem(sys.modules, "sksundae.ida", None)
    with pytest.raises(InputError, match=r"needs scikit-sundae.*electrosim\[xcode\]"):
        TWIN.run(CHEN.cell, HALF_HOUR, CHEN.start)


def test_the_twin_goes_on_from_a_state_of_its_own():
    pytest.importorskip("sksundae")
    first = TWIN.run(CHEN.cell, [Step("current", CHEN.one_c, longest=900.0)], CHEN.start)
    second = TWIN.run(CHEN.cell, [Step("current", CHEN.one_c, longest=900.0)], first.state)
    whole = TWIN.run(CHEN.cell, HALF_HOUR, CHEN.start)
    assert abs(second.voltage[-1] - whole.voltage[-1]) < 1e-5
    with pytest.raises(InputError, match="is not one of 15 volumes and 8 nodes"):
        Sundials(cells=6, nodes=8).run(CHEN.cell, HALF_HOUR, first.state)


def test_a_run_of_the_twin_that_fails_keeps_its_curve():
    pytest.importorskip("sksundae")
    run = TWIN.run(CHEN.cell, [Step("current", CHEN.one_c)], CHEN.start)
    assert run.ends == ("failed",)
    assert not run.status.solved
    assert "into step 1" in run.status.sentence
    assert run.time[-1] > 3000
