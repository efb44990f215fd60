"""The images of the benchmark: what they are, and the problem along one direction that they pose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from codes import Posed

import electrosim


def of_scenario(name: str, direction: str = "x", **overrides: Any) -> Posed:
    """Return what a scenario that comes along poses along one direction."""
    changes = {key.replace("__", "."): value for key, value in overrides.items()}
    problem = electrosim.load(name, {"transport.directions": direction} | changes).problem
    conductivity = {label: float(value) for label, value in problem.conductivity.items()}
    return Posed(problem.image, conductivity, {"directions": direction, "boundary": problem.boundary})


def blobs(edge: int = 128, porosity: float = 0.34) -> Posed:
    """Return the benchmark's own image in any size and porosity."""
    return of_scenario("benchmark-blobs", image__shape=[edge] * 3, image__porosity=f"{100 * porosity} %")


def solid_conducts(contrast: float) -> Posed:
    """Return the same image with a solid that conducts, too, `contrast` times worse."""
    return Posed(blobs().image, {1: 1.0, 0: 1.0 / contrast}, {"directions": "x"})


def with_boundary(boundary: str) -> Posed:
    """Return the same image driven in another way."""
    return Posed(blobs().image, {1: 1.0}, {"directions": "x", "boundary": boundary})


def site_percolation(share: float, edge: int = 128) -> Posed:
    """Return voxels that conduct each with the same probability, whatever their neighbours do."""
    image = (np.random.default_rng(1).random((edge,) * 3) < share).astype(np.uint8)
    return Posed(image, {1: 1.0}, {"directions": "x"})


IMAGES: dict[str, tuple[str, Callable[[], Posed]]] = {
    "blobs": ("blobs 128^3, porosity 0.34", blobs),
    "blobs-sparse": ("blobs 128^3, porosity 0.15", lambda: blobs(porosity=0.15)),
    "blobs-current": ("blobs 128^3, constant current", lambda: with_boundary("constant-current")),
    "blobs-periodic": ("blobs 128^3, periodic", lambda: with_boundary("periodic")),
    "blobs-xyz": (
        "blobs 128^3, x, y and z in one solve",
        lambda: Posed(blobs().image, {1: 1.0}, {"directions": "xyz"}),
    ),
    "blobs-interval": (
        "blobs 128^3 and the guaranteed interval",
        lambda: Posed(blobs().image, {1: 1.0}, {"directions": "x", "bounds": "yes"}),
    ),
    "blobs-two-phase": ("blobs 128^3, solid conducts 0.1", lambda: solid_conducts(10.0)),
    "blobs-contrast": ("blobs 128^3, solid conducts 1e-6", lambda: solid_conducts(1e6)),
    "site-034": ("site percolation 128^3, 0.34", lambda: site_percolation(0.34)),
    "site-040": ("site percolation 128^3, 0.40", lambda: site_percolation(0.40)),
    "quickstart": ("quickstart 128^3, constant current", lambda: of_scenario("quickstart")),
    "fiberform": ("FiberForm 100^3", lambda: of_scenario("fiberform", "z")),
    "berea": ("Berea 200^3", lambda: of_scenario("berea")),
    "nmc": ("NMC electrode 251 x 301^2, two phases", lambda: of_scenario("nmc-carbon-binder")),
    "blobs-256": ("blobs 256^3, porosity 0.34", lambda: blobs(256)),
    "blobs-512": ("blobs 512^3, porosity 0.34", lambda: blobs(512)),
}
"""Name on the command line: what it is, and how to make it."""

LARGE = ("blobs-512",)
