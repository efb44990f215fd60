"""The three averages of tortuosity over points, which are not one number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from electrosim.correlations.points import check_points


@dataclass(frozen=True)
class Averages:
    """Averages over points.

    Parameters
    ----------
    porosity : float
        Mean porosity [1].
    relative_conductivity : float
        Mean relative conductivity [1], those of zero included.
    tortuosity_of_means : float
        Mean porosity over mean relative conductivity [1].
    mean_tortuosity : float
        Mean of eps/s over the points that conduct [1]; never below what the same points give for the ratio of means
        if tau falls with porosity, for 1/s weighs the low ones most.
    """

    porosity: float
    relative_conductivity: float
    tortuosity_of_means: float
    mean_tortuosity: float


def averages(porosity: ArrayLike, relative_conductivity: ArrayLike) -> Averages:
    """Return the averages of points.

    Parameters
    ----------
    porosity, relative_conductivity : array_like
        One value per point [1].

    Returns
    -------
    Averages
        Tortuosities are infinite if nothing conducts.

    Raises
    ------
    InputError
        If a value is out of range.

    Examples
    --------
    >>> found = averages([0.2, 0.5], [0.01, 0.2])
    >>> round(found.tortuosity_of_means, 3), round(found.mean_tortuosity, 3)
    (3.333, 11.25)
    """
    points = check_points(porosity, relative_conductivity)
    eps, s = points.abscissa, points.ordinate
    conducting = s > 0
    with np.errstate(divide="ignore"):
        ratio = float(eps.mean() / s.mean())
    tau = float(np.mean(eps[conducting] / s[conducting])) if conducting.any() else float("inf")
    return Averages(float(eps.mean()), float(s.mean()), ratio, tau)
