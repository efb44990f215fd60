"""Units of results against those that a file gives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from electrosim.base.errors import InputError
from electrosim.base.units import registry

if TYPE_CHECKING:
    import xarray as xr


def check_unit(text: str, item: xr.Variable, unit: str) -> None:
    """Refuse a unit that is not of the dimension of a quantity of a result; nobody knows that of a formula."""
    if "units" not in item.attrs:
        return
    result_unit = str(item.attrs["units"])
    written = re.sub(r"(?<=[A-Za-z])(-?\d+)", r"^\1", result_unit).replace(" ", "*")
    own = registry().Quantity(1, "" if written in ("", "1") else written)
    given = registry().Quantity(1, "" if unit in ("", "%") else unit)
    if own.dimensionality != given.dimensionality:
        shown = f'in "{unit}"' if unit else "a pure number"
        raise InputError(f'this is {shown}, and {text} is in "{result_unit}"; give it a unit of that dimension')
