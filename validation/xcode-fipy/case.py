"""FiPy beside electrosim on an image in which every voxel conducts."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from electrosim.base.observer import Observer
from electrosim.conduction import Multigrid, Problem, solve
from electrosim.study.validation.metrics import Row

SIZE = 16
CONDUCTIVITY = {0: 1.0, 1: 10.0}


def compare(folder: Path, observer: Observer) -> list[Row]:
    del folder
    image = (np.random.default_rng(5).random((SIZE,) * 3) < 0.5).astype(np.uint8)
    ours = solve(Problem(image, 1.0, CONDUCTIVITY), method=Multigrid(rtol=1e-10))
    rows = []
    for axis, direction in enumerate("xyz"):
        observer(f"FiPy along {direction}", axis / 3)
        value = float(ours["effective_conductivity"].sel(direction=direction))
        rows.append(Row("conductivity", direction, value, conductivity_by_fipy(np.moveaxis(image, axis, 0)), "code"))
    return rows


def conductivity_by_fipy(image: np.ndarray) -> float:
    """Current through the left plane of a cube with voxels of edge 1; FiPy numbers cells with x fastest."""
    fipy = import_fipy()
    mesh = fipy.Grid3D(nx=SIZE, ny=SIZE, nz=SIZE)
    sigma = fipy.CellVariable(mesh=mesh, value=np.where(image, CONDUCTIVITY[1], CONDUCTIVITY[0]).ravel(order="F"))
    phi = fipy.CellVariable(mesh=mesh)
    phi.constrain(1.0, mesh.facesLeft)
    phi.constrain(0.0, mesh.facesRight)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fipy.DiffusionTerm(coeff=sigma.harmonicFaceValue).solve(var=phi, solver=fipy.LinearLUSolver())
    first = np.asarray(phi.value).reshape(image.shape, order="F")[0]
    current = np.sum(2 * np.asarray(sigma.value).reshape(image.shape, order="F")[0] * (1 - first))
    return float(current) * SIZE / SIZE**2


def import_fipy() -> Any:
    """Import FiPy with scipy's solvers, whatever else is installed."""
    os.environ.setdefault("FIPY_SOLVERS", "scipy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import fipy
    return fipy
