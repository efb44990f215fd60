"""The thickness of a film from the energies that show it, or from grey levels: an interval, and what makes it up."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from electrosim.backscatter.criteria import CRITERIA, Criterion, curves, visibility
from electrosim.base.errors import InputError, nearest
from electrosim.base.result import variable
from electrosim.base.status import Status

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

Unseen = Literal["below", "about"]
RULES: tuple[Unseen, ...] = get_args(Unseen)
SOURCES = ("measurement", "monte-carlo", "elastic", "stopping", "density", "criterion")
"""What an inferred thickness is uncertain by."""

CONTRADICTION = Status(
    "No thickness is seen and not seen at those energies under this criterion; look at visibility_thickness, and "
    "change infer.threshold, infer.criterion or the energies.",
    solved=False,
)
OUT_OF_REACH = Status(
    "The thickness lies outside film.thicknesses; add thicker ones.",
    solved=False,
)
_FINE = 4001


@dataclass(frozen=True)
class GreyLevel:
    """A measured grey level of the film.

    Parameters
    ----------
    energy : float
        Of the beam [J].
    ratio, error : float
        Grey level of the film over that of the bare substrate, both above the level without beam, and its standard
        error [1].
    """

    energy: float
    ratio: float
    error: float


@dataclass(frozen=True)
class Infer:
    """What was seen, and how certain what the simulation rests on is.

    Parameters
    ----------
    seen, unseen : sequence of float
        Energies at which the film shows and does not [J].
    grey_levels : sequence of GreyLevel
        In place of them, measured grey levels.
    criterion : str
        What must reach the threshold for a film to show: electrons that turned in the film over those that turned below
        it, over both, or over those that a bare substrate sends back.
    threshold : float
        The threshold.
    unseen_is : {"below", "about"}
        Whether a film that does not show is below the threshold at every such energy, or about it, as in "similar or
        lower": then it lies between the thicknesses that just reach the threshold at the first and at the last of them.
    level : float
        Probability of the interval.
    density_error, elastic_error : float
        Relative standard errors of the film's density and of all elastic cross-sections.

    Raises
    ------
    InputError
        If a value is impossible.
    """

    seen: Sequence[float] = ()
    unseen: Sequence[float] = ()
    grey_levels: Sequence[GreyLevel] = ()
    criterion: Criterion = "film-share"
    threshold: float = 0.5
    unseen_is: Unseen = "below"
    level: float = 0.95
    density_error: float = 0.05
    elastic_error: float = 0.02

    def __post_init__(self) -> None:
        """Check every argument once."""
        if bool(self.grey_levels) == bool(self.seen or self.unseen):
            raise InputError("infer needs either grey_levels, or energies in seen and unseen", ("infer",))
        if not self.grey_levels and not (self.seen and self.unseen):
            raise InputError("infer needs at least one energy in seen and one in unseen", ("infer",))
        if self.criterion not in get_args(Criterion):
            raise InputError(f"criterion = {self.criterion!r} is not known; {nearest(self.criterion, CRITERIA)}")
        if self.unseen_is not in RULES:
            raise InputError(f"unseen_is = {self.unseen_is!r} is not known; {nearest(self.unseen_is, RULES)}")
        if not (0 < self.threshold < math.inf and 0 < self.level < 1):
            raise InputError("infer.threshold must be positive and infer.level between 0 and 1", ("infer",))
        if self.criterion == "film-share" and self.threshold >= 1:
            raise InputError("infer.threshold: a share cannot reach 1 or more", ("infer", "threshold"))
        if min(self.density_error, self.elastic_error) < 0 or max(self.density_error, self.elastic_error) > 0.5:
            raise InputError("infer: relative errors must be from 0 to 0.5", ("infer",))
        for grey in self.grey_levels:
            if not (0 < grey.ratio < math.inf and 0 < grey.error < math.inf):
                raise InputError("infer.grey_levels: ratio and error must be positive", ("infer", "grey_levels"))

    def check(self, energies: Sequence[float]) -> None:
        """Refuse energies that the beam does not have."""
        for energy in (*self.seen, *self.unseen, *(grey.energy for grey in self.grey_levels)):
            if not np.isclose(energies, energy, rtol=1e-9, atol=0).any():
                raise InputError("infer names an energy that is not in beam.energies; add it there", ("infer",))


def inferred(
    asked: Infer, dataset: xr.Dataset, variant: Callable[[str], xr.Dataset]
) -> tuple[dict[str, Any], Status | None]:
    """Return the thickness with its interval, and a status if there is none.

    Parameters
    ----------
    asked : Infer
        What was seen.
    dataset : xarray.Dataset
        The simulation.
    variant : callable
        Returns the simulation with another ``"elastic"`` or ``"stopping"``.

    Returns
    -------
    dict of str to variable
        `inferred_thickness` [m], the middle of what the sightings bracket, or the most likely for grey levels;
        `inferred_thickness_lower`, `_upper`, the ends widened by all uncertainties but the criterion;
        `inferred_uncertainty` over (`end`, `source`), standard errors but for the criterion, which is the furthest that
        another reading of it moves the end; `inferred_bracket` over (`criterion`, `unseen_is`, `end`);
        `visibility_thickness` over (`criterion`, `energy`).
    status : Status or None
        Why there is no thickness.
    """
    base = _ends(asked, dataset, asked.criterion, asked.unseen_is)
    if not np.isfinite(base).all():  # never with grey levels
        return _of_readings(asked, dataset), OUT_OF_REACH
    uncertainty = np.zeros((2, len(SOURCES)))
    measured, simulated = _scatter(asked, dataset, base)
    uncertainty[:, 0], uncertainty[:, 1] = measured, simulated
    for at, name in ((2, "elastic"), (3, "stopping")):
        uncertainty[:, at] = np.abs(_ends(asked, variant(name), asked.criterion, asked.unseen_is) - base)
    uncertainty[:, 4] = asked.density_error * base  # a walk knows of a film only the mass per area
    found = {} if asked.grey_levels else _of_readings(asked, dataset)
    if found:
        moved = np.abs(found["inferred_bracket"][1] - base)
        uncertainty[:, 5] = np.max(moved, axis=(0, 1), where=np.isfinite(moved), initial=0)
    widened = _normal_quantile(asked.level) * np.sqrt(np.sum(uncertainty[:, :5] ** 2, axis=1))
    lower, upper = max(base[0] - widened[0], 0.0), base[1] + widened[1]
    found |= {
        "inferred_thickness": variable((), base.mean(), "m", "thickness of the film"),
        "inferred_thickness_lower": variable((), lower, "m", f"lower end of its {asked.level:.0%} interval"),
        "inferred_thickness_upper": variable((), upper, "m", f"upper end of its {asked.level:.0%} interval"),
        "inferred_uncertainty": variable(("end", "source"), uncertainty, "m", "what each end is uncertain by"),
        "end": variable("end", ["lower", "upper"], "1", "end of the bracket"),
        "source": variable("source", list(SOURCES), "1", "source of uncertainty"),
    }
    return found, CONTRADICTION if base[0] > base[1] else None


def _of_readings(asked: Infer, dataset: xr.Dataset) -> dict[str, Any]:
    """Return what each reading of the criterion says."""
    pairs = [visibility(dataset, reading, asked.threshold) for reading in CRITERIA]
    words = f"thickness from which on a film reaches {asked.threshold:g}"
    shown, doubt = (np.array(values) for values in zip(*pairs, strict=True))
    brackets = np.array([[_ends(asked, dataset, reading, rule) for rule in RULES] for reading in CRITERIA])
    return {
        "criterion": variable("criterion", list(CRITERIA), "1", "reading of the criterion"),
        "unseen_is": variable("unseen_is", list(RULES), "1", "what a film is that does not show"),
        "end": variable("end", ["lower", "upper"], "1", "end of the bracket"),
        "visibility_thickness": variable(("criterion", "energy"), shown, "m", words),
        "visibility_thickness_standard_error": variable(
            ("criterion", "energy"), doubt, "m", "standard error of visibility_thickness"
        ),
        "inferred_bracket": variable(
            ("criterion", "unseen_is", "end"), brackets, "m", "thicknesses seen and not seen as stated"
        ),
    }


def _ends(asked: Infer, dataset: xr.Dataset, criterion: Criterion, rule: Unseen) -> Array:
    """Return lower and upper end of the bracket, or the most likely thickness twice."""
    if asked.grey_levels:
        fine, deviation = _deviation(asked, dataset)
        best = fine[np.argmin(deviation)]
        return np.array([best, best])
    shown, _ = visibility(dataset, criterion, asked.threshold)
    seen, unseen = shown[_rows(dataset, asked.seen)], shown[_rows(dataset, asked.unseen)]
    if rule == "below":
        return np.array([seen.max(), unseen.min()])
    return np.array([max(seen.max(), unseen.min()), unseen.max()])


def _scatter(asked: Infer, dataset: xr.Dataset, ends: Array) -> tuple[Array, Array]:
    """Return per end the standard errors by measured grey levels, and by the number of electrons followed."""
    if not asked.grey_levels:
        shown, doubt = visibility(dataset, asked.criterion, asked.threshold)
        return np.zeros(2), np.array([doubt[int(np.argmin(np.abs(shown - end)))] for end in ends])
    thickness, values, errors = curves(dataset, "grey_level_ratio")
    rows = _rows(dataset, [grey.energy for grey in asked.grey_levels])
    slopes = np.array([np.interp(ends[0], thickness, np.gradient(values[row], thickness)) for row in rows])
    doubts = np.array([np.interp(ends[0], thickness, errors[row]) for row in rows])
    weights = np.array([grey.error for grey in asked.grey_levels]) ** -2.0
    information = float(np.sum(weights * slopes**2))
    if information == 0:
        return np.full(2, np.inf), np.full(2, np.inf)
    simulated = math.sqrt(float(np.sum((weights * slopes * doubts) ** 2))) / information
    return np.full(2, information**-0.5), np.full(2, simulated)


def _deviation(asked: Infer, dataset: xr.Dataset) -> tuple[Array, Array]:
    """Return a fine grid of thicknesses and the weighted sum of squares between measured and simulated grey levels."""
    thickness, values, _ = curves(dataset, "grey_level_ratio")
    fine = np.linspace(0, thickness[-1], _FINE)
    rows = _rows(dataset, [grey.energy for grey in asked.grey_levels])
    parts = [
        ((np.interp(fine, thickness, values[row]) - grey.ratio) / grey.error) ** 2
        for row, grey in zip(rows, asked.grey_levels, strict=True)
    ]
    return fine, np.sum(parts, axis=0)


def _rows(dataset: xr.Dataset, energies: Sequence[float]) -> list[int]:
    """Return the places of energies in the dataset."""
    known = dataset["energy"].values
    return [int(np.argmin(np.abs(known - energy))) for energy in energies]


def _normal_quantile(level: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(0.5 + level / 2))
