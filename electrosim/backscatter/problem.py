"""What is solved: electrons of a beam in a stack of layers, and the detector that counts those that come back."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from scipy.constants import electron_volt

from electrosim.backscatter.elastic import HIGHEST, LOWEST, ElasticModel
from electrosim.backscatter.stopping import StoppingModel
from electrosim.base.errors import InputError, nearest
from electrosim.materials import Compound

Filter = Literal["energy", "retarding-grid"]

_MOST_THICKNESSES = 1000
_MOST_ENERGIES = 1000
_MOST_TARGETS = 200


@dataclass(frozen=True)
class Layer:
    """A layer of one material.

    Parameters
    ----------
    material : Compound
        What it is made of.
    thickness : float
        Its thickness [m]; infinite for a bulk below everything else.
    """

    material: Compound
    thickness: float = math.inf


@dataclass(frozen=True)
class Film:
    """The layer whose thickness is in question.

    Parameters
    ----------
    material : Compound
        What it is made of.
    thicknesses : sequence of float
        Thicknesses to look at, ascending [m].
    """

    material: Compound
    thicknesses: Sequence[float]


@dataclass(frozen=True)
class Detector:
    """Which of the electrons that leave the surface are counted.

    Parameters
    ----------
    cut_off : float
        Least energy [J]; by default the 50 eV that measurements of the backscatter coefficient use.
    filter : {"energy", "retarding-grid"}
        Whether the whole energy E has to reach the cut-off, or the part E cos^2(angle) of the motion along the axis of
        the beam, as in front of a retarding grid.
    angles : pair of float
        Least and greatest angle between an electron's way out and the axis of the beam, back towards the source [rad].
    """

    cut_off: float = 50 * electron_volt
    filter: Filter = "energy"
    angles: tuple[float, float] = (0.0, math.pi / 2)


@dataclass(frozen=True)
class Problem:
    """Electrons that meet a flat stack of layers.

    Parameters
    ----------
    energies : sequence of float
        Energies of the beam [J].
    substrate : Layer, optional
        What lies below everything.
    film : Film, optional
        The film on it, whose thicknesses are all looked at.
    cover, interlayers : sequence of Layer
        Layers above the film, and between film and substrate, from the surface down.
    targets : sequence of Compound
        In place of all layers: bulk materials, each looked at alone.
    target_names : sequence of str
        What the result calls them; their own names by default.
    detector : Detector
        What is counted.
    tilt : float
        Angle between the beam and the normal of the surface [rad].
    beam_diameter : float
        Of the circle that holds 68.27 % of the electrons of a Gaussian beam [m]; it shows in `lateral_spread` only.
    elastic, stopping : str
        Model of the collisions, see `elastic.differential_cross_section` and `stopping.stopping_power`.

    Raises
    ------
    InputError
        If an argument is impossible; the sentence says what to change.
    """

    energies: Sequence[float]
    substrate: Layer | None = None
    film: Film | None = None
    cover: Sequence[Layer] = ()
    interlayers: Sequence[Layer] = ()
    targets: Sequence[Compound] = ()
    target_names: Sequence[str] = ()
    detector: Detector = Detector()
    tilt: float = 0.0
    beam_diameter: float = 0.0
    elastic: ElasticModel = "mott"
    stopping: StoppingModel = "joy-luo"

    def __post_init__(self) -> None:
        """Check every argument once."""
        for name, choices in (("elastic", ElasticModel), ("stopping", StoppingModel)):
            if getattr(self, name) not in get_args(choices):
                raise InputError(
                    f"{name} = {getattr(self, name)!r} is not known; {nearest(getattr(self, name), get_args(choices))}"
                )
        self._check_detector()
        self._check_energies()
        self._check_layers()
        if not 0 <= self.tilt < math.radians(89.5):
            raise InputError(
                f"beam.tilt = {math.degrees(self.tilt):g} deg: it is the angle to the normal of the surface, from 0 to "
                "less than 89.5 deg",
                ("beam", "tilt"),
            )
        if not (math.isfinite(self.beam_diameter) and self.beam_diameter >= 0):
            raise InputError(f"beam.diameter = {self.beam_diameter:g} m must be finite and not negative")

    def _check_detector(self) -> None:
        least, greatest = self.detector.angles
        if not 0 <= least < greatest <= math.pi:
            raise InputError(
                f"detector.angles = {math.degrees(least):g} deg and {math.degrees(greatest):g} deg: they are the least "
                "and the greatest angle to the beam's axis, from 0 to 180 deg",
                ("detector", "angles"),
            )
        if self.detector.filter not in get_args(Filter):
            raise InputError(
                f"detector.filter = {self.detector.filter!r} is not known; "
                f"{nearest(self.detector.filter, get_args(Filter))}"
            )
        if not LOWEST <= self.detector.cut_off < HIGHEST:
            raise InputError(
                f"detector.cut_off = {in_words(self.detector.cut_off)} is outside the cross-section tables, "
                f"{in_words(LOWEST)} to {in_words(HIGHEST)}",
                ("detector", "cut_off"),
            )

    def _check_energies(self) -> None:
        key = ("beam", "energies")
        if not 1 <= len(self.energies) <= _MOST_ENERGIES:
            raise InputError(f"beam.energies holds {len(self.energies)} energies; give 1 to {_MOST_ENERGIES}", key)
        if len(set(self.energies)) < len(self.energies):
            raise InputError("beam.energies holds an energy twice; give each once", key)
        for energy in self.energies:
            if not energy <= HIGHEST or not energy >= LOWEST:
                raise InputError(
                    f"beam.energies: {in_words(energy)} is outside the cross-section tables, {in_words(LOWEST)} to "
                    f"{in_words(HIGHEST)}",
                    key,
                )
            if energy <= 1.01 * self.detector.cut_off:
                raise InputError(
                    f"detector.cut_off = {in_words(self.detector.cut_off)} is above the beam energy "
                    f"{in_words(energy)}, or nearly so, so no electron would be counted; lower the cut-off or leave "
                    "that energy out",
                    ("detector", "cut_off"),
                )

    def _check_layers(self) -> None:
        if self.targets:
            if self.substrate or self.film or self.cover or self.interlayers:
                raise InputError("give either targets, each a bulk of its own, or layers on a substrate", ("targets",))
            if len(self.targets) > _MOST_TARGETS:
                raise InputError(f"there are {len(self.targets)} targets; give at most {_MOST_TARGETS}", ("targets",))
            if len(self.stacks()) < len(self.targets):
                raise InputError("targets names a material twice; give each once", ("targets",))
            return
        if self.substrate is None:
            raise InputError("there is nothing for the beam to meet; give a substrate, or targets")
        for name in ("cover", "interlayers"):
            for number, layer in enumerate(getattr(self, name)):
                if not (math.isfinite(layer.thickness) and layer.thickness > 0):
                    raise InputError(
                        f"{name}.{number}.thickness = {layer.thickness:g} m must be positive and finite", (name,)
                    )
        if not self.substrate.thickness > 0:
            raise InputError(f"substrate.thickness = {self.substrate.thickness:g} m must be positive", ("substrate",))
        if self.film is not None:
            self._check_film(self.film)

    def _check_film(self, film: Film) -> None:
        key = ("film", "thicknesses")
        thicknesses = list(film.thicknesses)
        if not 1 <= len(thicknesses) <= _MOST_THICKNESSES:
            raise InputError(f"film.thicknesses holds {len(thicknesses)} values; give 1 to {_MOST_THICKNESSES}", key)
        for thickness in thicknesses:
            if not (math.isfinite(thickness) and thickness > 0):
                raise InputError(f"film.thicknesses: {thickness:g} m must be positive and finite", key)
        if any(here >= after for here, after in itertools.pairwise(thicknesses)):
            raise InputError("film.thicknesses must rise from each to the next", key)
        carried = self.substrate.thickness if self.substrate else 0.0
        if thicknesses[-1] > carried:
            raise InputError(
                f"film.thicknesses: a film of {1e9 * thicknesses[-1]:g} nm is thicker than the stack of "
                f"{1e9 * carried:g} nm that carries it; give a thinner film or a thicker substrate",
                key,
            )

    def stacks(self) -> dict[str, list[Layer]]:
        """Return the layers from the surface down, by target; the film is there, with its greatest thickness."""
        if self.targets:
            names = self.target_names or [item.name for item in self.targets]
            return {name: [Layer(item)] for name, item in zip(names, self.targets, strict=True)}
        film = [Layer(self.film.material, self.film.thicknesses[-1])] if self.film else []
        assert self.substrate is not None  # noqa: S101  checked
        return {"": [*self.cover, *film, *self.interlayers, self.substrate]}

    def describe(self) -> dict[str, Any]:
        """Return the problem as plain values for a result's provenance."""
        layers = {name: [_described(layer) for layer in stack] for name, stack in self.stacks().items()}
        return {
            "kind": "backscatter",
            "energies": list(self.energies),
            "layers": layers if self.targets else layers[""],
            "film_thicknesses": list(self.film.thicknesses) if self.film else [],
            "detector": {
                "cut_off": self.detector.cut_off,
                "filter": self.detector.filter,
                "angles": list(self.detector.angles),
            },
            "tilt": self.tilt,
            "beam_diameter": self.beam_diameter,
            "elastic": self.elastic,
            "stopping": self.stopping,
        }


def in_words(energy: float) -> str:
    """Return an energy [J] as people write it."""
    volts = energy / electron_volt
    return f"{volts / 1e3:.6g} keV" if volts >= 1000 else f"{volts:.6g} eV"


def _described(layer: Layer) -> dict[str, Any]:
    thickness = layer.thickness if math.isfinite(layer.thickness) else "bulk"
    material = layer.material
    return {
        "material": material.name,
        "mass_fractions": dict(material.composition),
        "density": material.density,
        "thickness": thickness,
    }
