"""A three-dimensional picture of what carries current, coloured by potential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates

from electrosim.base.palette import SOLID

if TYPE_CHECKING:
    import xarray as xr

_PIXELS = 900
_ROUNDING = 0.7  # blocks over which the staircase is smoothed
_RANGE = (0.0, 1.0)  # V


def surfaces(dataset: xr.Dataset) -> Figure:
    """Draw the surface of the clusters that join the electrodes, one panel per direction."""
    directions = [str(direction) for direction in dataset["direction"].values]
    figure = Figure(figsize=(4.8 * len(directions) + 0.6, 5.0), layout="constrained")
    axes = figure.subplots(1, len(directions), squeeze=False)[0]
    for axis, direction in zip(axes, directions, strict=True):
        axis.imshow(_render(dataset[f"surface_potential_{direction}"], "xyz".index(direction)))
        tau = float(dataset["tortuosity"].sel(direction=direction))
        axis.set_title(f"{direction}: tortuosity {tau:.4g}")
        axis.set_axis_off()
    scale = ScalarMappable(Normalize(*_RANGE), matplotlib.colormaps["viridis"])
    figure.colorbar(scale, ax=axes, label="potential / V", shrink=0.7)
    figure.suptitle("What joins the electrodes, current from left to right")
    return figure


def _render(potential: xr.DataArray, direction: int) -> NDArray[np.uint8]:
    """Return a picture, the axis of transport to the right."""
    import pyvista

    order = [(direction + axis) % 3 for axis in range(3)]
    field = np.transpose(potential.values, order)
    edge = np.array([2 * float(potential[potential.dims[axis]][0]) for axis in order])
    edge /= edge.max()
    _silence()
    plotter: Any = pyvista.Plotter(off_screen=True, window_size=[_PIXELS, _PIXELS], lighting="three lights")
    try:
        plotter.set_background("white")
        ends = [value for size in edge * field.shape for value in (0.0, float(size))]
        plotter.add_mesh(pyvista.Box(ends), style="wireframe", color=SOLID, line_width=2)
        if np.isfinite(field).any():
            shading = {"smooth_shading": True, "split_sharp_edges": True, "show_scalar_bar": False}
            plotter.add_mesh(_mesh(field, edge), scalars="potential", cmap="viridis", clim=_RANGE, **shading)
        plotter.view_vector((-0.45, -1.0, 0.55))
        picture: NDArray[np.uint8] = np.asarray(plotter.screenshot(return_img=True))
    finally:
        plotter.close()
    return picture


def _mesh(field: NDArray[np.floating[Any]], edge: NDArray[np.float64]) -> Any:
    """Return the surface of the finite part, rounded a little, with the potential beside it."""
    import pyvista

    carries = np.isfinite(field)
    share = np.pad(gaussian_filter(carries.astype(np.float32), _ROUNDING, mode="nearest"), 1)  # closed at the ends
    nearest = distance_transform_edt(~carries, return_distances=False, return_indices=True)
    potential = np.pad(field[tuple(nearest)], 1, mode="edge")
    blocks: Any = pyvista.ImageData(dimensions=share.shape)
    blocks["share"] = share.ravel(order="F")
    mesh = blocks.contour([0.5], scalars="share")
    place = np.asarray(mesh.points)
    mesh["potential"] = map_coordinates(potential, place.T, order=1)
    mesh.points = (place - 0.5) * edge
    return mesh


def _silence() -> None:
    """Keep VTK from complaining that there is no screen, which it does not need."""
    from vtkmodules.vtkCommonCore import vtkLogger

    vtkLogger.SetStderrVerbosity(vtkLogger.VERBOSITY_OFF)
