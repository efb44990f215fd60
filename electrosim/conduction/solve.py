"""Effective conductivity and tortuosity of a voxel image."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import SolveError
from electrosim.base.observer import Observer, announce_compilation, silent
from electrosim.base.result import provenance, variable
from electrosim.conduction import charging_kernels, checkerboard_kernels, dead_end_kernels, tree_kernels
from electrosim.conduction.bounds import Interval, check_bounds, intervals_of, sharpened
from electrosim.conduction.charging import check_electrode_tortuosity, electrode_tortuosity_variables
from electrosim.conduction.dead_ends import check_dead_ends, dead_end_variables
from electrosim.conduction.directions import flows_of
from electrosim.conduction.error_budget import Errors, with_error_budget
from electrosim.conduction.fields import cut_variables, field_variables
from electrosim.conduction.flow import Flow, Method
from electrosim.conduction.layer_profile import profile_variables
from electrosim.conduction.multigrid import Multigrid
from electrosim.conduction.problem import AXES, Problem
from electrosim.conduction.representative_volume import RepresentativeVolume, representative_volume
from electrosim.conduction.surface import check_surface, surface_variables

if TYPE_CHECKING:
    import xarray as xr

_SHARP = 1e-10  # tolerance of what is iterated where the method is a direct one


def solve(
    problem: Problem,
    *,
    method: Method | None = None,
    rng: np.random.Generator | None = None,
    observer: Observer = silent,
    throw: bool = True,
    fields: bool = False,
    bounds: bool = False,
    surface: bool = False,
    dead_ends: bool = False,
    electrode_tortuosity: bool = False,
    errors: Errors | None = None,
    rev: RepresentativeVolume | None = None,
) -> xr.Dataset:
    """Solve div(sigma grad phi) = 0 along each direction of a problem.

    The effective conductivity is current density over mean field; the tortuosity tau follows from
    sigma_eff/sigma_0 = epsilon/tau with the conducting volume fraction epsilon (Prasad et al., eq. 1).

    Parameters
    ----------
    problem : Problem
        Image, conductivities and boundary conditions.
    method : Multigrid or Direct, optional
        How to solve; ``Multigrid()`` by default.
    rng : numpy.random.Generator, optional
        Accepted because every physics' `solve` takes it; nothing here is random.
    observer : callable, optional
        Hears the progress of each direction.
    throw : bool
        Whether a solve that does not reach its tolerance raises; otherwise its `status` says so.
    fields : bool
        Whether to keep `potential` and `current_density` of all voxels.
    bounds : bool
        Whether to compute the guaranteed interval, for which the solve is sharpened to rtol = 1e-5 at least; not for
        currents imposed in the centres of the end voxels.
    surface : bool
        Whether to keep the potential on a coarse grid, for the three-dimensional picture.
    dead_ends : bool
        Whether to count the voxels that join the electrodes but carry no current.
    electrode_tortuosity : bool
        Whether to compute the tortuosity of a blocking electrode, too, whose dead ends count.
    errors : Errors, optional
        Which parts of the error budget to compute; its discretisation needs the interval, so computes it too.
    rev : RepresentativeVolume, optional
        Sub-volumes to solve, to see whether the image is representative.

    Returns
    -------
    xarray.Dataset
        With dimension `direction`: `effective_conductivity` [S m-1], `relative_conductivity`, `tortuosity`,
        `tortuosity_percolating`, `macmullin_number`, `conducting_fraction`, `percolating_fraction`,
        `isolated_fraction`, `percolating_clusters`, `isolated_clusters`, `iterations`, `residual`,
        `relative_error_estimate`, `status`, `solved`; `wall_time` [s]; per direction d a cut through the middle
        (`phase_cut_d`, `potential_cut_d`, `current_cut_d`, `current_across_cut_d`) and profiles along it
        (`layer_potential_d`, `layer_fraction_d`, `layer_conductivity_d`, `layer_current_d`). With `bounds` also
        `relative_conductivity_lower`, `relative_conductivity_upper` and, midway, `relative_conductivity_best`; with
        `dead_ends` also `dead_end_fraction`; with `electrode_tortuosity` also that, for a current that enters through
        the first plane, and `electrode_tortuosity_reversed`, for one that enters through the last. For
        `error_iteration` and what else `errors` adds see `error_budget.with_error_budget`, for `rev`
        `representative_volume.representative_volume`.

    Raises
    ------
    InputError
        If the interval is asked for with currents imposed in the centres of the end voxels or for a map of more than
        255 conductivities, `surface` for a 2-D image, the error of a segmentation or the discretisation for a map, a
        sub-volume is larger than the image, or the memory does not suffice.
    SolveError
        If `throw` and a direction did not reach the tolerance, or the electrode tortuosity did not.

    Examples
    --------
    >>> import numpy as np
    >>> layers = np.ones((2, 4, 4), int)
    >>> layers[1] = 2
    >>> result = solve(Problem(image=layers, voxel_size=1e-6, conductivity={1: 10.0, 2: 1.0}, directions="xy"))
    >>> result["effective_conductivity"].values.round(6)
    array([1.818182, 5.5     ])
    """
    del rng
    method = method or Multigrid()
    errors = errors or Errors()
    errors.check(problem)
    bounds = bounds or errors.discretisation
    if rev:
        rev.check(problem.image.shape)
    began = time.perf_counter()
    if bounds:
        check_bounds(problem)
    if surface:
        check_surface(problem)
    if dead_ends:
        check_dead_ends(problem)
    if electrode_tortuosity:
        check_electrode_tortuosity(problem)
    announce_compilation(observer, checkerboard_kernels, "apply")
    flows = flows_of(problem, sharpened(method) if bounds else method, observer)
    dataset = _dataset(problem, flows, fields=fields)
    if surface:
        for direction, flow in flows.items():
            dataset = dataset.assign(surface_variables(problem, direction, flow))
    if bounds:
        announce_compilation(observer, tree_kernels, "list_runs")
        dataset = dataset.assign(_interval_variables(intervals_of(problem, flows)))
    if dead_ends:
        announce_compilation(observer, dead_end_kernels, "backbone")
        dataset = dataset.assign(dead_end_variables(problem, flows))
    if electrode_tortuosity:
        announce_compilation(observer, charging_kernels, "walls")
        iteration = method if isinstance(method, Multigrid) else Multigrid(rtol=_SHARP)
        dataset = dataset.assign(electrode_tortuosity_variables(problem, iteration, throw=throw))
    dataset = with_error_budget(dataset, problem, method, errors, observer)
    if rev:
        dataset = dataset.assign(representative_volume(problem, method, rev, observer))
    dataset["wall_time"] = variable((), time.perf_counter() - began, "s", "time the solve took")
    failed = next((flow.status for flow in flows.values() if not flow.status.solved), None)
    if throw and failed is not None:
        raise SolveError(failed.sentence)
    return dataset


def _dataset(problem: Problem, flows: dict[str, Flow], *, fields: bool) -> xr.Dataset:
    """Put the numbers of all directions side by side."""
    import xarray as xr

    phase, _ = problem.phases
    conducting = np.count_nonzero(phase) / phase.size
    profiles = {direction: profile_variables(problem, direction, flow) for direction, flow in flows.items()}
    percolating = np.array([profiles[direction][f"layer_fraction_{direction}"][1].mean() for direction in flows])
    relative = np.array([flow.relative_conductivity for flow in flows.values()])
    tables: dict[str, tuple[Any, str, str]] = {
        "effective_conductivity": (relative * problem.reference_conductivity, "S m-1", "effective conductivity"),
        "relative_conductivity": (relative, "1", "effective over reference conductivity"),
        "tortuosity": (_over(conducting, relative), "1", "tortuosity by the whole conducting fraction"),
        "tortuosity_percolating": (_over(percolating, relative), "1", "tortuosity by the percolating fraction"),
        "macmullin_number": (_over(1.0, relative), "1", "MacMullin number"),
        "conducting_fraction": (np.full(len(flows), conducting), "1", "volume fraction that conducts"),
        "percolating_fraction": (percolating, "1", "volume fraction of clusters that join the electrodes"),
        "isolated_fraction": (conducting - percolating, "1", "volume fraction that conducts but is isolated"),
        "percolating_clusters": ([f.carrying_clusters for f in flows.values()], "1", "clusters joining the electrodes"),
        "isolated_clusters": ([f.isolated_clusters for f in flows.values()], "1", "clusters left out"),
        "iterations": ([f.iterations for f in flows.values()], "1", "iterations"),
        "residual": ([f.residual for f in flows.values()], "1", "largest relative difference of two layer currents"),
        "relative_error_estimate": (
            [f.relative_error_estimate for f in flows.values()],
            "1",
            "estimated relative error of the conductivity",
        ),
        "solved": ([f.status.solved for f in flows.values()], "1", "whether the tolerance was reached"),
        "status": ([f.status.sentence for f in flows.values()], "1", "how the solve ended"),
    }
    variables: dict[str, Any] = {
        name: variable("direction", np.asarray(data), units, words) for name, (data, units, words) in tables.items()
    }
    for direction, flow in flows.items():
        variables |= cut_variables(problem, direction, flow) | profiles[direction]
    if fields:
        variables |= field_variables(problem, flows)
    dataset = xr.Dataset(variables, coords={"direction": list(flows)} | _positions(problem))
    reference = ("electrosim.conduction: 7-point finite volumes with harmonic face conductances",)
    dataset.attrs = provenance(problem.describe(), title="conduction", seed=None, references=reference)
    return dataset


def _interval_variables(intervals: list[Interval]) -> dict[str, Any]:
    """Return the ends and the middle of the interval of each direction."""
    words = {
        "lower": "guaranteed lower bound for the voxel geometry",
        "upper": "guaranteed upper bound for the voxel geometry",
        "best": "middle between the guaranteed bounds",
    }
    return {
        f"relative_conductivity_{end}": variable("direction", np.array([getattr(i, end) for i in intervals]), "1", text)
        for end, text in words.items()
    }


def _positions(problem: Problem) -> dict[str, Any]:
    """Return the voxel centres along each axis."""
    return {
        axis: variable(axis, (np.arange(count) + 0.5) * step, "m", f"position along {axis}")
        for axis, count, step in zip(AXES, problem.image.shape, problem.spacing, strict=False)
    }


def _over(fraction: float | NDArray[np.float64], conductivity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return fraction/conductivity, infinite where nothing flows."""
    result = np.full(conductivity.shape, np.inf)
    np.divide(fraction, conductivity, out=result, where=conductivity > 0)
    return result
