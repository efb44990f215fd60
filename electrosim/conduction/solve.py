"""Effective conductivity and tortuosity of a labelled image."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import SolveError
from electrosim.base.observer import Observer, announce_compilation, silent
from electrosim.base.result import provenance, variable
from electrosim.conduction import clusters, lower_bound_kernels
from electrosim.conduction.bounds import Interval, check_bounds, intervals_of
from electrosim.conduction.directions import flows_of
from electrosim.conduction.fields import cut_variables, field_variables, profile_variables
from electrosim.conduction.flow import Flow, Method
from electrosim.conduction.multigrid import Multigrid
from electrosim.conduction.problem import AXES, Problem
from electrosim.conduction.surface import check_surface, surface_variables

if TYPE_CHECKING:
    import xarray as xr


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
        Whether to compute the guaranteed interval; for fixed potentials on the outer faces and closed sides.
    surface : bool
        Whether to keep the potential on a coarse grid, for the three-dimensional picture.

    Returns
    -------
    xarray.Dataset
        With dimension `direction`: `effective_conductivity` [S m-1], `relative_conductivity`, `tortuosity`,
        `tortuosity_percolating`, `macmullin_number`, `conducting_fraction`, `percolating_fraction`,
        `isolated_fraction`, `percolating_clusters`, `isolated_clusters`, `iterations`, `residual`,
        `relative_error_estimate`, `status`, `solved`; `wall_time` [s]; per direction d a cut through the middle
        (`phase_cut_d`, `potential_cut_d`, `current_cut_d`, `current_across_cut_d`) and profiles along it
        (`layer_potential_d`, `layer_fraction_d`, `layer_current_d`). With `bounds` also `relative_conductivity_lower`,
        `relative_conductivity_upper` and, midway, `relative_conductivity_best`.

    Raises
    ------
    InputError
        If `bounds` is asked for with other boundary conditions, `surface` for a 2-D image, or the memory does not
        suffice.
    SolveError
        If `throw` and a direction did not reach the tolerance.

    Examples
    --------
    >>> import numpy as np
    >>> layers = np.ones((2, 4, 4), int)
    >>> layers[1] = 2
    >>> result = solve(Problem(image=layers, voxel_size=1e-6, conductivity={1: 10.0, 2: 1.0}, directions="xy"))
    >>> result["effective_conductivity"].values.round(9)
    array([1.81818182, 5.5       ])
    """
    del rng
    method = method or Multigrid()
    began = time.perf_counter()
    if bounds:
        check_bounds(problem)
    if surface:
        check_surface(problem)
    announce_compilation(observer, clusters, "label_clusters")
    flows = flows_of(problem, method, observer)
    dataset = _dataset(problem, flows, fields=fields)
    if surface:
        for direction, flow in flows.items():
            dataset = dataset.assign(surface_variables(problem, direction, flow))
    if bounds:
        announce_compilation(observer, lower_bound_kernels, "spanning_tree")
        dataset = dataset.assign(_interval_variables(intervals_of(problem, flows)))
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
    percolating = np.array([np.isfinite(flow.potential).mean() for flow in flows.values()])
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
        variables |= cut_variables(problem, direction, flow) | profile_variables(direction, flow)
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
