"""What to find out about a volume, and how."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from electrosim.base.errors import InputError, nearest

FACES = ("xmin", "xmax", "ymin", "ymax", "zmin", "zmax")
"""Faces of the image, named as in PoreSpy and OpenPNM; xmin is the side of the current collector."""


@dataclass(frozen=True)
class Porosimetry:
    """Mercury intrusion.

    Parameters
    ----------
    contact_angle : float
        Of mercury on the walls, above 90 degrees [rad]. 140 degrees is what the makers of porosimeters set.
    surface_tension : float
        Of mercury [N m-1]; 0.48 for pure mercury at room temperature.
    faces : sequence of str
        Faces of the image from which mercury enters, out of xmin, xmax, ymin, ymax, zmin, zmax; all by default, as
        around a sample.

    Raises
    ------
    InputError
        If mercury would wet the walls, or a face is unknown.
    """

    contact_angle: float = math.radians(140)
    surface_tension: float = 0.48
    faces: Sequence[str] = FACES

    def __post_init__(self) -> None:
        """Check every value."""
        if not math.pi / 2 < self.contact_angle <= math.pi:
            raise InputError(
                f"porosimetry.contact_angle = {math.degrees(self.contact_angle):g} deg: a liquid that must be pressed "
                "in has more than 90 and at most 180 deg",
                ("porosimetry", "contact_angle"),
            )
        if not 0 < self.surface_tension < math.inf:
            raise InputError(
                f"porosimetry.surface_tension = {self.surface_tension}: it must be positive and finite",
                ("porosimetry", "surface_tension"),
            )
        if not self.faces:
            raise InputError("porosimetry.faces names no face; mercury needs one to enter", ("porosimetry", "faces"))
        for face in self.faces:
            if face not in FACES:
                raise InputError(
                    f'porosimetry.faces names "{face}", which is no face; {nearest(face, FACES)}',
                    ("porosimetry", "faces"),
                )

    def pressure(self, diameter: float) -> float:
        """Return the pressure that presses mercury into a cylinder [Pa]: p = -4 gamma cos(theta) / D.

        Parameters
        ----------
        diameter : float
            D [m].

        References
        ----------
        E. W. Washburn, Proc. Natl. Acad. Sci. 7 (1921) 115, doi:10.1073/pnas.7.4.115.

        Examples
        --------
        >>> round(Porosimetry().pressure(1e-6) / 1e6, 2)
        1.47
        """
        return -4 * self.surface_tension * math.cos(self.contact_angle) / diameter


@dataclass(frozen=True)
class Network:
    """A network of pores and throats by SNOW2; see `regions.pore_regions` for the parameters.

    Parameters
    ----------
    peak_radius : int
        Radius within which a peak of the distance is the highest point, 1 to 10 [voxels]; the search takes a time in
        proportion to its cube.
    smoothing : float
        Standard deviation of the Gaussian over the distance [voxels].

    Raises
    ------
    InputError
        If one of them is out of range.
    """

    peak_radius: int = 4
    smoothing: float = 0.4

    def __post_init__(self) -> None:
        """Check both."""
        if not 1 <= self.peak_radius <= 10 or self.smoothing < 0:
            raise InputError("network.peak_radius must be 1 to 10 and network.smoothing not negative", ("network",))


@dataclass(frozen=True)
class Analysis:
    """What to find out; volume fractions and connectivity always are.

    Parameters
    ----------
    surface : bool
        Surface and interface areas of the phases.
    chords : bool
        Chord lengths of the phases along each axis.
    correlation : bool
        Two-point correlation of each phase along each axis.
    pore_sizes : bool
        Local thickness of the pore space and its distribution.
    sizes : int
        Most diameters to tell apart, in pore sizes and intrusion; if the largest pore has more whole radii [voxels],
        they are spaced evenly on a logarithmic scale. Each costs one distance transform, twice.
    porosimetry : Porosimetry, optional
        Mercury intrusion into the pore space; left out by default.
    network : Network, optional
        Pores, throats and their conductance; left out by default.

    Raises
    ------
    InputError
        If `sizes` is less than 2.
    """

    surface: bool = True
    chords: bool = True
    correlation: bool = True
    pore_sizes: bool = True
    sizes: int = 40
    porosimetry: Porosimetry | None = None
    network: Network | None = None

    def __post_init__(self) -> None:
        """Check the count."""
        if self.sizes < 2:
            raise InputError(f"analysis.sizes = {self.sizes}: a distribution needs at least 2", ("analysis", "sizes"))
