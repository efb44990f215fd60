"""A cell gives less, the faster it is discharged."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from electrosim.discharge.cell import Electrode
from electrosim.discharge.parameter_sets import parameter_set
from electrosim.discharge.protocol import Step
from electrosim.discharge.structured import Structured

CHEN = parameter_set("chen-2020")
LAYER = CHEN.cell.positive.layers[0]


def charge(cell, rate):
    """Charge passed until 2.5 V [C m-2]."""
    run = Structured().run(cell, [Step("current", rate * CHEN.one_c, lower_voltage=2.5)], CHEN.start)
    assert run.ends == ("lower_voltage",), run.status
    return float(run.time[-1] * run.current[-1])


@settings(max_examples=60)
@given(
    rate=st.floats(0.1, 1.5),
    faster=st.floats(1.05, 3.0),
    share=st.floats(0.2, 0.8),
    bottom=st.floats(-2.0, 0.0),
    top=st.floats(-2.0, 0.0),
)
def test_capacity_falls_with_rate(rate, faster, share, bottom, top):
    layers = (
        replace(LAYER, name="bottom", thickness=share * LAYER.thickness, conductivity=10**bottom),
        replace(LAYER, name="top", thickness=(1 - share) * LAYER.thickness, conductivity=10**top),
    )
    cell = replace(CHEN.cell, positive=Electrode(layers))
    assert charge(cell, rate * faster) < charge(cell, rate)
