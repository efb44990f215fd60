"""The literature's curves and points of relative conductivity against porosity."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True)
class Published:
    """A published curve s = gamma eps^alpha, or a range of s at one porosity.

    Parameters
    ----------
    label : str
        Whose it is.
    gamma, alpha : float, optional
        Of a curve [1].
    porosity : tuple of two floats, optional
        Range of a curve, or twice the porosity of a point [1]; None where it is not given.
    conductivity : tuple of two floats, optional
        Relative conductivity of a point, lowest and highest [1].
    of : str
        What it was found for.
    source : str
        Where it was printed.
    remark : str
        What to know before comparing.
    """

    label: str
    gamma: float | None
    alpha: float | None
    porosity: tuple[float, float] | None
    conductivity: tuple[float, float] | None
    of: str
    source: str
    remark: str


@functools.cache
def literature() -> tuple[Published, ...]:
    """Return all that ``literature.csv`` holds, curves first.

    Examples
    --------
    >>> [item.label for item in literature() if item.alpha]
    ['Bruggeman', 'Prasad', 'Ge']
    """
    with resources.files("electrosim.correlations").joinpath("literature.csv").open(encoding="utf-8") as file:
        return tuple(
            Published(
                row["label"],
                _number(row["gamma"]),
                _number(row["alpha"]),
                _pair(row["porosity_lower"], row["porosity_upper"]),
                _pair(row["conductivity_lower"], row["conductivity_upper"]),
                row["of"],
                row["source"],
                row["remark"],
            )
            for row in csv.DictReader(file)
        )


def _number(text: str) -> float | None:
    return float(text) if text else None


def _pair(lower: str, upper: str) -> tuple[float, float] | None:
    return (float(lower), float(upper)) if lower else None
