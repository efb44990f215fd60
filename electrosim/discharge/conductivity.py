"""Electronic conductivity of a coating, and its contact to the collector, from the carbon it holds."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.interpolate import PchipInterpolator

Floats = NDArray[np.float64]


class Law(Protocol):
    """A property of a coating as a function of its carbon."""

    def __call__(self, weight: Floats, volume: Floats) -> Floats:
        """Return the property at weight fractions of the solids and volume fractions of the coating."""


@dataclass(frozen=True)
class Percolation:
    """sigma = sigma_0 ((phi_c - phi_crit)/(1 - phi_crit))^t of the volume fraction phi_c, zero below the threshold.

    Parameters
    ----------
    sigma_0 : float
        At phi_c = 1 [S m-1].
    threshold : float
        phi_crit; below zero it is a mere parameter of a fit.
    exponent : float
        t.

    References
    ----------
    S. Kirkpatrick, Rev. Mod. Phys. 45 (1973) 574, doi:10.1103/RevModPhys.45.574.
    """

    sigma_0: float
    threshold: float
    exponent: float

    def __call__(self, weight: Floats, volume: Floats) -> Floats:
        """Return the conductivity [S m-1]."""
        del weight
        above = np.maximum(volume - self.threshold, 0.0) / (1 - self.threshold)
        return np.asarray(self.sigma_0 * above**self.exponent)


@dataclass(frozen=True)
class Tabulated:
    """Values at weight fractions of carbon; between them the logarithm follows a monotone cubic, above them it stays.

    Parameters
    ----------
    carbon : tuple of float
        Weight fractions, rising.
    values : tuple of float
        Positive.
    exponent : float
        Below the first fraction the value goes with this power of carbon; 0 if it stays.

    References
    ----------
    F. N. Fritsch, R. E. Carlson, SIAM J. Numer. Anal. 17 (1980) 238, doi:10.1137/0717021.
    """

    carbon: tuple[float, ...]
    values: tuple[float, ...]
    exponent: float = 0.0

    def __call__(self, weight: Floats, volume: Floats) -> Floats:
        """Return the property."""
        del volume
        if len(self.carbon) == 1:
            return np.full_like(weight, self.values[0])
        inside = np.clip(weight, self.carbon[0], self.carbon[-1])
        below = (np.minimum(weight, self.carbon[0]) / self.carbon[0]) ** self.exponent if self.exponent else 1.0
        return np.asarray(below * np.exp(_logarithm(self.carbon, self.values)(inside)))


@functools.lru_cache(maxsize=64)
def _logarithm(carbon: tuple[float, ...], values: tuple[float, ...]) -> PchipInterpolator:
    """Return the curve through the logarithms, found once for all layers and all cases of a sweep."""
    from scipy.interpolate import PchipInterpolator

    return PchipInterpolator(carbon, np.log(values))


@dataclass(frozen=True)
class Same:
    """The same whatever the carbon."""

    value: float

    def __call__(self, weight: Floats, volume: Floats) -> Floats:
        """Return the value."""
        del volume
        return np.full_like(weight, self.value)


@dataclass(frozen=True)
class Beyond:
    """1 where a property is carried beyond the weight fractions of carbon for which it is known, else 0."""

    lowest: float
    highest: float

    def __call__(self, weight: Floats, volume: Floats) -> Floats:
        """Tell it of each place."""
        del volume
        slack = 1e-9  # weights are computed: an end of the table is inside
        return ((weight < self.lowest - slack) | (weight > self.highest + slack)).astype(np.float64)


def beyond(law: Law) -> Law:
    """Return where a law is carried beyond what it was made from: only a table says that."""
    return Beyond(law.carbon[0], law.carbon[-1]) if isinstance(law, Tabulated) else Same(0.0)
