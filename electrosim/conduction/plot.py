"""Pictures of a conduction result."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from electrosim.conduction.palette import DIRECTION as _COLOURS
from electrosim.conduction.palette import SOLID as _SOLID
from electrosim.conduction.plot_certainty import error_budget, representative_volume

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_ISOLATED = "#c9b7a0"
_SCALES = ((1e-2, 1.0, "m"), (1e-5, 1e3, "mm"), (1e-7, 1e6, "µm"), (0.0, 1e9, "nm"))


def figures(dataset: xr.Dataset) -> dict[str, Figure]:
    """Draw a result.

    Parameters
    ----------
    dataset : xarray.Dataset
        Result of `electrosim.conduction.solve`.

    Returns
    -------
    dict of str to matplotlib.figure.Figure
        `potential` and `current` (cuts through the middle, one panel per direction), `profiles` and, if the result
        holds it, the guaranteed `interval`, the parts of the `error_budget` and the `representative_volume`.
    """
    drawn = {
        "potential": _panels(
            dataset, potential_cut, "Potential in a cut through the middle, current from left to right"
        ),
        "current": _panels(dataset, current_cut, "Where the current goes: axial current density over its mean"),
        "profiles": profiles(dataset),
    }
    if "relative_conductivity_lower" in dataset:
        drawn["interval"] = interval(dataset)
    if {"error_discretisation", "error_cutout", "error_segmentation", "rev_standard_error"} & set(dataset):
        drawn["error_budget"] = error_budget(dataset)
    if "rev_status" in dataset:
        drawn["representative_volume"] = representative_volume(dataset)
    return drawn


def _panels(dataset: xr.Dataset, draw: Any, title: str) -> Figure:
    directions = dataset["direction"].values
    figure = Figure(figsize=(4.3 * len(directions) + 0.6, 4.6), layout="constrained")
    axes = figure.subplots(1, len(directions), squeeze=False)[0]
    for axis, direction in zip(axes, directions, strict=True):
        picture = draw(axis, dataset, str(direction))
    label = "potential / V" if draw is potential_cut else "axial current density / mean"
    figure.colorbar(picture, ax=axes, label=label, shrink=0.85)
    figure.suptitle(textwrap.fill(title, 45 * len(directions)))
    return figure


def potential_cut(axes: Axes, dataset: xr.Dataset, direction: str) -> Any:
    """Draw potential with contour lines over the structure; return the image for a colour bar."""
    potential, extent = _cut(dataset, "potential", direction)
    _structure(axes, dataset, direction)
    picture = axes.imshow(potential, extent=extent, origin="lower", cmap="viridis", vmin=0, vmax=1)
    if min(potential.shape) > 1 and np.isfinite(potential).any():
        axes.contour(potential, levels=np.arange(0.1, 0.95, 0.1), extent=extent, colors="white", linewidths=0.5)
    return picture


def current_cut(axes: Axes, dataset: xr.Dataset, direction: str) -> Any:
    """Draw the axial current density over its mean on a logarithmic scale; return the image for a colour bar."""
    current, extent = _cut(dataset, "current", direction)
    potential, _ = _cut(dataset, "potential", direction)
    sigma = float(dataset["effective_conductivity"].sel(direction=direction))
    length = dataset.sizes[direction] * _voxel(dataset, direction)
    _structure(axes, dataset, direction)
    relative = np.abs(current) / (sigma / length) if sigma > 0 else np.zeros_like(current)
    visible = np.where(np.isfinite(potential), np.clip(relative, 1e-2, None), np.nan)
    return axes.imshow(visible, extent=extent, origin="lower", cmap="inferno", norm=LogNorm(1e-2, 1e2))


def profiles(dataset: xr.Dataset) -> Figure:
    """Draw mean potential, conductivity, percolating fraction and current balance along each direction."""
    figure = Figure(figsize=(10.4, 7.4), layout="constrained")
    (potential, conductivity), (fraction, balance) = figure.subplots(2, 2)
    for direction in map(str, dataset["direction"].values):
        place = (np.arange(dataset.sizes[direction]) + 0.5) / dataset.sizes[direction]
        style: dict[str, Any] = {"color": _COLOURS[direction], "label": direction}
        potential.plot(place, dataset[f"layer_potential_{direction}"], **style)
        conductivity.plot(place, dataset[f"layer_conductivity_{direction}"], **style)
        fraction.plot(place, dataset[f"layer_fraction_{direction}"], **style)
        current = dataset[f"layer_current_{direction}"].values
        balance.plot(np.linspace(0, 1, current.size), 100 * (current - 1), **style)
    potential.plot([0, 1], [1, 0], color="grey", linestyle=":", label="uniform block")
    potential.set(title="Mean potential of a layer", ylabel="potential / V")
    conductivity.set(title="Effective conductivity of a layer", ylabel="conductivity / (S/m)")
    conductivity.set_ylim(bottom=0)
    fraction.set(title="Percolating fraction of a layer", ylabel="volume fraction")
    fraction.yaxis.set_major_formatter(PercentFormatter(1.0))
    balance.set(title="Balance of layer currents", ylabel="deviation from the mean / %")
    for axes in (potential, conductivity, fraction, balance):
        axes.set_xlabel("position along the direction / length")
        axes.grid(alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
    potential.legend(frameon=False)
    return figure


def interval(dataset: xr.Dataset) -> Figure:
    """Draw the guaranteed interval of each direction, its middle and the finite-volume value."""
    directions = [str(direction) for direction in dataset["direction"].values]
    value, lower, upper, best = (
        dataset[f"relative_conductivity{end}"].values for end in ("", "_lower", "_upper", "_best")
    )
    figure = Figure(figsize=(1.6 * len(directions) + 3.4, 4.2), layout="constrained")
    axes = figure.subplots()
    place = np.arange(len(directions))
    for at, direction in enumerate(directions):
        colour = _COLOURS[direction]
        reach = max((upper[at] - lower[at]) / 2, 0.0)  # rounding may turn a zero negative
        axes.errorbar(at, best[at], reach, color=colour, marker="o", markersize=7, capsize=9, linewidth=2)
        words = f"± {reach / best[at]:.2%}" if best[at] > 0 else "no path"
        axes.annotate(words, (at, best[at]), (12, 0), textcoords="offset points", va="center")
    axes.scatter(place, value, s=45, facecolor="white", edgecolor=_SOLID, marker="D", zorder=4, label="finite volumes")
    axes.errorbar([], [], [], color=_SOLID, marker="o", capsize=5, label="guaranteed interval, middle")
    axes.set_xticks(place, directions)
    axes.set_xlim(-0.5, len(directions) - 0.1)
    axes.set(title="Conductivity of the voxel geometry", xlabel="direction", ylabel="conductivity / reference")
    axes.grid(axis="y", alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="best")
    return figure


def _cut(dataset: xr.Dataset, name: str, direction: str) -> tuple[Any, tuple[float, float, float, float]]:
    """Return a cut with the direction to the right, and its extent in the unit of the axes."""
    cut = dataset[f"{name}_cut_{direction}"]
    other = next(str(dim) for dim in cut.dims if dim != direction)
    factor, _ = _scale(dataset, direction)
    size = [factor * dataset.sizes[axis] * _voxel(dataset, axis) for axis in (direction, other)]
    return cut.transpose(other, direction).values, (0.0, size[0], 0.0, size[1])


def _structure(axes: Axes, dataset: xr.Dataset, direction: str) -> None:
    """Draw insulating voxels dark and conducting ones light; what carries current is drawn over it."""
    phase, extent = _cut(dataset, "phase", direction)
    colours = np.where((phase == 0)[..., None], _rgb(_SOLID), _rgb(_ISOLATED))
    axes.imshow(colours, extent=extent, origin="lower")
    cut = dataset[f"phase_cut_{direction}"]
    other = next(str(dim) for dim in cut.dims if dim != direction)
    _, unit = _scale(dataset, direction)
    tau = float(dataset["tortuosity"].sel(direction=direction))
    axes.set(title=f"{direction}: tortuosity {tau:.4g}", xlabel=f"{direction} / {unit}", ylabel=f"{other} / {unit}")


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _voxel(dataset: xr.Dataset, axis: str) -> float:
    """Return the voxel size: the first centre lies half a voxel from the edge."""
    return 2 * float(dataset[axis][0])


def _scale(dataset: xr.Dataset, direction: str) -> tuple[float, str]:
    """Return factor and unit in which lengths along an axis read well."""
    length = dataset.sizes[direction] * _voxel(dataset, direction)
    return next((factor, unit) for least, factor, unit in _SCALES if length >= least)
