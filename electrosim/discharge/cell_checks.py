"""What makes a cell possible, checked once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.graded import Graded, at
from electrosim.discharge.cell import Cell, Electrode, Layer

Floats = NDArray[np.float64]

_PLACES = np.linspace(0.0, 1.0, 201)


def check_cell(cell: Cell) -> None:
    """Refuse a cell that cannot be.

    Raises
    ------
    InputError
        With the layer, the value and what is allowed.
    """
    for side, electrode in (("positive", cell.positive), ("negative", cell.negative)):
        if isinstance(electrode, Electrode):
            if not electrode.layers:
                raise InputError(f"the {side} electrode has no layer; give at least one", ("electrode",))
            _positive_or_zero(electrode.contact_resistance, f"the contact resistance of the {side} electrode")
            for layer in electrode.layers:
                _check_layer(f'layer "{layer.name}" of the {side} electrode', layer)
    _positive_or_zero(cell.series_resistance, "the series resistance of the cell")
    if not 200 < cell.temperature < 500:
        raise InputError(f"the temperature of the cell is {cell.temperature:g} K; give one from 200 to 500 K")
    separator = cell.separator
    if not (separator.thickness > 0 and 0 < separator.porosity <= 1 and 0 < separator.transport_efficiency <= 1):
        raise InputError(
            f"the separator is {separator.thickness:g} m thick, with porosity {separator.porosity:g} and transport "
            f"efficiency {separator.transport_efficiency:g}; the first must be positive, the others between 0 and 1"
        )


def _positive_or_zero(value: float, what: str) -> None:
    if not (math.isfinite(value) and value >= 0):
        raise InputError(f"{what} is {value:g} ohm m2; it must be 0 or more")


def _check_layer(name: str, layer: Layer) -> None:
    if not (math.isfinite(layer.thickness) and layer.thickness > 0):
        raise InputError(f"{name} is {layer.thickness:g} m thick; it must have some thickness", ("electrode", "layers"))
    if not layer.populations:
        raise InputError(f"{name} holds no active particles; give at least one population", ("electrode", "layers"))
    porosity = _within(layer.porosity, name, "porosity", 0, 1, open_above=True)
    _within(layer.transport_efficiency, name, "transport efficiency", 0, 1)
    lowest = 0 if layer.background_conductivity is None else -1e-300  # with a background, carbon may give none
    _within(layer.conductivity, name, "electronic conductivity", lowest, math.inf, open_above=True)
    total = np.array(porosity)
    for population in layer.populations:
        total = total + _within(population.fraction, name, "active fraction", 0, 1)
        _within(population.radius, name, "particle radius", 0, 1)
        _within(population.wired, name, "wired share", 0, 1)
        _within(population.film_resistance, name, "film resistance", -1e-300, math.inf, open_above=True)
    if total.max() > 1 + 1e-9:
        raise InputError(
            f"porosity and active fractions of {name} add up to {total.max():.4g}; they fill the layer at 1",
            ("electrode", "layers"),
        )


def _within(graded: Graded, name: str, what: str, above: float, most: float, *, open_above: bool = False) -> Floats:
    """Return a property through a layer; refuse it where it is not above the one and at most (or below) the other."""
    values = at(graded, _PLACES)
    good = np.isfinite(values) & (values > above) & ((values < most) if open_above else (values <= most))
    if not good.all():
        first = int(np.argmin(good))
        where = f" at {_PLACES[first]:.0%} of its height" if callable(graded) else ""
        upper = "" if math.isinf(most) else f" and {'below' if open_above else 'at most'} {most:g}"
        lower = f"above {above:g}" if above >= 0 else "0 or more"
        raise InputError(
            f"the {what} of {name} is {values[first]:.4g}{where}; it must be {lower}{upper}", ("electrode", "layers")
        )
    return values
