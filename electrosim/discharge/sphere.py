"""Diffusion in a sphere with few numbers: balanced modes for a constant diffusivity, shells for any other."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@lru_cache(maxsize=8)
def balanced_modes(count: int) -> Floats:
    """Return the modes that best keep the concentration at the surface of a unit sphere for any flux.

    The sphere is expanded in even Legendre polynomials (Galerkin), its eigenmodes are balanced and truncated: the
    system is symmetric, so controllability and observability are one matrix, P_mn = b_m b_n / (lambda_m + lambda_n).
    What the truncation loses at rest follows the flux at once.

    Parameters
    ----------
    count : int
        Modes to keep, the mean concentration being one of them.

    Returns
    -------
    ndarray, shape (3, count + 1)
        Eigenvalues; values at the surface and, last, the part that follows the flux; weights of the mean concentration.

    References
    ----------
    B. C. Moore, IEEE Trans. Autom. Control 26 (1981) 17, doi:10.1109/TAC.1981.1102568 (balanced truncation).
    """
    eigenvalues, surface = _eigenmodes()
    gramian = np.outer(surface, surface) / np.add.outer(eigenvalues, eigenvalues)
    basis = np.linalg.eigh(gramian)[1][:, ::-1][:, : count - 1]
    kept, turn = np.linalg.eigh(basis.T @ (eigenvalues[:, None] * basis))
    at_surface = turn.T @ (basis.T @ surface)
    modes = np.zeros((3, count + 1))
    modes[0, 1:count], modes[1, 1:count] = kept, at_surface
    modes[1, 0] = modes[2, 0] = np.sqrt(3)
    modes[1, count] = np.sum(surface**2 / eigenvalues) - np.sum(at_surface**2 / kept)
    return modes


@lru_cache(maxsize=1)
def _eigenmodes() -> tuple[Floats, Floats]:
    """Return eigenvalues and surface values of diffusion in a unit sphere, without that of the mean."""
    degrees = 60
    nodes, weights = np.polynomial.legendre.leggauss(2 * degrees + 2)
    nodes, weights = nodes[nodes > 0], weights[nodes > 0] * nodes[nodes > 0] ** 2
    series = np.zeros((2 * degrees, degrees))
    series[2 * np.arange(degrees), np.arange(degrees)] = 1
    values = np.polynomial.legendre.legval(nodes, series)
    slopes = np.polynomial.legendre.legval(nodes, np.polynomial.legendre.legder(series))
    triangle = np.linalg.inv(np.linalg.cholesky((values * weights) @ values.T))
    eigenvalues, vectors = np.linalg.eigh(triangle @ ((slopes * weights) @ slopes.T) @ triangle.T)
    return eigenvalues[1:], (vectors.T @ triangle @ np.ones(degrees))[1:]


@lru_cache(maxsize=8)
def shells(count: int, ratio: float) -> Floats:
    """Return shells of a unit sphere that become thinner towards its surface.

    A shell's value stands at the radius where r^2 is its mean over the shell, and exchange goes by differences of r^2:
    so a parabola, to which every profile tends at constant flux and diffusivity, is represented exactly.

    Parameters
    ----------
    count : int
        Number of shells.
    ratio : float
        Thickness of a shell over that of the next one outwards.

    Returns
    -------
    ndarray, shape (3, count)
        Volumes over 4 pi; exchange between a shell and the next one, and last the surface's rise above the outermost
        shell per gradient; weights of the mean concentration.
    """
    thickness = ratio ** -np.arange(float(count))
    faces = np.concatenate([[0], np.cumsum(thickness)]) / thickness.sum()
    volumes = np.diff(faces**3) / 3
    squares = np.diff(faces**5) / 5 / volumes
    exchange = 2 * faces[1:-1] ** 3 / np.diff(squares)
    return np.array([volumes, np.append(exchange, 0.5 * (1 - squares[-1])), 3 * volumes])
