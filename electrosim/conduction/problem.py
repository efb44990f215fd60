"""What is solved: steady conduction through a labelled voxel image."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, concerning, nearest
from electrosim.base.memory import check_memory
from electrosim.base.status import Status

AXES = "xyz"
Boundary = Literal["constant-potential", "constant-current", "periodic"]
Electrode = Literal["face", "first-voxel"]
Sides = Literal["no-flux", "periodic"]
Phase = NDArray[np.integer[Any]]
PerAxis = float | tuple[float, ...]

NO_PATH = Status("No conducting path joins the two electrodes, so the conductivity is exactly zero.", solved=True)

_MOST_PHASES = 255
_BYTES_TO_SORT = 40  # of a map in double precision: copy, order, sorted copy and numbers, and the phases
_MOST_DIGITS = 10  # of conductance: at 12 the answers of the two methods begin to part


@dataclass(frozen=True)
class Problem:
    """Steady conduction, div(sigma grad phi) = 0, on a labelled image.

    Parameters
    ----------
    image : ndarray of bool or int, shape (nx, ny) or (nx, ny, nz)
        Labels, or with ``conductivity="image"`` the conductivity of every voxel, float or int [S m-1]; axes 0, 1, 2 are
        x, y, z.
    voxel_size : float or tuple of floats
        Edge of a voxel, one for all axes or one per axis [m].
    conductivity : mapping of label to float or tuple of floats, or "image"
        Conductivity of each conducting phase, one for all axes or one per axis [S m-1]; labels left out insulate.
        ``"image"`` says that the image is a map: it holds the conductivities themselves, where zero insulates.
    directions : str
        Axes to solve along, for instance ``"xyz"``; ``"all"`` means all axes of the image.
    boundary : {"constant-potential", "constant-current", "periodic"}
        What drives the current along the direction: the two end planes at fixed potentials; a uniform current density
        over the conducting voxels of both end planes, the potential drop being the current-weighted mean (Prasad et
        al.); or a mean gradient on a periodic image.
    electrode : {"face", "first-voxel"}
        Where the end planes lie: at the outer faces, half a voxel from the first centre, or in the centres of the
        first and last voxels, as PoreSpy, PuMA and OpenImpala place them.
    sides : {"no-flux", "periodic"}
        What happens across the direction.
    reference : float, optional
        Conductivity that `relative_conductivity` refers to; the largest given one by default [S m-1].

    Raises
    ------
    InputError
        If an argument is impossible; the sentence says what to change.
    """

    image: NDArray[Any]
    voxel_size: PerAxis
    conductivity: Mapping[int, PerAxis] | Literal["image"]
    directions: str = "all"
    boundary: Boundary = "constant-potential"
    electrode: Electrode = "face"
    sides: Sides = "no-flux"
    reference: float | None = None
    phase_names: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every argument once."""
        self._check_image()
        for name, choices in (("boundary", Boundary), ("electrode", Electrode), ("sides", Sides)):
            value = getattr(self, name)
            if value not in get_args(choices):
                raise InputError(f"{name} = {value!r} is not known; {nearest(value, get_args(choices))}")
        self._check_directions()
        _per_axis("voxel_size", self.voxel_size, self.image.ndim, positive=True)
        self._check_conductivity()
        if self.reference is not None and not (math.isfinite(self.reference) and self.reference > 0):
            raise InputError(f"reference = {self.reference}: the reference conductivity must be positive and finite")

    def _check_image(self) -> None:
        image = np.asarray(self.image)
        object.__setattr__(self, "image", image)
        if image.ndim not in (2, 3):
            raise InputError(f"image has shape {image.shape}; an image has two or three dimensions")
        if image.size == 0:
            raise InputError(f"image has shape {image.shape}: it holds no voxel")
        if self.is_map and image.dtype.kind not in "buif":
            raise InputError(f"image has type {image.dtype}; conductivities are real numbers")
        if not self.is_map and image.dtype.kind not in "bui":
            raise InputError(f"image has type {image.dtype}; labels are integers: segment a grey image by a threshold")
        if image.size >= 2**31:
            raise InputError(f"image has {image.size} voxels; at most {2**31 - 1} can be numbered: cut it smaller")

    def _check_directions(self) -> None:
        axes = AXES[: self.image.ndim]
        if self.directions == "all":
            object.__setattr__(self, "directions", axes)
        wrong = [letter for letter in self.directions if letter not in axes]
        if wrong or not self.directions or len(set(self.directions)) != len(self.directions):
            raise InputError(
                f"directions = {self.directions!r}: choose among {axes}, each at most once", ("transport", "directions")
            )
        for letter in self.directions:
            if self.electrode == "first-voxel" and self.image.shape[AXES.index(letter)] < 2:
                raise InputError(
                    f'electrode = "first-voxel" needs at least two voxels along {letter}; use electrode = "face"',
                    ("transport", "electrode"),
                )

    def _check_conductivity(self) -> None:
        if isinstance(self.conductivity, str):
            self._check_map()
            return
        if not self.conductivity:
            raise InputError("conductivity is empty; give it for at least one label")
        if len(self.conductivity) > _MOST_PHASES:
            raise InputError(f"conductivity has {len(self.conductivity)} labels; at most {_MOST_PHASES} are possible")
        highest = 0.0
        for label, value in self.conductivity.items():
            with concerning("conductivity", self.phase_names.get(label, "")):
                highest = max(highest, *_per_axis(f"conductivity of {self._name(label)}", value, self.image.ndim))
            if not np.any(self.image == label):
                shown = ", ".join(map(str, np.unique(self.image)[:12].astype(int)))
                raise InputError(
                    f"conductivity is given for {self._name(label)}, which has no voxel in the image "
                    f"(labels there: {shown}); correct the label or leave it out",
                    ("conductivity", self.phase_names.get(label, "")),
                )
        if highest == 0:
            raise InputError("every conductivity is zero; at least one phase must conduct", ("conductivity",))
        self._check_contrast([_per_axis("", value, self.image.ndim) for value in self.conductivity.values()])

    def _check_map(self) -> None:
        """Refuse what is no conductivity, and a map that nowhere conducts."""
        if self.conductivity != "image":
            raise InputError(f'conductivity = {self.conductivity!r} is not known; give it per label, or "image"')
        lowest, highest = float(self.image.min()), float(self.image.max())
        if not math.isfinite(lowest) or not math.isfinite(highest):
            wrong = self.image[~np.isfinite(self.image)][0]
            raise InputError(f"image holds {wrong}, but conductivities are finite numbers; fill such voxels in first")
        if lowest < 0:
            raise InputError(f"image holds {lowest:g}, but no conductivity is negative; write 0 where nothing conducts")
        if highest == 0:
            raise InputError("every conductivity is zero; at least one voxel must conduct", ("conductivity",))
        lowest = float(self.image.min(where=self.image > 0, initial=highest))
        self._check_contrast([(value,) * self.image.ndim for value in (lowest, highest)])

    def _check_contrast(self, conductivities: list[tuple[float, ...]]) -> None:
        """Refuse conductances that double precision cannot hold side by side: no method could reach its accuracy."""
        steps = _per_axis("voxel_size", self.voxel_size, self.image.ndim)
        digits = [
            math.log10(sigma) - 2 * math.log10(step)
            for value in conductivities
            for sigma, step in zip(value, steps, strict=True)
            if sigma > 0
        ]
        contrast = max(digits) - min(digits)
        if contrast > _MOST_DIGITS:
            raise InputError(
                f"conductivity over squared voxel size spans {contrast:.0f} powers of ten, more than {_MOST_DIGITS}; "
                "set what hardly conducts to zero",
                ("conductivity",),
            )

    def _name(self, label: int) -> str:
        name = self.phase_names.get(label)
        return f'"{name}" (label {label})' if name else f"label {label}"

    @property
    def is_map(self) -> bool:
        """Whether the image holds the conductivities themselves."""
        return isinstance(self.conductivity, str)

    @property
    def spacing(self) -> tuple[float, float, float]:
        """Edges of a voxel along x, y, z [m]; 1 along the missing axis of a 2-D image."""
        return _three(_per_axis("voxel_size", self.voxel_size, self.image.ndim))

    @property
    def reference_conductivity(self) -> float:
        """What relative conductivities refer to [S m-1]."""
        if self.reference is not None:
            return self.reference
        if isinstance(self.conductivity, str):
            return float(self.image.max())
        return max(max(_per_axis("", value, self.image.ndim)) for value in self.conductivity.values())

    @functools.cached_property
    def phases(self) -> tuple[Phase, NDArray[np.float64]]:
        """The image as phase numbers with the conductivities of the phases.

        Returns
        -------
        phase : ndarray of uint8, or int32 if a map holds too many values, shape (nx, ny, nz)
            0 where no current can flow, else 1, 2, ...; nz = 1 for a 2-D image.
        conductivity : ndarray of float, shape (number of phases, 3)
            Along x, y, z [S m-1]; row 0 is zero.

        Raises
        ------
        InputError
            If the memory does not suffice to sort the values of a map.
        """
        shape = *self.image.shape, *(1,) * (3 - self.image.ndim)
        if isinstance(self.conductivity, str):
            phase, values = _number_values(self.image)
            return phase.reshape(shape), np.repeat(values[:, None], 3, axis=1)
        rows = [(0.0, 0.0, 0.0)]
        numbers = {}
        for label, value in self.conductivity.items():
            row = _per_axis("conductivity", value, self.image.ndim)
            if max(row) > 0:
                numbers[label] = len(rows)
                rows.append(_three(row))
        return _renumber(self.image, numbers).reshape(shape), np.array(rows)

    def describe(self) -> dict[str, Any]:
        """Return the problem as plain values for a result's provenance, the image as its shape and checksum."""
        return {
            "kind": "conduction",
            "image": {
                "shape": list(self.image.shape),
                "sha256": hashlib.sha256(np.ascontiguousarray(self.image).tobytes()).hexdigest(),
            },
            "voxel_size": list(self.spacing[: self.image.ndim]),
            "conductivity": self._described_conductivity(),
            "directions": self.directions,
            "boundary": self.boundary,
            "electrode": self.electrode,
            "sides": self.sides,
            "reference": self.reference_conductivity,
        }

    def _described_conductivity(self) -> Any:
        if isinstance(self.conductivity, str):
            return self.conductivity
        return {str(label): list(_per_axis("", value, self.image.ndim)) for label, value in self.conductivity.items()}


def _number_values(image: NDArray[Any]) -> tuple[Phase, NDArray[np.float64]]:
    """Return for every voxel of a map the number of its conductivity, and the conductivities from 0 upwards."""
    check_memory(_BYTES_TO_SORT * image.size, f"sorting the conductivities of {image.size} voxels")
    values, number = np.unique(image, return_inverse=True)
    first = 0 if values[0] == 0 else 1
    few = values.size + first - 1 <= _MOST_PHASES
    phase: Phase = number.astype(np.uint8 if few else np.int32)
    phase += first
    return phase, np.concatenate([np.zeros(first), values.astype(np.float64)])


def _per_axis(name: str, value: PerAxis, count: int, *, positive: bool = False) -> tuple[float, ...]:
    """Return a value per axis, checked."""
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,) * count
    if len(values) != count:
        raise InputError(f"{name} has {len(values)} values for {count} axes; give one, or one per axis")
    for item in values:
        if not math.isfinite(item):
            raise InputError(f"{name} = {item!r} is not a finite number")
        if item < 0 or (positive and item == 0):
            raise InputError(f"{name} = {item} must be {'positive' if positive else 'zero or positive'}")
    return tuple(float(item) for item in values)


def _renumber(image: NDArray[Any], numbers: Mapping[int, int]) -> NDArray[np.uint8]:
    """Return the number of each voxel's label, 0 for all other labels."""
    phase = np.zeros(image.shape, np.uint8)
    for label, number in numbers.items():
        phase |= np.multiply(image == label, np.uint8(number))  # quicker than writing where the label is
    return phase


def _three(values: tuple[float, ...]) -> tuple[float, float, float]:
    return (values[0], values[1], values[2] if len(values) == 3 else 1.0)
