"""What is asked of a crack pattern: a film on a substrate that shrinks until it breaks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError, nearest

Shape = Literal["square", "disc"]
Edges = Literal["free", "periodic"]

_MOST_NODES = 4_000_000
_LEAST_NODES = 50
_HISTORY = ("shrinkage", "times")
_STRESS_INTENSITY = 1.4  # of a crack through a film on a rigid substrate: K = 1.4 stress sqrt(h), Dawson et al. eq. 2


@dataclass(frozen=True)
class Film:
    """The film, its bond to the substrate and how unequal it is.

    Parameters
    ----------
    thickness : float
        h [m].
    modulus : float
        Young's modulus E of the film while it cracks [Pa].
    poisson_ratio : float
        nu of the film.
    toughness : float or None
        K_c [Pa m0.5]; the film breaks where the stress reaches K_c / (1.4 sqrt(h)).
    strength : float or None
        The mean stress at which the film breaks, given instead of `toughness` [Pa].
    weibull_modulus : float
        How equal the strengths are: their deviation is about 1.2 / modulus of the mean.
    adhesion : float or None
        Shear stress at which film and substrate part [Pa]; None: never.
    slip : float
        Stiffness of a parted place relative to a bonded one.
    interface_stiffness : float or None
        Of a compliant layer between film and substrate [Pa m-1]; None: rigid.
    """

    thickness: float
    modulus: float
    poisson_ratio: float = 0.3
    toughness: float | None = None
    strength: float | None = None
    weibull_modulus: float = 10.0
    adhesion: float | None = None
    slip: float = 0.05
    interface_stiffness: float | None = None

    def __post_init__(self) -> None:
        """Check every number once."""
        for name in ("thickness", "modulus", "weibull_modulus"):
            _check_positive(name, getattr(self, name))
        if not 0 <= self.poisson_ratio < 0.5:
            raise InputError(f"poisson_ratio = {self.poisson_ratio}: a film's lies from 0 to below 0.5")
        if (self.toughness is None) == (self.strength is None):
            raise InputError("give either toughness or strength of the film, not both and not neither", ("film",))
        for name in ("toughness", "strength", "adhesion", "interface_stiffness"):
            if getattr(self, name) is not None:
                _check_positive(name, getattr(self, name))
        if not 0 < self.slip <= 1:
            raise InputError(f"slip = {self.slip}: a share of the stiffness lies above 0, up to 1")

    @property
    def biaxial_modulus(self) -> float:
        """Stress per strain that is hindered alike in both directions, E / (1 - nu) [Pa]."""
        return self.modulus / (1 - self.poisson_ratio)

    @property
    def mean_strength(self) -> float:
        """Stress at which a place of mean strength breaks [Pa]."""
        if self.toughness is None:
            return self.strength or 0.0
        return self.toughness / (_STRESS_INTENSITY * math.sqrt(self.thickness))

    def critical_thickness(self, stress: float) -> float:
        """Return the thickness whose mean strength is a stress [m]; NaN where strength does not depend on thickness."""
        return math.nan if self.toughness is None else (self.toughness / (_STRESS_INTENSITY * stress)) ** 2

    @property
    def shear_stiffness(self) -> float:
        """Shear stress on the substrate per mean displacement of the film [Pa m-1].

        A film that shears between a fixed base and a free surface moves as z (2 h - z): 3 G / h with G = E/2(1 + nu).
        A compliant interface lies in series.
        """
        film = 1.5 * self.modulus / (1 + self.poisson_ratio) / self.thickness
        return film if self.interface_stiffness is None else 1 / (1 / film + 1 / self.interface_stiffness)

    @property
    def lag_length(self) -> float:
        """Distance over which a crack relieves the film, sqrt(E_biaxial h / k_s) [m]."""
        return math.sqrt(self.biaxial_modulus * self.thickness / self.shear_stiffness)


@dataclass(frozen=True)
class Bubble:
    """A round hole: centre [m] from the middle of the sample, and radius [m]."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Problem:
    """A film that shrinks on a substrate, steadily up to a final free strain.

    Parameters
    ----------
    film : Film
        Thickness, stiffness, strength, adhesion.
    strain : float
        Final free strain: by how much the film would shrink if it were loose.
    size : float
        Edge of the square or diameter of the disc [m].
    shape : {"square", "disc"}
        Of the sample.
    edges : {"free", "periodic"}
        Of the sample; a disc has free ones.
    nodes_per_lag : float
        Distance over which a crack relieves the film, in pitches of the network.
    bubbles : tuple of Bubble
        Holes through the film.
    seed : int
        Of the places of the nodes and of the strengths.
    snapshots : int
        Number of equal steps of strain at which the pattern is kept.
    history : tuple of two arrays or None
        Times [s] and free strains, both rising; gives the strains their times.

    Raises
    ------
    InputError
        If an argument is impossible; the sentence says what to change.
    """

    film: Film
    strain: float
    size: float
    shape: Shape = "square"
    edges: Edges = "periodic"
    nodes_per_lag: float = 5.0
    bubbles: tuple[Bubble, ...] = ()
    seed: int = 0
    snapshots: int = 20
    history: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def __post_init__(self) -> None:
        """Check every argument once."""
        for name, choices in (("shape", Shape), ("edges", Edges)):
            value = getattr(self, name)
            if value not in get_args(choices):
                raise InputError(f"{name} = {value!r} is not known; {nearest(value, get_args(choices))}")
        for name in ("strain", "size", "nodes_per_lag"):
            _check_positive(name, getattr(self, name))
        if self.strain >= 1:
            raise InputError(
                f"strain = {self.strain}: a film cannot shrink by its whole length", ("shrinkage", "strain")
            )
        if self.snapshots < 1:
            raise InputError(f"snapshots = {self.snapshots}: keep at least one")
        if self.shape == "disc" and self.edges == "periodic":
            raise InputError('a disc has no opposite edges; set edges = "free"', ("sample", "edges"))
        if not _LEAST_NODES <= self.expected_nodes <= _MOST_NODES:
            raise InputError(
                f"the sample would have {self.expected_nodes:.3g} nodes, {_LEAST_NODES} to {_MOST_NODES} are possible; "
                f"its size is {self.size / self.film.lag_length:.3g} lag lengths: change size or nodes_per_lag",
                ("sample", "size"),
            )
        self._check_bubbles()
        if self.history is not None:
            _check_history(*self.history, self.strain)

    def _check_bubbles(self) -> None:
        for number, bubble in enumerate(self.bubbles):
            _check_positive(f"bubbles.{number}.radius", bubble.radius)
            inside = math.hypot(bubble.x, bubble.y) if self.shape == "disc" else max(abs(bubble.x), abs(bubble.y))
            if inside + bubble.radius >= self.size / 2:
                raise InputError(
                    f"bubbles.{number} reaches {1e3 * (inside + bubble.radius):.4g} mm from the middle of the sample, "
                    f"which ends at {500 * self.size:.4g} mm; move or shrink it",
                    ("bubbles", str(number)),
                )
            if bubble.radius < self.pitch:
                raise InputError(
                    f"bubbles.{number}.radius = {1e6 * bubble.radius:.4g} um is less than the pitch of the network, "
                    f"{1e6 * self.pitch:.4g} um; raise it, or nodes_per_lag",
                    ("bubbles", str(number), "radius"),
                )

    @property
    def pitch(self) -> float:
        """Distance of neighbouring nodes [m]."""
        return self.film.lag_length / self.nodes_per_lag

    @property
    def expected_nodes(self) -> float:
        """Number of nodes by area, bubbles not counted."""
        area = self.size**2 * (math.pi / 4 if self.shape == "disc" else 1)
        return area / (self.pitch**2 * math.sqrt(3) / 2)

    @property
    def dust(self) -> float:
        """Area below which a fragment is no island, the squared thickness, or four cells if these are more [m2]."""
        return max(self.film.thickness**2, 4 * self.pitch**2 * math.sqrt(3) / 2)

    def describe(self) -> dict[str, Any]:
        """Return the problem as plain values for a result's provenance."""
        described = {name: getattr(self, name) for name in self.__dataclass_fields__}
        described["film"] = vars(self.film)
        described["bubbles"] = [vars(bubble) for bubble in self.bubbles]
        described["history"] = None if self.history is None else [part.tolist() for part in self.history]
        return {"kind": "crack-pattern", **described}


def _check_positive(name: str, value: float) -> None:
    if not (math.isfinite(value) and value > 0):
        raise InputError(f"{name} = {value}: it must be positive and finite")


def _check_history(times: NDArray[np.float64], strains: NDArray[np.float64], final: float) -> None:
    """Refuse a history that does not rise to the final strain."""
    if times.ndim != 1 or times.shape != strains.shape or times.size < 2:
        raise InputError("a history needs as many times as strains, at least two of each", _HISTORY)
    if not (np.isfinite(times).all() and np.isfinite(strains).all()):
        raise InputError("times and strains of a history must be finite", _HISTORY)
    if (np.diff(times) <= 0).any() or (np.diff(strains) <= 0).any() or strains[0] < 0:
        raise InputError("times and strains of a history must rise, from a strain of 0 or more", _HISTORY)
    if not math.isclose(strains[-1], final, rel_tol=1e-9):
        raise InputError(
            f"the strains of the history end at {strains[-1]:g}, not at strain = {final:g}; make them equal", _HISTORY
        )
