"""The error budget: how far the conductivity may be off, part by part, each relative to the conductivity itself.

The parts answer different questions, so they are not added up; docs/conduction.md says how they combine.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from electrosim.base.errors import InputError
from electrosim.base.observer import Observer
from electrosim.base.result import variable
from electrosim.conduction.directions import flows_of
from electrosim.conduction.flow import Method
from electrosim.conduction.other_image import coarsened, on_labels, on_phases, with_surface_moved
from electrosim.conduction.problem import Boundary, Problem

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]

_CONDITIONS: tuple[Boundary, ...] = ("constant-current", "periodic", "constant-potential")  # Huet's order
_MOVED = ("moved inwards", "as segmented", "moved outwards")
_OTHER = ("first other", "as segmented", "second other")


@dataclass(frozen=True, eq=False)
class Errors:
    """Which parts of the error budget to compute; that of the iteration is always there.

    Parameters
    ----------
    discretisation : bool
        Half the guaranteed interval, and an estimate by extrapolation from half the resolution.
    cutout : bool
        Half the range of the conductivities under constant current, periodic and constant potential.
    segmentation : bool or pair of ndarray
        Half the range of the conductivities with the surface of what conducts moved by a voxel each way, or of two
        other segmentations of the same image, given as labels (of a map: two other maps).
    """

    discretisation: bool = False
    cutout: bool = False
    segmentation: bool | tuple[NDArray[Any], NDArray[Any]] = False

    def check(self, problem: Problem) -> None:
        """Refuse what has no meaning for a map of conductivities.

        Raises
        ------
        InputError
            If it is asked for.
        """
        if problem.is_map and self.segmentation is True:
            reason = "segmentation moves the surface between two phases, which an image of conductivities does not have"
            raise InputError(f"{reason}; leave it out", ("errors", "segmentation"))
        if problem.is_map and self.discretisation:
            reason = "discretisation takes the commonest phase of a block, but an image of conductivities has no phases"
            raise InputError(f"{reason}; leave it out", ("errors", "discretisation"))


def with_error_budget(
    dataset: xr.Dataset, problem: Problem, method: Method, errors: Errors, observer: Observer
) -> xr.Dataset:
    """Return the result with its error budget.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of the problem; with `relative_conductivity_lower` and `_upper` if `errors.discretisation`.
    problem : Problem
        What was solved.
    method : Method
        How to solve the variants of the problem.
    errors : Errors
        The parts wanted.
    observer : callable
        Hears the progress of the variants.

    Returns
    -------
    xarray.Dataset
        With dimension `direction` also `error_iteration`; for the discretisation `error_discretisation`,
        `error_discretisation_estimate` and `relative_conductivity_extrapolated`; for the cutout `error_cutout`, and
        `cutout_conductivity` with dimension `condition`; for the segmentation `error_segmentation`, and
        `segmentation_conductivity` with dimension `surface`. A value is NaN if a solve behind it did not succeed.

    Raises
    ------
    InputError
        If another segmentation has another shape than the image.
    """
    given = np.asarray(dataset["relative_conductivity"].values, np.float64)

    def conductivity(variant: Problem | None, what: str) -> Array:
        return _conductivity(variant, method, lambda task, *news: observer(f"{what}, {task}", *news), given.size)

    variables = {"error_iteration": _error(dataset["relative_error_estimate"].values, "estimated, of the iteration")}
    if errors.discretisation:
        lower, upper = (dataset[f"relative_conductivity_{end}"].values for end in ("lower", "upper"))
        coarse = conductivity(on_phases(problem, coarsened(problem)), "half the resolution")
        variables |= _discretisation(given, coarse, lower, upper)
    if errors.cutout:
        values = [
            given
            if condition == problem.boundary
            else conductivity(dataclasses.replace(problem, boundary=condition), condition)
            for condition in _CONDITIONS
        ]
        variables |= _range("cutout", "condition", _CONDITIONS, values, given)
    if errors.segmentation is True:
        inwards, outwards = (on_phases(problem, with_surface_moved(problem, outwards=way)) for way in (False, True))
        values = [conductivity(inwards, _MOVED[0]), given, conductivity(outwards, _MOVED[2])]
        variables |= _range("segmentation", "surface", _MOVED, values, given)
    elif errors.segmentation:
        first, second = (on_labels(problem, image) for image in errors.segmentation)
        values = [conductivity(first, _OTHER[0]), given, conductivity(second, _OTHER[2])]
        variables |= _range("segmentation", "surface", _OTHER, values, given)
    return dataset.assign(variables)


def _conductivity(variant: Problem | None, method: Method, observer: Observer, directions: int) -> Array:
    """Return the relative conductivity of a variant along each direction; zero if nothing in it conducts."""
    if variant is None:
        return np.zeros(directions)
    flows = flows_of(variant, method, observer).values()
    return np.array([flow.relative_conductivity if flow.status.solved else np.nan for flow in flows])


def _discretisation(given: Array, coarse: Array, lower: Array, upper: Array) -> dict[str, Any]:
    """Return half the interval over its middle, and Richardson's extrapolation to first order."""
    estimate = _over(np.abs(given - coarse), given)
    extrapolated = np.where(estimate < 1, 2 * given - coarse, np.nan)  # beyond, the two have nothing in common
    words = "relative conductivity extrapolated from the whole and half the resolution, an estimate"
    return {
        "error_discretisation": _error(_over((upper - lower) / 2, (upper + lower) / 2), "guaranteed, of the middle"),
        "error_discretisation_estimate": _error(estimate, "estimated, of the resolution"),
        "relative_conductivity_extrapolated": variable("direction", extrapolated, "1", words),
    }


def _range(name: str, dimension: str, cases: tuple[str, ...], values: list[Array], given: Array) -> dict[str, Any]:
    """Return the conductivities of three cases and half their range over the conductivity given."""
    table = np.stack(values, axis=1)
    words = f"relative conductivity, {dimension} by {dimension}"
    return {
        dimension: variable(dimension, list(cases), "1", dimension),
        f"{name}_conductivity": variable(("direction", dimension), table, "1", words),
        f"error_{name}": _error(_over(np.ptp(table, axis=1) / 2, given), f"half the range, of the {name}"),
    }


def _error(values: Array, kind: str) -> tuple[Any, ...]:
    return variable("direction", np.asarray(values), "1", f"relative error: {kind}")


def _over(difference: Array, conductivity: Array) -> Array:
    """Return difference/conductivity; where nothing flows, zero if nothing differs and else infinity."""
    result = np.where(difference == 0, 0.0, np.inf)
    np.divide(difference, conductivity, out=result, where=conductivity > 0)
    return result
