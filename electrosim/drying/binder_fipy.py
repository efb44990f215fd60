"""Migration by FiPy: the plain twin of `binder.migrate`, with implicit Euler steps."""

from __future__ import annotations

import os
import warnings
from typing import Any

import numpy as np

from electrosim.base.observer import Observer
from electrosim.drying.binder import Carrier, Course, Migration, face_values, initial_content


def migrate_with_fipy(carrier: Carrier, course: Course, observer: Observer) -> Migration:
    """Follow a species through a film's course; the same equation as `binder.migrate`, first order in time.

    Convection is by central differences, for FiPy keeps the weights of its other schemes from the first step on, though
    the Peclet number changes. So cells must be fine, with a Peclet number below 2.

    Parameters
    ----------
    carrier : Carrier
        The species in its film; without gelation.
    course : Course
        The film's.
    observer : callable
        Hears the progress.

    Returns
    -------
    Migration

    References
    ----------
    J. E. Guyer, D. Wheeler, J. A. Warren, Comput. Sci. Eng. 11 (2009) 6, doi:10.1109/MCSE.2009.52 (FiPy).
    """
    fipy = _fipy()
    species = carrier.species
    total = initial_content(species, carrier.cells)
    bound = species.frozen * total
    mesh = fipy.Grid1D(nx=carrier.cells, Lx=1.0)
    moving = fipy.CellVariable(mesh=mesh, value=(1 - species.frozen) * total, hasOld=True)
    velocity = fipy.FaceVariable(mesh=mesh, rank=1, value=0.0)
    diffusivity = fipy.FaceVariable(mesh=mesh, value=0.0)
    equation = fipy.TransientTerm() == fipy.DiffusionTerm(diffusivity) - fipy.CentralDifferenceConvectionTerm(velocity)
    solver = fipy.LinearLUSolver(iterations=1)
    place = mesh.faceCenters.value[0]
    inner = (place > 0) & (place < 1)

    rates = -np.diff(course.liquid) / np.diff(course.time)
    peclet = rates[0] / carrier.conductance(course.time[0], course.liquid[0])[-1]
    snapshots, coarsest = [(bound, moving.value.copy(), peclet)], 0.0
    for step, rate in enumerate(rates, start=1):
        if step % 20 == 0:
            observer(f"migration of {species.name}", step / rates.size)
        liquid = course.liquid[step]
        conductance = carrier.conductance(course.time[step], liquid)
        retained = carrier.retained(liquid)
        velocity.setValue(np.where(inner, place * rate / retained, 0.0)[np.newaxis])
        diffusivity.setValue(np.interp(place, carrier.faces, conductance) / retained)
        moving.updateOld()
        equation.solve(var=moving, dt=course.time[step] - course.time[step - 1], solver=solver)
        peclet = float(rate / conductance[-1])
        coarsest = max(coarsest, float((carrier.faces * rate / conductance).max()) / carrier.cells)
        if course.kept[step]:
            snapshots.append((bound, moving.value.copy(), peclet))
    content = np.array([bound + amounts for _, amounts, _ in snapshots])
    ends = np.array([face_values(*snapshot) for snapshot in snapshots])
    return Migration(content, ends[:, 0], ends[:, 1], np.array([item[2] for item in snapshots]), coarsest)


def _fipy() -> Any:
    """Import FiPy with scipy's solvers, whatever else is installed; it warns of its own use of numpy."""
    os.environ.setdefault("FIPY_SOLVERS", "scipy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import fipy
    return fipy
