"""What a discharge gives: charge and energy, of the cell and of each layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.discharge.cell import Cell
from electrosim.discharge.equilibrium import Potential, at_voltage
from electrosim.discharge.groups import Group
from electrosim.discharge.protocol import Stoichiometry
from electrosim.discharge.record import Record

Floats = NDArray[np.float64]


def capacity_variables(records: Sequence[Record]) -> dict[str, Any]:
    """Return charge and energy of the measured discharges.

    Parameters
    ----------
    records : sequence of Record
        One for each rate.

    Returns
    -------
    dict of str to variables
        With dimension `rate`: `capacity` [C m-2] and `energy` [J m-2], `specific_capacity` [C kg-1] and
        `specific_energy` [J kg-1] per mass of the positive electrode's particles, `mean_voltage` [V], `duration` [s];
        and `active_mass` [kg m-2], the mass of these particles.
    """
    charge = np.array([record.charge for record in records])
    energy = np.array([record.energy for record in records])
    mass = np.array([record.active_mass for record in records])
    lasted = [record.run.time[record.measured] for record in records]
    with np.errstate(divide="ignore", invalid="ignore"):
        specific, specific_energy, mean_voltage = charge / mass, energy / mass, energy / charge
    return {
        "capacity": variable("rate", charge, "C m-2", "charge of the discharge per area of electrode"),
        "energy": variable("rate", energy, "J m-2", "energy of the discharge per area of electrode"),
        "specific_capacity": variable("rate", specific, "C kg-1", "charge per mass of positive active material"),
        "specific_energy": variable("rate", specific_energy, "J kg-1", "energy per mass of positive active material"),
        "mean_voltage": variable("rate", mean_voltage, "V", "energy over charge of the discharge"),
        "duration": variable("rate", [float(np.ptp(t)) if t.size else np.nan for t in lasted], "s", "time it took"),
        "active_mass": variable((), float(mass[0]), "kg m-2", "positive active material per area of electrode"),
    }


def layer_capacity_variables(records: Sequence[Record], start: Stoichiometry) -> dict[str, Any]:
    """Return what each layer gave in the measured discharges.

    Parameters
    ----------
    records : sequence of Record
        One for each rate.
    start : Stoichiometry
        The full cell, from which `utilisation` counts.

    Returns
    -------
    dict of str to variables
        With dimensions `rate` and `layer`: `layer_capacity` [C m-2], the charge of the lithium that the particles of a
        layer took up or gave off; `specific_layer_capacity` [C kg-1]; `utilisation`, that charge over what the layer
        would give in a discharge without current to the same voltage.
    """
    layers = np.array([layer_charges(record) for record in records])
    masses = np.array([[record.mass(section) for section in record.sections] for record in records])
    available = np.array([_available(record, start) for record in records])
    with np.errstate(divide="ignore", invalid="ignore"):
        specific_layer, used = layers / masses, layers / available
    return {
        "layer_capacity": variable(("rate", "layer"), layers, "C m-2", "charge that a layer gave or took"),
        "specific_layer_capacity": variable(
            ("rate", "layer"), specific_layer, "C kg-1", "charge of a layer per mass of its active material"
        ),
        "utilisation": variable(
            ("rate", "layer"), used, "1", "charge of a layer over that of a discharge without current"
        ),
    }


def layer_charges(record: Record) -> Floats:
    """Return the charge that each layer's particles gave or took in the measured discharge [C m-2]."""
    times = record.measured
    if times.stop - times.start < 1:
        return np.full(len(record.sections), np.nan)
    ends = [record.held(section, times)[[0, -1]] for section in record.sections]
    signs = [1 if section.side == "positive" else -1 for section in record.sections]
    return np.array([sign * (last - first) for sign, (first, last) in zip(signs, ends, strict=True)])


def _available(record: Record, start: Stoichiometry) -> Floats:
    """Return the charge of each layer between the full cell and rest at the cut-off [C m-2]."""
    voltage = record.programme.steps[record.programme.measured].lower_voltage
    if voltage is None:
        return np.full(len(record.sections), np.nan)
    return available_charges(record.cell, record.groups, start, voltage, [s.name for s in record.sections])


def available_charges(
    cell: Cell, groups: Sequence[Group], start: Stoichiometry, voltage: float, layers: Sequence[str]
) -> Floats:
    """Return the charge of each layer between the full cell and rest at a voltage [C m-2]."""
    ends = at_voltage(cell, voltage, start)
    found = dict.fromkeys(layers, 0.0)
    for side, first, last in (
        ("positive", start.positive, ends.positive),
        ("negative", start.negative, ends.negative),
    ):
        members = [group for group in groups if group.section.side == side]
        if not members or first is None or last is None:
            continue
        rest = Potential([group.material for group in members], [group.capacity.sum() for group in members])
        for group in members:
            change = rest.share(group.material, last) - first
            found[group.section.name] += group.capacity.sum() * abs(change)
    return np.array(list(found.values()))
