"""Pictures of the potential and the current in a cut through the middle of the image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from electrosim.base.palette import ISOLATED, SOLID
from electrosim.conduction.streaks import magnification, streaks

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.axes import Axes

_SCALES = ((1e-2, 1.0, "m"), (1e-5, 1e3, "mm"), (1e-7, 1e6, "µm"), (0.0, 1e9, "nm"))
_WEAKEST, _STRONGEST = 1e-2, 1e2  # current density over its mean
_DARKEST = 0.5  # brightness of the dark side of a streak

Draw = Callable[["Axes", "xr.Dataset", str], ScalarMappable]


def potential(dataset: xr.Dataset) -> Figure:
    """Draw the potential in a cut per direction."""
    return _panels(dataset, potential_cut, "Potential in a cut through the middle", "potential / V")


def current(dataset: xr.Dataset) -> Figure:
    """Draw the current in a cut per direction."""
    label = "current density in the plane / mean axial one"
    return _panels(dataset, current_cut, "Where the current goes in a cut through the middle", label)


def _panels(dataset: xr.Dataset, draw: Draw, title: str, label: str) -> Figure:
    directions = dataset["direction"].values
    figure = Figure(figsize=(4.3 * len(directions) + 0.6, 4.6), layout="constrained")
    axes = figure.subplots(1, len(directions), squeeze=False)[0]
    for axis, direction in zip(axes, directions, strict=True):
        picture = draw(axis, dataset, str(direction))
    figure.colorbar(picture, ax=axes, label=label, shrink=0.85)
    figure.suptitle(title)
    return figure


def potential_cut(axes: Axes, dataset: xr.Dataset, direction: str) -> ScalarMappable:
    """Draw potential with contour lines over the structure; return the image for a colour bar."""
    potential, extent = _cut(dataset, "potential", direction)
    _structure(axes, dataset, direction)
    picture = axes.imshow(potential, extent=extent, origin="lower", cmap="viridis", vmin=0, vmax=1)
    if min(potential.shape) > 1 and np.isfinite(potential).any():
        axes.contour(potential, levels=np.arange(0.1, 0.95, 0.1), extent=extent, colors="white", linewidths=0.5)
    return picture


def current_cut(axes: Axes, dataset: xr.Dataset, direction: str) -> ScalarMappable:
    """Draw the current density in the plane over the mean axial one on a logarithmic scale, streaked along its way."""
    across, along = (_cut(dataset, name, direction)[0] for name in ("current_across", "current"))
    potential, extent = _cut(dataset, "potential", direction)
    sigma = float(dataset["effective_conductivity"].sel(direction=direction))
    length = dataset.sizes[direction] * voxel_size(dataset, direction)
    _structure(axes, dataset, direction)
    heat = ScalarMappable(LogNorm(_WEAKEST, _STRONGEST), matplotlib.colormaps["inferno"])
    if sigma > 0:
        pixels = magnification(potential.shape)
        voxel = np.ones((pixels, pixels))
        relative = np.hypot(across, along) / (sigma / length)
        colours = heat.to_rgba(np.kron(np.maximum(relative, _WEAKEST), voxel))
        colours[..., :3] *= (_DARKEST + (1 - _DARKEST) * streaks(across, along, pixels))[..., None]
        colours[..., 3] = np.kron(np.isfinite(potential), voxel)
        axes.imshow(colours, extent=extent, origin="lower")
    return heat


def _cut(dataset: xr.Dataset, name: str, direction: str) -> tuple[Any, tuple[float, float, float, float]]:
    """Return a cut with the direction to the right, and its extent in the unit of the axes."""
    cut = dataset[f"{name}_cut_{direction}"]
    other = next(str(dim) for dim in cut.dims if dim != direction)
    factor, _ = scale(dataset, direction)
    size = [factor * dataset.sizes[axis] * voxel_size(dataset, axis) for axis in (direction, other)]
    return cut.transpose(other, direction).values, (0.0, size[0], 0.0, size[1])


def _structure(axes: Axes, dataset: xr.Dataset, direction: str) -> None:
    """Draw insulating voxels dark and conducting ones light; what carries current is drawn over it."""
    phase, extent = _cut(dataset, "phase", direction)
    colours = np.where((phase == 0)[..., None], _rgb(SOLID), _rgb(ISOLATED))
    axes.imshow(colours, extent=extent, origin="lower")
    cut = dataset[f"phase_cut_{direction}"]
    other = next(str(dim) for dim in cut.dims if dim != direction)
    _, unit = scale(dataset, direction)
    tau = float(dataset["tortuosity"].sel(direction=direction))
    axes.set(title=f"{direction}: tortuosity {tau:.4g}", xlabel=f"{direction} / {unit}", ylabel=f"{other} / {unit}")


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def voxel_size(dataset: xr.Dataset, axis: str) -> float:
    """Return the voxel size [m]: the first centre lies half a voxel from the edge."""
    return 2 * float(dataset[axis][0])


def scale(dataset: xr.Dataset, direction: str) -> tuple[float, str]:
    """Return factor and unit in which lengths along an axis read well."""
    length = dataset.sizes[direction] * voxel_size(dataset, direction)
    return next((factor, unit) for least, factor, unit in _SCALES if length >= least)
