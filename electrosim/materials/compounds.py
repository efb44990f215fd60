"""Materials by formula and density, by weighed parts, and by name (``compounds.toml``)."""

from __future__ import annotations

import functools
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType

from electrosim.base.errors import InputError, nearest, shortened
from electrosim.materials.elements import Element, element, elements
from electrosim.materials.formula import parse_formula


@dataclass(frozen=True)
class Compound:
    """A homogeneous material of known elements and density.

    Parameters
    ----------
    name : str
        What people call it.
    composition : mapping of str to float
        Mass fraction of each element, by symbol [1]; they sum to 1.
    density : float
        Density [kg m-3].
    source : str
        Where the density comes from.
    """

    name: str
    composition: Mapping[str, float]
    density: float
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no material, and make the composition immutable."""
        if not (math.isfinite(self.density) and self.density > 0):
            raise InputError(f"the density of {self.name} is {self.density:g} kg/m3; it must be above zero")
        if not self.composition:
            raise InputError(f"{self.name} holds no element")
        for symbol, share in self.composition.items():
            element(symbol)
            if not 0 < share <= 1:
                raise InputError(
                    f"the mass fraction of {symbol} in {self.name} is {share:g}; it must be above 0, up to 1"
                )
        total = math.fsum(self.composition.values())
        if abs(total - 1) > 1e-9:
            raise InputError(f"the mass fractions of the elements in {self.name} sum to {total:g} and not to 1")
        object.__setattr__(self, "composition", MappingProxyType(dict(self.composition)))

    def number_densities(self) -> dict[Element, float]:
        """Return the atoms of each element per volume [m-3]."""
        return {
            element(symbol): self.density * share / element(symbol).atomic_mass
            for symbol, share in self.composition.items()
        }


def compound(formula: str, density: float, name: str = "", source: str = "") -> Compound:
    """Return a material from its formula and density.

    Parameters
    ----------
    formula : str
        As `parse_formula` reads it.
    density : float
        Density [kg m-3].
    name : str, optional
        What people call it; the formula if not given.
    source : str, optional
        Where the density comes from.

    Raises
    ------
    InputError
        If the formula does not parse or the density is not above zero.

    Examples
    --------
    >>> round(compound("Ag802C7617O6615H10824", 1960.0).composition["Ag"], 4)
    0.2935
    """
    masses = {symbol: count * element(symbol).atomic_mass for symbol, count in parse_formula(formula).items()}
    total = math.fsum(masses.values())
    return Compound(name or formula, {symbol: mass / total for symbol, mass in masses.items()}, density, source)


def mixture(name: str, parts: Iterable[tuple[Compound, float]], density: float | None = None) -> Compound:
    """Return a homogeneous mixture of weighed parts.

    Parameters
    ----------
    name : str
        What people call it.
    parts : iterable of (Compound, float)
        The parts and their mass fractions [1], which must sum to 1.
    density : float, optional
        Density of the mixture [kg m-3]; if not given, volumes add up.

    Raises
    ------
    InputError
        If a mass fraction is not above zero or they do not sum to 1.
    """
    weighed = tuple(parts)
    total = math.fsum(share for _, share in weighed)
    if abs(total - 1) > 1e-6 or any(share <= 0 for _, share in weighed):
        listed = ", ".join(f"{part.name} {share:g}" for part, share in weighed)
        raise InputError(f"the mass fractions in {name} must be above zero and sum to 1, not to {total:g} ({listed})")
    composition: dict[str, float] = {}
    for part, share in weighed:
        for symbol, fraction in part.composition.items():
            composition[symbol] = composition.get(symbol, 0.0) + share / total * fraction
    volume = math.fsum(share / total / part.density for part, share in weighed)
    source = "volumes of the parts added" if density is None else ""
    return Compound(name, composition, 1 / volume if density is None else density, source)


@functools.cache
def named_materials() -> Mapping[str, Compound]:
    """Return the materials of ``compounds.toml`` by name."""
    text = resources.files("electrosim.materials").joinpath("compounds.toml").read_text(encoding="utf-8")
    return MappingProxyType(
        {
            name: compound(entry["formula"], entry["density"] * 1e3, name, entry["source"])
            for name, entry in tomllib.loads(text).items()
        }
    )


def material(name: str) -> Compound:
    """Return a material by name: one of `named_materials`, or an element by symbol or English name.

    Raises
    ------
    InputError
        If the name is not known (the sentence names the nearest), or is that of an element whose density is not.

    Examples
    --------
    >>> material("graphite").density
    2260.0
    >>> material("Au").name
    'gold'
    """
    if name in named_materials():
        return named_materials()[name]
    found = elements().get(name) or next((item for item in elements().values() if item.name == name), None)
    if found is None:
        known = [*named_materials(), *(item.name for item in elements().values())]
        hint = nearest(name, known) if len(name) > 2 else "write an element's symbol, or a name such as graphite"
        raise InputError(f'"{shortened(name)}" is not a known material; {hint} (any other: formula and density)')
    if found.density is None:
        raise InputError(f"the density of {found.name} is not known; give formula and density")
    return Compound(found.name, {found.symbol: 1.0}, found.density, "CRC Handbook, see elements.csv")
