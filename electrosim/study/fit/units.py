"""Units of what is fitted and of the parameters that come out."""

from __future__ import annotations

from typing import Any

from electrosim.base.errors import InputError, concerning
from electrosim.base.result import variable
from electrosim.base.units import base_unit, registry, scale_of
from electrosim.correlations import LAWS
from electrosim.study.fit.problem import Problem

_PER = ("", "/kg", "/m^2", "/m^3")
_CAPACITIES = tuple(f"{one}{per}" for one in ("C", "J") for per in _PER)
_RATES = ("s^-1", *(f"{one}{per}" for one in ("A", "W") for per in _PER))


def check_dimensions(unit: str, rate_unit: str) -> None:
    """Refuse units that are not of a capacity or energy, and of a rate, current or power.

    Raises
    ------
    InputError
        If one is, or is no unit at all.
    """
    for key, given, known, what in (
        ("unit", unit, _CAPACITIES, "a capacity or energy, such as mA*h/g, mA*h/cm^2, W*h/kg or %"),
        ("rate_unit", rate_unit, _RATES, "a rate, current or power, such as mA/g, mA/cm^2 or h^-1; none for C-rates"),
    ):
        with concerning("data", key):
            if base_unit(given) not in {"1", *map(base_unit, known)}:
                raise InputError(f'"{given}" is not a unit of {what}')


def ordinate_unit(problem: Problem) -> str:
    """Return the SI unit of capacities; "1" for conductivities, which are relative."""
    return base_unit(problem.unit)


def abscissa_unit(problem: Problem) -> str:
    """Return the SI unit of rates; "1" for C-rates and porosities."""
    return base_unit(problem.rate_unit)


def parameter_units(problem: Problem, names: list[str]) -> dict[str, Any]:
    """Return the unit of each parameter, that in which people read it, and the size of the latter in the former."""
    dimension = {item.name: item.dimension for law in problem.correlations for item in LAWS[law].parameters}
    units = [_unit(problem, name, dimension[name]) for name in names]
    return {
        "unit": variable("parameter", [unit for unit, _, _ in units], "1", "unit of a parameter"),
        "shown_unit": variable("parameter", [shown for _, shown, _ in units], "1", "unit in which people read it"),
        "shown_scale": variable("parameter", [scale for _, _, scale in units], "see unit", "size of that unit"),
    }


def _unit(problem: Problem, name: str, dimension: str) -> tuple[str, str, float]:
    """Return unit, shown unit and its size; C-rates are per hour, and a factor is the capacity at a rate of one."""
    if dimension == "number":
        return "1", "", 1.0
    rate = abscissa_unit(problem)
    if dimension == "ordinate":
        at = f" at 1 {rate}" if name == "factor" and problem.rate_unit else ""
        return ordinate_unit(problem), f"{problem.unit}{at}", scale_of(problem.unit)
    if not problem.rate_unit:
        return "h", "h", 1.0
    shown = f"{registry().Quantity(1, problem.rate_unit).units ** -1:~C}"
    return base_unit(shown), shown, scale_of(shown)
