"""Where a law of relative conductivity stops being physical, and where it leaves the law it is held against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_STEPS = 2000  # a law is looked at so often between its first point and porosity 1 before a crossing is refined


def bruggeman(porosity: Any) -> Any:
    """Return eps^1.5, which holds for uniform spheres and the like (D. A. G. Bruggeman, Ann. Phys. 416 (1935) 636)."""
    return np.asarray(porosity, float) ** 1.5


def isotropic_upper_bound(porosity: Any) -> Any:
    """Return 2 eps/(3 - eps), which no isotropic sample exceeds (Hashin, Shtrikman, doi 10.1063/1.1728579)."""
    porosity = np.asarray(porosity, float)
    return 2 * porosity / (3 - porosity)


def straight_pores(porosity: Any) -> Any:
    """Return eps, which nothing exceeds: it means tau = 1."""
    return np.asarray(porosity, float)


LIMITS: dict[str, Callable[[Any], Any]] = {
    "bruggeman": bruggeman,
    "isotropic_upper_bound": isotropic_upper_bound,
    "straight_pores": straight_pores,
}


def exceeds_from(law: Callable[[Array], Array], limit: Callable[[Array], Array], start: float) -> float:
    """Return the lowest porosity from `start` to 1 from which a law lies above a limit.

    Parameters
    ----------
    law, limit : callable
        Relative conductivity [1] as functions of porosity [1].
    start : float
        Where to begin; returned itself if the law is above there.

    Returns
    -------
    float
        The porosity, or NaN if the law stays below. A law that meets the limit at porosity 1 only stays below.
    """
    from scipy.optimize import brentq

    porosity = np.linspace(start, 1.0, _STEPS + 1)
    above = law(porosity) - limit(porosity) > 1e-12
    if not above.any():
        return float("nan")
    first = int(np.argmax(above))
    if first == 0:
        return start
    ends = porosity[first - 1], porosity[first]
    found: float = brentq(lambda at: float(law(np.array(at)) - limit(np.array(at))), *ends, xtol=1e-12)
    return found
