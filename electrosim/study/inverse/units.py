"""Units of a user's columns, and of results against those that a file gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.units import base_unit, registry

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]


def unit_of(item: xr.DataArray | xr.Variable) -> str:
    """Return the unit of a variable of a result as scenarios write one, "C*kg^-1" for "C kg-1"; "" without any."""
    text = str(item.attrs.get("units", "1"))
    return "" if text == "1" else re.sub(r"(?<=[A-Za-z])(-?\d+)", r"^\1", text).replace(" ", "*")


def check_unit(text: str, item: xr.DataArray | xr.Variable, unit: str) -> None:
    """Refuse a unit that is not of the dimension of a quantity of a result; nobody knows that of a formula."""
    if "units" not in item.attrs:
        return
    result_unit = str(item.attrs["units"])
    own = registry().Quantity(1, unit_of(item))
    given = registry().Quantity(1, "" if unit in ("", "%") else unit)
    if own.dimensionality != given.dimensionality:
        shown = f'in "{unit}"' if unit else "a pure number"
        raise InputError(f'this is {shown}, and {text} is in "{result_unit}"; give it a unit of that dimension')


def in_si(values: NDArray[np.generic], unit: str, *, of_difference: bool = False) -> Array:
    """Return numbers of a unit in SI units; differences of a scale such as degrees Celsius have no zero."""
    numbers = np.asarray(values, np.float64)
    base_unit(unit)
    if not unit:
        return numbers
    if unit == "%":
        return numbers / 100

    def convert(those: Array) -> Array:
        return np.asarray(registry().Quantity(those, unit).to_base_units().magnitude, np.float64)

    return convert(numbers) - convert(np.zeros(1)) if of_difference else convert(numbers)
