"""Diffusion in a sphere by Legendre polynomials at a few radii: accurate, and not a mole of lithium is lost.

The weak form of dc/dt = r^-2 d/dr(r^2 D dc/dr), tested with the polynomials that are one at one node and zero at the
others, its integrals taken at the Gauss-Lobatto nodes of the diameter. Only even polynomials are needed, so half of
the nodes. The test function 1 shows that the content changes by what passes the surface, whatever D does.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.polynomial.legendre import Legendre
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sphere:
    """Nodes in a sphere of radius one, from near the centre to the surface.

    Parameters
    ----------
    radius : ndarray, shape (k,)
        Where the nodes are; the last is 1.
    volume : ndarray, shape (k,)
        Share of the sphere's volume that a node stands for; a mean is ``volume @ values``.
    slope : ndarray, shape (k, k)
        Takes values at the nodes to their derivatives there.
    """

    radius: Floats
    volume: Floats
    slope: Floats

    def change(self, concentration: Floats, diffusivity: Floats, outflow: Floats) -> Floats:
        """Return dc/dt.

        Parameters
        ----------
        concentration, diffusivity : ndarray, shape (k, n)
            At the nodes of n particles; the diffusivity over the radius squared [s-1].
        outflow : ndarray, shape (n,)
            Through the surface, per area and radius [mol m-3 s-1].
        """
        volume = self.volume[:, None]
        gain = -self.slope.T @ (volume * diffusivity * (self.slope @ concentration))
        gain[-1] -= 3 * outflow
        return gain / volume


@functools.cache
def sphere(nodes: int) -> Sphere:
    """Return a sphere with so many nodes."""
    degree = 2 * nodes - 1
    legendre = Legendre.basis(degree)
    inner = legendre.deriv().roots().real
    x = np.concatenate([[-1.0], np.sort(inner), [1.0]])
    value = legendre(x)
    weight = 2 / (degree * (degree + 1) * value**2)
    difference = x[:, None] - x
    np.fill_diagonal(difference, 1.0)
    slope = value[:, None] / value / difference
    np.fill_diagonal(slope, 0.0)
    np.fill_diagonal(slope, -slope.sum(axis=1))
    half = slope[nodes:, nodes:] + slope[nodes:, nodes - 1 :: -1]
    radius = x[nodes:]
    return Sphere(radius, 3 * weight[nodes:] * radius**2, half)
