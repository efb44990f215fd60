"""Laws that every discharge keeps, whatever its layers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from electrosim.discharge import Electrode, Problem, constant_current, solve
from electrosim.discharge.cell import Cell, Layer, Population
from electrosim.discharge.equilibrium import at_voltage
from electrosim.materials import library

MATERIAL = replace(library.active_material("nmc622"), radius=3e-6)
ELECTROLYTE = library.electrolyte("lipf6-ec-emc-3-7")
NOMINAL = 19.25 * 3600


@st.composite
def layers(draw):
    count = draw(st.integers(1, 3))
    return [
        Layer(
            name=f"layer {number}",
            thickness=draw(st.floats(8e-6, 25e-6)),
            porosity=draw(st.floats(0.25, 0.38)),
            transport_efficiency=draw(st.floats(0.08, 0.2)),
            conductivity=10 ** draw(st.floats(-2.5, 1)),
            populations=(Population(MATERIAL, draw(st.floats(0.5, 0.6)), MATERIAL.radius, draw(st.floats(0.8, 1.0))),),
        )
        for number in range(count)
    ]


def problem(parts, rates, contact=0.0):
    cell = Cell(
        Electrode(tuple(parts), contact), library.lithium_metal(), library.separator("celgard-2325"), ELECTROLYTE
    )
    programmes = constant_current(rates, NOMINAL * sum(part.thickness for part in parts) / 40e-6, 3.0)
    return Problem(cell, at_voltage(cell, 4.25), programmes, NOMINAL)


@settings(max_examples=15)
@given(layers(), st.floats(0, 2e-3))
def test_balances_and_bounds(parts, contact):
    found = solve(problem(parts, [0.3, 1, 2], contact))
    assert found["solved"].all()
    assert found["lithium_balance_error"].max() < 1e-10
    assert found["charge_balance_error"].max() < 1e-10
    assert np.all(np.diff(found["capacity"]) < 1e-9 * NOMINAL)  # capacity falls with rate
    assert np.all(np.diff(found["mean_voltage"]) < 0)
    assert found["layer_capacity"].sum("layer").values == pytest.approx(found["capacity"].values, rel=1e-10)
    assert ((found["utilisation"] > 0) & (found["utilisation"] < 1.01)).all()
    assert found["overpotential_error"].max() < 1e-6
    dissipated = found["heat"].sel(contribution=["electronic", "contact"])
    assert (dissipated > -1e-9 * found["energy"]).all()
    lost = found["heat"].sum(["contribution", "place"])
    assert (lost > 0).all()
    assert found["heat"].sel(contribution="contact", place="collectors").values == pytest.approx(
        contact * found["current"].isel(time=0).values ** 2 * found["duration"].values, rel=1e-9, abs=1e-9
    )


@settings(max_examples=8)
@given(layers(), st.floats(0.2, 0.8))
def test_a_layer_cut_in_two_is_used_as_one(parts, share):
    whole = solve(problem(parts, [1]))
    first, *others = parts
    halves = [
        replace(first, name="a", thickness=share * first.thickness),
        replace(first, name="b", thickness=(1 - share) * first.thickness),
    ]
    cut = solve(problem([*halves, *others], [1]))
    assert cut["capacity"].item() == pytest.approx(whole["capacity"].item(), rel=3e-3)  # the meshes differ
    together = cut["layer_capacity"].sel(layer=["a", "b"]).sum()
    assert together.item() == pytest.approx(whole["layer_capacity"].values[0, 0], rel=5e-3)
