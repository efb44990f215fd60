"""Units of what is fitted and of the parameters that come out."""

from __future__ import annotations

from typing import Any

from electrosim.base.result import variable
from electrosim.base.units import registry
from electrosim.correlations import LAWS
from electrosim.study.fit.problem import Problem
from electrosim.study.sweep.axes import base_unit, scale_of


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
        return ordinate_unit(problem), f"{problem.unit}{at}", scale_of(problem.unit or "1")
    if not problem.rate_unit:
        return "h", "h", 1.0
    shown = f"{registry().Quantity(1, problem.rate_unit).units ** -1:~C}"
    return base_unit(shown), shown, scale_of(shown)
