"""What dries: coating, film, oven, what migrates, and what may crack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from electrosim.base.errors import InputError
from electrosim.drying.coating import Coating
from electrosim.drying.cracking import Cracking
from electrosim.drying.film import Film
from electrosim.drying.gas import Air, vapour_fraction
from electrosim.drying.species import Species

ROOM = 298.15


@dataclass(frozen=True)
class Zone:
    """A stretch of an oven: either a given flux at a given film temperature, or air that sets both.

    Parameters
    ----------
    duration : float, optional
        Time that the film spends in it [s]; the last zone may leave it out and then lasts until the film is dry.
    flux : float, optional
        Evaporation flux of a wet surface [kg m-2 s-1].
    temperature : float
        Of the film where `flux` is given [K].
    air : Air, optional
        The air instead.

    Raises
    ------
    InputError
        If both or none of `flux` and `air` are given, or a value is impossible.
    """

    duration: float | None = None
    flux: float | None = None
    temperature: float = ROOM
    air: Air | None = None

    def __post_init__(self) -> None:
        """Check every value."""
        if (self.flux is None) == (self.air is None):
            raise InputError("an oven zone needs either a flux or its air; give one of them")
        if self.flux is not None and self.flux < 0:
            raise InputError(f"flux = {self.flux:g} kg/m^2/s: a film that dries has no negative flux")
        if self.duration is not None and not self.duration > 0:
            raise InputError(f"the time in an oven zone is {self.duration:g} s; it must be positive")


@dataclass(frozen=True)
class Problem:
    """A film, and what is done to it.

    Parameters
    ----------
    coating : Coating
        Solids and solvent.
    film : Film
        Its levels.
    zones : tuple of Zone
        What it goes through.
    species : tuple of Species
        What migrates in the liquid.
    cracking : Cracking, optional
        What stress and cracks need; without it they are left out.
    critical_saturation : float
        Saturation of the pores at which the rate begins to fall, in proportion to the saturation; 0 if never.
    final_saturation : float
        Saturation at which the film counts as dry.
    initial_temperature : float
        Of the film [K].
    ambient : float
        Temperature of the fresh air that ovens heat [K].
    substrate_heat_capacity : float
        Per area [J m-2 K-1].
    solid_heat_capacity : float
        Of the dry coating [J kg-1 K-1].
    viscosity : float, optional
        Of the slurry's liquid, for the dimensionless groups [Pa s]; that of the pure solvent if left out.
    belt_speed : float, optional
        Speed at which the film goes through the oven, to say how long that is [m s-1].

    Raises
    ------
    InputError
        If an argument is impossible; the sentence says what to change.
    """

    coating: Coating
    film: Film
    zones: tuple[Zone, ...]
    species: tuple[Species, ...] = ()
    cracking: Cracking | None = None
    critical_saturation: float = 0.3
    final_saturation: float = 0.01
    initial_temperature: float = ROOM
    ambient: float = ROOM
    substrate_heat_capacity: float = 0.0
    solid_heat_capacity: float = 800.0
    viscosity: float | None = None
    belt_speed: float | None = None

    def __post_init__(self) -> None:
        """Check what only shows in the whole."""
        self._check_zones()
        self._check_temperatures()
        if not 0 <= self.critical_saturation < 1 or not 0 <= self.final_saturation < 1:
            raise InputError("critical and final saturation must lie between 0 and 1", ("drying",))
        if self.critical_saturation > 0 and self.final_saturation <= 0:
            raise InputError(
                "drying.final_saturation = 0: with a falling rate a film is never quite dry; raise it, or set "
                "drying.critical_saturation = 0",
                ("drying", "final_saturation"),
            )
        for item in self.species:
            if item.adsorption > 0 and (self.film.layered or self.film.excess > 0):
                raise InputError(
                    f"{item.name}: adsorption is on particles that are well mixed through all of the film; set "
                    'film.particles = "mixed" and leave out film.excess',
                    (item.name, "adsorption"),
                )

    def _check_zones(self) -> None:
        if not self.zones:
            raise InputError("zones is empty; give at least one", ("zones",))
        for number, zone in enumerate(self.zones[:-1]):
            if zone.duration is None:
                raise InputError(
                    f"zones.{number} has neither time nor length; only the last zone may last until the film is dry",
                    ("zones", str(number)),
                )
        if self.zones[-1].duration is None and self.zones[-1].flux == 0:
            raise InputError(
                "the last zone has no flux and no end, so the film never dries; give it one of them",
                ("zones", str(len(self.zones) - 1)),
            )

    def _check_temperatures(self) -> None:
        boiling = self.coating.solvent.boiling_point
        checked: dict[tuple[str, ...], float] = {("drying", "initial_temperature"): self.initial_temperature}
        for number, zone in enumerate(self.zones):
            if zone.air is None:
                checked["zones", str(number), "temperature"] = zone.temperature
                continue
            if zone.air.temperature >= self.coating.solvent.critical_point:
                raise InputError(
                    f"zones.{number}.air_temperature = {zone.air.temperature - 273.15:.4g} C is above the critical "
                    f"point of {self.coating.solvent.name}, {self.coating.solvent.critical_point - 273.15:.4g} C; "
                    "lower it",
                    ("zones", str(number), "air_temperature"),
                )
            try:
                vapour_fraction(zone.air, self.coating.solvent)
            except InputError as error:
                raise InputError(f"zones.{number}.{error}", ("zones", str(number), "humidity")) from None
        for key, temperature in checked.items():
            if temperature >= boiling:
                raise InputError(
                    f"{'.'.join(key)} = {temperature - 273.15:.4g} C: the film would boil, "
                    f"{self.coating.solvent.name} does at {boiling - 273.15:.4g} C; lower it",
                    key,
                )

    @property
    def solids_mass(self) -> float:
        """Mass of the solids per area [kg m-2]."""
        return self.film.particles / self.coating.particles

    @property
    def initial_solvent(self) -> float:
        """Solvent per area at the start [kg m-2]."""
        return (self.film.initial_liquid - self.film.binder) * self.coating.solvent.density

    @property
    def liquid_viscosity(self) -> float:
        """Viscosity of the slurry's liquid [Pa s]."""
        return self.coating.solvent.viscosity if self.viscosity is None else self.viscosity

    def describe(self) -> dict[str, Any]:
        """Return the problem as plain values for a result's provenance."""
        described: dict[str, Any] = _plain(asdict(self))
        return {"kind": "drying"} | described


def _plain(value: Any) -> Any:
    """Return a value with tuples as lists and without what is not given."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value


def film_of(
    coating: Coating,
    *,
    packing: float,
    initial_packing: float | None = None,
    thickness: float | None = None,
    dry_thickness: float | None = None,
    loading: float | None = None,
    packing_of_active: bool = False,
    **others: Any,
) -> Film:
    """Return a film of a coating whose amount is given in one of three ways.

    Parameters
    ----------
    coating : Coating
        What it is made of.
    packing : float
        Volume fraction of the particles, or of the active material alone, at which they come to rest.
    initial_packing : float, optional
        The same at the start; that of the slurry if left out.
    thickness : float, optional
        Mean level of the liquid at the start [m].
    dry_thickness : float, optional
        Height of the consolidated film [m].
    loading : float, optional
        Mass of the solids per area [kg m-2].
    packing_of_active : bool
        Whether the two packings count the active material alone, as an image of it shows.
    **others
        Passed on to `Film`.

    Raises
    ------
    InputError
        If not exactly one amount is given, or as `Film` and `Coating.slurry_fraction` say.
    """
    amounts = {"thickness": thickness, "dry_thickness": dry_thickness, "loading": loading}
    given = [name for name, value in amounts.items() if value is not None]
    if len(given) != 1:
        raise InputError(
            f"film needs one of thickness, dry_thickness and loading; it has {' and '.join(given) or 'none'}", ("film",)
        )
    share = coating.volume("active") / coating.particles if packing_of_active else 1.0
    if share == 0:
        raise InputError("film.packing_of is the active material, of which there is none", ("film", "packing_of"))
    first = coating.slurry_fraction if initial_packing is None else initial_packing / share
    last = packing / share
    if thickness is not None:
        particles = (thickness - others.get("excess", 0.0)) * first
        if particles <= 0:
            raise InputError("film.excess is not less than film.thickness; lower it", ("film", "excess"))
    elif dry_thickness is not None:
        particles = dry_thickness * last
    else:
        particles = (loading or 0.0) * coating.particles
    binder = particles / coating.particles * coating.volume("binder")
    return Film(particles, binder, first, last, solid_share=share, **others)
