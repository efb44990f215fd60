"""Where a run used a material's property beyond what its source covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from electrosim.discharge.overpotential import SEPARATOR
from electrosim.discharge.record import Record
from electrosim.materials.property import Property

Floats = NDArray[np.float64]

_TOLERANCE = 1e-6  # of a range: what a start at its very end may exceed it by


def range_warnings(records: Sequence[Record]) -> tuple[str, ...]:
    """Return one sentence for each property that was used beyond its range, at the place where it was farthest off."""
    worst: dict[str, tuple[float, str]] = {}
    for record in records:
        for what, curve, symbol, unit, values, places in _uses(record):
            beyond = np.fmax(curve.lower - values, values - curve.upper)
            time, cell = np.unravel_index(int(np.nanargmax(beyond)), beyond.shape)
            excess = float(beyond[time, cell])
            if excess > _TOLERANCE * (np.ptp([curve.lower, curve.upper]) if curve.lower > -np.inf < np.inf else 1.0):
                at = f"{record.programme.rate:g}C, {places[cell]}, {record.run.time[time]:.4g} s"
                sentence = (
                    f"The {what} was used at {symbol} = {values[time, cell]:.4g}{unit} ({at}); "
                    f"its source covers {curve.lower:.4g} to {curve.upper:.4g}."
                )
                if what not in worst or excess > worst[what][0]:
                    worst[what] = excess, sentence
    return tuple(sentence for _, sentence in worst.values())


def _uses(record: Record) -> Iterator[tuple[str, Property, str, str, Floats, Sequence[str]]]:
    """Yield name, property, symbol, unit, values and places of every property that depends on something."""
    run, electrolyte = record.run, record.cell.electrolyte
    where = np.full(run.mesh.width.size, SEPARATOR, dtype=object)
    for section in record.sections:
        where[section.cells] = section.name
    for words in ("conductivity", "diffusivity", "transference_number", "thermodynamic_factor"):
        what = f"{words.replace('_', ' ')} of {electrolyte.name}"
        yield from _bounded(what, getattr(electrolyte, words), "c", " mol/m3", run.electrolyte_concentration, where)
    for group in record.groups:
        material, places = group.material, [group.section.name] * group.area.size
        surface, mean = (
            group.of(field) / material.maximum_concentration
            for field in (run.surface_concentration, run.mean_concentration)
        )
        potential = f"open-circuit potential of {material.name}"
        yield from _bounded(potential, material.open_circuit_potential, "x", "", surface, places)
        yield from _bounded(f"diffusivity of {material.name}", material.diffusivity, "x", "", surface, places)
        background = group.section.layer.background_conductivity
        if background is not None and group.population == 0:
            yield from _bounded(f"electronic conductivity of {material.name}", background, "x", "", mean, places)


def _bounded(
    what: str, curve: Property, symbol: str, unit: str, values: Floats, places: Sequence[str]
) -> Iterator[tuple[str, Property, str, str, Floats, Sequence[str]]]:
    if np.isfinite([curve.lower, curve.upper]).any():
        yield what, curve, symbol, unit, values, places
