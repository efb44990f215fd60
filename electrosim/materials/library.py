"""Materials by name, from the files beside this module or from a file of one's own."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

from electrosim.base import toml
from electrosim.base.constants import FARADAY
from electrosim.base.errors import InputError, nearest, shortened
from electrosim.base.scenario import check
from electrosim.materials.curves import Curve
from electrosim.materials.electrochemical import ActiveMaterial, Electrolyte, LithiumMetal, Powder, Separator
from electrosim.materials.property import Property, constant
from electrosim.materials.tables import (
    ActiveMaterialTable,
    CellFile,
    ElectrolyteTable,
    LithiumTable,
    MaterialFile,
    PowderTable,
    SeparatorTable,
)

_MOL_PER_LITRE = 1000.0  # mol m-3
_FILES: Mapping[str, type[MaterialFile[Any]]] = {
    "active": MaterialFile[ActiveMaterialTable],
    "electrolytes": MaterialFile[ElectrolyteTable],
    "separators": MaterialFile[SeparatorTable],
    "powders": MaterialFile[PowderTable],
    "metals": MaterialFile[LithiumTable],
}

_KEPT = 256  # of each sort: all that come along, and some temperatures of a sweep

_Rest = ParamSpec("_Rest")
_Made = TypeVar("_Made")


def _once(make: Callable[_Rest, _Made]) -> Callable[_Rest, _Made]:
    """Make each material once, so that a sweep tabulates it once; one's own file is made anew when it has changed."""

    def made(contents: tuple[bytes, ...], *arguments: _Rest.args, **options: _Rest.kwargs) -> _Made:
        del contents
        return make(*arguments, **options)

    remembered = cast("Callable[..., _Made]", functools.lru_cache(_KEPT)(made))

    @functools.wraps(make)
    def get(*arguments: _Rest.args, **options: _Rest.kwargs) -> _Made:
        own = [Path(str(item)) for item in arguments if isinstance(item, Path) or str(item).endswith(".toml")]
        return remembered(tuple(map(_content, own)), *arguments, **options)

    return get


def _content(file: Path) -> bytes:
    """Return what tells a file from itself before it was changed; nothing for one that `toml.read` refuses."""
    try:
        readable = file.is_file() and file.stat().st_size <= toml.LARGEST_FILE
        return hashlib.sha256(file.read_bytes()).digest() if readable else b""
    except OSError:
        return b""


@_once
def active_material(name: str | Path) -> ActiveMaterial:
    """Return an active material.

    Parameters
    ----------
    name : str or Path
        Such as ``"nmc622"``; with a variant, ``"graphite/marquis-2019"``; or the path of a file that ends in ``.toml``,
        of which the first variant is taken.

    Raises
    ------
    InputError
        If there is no such material (the nearest name is given), or the file is wrong.

    Examples
    --------
    >>> active_material("nmc622").maximum_concentration
    48700.0
    """
    label, table = _variant("active", name)
    return ActiveMaterial(
        name=label,
        maximum_concentration=table.maximum_concentration,
        open_circuit_potential=_property(label, table, "open_circuit_potential", "V"),
        diffusivity=_property(label, table, "diffusivity", "m^2/s"),
        reaction_rate=table.reaction_rate,
        radius=table.radius,
        density=table.density,
        specific_surface=table.specific_surface,
        electronic_conductivity=(
            _property(label, table, "electronic_conductivity", "S/m") if table.electronic_conductivity else None
        ),
    )


@_once
def electrolyte(name: str | Path, temperature: float = 298.15) -> Electrolyte:
    """Return an electrolyte at a temperature [K]; `name` and errors as in `active_material`.

    Examples
    --------
    >>> round(float(electrolyte("lipf6-ec-emc-3-7").conductivity(1000.0)), 3)
    0.913
    """
    label, table = _variant("electrolytes", name)
    over: dict[str, Any] = {"variable": "c", "scale": _MOL_PER_LITRE, "temperature": temperature}
    return Electrolyte(
        name=label,
        concentration=table.concentration,
        conductivity=_property(label, table, "conductivity", "S/m", **over),
        diffusivity=_property(label, table, "diffusivity", "m^2/s", **over),
        transference_number=_property(label, table, "transference_number", "", **over),
        thermodynamic_factor=_property(label, table, "thermodynamic_factor", "", **over),
    )


@_once
def separator(name: str | Path) -> Separator:
    """Return a separator; `name` and errors as in `active_material`."""
    label, table = _variant("separators", name)
    return Separator(label, table.thickness, table.porosity, table.porosity**table.bruggeman)


@_once
def powder(name: str | Path) -> Powder:
    """Return a carbon or a binder; `name` and errors as in `active_material`."""
    label, table = _variant("powders", name)
    return Powder(label, table.density, table.specific_surface)


@_once
def lithium_metal(concentration: float = 1000.0, name: str | Path = "lithium") -> LithiumMetal:
    """Return lithium metal in an electrolyte that rests at a concentration [mol m-3]; the rest as in `active_material`.

    Examples
    --------
    >>> round(lithium_metal().exchange_current, 1)
    70.6
    """
    _, table = _variant("metals", name)
    share = table.concentration_exponent
    density = 1 / table.molar_volume
    current = FARADAY * table.rate_constant * density ** (1 - share) * concentration**share
    return LithiumMetal(current, share)


def cell_file(name: str | Path) -> CellFile:
    """Return the numbers of a whole cell, such as ``"chen-2020"``; errors as in `active_material`."""
    path, variant = _path("cells", name)
    if variant:
        raise InputError(f'the parameter set "{path.stem}" has no variants; leave out "/{shortened(variant)}"')
    return check(CellFile, toml.read(path))


def known(folder: str) -> Mapping[str, Path]:
    """Return the files that come with electrosim in a folder such as ``"active"``, by the name of the material."""
    place = Path(str(resources.files("electrosim.materials"))) / folder
    return {path.stem: path for path in sorted(place.glob("*.toml"))}


@_once
def source(folder: str, name: str) -> str:
    """Return where the numbers of a material are from, for instance of ``"active"``, ``"nmc622"``."""
    text: str = _variant(folder, name)[1].source
    return text


def _path(folder: str, name: str | Path) -> tuple[Path, str]:
    """Return the file that a name means, and the variant it asks for."""
    if Path(name).suffix == ".toml":
        return Path(name), ""
    stem, _, variant = str(name).partition("/")
    files = known(folder)
    if stem not in files:
        raise InputError(f'there is no material "{shortened(stem)}" here; {nearest(stem, files)}')
    return files[stem], variant


def _variant(folder: str, name: str | Path) -> tuple[str, Any]:
    """Return what to call a material, and its table."""
    path, variant = _path(folder, name)
    variants: Mapping[str, Any] = check(_FILES[folder], toml.read(path)).variants
    variant = variant or next(iter(variants))
    if variant not in variants:
        raise InputError(f'"{path.stem}" has no variant "{shortened(variant)}"; {nearest(variant, variants)}')
    return f"{path.stem}/{variant}", variants[variant]


def _property(label: str, table: Any, key: str, unit: str, **over: Any) -> Property:
    """Return an entry of a table as a property; errors name the material."""
    value: Curve | float = getattr(table, key)
    if isinstance(value, float):
        return constant(value, table.source)
    try:
        return value.property(unit, source=table.source, **over)
    except InputError as error:
        raise InputError(f"{label}: {key}: {error}") from None
