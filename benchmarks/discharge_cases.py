"""What the benchmark of the discharge solver solves: cells, programmes, and a thousand cells of a design."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from electrosim.discharge.cell import Cell, Electrode
from electrosim.discharge.parameter_sets import parameter_set
from electrosim.discharge.protocol import Step
from electrosim.materials.property import Property

SET = parameter_set("chen-2020")
LAYER = SET.cell.positive.layers[0]
ONE_C = Step("current", SET.one_c, lower_voltage=SET.lower_voltage)
CASES = 1000


def bilayer(share: float, bottom: float, top: float, thickness: float = LAYER.thickness) -> Cell:
    """Chen 2020 with two layers in the positive electrode: share of the lower one, conductivities [S m-1]."""
    layers = (
        replace(LAYER, name="bottom", thickness=share * thickness, conductivity=bottom),
        replace(LAYER, name="top", thickness=(1 - share) * thickness, conductivity=top),
    )
    return replace(SET.cell, positive=Electrode(layers))


def varying_diffusivity() -> Cell:
    """Chen 2020 with a diffusivity in the positive electrode that falls from 6e-15 (empty) to 2.2e-15 m2/s (full)."""
    population = LAYER.populations[0]
    material = replace(population.material, diffusivity=Property(lambda x: 6e-15 * np.exp(-x)))
    layer = replace(LAYER, populations=(replace(population, material=material),))
    return replace(SET.cell, positive=Electrode((layer,)))


def rate_test() -> list[Step]:
    """Discharges at 0.5, 1, 2 and 3C, each with rests and a charge at C/2 to 4.2 V, held there to C/20."""
    steps = []
    for rate in (0.5, 1.0, 2.0, 3.0):
        steps += [
            replace(ONE_C, value=rate * SET.one_c),
            Step("rest", longest=900.0),
            Step("current", -0.5 * SET.one_c, upper_voltage=SET.upper_voltage),
            Step("voltage", SET.upper_voltage, lower_current=SET.one_c / 20),
            Step("rest", longest=900.0),
        ]
    return steps


def design() -> tuple[list[Cell], list[list[Step]]]:
    """Thickness +-15 %, share of the lower layer 0.3 to 0.7, conductivities 0.01 to 1 S/m, 0.2C to 1.5C."""
    rng = np.random.default_rng(1)
    cells, programmes = [], []
    for thickness, share, bottom, top, rate in rng.uniform(size=(CASES, 5)):
        below, above = 10 ** (2 * bottom - 2), 10 ** (2 * top - 2)
        cells.append(bilayer(0.3 + 0.4 * share, below, above, (0.85 + 0.3 * thickness) * LAYER.thickness))
        programmes.append([replace(ONE_C, value=(0.2 + 1.3 * rate) * SET.one_c)])
    return cells, programmes
