"""From counts to the numbers people ask for, each with its standard error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from electrosim.backscatter.job import Found, Job, radius_edges
from electrosim.backscatter.smooth import smoothed

Array = NDArray[np.float64]

ENCLOSED = (0.5, 0.9)
"""Shares of the electrons that `lateral_spread` gives the radius of."""
INFORMATION = 0.9
"""Share of the electrons that turned above `information_depth`."""

ALONG = {"max_depth_cdf": "depth", "energy_spectrum": "relative_energy", "exit_angle": "angle"}
ALONG |= {"lateral_spread": "enclosed_share"}
"""The last dimension of variables that have one more."""
OF_ENERGY = {"electrons", "bare_backscatter_coefficient", "smooth_misfit"}
"""Variables that do not depend on the thickness of the film."""

WORDS = {
    "electrons": ("1", "electrons followed"),
    "backscatter_coefficient": ("1", "counted electrons per electron of the beam"),
    "stopped_share": ("1", "share of the beam that does not leave the surface above the cut-off energy"),
    "information_depth": ("m", "greatest depth that 90 % of the counted electrons do not exceed"),
    "max_depth_cdf": ("1", "share of the counted electrons that have not been deeper"),
    "energy_spectrum": ("1", "counted electrons per electron of the beam and unit of relative energy"),
    "exit_angle": ("sr-1", "counted electrons per electron of the beam and solid angle, over the angle to the normal"),
    "lateral_spread": ("m", "radius about the point of impact that holds a share of the counted electrons"),
    "film_share": ("1", "share of the counted electrons that turned in the film (or above it)"),
    "film_to_substrate_ratio": ("1", "counted electrons that turned in the film over those that turned below it"),
    "film_to_bare_ratio": (
        "1",
        "counted electrons that turned in the film over those that a bare substrate sends back",
    ),
    "grey_level_ratio": ("1", "backscatter coefficient over that of the bare substrate"),
    "bare_backscatter_coefficient": ("1", "backscatter coefficient without the film"),
    "smooth_misfit": ("1", "deviance per degree of freedom of the curve through what turned below the film"),
}
"""Units and long name."""


@dataclass(frozen=True)
class Shares:
    """Shares of the beam that were counted, by thickness: turned in the film, and below it.

    Parameters
    ----------
    film, below : ndarray of float, shape (thickness,)
        The shares [1].
    film_variance, below_variance : ndarray of float, shape (thickness,)
        Their variances.
    electrons : int
        Histories that both come from, so that they are correlated: each electron turned in one place at most.
    """

    film: Array
    below: Array
    film_variance: Array
    below_variance: Array
    electrons: int

    @property
    def total(self) -> Array:
        """Both together."""
        return self.film + self.below

    @property
    def total_error(self) -> Array:
        """Standard error of both together."""
        covariance = -self.film * self.below / self.electrons
        return np.sqrt(np.maximum(self.film_variance + self.below_variance + 2 * covariance, 0.0))

    @property
    def ratio(self) -> Array:
        """What turned in the film over what turned below."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.below > 0, self.film / self.below, np.where(self.film > 0, np.inf, np.nan))

    @property
    def relative_ratio_error(self) -> Array:
        """Standard error of the logarithm of `ratio`; NaN where one of the two is zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = self.film_variance / self.film**2 + self.below_variance / self.below**2 + 2 / self.electrons
        return np.sqrt(np.where(np.isfinite(variance), variance, np.nan))


def shares_of(found: Found, thicknesses: Array, *, smooth: bool) -> tuple[Shares, float]:
    """Return the shares by thickness, first the bare substrate, and the misfit of the smooth curve.

    Parameters
    ----------
    found : Found
        Counts with a film.
    thicknesses : ndarray of float
        Of the film, starting with 0 for the bare substrate [m].
    smooth : bool
        Whether to pass a smooth curve through what turned below the film.
    """
    films = np.cumsum(found.counts.counted[0])[:-1] / found.electrons
    counted, tries = found.counts.counted[1, :-1], np.maximum(found.below, 1)
    if smooth:
        below, variance, misfit = smoothed(thicknesses, counted, tries)
    else:
        below = counted / tries
        variance, misfit = below * (1 - below) / tries, 1.0
    return Shares(films, below, films * (1 - films) / found.electrons, variance, found.electrons), misfit


def variables_of(found: Found, job: Job, *, smooth: bool) -> dict[str, Array]:
    """Return the variables of a job by name, over (thickness, last dimension), without thickness if there is no film.

    Parameters
    ----------
    found : Found
        The counts.
    job : Job
        Where they come from.
    smooth : bool
        See `shares_of`.
    """
    if job.film is None:
        share = np.cumsum(found.counts.counted[0]) / found.electrons
        zero = np.zeros_like(share)
        shares = Shares(share, zero, share * (1 - share) / found.electrons, zero, found.electrons)
        given = _distributions(found, job, shares, np.zeros(1))
        return {name: value if name in OF_ENERGY else value[0] for name, value in given.items()}
    thicknesses = np.array([0.0, *job.thicknesses])
    shares, misfit = shares_of(found, thicknesses, smooth=smooth)
    raw = found.counts.counted[1, :-1] / np.maximum(found.below, 1)
    weight = np.divide(shares.below, raw, out=np.ones_like(raw), where=raw > 0)
    given = _distributions(found, job, shares, weight) | _of_films(shares)
    given = {name: value if name in OF_ENERGY else value[1:] for name, value in given.items()}
    given["bare_backscatter_coefficient"] = shares.total[0]
    given["bare_backscatter_coefficient_standard_error"] = shares.total_error[0]
    return given | {"smooth_misfit": np.array(misfit)}


def _of_films(shares: Shares) -> dict[str, Array]:
    """Return what tells film and substrate apart."""
    ratio, relative = shares.ratio, shares.relative_ratio_error
    inside = np.divide(shares.film, shares.total, out=np.full_like(ratio, np.nan), where=shares.total > 0)
    certain = (inside == 0) | (inside == 1)  # nothing was counted on one side
    bare, bare_error = shares.total[0], shares.total_error[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        of_bare = np.sqrt(shares.film_variance / shares.film**2 + (bare_error / bare) ** 2)
        grey = np.sqrt((shares.total_error / shares.total) ** 2 + (bare_error / bare) ** 2)
        return {
            "film_share": inside,
            "film_share_standard_error": np.where(certain, 0.0, inside * (1 - inside) * relative),
            "film_to_substrate_ratio": ratio,
            "film_to_substrate_ratio_standard_error": np.where(ratio == 0, 0.0, ratio * relative),
            "film_to_bare_ratio": shares.film / bare,
            "film_to_bare_ratio_standard_error": np.where(shares.film > 0, shares.film / bare * of_bare, 0.0),
            "grey_level_ratio": shares.total / bare,
            "grey_level_ratio_standard_error": shares.total / bare * grey,
        }


def _distributions(found: Found, job: Job, shares: Shares, weight: Array) -> dict[str, Array]:
    """Return what is known with and without a film; rows as in `shares`."""
    counts, rows = found.counts, shares.total.size
    tries = np.maximum(found.below, 1) if found.below.size else np.ones(1, int)

    def both(name: str) -> tuple[Array, Array]:
        """Return shares of the beam per row and class, and their variances."""
        films = np.cumsum(getattr(counts, name)[0], axis=0)[:rows] / found.electrons
        below = getattr(counts, name)[1, :rows] / tries.reshape(-1, *[1] * (films.ndim - 1))
        factor = weight.reshape(-1, *[1] * (films.ndim - 1))
        variance = films * (1 - films) / found.electrons + factor**2 * below * (1 - below) / tries.reshape(factor.shape)
        return films + factor * below, np.maximum(variance, 0.0)

    left, left_variance = both("left")
    given = {
        "electrons": np.array(found.electrons),
        "backscatter_coefficient": shares.total,
        "backscatter_coefficient_standard_error": shares.total_error,
        "stopped_share": 1 - left,
        "stopped_share_standard_error": np.sqrt(left_variance),
    }
    spectrum, variance = both("energy")
    given["energy_spectrum"] = spectrum * spectrum.shape[1]
    given["energy_spectrum_standard_error"] = np.sqrt(variance) * spectrum.shape[1]
    angle, variance = both("angle")
    solid = -2 * np.pi * np.diff(np.cos(np.linspace(0, np.pi / 2, angle.shape[1] + 1)))
    given["exit_angle"] = angle / solid
    given["exit_angle_standard_error"] = np.sqrt(variance) / solid
    depth, _ = both("depth")
    number = _counted(found, rows)
    cdf = np.pad(np.cumsum(depth, axis=1), ((0, 0), (1, 0)))
    cdf = np.divide(cdf, cdf[:, -1:], out=np.full_like(cdf, np.nan), where=cdf[:, -1:] > 0)
    given["max_depth_cdf"] = cdf[:, :-1]
    given["max_depth_cdf_standard_error"] = np.sqrt(cdf * (1 - cdf) / number[:, None])[:, :-1]
    given["information_depth"], given["information_depth_standard_error"] = _quantiles(
        job.depth_edge, depth, number, INFORMATION
    )
    radius, _ = both("radius")
    seen = counts.radius[0].sum(axis=-1).cumsum()[:rows] + counts.radius[1, :rows].sum(axis=-1)
    pairs = [_quantiles(radius_edges(job), radius, np.maximum(seen, 1), share) for share in ENCLOSED]
    given["lateral_spread"] = np.stack([value for value, _ in pairs], axis=-1)
    given["lateral_spread_standard_error"] = np.stack([error for _, error in pairs], axis=-1)
    return given


def _counted(found: Found, rows: int) -> Array:
    """Return how many electrons were counted by row, in the film and below: what distributions rest on."""
    films: Array = np.cumsum(found.counts.counted[0])[:rows].astype(float)
    return np.asarray(np.maximum(films + found.counts.counted[1, :rows], 1.0))


def _quantiles(edges: Array, weight: Array, number: Any, share: float) -> tuple[Array, Array]:
    """Return for each row the value below which a share of it lies, and its standard error; NaN for empty rows."""
    found = np.full((2, weight.shape[0]), np.nan)
    ends = np.where(np.isfinite(edges), edges, edges[-2])
    for row, classes in enumerate(weight):
        if classes.sum() > 0:
            cdf = np.concatenate([[0.0], np.cumsum(classes) / classes.sum()])
            doubt = np.sqrt(share * (1 - share) / number[row])
            low, middle, high = np.interp([share - doubt, share, min(share + doubt, 1.0)], cdf, ends)
            found[:, row] = middle, (high - low) / 2
    return found[0], found[1]
