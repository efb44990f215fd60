"""Whether lithium and charge are where they should be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.discharge.capacities import layer_charges
from electrosim.discharge.record import Record

Floats = NDArray[np.float64]


def balance_variables(records: Sequence[Record]) -> dict[str, Any]:
    """Return how well runs keep lithium and charge.

    Returns
    -------
    dict of str to variables
        With dimension `rate`: `lithium_balance_error`, the change of the salt in the electrolyte from first to last
        time, over what there is of it; `charge_balance_error`, the difference between the charge of the measured
        discharge and the lithium that particles of an electrode took or gave meanwhile, over that charge.
    """
    salt = [_salt_error(record) for record in records]
    charge = [_charge_error(record) for record in records]
    return {
        "lithium_balance_error": variable("rate", salt, "1", "relative change of the salt in the electrolyte"),
        "charge_balance_error": variable("rate", charge, "1", "relative difference between charge and lithium moved"),
    }


def _salt_error(record: Record) -> float:
    mesh = record.run.mesh
    porosity = np.full(mesh.width.size, record.cell.separator.porosity)
    for section in record.sections:
        porosity[section.cells] = section.values(section.layer.porosity)
    salt = record.run.electrolyte_concentration @ (porosity * mesh.width)
    return float(np.abs(salt - salt[0]).max() / salt[0])


def _charge_error(record: Record) -> float:
    moved = layer_charges(record)
    sides = np.array([section.side for section in record.sections])
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(max(abs(moved[sides == side].sum() / record.charge - 1) for side in np.unique(sides)))
