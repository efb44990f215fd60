"""Numbers and curves of our material files beside those of PyBaMM."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from electrosim.base.observer import Observer
from electrosim.discharge.parameter_sets import ParameterSet, parameter_set
from electrosim.materials.library import electrolyte
from electrosim.materials.property import Property
from electrosim.study.validation.metrics import Row

SETS = {"chen-2020": "Chen2020", "marquis-2019": "Marquis2019"}
TEMPERATURE = 298.15
EXCHANGE = 1000.0, 0.3  # electrolyte concentration [mol m-3] and stoichiometry at which kinetics are compared


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    os.environ.setdefault("PYBAMM_DISABLE_TELEMETRY", "true")
    import pybamm

    rows: list[Row] = []
    for place, (ours, theirs) in enumerate(SETS.items()):
        observer(ours, place / 3)
        values = pybamm.ParameterValues(theirs)
        rows += of_set(ours, parameter_set(ours), values)
    observer("electrolyte", 2 / 3)
    from pybamm.input.parameters.lithium_ion import ORegan2022

    landesfeind = electrolyte("lipf6-ec-emc-3-7/landesfeind-2019", TEMPERATURE)
    for name, prefix in {
        "conductivity": "conductivity",
        "diffusivity": "diffusivity",
        "transference_number": "transference_number",
        "thermodynamic_factor": "TDF",
    }.items():
        function = getattr(ORegan2022, f"electrolyte_{prefix}_EC_EMC_3_7_Landesfeind2019")
        rows += along(f"Landesfeind 2019, {name}", getattr(landesfeind, name), of_pybamm(function, TEMPERATURE))
    return rows


def of_set(name: str, ours: ParameterSet, theirs: Any) -> Iterator[Row]:
    area = theirs["Electrode height [m]"] * theirs["Electrode width [m]"]

    def number(label: str, value: float, reference: float) -> Row:
        return Row("numbers", f"{name}, {label}", value, float(reference), "code")

    yield number("1C", ours.one_c, theirs["Nominal cell capacity [A.h]"] / area)
    yield number("lower voltage", ours.lower_voltage, theirs["Lower voltage cut-off [V]"])
    yield number("upper voltage", ours.upper_voltage, theirs["Upper voltage cut-off [V]"])
    separator = ours.cell.separator
    yield number("separator thickness", separator.thickness, theirs["Separator thickness [m]"])
    porosity = theirs["Separator porosity"]
    yield number("separator porosity", separator.porosity, porosity)
    exponent = theirs["Separator Bruggeman coefficient (electrolyte)"]
    yield number("separator transport", separator.transport_efficiency, porosity**exponent)
    fluid = ours.cell.electrolyte
    yield number("concentration", fluid.concentration, theirs["Initial concentration in electrolyte [mol.m-3]"])
    for label, key in {
        "conductivity": "Electrolyte conductivity [S.m-1]",
        "diffusivity": "Electrolyte diffusivity [m2.s-1]",
        "transference_number": "Cation transference number",
        "thermodynamic_factor": "Thermodynamic factor",
    }.items():
        yield from along(f"{name}, {label}", getattr(fluid, label), of_pybamm(theirs[key], TEMPERATURE))
    yield from of_electrode(name, "Negative", ours.cell.negative, ours.start.negative, theirs)
    yield from of_electrode(name, "Positive", ours.cell.positive, ours.start.positive, theirs)


def of_electrode(name: str, side: str, ours: Any, start: float | None, theirs: Any) -> Iterator[Row]:
    (layer,) = ours.layers
    (particles,) = layer.populations
    material = particles.material
    porosity = theirs[f"{side} electrode porosity"]
    efficiency = porosity ** theirs[f"{side} electrode Bruggeman coefficient (electrolyte)"]
    effective = (1 - porosity) ** theirs[f"{side} electrode Bruggeman coefficient (electrode)"]
    highest = theirs[f"Maximum concentration in {side.lower()} electrode [mol.m-3]"]
    start_there = theirs[f"Initial concentration in {side.lower()} electrode [mol.m-3]"] / highest
    for label, value, reference in (
        ("thickness", layer.thickness, theirs[f"{side} electrode thickness [m]"]),
        ("porosity", layer.porosity, porosity),
        ("transport", layer.transport_efficiency, efficiency),
        ("conductivity", layer.conductivity, theirs[f"{side} electrode conductivity [S.m-1]"] * effective),
        ("active fraction", particles.fraction, theirs[f"{side} electrode active material volume fraction"]),
        ("radius", particles.radius, theirs[f"{side} particle radius [m]"]),
        ("maximum concentration", material.maximum_concentration, highest),
        ("start", start, start_there),
    ):
        yield Row("numbers", f"{name}, {side.lower()} {label}", value, float(reference), "code")
    concentration, stoichiometry = EXCHANGE
    inside = stoichiometry * highest
    mine = material.reaction_rate * np.sqrt(concentration * inside * (highest - inside))
    current = theirs[f"{side} electrode exchange-current density [A.m-2]"](concentration, inside, highest, TEMPERATURE)
    yield Row("numbers", f"{name}, {side.lower()} exchange current", mine, plain(current), "code")
    yield from along(
        f"{name}, {side.lower()} potential",
        material.open_circuit_potential,
        of_pybamm(theirs[f"{side} electrode OCP [V]"]),
    )
    diffusivity = of_pybamm(theirs[f"{side} particle diffusivity [m2.s-1]"], TEMPERATURE)
    yield from along(f"{name}, {side.lower()} diffusivity", material.diffusivity, diffusivity, (0.1, 0.9))


def along(
    label: str, ours: Property, theirs: Callable[[float], float], ends: tuple[float, float] = (200.0, 2000.0)
) -> Iterator[Row]:
    """Compare over the property's range, or between `ends` where it has none."""
    lower = ours.lower if np.isfinite(ours.lower) else ends[0]
    upper = ours.upper if np.isfinite(ours.upper) else ends[1]
    for place in np.linspace(lower, upper, 21):
        yield Row("curves", f"{label} at {place:.4g}", float(ours(place)), theirs(place), "code")


def of_pybamm(value: Any, *further: float) -> Callable[[float], float]:
    """Return a number or function of PyBaMM as a function of one number."""
    if not callable(value):
        return lambda _: float(value)
    return lambda place: plain(value(place, *further))


def plain(value: Any) -> float:
    """Return a number that PyBaMM may have wrapped in a symbol."""
    return float(value.evaluate()) if hasattr(value, "evaluate") else float(value)
