"""Fields through the thickness: at chosen depths of discharge, or at all times."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.result import variable
from electrosim.discharge.axis import Axis
from electrosim.discharge.record import Record
from electrosim.discharge.timeline import Interpolation, interpolation, strictly_rising

Floats = NDArray[np.float64]


def _reaction(record: Record) -> Floats:
    found = np.zeros_like(record.run.electrolyte_concentration)
    for group in record.groups:
        cells = group.section.cells
        found[:, cells] += group.of(record.run.reaction_current) * group.area / record.run.mesh.width[cells]
    return found


def _stoichiometry(record: Record, concentration: Floats) -> Floats:
    found = np.full_like(concentration, np.nan)
    for group in record.groups:
        here = (slice(None), group.population, group.section.cells)
        found[here] = concentration[here] / group.material.maximum_concentration
    return found


FIELDS: Mapping[str, tuple[Callable[[Record], Floats], str, str]] = {
    "electrolyte_concentration": (lambda r: r.run.electrolyte_concentration, "mol m-3", "salt concentration"),
    "electrolyte_potential": (
        lambda r: r.run.electrolyte_potential, "V", "potential of the electrolyte against the negative collector",
    ),
    "electrode_potential": (
        lambda r: r.run.electrode_potential, "V", "potential of the electrode against the negative collector",
    ),
    "ionic_current": (
        lambda r: 0.5 * (r.run.ionic_current[:, 1:] + r.run.ionic_current[:, :-1]), "A m-2",
        "current in the electrolyte towards the positive collector",
    ),
    "reaction_current": (_reaction, "A m-3", "current from particles into the electrolyte per volume"),
    "surface_stoichiometry": (
        lambda r: _stoichiometry(r, r.run.surface_concentration), "1", "stoichiometry at the surface of particles",
    ),
    "mean_stoichiometry": (
        lambda r: _stoichiometry(r, r.run.mean_concentration), "1", "mean stoichiometry of particles",
    ),
}  # fmt: skip
"""Name of each field, how to get it from a record, its unit and its name in words."""


def axis_coordinates(axis: Axis) -> dict[str, Any]:
    """Return the positions along the axis, and which layer and electrode they are in."""
    return {
        "x": variable("x", axis.position, "m", "distance from the collector of the positive electrode"),
        "layer_at": variable("x", axis.layer, "1", "layer at x"),
        "electrode_at": variable("x", axis.electrode, "1", "electrode at x"),
    }


def profile_variables(records: Sequence[Record], axis: Axis, depths: Sequence[float]) -> dict[str, Any]:
    """Return fields at depths of discharge.

    Parameters
    ----------
    records : sequence of Record
        One for each rate.
    axis : Axis
        Through the thickness.
    depths : sequence of float
        Shares of the charge that the measured discharge gives at its own rate.

    Returns
    -------
    dict of str to variables
        All of `FIELDS` as ``profile_...`` with dimensions rate, depth_of_discharge, x (stoichiometries with population
        before x), and `profile_time`(rate, depth_of_discharge) [s].
    """
    moments = [_moments(record, np.asarray(depths)) for record in records]
    found = _variables(records, axis, [how for _, how in moments], "depth_of_discharge", "profile_")
    times = np.array([time for time, _ in moments])
    found["profile_time"] = variable(("rate", "depth_of_discharge"), times, "s", "time of each profile")
    return found


def field_variables(records: Sequence[Record], axis: Axis, times: Sequence[Interpolation]) -> dict[str, Any]:
    """Return all of `FIELDS` at all times, with dimensions rate, time, x and population before x."""
    return _variables(records, axis, times, "time", "")


def _moments(record: Record, depths: Floats) -> tuple[Floats, Interpolation]:
    """Return the times at which shares of the charge have passed, and how to get fields there."""
    run, measured = record.run, record.measured
    own = strictly_rising(run.time)
    if measured.stop - measured.start < 2:
        times = np.full(depths.size, np.nan)
        return times, interpolation(own, run.step, np.full(depths.size, own[-1] + 1))  # NaN
    within, current = own[measured], run.current[measured]
    passed = np.concatenate([[0.0], np.cumsum(np.diff(within) * 0.5 * (current[1:] + current[:-1]))])
    times = np.interp(depths * passed[-1], passed, within)
    return times, interpolation(own, run.step, times)


def _variables(
    records: Sequence[Record], axis: Axis, moments: Sequence[Interpolation], along: str, prefix: str
) -> dict[str, Any]:
    found = {}
    for name, (field, units, words) in FIELDS.items():
        values = np.stack([axis.bring(r, how.of(field(r))) for r, how in zip(records, moments, strict=True)])
        dims = ("rate", along, "population", "x") if values.ndim == 4 else ("rate", along, "x")
        found[prefix + name] = variable(dims, values, units, words)
    return found
