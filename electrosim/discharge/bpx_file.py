"""Cells from BPX files, the Battery Parameter eXchange format.

The library `bpx` checks a file's structure and brings old versions up to date. It would check formulas by writing them
to a Python file and running that; they are read here, by `base.expression`, and taken out before the library sees them.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from electrosim.base.constants import FARADAY
from electrosim.base.errors import InputError, shortened
from electrosim.base.expression import Expression
from electrosim.discharge.cell import Cell, Electrode, Layer, Population
from electrosim.discharge.parameter_sets import ParameterSet
from electrosim.discharge.protocol import Stoichiometry
from electrosim.materials.curves import Formula, Points
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, Separator
from electrosim.materials.property import Property, constant

_GAS = 8.31446261815324  # J mol-1 K-1
_LARGEST_FILE = 8 << 20
_ROOM = 298.15  # K, where a file names no temperature
_UNREAD = ("User-defined",)  # what no equation here has a place for

Place = tuple[str, ...]


def read_bpx(path: Path) -> ParameterSet:
    """Return the cell of a BPX file.

    Single and blended electrodes; the temperature at the start holds throughout, and Arrhenius factors take the
    properties there from the reference temperature. The thermodynamic factor is 1, since the format has none. Tables
    are joined by a monotone cubic. Hysteresis, entropic change, user-defined and validation data are left aside.

    Parameters
    ----------
    path : Path
        A file ``.json`` of version 0.x or 1.x for the model DFN (or SPMe, which needs the same numbers).

    Raises
    ------
    InputError
        If the file is missing, larger than 8 MiB, not BPX, of the model SPM, already degraded, or holds a formula that
        is not arithmetic of x; if the library `bpx` is not installed.

    References
    ----------
    .. [1] F. Brosa Planella et al., BPX: an open standard for battery parameters, https://bpxstandard.com
    """
    data = _load(path)
    formulas: dict[Place, Expression] = {}
    _take_formulas(path, data.get("Parameterisation"), (), formulas)
    data = _checked(path, data)
    parameters = data["Parameterisation"]
    state = data.get("State", {})
    start = state.get("Initial conditions", {})
    reference = parameters["Cell"].get("Reference temperature [K]", _ROOM)
    at = _Temperature(start.get("Initial temperature [K]", reference), reference)
    sections = {
        name: _Section(path, (name,), parameters[name], formulas, at)
        for name in ("Cell", "Electrolyte", "Negative electrode", "Separator", "Positive electrode")
    }
    if _is_degraded(state.get("Degradation", {})):
        raise InputError(f"{path}: State.Degradation: only fresh cells can be read; set LLI and LAM to 0")
    return _parameter_set(sections, start, at.temperature, str(data["Header"].get("References") or path.name))


@dataclass(frozen=True)
class _Temperature:
    temperature: float
    reference: float

    def factor(self, activation_energy: float) -> float:
        """Return Arrhenius' factor from the reference temperature to that of the run."""
        return float(np.exp(activation_energy / _GAS * (1 / self.reference - 1 / self.temperature)))


@dataclass(frozen=True)
class _Section:
    """A part of a file with the formulas that were taken out of it."""

    file: Path
    place: Place
    values: Mapping[str, Any]
    formulas: Mapping[Place, Expression]
    at: _Temperature

    def inside(self, *keys: str) -> _Section:
        values = self.values
        for key in keys:
            values = values[key]
        return _Section(self.file, (*self.place, *keys), values, self.formulas, self.at)

    def number(self, key: str, least: float = 0.0, most: float = np.inf) -> float:
        value = float(self.values[key])
        if not least < value <= most:
            raise InputError(f"{self._named(key)} = {value:g}: must be above {least:g}, at most {most:g}")
        return value

    def property(self, key: str, energy: str = "") -> Property:
        """Return a number, formula or table at the temperature of the run."""
        factor = self.at.factor(float(self.values.get(energy, 0.0)))
        value = self.values[key]
        formula = self.formulas.get((*self.place, key))
        source = f"{self.file.name}, {self.place[-1]}"
        if formula is not None and formula.uses("x"):
            return Property(Formula(formula, factor=factor), source=source)
        if isinstance(value, Mapping):
            points = np.transpose([value["x"], value["y"]]).astype(np.float64)
            if len(points) < 2 or not np.all(np.isfinite(points)) or np.any(np.diff(points[:, 0]) <= 0):
                raise InputError(f"{self._named(key)}: a table needs at least two finite points with rising x")
            return Property(Points(points * (1, factor)), points[0, 0], points[-1, 0], source)
        return constant(factor * float(formula(0.0) if formula is not None else value), source)

    def _named(self, key: str) -> str:
        return f"{self.file}: {'.'.join(self.place)}.{key}"


def _load(path: Path) -> dict[str, Any]:
    """Return the content of a JSON file; NaN and infinity, which JSON does not have, are refused."""
    if not path.is_file():
        raise InputError(f"{path}: there is no such file; check the path")
    if path.stat().st_size > _LARGEST_FILE:
        raise InputError(f"{path}: the file is larger than 8 MiB, which no BPX file is")
    try:
        data = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refuse_constant)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: the file is not JSON ({shortened(str(error))})") from None
    if not isinstance(data, dict) or not isinstance(data.get("Header"), dict):
        raise InputError(f"{path}: this is not a BPX file: it has no Header")
    return data


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number")


def _take_formulas(path: Path, values: Any, place: Place, found: dict[Place, Expression]) -> None:
    """Read every text below the parameters as a formula of x, and leave 1 in its place."""
    if not isinstance(values, dict):
        return
    for key in _UNREAD:
        values.pop(key, None)
    for key, value in values.items():
        if isinstance(value, str):
            try:
                found[*place, key] = Expression(value)
            except InputError as error:
                raise InputError(f"{path}: {'.'.join((*place, key))}: {error}") from None
            values[key] = 1.0
        else:
            _take_formulas(path, value, (*place, key), found)


def _checked(path: Path, data: dict[str, Any]) -> dict[str, Any]:
    """Return the data as the library understands them, in the layout of its newest version."""
    try:
        import bpx
    except ImportError:
        raise InputError(f'{path}: BPX files need the library bpx; pip install "electrosim[bpx]"') from None
    data.pop("Validation", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about old versions, which it converts
        try:
            model = bpx.parse_bpx_obj(data)
        except ValidationError as error:
            deepest = max(error.errors(include_url=False), key=lambda item: len(item["loc"]))  # of alternatives
            where = ".".join(str(part) for part in deepest["loc"])
            raise InputError(f"{path}: {where + ': ' if where else ''}{deepest['msg']}") from None
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise InputError(f"{path}: this is not a BPX file ({shortened(str(error))})") from None
    if model.header.model not in ("DFN", "SPMe"):
        raise InputError(f'{path}: Header.Model = "{model.header.model}": a discharge needs a file of the model DFN')
    known: dict[str, Any] = model.model_dump(by_alias=True, exclude_none=True)
    return known


def _is_degraded(values: Any) -> bool:
    if isinstance(values, Mapping):
        return any(_is_degraded(value) for value in values.values())
    return bool(values)


def _parameter_set(
    sections: Mapping[str, _Section], start: Mapping[str, Any], temperature: float, source: str
) -> ParameterSet:
    cell, separator = sections["Cell"], sections["Separator"]
    concentration = float(start.get("Initial electrolyte concentration [mol.m-3]", 1000.0))
    charge = float(start.get("Initial state-of-charge", 1.0))
    if not 0 <= charge <= 1:
        raise InputError(f"{cell.file}: Initial state-of-charge = {charge:g}: must be between 0 and 1")
    pairs = cell.number("Number of electrode pairs connected in parallel to make a cell")
    area = cell.number("Electrode area [m2]") * pairs
    negative, below = _electrode(sections["Negative electrode"], "negative", concentration, charge)
    positive, above = _electrode(sections["Positive electrode"], "positive", concentration, 1 - charge)
    return ParameterSet(
        cell=Cell(
            positive=positive,
            negative=negative,
            separator=Separator(
                "separator",
                separator.number("Thickness [m]"),
                separator.number("Porosity", most=1),
                separator.number("Transport efficiency", most=1),
            ),
            electrolyte=_electrolyte(sections["Electrolyte"], concentration),
            temperature=temperature,
        ),
        start=Stoichiometry(positive=above, negative=below),
        nominal_capacity=cell.number("Nominal cell capacity [A.h]") * 3600 / area,
        lower_voltage=cell.number("Lower voltage cut-off [V]"),
        upper_voltage=cell.number("Upper voltage cut-off [V]"),
        source=source,
    )


def _electrolyte(section: _Section, concentration: float) -> Electrolyte:
    return Electrolyte(
        name="electrolyte",
        concentration=concentration,
        conductivity=section.property("Conductivity [S.m-1]", "Conductivity activation energy [J.mol-1]"),
        diffusivity=section.property("Diffusivity [m2.s-1]", "Diffusivity activation energy [J.mol-1]"),
        transference_number=constant(float(section.values["Cation transference number"])),
        thermodynamic_factor=constant(1.0, "BPX has no thermodynamic factor"),
    )


def _electrode(section: _Section, name: str, concentration: float, filling: float) -> tuple[Electrode, float]:
    """Return an electrode of one layer and the stoichiometry of its particles at a filling of their window."""
    kinds = section.values.get("Particle", {})
    particles = [section.inside("Particle", kind) for kind in kinds] or [section]
    fractions = [_active_fraction(part) for part in particles]
    populations = tuple(
        _population(part, fraction, concentration) for part, fraction in zip(particles, fractions, strict=True)
    )
    starts = []
    for part in particles:
        lowest, highest = (part.number(f"{end} stoichiometry", -1e-12, 1) for end in ("Minimum", "Maximum"))
        starts.append(lowest + filling * (highest - lowest))
    if max(starts) - min(starts) > 1e-9:
        raise InputError(
            f"{section.file}: {section.place[0]}: its materials start at different stoichiometries "
            f"({min(starts):.4g} to {max(starts):.4g}); a run starts from one"
        )
    porosity = section.number("Porosity", most=1)
    whole = porosity + sum(fractions)
    if whole > 1 + 1e-3:  # a file gives the fraction as a surface with a few digits
        raise InputError(
            f"{section.file}: {section.place[0]}: porosity and active material (surface times radius over 3) "
            f"add up to {whole:.4g}; they fit into 1"
        )
    layer = Layer(
        name=name,
        thickness=section.number("Thickness [m]"),
        porosity=porosity,
        transport_efficiency=section.number("Transport efficiency", most=1),
        conductivity=section.number("Conductivity [S.m-1]"),
        populations=populations,
    )
    return Electrode((layer,)), starts[0]


def _active_fraction(section: _Section) -> float:
    """Return the volume share of spheres that have the surface that the file gives."""
    return section.number("Surface area per unit volume [m-1]") * section.number("Particle radius [m]") / 3


def _population(section: _Section, fraction: float, concentration: float) -> Population:
    """Return particles; their rate K is normalised, j0 = F K sqrt(c_e/c_e0 x (1 - x))."""
    highest = section.number("Maximum concentration [mol.m-3]")
    radius = section.number("Particle radius [m]")
    energy = float(section.values.get("Reaction rate constant activation energy [J.mol-1]", 0.0))
    rate = section.number("Reaction rate constant [mol.m-2.s-1]") * section.at.factor(energy)
    material = ActiveMaterial(
        name=section.place[-1].lower(),
        maximum_concentration=highest,
        open_circuit_potential=section.property("OCP [V]"),
        diffusivity=section.property("Diffusivity [m2.s-1]", "Diffusivity activation energy [J.mol-1]"),
        reaction_rate=FARADAY * rate / (highest * np.sqrt(concentration)),
        radius=radius,
        density=np.nan,  # which the format does not give
    )
    return Population(material, fraction, radius)
