"""How far residuals and their derivatives let parameters move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from electrosim.study.calibrate.residuals import Residuals

Array = NDArray[np.float64]

_SINGULAR = 1e10  # condition number of the normal equations


def inverse(jacobian: Array) -> Array:
    """Return (J^T J)^-1; NaN for parameters that move nothing, and for all if the others cannot be told apart."""
    free = np.any(jacobian, axis=0)
    found = np.full((free.size, free.size), np.nan)
    normal = jacobian[:, free].T @ jacobian[:, free]
    scale = np.sqrt(np.diag(normal))
    scaled = normal / np.outer(scale, scale)
    if free.any() and np.linalg.cond(scaled) < _SINGULAR:
        found[np.ix_(free, free)] = np.linalg.inv(scaled) / np.outer(scale, scale)
    return found


def variance(residuals: Residuals, best: Array) -> float:
    """Return the variance of a residual: 1 if standard deviations are known, else as the residuals have it."""
    if residuals.problem.is_weighed:
        return 1.0
    return residuals.squares(best) / (residuals.problem.points - best.size)


def allowed_rise(residuals: Residuals, best: Array) -> float:
    """Return the rise of the sum of squares at the end of an interval: chi-squared's or, with unknown variance, F's."""
    from scipy.stats import chi2, f

    level = residuals.method.confidence
    if residuals.problem.is_weighed:
        return float(chi2.ppf(level, 1))
    return float(variance(residuals, best) * f.ppf(level, 1, residuals.problem.points - best.size)) or 1e-300
