"""What a volume looks like: shares, surfaces, chords, correlation, pore sizes, intrusion, network."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from electrosim.base.observer import Observer, silent
from electrosim.base.result import provenance, variable
from electrosim.base.status import Status
from electrosim.structure.analysis import Analysis
from electrosim.structure.chords import chord_variables
from electrosim.structure.correlation import correlation_variables
from electrosim.structure.cuts import cut_variables
from electrosim.structure.intrusion import intrusion_variables
from electrosim.structure.network import network_variables
from electrosim.structure.pore_sizes import size_variables
from electrosim.structure.problem import AXES, Problem
from electrosim.structure.shares import share_variables
from electrosim.structure.size_classes import distance_to_solid, radii_to_tell_apart
from electrosim.structure.surface import surface_variables

if TYPE_CHECKING:
    import xarray as xr

DONE = Status("All that was asked for was found.", solved=True)


def solve(
    problem: Problem,
    *,
    method: Analysis | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
    fields: bool = False,
) -> xr.Dataset:
    """Describe a labelled volume.

    Parameters
    ----------
    problem : Problem
        Image, voxel size, phases, pore space.
    method : Analysis, optional
        What to find out; ``Analysis()``, without intrusion and network, by default.
    rng : numpy.random.Generator, optional
        Accepted because every physics' `solve` takes it; nothing here is random.
    observer : callable, optional
        Hears the progress.
    throw : bool
        Accepted because every physics' `solve` takes it; nothing here can fail to converge.
    fields : bool
        Whether to keep `local_thickness`, `intrusion_diameter` and `pore_region` of all voxels.

    Returns
    -------
    xarray.Dataset
        Dimensions `phase` (the unnamed one last), `axis`, `size_class` and more. What is in it, and what each number
        means, is said by the functions that find it: `shares.share_variables`, always, and as asked for
        `surface.surface_variables`, `chords.chord_variables`, `correlation.correlation_variables`,
        `pore_sizes.size_variables`, `intrusion.intrusion_variables`, `network.network_variables`. Further
        `pore_fraction`, the volume fraction of the pore space, `status`, `solved`, `wall_time` [s], and what is drawn
        of the cut through the middle across z.

    Raises
    ------
    InputError
        If the memory does not suffice, or there is no pore space to measure.

    Examples
    --------
    >>> import numpy as np
    >>> layers = np.zeros((4, 12, 4), int)
    >>> layers[:, 2:6] = layers[:, 8:] = 1
    >>> result = solve(Problem(layers, 1e-6, {"pore": 1, "solid": 0}))
    >>> result["volume_fraction"].values.round(4), result["mean_chord_length"].sel(phase="pore", axis="y").item()
    (array([0.6667, 0.3333]), 4e-06)
    """
    del rng, throw
    analysis = method or Analysis()
    began = time.perf_counter()
    found = _found(problem, analysis, observer)
    found |= cut_variables(problem, found)
    if not fields:
        found = {name: item for name, item in found.items() if item[0] != ("x", "y", "z")}
    found |= {
        "status": variable((), DONE.sentence, "1", "how the analysis ended"),
        "solved": variable((), DONE.solved, "1", "whether the numbers can be used"),
        "wall_time": variable((), time.perf_counter() - began, "s", "time the analysis took"),
    }
    return _dataset(problem, analysis, found)


def _found(problem: Problem, analysis: Analysis, observer: Observer) -> dict[str, Any]:
    """Return the variables of all that is asked for."""
    observer("volume fractions and clusters", 0.0)
    found = share_variables(problem)
    found["pore_fraction"] = variable((), problem.pore_space.mean(), "1", "volume fraction of the pore space")
    if analysis.surface:
        found |= surface_variables(problem, observer)
    if analysis.chords:
        observer("chords", 0.0)
        found |= chord_variables(problem)
    if analysis.correlation:
        found |= correlation_variables(problem, observer)
    if analysis.pore_sizes or analysis.porosimetry:
        observer("distance to the solid", 0.0)
        distance = distance_to_solid(problem)
        radii = radii_to_tell_apart(distance, analysis.sizes)
        if analysis.pore_sizes:
            observer("local thickness", 0.0)
            found |= size_variables(problem, radii, distance)
        if analysis.porosimetry:
            observer("mercury intrusion", 0.0)
            found |= intrusion_variables(problem, radii, distance, analysis.porosimetry)
    if analysis.network:
        found |= network_variables(problem, analysis.network, observer)
    return found


def _dataset(problem: Problem, analysis: Analysis, found: dict[str, Any]) -> xr.Dataset:
    """Put all variables side by side, with names and positions along the dimensions that have them."""
    import xarray as xr

    names = list(problem.names)
    along: dict[str, Any] = {"phase": names, "other_phase": names, "axis": list(AXES)}
    for axis, count in zip(AXES, problem.image.shape, strict=True):
        along[axis] = variable(axis, (np.arange(count) + 0.5) * problem.edge, "m", f"position along {axis}")
    dataset = xr.Dataset(found)
    dataset = dataset.assign_coords({name: values for name, values in along.items() if name in dataset.dims})
    asked = {name: item for name, item in asdict(analysis).items() if item is not None}
    scenario = problem.describe() | {"analysis": {"pore": list(problem.pore)} | asked}
    dataset.attrs = provenance(scenario, title="structure", seed=None, references=())
    return dataset
