"""The [coating], [film], [[zones]] and [drying] tables of drying scenarios."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from electrosim.base import scenario as base
from electrosim.base.errors import InputError, concerning
from electrosim.base.quantities import Density, Duration, Loading
from electrosim.base.units import Fraction, FractionOrWhole, Length
from electrosim.drying import quantities as unit
from electrosim.drying.coating import Coating, Component
from electrosim.drying.film import Film, hindered, mean_cap_height, stokes_velocity
from electrosim.drying.gas import Air, plate_heat_transfer
from electrosim.drying.problem import ROOM, Zone, film_of
from electrosim.materials.solvents import solvent


class ComponentTable(base.Table):
    """A solid of the coating."""

    name: str = Field(min_length=1, max_length=60)
    weight: FractionOrWhole = Field(gt=0, description="share of the weight of all solids; they sum to 1")
    density: Density
    role: Literal["active", "carbon", "binder"] = "active"
    diameter: Length | None = Field(None, description="of its particles")


class CoatingTable(base.Table):
    """What the slurry is made of."""

    solvent: Literal["water", "nmp"]
    solids: Fraction | None = Field(None, description="share of the solids in the weight of the slurry")
    components: Annotated[tuple[ComponentTable, ...], AfterValidator(base.entries(1, 20))] = Field(
        description="all solids"
    )

    def coating(self) -> Coating:
        """Return the coating."""
        components = tuple(Component(**dict(item)) for item in self.components)
        return Coating(components, solvent(self.solvent), self.solids)


def _speed_or_word(value: Any) -> str:
    return "a word" if isinstance(value, str) and value.isalpha() else "a speed"


Settling = Annotated[
    Annotated[unit.SettlingSpeed, Tag("a speed")] | Annotated[Literal["stokes"], Tag("a word")],
    Discriminator(_speed_or_word),
]


class FilmTable(base.Table):
    """How much is coated, and how its solid comes to rest."""

    thickness: Length | None = Field(None, description="mean level of the liquid at the start; or one of the next two")
    dry_thickness: Length | None = None
    loading: Loading | None = Field(None, description="mass of all solids per area")
    packing: Fraction = Field(description="volume fraction at which particles come to rest")
    packing_of: Literal["particles", "active"] = Field("particles", description="what the volume fractions count")
    initial_packing: Fraction | None = Field(None, description="volume fraction at the start; the slurry's by default")
    excess: Length | None = Field(None, description="clear liquid above the solid at the start, its highest point")
    meniscus: Literal["flat", "cap"] = Field("flat", description="shape of the clear liquid's surface")
    disc_diameter: Length | None = Field(None, description="of what carries a film with a cap")
    particles: Literal["mixed", "layered"] = Field("mixed", description="whether particles spread over the solid")
    settling: Settling | None = Field(
        None, description="speed at which layered particles settle, or of Stokes with drying.viscosity"
    )

    @model_validator(mode="after")
    def _cap_needs_a_disc(self) -> FilmTable:
        if (self.meniscus == "cap") != (self.disc_diameter is not None):
            reason = 'film.disc_diameter goes with meniscus = "cap", and only with it; add or remove it'
            raise PydanticCustomError("film", "{reason}", {"reason": reason})
        return self

    def film(self, coating: Coating, viscosity: float | None) -> Film:
        """Return the film of a coating."""
        radius = None if self.disc_diameter is None else self.disc_diameter / 2
        excess = self.excess or 0.0
        if radius is not None:
            if excess > radius:
                raise InputError(
                    f"film.excess = {excess * 1e3:.4g} mm: a cap higher than the radius of its disc, "
                    f"{radius * 1e3:.4g} mm, hangs over and runs off; lower it",
                    ("film", "excess"),
                )
            excess = mean_cap_height(excess, radius)
        return film_of(
            coating,
            packing=self.packing,
            initial_packing=self.initial_packing,
            thickness=self.thickness,
            dry_thickness=self.dry_thickness,
            loading=self.loading,
            packing_of_active=self.packing_of == "active",
            excess=excess,
            settling=self._speed(coating, viscosity),
            layered=self.particles == "layered",
            radius=radius,
        )

    def _speed(self, coating: Coating, viscosity: float | None) -> float:
        if self.settling != "stokes":
            return self.settling or 0.0
        diameter = coating.mean_diameter("active")
        if diameter is None or viscosity is None:
            raise InputError(
                'film.settling = "stokes" needs drying.viscosity and the diameter of the active material',
                ("film", "settling"),
            )
        density = coating.weight("active") / coating.volume("active") - coating.solvent.density
        fraction = coating.slurry_fraction if self.initial_packing is None else self.initial_packing
        return max(stokes_velocity(diameter, density, viscosity), 0.0) * hindered(fraction)


class ZoneTable(base.Table):
    """A zone of the oven: a flux, or air."""

    time: Duration | None = Field(None, description="spent in it; the last zone may last until the film is dry")
    length: Length | None = Field(None, description="instead of the time, with drying.belt_speed")
    flux: unit.Flux | None = Field(None, description="of a wet surface; or air_temperature and what follows")
    temperature: unit.Temperature | None = Field(None, description="of the film where the flux is given")
    air_temperature: unit.Temperature | None = None
    heat_transfer: unit.HeatTransfer | None = Field(None, description="over the film; or air_speed and plate_length")
    air_speed: unit.Speed | None = None
    plate_length: Length | None = Field(None, description="way of the air along the film")
    heat_transfer_below: unit.HeatTransferOrNone = "0 W/m^2/K"  # type: ignore[assignment]
    humidity: FractionOrWhole = Field(0.0, description="vapour of the solvent over the saturated one")
    pressure: unit.Pressure = "101325 Pa"  # type: ignore[assignment]
    flow: Literal["laminar", "turbulent"] = Field("turbulent", description="exponent of Lewis' law: 1/3 or 0.4")

    def zone(self, belt_speed: float | None) -> Zone:
        """Return the zone.

        Raises
        ------
        InputError
            If what is given does not fit together.
        """
        with_air = (self.air_temperature, self.heat_transfer, self.air_speed, self.plate_length)
        if self.flux is not None and any(value is not None for value in with_air):
            raise InputError("a zone has both a flux and air; give one of them")
        air = None if self.air_temperature is None else self._air(self.air_temperature)
        if air is not None and self.temperature is not None:
            raise InputError("a zone with air finds the film's temperature itself; leave out temperature")
        if self.temperature is None:
            return Zone(self._duration(belt_speed), self.flux, air=air)
        return Zone(self._duration(belt_speed), self.flux, self.temperature)

    def _air(self, temperature: float) -> Air:
        if (self.heat_transfer is None) == (self.air_speed is None or self.plate_length is None):
            raise InputError("air needs heat_transfer, or air_speed and plate_length; give one of the two")
        heat_transfer = self.heat_transfer
        if heat_transfer is None:
            heat_transfer = plate_heat_transfer(
                self.air_speed or 0.0, self.plate_length or 0.0, temperature, self.pressure
            )
        exponent = 1 / 3 if self.flow == "laminar" else 0.4
        return Air(temperature, heat_transfer, self.humidity, self.pressure, self.heat_transfer_below, exponent)

    def _duration(self, belt_speed: float | None) -> float | None:
        if self.length is None:
            return self.time
        if self.time is not None or belt_speed is None:
            raise InputError("a zone with a length needs drying.belt_speed, and no time")
        return self.length / belt_speed


def zones_of(tables: tuple[ZoneTable, ...], belt_speed: float | None) -> tuple[Zone, ...]:
    """Return all zones; errors name the zone."""
    found = []
    for number, item in enumerate(tables):
        with concerning("zones"):
            try:
                found.append(item.zone(belt_speed))
            except InputError as error:
                raise InputError(f"zones.{number}: {error}") from None
    return tuple(found)


class DryingTable(base.Table):
    """What all zones share."""

    critical_saturation: FractionOrWhole = Field(0.3, lt=1, description="of the pores, where the rate begins to fall")
    final_saturation: FractionOrWhole = Field(0.01, lt=1, description="of the pores, where the film counts as dry")
    initial_temperature: unit.Temperature = f"{ROOM} K"  # type: ignore[assignment]
    ambient: unit.Temperature = Field(f"{ROOM} K", description="of the fresh air")  # type: ignore[assignment]
    substrate_heat_capacity: unit.HeatPerArea = "0 J/m^2/K"  # type: ignore[assignment]
    solid_heat_capacity: unit.HeatPerMass = "800 J/kg/K"  # type: ignore[assignment]
    viscosity: unit.Viscosity | None = Field(None, description="of the slurry's liquid; the solvent's by default")
    belt_speed: unit.Speed | None = None
