"""Discharges of a cell at several rates, and what they say about it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import SolveError
from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.discharge.ageing.problem import Ageing
from electrosim.discharge.ageing.solve import age
from electrosim.discharge.axis import Axis
from electrosim.discharge.balances import balance_variables
from electrosim.discharge.capacities import capacity_variables, layer_capacity_variables
from electrosim.discharge.carry_out import Method, carry_out
from electrosim.discharge.course import course_variables
from electrosim.discharge.cycles import cycle_variables
from electrosim.discharge.disparity import disparity_variables
from electrosim.discharge.fields import axis_coordinates, field_variables, profile_variables
from electrosim.discharge.problem import Problem
from electrosim.discharge.ranges import extrapolation_variables, range_warnings
from electrosim.discharge.rate_capability import rate_capability_variables
from electrosim.discharge.rate_programme import Programme
from electrosim.discharge.record import Record
from electrosim.discharge.timeline import common_times

if TYPE_CHECKING:
    import xarray as xr

Floats = NDArray[np.float64]

_ALWAYS = {"status", "solved", "wall_time", "nominal_capacity"}
"""Variables of every result."""
_PLACES = ("layer_at", "electrode_at")
"""What stands along the thickness."""


def solve(
    problem: Problem,
    *,
    method: Method | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
    fields: bool = False,
    only: Collection[str] = (),
) -> xr.Dataset:
    """Discharge a cell at several rates.

    Parameters
    ----------
    problem : Problem
        Cell, programmes, and what to find out.
    method : Structured or Sundials, optional
        How the equations are solved; ``Structured()`` by default.
    rng : numpy.random.Generator, optional
        Accepted because every physics' `solve` takes it; nothing here is random.
    observer : callable, optional
        Hears the progress.
    throw : bool
        Whether a run that fails raises; otherwise its `status` says so, and what was computed before is kept.
    fields : bool
        Whether to keep the fields through the thickness at all times.
    only : collection of str
        Variables that are wanted: the analysis ends once it has them. All by default.

    Returns
    -------
    xarray.Dataset
        Dimensions `rate` [C], `time` [s] (NaN after the end of a rate's run), `x` [m] from the collector of the
        positive electrode, `layer`, and more. What is in it is said by the functions that find it:
        `course.course_variables`, `capacities.capacity_variables` and `capacities.layer_capacity_variables`,
        `cycles.cycle_variables`, `disparity.disparity_variables`, `rate_capability.rate_capability_variables`,
        `fields.profile_variables`, `balances.balance_variables`, `ranges.extrapolation_variables`, and
        `fields.field_variables` as asked for. Further `range_warnings`, sentences about properties that were used
        beyond their source, `status`(rate), `solved`(rate) and `wall_time` [s]. If the problem is one of ageing, that
        of `ageing.solve.age` instead.

    Raises
    ------
    SolveError
        If `throw` and a run fails.
    """
    del rng
    began = time.perf_counter()
    if method is None:
        from electrosim.discharge.structured import Structured

        method = Structured()
    if problem.ageing is not None:
        return _aged(problem, problem.ageing, method, observer, throw=throw)
    records = carry_out(problem, problem.cell, method, observer, "rates")
    failed = next((record.run.status for record in records if not record.run.status.solved), None)
    if throw and failed is not None:
        raise SolveError(failed.sentence)
    observer("analysis", 0.0)
    found: dict[str, Any] = {}
    wanted = set(only) - _ALWAYS
    for part in _parts(problem, records, lambda: _single_layers(problem, method, observer), fields=fields):
        found |= part
        if only and found.keys() >= wanted:
            found = _with_coordinates(found, wanted)
            break
    found |= {
        "status": variable("rate", [record.run.status.sentence for record in records], "1", "how each run ended"),
        "solved": variable("rate", [record.run.status.solved for record in records], "1", "whether it can be used"),
        "wall_time": variable((), time.perf_counter() - began, "s", "time that solving and analysis took"),
        "nominal_capacity": variable((), problem.nominal_capacity, "C m-2", "charge that 1C passes in an hour"),
    }
    return _dataset(problem, records, found)


def _aged(problem: Problem, ageing: Ageing, method: Method, observer: Observer, *, throw: bool) -> xr.Dataset:
    """Cycle the cell and let it age."""
    dataset, life = age(problem.cell, ageing, problem.start, solver=method, observer=observer)
    if throw and not dataset["solved"]:
        raise SolveError(str(dataset["status"].item()))
    dataset["nominal_capacity"] = variable((), problem.nominal_capacity, "C m-2", "charge that 1C passes in an hour")
    one_c = problem.nominal_capacity / 3600
    records = [Record(problem.cell, Programme(run.current.max() / one_c, ()), run) for run in life.outermost_runs]
    dataset["range_warnings"] = _range_variable(records)
    dataset.attrs = provenance(problem.describe(), title="ageing", seed=None, references=())
    return dataset


def _single_layers(problem: Problem, method: Method, observer: Observer) -> Floats | None:
    """Return the charge per active mass of single layers, shape (rates, layers); NaN where a run failed."""
    if problem.single_layer_capacities:
        return np.array(problem.single_layer_capacities)
    if not problem.single_layers:
        return None
    names = [layer.name for layer in problem.cell.positive.layers]
    columns = []
    for name, cell in zip(names, problem.single_layers, strict=True):
        records = carry_out(problem, cell, method, observer, f"rates of {name} alone")
        columns.append([r.charge / r.active_mass if r.run.status.solved else np.nan for r in records])
    return np.array(columns).T


def _parts(
    problem: Problem, records: list[Record], single: Callable[[], Floats | None], *, fields: bool
) -> Iterator[dict[str, Any]]:
    """Give the variables of all that is asked for, what costs little first."""
    analysis = problem.analysis
    yield capacity_variables(records)
    known = extrapolation_variables(problem.cell.positive)
    yield layer_capacity_variables(records, problem.start) | cycle_variables(records) | known
    rates = np.array([programme.rate for programme in problem.programmes])
    complete = np.array([_is_complete(record) for record in records])
    yields = np.array([record.energy if analysis.fit == "energy" else record.charge for record in records])
    yield rate_capability_variables(rates, yields, complete, analysis.fit, analysis.residuals, analysis.gamma_base)
    yield disparity_variables(records, single())
    times, to_times = common_times([record.run for record in records], analysis.samples)
    yield {"time": variable("time", times, "s", "time since the programme began")} | course_variables(records, to_times)
    axis = Axis(records)
    yield axis_coordinates(axis) | profile_variables(records, axis, analysis.depths)
    if fields:
        yield field_variables(records, axis, to_times)
    yield balance_variables(records) | {"range_warnings": _range_variable(records)}


def _is_complete(record: Record) -> bool:
    """Tell whether the measured discharge ended as it should."""
    measured = record.programme.measured
    return len(record.run.ends) > measured and record.run.ends[measured] != "failed"


def _range_variable(records: list[Record]) -> Any:
    words = "properties used beyond what their source covers"
    return variable((), "\n".join(range_warnings(records)), "1", words)


def _dims(found: Mapping[str, Any]) -> set[str]:
    return {dim for dims, *_ in found.values() for dim in ((dims,) if isinstance(dims, str) else dims)}


def _with_coordinates(found: Mapping[str, Any], wanted: Collection[str]) -> dict[str, Any]:
    """Return the wanted of what was found, and what lies along their dimensions."""
    dims = _dims({name: found[name] for name in wanted})
    along = {name for name in _PLACES if name in found and _dims({name: found[name]}) <= dims}
    return {name: item for name, item in found.items() if name in {*wanted, *dims, *along}}


def _dataset(problem: Problem, records: list[Record], found: dict[str, Any]) -> xr.Dataset:
    """Put all variables side by side, with names and numbers along the dimensions."""
    import xarray as xr

    rates = [programme.rate for programme in problem.programmes]
    sections = records[0].sections
    dims = _dims(found)
    along: dict[str, Any] = {
        "rate": variable("rate", rates, "1", "current over that which passes the nominal capacity in an hour"),
        "layer": [section.name for section in sections],
        "electrode": ("layer", [section.side for section in sections]),
        "positive_layer": [section.name for section in sections if section.side == "positive"],
        "depth_of_discharge": variable(
            "depth_of_discharge", list(problem.analysis.depths), "1", "share of the charge of the discharge"
        ),
    }
    if "layer" in dims:
        dims.add("electrode")
    coordinates = {name: values for name, values in along.items() if name in dims}
    coordinates |= {name: found.pop(name) for name in _PLACES if name in found}
    attributes = provenance(problem.describe(), title="discharge", seed=None, references=())
    return xr.Dataset(found, coordinates, attributes)
