"""A smooth curve through counts that scatter: Poisson regression of a share over the thickness of the film."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_DEGREE = 6
_ITERATIONS = 50
_LEAST = 1e-12  # of an expected count


def smoothed(thickness: Array, counts: Array, histories: Array) -> tuple[Array, Array, float]:
    """Return a share as exp(polynomial in the thickness), the most likely one for Poisson counts.

    Parameters
    ----------
    thickness : ndarray of float, shape (n,)
        Abscissa.
    counts, histories : ndarray, shape (n,)
        Events and tries; where there is no event at this thickness nor at any greater one, the share is 0.

    Returns
    -------
    share, variance : ndarray of float, shape (n,)
        The curve and its variance.
    misfit : float
        Deviance per degree of freedom; about 1 if the curve follows the counts.
    """
    share, variance = np.zeros((2, thickness.size))
    events = np.flatnonzero(counts)
    size = events[-1] + 1 if events.size else 0
    degree = min(_DEGREE, size - 1)
    if degree < 0:
        return share, variance, 1.0
    x = thickness[:size] / max(thickness[size - 1], 1e-300) * 2 - 1
    basis = np.polynomial.chebyshev.chebvander(x, degree)
    seen, tries = counts[:size].astype(float), histories[:size].astype(float)
    coefficients = np.linalg.lstsq(basis, np.log((seen + 0.5) / tries), rcond=None)[0]
    for _ in range(_ITERATIONS):
        expected = np.maximum(tries * np.exp(basis @ coefficients), _LEAST)
        information = basis.T @ (expected[:, None] * basis)
        step = np.linalg.lstsq(information, basis.T @ (seen - expected), rcond=None)[0]
        coefficients += step
        if np.max(np.abs(step)) < 1e-10:
            break
    expected = np.maximum(tries * np.exp(basis @ coefficients), _LEAST)
    covariance = np.linalg.pinv(basis.T @ (expected[:, None] * basis))
    share[:size] = expected / tries
    variance[:size] = share[:size] ** 2 * np.einsum("ij,jk,ik->i", basis, covariance, basis)
    with np.errstate(divide="ignore", invalid="ignore"):
        deviance = 2 * np.sum(np.where(seen > 0, seen * np.log(seen / expected), 0.0) - (seen - expected))
    freedom = size - degree - 1
    return share, variance, float(deviance / freedom) if freedom > 0 else 1.0
