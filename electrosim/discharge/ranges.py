"""Where a run used a material's property beyond what its source covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.graded import at
from electrosim.base.result import variable
from electrosim.discharge.cell import Electrode
from electrosim.discharge.overpotential import SEPARATOR
from electrosim.discharge.record import Record
from electrosim.materials.property import Property
from electrosim.materials.ranges import outside

Floats = NDArray[np.float64]

Use = tuple[str, Property, str, Floats, Sequence[str]]
"""Name of a property, the property, its variable, the values met (times, cells), the place of each cell."""


_PLACES = (np.arange(1000) + 0.5) / 1000


def extrapolated_share(electrode: Electrode) -> float:
    """Return in which share of an electrode's thickness the carbon lies beyond the table of its conductivity."""
    beyond = sum(float(at(layer.extrapolated, _PLACES).mean()) * layer.thickness for layer in electrode.layers)
    return beyond / electrode.thickness


def extrapolation_variables(electrode: Electrode) -> dict[str, Any]:
    """Return `extrapolated_share` of the positive electrode as a variable."""
    words = "share of the positive electrode whose carbon lies beyond the table of its conductivity"
    return {"extrapolated_share": variable((), extrapolated_share(electrode), "1", words)}


def range_warnings(records: Sequence[Record]) -> tuple[str, ...]:
    """Return one sentence for each property that was used beyond its range, at the place where it was farthest off."""
    worst: dict[str, tuple[float, str]] = {}
    for record in records:
        for what, curve, symbol, values, places in _uses(record):
            far = float(np.nanmax(np.fmax(curve.lower - values, values - curve.upper)))
            if what in worst and far <= worst[what][0]:
                continue

            def where(index: tuple[int, ...], record: Record = record, places: Sequence[str] = places) -> str:
                return f"{record.programme.rate:g}C, {places[index[1]]}, {record.run.time[index[0]]:.4g} s"

            sentence = outside(replace(curve, source=""), values, what, symbol, where)
            if sentence:
                worst[what] = far, sentence
    return (*_carried_on(records[0]), *(sentence for _, sentence in worst.values()))


def _carried_on(record: Record) -> Iterator[str]:
    """Yield a sentence for each electrode with more or less carbon than the table of its conductivity has."""
    for side in ("negative", "positive"):
        electrode = getattr(record.cell, side)
        share = extrapolated_share(electrode) if isinstance(electrode, Electrode) else 0.0
        if share > 0:
            yield f"carbon lies beyond the table of the conductivity in {share:.0%} of the {side} electrode"


def _uses(record: Record) -> Iterator[Use]:
    """Yield every use of a property that depends on something."""
    run, electrolyte = record.run, record.cell.electrolyte
    places = [SEPARATOR] * run.mesh.width.size
    for section in record.sections:
        places[section.cells] = [section.name] * section.width.size
    for words in ("conductivity", "diffusivity", "transference_number", "thermodynamic_factor"):
        what = f"{words.replace('_', ' ')} of {electrolyte.name}"
        yield what, getattr(electrolyte, words), "c (mol/m3) =", run.electrolyte_concentration, places
    for group in record.groups:
        material, inside = group.material, [group.section.name] * group.section.width.size
        most = material.maximum_concentration
        surface, mean = group.of(run.surface_concentration) / most, group.of(run.mean_concentration) / most
        yield f"open-circuit potential of {material.name}", material.open_circuit_potential, "x =", surface, inside
        yield f"diffusivity of {material.name}", material.diffusivity, "x =", surface, inside
        background = group.section.layer.background_conductivity
        if background is not None and group.population == 0:
            yield f"electronic conductivity of {material.name}", background, "x =", mean, inside
